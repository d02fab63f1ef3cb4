"""A file read as its shape says: figures, counts or context, and a table of refused rows. Nothing is written.

Downloaded or handed over, today or when an edition is made again: the same bytes, shape and options give the same
result. A row that cannot be used is in ``refused`` with its place; a file that cannot be read is an error.
"""

from __future__ import annotations

import datetime as dt
import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lekp_lib.data.cells import CellError, key, parse_date, parse_number, tidy
from lekp_lib.data.content import ZIP, Content, read_content, refuse
from lekp_lib.data.places import place_rows
from lekp_lib.data.rows import REFUSED, Rows, read_rows
from lekp_lib.data.schema import COUNT_YIELDS, FileShape, find_shape
from lekp_lib.data.tables import Sheet, csv_sheet, json_sheet
from lekp_lib.data.workbook import workbook_sheets
from lekp_lib.errors import CatalogError
from lekp_lib.pact import Catalog, Kind, load_catalog
from lekp_lib.pact.models import SubIndicator, Unit
from lekp_lib.pact.yaml_files import read_yaml
from lekp_lib.register import CountFact, Register, load_register

OPTIONS = {
    "datum": "de datum van de cijfers, als het bestand die niet zegt",
    "grenzen": "een bestand met de grenzen van de gemeenten, voor bestanden met punten",
    "onvolledig": "'ja' leest één pagina van een langer antwoord alsof ze het geheel is",
}
FIGURES = (
    "target_id", "indicator", "nis", "reference_date", "value", "status", "source_id", "measure", "date_precision",
    "retrieved", "url", "since", "base_year", "remark", "original", "correction_note",
)  # fmt: skip
COUNTS = ("nis", "kind", "date", "value", "source")
ZERO, NOT_REGISTERED, FINAL = "nul", "niet_geregistreerd", "definitief"
STATUSES = (FINAL, "voorlopig", "geschat", "gecorrigeerd", "voorbeeld")
REALISED, LEVEL, SHARE = "gerealiseerd", "doel", "procent_van_doel"
YES_NO = {"ja": 1.0, "nee": 0.0, "1": 1.0, "0": 0.0, "yes": 1.0, "no": 0.0, "waar": 1.0, "onwaar": 0.0}
SHARE_WORDS = ("percent_of_target", "% van doel", "% van het doel", "procent van doel", "procent_van_doel")
ANY_COUNT = ("stuks", "stuk", "aantal", "st", "#")
TOTAL_WORDS = ("", "totaal", "total", "tot", "alle")


@dataclass
class ReadResult:
    """What a file gave.

    Attributes
    ----------
    figures
        Figures of targets, with the columns of the figures of an edition.
    counts
        Columns ``nis``, ``kind``, ``date``, ``value``, ``source``: inhabitants, *wooneenheden* or households.
    context
        Columns ``nis``, ``name``, ``date``, then those that the shape names.
    levels
        Target levels that the file states: never figures, but a check on denominators.
    refused
        Columns file, row, cell, found, expected, advice: rows of which nothing is in the other tables.
    notes
        What was left out on purpose, with its number of rows and reason.
    unused
        Options that the file has no use for, with the reason.
    rows
        Number of rows of data in the file.
    """

    figures: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(FIGURES)))
    counts: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(COUNTS)))
    context: pd.DataFrame = field(default_factory=pd.DataFrame)
    levels: pd.DataFrame = field(default_factory=pd.DataFrame)
    refused: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=list(REFUSED)))
    notes: list[str] = field(default_factory=list)
    unused: dict[str, str] = field(default_factory=dict)
    rows: int = 0

    @property
    def count_facts(self) -> tuple[CountFact, ...]:
        """The counts as the register takes them."""
        return tuple(CountFact(*row) for row in self.counts.itertuples(index=False, name=None))


@cache
def units() -> dict[str, dict[str, Any]]:
    """Ways to write a unit, factors of other units to it, and the most that a municipality can have of it."""
    found: dict[str, dict[str, Any]] = read_yaml(Path(__file__).with_name("eenheden.yaml")).data
    return found


def _in_unit(value: float, unit: Unit, written: str) -> float:
    """Value in the unit of the catalogue, exact: 7,4 km is 7400 m."""
    declared = units().get(unit.symbol, {})
    own = {key(unit.symbol), key(unit.singular), key(unit.plural), *declared.get("also", ())}
    if not written or written in own or (unit.counted and written in ANY_COUNT):
        return value
    factors = declared.get("factors", {})
    if written not in factors:
        known = ", ".join([unit.symbol, *factors])
        raise CellError(f"de eenheid {known}", "Reken het cijfer om, of laat de eenheid leeg.", "unit")
    return float(Decimal(repr(value)) * Decimal(str(factors[written])))


def _with_target(rows: Rows, catalog: Catalog) -> dict[tuple[str, str], SubIndicator]:
    """Fill ``@target`` and ``@indicator``."""
    by_name = {key(text): target.id for target in catalog.measured for text in (target.name, target.short_name)}
    subs = {(target.id, sub.id): sub for target in catalog.measured for sub in target.indicators}

    def target(text: str) -> str:
        try:
            return by_name.get(key(text)) or catalog.target(key(text)).id
        except CatalogError as error:
            known = ", ".join(target.id for target in catalog.measured)
            hint = re.search(r"'([^']+)'\?", str(error))
            raise CellError(f"een doel: {known}", f"Bedoelt u {hint.group(1)}?" if hint else "") from error

    def indicator(target_id: str, text: str, kind: str) -> str:
        of_target = catalog.target(target_id).indicators
        # A stated level is of the target as a whole, whatever the file calls it.
        if not text or key(kind) == LEVEL:
            return of_target[0].id
        for sub in of_target:
            if key(text) in (key(sub.id), key(sub.label)):
                return sub.id
        raise CellError(f"een cijfer van {target_id}: {', '.join(sub.id for sub in of_target)}")

    rows.understand("@target", ["target_id"], target)
    rows.understand("@indicator", ["@target", "indicator", "kind"], indicator, at="indicator")
    return subs


def _stated_levels(rows: Rows, shape: FileShape) -> pd.DataFrame:
    """Target levels that the file states beside its figures; what is no number there is no mistake of a figure."""

    def number(text: str) -> float:
        try:
            return parse_number(text, shape.decimal)
        except CellError:
            return 0.0

    frame = rows.frame
    stated = frame["value"].where(frame["kind"].map(key).eq(LEVEL), frame["level"])
    stated = stated[stated.ne("")].map(number).astype(float)
    columns = {"@nis": "nis", "@target": "target_id", "@indicator": "indicator", "@date": "reference_date"}
    levels = frame.loc[stated.index[stated > 0], list(columns)].rename(columns=columns)
    return levels.assign(value=stated).reset_index(drop=True)


def _with_value(rows: Rows, shape: FileShape, catalog: Catalog, subs: dict[tuple[str, str], SubIndicator]) -> None:
    """Fill ``@value`` (in the unit of the catalogue), ``@status`` and ``@share``; no figure is no row."""

    def meaning(text: str, target_id: str, indicator: str, unit: str, kind: str, status: str) -> Any:
        unit, kind, status = key(unit), key(kind) or REALISED, key(status)
        if kind == LEVEL or (not text and status not in (ZERO, NOT_REGISTERED)):
            return None
        if status == NOT_REGISTERED and text.strip("0,."):
            raise CellError(f"een lege cel, want de status is {NOT_REGISTERED}")
        if status == NOT_REGISTERED:
            return None if shape.sum else (math.nan, status, False)
        if kind not in (REALISED, SHARE):
            raise CellError(f"de soort {REALISED}, {LEVEL} of {SHARE}", field="kind")
        share, sub = kind == SHARE or unit in SHARE_WORDS, subs[target_id, indicator]
        in_percent = share or sub.unit.symbol.startswith("%")
        if catalog.target(target_id).kind is Kind.YES_NO and not share:
            if key(text or "0") not in YES_NO:
                raise CellError("ja of nee")
            value = YES_NO[key(text or "0")]
        elif text.endswith("%") and not in_percent:
            raise CellError(f"een cijfer in {sub.unit.symbol}", "De cel is opgemaakt als percentage.")
        else:
            value = parse_number(text.rstrip("% \u00a0") or "0", shape.decimal)
            value = value if share else _in_unit(value, sub.unit, unit)
        if value == 0 and not status:
            expected = f"een status naast een nul: {ZERO} of {NOT_REGISTERED}"
            raise CellError(expected, "Nul is iets anders dan niet geregistreerd.")
        if status == ZERO and value != 0:
            raise CellError(f"nul, want de status is {ZERO}")
        if status not in ("", ZERO, *STATUSES):
            raise CellError(f"een status: {', '.join((ZERO, NOT_REGISTERED, *STATUSES))}", field="status")
        return value, FINAL if status in ("", ZERO) else status, share

    rows.understand("@meaning", ["value", "@target", "@indicator", "unit", "kind", "status"], meaning, at="value")
    rows.leave_out(rows.frame["@meaning"].isna(), "geen cijfer (leeg of een doelniveau)")
    parts = {name: rows.frame["@meaning"].str[number] for number, name in enumerate(("@value", "@status", "@share"))}
    rows.frame = rows.frame.assign(**parts)


def _figures(rows: Rows, shape: FileShape, catalog: Catalog, url: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Figures of targets, and the levels that the file states."""
    sources = {key(text): source.id for source in catalog.sources.values() for text in (source.id, source.name)}

    def source(text: str) -> str:
        if text and key(text) not in sources:
            known = ", ".join(sorted(catalog.sources))
            raise CellError(f"een bron: {known}", "Zet een document in de opmerking.")
        return sources[key(text)] if text else shape.source

    def link(text: str) -> str:
        if text and not text.startswith(("https://", "http://")):
            raise CellError("een adres dat begint met https://")
        return tidy(text) or url

    def day(text: str) -> dt.date | None:
        return parse_date(text)[0] if text else None

    subs = _with_target(rows, catalog)
    levels = _stated_levels(rows, shape)
    _with_value(rows, shape, catalog, subs)
    for name, parse in {"source_id": source, "url": link, "remark": tidy, "since": day, "base_year": day}.items():
        rows.understand(f"@{name}", [name], parse)
    frame = rows.frame
    if nothing := int(frame["@status"].eq(NOT_REGISTERED).sum()):
        rows.notes.append(f"{nothing} {'rij zegt' if nothing == 1 else 'rijen zeggen'} dat er niets geregistreerd is")
    found = pd.DataFrame(
        {
            "target_id": frame["@target"],
            "indicator": frame["@indicator"],
            "nis": frame["@nis"],
            "reference_date": frame["@date"],
            "value": frame["@value"].astype(float),
            "status": frame["@status"],
            "source_id": frame["@source_id"],
            "measure": frame["@share"].map({True: "aandeel_pct", False: "stand"}),
            "date_precision": frame["@precision"],
            "url": frame["@url"],
            "since": frame["@since"],
            "base_year": [date.year if date else None for date in frame["@base_year"]],
            "remark": frame["@remark"],
        }
    )
    if shape.sum:
        kept = _parts_only(rows, shape, {"@value": found["value"]}, ["@target", "@indicator", "@share"])
        found = found.loc[kept]
        keys = ["nis", "target_id", "indicator", "reference_date", "measure"]
        totals = found.groupby(keys, sort=False)["value"].transform("sum")
        found = found.assign(value=totals).drop_duplicates(keys)
    return found.reset_index(drop=True), levels


def _parts_only(rows: Rows, shape: FileShape, amounts: dict[str, pd.Series], more: list[str]) -> pd.Index:
    """Rows that are parts; totals are compared with the sum of their parts, told when they differ, and never added."""
    frame = rows.frame.assign(**amounts)
    dimensions = [f"@part{number}" for number in range(len(shape.parts)) if f"@part{number}" in frame]
    if not dimensions or frame.empty:
        return frame.index
    keys, names = ["@place", "@date", *more], list(amounts)
    field = names[0].removeprefix("@")
    filled = ~frame[dimensions].map(key).isin(TOTAL_WORDS)
    empty = (~filled).sum(axis=1)
    total = empty > empty.groupby([frame[name] for name in keys]).transform("min")
    parts = frame[~total]
    expected = "elk deel één keer"
    rows.refuse_where(
        frame.index.to_series().isin(parts.index[parts.duplicated([*keys, *dimensions])]), field, expected
    )
    errors = {}
    for pattern, block in frame[total].groupby(filled.apply(tuple, axis=1)):
        there: Any = pattern
        shared = [*keys, *(name for name, known in zip(dimensions, there, strict=True) if known)]
        sums = parts.groupby(shared)[names].sum().reset_index()
        beside = block[shared].merge(sums, on=shared, how="left").set_index(block.index)
        same = np.isclose(block[names].astype(float), beside[names], rtol=1e-9, equal_nan=True).all(axis=1)
        for index in block[~same].index:
            told = " en ".join(f"{value:.12g}" for value in beside.loc[index, names])
            advice = "Het totaal verschilt van zijn delen; vraag na wat juist is."
            errors[index] = CellError(f"de som van de delen, {told}", advice)
    rows.refuse(pd.Series(errors, dtype=object), field)
    read = total.drop(index=list(errors))
    rows.leave_out(read.reindex(rows.frame.index), "totalen, vergeleken met hun delen en niet meegeteld")
    return rows.frame.index


def _counts(rows: Rows, shape: FileShape, label: str) -> pd.DataFrame:
    """Inhabitants, dwellings or households."""
    if shape.sum and shape.missing_in_sum == "weigeren":
        advice = "Een som waarvan een deel ontbreekt, is niet bekend."
        rows.refuse_where(rows.frame["value"].eq(""), "value", "een waarde", advice)
    rows.leave_out(rows.frame["value"].eq(""), "geen cijfer (leeg of als ontbrekend gemerkt)")
    rows.understand("@value", ["value"], lambda text: parse_number(text, shape.decimal))
    value = rows.frame["@value"].astype(float)
    rows.frame = rows.frame.assign(**{"@value": value})
    rows.refuse_where((value < 0) | (~shape.sum & (value % 1 != 0)), "value", "een geheel getal van nul of meer")
    if shape.sum:
        _parts_only(rows, shape, {"@value": rows.frame["@value"]}, [])
    found: Any = rows.frame[["@nis", "@date", "@value"]].set_axis(["nis", "date", "value"], axis=1)
    if shape.sum:
        found = found.groupby(["nis", "date"], as_index=False)["value"].sum()
    days = {
        day: f"1 januari {day.year}" if (day.month, day.day) == (1, 1) else f"{day.day}/{day.month}/{day.year}"
        for day in found["date"].unique()
    }
    labels = [f"{label}, {shape.yields} op {days[day]}" for day in found["date"]]
    found = found.assign(kind=shape.yields, value=found["value"].round().astype(int), source=labels)
    return pd.DataFrame(found[list(COUNTS)]).reset_index(drop=True)


def _context(rows: Rows, shape: FileShape, register: Register) -> pd.DataFrame:
    """Other figures than those of targets, with the columns that the shape names."""
    for name in shape.numbers:
        rows.understand(f"@{name}", [name], lambda text: parse_number(text, shape.decimal) if text else None)
    numbers = {name: rows.frame[f"@{name}"].astype(float) for name in shape.numbers}
    if shape.sum:
        _parts_only(rows, shape, numbers, list(shape.texts))
    kept = rows.frame.index
    columns = {"nis": rows.frame["@nis"], "date": rows.frame["@date"]}
    columns |= {name: rows.frame[name].map(tidy) for name in shape.texts}
    found = pd.DataFrame({**columns, **{name: amount.loc[kept] for name, amount in numbers.items()}})
    if shape.sum:
        # A sum with a missing part is missing, unless the provider leaves zeros out.
        groups: Any = found.groupby(["nis", "date", *shape.texts], as_index=False)[list(shape.numbers)]
        found = groups.sum(skipna=shape.missing_in_sum == "nul")
        if lost := int(found[list(shape.numbers)].isna().any(axis=1).sum()):
            rows.notes.append(f"{lost} sommen zijn niet bekend omdat een deel ontbreekt")
    names = {nis: register.successor(nis, dt.date(2025, 1, 1)).name for nis in found["nis"].unique()}
    found.insert(1, "name", found["nis"].map(names))
    return found.reset_index(drop=True)


def _weighed(rows: Rows, shape: FileShape, catalog: Catalog, url: str) -> pd.DataFrame:
    """Things counted and weighed per municipality: the whole, each part, and the same weighed; unrounded."""
    assert shape.weighing is not None
    target = catalog.target(shape.weighing.target_id)
    rule = target.weight_rule
    if rule is None:
        raise CatalogError(f"vormen/{shape.id}.yaml: {target.id} heeft geen weight_rule in doelen/{target.id}.yaml")
    parts = {key(text): part for text, part in shape.weighing.parts.items()}
    low, high = dict(shape.bounds).get("amount", (0.0, float("inf")))

    def amount(text: str) -> float:
        value = parse_number(text, shape.decimal) if text else 0.0
        if value <= 0:
            raise CellError("een getal boven nul", "Een onbekend vermogen is geen laag vermogen.")
        if not low <= value <= high:
            raise CellError(f"een getal van {low:g} tot {high:g}", "Staat het in een andere eenheid, zoals watt?")
        return value

    def part(text: str) -> str:
        if key(text) not in parts:
            raise CellError(f"een van {', '.join(parts)}")
        return parts[key(text)]

    again = rows.frame["key"].ne("") & rows.frame["key"].duplicated()
    rows.refuse_where(again, "key", "elk ding één keer", "Dezelfde sleutel staat hoger: overlappen de pagina's?")
    rows.understand("@amount", ["amount"], amount)
    rows.understand("@part", ["part"], part)
    rows.understand("@weight", ["@amount", "@part"], rule.equivalents, at="amount")
    frame = rows.frame.assign(one=1.0, weight=rows.frame["@weight"].astype(float))
    # Who has points of one part only has zero of the other: here zero is known, not missing.
    sums: Any = frame.pivot_table(["one", "weight"], ["@nis", "@date"], "@part", aggfunc="sum", fill_value=0.0)
    sums = sums.reindex(columns=pd.MultiIndex.from_product([["one", "weight"], rule.part_factors]), fill_value=0.0)
    columns = {rule.counted: sums["one"].sum(axis=1), rule.result: sums["weight"].sum(axis=1)}
    for name in rule.part_factors:
        columns |= {name: sums["one", name], f"{rule.result}_{name}": sums["weight", name]}
    declared = {sub.id for sub in target.indicators}
    long = pd.DataFrame({name: amounts for name, amounts in columns.items() if name in declared})
    long = long.melt(var_name="indicator", ignore_index=False).reset_index()
    precision = long["@date"].map(dict(zip(frame["@date"], frame["@precision"], strict=True)))
    same = {"target_id": target.id, "measure": "stand", "status": FINAL, "source_id": shape.source, "url": url}
    return long.rename(columns={"@nis": "nis", "@date": "reference_date"}).assign(
        date_precision=precision, **same, remark="", since=None, base_year=None
    )


def _sheets(content: Content, shape: FileShape, options: Mapping[str, str]) -> Iterator[Sheet]:
    """The tables of a file, by what its bytes are and not by its name."""
    first = content.data.removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    kind = "xlsx" if content.data.startswith(ZIP) else "json" if first in (b"{", b"[") else "csv"
    if kind not in [one.replace("geojson", "json") for one in shape.formats]:
        found = {"xlsx": "een werkmap of zip", "csv": "tekst"}.get(kind, kind)
        raise refuse(content.name, found, " of ".join(shape.formats), "Kies een ander bestand of een andere --as.")
    if kind == "xlsx":
        yield from workbook_sheets(content, shape)
    elif kind == "json":
        yield json_sheet(content, shape, partial=options.get("onvolledig") == "ja")
    else:
        yield csv_sheet(content, shape)


def _file_date(rows: Rows, shape: FileShape, option: str | None) -> str:
    """Date of a file without a date column: from the user, the shape or the name of the file (and of its member)."""
    found = re.findall(shape.when.file_name, rows.file) if shape.when.file_name else []
    if len(set(found)) > 1 and not option:
        told = " en ".join(dict.fromkeys(found))
        raise refuse(rows.file, f"de datums {told} in één naam", "één datum", "Zeg welke het is: --option datum=…")
    text = option or (shape.when.fixed and shape.when.fixed.isoformat()) or next(iter(found), None)
    if text is None:
        advice = "Zeg van welke datum de cijfers zijn: --option datum=2025-12-31."
        raise refuse(rows.file, "geen datum", "een datum voor de cijfers van dit bestand", advice)
    try:
        parse_date(text, shape.when.year_is)
    except CellError as error:
        raise refuse(f"{rows.file}: datum", repr(text), error.expected, error.advice) from error
    if option and found and option[:4] != found[0][:4]:
        rows.notes.append(f"de datum {option} van --option telt, niet de {found[0]} in de naam van het bestand")
    return text


def _unused(rows: Rows, shape: FileShape, options: Mapping[str, str], kind: str) -> dict[str, str]:
    """Options that change nothing for this file: whoever gave them expects something else."""
    reasons = {
        "datum": "het bestand heeft zelf een datum in elke rij" if rows.dated else "",
        "grenzen": "deze vorm kent geen coördinaten" if shape.place.by != "punt" else "",
        "onvolledig": "alleen antwoorden in json hebben pagina's" if kind != "json" else "",
    }
    return {name: reasons[name] for name in options if reasons.get(name)}


def read_file(
    source: Path | bytes,
    shape: FileShape,
    catalog: Catalog,
    register: Register,
    *,
    options: Mapping[str, str] | None = None,
    name: str = "",
    url: str = "",
    retrieved: dt.date | None = None,
) -> ReadResult:
    """Figures, counts or context of one file.

    Parameters
    ----------
    source
        A file or its bytes.
    shape
        How to read it.
    catalog, register
        What targets and municipalities there are.
    options
        What the file does not tell; see :data:`OPTIONS`.
    name
        Name of the file, for messages and dates in names; needed for bytes.
    url
        Address of the file; goes with every figure that has no address of its own.
    retrieved
        Day on which the file came in; goes with every figure.

    Returns
    -------
    ReadResult

    Raises
    ------
    ImportProblems
        When the file as a whole cannot be read: all reasons of one kind at once.
    """
    given = dict(options or {})
    if unknown := sorted(set(given) - set(OPTIONS)):
        known = "; ".join(f"{name} ({text})" for name, text in OPTIONS.items())
        raise refuse("--option", ", ".join(unknown), f"een van {known}")
    content = read_content(source, name, shape.zip_member)
    sheets = list(_sheets(content, shape, given))
    rows = read_rows(content.name, sheets, shape)
    if not rows.count:
        raise refuse(content.name, "een kop zonder rijen", "minstens één rij", "Een leeg bestand is geen cijfer nul.")
    result = ReadResult(rows=rows.count, unused=_unused(rows, shape, given, sheets[0].kind))
    if not rows.dated:
        rows.frame = rows.frame.assign(date=_file_date(rows, shape, given.get("datum")))
    rows.understand("@when", ["date"], lambda text: parse_date(text, shape.when.year_is))
    rows.frame = rows.frame.assign(**{"@date": rows.frame["@when"].str[0], "@precision": rows.frame["@when"].str[1]})
    place_rows(rows, shape, register, Path(given["grenzen"]) if "grenzen" in given else None)
    if shape.weighing is not None:
        result.figures = _weighed(rows, shape, catalog, url)
    elif shape.yields == "context":
        result.context = _context(rows, shape, register)
    elif shape.yields in COUNT_YIELDS:
        result.counts = _counts(rows, shape, catalog.source(shape.source).name)
    else:
        result.figures, result.levels = _figures(rows, shape, catalog, url)
    extra = {"retrieved": retrieved, "original": None, "correction_note": ""}
    result.figures = result.figures.assign(**extra)[list(FIGURES)]
    result.refused, result.notes = rows.refusals(), rows.notes
    return result


def packaged_figures(name: str, shape_id: str) -> pd.DataFrame:
    """Figures that ship with the package in ``cijfers/``, read by a declared shape."""
    path = Path(__file__).parent / "cijfers" / name
    return read_file(path, find_shape(shape_id), load_catalog(), load_register()).figures
