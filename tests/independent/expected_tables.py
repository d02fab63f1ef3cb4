"""The table of assessments once more, from the frozen figures, the declared pact and the register's own tables.

Nothing of lekp_lib is imported: files are read here, and every number is an exact fraction until it is compared.
A rule that is left out of ``rules`` gives way to the older one, so that the cells that one rule changes can be counted:
``python tests/independent/expected_tables.py FOLDER`` does so against older tables in FOLDER.
"""

from __future__ import annotations

import csv
import datetime as dt
import math
import statistics
import sys
from collections import defaultdict
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
import yaml
from dateutil.relativedelta import relativedelta

LIBRARY = Path(__file__).parents[2] / "lekp_lib"
RULES = ("A6", "A1", "A3", "B2", "B3", "B4", "A4", "A5", "B5", "B6")
REFERENCE_DATES = {"voorbeeld": dt.date(2025, 12, 31), "gepubliceerd": dt.date(2026, 3, 31)}
NOT_JUDGED = {"pers", "partij"}
YES_THAT_STAYS = {"burgemeestersconvenant", "warmte_sloopbeleid", "wijkverbeteringscontract"}
THRESHOLD, MAX_AGE_MONTHS, MIN_POINTS, DENOMINATOR_YEAR = Fraction(7, 10), 24, 3, 2020
APPLIED = ("share", "before_deadline", "date_uncertain")

Row = dict[str, Any]


# What is read ---------------------------------------------------------------------------------------------------


def exact(number: float | str) -> Fraction:
    """The decimal number that was written, never its binary neighbour."""
    return Fraction(str(number))


@cache
def pact() -> tuple[Row, ...]:
    """Declared targets with a level: the 17 in their order, then those of later versions."""
    folder = LIBRARY / "pact"
    units = yaml.safe_load((folder / "eenheden.yaml").read_text(encoding="utf-8"))
    targets = [
        {"id": path.stem, **yaml.safe_load(path.read_text(encoding="utf-8"))}
        for path in sorted((folder / "doelen").glob("*.yaml"))
    ]
    judged = [target for target in targets if target.get("levels")]
    for target in judged:
        for series in target["indicators"]:
            told = series["unit"] if isinstance(series["unit"], dict) else {"symbol": series["unit"]}
            series["unit"] = units.get(told["symbol"], {}) | told
        of = {series["id"]: series["unit"] for series in target["indicators"]}
        for level in target["levels"].values():
            level.setdefault("indicator", next(iter(of)))
            level["unit"] = of[level["indicator"]]
    return tuple(sorted(judged, key=lambda target: (target.get("nr", 99), target["id"])))


@cache
def register() -> dict[str, Row]:
    """Municipalities of 2025: name, groups, signed version, inhabitants, dwellings and households."""

    def table(name: str) -> list[dict[str, str]]:
        with (LIBRARY / "register" / "data" / f"{name}.csv").open(encoding="utf-8", newline="") as file:
            return list(csv.DictReader(file))

    former = {row["nis"]: row for row in table("municipalities") if row["edition"] == "2019"}
    current = [row for row in table("municipalities") if row["edition"] == "2025"]
    dwellings = {row["nis"]: int(row["dwellings"]) for row in table("dwellings_2025")}
    households = {(row["nis"], int(row["year"])): int(row["households"]) for row in table("households_2018_2023")}
    signed = defaultdict(set)
    for row in table("signatories_2019_codes"):
        signed[row["nis"]] |= {"1.0"} if row["lekp1_signed"] != "no" else set()
        signed[row["nis"]] |= {"2.0"} if row["on_lekp2_list"] == "1" else set()
    for row in table("signatures_named"):
        if row["status"] in ("ja", "aangenomen"):
            signed[row["nis"]].add(row["version"])
    found = {}
    for row in current:
        parts = [code for code in row["predecessors"].split("+") if code] or [row["nis"]]
        found[row["nis"]] = {
            "name": row["naam"],
            "parts": parts,
            "provincie": row["provincie"],
            "referentieregio": row["reference_region"],
            "version": max(set().union(*(signed[part] for part in parts)), default=None),
            "inwoners": sum(int(former[part][f"pop_{DENOMINATOR_YEAR}"]) for part in parts),
            "wooneenheden": dwellings[row["nis"]],
            "huishoudens": sum(households[part, DENOMINATOR_YEAR] for part in parts),
            "size": int(row["pop_2025"]),
        }
    return found


@cache
def figures(edition: str, table: str = "figures") -> dict[tuple[str, str], list[Row]]:
    """Frozen figures by target and municipality, oldest first; ``former`` has those of before a merger."""
    path = Path(edition)
    folder = path if path.is_dir() else LIBRARY / "edition" / "embedded" / edition
    frame = pd.read_parquet(folder / f"{table}.parquet")
    frame = frame.sort_values("reference_date", kind="stable")
    found = defaultdict(list)
    for row in frame.to_dict("records"):
        value = row["value"] if pd.isna(row["value"]) else exact(row["value"])
        found[row["target_id"], row["nis"]].append({**row, "value": value, "day": row["reference_date"]})
    return found


# Levels and paths -----------------------------------------------------------------------------------------------


def level_of(target: Row, version: str | None) -> Row | None:
    """The level of the highest version that was signed and that the target knows."""
    known = [number for number in target["levels"] if version is not None and number <= version]
    return {"deadline": dt.date(2030, 12, 31), **target["levels"][max(known)]} if known else None


def amount_of(level: Row, target: Row, place: Row, rules: frozenset[str]) -> Fraction:
    """The level of one municipality, unrounded."""
    if "factor" in level:
        return exact(level["factor"]) * place[level["per"]] / level["per_n"]
    if "A6" in rules and target.get("parts"):
        return Fraction(len(target["parts"]))
    return exact(level["value"])


def year_position(day: dt.date) -> Fraction:
    """31 December of a year is the whole number after it."""
    return day.year + Fraction(day.timetuple().tm_yday, dt.date(day.year, 12, 31).timetuple().tm_yday)


def elapsed(target: Row, day: dt.date, deadline: dt.date) -> Fraction:
    """Part of the path that lies behind: by year for a reduction, by day for all else."""
    start = target["path_start"]
    if target["kind"] == "reductie":
        part = (year_position(day) - year_position(start)) / (year_position(deadline) - year_position(start))
    else:
        part = Fraction((day - start).days + 1, (deadline - start).days + 1)
    return min(max(part, Fraction(0)), Fraction(1))


def required_average(base_year: int, year: int, version: str) -> Fraction | None:
    """Saving a year that pact 2.0 asks for on average: 2,09 % up to 2022, 3 % from 2023 on."""
    years = range(base_year + 1, year + 1)
    if version < "2.0":
        return exact("2.09")
    return (
        sum((exact("2.09") if each <= 2022 else Fraction(3) for each in years), Fraction(0)) / len(years)
        if years
        else None
    )


# One municipality against one target ----------------------------------------------------------------------------


@dataclass
class Case:
    """One municipality against one target, while it is being worked out."""

    target: Row
    place: Row
    mine: list[Row]
    as_of: dt.date
    rules: frozenset[str]
    level: Row | None = None
    asked: Fraction | None = None
    exact_level: Fraction | None = None
    out: Row = field(default_factory=dict)

    def judged(self, row: Row) -> bool:
        """Whether the source may speak and the day is known."""
        return "B5" not in self.rules or (row["source_id"] not in NOT_JUDGED and row["date_precision"] != "onbekend")

    def newest(self, rows: list[Row]) -> Row | None:
        """The newest figure that may be judged, else the newest of all."""
        able = [row for row in rows if self.judged(row)]
        return (able or rows or [None])[-1]

    def series(self) -> list[Row]:
        """Figures of the indicator that the level asks for, else of the first declared one that has any."""
        asked = [self.level["indicator"]] if self.level else []
        for indicator in asked + [item["id"] for item in self.target["indicators"]]:
            if rows := [row for row in self.mine if row["indicator"] == indicator]:
                return rows
        return []

    def current(self) -> Row | None:
        """The figure that stands for the municipality; a yes/no target has one answer for each of its parts."""
        if self.target["kind"] != "ja_nee":
            return self.newest(self.series())
        answers = [self.newest([row for row in self.mine if row["indicator"] == part]) for part in self.target["parts"]]
        if None in answers:
            return None
        yes = sum(row["value"] != 0 for row in answers)
        # A yes that stays does not grow old, so that the oldest "nee" is the age of the answer.
        stays = "B6" in self.rules and self.target["id"] in YES_THAT_STAYS
        aging = [row for row in answers if not (stays and row["value"])]
        oldest = min(answers, key=lambda row: row["day"])
        age_of = min((row["day"] for row in aging), default=None)
        found = {"value": Fraction(yes), "parts_yes": yes, "parts_total": len(answers), "ages": age_of}
        judged = all(self.judged(row) for row in answers)
        return {**oldest, **found, "share": Fraction(100 * yes, len(answers)), "judged": judged}

    def base_missing(self, row: Row) -> bool:
        """A reduction is against the base year of the pact, a yearly rate against any known year."""
        if self.target["kind"] == "reductie":
            return row["base_year"] != self.target["path_start"].year
        return self.target["kind"] == "jaarlijks_tempo" and pd.isna(row["base_year"])

    def share(self, row: Row) -> Fraction | None:
        """Share of the level, exact."""
        if row["measure"] == "aandeel_pct":
            return row["value"]
        if "share" in row:
            return row["share"]
        if not self.asked or row["indicator"] != self.level["indicator"]:
            return None
        reduction_without_base = self.target["kind"] == "reductie" and self.base_missing(row)
        return None if reduction_without_base else 100 * row["value"] / self.asked

    def expected(self, row: Row, day: dt.date) -> Fraction | None:
        """Share that the path asks for on a day; nothing where nothing is required yet."""
        deadline = self.level["deadline"] if self.level else None
        if deadline is None:
            return None
        kind = self.target["kind"]
        if kind == "ja_nee":
            return Fraction(100) if day >= deadline else None
        if kind == "jaarlijks_tempo":
            if "B4" not in self.rules:
                return Fraction(100)
            if self.base_missing(row):
                return None
            average = required_average(int(row["base_year"]), day.year, self.place["version"])
            return None if average is None else 100 * average / self.asked
        start = Fraction(0) if "B3" in self.rules or kind != "stand" else self.share_at_start()
        return start + (100 - start) * elapsed(self.target, day, deadline)

    def share_at_start(self) -> Fraction:
        """Older rule: a stock began at what was there on the first day."""
        before = [row for row in self.mine if row["indicator"] == self.level["indicator"]
                  and row["measure"] == "stand" and row["day"] <= self.target["path_start"]]  # fmt: skip
        return min(100 * before[-1]["value"] / self.exact_level, Fraction(100)) if before else Fraction(0)

    def verdict(self, row: Row, day: dt.date) -> str:
        """Where the share stands against the path on a day."""
        share, expected, deadline = self.share(row), self.expected(row, day), self.level["deadline"]
        passed = day >= deadline
        if self.target["kind"] == "jaarlijks_tempo":
            reached = passed and share >= (expected if "B4" in self.rules else 100)
        else:
            reached = share >= 100
        if reached:
            return "doel gehaald"
        if expected is None:
            return "nog niet vereist"
        if passed and "B2" in self.rules:
            return "niet gehaald op de einddatum"
        if share >= expected:
            return "op koers"
        return "lichte achterstand" if share >= THRESHOLD * expected else "grote achterstand"

    def obstacle(self, row: Row | None) -> str | None:
        """Why there is no verdict, the first reason first."""
        if row is None:
            return "no_data"
        if self.exact_level is None:
            return "no_denominator"
        deadline, closed = self.level["deadline"], self.target.get("closed_on")
        age_of = row["ages"] if "ages" in row else row["day"]
        too_old = age_of is not None and age_of < self.as_of - relativedelta(months=MAX_AGE_MONTHS)
        too_late = (
            "B2" in self.rules and deadline is not None and row["day"] < deadline < self.as_of and age_of is not None
        )
        source_counts = row["judged"] if "judged" in row else self.judged(row)
        undated = "B5" in self.rules and row["date_precision"] == "onbekend"
        reasons = {
            "other_unit": self.target["kind"] != "ja_nee" and row["indicator"] != self.level["indicator"],
            "undated": undated,
            "source_rank": not source_counts and not undated,
            "too_old": too_old and not (closed and row["day"] >= closed),
            "no_figure_since_deadline": too_late,
            "only_share_published": row["measure"] == "aandeel_pct",
            "no_deadline": deadline is None,
            "no_base_year": self.base_missing(row),
        }
        return next((reason for reason, holds in reasons.items() if holds), None)

    def not_applicable(self) -> str | None:
        """Why the target does not hold for this municipality."""
        if self.place["version"] is None:
            return "not_signed"
        if self.level is None:
            return "version_not_signed"
        small = "A3" in self.rules and "factor" in self.level and self.level["unit"]["counted"] and self.exact_level < 1
        return "level_below_one" if small else None


def first_day(row: Row) -> dt.date:
    """First day of the month or year that the source names."""
    day = row["day"]
    first = {"jaar": day.replace(month=1, day=1), "maand": day.replace(day=1)}
    return first.get(row["date_precision"], day)


def shown_level(amount: Fraction, level: Row, rules: frozenset[str]) -> Fraction:
    """Counted things are rounded down; what is shown is what is judged."""
    return Fraction(math.floor(amount)) if "A3" in rules and level["unit"]["counted"] and amount >= 1 else amount


def assess_one(target: Row, place: Row, mine: list[Row], as_of: dt.date, rules: frozenset[str]) -> Row:
    """One row of the table of assessments."""
    stated, mine = mine, [row for row in mine if row["status"] != "niet_geregistreerd"]
    case = Case(target, place, mine, as_of, rules, level_of(target, place["version"]))
    if case.level:
        case.exact_level = amount_of(case.level, target, place, rules)
        case.asked = shown_level(case.exact_level, case.level, rules)
    row = case.current()
    out: Row = {"pact_version": place["version"], "level_exact": case.exact_level, "level": case.asked}
    if row:
        out |= {name: row.get(name) for name in ("value", "indicator", "source_id", "parts_yes", "parts_total")}
        out |= {"reference_date": row["day"], "value": row["value"] if row["measure"] == "stand" else None}
    outside = case.not_applicable()
    reason = outside or case.obstacle(row)
    if reason == "no_data" and any(pd.isna(each["value"]) for each in stated):
        reason = "not_registered"  # the source itself says that nothing was entered
    out["reason"] = reason or "share"
    if row and not outside:
        out |= {"share_pct": case.share(row), "expected_pct": case.expected(row, row["day"])}
    if reason:
        absent = {"no_data": "niet in deze editie", "not_registered": "niet geregistreerd"}
        out["verdict"] = "niet van toepassing" if outside else absent.get(reason, "zonder oordeel")
    else:
        verdict = case.verdict(row, row["day"])
        certain = verdict == case.verdict(row, first_day(row))
        out["verdict"] = verdict if certain else "zonder oordeel"
        out["reason"] = "before_deadline" if certain and verdict == "nog niet vereist" else out["reason"]
        out["reason"] = out["reason"] if certain else "date_uncertain"
        out |= pace(case, row)
    return out


# Pace -----------------------------------------------------------------------------------------------------------


def yearly(case: Case, newest: Row) -> list[tuple[Fraction, Fraction]]:
    """The last figure of each calendar year, as position and value."""
    usable = [
        row for row in case.series() if row["measure"] == "stand" and case.judged(row) and row["day"] <= newest["day"]
    ]
    last = {
        row["day"].year: row for row in usable if not (case.target["kind"] == "reductie" and case.base_missing(row))
    }
    return [(year_position(row["day"]), row["value"]) for _, row in sorted(last.items())]


def slope(points: list[tuple[Fraction, Fraction]]) -> Fraction:
    """Slope of the line of ordinary least squares."""
    at, value = (sum(column, Fraction(0)) / len(points) for column in zip(*points, strict=True))
    return sum((x - at) * (y - value) for x, y in points) / sum((x - at) ** 2 for x, _ in points)


def older_pace(case: Case, points: list[tuple[Fraction, Fraction]]) -> Fraction | None:
    """Older rule: plain average since the first figure of the last three years, the zero at the start included."""
    if case.target["kind"] == "cumulatief":
        points = [(year_position(case.target["path_start"] - dt.timedelta(days=1)), Fraction(0)), *points]
    (end_at, end), window = points[-1], [point for point in points[:-1] if points[-1][0] - point[0] <= Fraction("3.05")]
    return (end - window[0][1]) / (end_at - window[0][0]) if window else None


def pace(case: Case, row: Row) -> Row:
    """Pace of the last years, needed pace, where it leads, and whether that is in time."""
    if case.target["kind"] in ("ja_nee", "jaarlijks_tempo") or row["measure"] != "stand":
        return {"tempo": ""}
    level = case.asked if "A4" in case.rules else case.exact_level
    left = year_position(case.level["deadline"]) - year_position(row["day"])
    asks = left > 0 and row["value"] < level
    points = yearly(case, row)
    if "A5" in case.rules:
        points = [point for point in points if math.ceil(point[0]) >= math.ceil(points[-1][0]) - 3]
    recent = None
    if len(points) >= MIN_POINTS:
        recent = slope(points) if "A5" in case.rules else older_pace(case, points)
    out: Row = {"pace_per_year": recent, "needed_per_year": (level - row["value"]) / left if asks else None}
    out["tempo"] = "" if not asks else "niet bekend"
    if recent is not None and left > 0:
        out["projected_pct"] = 100 * (row["value"] + recent * left) / level
        if asks:
            out["tempo"] = "ja" if row["value"] + recent * left >= level else "nee"
            out["arrival"] = year_position(row["day"]) + (level - row["value"]) / recent if recent > 0 else None
    return out


@cache
def assess(edition: str, rules: frozenset[str] = frozenset(RULES)) -> dict[tuple[str, str], Row]:
    """All municipalities against all targets; by code and target."""
    as_of, known = REFERENCE_DATES[Path(edition).name], figures(edition)
    return {
        (nis, target["id"]): assess_one(target, place, known.get((target["id"], nis), []), as_of, rules)
        for nis, place in sorted(register().items())
        for target in pact()
    }


# Comparison -----------------------------------------------------------------------------------------------------

#: Target number: indicator, per how much of what (nothing: as it is), decimals.
RATES = {
    2: ("jaarlijkse_besparing", None, 1, 2), 3: ("reductie", None, 1, 1), 4: ("aandeel_led", None, 1, 1),
    7: ("bomen", "inwoners", 100, 1), 8: ("haag_geveltuin", "inwoners", 100, 1),
    9: ("natuurgroenperken", "inwoners", 1000, 2), 10: ("renovaties", "wooneenheden", 1000, 1),
    11: ("uitgenodigd", "wooneenheden", 1000, 1), 12: ("vermogen", "inwoners", 500, 1),
    13: ("deelwagens", "inwoners", 1000, 2), 14: ("laadpunten", "inwoners", 100, 2),
    15: ("fietspaden", "inwoners", 100, 1), 16: ("ontharding", "inwoners", 100, 1),
    17: ("hemelwateropvang", "inwoners", 100, 1),
}  # fmt: skip


def half_up(number: Fraction, decimals: int) -> Fraction:
    """Rounded as printed: halves away from zero, on the exact number."""
    scaled = abs(number) * 10**decimals
    whole = math.floor(scaled + Fraction(1, 2))
    return Fraction(whole if number >= 0 else -whole, 10**decimals)


def rate_of(edition: str, target: Row, nis: str) -> Fraction | None:
    """What a municipality did per so many inhabitants or dwellings; nothing when its figure may not be compared."""
    if target.get("nr") not in RATES:
        return None
    indicator, per, per_n, _ = RATES[target["nr"]]
    place, as_of = register()[nis], REFERENCE_DATES[Path(edition).name]
    case = Case(target, place, [], as_of, frozenset(RULES))
    mine = [
        row
        for row in figures(edition).get((target["id"], nis), [])
        if row["indicator"] in (indicator, "per_1000_inwoners") and not pd.isna(row["value"])
    ]
    usable = [row for row in mine if row["measure"] == "stand" and case.judged(row) and not case.base_missing(row)]
    if not usable:
        return None
    row = usable[-1]
    closed = target.get("closed_on")
    if row["day"] < as_of - relativedelta(months=MAX_AGE_MONTHS) and not (closed and row["day"] >= closed):
        return None
    as_published = per is None or row["indicator"] == "per_1000_inwoners"
    return row["value"] if as_published else row["value"] * per_n / place[per]


@cache
def rates(edition: str, target_id: str) -> dict[str, Fraction]:
    """Rates of all municipalities that have one."""
    target = next(item for item in pact() if item["id"] == target_id)
    found = {nis: rate_of(edition, target, nis) for nis in register()}
    return {nis: rate for nis, rate in found.items() if rate is not None}


SIZE_BOUNDS = (10_000, 15_000, 20_000, 30_000, 40_000)


@cache
def groups(nis: str) -> dict[str, list[str]]:
    """The municipalities with which one is compared, itself among them."""
    own = register()[nis]

    def size_class(place: Row) -> int:
        return sum(place["size"] >= bound for bound in SIZE_BOUNDS)

    same = {
        "provincie": lambda place: place["provincie"] == own["provincie"],
        "referentieregio": lambda place: place["referentieregio"] == own["referentieregio"],
        "grootteklasse": lambda place: size_class(place) == size_class(own),
        "vlaanderen": lambda place: True,
    }
    return {name: [code for code, place in register().items() if test(place)] for name, test in same.items()}


def compare(edition: str, nis: str, target: Row) -> dict[str, Row]:
    """Members, how many have a rate, median of at least ten, how many are ahead as printed; per group."""
    known, decimals = rates(edition, target["id"]), RATES[target["nr"]][3]
    printed = {code: half_up(rate, decimals) for code, rate in known.items()}
    found = {}
    for name, members in groups(nis).items():
        counted = [known[code] for code in members if code in known]
        ahead = sum(printed[code] > printed[nis] for code in members if code in known) if nis in known else None
        median = statistics.median(counted) if len(counted) >= 10 else None
        found[name] = {"members": len(members), "n": len(counted), "median": median, "ahead": ahead}
    return found


def similar_better(edition: str, nis: str, target: Row) -> list[str]:
    """Up to three of the same size class that do well and are ahead, nearest in size first."""
    known, decimals, table = rates(edition, target["id"]), RATES[target["nr"]][3], assess(edition)
    if nis not in known:
        return []
    size = {code: place["size"] for code, place in register().items()}
    ahead = [code for code in groups(nis)["grootteklasse"] if code in known
             and half_up(known[code], decimals) > half_up(known[nis], decimals)
             and table[code, target["id"]]["verdict"] in ("op koers", "doel gehaald")]  # fmt: skip
    return sorted(ahead, key=lambda code: (abs(size[code] - size[nis]), code))[:3]


def arrears(edition: str, nis: str) -> list[str]:
    """Targets of the pact that are behind: lowest reached/expected first, then the larger missing share."""
    rows = [(target["id"], assess(edition)[nis, target["id"]]) for target in pact() if target.get("nr")]
    behind = [(name, row) for name, row in rows if row["verdict"] in ("lichte achterstand", "grote achterstand")]
    missing = {name: row["expected_pct"] - row["share_pct"] for name, row in behind}
    return [
        name
        for name, row in sorted(
            behind, key=lambda item: (item[1]["share_pct"] / item[1]["expected_pct"], -missing[item[0]])
        )
    ]


# Counting -------------------------------------------------------------------------------------------------------


def changes(edition: str, rule: str) -> dict[str, int]:
    """Cells that differ from the table without this rule, all earlier rules applied; per column."""
    done = RULES[: RULES.index(rule)]
    before, after = assess(edition, frozenset(done)), assess(edition, frozenset((*done, rule)))
    found: dict[str, int] = defaultdict(int)
    for key, row in after.items():
        for column in row.keys() | before[key].keys():
            found[column] += row.get(column) != before[key].get(column)
    return {column: number for column, number in sorted(found.items()) if number}


def differences(edition: str, older: Path) -> dict[str, int]:
    """Cells that differ from an older table when no new rule is applied: there should be none."""
    names = {"level": "level_shown", "pace_per_year": "recent_pace", "needed_per_year": "needed_pace"}
    words = {"niet in deze editie": "geen oordeel", "zonder oordeel": "geen oordeel"}
    frame = pd.read_csv(older, dtype={"nis": str, "pact_version": str})
    table, found = assess(edition, frozenset()), defaultdict(int)
    for old in frame.to_dict("records"):
        row = table[old["nis"], old["target_id"]]
        for column in ("pact_version", "level_exact", "value", "share_pct", "expected_pct", "pace_per_year",
                       "needed_per_year", "projected_pct", "verdict", "reason"):  # fmt: skip
            new, was = words.get(row.get(column), row.get(column)), old[names.get(column, column)]
            same = (
                new is None
                if pd.isna(was)
                else (abs(float(new) - was) < 1e-8 if isinstance(new, Fraction) else new == was)
            )
            found[column] += not same
    return dict(found)


if __name__ == "__main__":
    for name in REFERENCE_DATES:
        if sys.argv[1:]:
            print(name, "older rules:", differences(name, Path(sys.argv[1]) / f"assessments_{name}.csv.gz"))
        for each in RULES:
            print(name, each, changes(name, each))
