"""The report on Flanders as blocks: what its notebook opens once and then shows, cell by cell."""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from functools import cached_property
from typing import Any

from lekp_lib import __version__
from lekp_lib.adapter import Assessment, Assessor
from lekp_lib.adapter.area_models import AreaResult
from lekp_lib.adapter.flanders import used_points
from lekp_lib.adapter.flanders_results import FlandersResults
from lekp_lib.adapter.models import Verdict
from lekp_lib.adapter.shown import sha256_text
from lekp_lib.edition import Edition
from lekp_lib.errors import ParameterError
from lekp_lib.pact import Target
from lekp_lib.parameters import ReportParameters, read_parameters
from lekp_lib.register.models import PeerKind
from lekp_lib.site.oud.block import Block, Group, Paragraph
from lekp_lib.site.oud.boxes import Facts
from lekp_lib.site.oud.dates import date_long
from lekp_lib.site.oud.flanders_head import flanders_head
from lekp_lib.site.oud.flanders_picture import stack_figure
from lekp_lib.site.oud.flanders_stack import FlandersOverview, StackRow
from lekp_lib.site.oud.flanders_tables import (
    areas_by_target,
    areas_table,
    coverage_table,
    oldest_table,
    totals_table,
    verdicts_table,
)
from lekp_lib.site.oud.flanders_target import FlandersTarget, section_anchor
from lekp_lib.site.oud.prose import Heading, Markdown
from lekp_lib.site.oud.report_head import ReportFactsBlock
from lekp_lib.site.oud.report_view import RULES, opened_edition
from lekp_lib.site.oud.table import Table
from lekp_lib.site.oud.target_figures import Scene
from lekp_lib.site.oud.words.flanders_figure_words import stack_words
from lekp_lib.site.oud.words.flanders_words import flanders_headline, is_enough, verdict_message
from lekp_lib.site.oud.words.method_words import method_values
from lekp_lib.site.oud.words.source_words import edition_source_line

#: Parameters of a report that speak of one municipality only.
OWN_ONLY = ("gemeente", "pact")


class FlandersView:
    """All blocks of the report on Flanders, made from one edition and one set of parameters.

    Parameters
    ----------
    edition
        Frozen figures.
    parameters
        Validated parameters; those about one municipality do not count.
    """

    def __init__(self, edition: Edition, parameters: ReportParameters) -> None:
        self.edition = edition
        self.parameters = parameters
        self.on = edition.reference_date
        self.catalog = edition.catalog
        self.results = FlandersResults(Assessor(edition, parameters))

    @cached_property
    def scene(self) -> Scene:
        """Names, tiles and sources that all figures share; no municipality stands out."""
        everyone = self.results.municipalities
        return Scene(
            place="",
            names={item.nis: item.name for item in everyone},
            provinces={item.nis: item.province for item in everyone},
            tiles=self.edition.register.tiles(),
            sources=self.catalog.sources,
            reference_date=self.on,
            banner=self.edition.manifest.banner,
        )

    @property
    def targets(self) -> tuple[Target, ...]:
        """The numbered targets, in the official order."""
        return tuple(result.target for result in self.results.pact)

    @property
    def run_id(self) -> str:
        """Short id of the edition, the parameters and the code."""
        shown = self.edition.manifest.model_dump_json()
        return sha256_text("vlaanderen", shown, self.resolved_parameters().model_dump_json(), __version__)[:10]

    def resolved_parameters(self) -> ReportParameters:
        """The parameters with one name for the edition, and no municipality."""
        return self.parameters.model_copy(update={"gemeente": "*", "pact": "auto", "editie": self.edition.id})

    @property
    def headline(self) -> str:
        """The message of the report, its only h1."""
        enough = sum(is_enough(item.coverage.counted) for item in self.results.pact)
        return flanders_headline(enough, len(self.results.pact), self.on)

    def facts(self) -> Mapping[str, Any]:
        """What the exporters print around the report."""
        built = dt.datetime.combine(self.edition.manifest.built, dt.time(), dt.UTC)
        return {
            "title": f"Klimaatpactverslag Vlaanderen, {self.edition.title}",
            "description": f"{self.headline}. Lokaal Energie- en Klimaatpact, stand op {date_long(self.on)}.",
            "keywords": ["klimaatpact", "LEKP", "Vlaanderen"],
            "municipality": "Vlaanderen",
            "year": self.on.year,
            "edition": self.edition.id,
            "run": self.run_id,
            "banner": self.edition.manifest.banner,
            "built": built.isoformat(),
            "licence": self.edition.manifest.origin,
        }

    def summary(self) -> Block:
        """Opening: the message, the lead, how to read, what it stands on."""
        return ReportFactsBlock(self.facts(), Group(flanders_head(self), name="summary"))

    def _row(self, result: AreaResult, label: str) -> StackRow:
        told, href = self.at(result.target.id).brief(), f"#{section_anchor(result.target.id)}"
        return StackRow(result.target.id, label, result.target.name, result.verdicts, told, href)

    def overview(self) -> FlandersOverview:
        """How many municipalities per verdict, for each of the 17 targets; on paper as one drawing."""
        labels = {werf.id: werf.label for werf in self.catalog.werven}
        rows = [self._row(item, labels[item.target.werf]) for item in self.results.pact]
        together: Counter[Verdict] = Counter()
        for item in self.results.pact:
            together.update(item.verdicts)
        ids = dict.fromkeys(
            point.observation.source_id for target in self.targets for point in used_points(self.everyone(target))
        )
        words = stack_words(
            together, len(rows), self.on, edition_source_line(ids, self.catalog.sources, self.on),
            self.scene.fictitious,
        )  # fmt: skip
        members = len(self.results.municipalities)
        paper = stack_figure(rows, members, words, "vlaanderen-oordelen", banner=self.scene.banner)
        return FlandersOverview(rows, members, paper)

    def everyone(self, target: Target) -> tuple[Assessment, ...]:
        """All municipalities against one target."""
        return self.results.everyone(target)

    def totals(self) -> Table:
        """Totals against targets, each over the same municipalities."""
        return totals_table(self.results.pact, self.catalog, "De gemeenten samen tegenover hun doelen samen")

    def werf(self, werf_id: str) -> Group:
        """Opening of a werf: one sentence per target on its verdicts, and the regions beside each other."""
        found = [item for item in self.results.pact if item.target.werf == werf_id]
        if not found:
            known = ", ".join(item.id for item in self.catalog.werven)
            raise ValueError(f"werf: found {werf_id!r}; expected one of {known}")
        told = Facts([(item.target.name, verdict_message(item)) for item in found])
        return Group([told], "werf", {"werf": werf_id})

    def at(self, target_id: str) -> FlandersTarget:
        """One target, for its blocks one by one."""
        return FlandersTarget(self.edition, self.results, self.scene, self.catalog.target(target_id))

    def target(self, target_id: str) -> Group:
        """The section of one target: total, path, verdicts, trend, map."""
        return self.at(target_id).section()

    def provinces(self) -> Table:
        """All targets per province."""
        found = [self.results.by_area(target, PeerKind.PROVINCE) for target in self.targets]
        return areas_by_target(found, self.catalog, "Deel van het doel per provincie")

    def regions(self) -> Block:
        """All targets per reference region, one table per group of targets."""
        if not self.results.areas(PeerKind.REGION):
            return Paragraph("De referentieregio's bestaan pas sinds 2025; deze editie is ouder.")
        tables: list[Block] = []
        for werf in self.catalog.werven:
            targets = [target for target in self.targets if target.werf == werf.id]
            found = [self.results.by_area(target, PeerKind.REGION) for target in targets]
            tables.append(areas_table(found, "Referentieregio", f"{werf.label}, per referentieregio"))
        return Group(tables, "flanders-regions")

    def verdicts(self) -> Table:
        """Number of municipalities per verdict and target."""
        return verdicts_table(self.results.pact, self.catalog, "Aantal gemeenten per oordeel en per doel")

    def coverage(self) -> Table:
        """Per target: source, dates, states, how many municipalities count."""
        return coverage_table(self.results.pact, self.everyone, self.catalog, "Dekking van de cijfers per doel")

    def oldest(self) -> Block:
        """The figures that are too old to be judged, with the municipalities."""
        months = self.parameters.max_ouderdom_maanden
        groups = [(target, self.results.too_old(target)) for target in self.targets]
        caption = f"Cijfers van meer dan {months} maanden oud"
        table = oldest_table(groups, self.scene.names, months, caption)
        return table or Paragraph(f"Geen enkel cijfer is ouder dan {months} maanden.")

    def rules(self) -> Group:
        """The rules behind every number, with the thresholds of this report."""
        values = method_values(self.parameters)
        blocks: list[Block] = []
        for concept in ("optellen", *RULES):
            blocks.append(Heading(self.catalog.method_title(concept), 3, in_contents=False))
            blocks.append(Markdown(self.catalog.method(concept).format_map(values)))
        return Group(blocks, name="rules")

    def glossary(self) -> Facts:
        """Words that the report uses, explained."""
        return Facts(self.catalog.glossary)


def open_flanders(*, edition: Edition | None = None, **parameters: object) -> FlandersView:
    """Open the report on Flanders; the one opening call of its notebook.

    Parameters
    ----------
    edition
        An edition that is open already.
    **parameters
        The parameters of :class:`~lekp_lib.parameters.ReportParameters` but ``gemeente`` and ``pact``.

    Returns
    -------
    FlandersView

    Raises
    ------
    LekpError
        When a parameter or the edition is wrong; the message says what to do.
    """
    own = [name for name in OWN_ONLY if name in parameters]
    if own:
        raise ParameterError(f"{', '.join(own)}: the report on Flanders is about all municipalities; leave it out")
    checked = read_parameters({"gemeente": "*", **parameters})
    return FlandersView(edition or opened_edition(checked.editie), checked)
