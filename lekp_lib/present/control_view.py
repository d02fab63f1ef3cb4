"""The data check of one edition as blocks: coverage, outliers, refused rows, revisions and old figures."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

from lekp_lib import __version__
from lekp_lib.adapter import Assessor
from lekp_lib.adapter.path import months_between
from lekp_lib.adapter.shown import sha256_text
from lekp_lib.data.calendar import add_months, is_overdue, next_expected
from lekp_lib.data.checks import Finding, Places, check_figures
from lekp_lib.data.observation import figures_frame
from lekp_lib.edition import Edition
from lekp_lib.edition.models import Observation
from lekp_lib.edition.tables import observations_of
from lekp_lib.pact.drafts import project_folder
from lekp_lib.parameters import read_parameters
from lekp_lib.present.block import Block, Group, Paragraph
from lekp_lib.present.boxes import Facts, Note
from lekp_lib.present.control_imports import SeenImport, seen_imports
from lekp_lib.present.control_numbers import Coverage, Spread, coverage_of, sources_of, spread_of
from lekp_lib.present.control_pictures import age_figure, coverage_figure
from lekp_lib.present.control_tables import (
    SHOWN,
    coverage_table,
    far_table,
    findings_table,
    imports_table,
    oldest_table,
    refused_table,
    revisions_table,
    sources_table,
)
from lekp_lib.present.dates import date_long
from lekp_lib.present.numbers import count_noun, number
from lekp_lib.present.outlier_strip import outlier_strip
from lekp_lib.present.prose import Title
from lekp_lib.present.report_head import ReportFactsBlock
from lekp_lib.present.report_view import opened_edition
from lekp_lib.present.words.control_words import age_text, control_headline, control_lead, coverage_text, far_text
from lekp_lib.present.words.due_words import late_words
from lekp_lib.present.words.source_words import edition_source_line

#: Findings about how a source computed a figure again after a merger; in an edition the house did that itself.
_OF_IMPORTS = ("not_yet",)


class ControlView:
    """All blocks of the check of one edition.

    Parameters
    ----------
    edition
        Frozen figures.
    max_age_months
        An older figure gets no verdict.
    data_dir
        Folder with raw files and ledger; may be absent.
    project
        Folder with declarations of the project (``parameters``); may be absent.
    """

    def __init__(self, edition: Edition, max_age_months: int, data_dir: Path, project: Path) -> None:
        self.edition = edition
        self.catalog = edition.catalog
        self.on = edition.reference_date
        self.max_age_months = max_age_months
        self.data_dir = data_dir
        self.project = project
        parameters = read_parameters({"gemeente": "*", "editie": edition.id, "max_ouderdom_maanden": max_age_months})
        self.assessor = Assessor(edition, parameters)

    @cached_property
    def names(self) -> Mapping[str, str]:
        """Names by NIS, of municipalities that have merged too."""
        days = (dt.date(2019, 1, 1), self.on)
        return {item.nis: item.name for day in days for item in self.edition.register.municipalities(day)}

    @cached_property
    def rows(self) -> tuple[Coverage, ...]:
        """Coverage per target, in official order."""
        return tuple(
            coverage_of(target, self.assessor.everyone(target), self.on, self.assessor.rules)
            for target in self.catalog.targets
        )

    @cached_property
    def observations(self) -> tuple[Observation, ...]:
        """All figures of municipalities."""
        return tuple(observations_of(self.edition.figures))

    @cached_property
    def spreads(self) -> tuple[Spread, ...]:
        """Shares and far ones, of the targets where enough municipalities have a comparable share."""
        found = (spread_of(target, self.assessor.everyone(target)) for target in self.catalog.targets)
        return tuple(item for item in found if item is not None)

    @cached_property
    def findings(self) -> tuple[Finding, ...]:
        """What the rules of plausibility find in the frozen figures."""
        totals = observations_of(self.edition.frame("totals"))
        today = self.edition.manifest.built
        found = check_figures(
            figures_frame((*self.observations, *totals)), self.catalog, self.edition.register, today=today
        )
        return tuple(item for item in found if item.rule not in _OF_IMPORTS)

    @cached_property
    def imports(self) -> tuple[SeenImport, ...] | None:
        """All imports of the data folder; ``None`` without any."""
        return seen_imports(self.data_dir, self.project, self.catalog, self.edition.register)

    @property
    def _banner(self) -> str:
        return self.edition.manifest.banner

    @property
    def _source(self) -> str:
        used = dict.fromkeys(item.source_id for item in self.observations)
        return edition_source_line(used, self.catalog.sources, self.on)

    def facts(self) -> Mapping[str, Any]:
        """What the exporters print around the check."""
        manifest = self.edition.manifest
        return {
            "title": f"Datacontrole {self.edition.title}",
            "description": f"Dekking, uitschieters en ouderdom van de cijfers van {self.edition.title}.",
            "keywords": ["klimaatpact", "LEKP", "datacontrole"],
            "running": f"Datacontrole {self.edition.title}",
            "edition": self.edition.id,
            "run": sha256_text(manifest.model_dump_json(), str(self.max_age_months), __version__)[:10],
            "banner": self._banner,
            "built": dt.datetime.combine(manifest.built, dt.time(), dt.UTC).isoformat(),
            "licence": manifest.origin,
        }

    def summary(self) -> Block:
        """Opening: the message, how complete and how old the figures are, and what is to be looked at."""
        blocks: list[Block] = [Title(control_headline(self.rows, self.edition.title))]
        if self.edition.fictitious:
            blocks.append(Note(self._banner, self.edition.manifest.origin, kind="warning"))
        blocks.append(Paragraph(control_lead(self.rows, self.max_age_months), "lead"))
        far = sum(len(item.far) for item in self.spreads)
        pairs = [
            ("Peildatum van de editie", date_long(self.on)),
            ("Bevroren op", date_long(self.edition.manifest.built)),
            ("Cijfers", number(len(self.observations))),
            ("Na te kijken", f"{number(len(self.findings))} volgens de vaste regels"),
            ("Uitschieters", f"{number(far)} ver van de andere gemeenten"),
            ("Herkomst", self.edition.manifest.origin),
        ]
        return ReportFactsBlock(self.facts(), Group([*blocks, Facts(pairs)], name="summary"))

    def coverage(self) -> Group:
        """Per target the municipalities with and without figure: picture, then table."""
        text = coverage_text(self.rows, self._source, self.edition.fictitious)
        picture = coverage_figure(self.rows, text, "dekking", banner=self._banner)
        return Group([picture, coverage_table(self.rows)], name="coverage-chapter")

    def sources(self) -> Block:
        """Per source what it gave, and whether it is late."""
        late = {}
        for (target_id, source_id), newest in self.edition.newest_dates.items():
            source, today = self.catalog.source(source_id), self.edition.manifest.built
            closed = self.catalog.target(target_id).closed_on
            expected = next_expected(source, newest)
            if expected and is_overdue(source, expected, today) and not (closed and closed < today):
                late[source_id] = late_words(expected)
        return sources_table(sources_of(self.observations), self.catalog, late)

    def outliers(self) -> Group:
        """Per target the shares of all municipalities with the far ones named, and a table of those."""
        blocks: list[Block] = []
        without = [
            row.target.name for row in self.rows if row.target.id not in {item.target.id for item in self.spreads}
        ]
        for spread in self.spreads:
            points = [item.current for item in self.assessor.everyone(spread.target) if item.current is not None]
            source = edition_source_line(
                (point.observation.source_id for point in points), self.catalog.sources, self.on
            )
            text = far_text(spread, self.names, source, self.edition.fictitious)
            blocks.append(outlier_strip(spread, self.names, text, f"ver-{spread.target.id}", banner=self._banner))
        if any(spread.far for spread in self.spreads):
            blocks.append(far_table(self.spreads, self.names))
        if without:
            blocks.append(
                Facts(
                    [
                        ("Zonder figuur", "Ja/nee-doelen, en doelen met te weinig vergelijkbare cijfers."),
                        ("Doelen", without),
                    ]
                )
            )
        return Group(blocks, name="outliers-chapter")

    def suspects(self) -> Block:
        """What the rules of plausibility find in the frozen figures."""
        if not self.findings:
            return Paragraph("De regels vinden in deze editie niets om na te kijken.")
        places = Places(self.edition.register)
        figures = {
            (places.label(item.nis), f"{item.target_id}.{item.indicator}", str(item.reference_date)): item
            for item in self.observations
        }
        return findings_table(self.findings, figures, self.catalog)

    def _no_imports(self) -> Note:
        return Note(
            "Geen ingelezen bestanden",
            f"In de map {self.data_dir.name} staat geen enkel ingelezen bestand. Daarom is niet bekend wat geweigerd "
            "of herzien werd. Lees bestanden in met lekp data import; daarna staat het hier.",
        )

    def refused(self) -> Block:
        """Files that were imported, and every row of them that was refused."""
        if self.imports is None:
            return self._no_imports()
        blocks: list[Block] = [imports_table(self.imports)]
        table = refused_table(self.imports)
        blocks.append(table or Paragraph("Geen enkele rij van deze bestanden werd geweigerd."))
        return Group(blocks, name="refused-chapter")

    def revisions(self) -> Block:
        """Figures that a later file changed, and figures that municipalities corrected."""
        blocks: list[Block] = []
        table = revisions_table(self.imports or (), self.names, self.catalog)
        blocks.append(table or Paragraph("Geen enkel ingelezen bestand herzag een cijfer van een vroeger bestand."))
        corrected = len(self.edition.corrections)
        blocks.append(
            Paragraph(f"Door gemeenten gecorrigeerd in deze editie: {count_noun(corrected, 'cijfer', 'cijfers')}.")
        )
        return Group(blocks, name="revisions-chapter")

    def oldest(self) -> Group:
        """How old the figures are per target, and the oldest ones by name."""
        limit = add_months(self.on, -self.max_age_months)
        text = age_text(self.rows, limit, self._source, self.edition.fictitious)
        blocks: list[Block] = [age_figure(self.rows, self.on, limit, text, "ouderdom", banner=self._banner)]
        newest: dict[tuple[str, str], Observation] = {}
        for item in self.observations:
            known = newest.get((item.target_id, item.nis))
            if known is None or item.reference_date > known.reference_date:
                newest[item.target_id, item.nis] = item
        ordered = sorted(newest.values(), key=lambda item: (item.reference_date, item.target_id, item.nis))[:SHOWN]
        months = {
            (item.target_id, item.nis, item.reference_date): months_between(item.reference_date, self.on)
            for item in ordered
        }
        blocks.append(oldest_table(ordered, self.names, self.catalog, months))
        return Group(blocks, name="oldest-chapter")


def open_datacontrole(
    *,
    editie: str = "gepubliceerd",
    gegevensmap: str = "data",
    max_ouderdom_maanden: int = 24,
    edition: Edition | None = None,
) -> ControlView:
    """Open the check of one edition; the one opening call of the notebook ``datacontrole``.

    Parameters
    ----------
    editie
        As for a report.
    gegevensmap
        Folder with raw files and imports; a relative one is that of the project of the working folder.
    max_ouderdom_maanden
        An older figure gets no verdict.
    edition
        An edition that is open already.

    Returns
    -------
    ControlView

    Raises
    ------
    LekpError
        When a parameter or the edition is wrong.
    """
    checked = read_parameters({"gemeente": "*", "editie": editie, "max_ouderdom_maanden": max_ouderdom_maanden})
    project = project_folder(Path())
    data_dir = Path(gegevensmap)
    if not data_dir.is_absolute() and not data_dir.is_dir():
        data_dir = project.parent / data_dir
    return ControlView(edition or opened_edition(checked.editie), checked.max_ouderdom_maanden, data_dir, project)
