"""Whether figures are possible, and likely. All findings at once; nothing is changed.

Errors are what no municipality can have reported (a share of LED lights of 130 %, a negative number of trees).
Warnings are what a person should look at before it stands in a report for a council. Every rule is a row of a table:
how grave it is, its name, the figures that break it, and the sentence that tells it with the columns of the figure.
"""

import datetime as dt
from collections.abc import Iterable, Iterator
from functools import partial
from typing import Any, Literal, NamedTuple

import numpy as np
import pandas as pd

from lekp_lib.data.places import FLANDERS
from lekp_lib.data.readers import NOT_REGISTERED
from lekp_lib.data.store import ImportEntry
from lekp_lib.pact import Catalog
from lekp_lib.register import FIRST_DAY, Register, edition_on

JUMP, SMALLEST_OF_A_JUMP = 10, 10.0
KILO, FEW_METRES = (500.0, 2000.0), 100.0
TIMES_LEVEL = 20
CLOSE = 0.08
FACTOR, MOST_OF_THEM, NEAR_DAYS = 3, 0.9, 550
COUNT_FACTOR = 1.5
YEARS = range(2018, 2031)
FIGURE = ["nis", "target_id", "indicator", "reference_date", "measure"]
HOMES = ["wooneenheden", "huishoudens"]

Level = Literal["confirm", "error", "warning"]
#: How grave, name of the rule, the figures that break it, and the sentence.
Broken = tuple[Level, str, pd.DataFrame, str]


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

    level: Level
    rule: str
    where: str
    message: str
    key: str = ""


def plain(value: float) -> str:
    """A number in messages: without decimals when it is whole."""
    return str(int(value)) if float(value).is_integer() else repr(round(float(value), 4)).replace(".", ",")


def unconfirmed(findings: Iterable[Finding], entries: Iterable[ImportEntry]) -> list[Finding]:
    """Findings without the unlikely figures that a person confirmed at some import."""
    known = {text for entry in entries for text in entry.confirmed}
    return [item for item in findings if item.level != "confirm" or item.key not in known]


class Places:
    """Names, codes and amounts of municipalities at whatever date."""

    def __init__(self, register: Register) -> None:
        self.register = register
        of_day = {edition: register.municipalities(day) for edition, day in FIRST_DAY.items()}
        #: Names by code, by edition of codes.
        self.codes = {edition: {place.nis: place.name for place in places} for edition, places in of_day.items()}
        self.names = self.codes[2019] | self.codes[2025]
        #: Codes of provinces and of Flanders.
        self.areas = {FLANDERS} | {place.province_nis for places in of_day.values() for place in places}

    def expected(self, date: dt.date) -> dict[str, str]:
        """Names by code of all municipalities on a day."""
        return self.codes[edition_on(max(date, FIRST_DAY[2019]))]

    def amounts(self, codes: Iterable[str]) -> pd.DataFrame:
        """Every denominator that the register knows of municipalities: nis, per, edition of codes, year, amount."""
        ask, rows = self.register, []
        for nis, (edition, day) in ((nis, item) for nis in codes for item in FIRST_DAY.items()):
            if nis in self.codes[edition]:
                found = dict.fromkeys(item for year in YEARS for item in ask.denominators(nis, year, day).items())
                rows += [(nis, kind, edition, count.date.year, count.value) for kind, count in found if count]
        return pd.DataFrame(rows, columns=["nis", "per", "edition", "year", "amount"])

    def absent(self, rows: pd.DataFrame) -> Iterator[Broken]:
        """Rows whose municipality did not exist at their date."""
        nis, first, ask = rows["nis"], FIRST_DAY[2025], self.register
        later, former = nis.isin(list(self.codes[2025])), nis.isin(list(self.codes[2019]))
        here, rows = later.where(rows["reference_date"].ge(first), former), rows.assign(name=nis.map(self.names))
        early, ended = rows[~here & later], rows[~here & ~later & former]
        early = early.assign(begin=[ask.get(code, first).valid_from for code in early["nis"]])
        ended = ended.assign(new=ended["nis"].map(lambda code: ask.successor(code, first)))
        told = "{name} bestaat sinds {begin}; is dit cijfer herrekend naar de nieuwe grenzen?"
        yield "warning", "not_yet", early, told
        told = "de code van {name} bestond niet meer op {reference_date}; het is nu {new.name} ({new.nis})"
        yield "error", "ended", ended, told
        unknown = rows[~here & ~later & ~former]
        yield "error", "unknown_nis", unknown, "de NIS-code {nis} hoort bij geen enkele Vlaamse gemeente"

    def findings(self, broken: Iterable[Broken]) -> Iterator[Finding]:
        """A finding for each row; numbers in its sentence as people write them."""
        labels = {nis: f"{name} ({nis})" for nis, name in self.names.items()} | {FLANDERS: "Vlaanderen"}
        for level, rule, rows, sentence in broken:
            for row in rows.to_dict("records"):
                words = {str(name): plain(cell) if isinstance(cell, float) else cell for name, cell in row.items()}
                figure = row.get("figure") or f"{row['target_id']}.{row['indicator']}"
                where = f"{labels.get(row['nis'], row['nis'])}, {figure}, {row['reference_date']}"
                key = f"{row['nis']} {figure} {row['reference_date']} {plain(row['value'])}"
                yield Finding(level, rule, where, sentence.format(**words), key)


def _declared(catalog: Catalog) -> Iterator[dict[str, Any]]:
    """Per figure what its declaration says."""
    for target in catalog.measured:
        weighed = target.weight_rule.result if target.weight_rule else None
        for sub in target.indicators:
            unit = sub.unit.symbol
            percent_kind = target.kind in ("reductie", "jaarlijks_tempo") and unit.startswith("%")
            yield {
                "target_id": target.id, "indicator": sub.id, "unit": unit, "most": sub.unit.highest,
                # Things that are weighed (CPE) may have parts.
                "whole": sub.unit.counted and not (weighed and sub.id.startswith(weighed)),
                "whole_id": sub.part_of or "", "may_be_negative": sub.may_be_negative or percent_kind,
                "yes_no": target.kind == "ja_nee" and sub.id in target.parts, "closed_on": target.closed_on,
                "counted_up": target.kind == "cumulatief", "is_context": target.is_context,
            }  # fmt: skip


def _levels(catalog: Catalog) -> pd.DataFrame:
    """Levels that follow from a denominator: target, what they are counted in, per what, and how much of one."""
    rows = [
        (target.id, level.indicator, level.per, level.factor / (level.per_n or 1))
        for target in catalog.targets
        for level in target.levels.values()
        if level.factor is not None
    ]
    return pd.DataFrame(rows, columns=["target_id", "of", "per", "share"])


def _alone(frame: pd.DataFrame, today: dt.date | None) -> Iterator[Broken]:
    """What a figure cannot be by its unit, its target and its dates, whatever the others are."""
    value, unit, amount = frame["value"], frame["unit"], frame["measure"].eq("stand")
    date, context, broken = frame["reference_date"], frame["is_context"], value % 1 != 0
    negative = value.lt(0) & ~frame["may_be_negative"]
    few = value.between(0, FEW_METRES, inclusive="neither")
    closed = frame["closed_on"].astype(object).fillna(dt.date.max)
    since = frame["since"].astype(object).fillna(dt.date.min)
    # Slips of unit over a whole file: shares as fractions.
    share = ~amount | unit.str.startswith("%")
    groups = value[share].abs().groupby([frame[name] for name in ("target_id", "indicator", "measure")])
    small = (groups.transform("max").le(1) & groups.transform("size").ge(3)).reindex(frame.index, fill_value=False)
    fraction = share & value.abs().between(0, 1, inclusive="neither") & unit.ne("% per jaar")
    rules: list[tuple[Level, str, pd.Series, str]] = [
        ("error", "context", ~amount & context, "een deel van een doel; context heeft geen doel"),
        ("error", "negative", negative & ~context, "{value}; verwacht: nul of meer"),
        ("error", "negative", negative & context,
         "{value}; verwacht: nul of meer, of may_be_negative: true bij {indicator} in de declaratie"),
        ("error", "share", amount & unit.eq("%") & value.gt(100), "{value} %; verwacht: hoogstens 100 %"),
        ("warning", "share", amount & unit.str.startswith("% ") & value.abs().gt(50),
         "{value} {unit}; is dit een totaal over jaren?"),
        ("error", "fraction", fraction & small,
         "{value} %, en alles in dit bestand ligt van 0 tot 1; schrijf 45, niet 0,45"),
        ("warning", "fraction", fraction & ~small, "{value} %; is het een breuk?"),
        ("error", "yes_no", amount & frame["yes_no"] & ~value.isin([0, 1]), "{value}; verwacht: 0 (nee) of 1 (ja)"),
        ("warning", "kilometres", amount & unit.eq("m") & few & broken, "{value} m; zijn het kilometers?"),
        ("error", "whole", amount & frame["whole"] & broken, "{value} {unit}; dit wordt geteld"),
        ("confirm", "bound", amount & value.abs().gt(frame["most"].astype(float)),
         "{value} {unit}; dat is meer dan mogelijk lijkt"),
        ("error", "future", date.gt(today or dt.date.max),
         "de datum ligt in de toekomst; geef de dag tot waar het cijfer loopt"),
        ("warning", "closed", date.gt(closed), "na {closed_on} komen voor dit doel geen cijfers meer"),
        ("error", "since", since.gt(date), "sinds {since}, na de datum van het cijfer"),
    ]  # fmt: skip
    for level, rule, mask, sentence in rules:
        yield level, rule, frame[mask], sentence


def _above_level(frame: pd.DataFrame, levels: pd.DataFrame, amounts: pd.DataFrame) -> Iterator[Broken]:
    """More than so many times what the pact asks of the municipality."""
    large = frame[frame["measure"].eq("stand") & frame["value"].gt(TIMES_LEVEL)].reset_index()
    largest = amounts.groupby(["nis", "per"], as_index=False)["amount"].max()
    asked = large.merge(levels, on="target_id").merge(largest, on=["nis", "per"])
    asked = asked[asked["of"].eq(asked["indicator"]) | asked["of"].eq(asked["whole_id"])]
    highest = (asked["share"] * asked["amount"]).groupby(asked["index"]).max().clip(lower=1)
    large = large.assign(asked=large["index"].map(highest))
    large = large[large["value"] > TIMES_LEVEL * large["asked"]]
    told = f"{{value}}, meer dan {TIMES_LEVEL} keer wat het pact vraagt ({{asked}})"
    yield "confirm", "level", large.assign(asked=large["asked"].round()), told


def _duplicates(frame: pd.DataFrame, keys: list[str], noun: str) -> Iterator[Broken]:
    """The same figure more than once: the first of each, with its values."""
    again = frame[frame.duplicated(keys, keep=False)]
    values = again.groupby(keys, sort=False)["value"]
    again = again.assign(times=values.transform("size"), other=values.transform("nunique").gt(1)).drop_duplicates(keys)
    told = values.agg(lambda group: " en ".join(map(plain, group.unique()[:5]))).rename("told")
    other = again[again["other"]].join(told, on=keys)
    yield "error", "duplicate", other, f"{{told}} voor hetzelfde {noun}; behoud er een"
    yield "warning", "duplicate", again[~again["other"]], f"{{times}} keer hetzelfde {noun}"


def _series(frame: pd.DataFrame, previous: pd.DataFrame | None, declared: pd.DataFrame) -> Iterator[Broken]:
    """Figures of one municipality beside each other: a counter that falls, a jump, metres typed as kilometres."""
    names, asked = ["target_id", "indicator"], [*FIGURE, "value", "unit", "counted_up"]
    before = frame.head(0) if previous is None or previous.empty else previous.merge(declared, on=names)
    frame = pd.concat([before[asked].assign(new=False), frame[asked].assign(new=True)], ignore_index=True)
    keys = ["nis", *names, "measure"]
    frame = frame.drop_duplicates([*keys, "reference_date"], keep="last").sort_values("reference_date", kind="stable")
    frame = frame.join(frame.groupby(keys, sort=False)[["value", "reference_date", "new"]].shift().add_prefix("old_"))
    frame = frame[frame["old_value"].notna() & (frame["new"] | frame["old_new"].eq(other=True))]
    low, high = frame[["old_value", "value"]].min(axis=1), frame[["old_value", "value"]].max(axis=1)
    ratio = (high / low).where(low.gt(0) & high.ge(SMALLEST_OF_A_JUMP))
    falls = frame["counted_up"].astype(bool) & frame["value"].lt(frame["old_value"])
    kilometres = frame["unit"].eq("m") & ratio.between(*KILO)
    told = "{old_value} op {old_reference_date}, dan {value}; "
    yield "warning", "falls", frame[falls], told + "wat opgeteld wordt, daalt niet"
    yield "warning", "kilometres", frame[kilometres], told + "kilometers als meters genoteerd?"
    yield "warning", "jump", frame[ratio.gt(JUMP) & ~kilometres], told + f"meer dan {JUMP} keer"


def _parts(frame: pd.DataFrame) -> Iterator[Broken]:
    """A part larger than its whole."""
    amounts, keys = frame[frame["measure"].eq("stand")], ["nis", "target_id", "whole_id", "reference_date"]
    wholes = amounts.drop(columns="whole_id").rename(columns={"indicator": "whole_id", "value": "total"})
    wholes = wholes[[*keys, "total"]].drop_duplicates(keys, keep="last")
    parts = amounts.merge(wholes, on=keys)
    larger = parts[parts["value"].gt(parts["total"] + 1e-6)]
    yield "warning", "part", larger, "{value}, terwijl het geheel ({whole_id}) {total} is"


def _denominators(
    frame: pd.DataFrame, stated: pd.DataFrame, levels: pd.DataFrame, amounts: pd.DataFrame
) -> Iterator[Broken]:
    """Levels, stated or implied by an amount and its share, that were computed from inhabitants by mistake.

    A known mistake in publications. Dwellings and households stand in for each other; inhabitants do not.
    """
    keys = ["nis", "target_id", "indicator", "reference_date"]
    positive, share = frame["value"].gt(0), frame["measure"].eq("aandeel_pct")
    implied = frame[positive & share].merge(frame[positive & ~share], on=keys, suffixes=("", "_amount"))
    implied["stated"] = 100 * implied["value_amount"] / implied["value"]
    implied["how"] = "een niveau dat volgt uit het deel,"
    stated = stated.assign(stated=stated["value"], how="een vermeld niveau van")
    table = pd.concat([part for part in (implied, stated) if len(part)] or [implied], ignore_index=True)
    of_homes = levels[levels["per"].isin(HOMES).groupby(levels["target_id"]).transform("all")]
    counted = of_homes.rename(columns={"per": "counted"})[["target_id", "share", "counted"]]
    asked = table.reset_index().merge(counted, on="target_id").merge(amounts, on="nis")
    computed = asked["share"] * asked["amount"]
    near, homes = (asked["stated"] - computed).abs().le(CLOSE * computed), asked["per"].isin(HOMES)
    wrong = asked[near & ~homes & ~asked["index"].isin(asked["index"][near & homes])].drop_duplicates("index")
    wrong = wrong.assign(stated=wrong["stated"].map(partial(round, ndigits=1)))
    yield "warning", "denominator", wrong, "{how} {stated}, gerekend op inwoners; het pact telt {counted}"


def _totals(frame: pd.DataFrame, catalog: Catalog, places: Places) -> Iterator[Broken]:
    """Sums that differ from published totals: a whole column in the wrong unit shows here."""
    keys, adds_up = ["target_id", "indicator", "reference_date"], ~frame["unit"].str.startswith(("%", "per "))
    frame = frame[adds_up & frame["measure"].eq("stand") & ~frame["nis"].isin(places.areas - {FLANDERS})]
    frame = frame.drop_duplicates([*keys, "nis"], keep="last")
    flanders = frame["nis"].eq(FLANDERS)
    parts = frame[~flanders].groupby([*keys, "unit"], as_index=False)["value"].agg(["sum", "size"])
    whole = parts["reference_date"].map(lambda day: len(places.expected(day)))
    parts = parts[parts["size"] >= MOST_OF_THEM * whole].rename(columns={"sum": "value"})
    totals = pd.concat([parts, frame[flanders]]).assign(nis=FLANDERS)
    facts = [{"target_id": target.id, **dict(fact)} for target in catalog.measured for fact in target.flanders]
    found = totals.merge(pd.DataFrame(facts), on=keys[:2], suffixes=("", "_published"))
    apart = pd.to_datetime(found["date"]) - pd.to_datetime(found["reference_date"])
    total, ratio = found["value"].map(partial(round, ndigits=1)), found["value"] / found["value_published"]
    found = found.assign(apart=apart.abs().dt.days, total=total, ratio=ratio)
    goals = found[found["kind"].eq("doel") & found["ratio"].gt(FACTOR)]
    stands = found[found["kind"].eq("stand")].sort_values("apart", kind="stable").drop_duplicates([*keys, "value"])
    high = stands["ratio"].gt(FACTOR) & ~stands["lower_bound"].astype(bool)
    stands = stands[stands["apart"].le(NEAR_DAYS) & (high | stands["ratio"].lt(1 / FACTOR))]
    told = "{total} {unit} samen, {value_published} is %s voor Vlaanderen ({source}): "
    told += f"een factor van meer dan {FACTOR}"
    yield "warning", "flanders", goals, told % "het doel"
    yield "warning", "flanders", stands, told % "gepubliceerd"


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
    # Only what the rules ask about: every rule keeps rows of its own.
    figures = figures.loc[figures["status"].ne(NOT_REGISTERED), [*FIGURE, "value", "source_id", "since"]]
    if figures.empty:
        return ()
    places, declared, computed = Places(register), pd.DataFrame(_declared(catalog)), _levels(catalog)
    stated = pd.DataFrame(columns=[*FIGURE[:4], "value"]) if levels is None or levels.empty else levels
    frame = figures.reset_index(drop=True).merge(declared, on=["target_id", "indicator"], how="left")
    frame = frame.astype({"value": float})
    # Without a usable form; other rules are not asked about them.
    unusable = {
        "een NIS-code van vijf cijfers": ~frame["nis"].astype(str).str.fullmatch("[0-9]{5}"),
        "een cijfer dat de catalogus kent": frame["unit"].isna(),
        "een eindig getal": ~np.isfinite(frame["value"]) | frame["value"].abs().gt(1e12),
        "een bron die de catalogus kent": ~frame["source_id"].isin(list(catalog.sources)),
    }
    broken: list[Broken] = [
        ("error", "form", frame[mask], f"{{value}} ({{source_id}}); verwacht: {expected}")
        for expected, mask in unusable.items()
    ]
    frame = frame[~np.logical_or.reduce(list(unusable.values()))]
    frame = frame.astype(dict.fromkeys(["whole", "may_be_negative", "yes_no", "is_context"], bool))
    amounts = places.amounts({*frame["nis"], *stated["nis"]})
    broken += [
        *places.absent(frame[~frame["nis"].isin(places.areas)]), *_alone(frame, today),
        *_above_level(frame, computed, amounts), *_duplicates(frame, FIGURE, "cijfer"),
        *_series(frame, previous, declared), *_parts(frame),
        *_denominators(frame, stated, computed, amounts), *_totals(frame, catalog, places),
    ]  # fmt: skip
    return tuple(sorted(set(places.findings(broken))))


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
    places = Places(register)
    frame = counts.rename(columns={"kind": "figure", "date": "reference_date"}).reset_index(drop=True)
    date, value, homes = frame["reference_date"], frame["value"], frame["figure"].eq("wooneenheden")
    first = date.map(lambda day: (day.month, day.day) == (1, 1)).astype(bool)
    known = frame.reset_index().merge(places.amounts(frame["nis"].unique()).rename(columns={"per": "figure"}))
    days = known["reference_date"].map(lambda day: edition_on(max(day, FIRST_DAY[2019])))
    known = known[known["edition"].eq(days.where(known["figure"].ne("wooneenheden"), 2025))]
    apart = (known["year"] - known["reference_date"].map(lambda day: day.year)).abs()
    nearest = known.assign(apart=apart).sort_values("apart", kind="stable").drop_duplicates("index")
    frame = frame.assign(known=nearest.set_index("index")["amount"])
    ratio = value / frame["known"]
    broken: list[Broken] = [
        *(rule for rule in places.absent(frame) if rule[1] != "not_yet"),
        ("error", "future", frame[date.gt(today or dt.date.max)], "de datum ligt in de toekomst"),
        ("error", "day", frame[~homes & ~first],
         "niet van 1 januari, de dag waarop inwoners en huishoudens geteld worden"),
        ("error", "zero", frame[value.le(0)], "{value}; elke gemeente heeft {figure}"),
        ("warning", "register", frame[value.gt(0) & ~ratio.between(1 / COUNT_FACTOR, COUNT_FACTOR) & ratio.notna()],
         "{value}, terwijl het register {known} heeft"),
        next(_duplicates(frame, ["nis", "figure", "reference_date"], "aantal")),
    ]  # fmt: skip
    for _, group in frame.groupby(["figure", "reference_date"]):
        codes, expected = set(group["nis"]), places.expected(group["reference_date"].iloc[0])
        absent = [name for nis, name in sorted(expected.items()) if nis not in codes]
        # A table of nearly all municipalities that lacks some: the silent gap of a cut-off file.
        if 0 < len(absent) < len(expected) / 2:
            told = f"{len(absent)} gemeenten ontbreken: {', '.join(absent[:8])}"
            broken.append(("warning", "incomplete", group.head(1).assign(nis=FLANDERS), told))
    return tuple(sorted(set(places.findings(broken))))
