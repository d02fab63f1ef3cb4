"""What an assessment is held against: other municipalities, the edition before, targets that were published."""

import json
import math
from collections.abc import Iterable, Mapping
from decimal import ROUND_HALF_UP, Decimal
from functools import cache
from typing import Any

import numpy as np
import numpy.typing as npt
import pandas as pd

from lekp_lib.edition import Edition
from lekp_lib.indicators.assess import assess
from lekp_lib.parameters import ReportParameters

#: Fewer figures than this give no median: a median of five says little of a province.
MIN_COMPARED = 10

#: Why a published target differs from the computed one; ``same`` when it does not.
DIFFERENCES = ("same", "rounded", "other_count", "unknown", "other_scope")
#: Shape of the context rows that hold targets as municipalities published them.
PUBLISHED_TARGETS = "feiten_gepubliceerde_doelen"
_KEY = ["nis", "target_id"]
COLUMNS = ["nis", "target_id", "group", "label", "members", "n", "median", "ahead", "rank"]


@cache  # every report ranks the same numbers of all municipalities
def half_up(value: float, decimals: int = 0) -> Decimal:
    """A number as it is printed: halves away from zero, on the decimal that the float stands for.

    Parameters
    ----------
    value
        Finite number.
    decimals
        Decimals to keep.

    Examples
    --------
    >>> half_up(100 * 33.8 / 40), half_up(1.005, 2)
    (Decimal('85'), Decimal('1.01'))
    """
    exact = Decimal(repr(round(float(value), 9)))
    return exact.quantize(Decimal(1).scaleb(-decimals), rounding=ROUND_HALF_UP)


def _matrix(assessments: pd.DataFrame, values: Iterable[float]) -> pd.DataFrame:
    """Municipality x target."""
    table = assessments[["nis", "target_id"]].assign(value=list(values))
    matrix = table.pivot_table(index="nis", columns="target_id", values="value", dropna=False, observed=False)
    return matrix[list(dict.fromkeys(assessments["target_id"]))]


def _median(values: npt.NDArray[np.float64]) -> npt.NDArray[np.float64]:
    """Median per column over those with a figure; missing where these are too few."""
    table = pd.DataFrame(values)
    return table.median().where(table.count() >= MIN_COMPARED).to_numpy()


def compare(assessments: pd.DataFrame, edition: Edition) -> pd.DataFrame:
    """Every municipality in each of its peer groups, for every target.

    Parameters
    ----------
    assessments
        Table of :func:`~lekp_lib.indicators.assess.assess`.
    edition
        Its register says who belongs to which group.

    Returns
    -------
    pandas.DataFrame
        One row per municipality, target and group, by NIS code, group and target. ``n`` of ``members`` have a rate,
        ``median`` is over these if there are at least ten, never over neighbours; ``ahead`` counts those whose rate as
        printed is higher; missing, like ``rank``, where the municipality has no rate itself.
    """
    rates = _matrix(assessments, assessments["rate"])
    printed = _matrix(assessments, printed_rates(assessments, edition))
    targets, position = list(rates.columns), {nis: row for row, nis in enumerate(rates.index)}
    values, ranks = rates.to_numpy(), printed.to_numpy()
    medians: dict[tuple[str, ...], npt.NDArray[np.float64]] = {}
    groups, counts = [], []
    for nis, own in zip(rates.index, ranks, strict=True):
        for group in edition.register.peer_groups(nis, edition.reference_date):
            rows = [position[member] for member in group.members]
            if group.members not in medians:
                # Neighbours stand by name, each with its own value.
                neighbours = group.kind == "buurgemeenten"
                medians[group.members] = np.full(len(targets), np.nan) if neighbours else _median(values[rows])
            ahead = np.where(np.isnan(own), np.nan, (ranks[rows] > own).sum(axis=0))
            groups.append((nis, str(group.kind), group.label, len(rows)))
            counts.append(np.stack([(~np.isnan(ranks[rows])).sum(axis=0), medians[group.members], ahead]))
    table = pd.DataFrame(groups, columns=["nis", "group", "label", "members"])
    table = table.loc[table.index.repeat(len(targets))].reset_index(drop=True)
    n, median, ahead = np.concatenate(counts, axis=1)
    table = table.assign(target_id=np.tile(targets, len(groups)), n=n.astype(int), median=median, ahead=ahead)
    return table.assign(rank=table["ahead"] + 1)[COLUMNS]


def printed_rates(assessments: pd.DataFrame, edition: Edition) -> list[float]:
    """Rates as they are printed: nobody is ranked on a difference that no reader sees."""
    decimals = {item.id: item.comparison.decimals if item.comparison else 0 for item in edition.catalog.targets}
    pairs = zip(assessments["rate"], assessments["target_id"], strict=True)
    return [math.nan if math.isnan(rate) else float(half_up(rate, decimals[target])) for rate, target in pairs]


def similar_better(assessments: pd.DataFrame, edition: Edition) -> dict[tuple[str, str], list[str]]:
    """Up to three municipalities of the same size class that do well and are further, nearest in size first.

    Parameters
    ----------
    assessments
        Table of :func:`~lekp_lib.indicators.assess.assess`.
    edition
        Its register knows size classes and inhabitants.

    Returns
    -------
    dict
        By NIS code and target: NIS codes of municipalities with a higher rate that are on track or have reached the
        target; none when the municipality has no rate itself.
    """
    register, on = edition.register, edition.reference_date
    printed = _matrix(assessments, printed_rates(assessments, edition))
    well = _matrix(assessments, assessments["verdict"].isin(["doel gehaald", "op koers"]))
    ranks, rivals = printed.to_numpy(), printed.where(well == 1).to_numpy()
    position, inhabitants = {nis: row for row, nis in enumerate(printed.index)}, dict[str, int]()
    for nis in printed.index:
        counts = (register.population(nis, year, on) for year in range(on.year, 2018, -1))
        inhabitants[nis] = next((count.value for count in counts if count is not None), 0)
    found = {}
    for nis, row in position.items():
        peers = next(group.members for group in register.peer_groups(nis, on) if group.kind == "grootteklasse")
        _, near = zip(*sorted((abs(inhabitants[code] - inhabitants[nis]), code) for code in peers), strict=True)
        further = rivals[[position[code] for code in near]] > ranks[row]
        for column, target_id in enumerate(printed.columns):
            found[nis, target_id] = [near[at] for at in np.flatnonzero(further[:, column])[:3]]
    return found


def lasting_codes(old: Edition, new: Edition) -> list[str]:
    """Municipalities that are the same in both editions; the same code with another territory is another one."""
    before = {place.nis for place in old.register.municipalities(old.reference_date)}
    both = [place.nis for place in new.register.municipalities(new.reference_date) if place.nis in before]
    return [nis for nis in both if new.register.parts(nis, old.reference_date, new.reference_date) == (nis,)]


def verdict_changes(old: Edition, new: Edition, parameters: ReportParameters) -> pd.DataFrame:
    """Verdicts that differ between two editions.

    Parameters
    ----------
    old, new
        The earlier and the later edition.
    parameters
        Rules for both.

    Returns
    -------
    pandas.DataFrame
        One row per municipality and target with another verdict: ``nis``, ``target_id``, ``before``, ``after`` and
        ``reference_date`` of the figure that counts now; by municipality, then by target in the official order.
    """
    later = assess(new, parameters)[[*_KEY, "verdict", "reference_date"]].rename(columns={"verdict": "after"})
    lasting, place = lasting_codes(old, new), parameters.gemeente
    if parameters.pact != "auto" and new.register.resolve(place, new.reference_date).municipality.nis not in lasting:
        # The municipality did not exist then; all others are judged alike.
        parameters = parameters.model_copy(update={"gemeente": "*", "pact": "auto"})
    earlier = assess(old, parameters)[[*_KEY, "verdict"]].rename(columns={"verdict": "before"})
    both = later[later["nis"].isin(lasting)].merge(earlier, on=_KEY)
    return both[both["before"] != both["after"]].reset_index(drop=True)


def _likely_reason(value: float, own: Any, counts: Mapping[int, int]) -> tuple[str, int | None]:
    """Why a published target is not the computed one: rounded, the count of another year (which), or not known."""
    step = 10.0 ** next((zeros for zeros in range(4, 0, -1) if value % 10**zeros == 0), 0)
    for year, count in [(None, own.denominator), *counts.items()]:
        exact = round(own.level_exact * count / own.denominator, 6)
        if value in (math.floor(exact), math.ceil(exact), round(exact, 2), step * round(exact / step)):
            return ("rounded", None) if year is None else ("other_count", year)
    return "unknown", None


def published_targets(assessments: pd.DataFrame, edition: Edition) -> pd.DataFrame:
    """Targets that municipalities published themselves, beside the computed level.

    Parameters
    ----------
    assessments
        Table of :func:`~lekp_lib.indicators.assess.assess`.
    edition
        Holds the published targets as context, and the counts of other years.

    Returns
    -------
    pandas.DataFrame
        One row per published target: ``nis``, ``target_id``, ``value``, ``text`` (the municipality's own words, where
        scope or end year differ), ``date``, ``source_id``, ``url``, ``remark``, ``level`` (computed), ``reason``
        (``same``, ``rounded``, ``other_count``, ``unknown``, ``other_scope``) and ``count_year``.
    """
    register, on = edition.register, edition.reference_date
    levels: dict[Any, Any] = {(row.nis, row.target_id): row for row in assessments.itertuples()}
    rows = []
    context = edition.frame("context")
    declared = context[context["shape"] == PUBLISHED_TARGETS]
    for nis, text in zip(declared["nis"], declared["fields"], strict=True):
        fields = json.loads(text)
        own, value, published = levels.get((nis, fields["doel"])), fields["waarde"], int(fields["date"][:4])
        if own is None or value is None:
            continue
        same_thing = fields["vergelijkbaar"] == "ja" and fields["eenheid"] in ("", own.unit) and "nis" not in fields
        comparable = same_thing and pd.notna(own.level)
        reason, year = "unknown" if comparable else "other_scope", None
        if comparable and value in (own.level, round(own.level_exact, 2)):
            reason = "same"
        elif comparable and pd.notna(own.denominator):
            count = register.population if own.denominator_kind == "inwoners" else register.households
            years = sorted(range(2018, on.year + 1), key=lambda known: abs(known - published))
            counts = {known: found.value for known in years if (found := count(nis, known, on))}
            reason, year = _likely_reason(value, own, counts)
        rows.append((nis, fields["doel"], value, fields["tekst"], fields["date"], fields["bron"], fields["link"],
                     fields["opmerking"], own.level, reason, year))  # fmt: skip
    names = [*_KEY, "value", "text", "date", "source_id", "url", "remark", "level", "reason", "count_year"]
    numbers = ("value", "level", "count_year")
    return pd.DataFrame(rows, columns=names).astype({name: float if name in numbers else "str" for name in names})
