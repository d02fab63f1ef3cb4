"""Whether figures are possible, and likely. All findings at once; nothing is changed.

Errors are what no municipality can have reported (a share of LED lights of 130 %, a negative number of trees).
Warnings are what a person should look at before it stands in a report for a council.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from functools import cached_property, partial
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from lekp_lib.data.cells import each
from lekp_lib.data.readers import NOT_REGISTERED, units
from lekp_lib.errors import RegisterError
from lekp_lib.pact import Catalog, Denominator, Kind, Level
from lekp_lib.pact.models import FlandersTotal
from lekp_lib.register import FIRST_DAY, Register

LARGEST = 1e12
FLANDERS = "02000"
JUMP, SMALLEST_OF_A_JUMP = 10.0, 10.0
KILO, FEW_METRES = (500.0, 2000.0), 100.0
TIMES_LEVEL = 20
CLOSE = 0.08
FACTOR, MOST_OF_THEM, NEAR_DAYS = 3.0, 0.9, 550
COUNT_FACTOR = 1.5
YEARS = range(2018, 2031)
AREAS_OF_FIGURES = ["nis", "target_id", "indicator", "reference_date", "measure"]


class Finding(NamedTuple):
    """One thing found.

    Attributes
    ----------
    level
        ``error``: cannot be right, and stops an import; ``confirm``: an error that a person may confirm; ``warning``:
        look at it.
    rule
        Short name of the rule, the same for all findings of one kind.
    where
        Municipality, figure and date: ``Gent (44021), bomen.publiek, 2025-12-31``.
    message
        What was found and what was expected.
    key
        Names the figure with its value, for a confirmation that is remembered.
    """

    level: Literal["confirm", "error", "warning"]
    rule: str
    where: str
    message: str
    key: str = ""


def plain(value: float) -> str:
    """A number in messages: without decimals when it is whole."""
    return str(int(value)) if float(value).is_integer() else repr(round(float(value), 4)).replace(".", ",")


def unconfirmed(findings: Iterable[Finding], confirmed: Iterable[str]) -> tuple[Finding, ...]:
    """Findings without those that a person confirmed."""
    known = set(confirmed)
    return tuple(item for item in findings if item.level != "confirm" or item.key not in known)


class Places:
    """Names, codes and amounts of municipalities at whatever date."""

    def __init__(self, register: Register) -> None:
        self.register = register
        self._amounts: dict[str, dict[Denominator, list[int]]] = {}

    @cached_property
    def codes(self) -> dict[int, dict[str, str]]:
        """Names by code, by edition of codes."""
        return {
            edition: {place.nis: place.name for place in self.register.municipalities(day)}
            for edition, day in FIRST_DAY.items()
        }

    @cached_property
    def areas(self) -> set[str]:
        """Codes of provinces and of Flanders."""
        of_day = (self.register.municipalities(day) for day in FIRST_DAY.values())
        return {FLANDERS} | {place.province_nis for places in of_day for place in places}

    def label(self, nis: str) -> str:
        """``Gent (44021)``, or the code when nobody has it."""
        name = self.codes[2025].get(nis) or self.codes[2019].get(nis)
        return f"{name} ({nis})" if name else nis

    def absence(self, nis: str, date: dt.date) -> tuple[str, str]:
        """Rule and sentence for a code that no municipality has at a date; empty when all is well."""
        try:
            self.register.get(nis, max(date, FIRST_DAY[2019]))
        except RegisterError:
            pass
        else:
            return "", ""
        if nis in self.codes[2025]:
            since = self.register.get(nis, FIRST_DAY[2025]).valid_from
            name = self.codes[2025][nis]
            return "not_yet", f"{name} bestaat sinds {since}; is dit cijfer herrekend naar de nieuwe grenzen?"
        if nis in self.codes[2019]:
            new = self.register.successor(nis, FIRST_DAY[2025])
            name = self.codes[2019][nis]
            return "ended", f"de code van {name} bestond niet meer op {date}; het is nu {new.name} ({new.nis})"
        return "unknown_nis", f"de NIS-code {nis} hoort bij geen enkele Vlaamse gemeente"

    def amounts(self, nis: str) -> dict[Denominator, list[int]]:
        """Every denominator that the register knows of a municipality, of whatever year."""
        if nis not in self._amounts:
            register = self.register
            found: dict[Denominator, list[int]] = {item: [] for item in Denominator}
            for edition, day in FIRST_DAY.items():
                if nis in self.codes[edition]:
                    counts = [(Denominator.POPULATION, register.population(nis, year, day)) for year in YEARS]
                    counts += [(Denominator.HOUSEHOLDS, register.households(nis, year, day)) for year in YEARS]
                    counts.append((Denominator.DWELLINGS, register.dwellings(nis, day)))
                    for kind, count in counts:
                        found[kind] += [count.value] if count is not None else []
            self._amounts[nis] = found
        return self._amounts[nis]


def _declared(catalog: Catalog) -> pd.DataFrame:
    """Per figure what its declaration says."""
    rows = []
    for target in catalog.measured:
        weighed = target.weight_rule.result if target.weight_rule else None
        for sub in target.indicators:
            unit = sub.unit.symbol
            percent_kind = target.kind in (Kind.REDUCTION, Kind.ANNUAL_RATE) and unit.startswith("%")
            row = {
                "target_id": target.id,
                "indicator": sub.id,
                "unit": unit,
                # Things that are weighed (CPE) may have parts.
                "whole": sub.unit.counted and not (weighed and sub.id.startswith(weighed)),
                "may_be_negative": sub.may_be_negative or percent_kind,
                "yes_no": target.kind is Kind.YES_NO and sub.id in target.parts,
                "counted_up": target.kind is Kind.CUMULATIVE,
                "is_context": target.is_context,
                "closed_on": target.closed_on,
                "whole_id": sub.part_of or "",
                "most": sub.unit.highest or units().get(unit, {}).get("most"),
            }
            rows.append(row)
    return pd.DataFrame(rows)


class _Figures:
    """Figures with their declaration, and what was found about them."""

    def __init__(self, figures: pd.DataFrame, catalog: Catalog, register: Register) -> None:
        self.catalog, self.places = catalog, Places(register)
        frame = figures.reset_index(drop=True).merge(_declared(catalog), on=["target_id", "indicator"], how="left")
        self.frame = frame.astype({"value": float})
        self.findings: list[Finding] = []

    def where(self, row: Any) -> str:
        """Place of a figure in messages."""
        return f"{self.places.label(row.nis)}, {row.target_id}.{row.indicator}, {row.reference_date}"

    def add(self, level: Any, rule: str, rows: pd.DataFrame, message: str | Callable[[Any], str]) -> None:
        """A finding for each row."""
        for row in each(rows):
            text = message if isinstance(message, str) else message(row)
            key = f"{row.nis} {row.target_id}.{row.indicator} {row.reference_date} {plain(row.value)}"
            self.findings.append(Finding(level, rule, self.where(row), text, key))


def _unusable(expected: str, row: Any) -> str:
    return f"{row.value} ({row.source_id}); verwacht: {expected}"


def _form(found: _Figures) -> None:
    """Figures without a usable form; other rules are not asked about them."""
    frame = found.frame
    problems = {
        "een NIS-code van vijf cijfers": ~frame["nis"].astype(str).str.fullmatch("[0-9]{5}"),
        "een cijfer dat de catalogus kent": frame["unit"].isna(),
        "een eindig getal": ~np.isfinite(frame["value"]) | frame["value"].abs().gt(LARGEST),
        "een bron die de catalogus kent": ~frame["source_id"].isin(list(found.catalog.sources)),
    }
    bad = pd.Series(data=False, index=frame.index)
    for expected, mask in problems.items():
        found.add(
            "error",
            "form",
            frame[mask],
            partial(_unusable, expected),
        )
        bad |= mask
    found.frame = frame[~bad]


def _existence(found: _Figures) -> None:
    """Whether municipalities existed at the date of their figures."""
    frame = found.frame[~found.frame["nis"].isin(found.places.areas)]
    pairs = {
        pair: found.places.absence(*pair)
        for pair in frame[["nis", "reference_date"]].drop_duplicates().itertuples(index=False, name=None)
    }
    absent = [pairs[pair] for pair in zip(frame["nis"], frame["reference_date"], strict=True)]
    frame = frame.assign(absence=[rule for rule, _ in absent], told=[text for _, text in absent])
    for rule in ("ended", "unknown_nis", "not_yet"):
        level = "warning" if rule == "not_yet" else "error"
        found.add(level, rule, frame[frame["absence"].eq(rule)], lambda row: str(row.told))


def _ranges(found: _Figures) -> None:
    """Values that their unit does not allow."""
    frame = found.frame
    value, amount = frame["value"], frame["measure"].eq("stand")
    negative = value.lt(0) & ~frame["may_be_negative"].astype(bool)
    in_context = frame["is_context"].astype(bool)

    def below_zero(row: Any) -> str:
        advice = f", of may_be_negative: true bij {row.indicator} in de declaratie" if row.is_context else ""
        return f"{plain(row.value)}; verwacht: nul of meer{advice}"

    found.add("error", "context", frame[~amount & in_context], "een deel van een doel; context heeft geen doel")
    found.add("error", "negative", frame[negative], below_zero)
    over = amount & frame["unit"].eq("%") & value.gt(100)
    found.add("error", "share", frame[over], lambda row: f"{plain(row.value)} %; verwacht: hoogstens 100 %")
    rate = amount & frame["unit"].str.startswith("% ") & value.abs().gt(50)
    found.add(
        "warning", "share", frame[rate], lambda row: f"{plain(row.value)} {row.unit}; is dit een totaal over jaren?"
    )
    yes_no = amount & frame["yes_no"].astype(bool) & ~value.isin([0, 1])
    found.add("error", "yes_no", frame[yes_no], lambda row: f"{plain(row.value)}; verwacht: 0 (nee) of 1 (ja)")
    metres = amount & frame["unit"].eq("m") & value.between(0, FEW_METRES, inclusive="neither") & (value % 1 != 0)
    found.add("warning", "kilometres", frame[metres], lambda row: f"{plain(row.value)} m; zijn het kilometers?")


def _slips(found: _Figures) -> None:
    """Slips of unit over a whole file: shares as fractions, parts of counted things, impossible amounts."""
    frame = found.frame
    value, amount = frame["value"].abs(), frame["measure"].eq("stand")
    share = ~amount | frame["unit"].str.startswith("%")
    fraction = share & value.between(0, 1, inclusive="neither") & frame["unit"].ne("% per jaar")
    groups = value[share].groupby([frame[name] for name in ("target_id", "indicator", "measure")])
    small = groups.transform("max").le(1) & groups.transform("size").ge(3)
    column = fraction & small.reindex(frame.index, fill_value=False)
    found.add(
        "error", "fraction", frame[column],
        lambda row: f"{plain(row.value)} %, en alles in dit bestand ligt van 0 tot 1; schrijf 45, niet 0,45",
    )  # fmt: skip
    found.add("warning", "fraction", frame[fraction & ~column], lambda row: f"{plain(row.value)} %; is het een breuk?")
    broken = amount & frame["whole"].astype(bool) & (value % 1 != 0)
    found.add("error", "whole", frame[broken], lambda row: f"{plain(row.value)} {row.unit}; dit wordt geteld")
    most = amount & value.gt(frame["most"].astype(float))
    found.add(
        "confirm", "bound", frame[most], lambda row: f"{plain(row.value)} {row.unit}; dat is meer dan mogelijk lijkt"
    )


def _above_level(found: _Figures) -> None:
    """More than so many times what the pact asks of the municipality."""
    levels: dict[tuple[str, str], list[Level]] = {}
    for target in found.catalog.targets:
        for level in target.levels.values():
            for sub in target.indicators if level.factor is not None else ():
                if level.indicator in (sub.id, sub.part_of):
                    levels.setdefault((target.id, sub.id), []).append(level)

    def highest(nis: str, target_id: str, indicator: str) -> float:
        computed = [
            (level.factor or 0) * amount / (level.per_n or 1)
            for level in levels.get((target_id, indicator), ())
            for kind, amounts in found.places.amounts(nis).items()
            for amount in amounts
            if kind == level.per
        ]
        return max([1.0, *computed]) if computed else float("inf")

    frame = found.frame[found.frame["measure"].eq("stand") & found.frame["value"].gt(TIMES_LEVEL)]
    names = ["nis", "target_id", "indicator"]
    known = {row: highest(*row) for row in frame[names].drop_duplicates().itertuples(index=False, name=None)}
    asked = pd.Series([known[row] for row in frame[names].itertuples(index=False, name=None)], frame.index, dtype=float)
    frame = frame.assign(asked=asked)[frame["value"] > TIMES_LEVEL * asked]
    found.add(
        "confirm", "level", frame,
        lambda row: f"{plain(row.value)}, meer dan {TIMES_LEVEL} keer wat het pact vraagt ({plain(round(row.asked))})",
    )  # fmt: skip


def _dates(found: _Figures, today: dt.date | None) -> None:
    """Dates in the future, after the closing day of a target, and beginnings after the date of the figure."""
    frame = found.frame
    if today is not None:
        text = "de datum ligt in de toekomst; geef de dag tot waar het cijfer loopt"
        found.add("error", "future", frame[frame["reference_date"].gt(today)], text)
    closed = frame[frame["closed_on"].notna()]
    closed = closed[closed["reference_date"].gt(closed["closed_on"])]
    found.add("warning", "closed", closed, lambda row: f"na {row.closed_on} komen voor dit doel geen cijfers meer")
    since = frame[frame["since"].notna()]
    since = since[since["since"].gt(since["reference_date"])]
    found.add("error", "since", since, lambda row: f"sinds {row.since}, na de datum van het cijfer")


def _duplicates(found: _Figures) -> None:
    """The same figure more than once."""
    again = found.frame[found.frame.duplicated(AREAS_OF_FIGURES, keep=False)]
    for _, group in again.groupby(AREAS_OF_FIGURES, sort=False):
        values = list(dict.fromkeys(group["value"]))
        if len(values) > 1:
            told = " en ".join(plain(value) for value in values[:5])
            found.add("error", "duplicate", group.head(1), f"{told} voor hetzelfde cijfer; behoud er een")
        else:
            found.add("warning", "duplicate", group.head(1), f"{len(group)} keer hetzelfde cijfer")


def _series(found: _Figures, previous: pd.DataFrame | None) -> None:
    """Figures of one municipality beside each other: a counter that falls, a jump, metres typed as kilometres."""
    before = found.frame.head(0) if previous is None or previous.empty else previous
    frame = pd.concat([before.assign(new=False), found.frame.assign(new=True)], ignore_index=True)
    keys = ["nis", "target_id", "indicator", "measure"]
    frame = frame.drop_duplicates([*keys, "reference_date"], keep="last").sort_values("reference_date", kind="stable")
    groups = frame.groupby(keys, sort=False)
    declared = _declared(found.catalog)[["target_id", "indicator", "unit", "counted_up"]]
    frame = frame.assign(
        old=groups["value"].shift(), old_date=groups["reference_date"].shift(), old_new=groups["new"].shift()
    )
    frame = frame[frame["old"].notna() & (frame["new"] | frame["old_new"].eq(other=True))]
    frame = frame.drop(columns=["unit", "counted_up"], errors="ignore").merge(declared, on=["target_id", "indicator"])
    low, high = frame[["old", "value"]].min(axis=1), frame[["old", "value"]].max(axis=1)
    ratio = (high / low).where(low.gt(0) & high.ge(SMALLEST_OF_A_JUMP))

    def told(row: Any) -> str:
        return f"{plain(row.old)} op {row.old_date}, dan {plain(row.value)}"

    falls = frame["counted_up"].astype(bool) & frame["value"].lt(frame["old"])
    kilometres = frame["unit"].eq("m") & ratio.between(*KILO)
    found.add("warning", "falls", frame[falls], lambda row: f"{told(row)}; wat opgeteld wordt, daalt niet")
    found.add("warning", "kilometres", frame[kilometres], lambda row: f"{told(row)}; kilometers als meters genoteerd?")
    jump = frame[ratio.gt(JUMP) & ~kilometres]
    found.add("warning", "jump", jump, lambda row: f"{told(row)}; meer dan {plain(JUMP)} keer")


def _parts(found: _Figures) -> None:
    """A part larger than its whole."""
    amounts = found.frame[found.frame["measure"].eq("stand")]
    wholes = amounts[["nis", "target_id", "indicator", "reference_date", "value"]]
    wholes = wholes.rename(columns={"indicator": "whole_id", "value": "total"})
    wholes = wholes.drop_duplicates(["nis", "target_id", "whole_id", "reference_date"], keep="last")
    frame = amounts.merge(wholes, on=["nis", "target_id", "whole_id", "reference_date"])
    larger = frame[frame["value"].gt(frame["total"] + 1e-6)]
    found.add(
        "warning", "part", larger,
        lambda row: f"{plain(row.value)}, terwijl het geheel ({row.whole_id}) {plain(row.total)} is",
    )  # fmt: skip


def _from_inhabitants(found: _Figures, nis: str, target_id: str, stated: float) -> str:
    """What the pact counts, when a level follows from inhabitants instead; empty when the level may be right.

    A known mistake in publications. Dwellings and households stand in for each other; inhabitants do not.
    """
    levels = [level for level in found.catalog.target(target_id).levels.values() if level.factor is not None]
    homes = (Denominator.DWELLINGS, Denominator.HOUSEHOLDS)
    if not levels or any(level.per not in homes for level in levels):
        return ""
    amounts = found.places.amounts(nis)

    def near(kinds: Iterable[Denominator]) -> bool:
        return any(
            abs(stated - computed) <= CLOSE * computed
            for level in levels
            for kind in kinds
            for amount in amounts[kind]
            if (computed := (level.factor or 0) * amount / (level.per_n or 1))
        )

    return str(levels[0].per) if not near(homes) and near([Denominator.POPULATION]) else ""


def _denominators(found: _Figures, levels: pd.DataFrame | None) -> None:
    """Levels, stated or implied by an amount and its share, that were computed from the wrong denominator."""
    keys = ["nis", "target_id", "indicator", "reference_date"]
    frame = found.frame
    shares = frame[frame["measure"].eq("aandeel_pct") & frame["value"].gt(0)]
    amounts = frame[frame["measure"].eq("stand") & frame["value"].gt(0)][[*keys, "value"]]
    implied = shares.merge(amounts.rename(columns={"value": "amount"}), on=keys)
    implied = implied.assign(
        stated=100 * implied["amount"] / implied["value"], how="een niveau dat volgt uit het deel,"
    )
    stated = pd.DataFrame(columns=[*keys, "value"]) if levels is None or levels.empty else levels
    stated = stated.assign(stated=stated["value"], how="een vermeld niveau van")
    for table in (stated, implied):
        asked = [_from_inhabitants(found, row.nis, row.target_id, row.stated) for row in each(table)]
        wrong = table.assign(per=asked)
        found.add(
            "warning", "denominator", wrong[wrong["per"].ne("")],
            lambda row: f"{row.how} {plain(round(row.stated, 1))}, gerekend op inwoners; het pact telt {row.per}",
        )  # fmt: skip


def _against_flanders(total: float, date: dt.date, published: FlandersTotal, unit: str) -> str:
    """What is wrong with a total beside a published one; empty when nothing is."""
    ratio = total / published.value if published.value else 0.0
    what = "het doel voor Vlaanderen" if published.kind == "doel" else "gepubliceerd voor Vlaanderen"
    near = published.kind == "stand" and abs((published.date - date).days) <= NEAR_DAYS
    too_high = ratio > FACTOR and (published.kind == "doel" or (near and not published.lower_bound))
    if not too_high and not (near and ratio < 1 / FACTOR):
        return ""
    told = f"{plain(round(total, 1))} {unit} samen, {plain(published.value)} is {what} ({published.source})"
    return f"{told}: een factor van meer dan {plain(FACTOR)}"


def _totals(found: _Figures) -> None:
    """Sums that differ from published totals: a whole column in the wrong unit shows here."""
    frame = found.frame
    adds_up = frame["measure"].eq("stand") & ~frame["unit"].str.startswith(("%", "per "))
    frame = frame[adds_up & (~frame["nis"].isin(found.places.areas) | frame["nis"].eq(FLANDERS))]
    frame = frame.drop_duplicates(["target_id", "indicator", "reference_date", "nis"], keep="last")
    key: Any
    for key, group in frame.groupby(["target_id", "indicator", "reference_date"], sort=False):
        target_id, indicator, date = key
        parts = group[group["nis"].ne(FLANDERS)]["value"]
        whole = len(found.places.register.municipalities(max(date, FIRST_DAY[2019])))
        totals = [float(parts.sum())] if len(parts) >= MOST_OF_THEM * whole else []
        totals += group[group["nis"].eq(FLANDERS)]["value"].tolist()
        published = [item for item in found.catalog.target(target_id).flanders if item.indicator == indicator]
        stands = [item for item in published if item.kind == "stand"]
        nearest = sorted(stands, key=lambda item: abs((item.date - date).days))[:1]
        for item in [*(item for item in published if item.kind == "doel"), *nearest]:
            for text in filter(None, (_against_flanders(total, date, item, group["unit"].iloc[0]) for total in totals)):
                where = f"Vlaanderen, {target_id}.{indicator}, {date}"
                found.findings.append(Finding("warning", "flanders", where, text))


def check_figures(
    figures: pd.DataFrame,
    catalog: Catalog,
    register: Register,
    previous: pd.DataFrame | None = None,
    *,
    today: dt.date | None = None,
    levels: pd.DataFrame | None = None,
) -> tuple[Finding, ...]:
    """Everything that is impossible or unlikely about figures.

    Parameters
    ----------
    figures
        Figures to check, with the columns of the figures of an edition.
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
    figures = figures[figures["status"].ne(NOT_REGISTERED)]
    if figures.empty:
        return ()
    found = _Figures(figures, catalog, register)
    _form(found)
    for rule in (_existence, _ranges, _slips, _above_level, _duplicates, _parts, _totals):
        rule(found)
    _dates(found, today)
    _series(found, previous)
    _denominators(found, levels)
    return _by_severity(found.findings)


def _by_severity(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Errors first, then by rule and place; each once."""
    return tuple(sorted(dict.fromkeys(findings)))


def _in_register(nis: str, kind: str, date: dt.date, register: Register) -> int | None:
    """What the register has for the same thing, of the same year or of the nearest one that it knows."""
    day = max(date, FIRST_DAY[2019])
    try:
        if kind == "wooneenheden":
            found = register.dwellings(nis, max(day, FIRST_DAY[2025]))
            return found.value if found else None
        ask = register.population if kind == "inwoners" else register.households
        years = sorted(YEARS, key=lambda year: abs(year - date.year))
        return next((count.value for year in years if (count := ask(nis, year, day)) is not None), None)
    except RegisterError:
        return None


def _one_count(
    row: Any, places: Places, today: dt.date | None
) -> Iterator[tuple[Literal["error", "warning"], str, str]]:
    """What is impossible or unlikely about one count."""
    rule, reason = places.absence(row.nis, row.date)
    if rule in ("ended", "unknown_nis"):
        yield "error", rule, reason
    if today is not None and row.date > today:
        yield "error", "future", "de datum ligt in de toekomst"
    if row.kind != "wooneenheden" and (row.date.month, row.date.day) != (1, 1):
        yield "error", "day", "niet van 1 januari, de dag waarop inwoners en huishoudens geteld worden"
    if row.value <= 0:
        yield "error", "zero", f"{row.value}; elke gemeente heeft {row.kind}"
        return
    known = _in_register(row.nis, row.kind, row.date, places.register)
    if known and not 1 / COUNT_FACTOR <= row.value / known <= COUNT_FACTOR:
        yield "warning", "register", f"{row.value}, terwijl het register {known} heeft"


def check_counts(counts: pd.DataFrame, register: Register, *, today: dt.date | None = None) -> tuple[Finding, ...]:
    """Everything that is impossible or unlikely about denominators.

    Parameters
    ----------
    counts
        Columns nis, kind, date, value.
    register
        Municipalities; its counts are what new ones are compared with.
    today
        Day of the check, for dates in the future.

    Returns
    -------
    tuple of Finding
        Errors first.
    """
    places, findings = Places(register), []
    for row in each(counts):
        where = f"{places.label(row.nis)}, {row.kind}, {row.date}"
        findings += [Finding(level, rule, where, text) for level, rule, text in _one_count(row, places, today)]
    key: Any
    for key, values in counts.groupby(["nis", "kind", "date"])["value"].unique().items():
        nis, kind, date = key
        if len(values) > 1:
            told = " en ".join(map(str, sorted(values)[:5]))
            where = f"{places.label(nis)}, {kind}, {date}"
            findings.append(Finding("error", "duplicate", where, f"{told} voor hetzelfde aantal; behoud er een"))
    # A table of nearly all municipalities that lacks some: the silent gap of a cut-off file.
    for key, codes in counts.groupby(["kind", "date"])["nis"].agg(set).items():
        kind, date = key
        everyone = {place.nis: place.name for place in register.municipalities(max(date, FIRST_DAY[2019]))}
        absent = sorted(set(everyone) - codes)
        if absent and len(codes & set(everyone)) > 0.5 * len(everyone):
            names = ", ".join(everyone[nis] for nis in absent[:8])
            text = f"{len(absent)} gemeenten ontbreken: {names}"
            findings.append(Finding("warning", "incomplete", f"{kind}, {date}", text))
    return _by_severity(findings)
