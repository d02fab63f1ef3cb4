"""The tables of home: the targets in Flanders, and the newest figures."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

from lekp_lib.adapter.area_models import AreaResult
from lekp_lib.adapter.flanders_results import FlandersResults
from lekp_lib.pact import Target
from lekp_lib.site.oud.dates import date_long, date_of
from lekp_lib.site.oud.flanders_tables import AREA_NOTE, area_cell, shown_total
from lekp_lib.site.oud.table import Cell, Column, Row, RowGroup, Table
from lekp_lib.site.page import HOME_PATH, link, target_path
from lekp_lib.site.world import SiteWorld

#: So many of the newest figures are shown.
NEWEST = 5


def _target_row(world: SiteWorld, result: AreaResult) -> list[Cell]:
    target, everyone = result.target, world.everyone(result.target)
    applying = [item for item in everyone if item.applies]
    judged = [item for item in applying if item.verdict.is_good or item.verdict.is_behind]
    good = sum(item.verdict.is_good for item in judged)
    name = Cell(target.name, link=link(HOME_PATH, target_path(target.id)))
    total = shown_total([result])
    together = area_cell(result, total.indicator if total else "")
    counted = Cell(str(good)) if judged else Cell("geen oordeel", muted=True)
    return [name, together, counted, Cell(str(len(judged))), Cell(str(len(applying)))]


def targets_table(world: SiteWorld) -> Table:
    """Per target the state of all municipalities together, and how many of them are on track by their own report."""
    results = FlandersResults(world.assessor)
    groups: list[Row | RowGroup] = []
    for werf in world.catalog.werven:
        targets = [target for target in world.catalog.of_werf(werf.id) if target.nr is not None]
        rows = [_target_row(world, results.flanders(target)) for target in targets]
        groups.append(RowGroup(werf.label, rows))
    return Table(
        [
            Column("Doel"),
            Column("Gemeenten samen", "deel van het doel", "number"),
            Column("Gehaald of op koers", "gemeenten", "number"),
            Column("Met een oordeel", "gemeenten", "number"),
            Column("Doel geldt", "gemeenten", "number"),
        ],
        groups,
        f"De 17 doelen in alle gemeenten, stand op {date_long(world.on)}",
        footnotes=[
            AREA_NOTE,
            "Gehaald of op koers telt gemeenten, elk met het oordeel uit haar eigen verslag. "
            "Een gemeente zonder bruikbaar cijfer heeft geen oordeel; dat is geen nul.",
        ],
        name="targets",
    )


@dataclass(frozen=True, slots=True)
class _Newest:
    date: dt.date
    precision: str
    target: Target
    source: str
    retrieved: dt.date | None


def _newest(world: SiteWorld) -> list[_Newest]:
    found: dict[tuple[str, str], _Newest] = {}
    for target in world.catalog.targets:
        for item in world.everyone(target):
            points = [item.current, *(point for _, point in item.parts)]
            for point in points:
                if point is None:
                    continue
                observation = point.observation
                key = (target.id, observation.source_id)
                mine = _Newest(
                    point.date, observation.date_precision, target, observation.source_id, observation.retrieved
                )
                if key not in found or (mine.date, mine.retrieved or dt.date.min) > (
                    found[key].date, found[key].retrieved or dt.date.min,
                ):  # fmt: skip
                    found[key] = mine
    ranked = sorted(found.values(), key=lambda item: (item.date, item.retrieved or dt.date.min), reverse=True)
    return ranked[:NEWEST]


def newest_table(world: SiteWorld) -> Table:
    """The figures with the newest reference date."""
    rows = [
        [
            Cell(item.target.name, link=link(HOME_PATH, target_path(item.target.id))),
            Cell(date_of(item.date, item.precision)),
            Cell(date_long(item.retrieved)) if item.retrieved else Cell("niet bekend", muted=True),
            Cell(world.catalog.source(item.source).name),
        ]
        for item in _newest(world)
    ]
    return Table(
        [Column("Doel"), Column("Peildatum"), Column("Opgehaald"), Column("Bron")],
        rows,
        f"Laatste gegevens: de {len(rows)} met de jongste peildatum",
        name="newest",
    )
