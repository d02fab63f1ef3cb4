"""Figures for a target that is tried out: of the edition, or of a file or table of the analyst."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lekp_lib.data.checks import Finding, check_figures
from lekp_lib.data.content import ImportProblems
from lekp_lib.data.observation import figures_frame
from lekp_lib.data.readers import ReadResult, read_file
from lekp_lib.data.schema import FileShape, Place, find_shape
from lekp_lib.edition import AREA_NAMES, Edition
from lekp_lib.edition.mergers import merge_figures
from lekp_lib.edition.models import Measure, Observation, Status
from lekp_lib.errors import Problem, ProblemGroup
from lekp_lib.pact import Catalog, Target
from lekp_lib.pact.models import Denominator
from lekp_lib.register.models import Count

if TYPE_CHECKING:
    import pandas as pd

#: Files that figures may come from.
FILE_ENDINGS = (".csv", ".xlsx")
_YEARS = range(2019, 2031)
#: Columns of the template that a draft already tells.
_TOLD = ("target_id", "indicator", "level")


def _no_figures(found: str, expected: str) -> ProblemGroup:
    problem = Problem("cijfers", found, expected, "Change the value of cijfers, and run the notebook again.")
    return ProblemGroup("no figures for the draft", [problem])


@dataclass(frozen=True, slots=True)
class DraftFigures:
    """Figures under the id of the draft, by municipality of the reference date.

    Attributes
    ----------
    observations
        Usable figures.
    origin
        Where they come from, in Dutch.
    refused
        Rows of a file that cannot be used.
    left_out
        Why figures stay out, with their number.
    findings
        What the rules of plausibility say.
    """

    observations: tuple[Observation, ...]
    origin: str
    refused: tuple[Any, ...] = ()
    left_out: tuple[tuple[str, int], ...] = ()
    findings: tuple[Finding, ...] = ()


def draft_indicator(target: Target) -> str:
    """The series that the draft is judged by: that of its first level, else the first one declared."""
    level = next(iter(target.levels.values()), None)
    return level.indicator if level is not None else target.indicators[0].id


def _of_target(edition: Edition, name: str, target: Target) -> Iterator[Observation]:
    target_id, _, indicator = name.partition(".")
    source = edition.catalog.target(target_id)
    wanted = indicator or draft_indicator(source)
    known = [item.id for item in source.indicators]
    if wanted not in known:
        raise _no_figures(f"no series {wanted!r} of {source.id}", f"one of {', '.join(known)}")
    for place in edition.register.municipalities(edition.reference_date):
        for item in edition.observations(source.id, place.nis):
            if item.indicator == wanted:
                yield replace(item, target_id=target.id, indicator=draft_indicator(target))


def _of_counts(edition: Edition, kind: Denominator, target: Target) -> Iterator[Observation]:
    register, on = edition.register, edition.reference_date
    ways: dict[Denominator, Callable[[str, int], Count | None]] = {
        Denominator.POPULATION: lambda nis, year: register.population(nis, year, on),
        Denominator.HOUSEHOLDS: lambda nis, year: register.households(nis, year, on),
        Denominator.DWELLINGS: lambda nis, year: register.dwellings(nis, on),
    }
    source = "statistiek_vlaanderen" if kind is Denominator.HOUSEHOLDS else "statbel"
    for place in register.municipalities(on):
        counts = {count.date: count for year in _YEARS if (count := ways[kind](place.nis, year)) is not None}
        for date, count in sorted(counts.items()):
            yield Observation(
                target.id, draft_indicator(target), place.nis, date, float(count.value), Status.FINAL, source,
                remark=count.source,
            )  # fmt: skip


def draft_shape(target: Target, by: str) -> FileShape:
    """The template of the house, for a file whose figures are all of one draft.

    Parameters
    ----------
    target
        The draft.
    by
        ``nis`` or ``naam``: how a row tells its municipality.
    """
    shape = find_shape("sjabloon")
    columns = {field: names for field, names in shape.columns.items() if field not in _TOLD}
    return shape.model_copy(
        update={
            "sheet": None,
            "columns": columns,
            "optional": tuple(
                field for field in (*shape.optional, *(["nis"] if by == "naam" else [])) if field in columns
                and not (by == "naam" and field == "name")
            ),
            "constants": {"target_id": target.id, "indicator": draft_indicator(target)},
            "place": Place(by="nis" if by == "nis" else "naam", former="weigeren"),
        }
    )  # fmt: skip


def _read(source: Path | bytes, name: str, target: Target, catalog: Catalog, edition: Edition) -> ReadResult:
    """The file by code; by name where it has no codes."""
    try:
        return read_file(source, draft_shape(target, "nis"), catalog, edition.register, name=name)
    except ImportProblems as by_code:
        try:
            return read_file(source, draft_shape(target, "naam"), catalog, edition.register, name=name)
        except ImportProblems:
            raise by_code from None


def _without_unusable(
    found: Sequence[Observation], edition: Edition
) -> tuple[list[Observation], list[tuple[str, int]]]:
    """Figures that a draft may be judged by, and why the others stay out."""
    reasons: tuple[tuple[str, Callable[[Observation], bool]], ...] = (
        ("alleen een deel van een ander doel, geen aantal", lambda item: item.measure is Measure.SHARE_PCT),
        ("van een provincie of van Vlaanderen", lambda item: item.nis in AREA_NAMES),
        ("van na de peildatum van de editie", lambda item: item.reference_date > edition.reference_date),
    )
    left, usable = Counter[str](), []
    for item in found:
        why = next((words for words, holds in reasons if holds(item)), "")
        if why:
            left[why] += 1
        else:
            usable.append(item)
    return usable, list(left.items())


def _of_edition(found: Iterable[Observation], origin: str, catalog: Catalog, edition: Edition) -> DraftFigures:
    """Figures that stand under the codes of the reference date already."""
    usable, left_out = _without_unusable(list(found), edition)
    return DraftFigures(tuple(usable), origin, (), tuple(left_out), _findings(usable, catalog, edition))


def _of_file(
    source: Path | bytes, name: str, origin: str, target: Target, catalog: Catalog, edition: Edition
) -> DraftFigures:
    """Figures under the codes of their own time; those of merged municipalities are added up where that is sound."""
    result = _read(source, name, target, catalog, edition)
    usable, left_out = _without_unusable(result.observations, edition)
    merged = merge_figures(usable, catalog, edition.register, edition.reference_date)
    empty = result.rows - len(result.figures) - len(result.refused)
    left_out.append(("zonder cijfer, als rij van het bestand", empty))
    left_out.append(("van een vroegere gemeente, zonder som", len(merged.former)))
    told = tuple((why, count) for why, count in left_out if count > 0)
    return DraftFigures(
        merged.figures, origin, tuple(result.refused.itertuples()), told, _findings(usable, catalog, edition)
    )


def _findings(usable: Sequence[Observation], catalog: Catalog, edition: Edition) -> tuple[Finding, ...]:
    found = check_figures(figures_frame(usable), catalog, edition.register, today=edition.manifest.built)
    return tuple(item for item in found if item.rule != "not_yet")


def _of_table(frame: pd.DataFrame) -> bytes:
    return frame.to_csv(index=False, sep=";", decimal=",").encode("utf-8")


def draft_figures(given: str | Path | pd.DataFrame, target: Target, catalog: Catalog, edition: Edition) -> DraftFigures:
    """Figures for a draft.

    Parameters
    ----------
    given
        Id of a target or context of the edition (``laadpunten``, ``bomen.publiek``); ``inwoners``, ``wooneenheden`` or
        ``huishoudens``; path of a csv or xlsx file; or a table with the same columns as such a file: ``nis`` or
        ``gemeente``, ``datum`` and ``waarde``, and any further one of the template.
    target
        The draft.
    catalog
        The catalogue with the draft.
    edition
        Gives figures, municipalities and the reference date.

    Returns
    -------
    DraftFigures

    Raises
    ------
    ProblemGroup
        When a text names no figures, or a file cannot be read.
    """
    if not isinstance(given, str | Path):
        return _of_file(_of_table(given), "tabel.csv", "een tabel van de opsteller", target, catalog, edition)
    text = str(given)
    if text.lower().endswith(FILE_ENDINGS):
        path = Path(text)
        if not path.is_file():
            raise _no_figures(f"no file {text!r}", "the path of a file, seen from the folder of the notebook")
        return _of_file(path, path.name, f"het bestand {path.name}", target, catalog, edition)
    if text in list(Denominator):
        found = _of_counts(edition, Denominator(text), target)
        return _of_edition(found, f"het aantal {text} in {edition.title}", catalog, edition)
    known = [item.id for item in edition.catalog.measured]
    if text.partition(".")[0] not in known:
        kinds = ", ".join([*known, *Denominator])
        raise _no_figures(repr(text), f"one of {kinds}, or a file that ends in .csv or .xlsx")
    name = edition.catalog.target(text.partition(".")[0]).name
    return _of_edition(_of_target(edition, text, target), f"{name} in {edition.title}", catalog, edition)
