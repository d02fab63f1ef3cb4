"""Whether figures are possible, and likely. All findings at once; nothing is changed.

Errors are what no municipality can have reported (a share of LED lights of 130 %, a negative number of trees).
Warnings are what a person should look at before it stands in a report for a council.
"""

from __future__ import annotations

import datetime as dt
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence

import pandas as pd
import pandera.pandas as pa
from pandera.errors import SchemaErrors

from lekp_lib.data.findings import Finding, Known, by_severity, plain
from lekp_lib.data.observation import Measure, Observation
from lekp_lib.data.plausibility_levels import level_findings
from lekp_lib.data.plausibility_series import series_findings
from lekp_lib.data.plausibility_totals import total_findings
from lekp_lib.errors import RegisterError
from lekp_lib.pact import Catalog, Kind
from lekp_lib.register.models import FIRST_DAY
from lekp_lib.register.register import Register

__all__ = ["Finding", "check_observations"]

_LARGEST = 1e12


def _schema(catalog: Catalog) -> pa.DataFrameSchema:
    """What every table of figures is: types, forms and words, whatever its source."""
    figures = [f"{target.id}.{sub.id}" for target in catalog.measured for sub in target.indicators]
    return pa.DataFrameSchema(
        {
            "nis": pa.Column(str, pa.Check.str_matches(r"^[0-9]{5}$")),
            "figure": pa.Column(str, pa.Check.isin(figures)),
            "value": pa.Column(float, [pa.Check.ge(-_LARGEST), pa.Check.le(_LARGEST)], nullable=False),
            "source": pa.Column(str, pa.Check.isin(list(catalog.sources))),
        }
    )


def _form(observations: Sequence[Observation], catalog: Catalog) -> tuple[set[int], list[Finding]]:
    """Positions of figures that have no usable form, with the findings; other rules are not asked about them."""
    frame = pd.DataFrame(
        {
            "nis": [item.nis for item in observations],
            "figure": [f"{item.target_id}.{item.indicator}" for item in observations],
            "value": [float(item.value) for item in observations],
            "source": [item.source_id for item in observations],
        }
    )
    try:
        _schema(catalog).validate(frame, lazy=True)
    except SchemaErrors as errors:
        cases = errors.failure_cases
        findings = []
        bad: set[int] = set()
        for column, check, case, index in zip(
            cases["column"], cases["check"], cases["failure_case"], cases["index"], strict=True
        ):
            position = None if pd.isna(index) else int(index)
            item = observations[position] if position is not None else None
            where = f"{item.nis}, {item.target_id}.{item.indicator}, {item.reference_date}" if item else str(column)
            findings.append(Finding("error", "form", where, f"{column} is {case!r}; rule {str(check)[:80]}"))
            if position is not None:
                bad.add(position)
        return bad, findings
    return set(), []


def _existence(item: Observation, known: Known, areas: frozenset[str]) -> Iterator[Finding]:
    """Whether the municipality existed at the date of its figure."""
    if item.nis in areas:
        return
    day = max(item.reference_date, FIRST_DAY[2019])
    try:
        known.register.get(item.nis, day)
        return
    except RegisterError as error:
        reason = str(error)
    try:
        place = known.register.get(item.nis, FIRST_DAY[2025])
    except RegisterError:
        # Its code is gone at that date: either it had ended, or nobody ever had it.
        known_before = item.nis in {place.nis for place in known.register.municipalities(FIRST_DAY[2019])}
        rule = "ended" if known_before else "unknown_nis"
        yield Finding("error", rule, known.where(item), f"{reason[:1].upper()}{reason[1:]}")
        return
    message = f"{place.name} exists since {place.valid_from}; is this figure computed again for the new borders?"
    yield Finding("warning", "not_yet", known.where(item), message)


def _may_be_negative(item: Observation, known: Known) -> bool:
    """Reductions and savings may be negative: then something grew; context where its declaration says so."""
    if known.sub(item).may_be_negative:
        return True
    return known.target(item).kind in (Kind.REDUCTION, Kind.ANNUAL_RATE) and known.sub(item).unit.symbol.startswith("%")


def _range(item: Observation, known: Known) -> Iterator[Finding]:
    where, value, unit = known.where(item), item.value, known.sub(item).unit.symbol
    if item.measure is Measure.SHARE_PCT:
        if known.target(item).is_context:
            yield Finding("error", "context", where, "a share of a target; figures for context have no target")
        if value < 0 and not _may_be_negative(item, known):
            yield Finding("error", "negative", where, f"{plain(value)} % of the target; expected zero or more")
        return
    if value < 0 and not _may_be_negative(item, known):
        allow = (
            f", or may_be_negative: true at {item.indicator} in its declaration"
            if known.target(item).is_context
            else ""
        )
        yield Finding("error", "negative", where, f"{plain(value)}; expected zero or more{allow}")
    if unit == "%" and value > 100:
        yield Finding("error", "share", where, f"{plain(value)} %; expected at most 100 %")
    if unit.startswith("% ") and abs(value) > 50:
        yield Finding("warning", "share", where, f"{plain(value)} {unit}; is this a total instead of a yearly figure?")
    if known.target(item).kind is Kind.YES_NO and value not in (0, 1) and item.indicator in known.target(item).parts:
        yield Finding("error", "yes_no", where, f"{plain(value)}; expected 0 (nee) or 1 (ja)")


def _dates(item: Observation, known: Known) -> Iterator[Finding]:
    closed = known.target(item).closed_on
    if known.today is not None and item.reference_date > known.today:
        message = "the date lies in the future; give the day to which the figure runs"
        yield Finding("error", "future", known.where(item), message)
    if closed is not None and item.reference_date > closed:
        yield Finding("warning", "closed", known.where(item), f"no figures come in after {closed} for this target")
    if item.since is not None and item.since > item.reference_date:
        yield Finding("error", "since", known.where(item), f"since {item.since}, which is after the date of the figure")


def _doubles(observations: Sequence[Observation], known: Known) -> Iterator[Finding]:
    groups: Mapping[tuple[object, ...], list[Observation]] = defaultdict(list)
    for item in observations:
        groups[item.nis, item.target_id, item.indicator, item.reference_date, item.measure].append(item)
    for items in groups.values():
        values = list(dict.fromkeys(item.value for item in items))
        if len(items) == 1:
            continue
        if len(values) > 1:
            told = " and ".join(plain(value) for value in values[:5])
            yield Finding("error", "duplicate", known.where(items[0]), f"{told} for the same figure; keep one")
        else:
            yield Finding("warning", "duplicate", known.where(items[0]), f"{len(items)} times the same figure")


def check_observations(
    observations: Iterable[Observation],
    catalog: Catalog,
    register: Register,
    previous: Iterable[Observation] = (),
    *,
    today: dt.date | None = None,
    levels: Iterable[Observation] = (),
) -> tuple[Finding, ...]:
    """Everything that is impossible or unlikely about figures.

    Parameters
    ----------
    observations
        Figures to check.
    catalog, register
        Targets and municipalities.
    previous
        Figures known before: for falls and jumps against them. They are not checked themselves.
    today
        Day of the check, for dates in the future.
    levels
        Target levels that a file states beside its figures: they tell which denominator it used.

    Returns
    -------
    tuple of Finding
        Errors first; empty when nothing was found.
    """
    given = list(observations)
    if not given:
        return ()
    known = Known(catalog, register, today)
    areas = frozenset(
        {"02000"} | {place.province_nis for day in FIRST_DAY.values() for place in register.municipalities(day)}
    )
    bad, findings = _form(given, catalog)
    usable = [item for position, item in enumerate(given) if position not in bad]
    for item in usable:
        findings += [*_existence(item, known, areas), *_range(item, known), *_dates(item, known)]
    before = list(previous)
    findings += _doubles(usable, known)
    findings += series_findings(usable, before, known)
    findings += level_findings(usable, list(levels), known)
    findings += total_findings(usable, known, areas)
    return by_severity(findings)
