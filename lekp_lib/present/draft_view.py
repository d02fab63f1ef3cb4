"""A target that is tried out, as blocks: level, share, verdict and charts on real figures, before it is declared.

Everything says that it is a draft: a sentence above every block, and a banner on every drawing and page.
"""

from __future__ import annotations

import datetime as dt
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import cached_property
from pathlib import Path
from statistics import quantiles
from typing import TYPE_CHECKING, Any

from lekp_lib import __version__
from lekp_lib.adapter import Assessment, Verdict
from lekp_lib.adapter.shown import sha256_text
from lekp_lib.edition import Edition
from lekp_lib.errors import CatalogProblems, LekpError, Problem, ProblemGroup
from lekp_lib.pact import Target
from lekp_lib.pact.drafts import catalog_with, project_folder, save_text
from lekp_lib.parameters import read_parameters
from lekp_lib.present.block import Block, Group, Paragraph
from lekp_lib.present.boxes import Details, Facts, Note
from lekp_lib.present.control_numbers import spread_of
from lekp_lib.present.draft_figures import DraftFigures, draft_figures
from lekp_lib.present.numbers import count_noun, number, percent
from lekp_lib.present.outlier_strip import outlier_strip
from lekp_lib.present.prose import Title
from lekp_lib.present.report_head import ReportFactsBlock
from lekp_lib.present.report_view import ReportView, opened_edition
from lekp_lib.present.table import Cell, Column, Row, Table
from lekp_lib.present.target_fiche import fiche, figures_table
from lekp_lib.present.target_figures import Scene
from lekp_lib.present.target_section import target_section
from lekp_lib.present.verdict_blocks import VerdictLine
from lekp_lib.present.words.control_words import far_text
from lekp_lib.present.words.finding_words import rule_words
from lekp_lib.present.words.source_words import compared_source_line
from lekp_lib.present.words.verdict_words import verdict_sentences

if TYPE_CHECKING:
    import pandas as pd

DRAFT_BANNER = "Proef: ontwerp van een doel"
_DRAFT_SENTENCE = "Proef: dit is een ontwerp van een doel. Het hoort niet bij het klimaatpact en telt nergens mee."
_ENGLISH = "Meldingen over het ontwerp zijn die van lekp check."
_SHOWN = 20


def problems_table(problems: Sequence[Problem], caption: str) -> Table:
    """Mistakes as the house tells them: place with line, what was found, what was expected and what to do."""
    columns = (
        Column("Plaats", width="3fr"),
        Column("Gevonden", width="3fr"),
        Column("Verwacht", width="3fr"),
        Column("Wat te doen", width="3fr"),
    )
    body = [[item.where, item.found or "niets", item.expected, item.advice or "–"] for item in problems[:_SHOWN]]
    rest = len(problems) - _SHOWN
    more = [f"Niet getoond: nog {count_noun(rest, 'fout', 'fouten')}."] if rest > 0 else []
    return Table(columns, body, caption, footnotes=[_ENGLISH, *more], name="problems")


class DraftView:
    """All blocks of one draft.

    Parameters
    ----------
    text
        YAML of the target, as the analyst typed it.
    figures
        As for :func:`~lekp_lib.present.draft_figures.draft_figures`.
    place
        Municipality to look at.
    edition
        Figures and municipalities.
    project
        Folder with the other declarations of the project, where the draft may be saved.
    """

    def __init__(
        self, text: str, figures: str | Path | pd.DataFrame, place: str, edition: Edition, project: Path
    ) -> None:
        self.declaration = text
        self.project = project
        self.base = edition
        self.place_asked = place
        self.target: Target | None = None
        self.figures: DraftFigures | None = None
        self.problems: tuple[Problem, ...] = ()
        self._try(figures)

    def _try(self, figures: str | Path | pd.DataFrame) -> None:
        """Read the draft and its figures; what is wrong with either is kept, to be shown."""
        try:
            catalog, self.target = catalog_with(self.declaration, self.project)
            self.figures = draft_figures(figures, self.target, catalog, self.base)
            self._edition = self.base.with_catalog(catalog, self.figures.observations)
        except ProblemGroup as group:
            self.problems = group.problems
        except LekpError as error:
            self.problems = (Problem("cijfers", str(error), "usable figures"),)

    @property
    def _usable(self) -> bool:
        return self.target is not None and not self.problems

    @cached_property
    def view(self) -> ReportView:
        """The report of the municipality, in an edition that has the draft."""
        return ReportView(self._edition, read_parameters({"gemeente": self.place_asked, "editie": self.base.id}))

    @property
    def banner(self) -> str:
        """Words on every drawing and page."""
        return f"{DRAFT_BANNER}. {self.base.manifest.banner}" if self.base.fictitious else DRAFT_BANNER

    @cached_property
    def scene(self) -> Scene:
        """Names and sources, with the banner of a draft."""
        return replace(self.view.scene, banner=self.banner, draft=not self.base.fictitious)

    @property
    def _draft(self) -> Target:
        if self.target is None:
            raise LekpError("the draft is not usable yet; look at summary()")
        return self.target

    @cached_property
    def assessment(self) -> Assessment:
        """Of the municipality."""
        return self.view.assessor.assess(self._draft, self.view.place.nis, self.view.version)

    @cached_property
    def everyone(self) -> tuple[Assessment, ...]:
        """Of all municipalities."""
        return self.view.assessor.everyone(self._draft)

    def facts(self) -> Mapping[str, Any]:
        """What the exporters print around the draft."""
        manifest = self.base.manifest
        name = self.target.name if self.target else "ontwerp met fouten"
        return {
            "title": f"Proef: {name}",
            "description": "Ontwerp van een doel, uitgeprobeerd op cijfers. Geen onderdeel van het klimaatpact.",
            "keywords": ["LEKP", "proef"],
            "running": f"Proef: {name}",
            "edition": self.base.id,
            "run": sha256_text(self.declaration, manifest.model_dump_json(), self.place_asked, __version__)[:10],
            "banner": self.banner,
            "built": dt.datetime.combine(manifest.built, dt.time(), dt.UTC).isoformat(),
            "licence": manifest.origin,
        }

    def _marked(self, *blocks: Block, name: str = "draft") -> Group:
        return Group([Paragraph(_DRAFT_SENTENCE, "small"), *blocks], name=name)

    def _not_yet(self) -> Group:
        return self._marked(Note("Nog niet te tonen", "Het ontwerp heeft fouten. Ze staan bovenaan in een tabel."))

    def _origin(self, figures: DraftFigures) -> list[tuple[str, str | list[str]]]:
        places = count_noun(len({item.nis for item in figures.observations}), "gemeente", "gemeenten")
        pairs: list[tuple[str, str | list[str]]] = [
            ("Cijfers uit", figures.origin),
            ("Bruikbaar", f"{count_noun(len(figures.observations), 'cijfer', 'cijfers')} van {places}"),
        ]
        if figures.left_out:
            pairs.append(("Blijven weg", [f"{number(count)} {why}" for why, count in figures.left_out]))
        if figures.findings:
            told = Counter(item.rule for item in figures.findings)
            pairs.append(("Na te kijken", [f"{number(count)}: {rule_words(rule)}" for rule, count in told.items()]))
        return pairs

    def summary(self) -> Block:
        """Opening: whether the draft is in order, and which figures it is tried on; else every mistake."""
        name = self.target.name if self.target else "ontwerp met fouten"
        blocks: list[Block] = [Title(f"Proef: {name}"), Note(self.banner, _DRAFT_SENTENCE, kind="warning")]
        if self.problems:
            blocks.append(problems_table(self.problems, "Wat er nog niet klopt"))
        elif self.target is not None and self.figures is not None:
            blocks.append(Paragraph("Het ontwerp is in orde: alle sleutels zijn er, en ze passen bij elkaar.", "lead"))
            blocks.append(Facts([("Wat is het doel", self.target.description), *self._origin(self.figures)]))
            if self.figures.refused:
                refused = [
                    Problem(f"{item.file}: {item.cell}", item.found, item.expected, item.advice)
                    for item in self.figures.refused
                ]
                blocks.append(problems_table(refused, "Geweigerde rijen"))
        return ReportFactsBlock(self.facts(), Group(blocks, name="summary"))

    def verdict(self) -> Group:
        """Level, share and verdict of the municipality, with the formula written out."""
        if not self._usable:
            return self._not_yet()
        line = VerdictLine(self.assessment.verdict, verdict_sentences(self.assessment))
        blocks: list[Block] = [line, fiche(self.assessment, self._edition.catalog)]
        caption = f"Proef: {self._draft.name} in {self.view.place.name}"
        table = figures_table(self.assessment, self._edition.catalog, caption)
        if table is not None:
            blocks.append(Details("Toon de cijfers als tabel", table, on_paper=True))
        return self._marked(*blocks)

    def charts(self) -> Group:
        """The charts that a report would show: trend, place among the municipalities, map."""
        if not self._usable:
            return self._not_yet()
        comparison = self.view.assessor.compare(self.assessment)
        left_out = ("fiche", "cijfers", "toelichting", "fusie")
        section = target_section(self.assessment, comparison, self.scene, self._edition.catalog, left_out)
        return self._marked(Group(section.blocks[1:], name="draft-charts"))

    def distribution(self) -> Group:
        """Shares and verdicts over all municipalities."""
        if not self._usable:
            return self._not_yet()
        blocks: list[Block] = []
        spread = spread_of(self._draft, self.everyone)
        if spread is None:
            blocks.append(Paragraph("Te weinig gemeenten hebben een vergelijkbaar deel van het doel voor een figuur."))
        else:
            points = [item.current for item in self.everyone if item.nis in spread.shares and item.current is not None]
            source = compared_source_line(points, self._edition.catalog.sources)
            text = far_text(spread, self.scene.names, source, self.scene.fictitious)
            blocks.append(outlier_strip(spread, self.scene.names, text, "proef-verdeling", banner=self.banner))
            blocks.append(self._quantiles(list(spread.shares.values())))
        blocks.append(self._verdicts())
        return self._marked(*blocks)

    def _quantiles(self, shares: list[float]) -> Table:
        low, middle, high = quantiles(shares, n=4, method="inclusive")
        rows: list[Row] = [
            ["Laagste", percent(min(shares), 1)],
            ["Een kwart zit lager dan", percent(low, 1)],
            [Cell("Mediaan", strong=True), Cell(percent(middle, 1), strong=True)],
            ["Een kwart zit hoger dan", percent(high, 1)],
            ["Hoogste", percent(max(shares), 1)],
        ]
        columns = (Column("Proef", width="4fr"), Column("Deel van het doel", align="number", width="2fr"))
        return Table(columns, rows, f"Proef: deel van het doel over {number(len(shares))} gemeenten", name="quantiles")

    def _verdicts(self) -> Table:
        found = Counter(item.verdict for item in self.everyone)
        rows: list[Row] = [
            [Cell(verdict.value, mark=verdict), number(found[verdict])] for verdict in Verdict if found[verdict]
        ]
        columns = (Column("Oordeel", width="4fr"), Column("Gemeenten", align="number", width="2fr"))
        return Table(columns, rows, "Proef: oordelen over alle gemeenten", name="verdicts")

    def save(self, really: bool = False, *, replace_older: bool = False) -> Block:
        """Save the draft as a target of the project, after checking it against all its other files.

        Parameters
        ----------
        really
            Whether it is to be saved; without, nothing is written and the block says so.
        replace_older
            Whether an older file of the same id may be replaced.

        Returns
        -------
        Block
            Tells where it was saved, or why not.
        """
        if not really:
            return self._marked(Note("Niet bewaard", "Zet bewaren op True om het ontwerp als doel te bewaren."))
        try:
            path = save_text("doelen", self.declaration.lstrip("\n"), self.project, replace=replace_older)
        except CatalogProblems as group:
            return self._marked(problems_table(group.problems, "Niet bewaard: wat er nog niet klopt"))
        except LekpError as error:
            problem = Problem("bewaren", str(error), "a file that may be written")
            return self._marked(problems_table([problem], "Niet bewaard"))
        return self._marked(
            Note(
                "Bewaard",
                f"Het doel staat in {'/'.join(path.parts[-3:])}. Lees er cijfers voor in met lekp data import en maak "
                "een editie met lekp data prepare; daarna staat het in elk verslag, bij de eigen doelen.",
            )
        )


def open_proefbank(
    *,
    ontwerp: str,
    cijfers: str | Path | pd.DataFrame,
    gemeente: str,
    editie: str = "gepubliceerd",
    edition: Edition | None = None,
) -> DraftView:
    """Open a draft of a target on real figures; the one opening call of the notebook ``proefbank``.

    Parameters
    ----------
    ontwerp
        YAML of the target, with the keys of ``parameters/doelen/*.yaml``.
    cijfers
        As for :func:`~lekp_lib.present.draft_figures.draft_figures`.
    gemeente, editie
        As for a report.
    edition
        An edition that is open already.

    Returns
    -------
    DraftView
        Also when the draft has mistakes: it shows them.

    Raises
    ------
    LekpError
        When the edition or the municipality is wrong.
    """
    checked = read_parameters({"gemeente": gemeente, "editie": editie})
    opened = edition or opened_edition(checked.editie)
    opened.register.resolve(checked.gemeente, opened.reference_date)
    return DraftView(ontwerp, cijfers, checked.gemeente, opened, project_folder(Path()))
