"""All municipalities together: what may be added up, over how many of them, and what may not be added up.

Levels that follow from a factor (1 tree per inhabitant) add up, and so do their figures. Fixed levels (100 % led, yes
or no) do not: there the middle municipality speaks, or the number of municipalities that are in order. A sum is always
one of figures *and* levels of the same municipalities, so that a missing figure never lowers a share.
"""

import pandas as pd

from lekp_lib.edition import Edition
from lekp_lib.indicators.assess import COMPARABLE, VERDICTS, denominators
from lekp_lib.indicators.compare import MIN_COMPARED
from lekp_lib.pact import Target
from lekp_lib.parameters import ReportParameters

_AREA = ["area_kind", "area", "target_id"]
_ORDER = ["vlaanderen", "provincie", "referentieregio", "grootteklasse"]
COLUMNS = [
    *_AREA, "level_indicator", "unit", "members", "applying", "counted", "inhabitants", "inhabitants_counted", "value",
    "level", "required", "share_pct", "expected_pct", "level_all", "first_date", "last_date", "median_value",
    "median_share_pct", "yes", "no", "unknown", *VERDICTS,
]  # fmt: skip


def adds_up(target: Target) -> bool:
    """Whether levels and figures of municipalities may be summed: only where each level follows from a factor."""
    return all(level.factor is not None for level in target.levels.values())


def memberships(edition: Edition) -> pd.DataFrame:
    """Which municipality lies in which area: Flanders, a province, a reference region, a size class."""
    register, on = edition.register, edition.reference_date
    rows = []
    for place in register.municipalities(on):
        groups = register.peer_groups(place.nis, on)
        # By the bare name of a province or a region.
        names = {"provincie": place.province, "referentieregio": place.region}
        rows += [(one.kind, names.get(one.kind, one.label), place.nis) for one in groups if one.kind in _ORDER]
    return pd.DataFrame(rows, columns=["area_kind", "area", "nis"])


def _rows(assessments: pd.DataFrame, edition: Edition, parameters: ReportParameters) -> pd.DataFrame:
    """One row per area, target and municipality, with what it adds to the sums; missing where it is not counted."""
    rows = assessments.assign(
        applies=assessments["verdict"] != "niet van toepassing",
        share=assessments["share_pct"].where(assessments["reason"].isin(COMPARABLE)),
    )
    inhabitants = denominators(edition, parameters).query("denominator_kind == 'inwoners'").set_index("nis")
    rows["inhabitants"] = rows["nis"].map(inhabitants["denominator"]).fillna(0).astype(float)
    rows["counted"] = rows["share"].notna() & rows["value"].notna()
    rows["has_level"] = rows["applies"] & rows["level_indicator"].notna()
    for name in ("share", "value", "reference_date", "inhabitants", "level_exact"):
        rows[f"{name}_counted"] = rows[name].where(rows["counted"])
    rows["required"] = rows["level_exact_counted"] * rows["expected_pct"] / 100
    return memberships(edition).merge(rows, on="nis")


def _coverage(rows: pd.DataFrame) -> pd.DataFrame:
    """What every row of an area and target shares: how many municipalities stand behind it, and their verdicts."""
    table = rows.groupby(_AREA, sort=False).agg(
        members=("nis", "size"), applying=("applies", "sum"), counted=("counted", "sum"),
        inhabitants=("inhabitants", "sum"), inhabitants_counted=("inhabitants_counted", "sum"),
    )  # fmt: skip
    verdicts = pd.crosstab([rows[name] for name in _AREA], rows["verdict"])
    return table.join(verdicts.reindex(columns=list(VERDICTS), fill_value=0))


def _totals(rows: pd.DataFrame) -> pd.DataFrame:
    """Sum of figures against the sum of the levels of the same municipalities, per unit of the level."""
    groups = rows[rows["has_level"]].groupby([*_AREA, "level_indicator"], sort=False)
    table = groups.agg(
        unit=("unit", "first"), applying=("nis", "size"), counted=("counted", "sum"),
        first_date=("reference_date_counted", "min"), last_date=("reference_date_counted", "max"),
        on_path=("required", "count"), level_all=("level_exact", lambda levels: levels.sum(skipna=False)),
    )  # fmt: skip
    sums = groups[["value_counted", "level_exact_counted", "required"]].sum(min_count=1)
    table = table.assign(value=sums["value_counted"], level=sums["level_exact_counted"])
    table["required"] = sums["required"].where(table.pop("on_path") == table["counted"])
    table["share_pct"] = 100 * table["value"] / table["level"]
    table["expected_pct"] = 100 * table["required"] / table["level"]
    return table.reset_index("level_indicator")


def _middles(rows: pd.DataFrame) -> pd.DataFrame:
    """The middle municipality of those with a usable figure: its value and its share, each a median of its own."""
    groups = rows[rows["applies"]].groupby(_AREA, sort=False)
    table = groups[["value_counted", "share_counted"]].median().where(groups["counted"].sum() >= MIN_COMPARED)
    return table.set_axis(["median_value", "median_share_pct"], axis=1)


def _answers(rows: pd.DataFrame) -> pd.DataFrame:
    """Yes/no over those for whom the target holds; half a set of plans is not in order, and not unknown."""
    applies, counted = rows["applies"], rows["counted"]
    yes = applies & (rows["share_counted"] >= 100)
    counts = rows.assign(yes=yes, no=applies & counted & ~yes, unknown=applies & ~counted)
    return counts.groupby(_AREA, sort=False)[["yes", "no", "unknown"]].sum()


def areas(assessments: pd.DataFrame, edition: Edition, parameters: ReportParameters) -> pd.DataFrame:
    """Flanders, provinces, reference regions and size classes against all targets.

    Parameters
    ----------
    assessments
        Table of :func:`~lekp_lib.indicators.assess.assess`.
    edition, parameters
        Of those assessments; they say who belongs where, and how many inhabitants live there.

    Returns
    -------
    pandas.DataFrame
        One row per area and target, by target; a target whose versions ask for different units has one row per unit,
        with ``applying`` and ``counted`` of that unit. Sums are missing where levels do not add up, medians where they
        do, answers where nothing was asked; the columns stand in ``docs/reference/tables.md``.
    """
    declared = edition.catalog.targets
    about = [(item.id, item.kind == "ja_nee", adds_up(item), item.indicators[0].unit.symbol) for item in declared]
    targets = pd.DataFrame(about, columns=["target_id", "yes_no", "summed", "default_unit"])
    targets["of_target"] = targets.index
    rows = _rows(assessments, edition, parameters).merge(targets, on="target_id")
    table = _coverage(rows)
    totals = _totals(rows[rows["summed"]])
    table = table.join(totals.rename(columns={"applying": "applying_of_unit", "counted": "counted_of_unit"}))
    for name in ("applying", "counted"):
        table[name] = table.pop(f"{name}_of_unit").fillna(table[name]).astype(int)
    table = table.join(_middles(rows[~rows["summed"] & ~rows["yes_no"]])).join(_answers(rows[rows["yes_no"]]))
    table = table.reset_index().merge(targets, on="target_id")
    table["unit"] = table["unit"].fillna(table["default_unit"])
    return _ordered(table, edition)[COLUMNS]


def _ordered(table: pd.DataFrame, edition: Edition) -> pd.DataFrame:
    """By target of the catalogue, kind of area, name, and series as declared."""
    declared = edition.catalog.targets
    series = {(item.id, sub.id): number for item in declared for number, sub in enumerate(item.indicators)}
    keys = zip(table["target_id"], table["level_indicator"], strict=True)
    order = table.assign(of_kind=table["area_kind"].map(_ORDER.index), of_series=[series.get(key, 0) for key in keys])
    return order.sort_values(["of_target", "of_kind", "area", "of_series"]).reset_index(drop=True)
