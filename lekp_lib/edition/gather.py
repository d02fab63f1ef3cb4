"""From raw files to the rows of an edition: read again, laid over each other, corrected, added up after mergers.

Pure: what goes in are bytes that lie in the raw store, and what comes out depends on nothing else. That is why an
edition can be made again from its manifest.
"""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

import pandas as pd

from lekp_lib.data.readers import ReadResult
from lekp_lib.edition.corrections import Remarks, apply_corrections, shown_explanations
from lekp_lib.edition.edition import AREA_NAMES
from lekp_lib.edition.mergers import merge_figures
from lekp_lib.edition.models import Measure, Observation, Status
from lekp_lib.edition.side_tables import AppliedCorrection, ContextRow, ShownExplanation, SideRow
from lekp_lib.errors import EditionProblems, Problem
from lekp_lib.pact import Catalog
from lekp_lib.register import CountFact, Register


@dataclass(frozen=True, slots=True)
class Rows:
    """The rows of an edition, by table, and what the person who made it must know.

    ``judged`` are the figures after correction, under the codes of their own time: those that plausibility is asked
    of. ``notes`` are sentences on what was left out.
    """

    tables: Mapping[str, tuple[Observation, ...]]
    sides: Mapping[str, tuple[SideRow, ...]]
    judged: tuple[Observation, ...]
    notes: tuple[str, ...] = ()


def _laid_over(results: Iterable[ReadResult]) -> tuple[Observation, ...]:
    """One figure per target, series, municipality and date: the one of the last import.

    An amount is never replaced by a bare share of the target: that would lose the figure.
    """
    found: dict[tuple[str, str, str, dt.date], Observation] = {}
    for result in results:
        for item in result.observations:
            key = (item.target_id, item.indicator, item.nis, item.reference_date)
            known = found.get(key)
            loses = known is not None and known.measure is Measure.AMOUNT and item.measure is Measure.SHARE_PCT
            if not loses:
                found[key] = item
    return tuple(found.values())


def _counts(results: Iterable[ReadResult], on: dt.date) -> tuple[CountFact, ...]:
    found = {
        (fact.nis, fact.kind, fact.date): fact for result in results for fact in result.count_facts if fact.date <= on
    }
    return tuple(found[key] for key in sorted(found))


def _plain(value: object) -> object:
    """A cell as JSON has it; nothing stays nothing."""
    if value is None or (not isinstance(value, str | list | dict) and pd.isna(value)):  # type: ignore[call-overload]
        return None
    if isinstance(value, dt.date):
        return value.isoformat()
    item = getattr(value, "item", None)
    return item() if callable(item) else value


def _subject(row: ContextRow, fields: Mapping[str, object]) -> str:
    """What a row of context is about: everything but its amounts. The last import that tells of it replaces others."""
    told = {key: value for key, value in fields.items() if isinstance(value, str)}
    return json.dumps([row.nis, row.shape, told], sort_keys=True)


def _context(
    shapes: Sequence[str], results: Sequence[ReadResult], register: Register, on: dt.date
) -> tuple[set[ContextRow], int]:
    """Context by municipality of the reference date, and the number of rows on municipalities of later."""
    rows: dict[str, set[ContextRow]] = {}
    later = 0
    current = {place.nis for place in register.municipalities(on)}
    to_come = {place.nis for place in register.municipalities(dt.date.max)} - current
    for shape, result in zip(shapes, results, strict=True):
        imported: dict[str, set[ContextRow]] = {}
        for record in result.context.to_dict(orient="records"):
            nis = str(record.pop("nis", ""))
            if nis in to_come:
                later += 1
                continue
            code = nis if nis in current else register.successor(nis, on).nis
            fields = {str(key): _plain(value) for key, value in record.items()}
            if code != nis:
                fields["nis"] = nis
            row = ContextRow(code, shape, json.dumps(fields, ensure_ascii=False, sort_keys=True))
            imported.setdefault(_subject(row, fields), set()).add(row)
        rows |= imported
    return {row for found in rows.values() for row in found}, later


def _unknown_sources(observations: Iterable[Observation], catalog: Catalog) -> list[Problem]:
    names = sorted({item.source_id for item in observations} - set(catalog.sources))
    return [Problem("figures", f"source {name!r}", "the id of a source of the catalogue") for name in names]


def gather(
    shapes: Sequence[str],
    results: Sequence[ReadResult],
    remarks: Remarks,
    catalog: Catalog,
    register: Register,
    on: dt.date,
) -> Rows:
    """The rows of an edition.

    Parameters
    ----------
    shapes, results
        What was read, file by file in the order of import, with the shape it was read by.
    remarks
        Corrections and explanations.
    catalog, register
        Targets and municipalities.
    on
        Reference date: what is dated later stays out.

    Returns
    -------
    Rows

    Raises
    ------
    EditionProblems
        When corrections do not fit the figures, or a source is not known.
    RegisterError
        For a code that no municipality ever had.
    """
    everything = _laid_over(results)
    if problems := _unknown_sources(everything, catalog):
        raise EditionProblems("figures that were imported", problems)
    known = tuple(item for item in everything if item.reference_date <= on)
    notes = [note for result in results for note in result.notes]
    if len(known) < len(everything):
        notes.append(f"{len(everything) - len(known)} figures are dated after {on} and stay out of this edition")
    context, later = _context(shapes, results, register, on)
    if later:
        notes.append(f"{later} rows of context, about municipalities that did not exist on {on}, stay out")
    totals = tuple(item for item in known if item.nis in AREA_NAMES)
    of_places = [item for item in known if item.nis not in AREA_NAMES]
    corrected = apply_corrections(of_places, remarks.corrections, catalog, register, on)
    merged = merge_figures(corrected.observations, catalog, register, on)
    if merged.former:
        notes.append(f"{len(merged.former)} figures of former municipalities make no sum and are kept apart")
    applied: tuple[AppliedCorrection, ...] = corrected.applied
    shown: tuple[ShownExplanation, ...] = shown_explanations(remarks.explanations, register, on)
    return Rows(
        tables={"figures": merged.figures, "former": merged.former, "totals": totals},
        sides={
            "counts": _counts(results, on),
            "corrections": applied,
            "explanations": shown,
            "context": tuple(context),
        },
        judged=(*corrected.observations, *totals),
        notes=tuple(notes),
    )


def is_invented(rows: Rows) -> bool:
    """Whether any figure is fictitious: then everything that is made from the edition must say so."""
    return any(item.status is Status.EXAMPLE or item.source_id == "voorbeeld" for item in rows.judged)
