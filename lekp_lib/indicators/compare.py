"""Where a municipality stands among the others: one definition of each median, over those with a usable figure."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import ROUND_HALF_UP, Decimal
from functools import cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from lekp_lib.edition import Edition
from lekp_lib.register import PeerKind

#: Fewer figures than this give no median: a median of five says little of a province.
MIN_COMPARED = 10
#: So many similar municipalities that are further are named.
SIMILAR_NAMED = 3

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
    enough = (~np.isnan(values)).sum(axis=0) >= MIN_COMPARED
    result = np.full(values.shape[1], np.nan)
    if enough.any():
        result[enough] = np.nanmedian(values[:, enough], axis=0)
    return result


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
    rates, printed = (
        _matrix(assessments, assessments["rate"]),
        _matrix(assessments, printed_rates(assessments, edition)),
    )
    targets, position = list(rates.columns), {nis: row for row, nis in enumerate(rates.index)}
    values, ranks = rates.to_numpy(), printed.to_numpy()
    medians: dict[tuple[str, ...], npt.NDArray[np.float64]] = {}
    groups, counts = [], []
    for nis, own in zip(rates.index, ranks, strict=True):
        for group in edition.register.peer_groups(nis, edition.reference_date):
            rows = [position[member] for member in group.members]
            if group.members not in medians:
                # Neighbours stand by name, each with its own value.
                neighbours = group.kind is PeerKind.NEIGHBOURS
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


def similar_better(assessments: pd.DataFrame, edition: Edition, nis: str, target_id: str) -> tuple[str, ...]:
    """Up to three municipalities of the same size class that do well and are further, nearest in size first.

    Parameters
    ----------
    assessments
        Table of :func:`~lekp_lib.indicators.assess.assess`.
    edition
        Its register knows size classes and inhabitants.
    nis, target_id
        The own municipality, and the target.

    Returns
    -------
    tuple of str
        NIS codes of municipalities with a higher rate that are on track or have reached the target; empty when the
        municipality has no rate itself.
    """
    register, on = edition.register, edition.reference_date
    rows = assessments[assessments["target_id"] == target_id]
    rates = dict(zip(rows["nis"], printed_rates(rows, edition), strict=True))
    well = set(rows.loc[rows["verdict"].isin(["doel gehaald", "op koers"]), "nis"])
    groups = [group for group in register.peer_groups(nis, on) if group.kind is PeerKind.SIZE]

    def inhabitants(code: str) -> int:
        counts = (register.population(code, year, on) for year in range(on.year, 2018, -1))
        return next((count.value for count in counts if count is not None), 0)

    further = [code for code in groups[0].members if code in well and rates[code] > rates[nis]]
    own = inhabitants(nis)
    return tuple(sorted(further, key=lambda code: (abs(inhabitants(code) - own), code))[:SIMILAR_NAMED])
