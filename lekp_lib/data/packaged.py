"""Figures that ship with the package: published ones with their address, and the charge points of March 2026."""

from __future__ import annotations

import calendar
import csv
import datetime as dt
from collections.abc import Iterator
from importlib.resources import files
from pathlib import Path

from lekp_lib.data.observation import Measure, Observation, Status
from lekp_lib.errors import Problem, ProblemGroup

CHARGE_POINTS_DATE = dt.date(2026, 3, 31)
CHARGE_POINTS_LAYER = "laadpunten_public"

_PRECISIONS = {10: "dag", 7: "maand", 4: "jaar"}


def _data_folder() -> Path:
    return Path(str(files("lekp_lib.data") / "data"))


def parse_date(text: str) -> tuple[dt.date, str]:
    """A date of a day, month or year as its last day, with how exact it is.

    Parameters
    ----------
    text
        ISO text: ``2023-02-16``, ``2023-02`` or ``2023``.

    Returns
    -------
    tuple of date and str
        Last day of the period, and ``dag``, ``maand`` or ``jaar``.

    Raises
    ------
    ValueError
        When the text is none of the three.

    Examples
    --------
    >>> parse_date("2023-02")
    (datetime.date(2023, 2, 28), 'maand')
    """
    precision = _PRECISIONS.get(len(text))
    if precision is None:
        raise ValueError(f"{text!r} is not a day, month or year in ISO form")
    if precision == "dag":
        return dt.date.fromisoformat(text), precision
    year = int(text[:4])
    month = int(text[5:7]) if precision == "maand" else 12
    return dt.date(year, month, calendar.monthrange(year, month)[1]), precision


def _observation(row: dict[str, str]) -> Observation:
    date, precision = parse_date(row["date"])
    return Observation(
        target_id=row["target_id"],
        indicator=row["indicator"],
        nis=row["nis"],
        reference_date=date,
        value=float(row["value"]),
        status=Status(row["status"]),
        source_id=row["source_id"],
        measure=Measure(row["measure"]),
        date_precision=precision,
        url=row["url"],
        base_year=int(row["base_year"]) if row["base_year"] else None,
        remark=row["remark"],
    )


def _read(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    with path.open(encoding="utf-8", newline="") as stream:
        yield from enumerate(csv.DictReader(stream), start=2)


def published_figures(path: Path | None = None) -> tuple[Observation, ...]:
    """Figures that municipalities, press and partners published, one row each with its address.

    Parameters
    ----------
    path
        Another file of the same shape; by default the packaged one.

    Returns
    -------
    tuple of Observation
        Municipalities by the code of the time of publication, provinces and Flanders by theirs.

    Raises
    ------
    ProblemGroup
        With every row that cannot be read.
    """
    source = path or _data_folder() / "published_figures.csv"
    found, problems = [], []
    for line, row in _read(source):
        try:
            found.append(_observation(row))
        except (KeyError, ValueError, TypeError) as error:
            problems.append(
                Problem(
                    f"{source.name}: line {line}",
                    f"{row.get('area')} {row.get('target_id')}: {error}",
                    "a complete row",
                )
            )
    if problems:
        raise ProblemGroup("published figures not readable", problems)
    return tuple(found)


def charge_points_2026() -> tuple[Observation, ...]:
    """Public charge points per municipality (codes of 2025) in March 2026: points, not charge point equivalents."""
    return tuple(
        Observation(
            target_id="laadpunten",
            indicator="laadpunten",
            nis=row["nis"],
            reference_date=CHARGE_POINTS_DATE,
            value=float(row["charge_points"]),
            status=Status.FINAL,
            source_id="mow",
            date_precision="maand",
            remark="Laadpunten, geen laadpuntequivalenten (CPE)",
        )
        for _, row in _read(_data_folder() / "charge_points_2026_03.csv")
    )
