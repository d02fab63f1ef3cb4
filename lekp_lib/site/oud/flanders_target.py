"""One target over all municipalities as blocks: the same ones in the report on Flanders and on its own page."""

from __future__ import annotations

from dataclasses import dataclass

from lekp_lib.adapter.area_models import Total
from lekp_lib.adapter.flanders_results import FlandersResults
from lekp_lib.edition import Edition
from lekp_lib.pact.models import Target
from lekp_lib.site.oud.block import Block, Group, Paragraph
from lekp_lib.site.oud.boxes import Details
from lekp_lib.site.oud.dates import date_short
from lekp_lib.site.oud.figure import Figure
from lekp_lib.site.oud.flanders_figures import area_hexmap, area_strip, area_trend_figure, shares_of
from lekp_lib.site.oud.flanders_stack import VerdictStack
from lekp_lib.site.oud.numbers import number, percent
from lekp_lib.site.oud.table import Column, Table
from lekp_lib.site.oud.target_figures import Scene
from lekp_lib.site.oud.words.flanders_words import (
    is_enough,
    level_words,
    middle_value,
    published_sentences,
    state_sentences,
    sum_words,
    total_sentences,
    unit_name,
)


def section_anchor(target_id: str) -> str:
    """Id of the section of a target in the report on Flanders."""
    return f"doel-{target_id.replace('_', '-')}"


@dataclass(frozen=True, slots=True)
class FlandersTarget:
    """What the blocks of one target need.

    Attributes
    ----------
    edition
        Gives the published totals.
    results
        All municipalities.
    scene
        Names, tiles and sources.
    target
        The target itself.
    """

    edition: Edition
    results: FlandersResults
    scene: Scene
    target: Target

    def sentences(self) -> tuple[str, ...]:
        """What can be said of Flanders: total, path, coverage."""
        return state_sentences(self.results.flanders(self.target), self.results.weighted(self.target))

    def brief(self) -> str:
        """Only the total or the middle, for a list of targets; one per unit of the target."""
        result = self.results.flanders(self.target)
        members, enough = result.coverage.members, [item for item in result.totals if is_enough(item.counted)]
        if len(result.totals) > 1 and enough:
            return " ".join(total_sentences(total, members, several=True)[0] for total in enough)
        return self.sentences()[0]

    def published(self) -> tuple[str, ...]:
        """The published totals beside our own; empty when there are none."""
        result = self.results.flanders(self.target)
        return published_sentences(self.edition.totals(self.target.id), result, self.scene.sources)

    def stack(self) -> VerdictStack:
        """Municipalities per verdict."""
        result = self.results.flanders(self.target)
        return VerdictStack(result.verdicts, result.coverage.members, self.target.id)

    def _trend(self, indicator: str, total: Total | None, *, several: bool) -> Figure | None:
        results, target = self.results, self.target
        points = results.trend(target, indicator)
        if not points:
            return None
        path = results.path(target, indicator)
        expected = total.expected_pct if total is not None else None
        return area_trend_figure(
            target,
            indicator,
            points,
            path,
            self.scene,
            unit=total.unit if total is not None else None,
            level_words=level_words(total.level, total.unit) if total is not None else "",
            expected_pct=expected,
            group=f"gemeenten met een doel in {unit_name(total.unit)}" if total is not None and several else "",
        )

    def trends(self) -> tuple[Figure, ...]:
        """All municipalities together against their path: one figure per unit of the target, if there are enough."""
        result = self.results.flanders(self.target)
        if result.answers is not None:
            return ()
        if result.middle is not None:
            found = [self._trend(self.target.indicators[0].id, None, several=False)]
        else:
            several = len(result.totals) > 1
            wanted = [total for total in result.totals if is_enough(total.counted)]
            found = [self._trend(total.indicator, total, several=several) for total in wanted]
        return tuple(figure for figure in found if figure is not None)

    def trend_tables(self, summary: str) -> tuple[Details, ...]:
        """The numbers behind the trends, with how many municipalities stand behind each; ``summary`` opens them."""
        result = self.results.flanders(self.target)
        if result.answers is not None:
            return ()
        totals = {total.indicator: total for total in result.totals if is_enough(total.counted)}
        wanted = list(totals) if result.middle is None else [self.target.indicators[0].id]
        tables = []
        for indicator in wanted:
            points = [point for point in self.results.trend(self.target, indicator) if is_enough(point.counted)]
            if not points:
                continue
            unit = totals[indicator].unit if totals else None
            rows = [
                [
                    date_short(point.date),
                    sum_words(point.value, unit) if unit else middle_value(point.value, self.target),
                    percent(point.share_pct, 1),
                    number(point.counted),
                ]
                for point in points
            ]
            columns = (
                Column("Tot en met", width="2fr"),
                Column("Samen" if unit else "Mediaan", align="number", width="3fr"),
                Column("Deel van het doel", align="number", width="2fr"),
                Column("Gemeenten", align="number", width="2fr"),
            )
            name = f" (doel in {unit_name(unit)})" if unit and len(totals) > 1 else ""
            table = Table(columns, rows, f"{self.target.name}{name}: gemeenten samen door de jaren")
            tables.append(Details(f"{summary}{name}", table))
        return tuple(tables)

    def hexmap(self) -> Figure | None:
        """Map of all municipalities."""
        return area_hexmap(self.target, self.results.everyone(self.target), self.scene)

    def strip(self) -> Figure | None:
        """Distribution; yes/no targets have none."""
        if self.results.flanders(self.target).answers is not None:
            return None
        middle = self.results.assessor.flanders_median_pct(self.target)
        return area_strip(self.target, self.results.everyone(self.target), middle, self.scene)

    def too_few_for_figures(self) -> str:
        """Why there is no figure, in words; empty when there is one."""
        shares = shares_of(self.results.everyone(self.target))
        if is_enough(len(shares)):
            return ""
        return "Er zijn te weinig bruikbare cijfers voor een kaart of een grafiek."

    def section(self) -> Group:
        """The section in the report on Flanders."""
        blocks: list[Block] = [Paragraph(self.sentences())]
        if published := self.published():
            blocks.append(Paragraph(published))
        blocks += [self.stack(), *self.trends()]
        if figure := self.hexmap():
            blocks.append(figure)
        elif words := self.too_few_for_figures():
            blocks.append(Paragraph(words, "small"))
        blocks += self.trend_tables("Toon de cijfers als tabel")
        return Group(blocks, "flanders-target", {"target": self.target.id}, anchor=section_anchor(self.target.id))
