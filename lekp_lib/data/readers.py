"""A file read as its shape says: figures, counts or context, and a table of refused rows. Nothing is written.

Downloaded or handed over, today or when an edition is made again: the same bytes, shape and options give the same
result. A row that cannot be used is in ``refused`` with its place; a file that cannot be read is an error.
"""

import datetime as dt
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from itertools import islice
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from lekp_lib.data import cells
from lekp_lib.data.cells import CellError, expect, key, parse_date, parse_number, refuse, refuse_if, tidy
from lekp_lib.data.places import OUTSIDE, Finder, codes_of_points
from lekp_lib.data.schema import FileShape, Weighing
from lekp_lib.data.workbook import refuse_merged, workbook_sheets
from lekp_lib.errors import CatalogError
from lekp_lib.pact import Catalog
from lekp_lib.register import FIRST_DAY, Register

OPTIONS = {
    "datum": "de datum van de cijfers, als het bestand die niet zegt",
    "grenzen": "een bestand met de grenzen van de gemeenten, voor bestanden met punten",
    "onvolledig": "'ja' leest één pagina van een langer antwoord alsof ze het geheel is",
}
FIGURES = (
    "target_id", "indicator", "nis", "reference_date", "value", "status", "source_id", "measure", "date_precision",
    "retrieved", "url", "since", "base_year", "remark", "original", "correction_note",
)  # fmt: skip
COUNTS = ["nis", "kind", "date", "value", "source"]
REFUSED = ["file", "row", "cell", "found", "expected", "advice"]
ZERO, NOT_REGISTERED, FINAL = "nul", "niet_geregistreerd", "definitief"
STATUSES = (FINAL, "voorlopig", "geschat", "gecorrigeerd", "voorbeeld")
REALISED, LEVEL, SHARE = "gerealiseerd", "doel", "procent_van_doel"
YES_NO = {"ja": 1.0, "nee": 0.0, "1": 1.0, "0": 0.0, "yes": 1.0, "no": 0.0, "waar": 1.0, "onwaar": 0.0}
SHARE_WORDS = ("percent_of_target", "% van doel", "% van het doel", "procent van doel", "procent_van_doel")
ANY_COUNT = ("stuks", "stuk", "aantal", "st", "#")
TOTAL_WORDS = ("", "totaal", "total", "tot", "alle")
NO_FIGURE = "geen cijfer (leeg of een doelniveau)"
#: Rows that are taken in together: those that a filter leaves out do not stay in memory.
CHUNK = 10_000


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
    counts: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=COUNTS))
    context: pd.DataFrame = field(default_factory=pd.DataFrame)
    levels: pd.DataFrame = field(default_factory=pd.DataFrame)
    refused: pd.DataFrame = field(default_factory=lambda: pd.DataFrame(columns=REFUSED))
    notes: list[str] = field(default_factory=list)
    unused: dict[str, str] = field(default_factory=dict)
    rows: int = 0


@dataclass
class Rows:
    """Rows under way from texts to meaning, from which a row goes in two ways only: refused or left out.

    ``frame`` has texts in columns named after fields, meanings in columns that begin with ``@``; ``cells`` says per
    sheet and field what stands before and after the number of a row in the name of a cell.
    """

    file: str
    frame: pd.DataFrame = field(default_factory=pd.DataFrame)
    cells: dict[tuple[str, str], tuple[str, str]] = field(default_factory=dict)
    count: int = 0
    crs: str = ""
    refused: list[tuple[Any, ...]] = field(default_factory=list)
    left_out: Counter[str] = field(default_factory=Counter)
    notes: list[str] = field(default_factory=list)

    def texts(self, name: str) -> pd.Series:
        """Texts of a field; empty where the file has no column for it."""
        return pd.Series(self.frame.get(name, ""), index=self.frame.index)

    def refuse(self, errors: pd.Series, name: str) -> None:
        """Take rows out, each with its reason: a Series of :class:`CellError` by row."""
        lost = self.frame.loc[errors.index, ["@sheet", "@row", "@column"]].to_numpy().tolist()
        for (sheet, row, column), text, error in zip(lost, self.texts(name).loc[errors.index], errors, strict=True):
            around = self.cells.get((sheet, column if name == "value" else name)) or self.cells[sheet, ""]
            found = repr(text[:60]) if text else "een lege cel"
            self.refused.append((self.file, row, str(row).join(around), found, error.expected, error.advice))
        self.frame = self.frame.drop(index=errors.index) if lost else self.frame

    def refuse_where(self, mask: pd.Series, name: str, expected: str, advice: str = "") -> None:
        """Take rows out for one reason."""
        self.refuse(pd.Series(CellError(expected, advice), index=mask.index[mask], dtype=object), name)

    def leave_out(self, mask: pd.Series, reason: str) -> None:
        """Take rows out by a declared rule, and count them."""
        self.left_out[reason] += int(mask.sum())
        self.frame = self.frame[~mask] if mask.any() else self.frame

    def understand(self, into: str, names: list[str], parse: Callable[..., Any], at: str = "") -> None:
        """Fill ``into`` with the meaning of some columns; every different combination is understood once."""
        texts = pd.DataFrame({name: self.texts(name) for name in names})
        places, meanings = texts.groupby(names, sort=False, dropna=False).ngroup(), list[Any]()
        for one in texts[~places.duplicated()].itertuples(index=False, name=None):
            try:
                meanings.append(parse(*one))
            except CellError as error:
                meanings.append(error)
        found = pd.Series(meanings, dtype=object).reindex(places).set_axis(self.frame.index)
        self.frame = self.frame.assign(**{into: found})
        wrong = pd.Series([isinstance(one, CellError) for one in meanings], dtype=bool).reindex(places).to_numpy()
        self.refuse(found[wrong], at or names[0])

    def choose(self, into: str, name: str, known: Mapping[str, Any], what: str, advice: str = "") -> None:
        """Fill ``into`` with what a word means; another word is refused, with the nearest known one as advice."""

        def meaning(text: str) -> Any:
            if key(text) not in known:
                near = [] if advice else get_close_matches(key(text), known, n=1, cutoff=0.75)
                raise CellError(what, f"Bedoelt u {near[0]}?" if near else advice)
            return known[key(text)]

        self.understand(into, [name], meaning)

    def numbers(self, names: Iterable[str], decimal: str) -> None:
        """Fill columns with the numbers of texts; an empty text is missing."""
        for name in names:
            self.understand(f"@{name}", [name], lambda text: parse_number(text, decimal) if text else np.nan)
        self.frame = self.frame.astype({f"@{name}": float for name in names})


# --- from sheets to rows of texts ----------------------------------------------------------------------------------


def _sheets(content: cells.Content, shape: FileShape, options: Mapping[str, str]) -> Iterator[cells.Sheet]:
    """The tables of a file, by what its bytes are and not by its name."""
    first = content.data[:100].removeprefix(b"\xef\xbb\xbf").lstrip()[:1]
    kind = "xlsx" if content.data.startswith(cells.ZIP) else "json" if first in (b"{", b"[") else "csv"
    found = {"xlsx": "een werkmap of zip", "csv": "tekst"}.get(kind, kind)
    other = kind not in [one.replace("geojson", "json") for one in shape.formats]
    refuse_if(other, content.name, found, " of ".join(shape.formats), "Kies een ander bestand of een andere --as.")
    if kind == "xlsx":
        yield from workbook_sheets(content, shape)
    elif kind == "json":
        yield cells.json_sheet(content, shape, partial=options.get("onvolledig") == "ja")
    else:
        yield cells.csv_sheet(content, shape)


def _taken_in(frame: pd.DataFrame, shape: FileShape, wide: pd.DataFrame, rows: Rows) -> pd.DataFrame:
    """Rows that the filters let through, cleaned; one row per figure where the file has several in a row."""
    rows.count += len(frame)
    for rule in shape.filters:
        texts = frame[f"filter {rule.column}"]
        fits = texts.isin([text for text in texts.unique() if rule.lets_through(text)])
        rows.left_out[rule.why] += int((~fits).sum())
        frame = frame[fits]
    frame = frame.drop(columns=[name for name in frame.columns if name.startswith("filter ")])
    frame = frame.replace(list(shape.sentinels), "")
    for name, pattern in ((name, cut) for name, cut in shape.cut.items() if name in frame.columns):
        frame[name] = [match.group() if (match := re.search(pattern, text)) else text for text in frame[name]]
    if wide.empty:
        return frame.assign(**{"@column": "value"})
    rest = [name for name in frame.columns if name not in wide.index]
    return frame.melt(rest, list(wide.index), "@column", "value").join(wide, on="@column")


def _sheet_rows(sheet: cells.Sheet, shape: FileShape, rows: Rows) -> Iterator[pd.DataFrame]:
    """Rows of one sheet by field, some at a time; tells ``rows`` how its cells are called."""
    line, header, below = cells.split_header(sheet, shape)
    refuse_merged(sheet, line)
    found = {name: cells.positions_of(header, names) for name, names in shape.accepted.items()}
    positions = {name: places[0] for name, places in found.items() if places}
    # A geometry goes before the coordinates in the columns beside it.
    doubles = {name: at for name, at in found.items() if len(at) > 1 and not header[at[0]].startswith("@")}
    pattern = re.compile(shape.wide.columns if shape.wide else "(?!)")
    groups = {
        f"@wide{place}": match.groupdict(default="")
        for place, name in enumerate(header)
        if place not in positions.values() and (match := pattern.fullmatch(name))
    }
    positions |= {name: int(name.removeprefix("@wide")) for name in groups}
    rows.cells |= {(sheet.title, name): sheet.cell(header, place) for name, place in positions.items()}
    rows.cells[sheet.title, ""] = sheet.cell(header, None)
    title = re.fullmatch(shape.sheet or ".*", sheet.title.strip(), re.IGNORECASE)
    of_sheet = {"@sheet": sheet.title} | (title.groupdict() if title else {})
    wide, lines = pd.DataFrame.from_dict(groups, orient="index"), cells.whole_rows(sheet, header, below, doubles)
    places = list(positions.values())
    while chunk := [(number, *[row[at].strip() for at in places]) for number, row in islice(lines, CHUNK)]:
        frame = pd.DataFrame(chunk, columns=["@row", *positions]).astype(dict.fromkeys(positions, str))
        yield _taken_in(frame, shape, wide, rows).assign(**of_sheet)


def read_rows(file: str, sheets: Iterable[cells.Sheet], shape: FileShape) -> Rows:
    """Rows of all sheets: filtered, without sentinels, with constants and declared words; texts all of them."""
    rows, frames = Rows(file), list[pd.DataFrame]()
    for sheet in sheets:
        frames += _sheet_rows(sheet, shape, rows)
        rows.notes += sheet.notes
        rows.crs = rows.crs or sheet.crs
    refuse_if(not frames, file, "een kop zonder rijen", "minstens één rij", "Een leeg bestand is geen cijfer nul.")
    rows.frame = pd.concat(frames, ignore_index=True).fillna("").assign(**shape.constants)
    for name, words in shape.words.items():
        meaning = {key(text): word for text, word in words.items()}
        rows.understand(name, [name], lambda text, meaning=meaning: meaning.get(key(text), text))
    return rows


# --- the municipality of a row -------------------------------------------------------------------------------------


def _with_points(rows: Rows, boundaries: Path) -> None:
    """Put the code around each point in ``@place``; a point that lies in none keeps its name."""
    advice = "Laat zonder coördinaten --option grenzen weg; dan telt de naam."
    none = not (rows.texts("lon") + rows.texts("lat")).any()
    refuse_if(none, rows.file, "geen enkele rij met coördinaten", "punten met coördinaten", advice)
    for name in ("lon", "lat"):
        rows.refuse_where(rows.texts(name).eq(""), name, "een punt met coördinaten", advice)
        rows.understand(f"@{name}", [name], lambda text: parse_number(text.replace(",", "."), "."))
    codes = codes_of_points(rows.file, rows.frame[["@lon", "@lat"]], rows.crs, boundaries)
    if outside := int(codes.isna().sum()):
        told = "punten liggen" if outside > 1 else "punt ligt"
        rows.notes.append(f"{outside} {told} in geen enkele gemeente van de grenzen; daar telt de naam")
    rows.frame = rows.frame.assign(**{"@place": codes.fillna(rows.texts("name"))})


def _with_place(rows: Rows, shape: FileShape, register: Register, boundaries: str | None) -> None:
    """Fill ``@nis``; rows outside Flanders go as the shape says."""
    finder, rule = Finder(register, shape.place), shape.place
    known = " of ".join(filter(None, finder.editions))
    rows.choose("@edition", "edition", finder.editions, f"een editie van codes: {known}", "Of laat de cel leeg.")
    rows.understand("@day", ["@reference_date", "@edition"], finder.day)
    if rule.own_edition_only:
        other = rows.frame["@day"].ge(FIRST_DAY[2025]) != rows.frame["@reference_date"].ge(FIRST_DAY[2025])
        rows.leave_out(other.astype(bool), "cijfers die herrekend zijn naar de grenzen van een andere datum")
    name = "nis" if rule.by == "nis" else "name"
    rows.frame = rows.frame.assign(**{"@place": rows.texts(name)})
    if rule.by == "punt" and boundaries is not None:
        _with_points(rows, Path(boundaries))
    rows.understand("@nis", ["@place", "@day"], finder.find, at=name)
    if rule.by == "nis":
        rows.understand("@nis", ["@nis", "name", "@day"], finder.agree, at="nis")
    rows.leave_out(rows.frame["@nis"].eq(OUTSIDE), "plaatsen buiten Vlaanderen")


# --- figures, counts and context -----------------------------------------------------------------------------------


def _with_target(rows: Rows, catalog: Catalog) -> None:
    """Fill ``@target_id`` and ``@indicator``."""
    targets, known = catalog.measured, ", ".join(target.id for target in catalog.measured)
    names = {key(text): one.id for one in targets for text in (one.id, one.name, one.short_name)}

    def indicator(target_id: str, text: str, kind: str) -> str:
        of_target = catalog.target(target_id).indicators
        words = {key(word): sub.id for sub in of_target for word in (sub.label, sub.id)} | {"": of_target[0].id}
        # A stated level is of the target as a whole, whatever the file calls it.
        word = "" if kind == LEVEL else key(text)
        expect(word in words, f"een cijfer van {target_id}: {', '.join(sub.id for sub in of_target)}")
        return words[word]

    for name in ("unit", "kind", "status"):
        rows.understand(f"@{name}", [name], key)
    rows.choose("@target_id", "target_id", names, f"een doel: {known}")
    rows.understand("@indicator", ["@target_id", "indicator", "@kind"], indicator, at="indicator")


def _stated_levels(rows: Rows, shape: FileShape) -> pd.DataFrame:
    """Target levels that the file states beside its figures; what is no number there is no mistake of a figure."""

    def number(text: str) -> float:
        try:
            return parse_number(text, shape.decimal)
        except CellError:
            return 0.0

    stated = rows.texts("value").where(rows.frame["@kind"].eq(LEVEL), rows.texts("level"))
    stated = stated[stated.ne("")].map(number).astype(float)
    stated, names = stated[stated > 0], ["nis", "target_id", "indicator", "reference_date"]
    levels = rows.frame.loc[stated.index, [f"@{name}" for name in names]].set_axis(names, axis=1)
    return levels.assign(value=stated).reset_index(drop=True)


def _with_value(rows: Rows, shape: FileShape, catalog: Catalog) -> None:
    """Fill ``@value`` (in the unit of the catalogue), ``@status`` and ``@measure``; no figure is no row."""
    unit_of = {(target.id, sub.id): sub.unit for target in catalog.measured for sub in target.indicators}
    yes_no = {target.id for target in catalog.measured if target.kind == "ja_nee"}

    def factor(target_id: str, indicator: str, written: str, measure: str) -> Decimal:
        """To the unit of the catalogue, exact: 7,4 km is 7400 m. Zero stands for yes or no."""
        expect(measure == "stand" or target_id not in yes_no, "ja of nee", "Een antwoord is geen deel van een doel.")
        if measure == "aandeel_pct" or target_id in yes_no:
            return Decimal(measure == "aandeel_pct")
        unit = unit_of[target_id, indicator]
        own = {"", *map(key, (unit.symbol, unit.singular, unit.plural)), *(ANY_COUNT if unit.counted else ())}
        factors = dict.fromkeys(own, 1) | {key(other): times for other, times in unit.factors.items()}
        known = ", ".join([unit.symbol, *(other for other, times in unit.factors.items() if times != 1)])
        expect(written in factors, f"de eenheid {known}", "Reken het cijfer om, of laat de eenheid leeg.")
        return Decimal(str(factors[written]))

    def value(text: str, target_id: str, indicator: str, measure: str, times: Decimal) -> float:
        text, symbol = text or "0", unit_of[target_id, indicator].symbol
        if not times:
            expect(key(text) in YES_NO, "ja of nee")
            return YES_NO[key(text)]
        percent = measure == "stand" and text.endswith("%") and not symbol.startswith("%")
        expect(not percent, f"een cijfer in {symbol}", "De cel is opgemaakt als percentage.")
        return float(Decimal(repr(parse_number(text.rstrip("% \u00a0"), shape.decimal))) * times)

    status, empty = rows.frame["@status"], rows.texts("value").eq("")
    absent = rows.frame["@kind"].eq(LEVEL) | (empty & ~status.isin((ZERO, NOT_REGISTERED)))
    rows.leave_out(absent, NO_FIGURE)
    filled = rows.frame["@status"].eq(NOT_REGISTERED) & rows.texts("value").str.strip("0,.").ne("")
    rows.refuse_where(filled, "value", f"een lege cel, want de status is {NOT_REGISTERED}")
    if shape.sum:
        rows.leave_out(rows.frame["@status"].eq(NOT_REGISTERED), NO_FIGURE)
    kinds = {name: name for name in (REALISED, LEVEL, SHARE)} | {"": REALISED}
    rows.choose("@kind", "kind", kinds, f"de soort {REALISED}, {LEVEL} of {SHARE}")
    words = (ZERO, NOT_REGISTERED, *STATUSES)
    rows.choose("@status", "status", {name: name for name in ("", *words)}, f"een status: {', '.join(words)}")
    unregistered = rows.frame["@status"].eq(NOT_REGISTERED)
    share = (rows.frame["@kind"].eq(SHARE) | rows.frame["@unit"].isin(SHARE_WORDS)) & ~unregistered
    rows.frame = rows.frame.assign(**{"@measure": share.map({True: "aandeel_pct", False: "stand"})})
    rows.understand("@times", ["@target_id", "@indicator", "@unit", "@measure"], factor, at="unit")
    rows.understand("@value", ["value", "@target_id", "@indicator", "@measure", "@times"], value)
    number, status = rows.frame["@value"].astype(float).mask(unregistered), rows.frame["@status"]
    rows.frame = rows.frame.assign(**{"@value": number, "@status": status.mask(status.isin(("", ZERO)), FINAL)})
    unsaid = f"een status naast een nul: {ZERO} of {NOT_REGISTERED}"
    rows.refuse_where(number.eq(0) & status.eq(""), "value", unsaid, "Nul is iets anders dan niet geregistreerd.")
    rows.refuse_where(number.ne(0) & status.eq(ZERO), "value", f"nul, want de status is {ZERO}")


def _figures(rows: Rows, shape: FileShape, catalog: Catalog, url: str) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Figures of targets, and the levels that the file states."""
    _with_target(rows, catalog)
    levels = _stated_levels(rows, shape)
    _with_value(rows, shape, catalog)
    sources = {key(text): source.id for source in catalog.sources.values() for text in (source.id, source.name)}
    expected = f"een bron: {', '.join(sorted(catalog.sources))}"
    rows.choose("@source_id", "source_id", sources | {"": shape.source}, expected, "Zet een document in de opmerking.")
    rows.refuse_where(~rows.texts("url").str.match("https?://|$"), "url", "een adres dat begint met https://")
    rows.understand("@url", ["url"], lambda text: tidy(text) or url)
    rows.understand("@remark", ["remark"], tidy)
    rows.understand("@since", ["since"], lambda text: parse_date(text)[0] if text else None)
    rows.understand("@base_year", ["base_year"], lambda text: parse_date(text)[0].year if text else None)
    if nothing := int(rows.frame["@status"].eq(NOT_REGISTERED).sum()):
        rows.notes.append(f"{nothing} {'rij zegt' if nothing == 1 else 'rijen zeggen'} dat er niets geregistreerd is")
    found = _summed(rows, shape, ["@value"], ["@target_id", "@indicator", "@measure"])
    return found.filter(like="@").rename(columns=lambda name: name.removeprefix("@")).filter(FIGURES), levels


def _without_totals(rows: Rows, amounts: list[str], keys: list[str], dimensions: list[str]) -> None:
    """Compare totals with the sum of their parts, tell when they differ, and leave them out."""
    frame, name, errors = rows.frame, amounts[0].removeprefix("@"), {}
    filled = ~frame[dimensions].map(key).isin(TOTAL_WORDS)
    count = filled.sum(axis=1)
    total = count < count.groupby([frame[column] for column in keys]).transform("max")
    parts = frame[~total]
    rows.refuse_where(parts.duplicated([*keys, *dimensions]), name, "elk deel één keer")
    for pattern in filled[total].drop_duplicates().to_numpy():
        block = frame[total & (filled == pattern).all(axis=1)]
        shared = [*keys, *np.array(dimensions)[pattern]]
        sums = block[shared].join(parts.groupby(shared)[amounts].sum(), on=shared)[amounts]
        same = np.isclose(block[amounts].astype(float), sums, rtol=1e-9, equal_nan=True).all(axis=1)
        for index, row in sums[~same].iterrows():
            told = " en ".join(f"{value:.12g}" for value in row)
            advice = "Het totaal verschilt van zijn delen; vraag na wat juist is."
            errors[index] = CellError(f"de som van de delen, {told}", advice)
    rows.refuse(pd.Series(errors, dtype=object), name)
    rows.leave_out(total.loc[rows.frame.index], "totalen, vergeleken met hun delen en niet meegeteld")


def _summed(rows: Rows, shape: FileShape, amounts: list[str], keys: list[str]) -> pd.DataFrame:
    """One row per municipality, date and keys where the shape says that rows are parts; else the rows as they are."""
    dimensions = [column for column in rows.frame.columns if column.startswith("deel ")]
    if dimensions and not rows.frame.empty:
        _without_totals(rows, amounts, ["@place", "@reference_date", *keys], dimensions)
    if not shape.sum:
        return rows.frame.reset_index(drop=True)
    keys = ["@nis", "@reference_date", *keys]
    # A sum with a missing part is missing, unless the provider leaves zeros out.
    sums = rows.frame.groupby(keys)[amounts].sum(skipna=shape.missing_in_sum == "nul").reset_index()
    return sums.merge(rows.frame.drop(columns=amounts).drop_duplicates(keys), on=keys)


def _counts(rows: Rows, shape: FileShape, label: str) -> pd.DataFrame:
    """Inhabitants, dwellings or households."""
    if shape.sum and shape.missing_in_sum == "weigeren":
        advice = "Een som waarvan een deel ontbreekt, is niet bekend."
        rows.refuse_where(rows.texts("value").eq(""), "value", "een waarde", advice)
    rows.leave_out(rows.texts("value").eq(""), "geen cijfer (leeg of als ontbrekend gemerkt)")
    rows.numbers(["value"], shape.decimal)
    value = rows.frame["@value"]
    impossible = value.lt(0) | (value.mod(1).ne(0) & (not shape.sum))
    rows.refuse_where(impossible, "value", "een geheel getal van nul of meer")
    found = _summed(rows, shape, ["@value"], [])
    days = found["@reference_date"]
    told = [f"{day.day}/{day.month}/{day.year}".replace("1/1/", "1 januari ") for day in days]
    sources = [f"{label}, {shape.yields} op {day}" for day in told]
    values = found["@value"].round().astype(int)
    return pd.DataFrame({"nis": found["@nis"], "kind": shape.yields, "date": days, "value": values, "source": sources})


def _context(rows: Rows, shape: FileShape, register: Register) -> pd.DataFrame:
    """Other figures than those of targets, with the columns that the shape names."""
    rows.numbers(shape.numbers, shape.decimal)
    for name in shape.texts:
        rows.understand(f"@{name}", [name], tidy)
    found = _summed(rows, shape, [f"@{name}" for name in shape.numbers], [f"@{name}" for name in shape.texts])
    if shape.sum and (lost := int(found[[f"@{name}" for name in shape.numbers]].isna().any(axis=1).sum())):
        rows.notes.append(f"{lost} sommen zijn niet bekend omdat een deel ontbreekt")
    names = {nis: register.successor(nis, FIRST_DAY[2025]).name for nis in found["@nis"].unique()}
    columns = {"nis": found["@nis"], "name": found["@nis"].map(names), "date": found["@reference_date"]}
    return pd.DataFrame(columns | {name: found[f"@{name}"] for name in (*shape.texts, *shape.numbers)})


def _weighed(rows: Rows, shape: FileShape, weighing: Weighing, catalog: Catalog, url: str) -> pd.DataFrame:
    """Things counted and weighed per municipality: the whole, each part, and the same weighed; unrounded."""
    target = catalog.target(weighing.target_id)
    if (rule := target.weight_rule) is None:
        raise CatalogError(f"vormen/{shape.id}.yaml: {target.id} heeft geen weight_rule in doelen/{target.id}.yaml")
    again = rows.texts("key").ne("") & rows.texts("key").duplicated()
    rows.refuse_where(again, "key", "elk ding één keer", "Dezelfde sleutel staat hoger: overlappen de pagina's?")
    rows.numbers(["amount"], shape.decimal)
    low, high = shape.bounds.get("amount", (0.0, np.inf))
    amount = rows.frame["@amount"]
    rows.refuse_where(~amount.gt(0), "amount", "een getal boven nul", "Een onbekend vermogen is geen laag vermogen.")
    beyond, advice = amount.gt(0) & ~amount.between(low, high), "Staat het in een andere eenheid, zoals watt?"
    rows.refuse_where(beyond, "amount", f"een getal van {low:g} tot {high:g}", advice)
    parts = {key(text): part for text, part in weighing.parts.items()}
    rows.choose("@part", "part", parts, f"een van {', '.join(parts)}")
    rows.understand("@weight", ["@amount", "@part"], rule.equivalents)
    weight = rows.frame["@weight"].astype(float)
    columns = {rule.counted: weight.notna().astype(float), rule.result: weight}
    for name in rule.part_factors:
        # Who has points of one part only has zero of the other: here zero is known, not missing.
        own = rows.frame["@part"].eq(name)
        columns |= {name: own.astype(float), f"{rule.result}_{name}": weight.where(own, 0.0)}
    declared = {sub.id for sub in target.indicators}
    amounts = pd.DataFrame({name: column for name, column in columns.items() if name in declared})
    keys = [rows.frame[f"@{name}"].rename(name) for name in ("nis", "reference_date", "date_precision")]
    long = amounts.groupby(keys).sum().melt(var_name="indicator", ignore_index=False).reset_index()
    same = {"target_id": target.id, "measure": "stand", "status": FINAL, "source_id": shape.source, "url": url}
    return long.assign(**same, remark="", since=None, base_year=None)


# --- the file ------------------------------------------------------------------------------------------------------


def _file_date(rows: Rows, shape: FileShape, option: str) -> str:
    """Date of a file without a date column: from the user, the shape or the name of the file (and of its member)."""
    found = re.findall(shape.when.file_name or "(?!)", rows.file)
    several, told = len(set(found)) > 1 and not option, f"de datums {' en '.join(dict.fromkeys(found))} in één naam"
    refuse_if(several, rows.file, told, "één datum", "Zeg welke het is: --option datum=…")
    text = next(filter(None, (option, str(shape.when.fixed or ""), *found)), "")
    advice = "Zeg van welke datum de cijfers zijn: --option datum=2025-12-31."
    refuse_if(not text, rows.file, "geen datum", "een datum voor de cijfers van dit bestand", advice)
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
        "datum": "het bestand heeft zelf een datum in elke rij" if "date" in rows.frame else "",
        "grenzen": "deze vorm kent geen coördinaten" if shape.place.by != "punt" else "",
        "onvolledig": "alleen antwoorden in json hebben pagina's" if kind != "json" else "",
    }
    return {name: reasons[name] for name in options if reasons[name]}


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
    content = cells.read_content(source, name, shape.zip_member)
    sheets = list(_sheets(content, shape, given))
    rows = read_rows(content.name, sheets, shape)
    result = ReadResult(rows=rows.count, unused=_unused(rows, shape, given, sheets[0].kind))
    del content, sheets
    if "date" not in rows.frame:
        rows.frame = rows.frame.assign(date=_file_date(rows, shape, given.get("datum", "")))
    if shape.yields == "cijfers" and shape.weighing is None:
        # A row of the template that nobody filled in has no date either.
        rows.leave_out((rows.texts("value") + rows.texts("date") + rows.texts("status")).eq(""), NO_FIGURE)
    rows.understand("@when", ["date"], lambda text: parse_date(text, shape.when.year_is))
    for place, column in enumerate(("@reference_date", "@date_precision")):
        rows.frame[column] = rows.frame["@when"].str[place]
    _with_place(rows, shape, register, given.get("grenzen"))
    if shape.weighing is not None:
        result.figures = _weighed(rows, shape, shape.weighing, catalog, url)
    elif shape.yields == "context":
        result.context = _context(rows, shape, register)
    elif shape.yields == "cijfers":
        result.figures, result.levels = _figures(rows, shape, catalog, url)
    else:
        result.counts = _counts(rows, shape, catalog.source(shape.source).name)
    result.figures = result.figures.assign(retrieved=retrieved, original=None, correction_note="")[list(FIGURES)]
    result.refused = pd.DataFrame(rows.refused, columns=REFUSED).sort_values(["row", "cell"], ignore_index=True)
    left_out = [(count, "rij" if count == 1 else "rijen", reason) for reason, count in rows.left_out.items() if count]
    result.notes = rows.notes + [f"{count} {noun} weggelaten: {reason}" for count, noun, reason in left_out]
    return result
