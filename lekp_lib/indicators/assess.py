"""Assess all municipalities against all targets: figures of an edition in, one table of verdicts out.

Every step is arithmetic on whole columns. A missing value is never filled: it stays missing, with a word in ``reason``.
"""

from functools import lru_cache

import numpy as np
import numpy.typing as npt
import pandas as pd

from lekp_lib.edition import Edition
from lekp_lib.errors import ParameterError
from lekp_lib.pact import PACT_VERSIONS, Catalog, PactVersion
from lekp_lib.parameters import ReportParameters

#: The words of ``verdict``: five judgements from best to worst, one that waits, and four that say why there is none.
VERDICTS = (
    "doel gehaald", "op koers", "lichte achterstand", "grote achterstand", "niet gehaald op de einddatum",
    "nog niet vereist", "zonder oordeel", "niet in deze editie", "niet geregistreerd", "niet van toepassing",
)  # fmt: skip
#: The words of ``reason``; ``share`` means that the general rule was applied.
REASONS = (
    "share", "before_deadline", "date_uncertain", "not_signed", "version_not_signed", "level_below_one",
    "not_registered", "no_data", "no_denominator", "other_unit", "undated", "source_rank", "too_old",
    "no_figure_since_deadline", "only_share_published", "no_deadline", "no_base_year",
)  # fmt: skip
#: The words of ``tempo``: does the present pace reach the level in time? Empty where that is no question.
TEMPOS = ("ja", "nee", "niet bekend", "")
#: With these reasons the target does not hold for a municipality; a figure that exists is shown.
OUTSIDE = ("not_signed", "version_not_signed", "level_below_one")
#: With these reasons a figure is recent and in the unit of the level, so that it may be compared and added up.
COMPARABLE = ("share", "before_deadline", "date_uncertain")

#: Figures of these ranks are judged; those of press and parties are shown, with their source.
JUDGED_RANKS = ("officieel", "gemeente")
#: The pace is that of the year of the newest figure and so many years before it.
RECENT_YEARS = 3
#: Shares are ratios of decimal numbers. Rounded to so many decimals the noise of binary floats is gone: 33,8 of 40 is
#: 84,5 and not 84,49999999999999, and no exact ratio of two published numbers comes nearer to a half without being one.
EXACT_DECIMALS = 11
_KEY = ["nis", "target_id"]
_GROWING = ("cumulatief", "stand", "reductie")

_OF_FIGURE = [
    "indicator", "reference_date", "date_precision", "value", "measure", "status", "source_id", "rank", "url",
    "base_year", "since", "original",
]  # fmt: skip
COLUMNS = [
    *_KEY, "pact_version", "level_indicator", "unit", "level_exact", "level", "denominator_kind", "denominator",
    "denominator_date", "path_start", "deadline", *_OF_FIGURE, "parts_yes", "parts_total", "share_pct", "expected_pct",
    "verdict", "reason", "tempo", "pace_per_year", "needed_per_year", "projected_pct", "arrival_year", "age_months",
    "age_days", "rate", "rate_level", "rate_expected", "other_value", "other_measure", "other_date", "other_source_id",
    "other_url",
]  # fmt: skip


def year_position(day: pd.Series) -> pd.Series:
    """Dates as a number of years, where 31 December of a year is the whole number that follows it."""
    return pd.Series(day.dt.year + day.dt.day_of_year / np.where(day.dt.is_leap_year, 366, 365))


def expected_share(row: pd.DataFrame, day: pd.Series) -> pd.Series:
    """Share of the level that the required path asks for.

    Parameters
    ----------
    row
        Columns ``kind``, ``path_start`` and ``deadline``; for yearly rates ``base_year`` and ``declared`` (the level of
        the catalogue).
    day
        Date of the figure itself, never of the report.

    Returns
    -------
    pandas.Series
        Percent, 0 to 100. Cumulative and stock targets run linear by day from 0, both end days counted, whatever older
        figures a stock has: more history must not worsen a verdict. A reduction runs linear by year from 31 December of
        its base year; a yearly rate asks for the average of what each year since its base year asked for, as percent
        of the level of today; yes/no for 100 % from the deadline on. Missing where nothing is required yet, or no date
        or deadline is known.
    """
    by_day = ((day - row["path_start"]).dt.days + 1) / ((row["deadline"] - row["path_start"]).dt.days + 1)
    first = year_position(row["path_start"])
    by_year = (year_position(day) - first) / (year_position(row["deadline"]) - first)
    part = by_day.where(row["kind"] != "reductie", by_year).clip(0, 1)
    share = (100 * part).mask(row["kind"] == "jaarlijks_tempo", _required_average_share(row, day))
    share = share.mask(row["kind"] == "ja_nee", pd.Series(100.0, row.index).where(day >= row["deadline"]))
    return share.where(row["deadline"].notna() & day.notna()).round(EXACT_DECIMALS)


def _required_average_share(row: pd.DataFrame, day: pd.Series) -> pd.Series:
    """Yearly average that was asked for from the base year to a day, as percent of the level of today."""
    rates = row[(row["kind"] == "jaarlijks_tempo") & day.notna()]
    if rates.empty:
        return pd.Series(np.nan, row.index)
    rates = rates[rates["base_year"].notna() & rates["declared"].notna()]
    years = zip(rates["declared"], rates["base_year"], day[rates.index].dt.year, strict=True)
    asked = [100 * (level.required_average(int(base), year) or np.nan) / level.value for level, base, year in years]
    return pd.Series(asked, rates.index, dtype=float).reindex(row.index)


def classify(row: pd.DataFrame, day: pd.Series, threshold: float) -> npt.NDArray[np.str_]:
    """Verdict on an unrounded share, as if the figure were of ``day``.

    A yearly rate is an average that can still fall, so it is *gehaald* only once the deadline has passed, when it is at
    least the average that was asked for. From
    ``threshold`` times the expected share on, being behind is *licht*. From the deadline on there is no being behind: a
    target is reached, or not.
    """
    share, expected = row["share_pct"], expected_share(row, day)
    reached = (share >= 100).mask(row["kind"] == "jaarlijks_tempo", (share >= expected) & (day >= row["deadline"]))
    verdicts = {
        "doel gehaald": reached,
        "nog niet vereist": expected.isna(),
        "niet gehaald op de einddatum": day >= row["deadline"],
        "op koers": share >= expected,
        "lichte achterstand": share >= (threshold * expected).round(EXACT_DECIMALS),
    }
    return np.select(list(verdicts.values()), list(verdicts), "grote achterstand")


def months_between(earlier: pd.Series, later: pd.Timestamp) -> pd.Series:
    """Whole months from dates to a later one; the last day of a month counts as such."""
    whole = (earlier.dt.day <= later.day) | later.is_month_end
    return pd.Series((later.year - earlier.dt.year) * 12 + later.month - earlier.dt.month - (~whole).astype(int))


def is_too_old(day: pd.Series, as_of: pd.Timestamp, max_age_months: int) -> pd.Series:
    """Whether figures are more than so many months old, to the day."""
    months = months_between(day, as_of)
    past = (as_of.day > day.dt.day) & ~(day.dt.is_month_end & as_of.is_month_end)
    return pd.Series((months > max_age_months) | ((months == max_age_months) & past))


def _levels(catalog: Catalog) -> pd.DataFrame:
    """One row per target and pact version (``None`` too): what the catalogue declares."""
    rows = []
    for position, target in enumerate(catalog.targets):
        for version in (None, *PACT_VERSIONS):
            level = target.level_for(version)
            row = {
                "target_id": target.id, "position": position, "kind": str(target.kind), "pact_version": version,
                "path_start": target.path_start, "closed_on": target.closed_on,
                "parts_total": len(target.parts) or None, "lasting": target.lasting,
            }  # fmt: skip
            if level is not None:
                row |= {
                    "level_indicator": level.indicator, "unit": level.unit.symbol, "counted": level.unit.counted,
                    "factor": level.factor, "denominator_kind": level.per and str(level.per), "per_n": level.per_n,
                    "fixed": level.value, "deadline": level.deadline, "declared": level,
                }  # fmt: skip
            rows.append(row)
    table = pd.DataFrame(rows)
    for name in ("path_start", "closed_on", "deadline"):
        table[name] = pd.to_datetime(table[name])
    return table


def denominators(edition: Edition, parameters: ReportParameters) -> pd.DataFrame:
    """One row per municipality and kind of denominator that is known."""
    register, on, year = edition.register, edition.reference_date, parameters.noemerjaar
    rows = []
    for place in register.municipalities(on):
        counts = register.denominators(place.nis, year, on)
        rows += [(place.nis, kind, count.value, count.date) for kind, count in counts.items() if count]
    table = pd.DataFrame(rows, columns=["nis", "denominator_kind", "denominator", "denominator_date"])
    return table.assign(denominator_date=pd.to_datetime(table["denominator_date"]))


def check_denominator_year(edition: Edition, parameters: ReportParameters) -> None:
    """Refuse a year of which the inhabitants are not known, before anything is made.

    Parameters
    ----------
    edition, parameters
        As for :func:`assess`; ``gemeente`` may be ``*`` for all municipalities.

    Raises
    ------
    ParameterError
        When the year is known for nobody, or not for the municipality of the report; with the years that are.
    """
    register, on, year = edition.register, edition.reference_date, parameters.noemerjaar
    places = register.municipalities(on)
    own = places if parameters.gemeente == "*" else [register.resolve(parameters.gemeente, on).municipality]
    asked = range(2019, max(on.year + 2, year + 1))
    years = [str(known) for known in asked if any(register.population(place.nis, known, on) for place in own)]
    if str(year) in years:
        return
    who = "geen enkele gemeente" if len(own) > 1 else own[0].name
    raise ParameterError(
        f"noemerjaar: gevonden {year}, maar voor {who} is het aantal inwoners van dat jaar "
        f"{'bekend' if len(own) > 1 else 'niet bekend'}; kies een van deze jaren: {', '.join(years)}"
    )


def _own_version(edition: Edition, parameters: ReportParameters) -> dict[str, PactVersion]:
    """The pact version that was asked for, for the municipality of the report only."""
    if parameters.pact == "auto":
        return {}
    place = edition.register.resolve(parameters.gemeente, edition.reference_date).municipality
    if edition.register.pact_version(place.nis, edition.reference_date) is None:
        raise ParameterError(
            f"pact: gevonden {parameters.pact!r}, verwacht 'auto', want voor zover bekend ondertekende {place.name} "
            "het pact niet. Laat pact op 'auto' staan: het verslag toont dan de cijfers en zegt dat geen doel geldt."
        )
    return {place.nis: parameters.pact}


def _counted(kinds: pd.Series, parameters: ReportParameters) -> pd.Series:
    """Kinds of denominators, dwellings as they were asked for."""
    return kinds.replace("wooneenheden", "huishoudens") if parameters.wooneenheden == "huishoudens" else kinds


def _grid(edition: Edition, parameters: ReportParameters) -> pd.DataFrame:
    """Municipality x target, with the level that holds there."""
    register, on = edition.register, edition.reference_date
    asked = _own_version(edition, parameters)
    codes = sorted(place.nis for place in register.municipalities(on))
    versions = [asked.get(nis) or register.pact_version(nis, on) for nis in codes]
    places = pd.DataFrame({"nis": codes, "pact_version": pd.Series(versions, dtype="str")})
    grid = places.merge(_levels(edition.catalog), on="pact_version").sort_values(["nis", "position"])
    grid["denominator_kind"] = _counted(grid["denominator_kind"], parameters)
    grid = grid.merge(denominators(edition, parameters), on=["nis", "denominator_kind"], how="left")
    grid["level_exact"] = grid["fixed"].fillna(grid["factor"] * grid["denominator"] / grid["per_n"])
    grid["level"] = displayed_level(grid["level_exact"], grid["counted"].eq(True))
    return grid


def displayed_level(exact: pd.Series, counted: pd.Series) -> pd.Series:
    """Level as printed and judged: whole things rounded down, as the published targets are; below one it stays."""
    return exact.mask(counted & (exact >= 1), np.floor(exact.round(9)))


def _plain_figures(figures: pd.DataFrame, declared: pd.DataFrame) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Current figure, and a newer one of a source that is not judged, beside it.

    The series is the one that the level asks for, else the first declared one that has figures; the current figure is
    the newest judged one, without any the newest of the others.
    """
    found = figures[figures["kind"] != "ja_nee"].merge(declared, on=["target_id", "indicator"])
    order = found["order"].where(found["indicator"] != found["level_indicator"], -1)
    first = order.groupby([found["nis"], found["target_id"]]).transform("min")
    found = found[order == first]
    newest = found.sort_values("judged", kind="stable").groupby(_KEY).tail(1)
    current = newest[[*_KEY, "reference_date", "judged"]].rename(columns={"reference_date": "current_date"})
    others = found[~found["judged"]].merge(current[current["judged"]][[*_KEY, "current_date"]], on=_KEY)
    others = others[others["reference_date"] > others["current_date"]].groupby(_KEY).tail(1)
    return newest, others


def _yes_no_figures(figures: pd.DataFrame, parts: pd.DataFrame) -> pd.DataFrame:
    """Answer per part, the newest judged one first; the number in order, with the date of the oldest of these answers.

    ``original`` is the number in order before the municipality corrected answers. ``judged`` says whether every answer
    is; ``parts_known`` how many parts have one. A yes that stays does not grow old: ``aging_date`` is that of the
    oldest other answer.
    """
    found = figures.merge(parts, on=["target_id", "indicator"]).sort_values("judged", kind="stable")
    found = found.groupby([*_KEY, "indicator"]).tail(1).sort_values(["reference_date", "order"], kind="stable")
    found["met"] = (found["measure"] == "stand") & (found["value"] != 0)
    found["met_before"] = found["original"].fillna(found["value"]) != 0
    found["aging_date"] = found["reference_date"].mask(found["lasting"] & found["met"])
    groups = found.assign(turned=found["met"] != found["met_before"]).groupby(_KEY)
    corrected, before = groups["original"].transform("count") > 0, groups["met_before"].transform("sum").astype(float)
    found = found.assign(
        parts_yes=groups["met"].transform("sum").astype(float),
        parts_known=groups["met"].transform("size"),
        judged=groups["judged"].transform("all"),
        aging_date=groups["aging_date"].transform("min"),
        status=found["status"].mask(corrected, "gecorrigeerd"),
    )
    # Answers that changed places give the same number, which would read as a confirmation.
    swapped = groups["turned"].transform("any") & before.eq(found["parts_yes"])
    found = found.assign(value=found["parts_yes"], original=before.where(corrected & ~swapped))
    return found.groupby(_KEY).head(1)


def _with_figures(grid: pd.DataFrame, edition: Edition) -> tuple[pd.DataFrame, pd.DataFrame]:
    """The grid with the current figure of every row, and all figures with what grid and catalogue say of them."""
    targets, names = edition.catalog.targets, ["target_id", "indicator", "order"]
    indicators = [(target.id, item.id, order) for target in targets for order, item in enumerate(target.indicators)]
    parts = [(target.id, item, order) for target in targets for order, item in enumerate(target.parts)]
    of_grid = [*_KEY, "kind", "level_indicator", "path_start", "lasting"]
    figures = edition.figures.sort_values("reference_date", kind="stable").merge(grid[of_grid], on=_KEY)
    figures["rank"] = figures["source_id"].map({key: source.rank for key, source in edition.catalog.sources.items()})
    figures["judged"] = figures["rank"].isin(JUDGED_RANKS) & (figures["date_precision"] != "onbekend")
    answers = _yes_no_figures(figures, pd.DataFrame(parts, columns=names))
    newest, others = _plain_figures(figures, pd.DataFrame(indicators, columns=names))
    grid = grid.merge(edition.unregistered[_KEY].drop_duplicates().assign(unregistered=True), on=_KEY, how="left")
    grid = grid.merge(answers[[*_KEY, "parts_yes", "parts_known"]], on=_KEY, how="left")
    complete = answers.merge(grid[[*_KEY, "parts_total"]], on=_KEY).query("parts_known == parts_total")
    columns = [*_KEY, *_OF_FIGURE, "judged", "aging_date"]
    newest = newest.assign(aging_date=newest["reference_date"])
    grid = grid.merge(pd.concat([newest[columns], complete[columns]]), on=_KEY, how="left")
    beside = {name: f"other_{name}" for name in ("value", "measure", "source_id", "url")}
    others = others.rename(columns={**beside, "reference_date": "other_date"})
    return grid.merge(others[[*_KEY, "other_date", *beside.values()]], on=_KEY, how="left"), figures


def _shares(row: pd.DataFrame) -> pd.Series:
    """Figure as percent of the level; missing where the two cannot be held against each other."""
    same_unit = (row["indicator"] == row["level_indicator"]) & ~_wrong_base(row)
    computed = (100 * row["value"] / row["level"]).where(same_unit)
    share = computed.mask(row["kind"] == "ja_nee", 100 * row["value"] / row["parts_total"])
    return share.mask(row["measure"] == "aandeel_pct", row["value"]).round(EXACT_DECIMALS)


def _wrong_base(row: pd.DataFrame) -> pd.Series:
    """A reduction must be against the base year of the pact."""
    return pd.Series((row["kind"] == "reductie") & (row["base_year"].astype(float) != row["path_start"].dt.year))


def _reasons(row: pd.DataFrame, as_of: pd.Timestamp, max_age_months: int) -> npt.NDArray[np.str_]:
    """Why no verdict is possible, the first obstacle first; ``share`` when there is none."""
    final = row["reference_date"] >= row["closed_on"]
    since_deadline = (row["reference_date"] >= row["deadline"]) | ~(row["deadline"] < as_of)
    obstacles = {
        "not_signed": row["pact_version"].isna(),
        "version_not_signed": row["level_indicator"].isna(),
        "level_below_one": row["factor"].notna() & row["counted"].eq(True) & (row["level_exact"] < 1),
        "not_registered": row["reference_date"].isna() & row["unregistered"].eq(True),
        "no_data": row["reference_date"].isna(),
        "no_denominator": row["level_exact"].isna(),
        "other_unit": (row["kind"] != "ja_nee") & (row["indicator"] != row["level_indicator"]),
        "undated": row["date_precision"] == "onbekend",
        "source_rank": ~row["judged"].eq(True),
        "too_old": ~final & is_too_old(row["aging_date"], as_of, max_age_months),
        "no_figure_since_deadline": ~since_deadline & row["aging_date"].notna(),
        "only_share_published": row["measure"] == "aandeel_pct",
        "no_deadline": row["deadline"].isna(),
        "no_base_year": _wrong_base(row) | ((row["kind"] == "jaarlijks_tempo") & row["base_year"].isna()),
    }
    return np.select(list(obstacles.values()), list(obstacles), "share")


def _first_possible_day(row: pd.DataFrame) -> pd.Series:
    """First day of the month or year that the source names; the reference date itself is the last one."""
    day = row["reference_date"]
    for precision, unit in (("jaar", "Y"), ("maand", "M")):
        day = day.mask(row["date_precision"] == precision, day.dt.to_period(unit).dt.start_time.astype(day.dtype))
    return day


def _verdicts(row: pd.DataFrame, threshold: float) -> pd.DataFrame:
    """Verdict and final reason; no verdict where it depends on the day within the period that the source names."""
    at_end = classify(row, row["reference_date"], threshold)
    certain = at_end == classify(row, _first_possible_day(row), threshold)
    judged = row["reason"] == "share"
    outside = row["reason"].isin(OUTSIDE)
    verdict = np.select(
        [outside, row["reason"] == "not_registered", row["reason"] == "no_data", judged & certain],
        ["niet van toepassing", "niet geregistreerd", "niet in deze editie", at_end],
        "zonder oordeel",
    )
    reason, shares = row["reason"].mask(judged & ~certain, "date_uncertain"), ["share_pct", "expected_pct"]
    row = row.assign(verdict=verdict, reason=reason.mask(verdict == "nog niet vereist", "before_deadline"))
    row[shares] = row[shares].mask(outside)
    return row


def _yearly(row: pd.DataFrame, figures: pd.DataFrame) -> pd.DataFrame:
    """Last amount of each calendar year, of the year of the current figure and the three years before it."""
    amounts = figures[(figures["indicator"] == figures["level_indicator"]) & (figures["measure"] == "stand")]
    amounts = amounts[amounts["judged"]]
    current = row[[*_KEY, "reference_date"]].rename(columns={"reference_date": "current_date"})
    amounts = amounts[~_wrong_base(amounts)].merge(current, on=_KEY)
    years = amounts["current_date"].dt.year - amounts["reference_date"].dt.year
    amounts = amounts[(amounts["reference_date"] <= amounts["current_date"]) & (years <= RECENT_YEARS)]
    return pd.DataFrame(amounts.groupby([*_KEY, amounts["reference_date"].dt.year]).tail(1))


def _slopes(yearly: pd.DataFrame, min_points: int) -> pd.Series:
    """Slope of ordinary least squares per municipality and target, in units a year; missing with too few years."""
    points = yearly[_KEY].assign(at=year_position(yearly["reference_date"]), value=yearly["value"])
    groups = points.groupby(_KEY)
    at = points["at"] - groups["at"].transform("mean")
    value = points["value"] - groups["value"].transform("mean")
    keys = [points[name] for name in _KEY]
    slope = (at * value).groupby(keys).sum() / (at**2).groupby(keys).sum()
    return slope[groups.size() >= min_points].round(EXACT_DECIMALS).rename("pace_per_year")


def _pace(row: pd.DataFrame, figures: pd.DataFrame, min_points: int) -> pd.DataFrame:
    """Recent and needed yearly additions, where the recent pace leads, and whether that is in time.

    Both count from the date of the figure. There is no question when the level is reached, or its date has passed.
    """
    growing = row["kind"].isin(_GROWING) & row["reason"].isin(COMPARABLE)
    row = row.join(_slopes(_yearly(row[growing], figures), min_points), on=_KEY)
    left = year_position(row["deadline"]) - year_position(row["reference_date"])
    asks = growing & (left > 0) & (row["value"] < row["level"])
    projected = (100 * (row["value"] + row["pace_per_year"] * left) / row["level"]).round(EXACT_DECIMALS)
    tempo = np.select([~asks, row["pace_per_year"].isna(), projected >= 100], ["", "niet bekend", "ja"], "nee")
    arrival = year_position(row["reference_date"]) + (row["level"] - row["value"]) / row["pace_per_year"]
    return row.assign(
        tempo=tempo,
        arrival_year=np.ceil(arrival.where(asks & (row["pace_per_year"] > 0)).round(9)) - 1,
        needed_per_year=((row["level"] - row["value"]) / left).where(asks),
        projected_pct=projected.where(left > 0),
    )


def _compared(edition: Edition, parameters: ReportParameters) -> pd.DataFrame:
    """Per target of amounts: the series by which municipalities are compared, per how many of what."""
    rows = []
    for target in edition.catalog.targets:
        if rule := target.comparison:
            series = rule.indicator or next(iter(target.levels.values())).indicator
            rows.append((target.id, series, rule.per, rule.n))
    table = pd.DataFrame(rows, columns=["target_id", "rate_indicator", "rate_per", "rate_n"])
    return table.assign(rate_per=_counted(table["rate_per"], parameters))


def _comparable_figures(row: pd.DataFrame, figures: pd.DataFrame, as_of: pd.Timestamp, max_age: int) -> pd.DataFrame:
    """Newest amount in the unit of comparison, of a judged source, with the right base year and not too old.

    Signing or not makes no difference here, nor does the unit of the own level.
    """
    columns = [*_KEY, "rate_indicator", "rate_per", "rate_n", "closed_on"]
    found = figures[figures["judged"] & (figures["measure"] == "stand")].merge(row[columns], on=_KEY)
    published = found["indicator"] == "per_1000_inwoners"
    found = found[(published | (found["indicator"] == found["rate_indicator"])) & ~_wrong_base(found)]
    found = found[(found["kind"] != "jaarlijks_tempo") | found["base_year"].notna()].groupby(_KEY).tail(1)
    final = found["reference_date"] >= found["closed_on"]
    return found[final | ~is_too_old(found["reference_date"], as_of, max_age)]


def _rates(row: pd.DataFrame, figures: pd.DataFrame, edition: Edition, parameters: ReportParameters) -> pd.DataFrame:
    """What may be compared: the figure, the level and what the path asks for, per so many inhabitants or dwellings.

    Pact versions ask for other levels of the same thing, so that shares of them say little of who did more. A target
    without a declared rate is compared by the share of its level; yes/no targets have answers, not rates.
    """
    row = row.merge(_compared(edition, parameters), on="target_id", how="left")
    found = _comparable_figures(row, figures, pd.Timestamp(edition.reference_date), parameters.max_ouderdom_maanden)
    counts = denominators(edition, parameters).rename(columns={"denominator_kind": "rate_per", "denominator": "per"})
    found = found.merge(counts[["nis", "rate_per", "per"]], on=["nis", "rate_per"], how="left")
    as_published = found["rate_per"].isna() | (found["indicator"] != found["rate_indicator"])
    found["rate"] = (found["value"] * found["rate_n"] / found["per"]).mask(as_published, found["value"])
    row = row.merge(found[[*_KEY, "rate"]], on=_KEY, how="left")
    row = row.merge(counts[["nis", "rate_per", "per"]], on=["nis", "rate_per"], how="left")
    level = (row["level_exact"] * row["rate_n"] / row["per"]).mask(row["rate_per"].isna(), row["level_exact"])
    level = level.mask(row["kind"] == "jaarlijks_tempo", row["expected_pct"] * row["level_exact"] / 100)
    level = level.where(row["level_indicator"] == row["rate_indicator"])
    declared, growing = row["rate_indicator"].notna(), row["kind"] != "ja_nee"
    share = row["share_pct"].where(growing & row["reason"].isin(COMPARABLE))
    level = level.where(declared, row["level"].where(growing) * 0 + 100)
    asked = level.where(row["kind"] == "jaarlijks_tempo", level * row["expected_pct"] / 100)
    rates = {"rate": row["rate"].where(declared, share), "rate_level": level, "rate_expected": asked}
    return row.assign(**{name: values.round(EXACT_DECIMALS) for name, values in rates.items()})


@lru_cache(maxsize=8)
def _assess(edition: Edition, parameters: ReportParameters) -> pd.DataFrame:
    as_of = pd.Timestamp(edition.reference_date)
    row, figures = _with_figures(_grid(edition, parameters), edition)
    row = row.assign(share_pct=_shares(row))
    row["expected_pct"] = expected_share(row, row["reference_date"]).where(row["level_exact"].notna())
    row["reason"] = _reasons(row, as_of, parameters.max_ouderdom_maanden)
    row = _pace(_verdicts(row, parameters.drempel_licht), figures, parameters.min_punten)
    row = _rates(row, figures, edition, parameters)
    row["value"] = row["value"].where(row["measure"] == "stand")
    row["age_months"] = months_between(row["reference_date"], as_of)
    row["age_days"] = (as_of - row["reference_date"]).dt.days
    return row[COLUMNS]


def assess(edition: Edition, parameters: ReportParameters) -> pd.DataFrame:
    """All municipalities of an edition against all targets of the catalogue.

    Parameters
    ----------
    edition
        Frozen figures, with the pact and the register they belong to.
    parameters
        Denominator year and basis, threshold, greatest age, least number of points. ``pact`` concerns only the
        municipality of ``gemeente``; all others are held to the highest version that they signed.

    Returns
    -------
    pandas.DataFrame
        One row per municipality and target, by NIS code and in the order of the catalogue; the columns stand in
        ``docs/reference/tables.md``. Figures are kept where no verdict is possible, so that a report can show them.

    Raises
    ------
    ParameterError
        When a pact version is asked for of a municipality that is known to have refused the pact, or when the year of
        the denominator is not known.
    """
    check_denominator_year(edition, parameters)
    own = {} if parameters.pact != "auto" else {"gemeente": "*"}
    return _assess(edition, parameters.model_copy(update={**own, "logo": "", "huisstijl": ""})).copy()
