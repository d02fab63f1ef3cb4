"""Corrections of figures and explanations (*toelichtingen*) of municipalities: their files, their form, their effect.

The files are safe YAML, one list per file; every mistake of every file is told at once. What stands in them is text of
others: its form is checked here, and it is escaped wherever it is shown. A correction names the value that it expects
to find: when the source has another one by now, nobody knows whether the correction still holds, and the run stops.
The form is a workbook with the same entries, one row each, for people who do not write YAML.
"""

from __future__ import annotations

import datetime as dt
import io
import math
import re
import unicodedata
from collections.abc import Iterable, Iterator, Mapping, Sequence
from itertools import takewhile
from pathlib import Path
from typing import Annotated, Any, Literal, get_args

import pandas as pd
from pydantic import AfterValidator, BeforeValidator, Field, StringConstraints

from lekp_lib.data.cells import ZIP, CellError, cell_text, parse_date, read_content, refuse_if, undamaged
from lekp_lib.data.importing import ImportContext
from lekp_lib.data.readers import NOT_REGISTERED, YES_NO
from lekp_lib.data.workbook import A_WORKBOOK, check_parts
from lekp_lib.edition.edition import KEY, TABLES
from lekp_lib.errors import EditionProblems, Problem, RegisterError, UnexpectedValue
from lekp_lib.pact import Catalog
from lekp_lib.pact.models import Declared, Rule
from lekp_lib.pact.yaml_files import YamlFile, read_model, read_text, read_yaml, write_yaml
from lekp_lib.paths import write_file
from lekp_lib.register import FIRST_DAY, Register

MAX_CHARACTERS, MAX_ROWS, MAX_FORM_BYTES = 500, 20_000, 10_000_000
#: Invisible characters that could hide or turn text around; the joiner of emoji is the one that may stand in text.
_HIDDEN, _JOINER = ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp"), "\u200d"
#: How programs show that they have nothing. A page that says so is refused, and by then nobody knows who wrote it.
_LEFT_OVER = re.compile(r"\b(?:nan|NaN|NaT|None|Traceback)\b|<NA>|object at 0x")
#: An address without port or password, and what may stand nowhere in one.
_LINK = re.compile(r"https://(?=[^/?#]*\.)[^/?#@:]+([/?#].*)?", re.IGNORECASE)
_NOT_IN_LINKS = re.compile(r"[^!-~]|[\"'<>\\^`{|}]")


# ---- entries ---------------------------------------------------------------------------------------------------------


def _clean_text(value: object) -> object:
    """Text in one normal form; characters that turn or hide text are refused, and so are words of programs."""
    if not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFC", re.sub("\r\n?", "\n", value)).strip()
    for position, character in enumerate(text, start=1):
        if unicodedata.category(character) in _HIDDEN and character not in ("\n", _JOINER):
            raise UnexpectedValue(f"tekst zonder het onzichtbare teken U+{ord(character):04X} op plaats {position}")
    if found := _LEFT_OVER.search(text):
        raise UnexpectedValue(
            f"een tekst zonder {found[0]!r}: zo toont een programma dat iets ontbreekt. Zeg het anders"
        )
    return text


def _date(value: object) -> object:
    """A day, or the last day of a month or year: 2023-02-16, 2023-02, 2023."""
    if type(value) not in (str, int):
        return value
    try:
        return parse_date(str(value))[0]
    except CellError as error:
        raise UnexpectedValue(error.expected) from error


def _nis(value: object) -> object:
    """A code without quotes is a number to YAML; it is a code all the same."""
    return f"{value:05d}" if type(value) is int else _clean_text(value)


def _link(link: str) -> str:
    if link and (not _LINK.fullmatch(link) or _NOT_IN_LINKS.search(link) or len(link) > MAX_CHARACTERS):
        expected = "een gewoon adres dat met https:// begint (zonder spaties, aanhalingstekens, poort of wachtwoord)"
        raise UnexpectedValue(expected)
    return link


def _few_digits(value: float) -> float:
    """A number that spreadsheets keep whole: they have 15 digits."""
    if float(f"{value:.15g}") != value:
        raise UnexpectedValue("een getal van hoogstens 15 cijfers")
    return value


Text = Annotated[str, BeforeValidator(_clean_text)]
Author = Annotated[str, Field(min_length=1, max_length=120), BeforeValidator(_clean_text)]
Message = Annotated[str, Field(min_length=1, max_length=MAX_CHARACTERS), BeforeValidator(_clean_text)]
Day = Annotated[dt.date, BeforeValidator(_date)]
Answer = Annotated[float, Field(allow_inf_nan=False), AfterValidator(_few_digits)] | Literal["ja", "nee"]
#: How far a correction is: only an active one changes a figure; of one taken over, the supplier has changed its figure.
Status = Literal["ontwerp", "actief", "overgenomen", "ingetrokken"]
ACTIVE: Status = "actief"
Remark = Literal["Toelichting", "Aanvulling"]


class _OfMunicipality(Declared):
    """Whose entry it is: by name or by code."""

    gemeente: Annotated[str, Field(max_length=120), BeforeValidator(_clean_text)] = ""
    nis: Annotated[str, Field(pattern=r"^([0-9]{5})?$"), BeforeValidator(_nis)] = ""
    doel: Annotated[str, Field(min_length=1), BeforeValidator(_clean_text)]

    def _rules(self) -> Iterator[Rule]:
        told = "gemeente en nis allebei" if self.nis else "geen gemeente en geen nis"
        yield bool(self.gemeente) == bool(self.nis), told


class Correction(_OfMunicipality):
    """One entry of ``parameters/correcties/*.yaml``.

    ``indicator`` may be left out for the first series of the target. Either ``waarde`` or ``schrappen`` is given.
    """

    indicator: Text = ""
    peildatum: Day
    verwacht: Answer
    waarde: Answer | None = None
    schrappen: bool = False
    reden: Message
    auteur: Author
    datum: Day
    status: Status

    def _rules(self) -> Iterator[Rule]:
        yield from super()._rules()
        told = "waarde en schrappen allebei" if self.schrappen else "geen waarde en geen schrappen"
        yield (self.waarde is None) != self.schrappen, told


class Explanation(_OfMunicipality):
    """One entry of ``parameters/toelichtingen/*.yaml``."""

    type: Remark
    tekst: Message
    link: Annotated[str, StringConstraints(strip_whitespace=True), AfterValidator(_link)] = ""
    datum: Day
    auteur: Author


Entry = Correction | Explanation
#: Entries with the place that messages about them name: file and line.
Entries = Sequence[tuple[str, Any]]
#: What an entry is, by the folder and the key of its files.
MODELS: dict[str, type[Any]] = {"correcties": Correction, "toelichtingen": Explanation}


def read_folder(folder: Path) -> dict[str, Path]:
    """All YAML files of a folder, by name; none when there is no such folder."""
    return {path.name: path for path in sorted(folder.glob("*.yaml")) if path.is_file()}


def read_entries(files: Mapping[str, Path], kind: str) -> tuple[Entries, list[Problem]]:
    """Entries of files of one kind, in the order of files and lines, and every mistake of form.

    Parameters
    ----------
    files
        By the name that messages tell.
    kind
        One of :data:`MODELS`: also the one key of a file, whose value is the list of entries.
    """
    entries: list[tuple[str, Entry]] = []
    problems: list[Problem] = []
    for name, path in files.items():
        file = read_yaml(path, name)
        problems += file.problems
        data = file.data if isinstance(file.data, dict) else {}
        if file.data is not None and not (set(data) == {kind} and isinstance(data[kind], list)):
            found = f"de sleutels {', '.join(map(str, data))}" if data else "geen sleutel"
            problems.append(Problem(file.where(), found, f"één sleutel {kind!r} met een lijst eronder"))
            continue
        for index, item in enumerate(data.get(kind, ())):
            lines = {path[2:]: line for path, line in file.lines.items() if path[:2] == (kind, index)}
            here = YamlFile(name, {} if item is None else item, lines)
            entry, wrong = read_model(here, MODELS[kind])
            problems += wrong
            entries += [(here.where(), entry)] if entry else []
    return entries, problems


def _places(register: Register, entry: Any, on: dt.date) -> tuple[dict[str, str], str]:
    """Codes that the municipality of an entry has, with its name then, and why there is none.

    It is looked up on the day of its figure, as far back as the register goes, which tells most, and on that of the
    edition.
    """
    names: dict[str, str] = {}
    message, change = "", isinstance(entry, Correction)
    for day in (max(entry.peildatum, FIRST_DAY[2019]), on) if change else (on,):
        try:
            place = register.resolve(entry.nis or entry.gemeente, day).municipality
        except RegisterError as error:
            message = str(error)
        else:
            nis = (change and entry.nis) or place.nis
            names.setdefault(nis, entry.gemeente or (place.name if place.nis == nis else nis))
    return names, "" if names else message


def _series(catalog: Catalog, entry: Correction) -> str:
    return entry.indicator or catalog.target(entry.doel).indicators[0].id


def _content_problems(entries: Entries, context: ImportContext, on: dt.date, today: dt.date) -> Iterable[Problem]:
    """Everything in entries of one kind that can be judged without figures."""
    catalog, seen = context.catalog, dict[object, str]()
    for where, entry in entries:
        change = isinstance(entry, Correction)
        targets = {target.id: target for target in (catalog.measured if change else catalog.targets)}
        names, message = _places(context.register, entry, on)
        if message:
            advice = f"{message[0].upper()}{message[1:]}."
            yield Problem(f"{where}: gemeente", repr(entry.nis or entry.gemeente), "een Vlaamse gemeente", advice)
        if entry.datum > today:
            yield Problem(f"{where}: datum", str(entry.datum), f"een dag tot en met vandaag, {today}")
        if entry.doel not in targets:
            yield Problem(f"{where}: doel", repr(entry.doel), f"een van {', '.join(targets)}")
            continue
        series = sorted(item.id for item in targets[entry.doel].indicators)
        if change and entry.indicator and entry.indicator not in series:
            yield Problem(f"{where}: indicator", repr(entry.indicator), f"een van {', '.join(series)}")
        elif change and not targets[entry.doel].parts and {"ja", "nee"} & {entry.verwacht, entry.waarde}:
            yield Problem(f"{where}: verwacht en waarde", "ja of nee", f"een getal: {entry.doel} is geen vraag")
        elif names and (not change or entry.status == ACTIVE):
            day = (_series(catalog, entry), entry.peildatum) if change else entry.datum
            first = seen.setdefault((next(iter(names)), entry.doel, day), where)
            found, advice = "actieve correctie van hetzelfde cijfer", "Zet de oudste op 'ingetrokken'."
            if not change:
                found = f"toelichting bij hetzelfde doel op {entry.datum}"
                advice = "Alleen de laatste verschijnt: geef ze een latere dag."
            if first != where:
                yield Problem(where, f"een tweede {found} (de eerste: {first})", "één", advice)


def read_remarks(
    files: Mapping[str, Mapping[str, Path]], context: ImportContext, on: dt.date, today: dt.date
) -> dict[str, Entries]:
    """Read the files of municipalities.

    Parameters
    ----------
    files
        By kind (:data:`MODELS`), files by name.
    context
        Targets and municipalities.
    on
        Reference date of the edition.
    today
        Nobody wrote these files in the future.

    Returns
    -------
    dict
        Entries by kind.

    Raises
    ------
    EditionProblems
        With every mistake of every file.
    """
    remarks: dict[str, Entries] = {}
    problems: list[Problem] = []
    for kind, of_kind in files.items():
        remarks[kind], wrong = read_entries(of_kind, kind)
        problems += [*wrong, *_content_problems(remarks[kind], context, on, today)]
    EditionProblems.raise_any("correcties en toelichtingen", problems)
    return remarks


# ---- their effect ----------------------------------------------------------------------------------------------------


def explanation_rows(entries: Entries, register: Register, on: dt.date) -> pd.DataFrame:
    """Checked explanations as the table of an edition, under the code of the municipality of day ``on``."""
    rows = []
    for _, entry in entries:
        place = register.resolve(entry.nis or entry.gemeente, on).municipality
        texts = (entry.type, entry.tekst, entry.link, entry.datum, entry.auteur)
        rows.append((entry.doel, place.nis, *texts, entry.gemeente or place.name))
    return pd.DataFrame(rows, columns=TABLES["explanations"].names)


def apply_corrections(
    figures: pd.DataFrame, entries: Entries, context: ImportContext, on: dt.date
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lay active corrections over figures; the value of the source stays beside the new one.

    Parameters
    ----------
    figures
        As the sources give them, with the types of an edition. Of two with the same key, the last is corrected.
    entries
        Checked corrections; those that are not active, or about a date after ``on``, change nothing.
    context
        Targets and municipalities.
    on
        Reference date of the edition.

    Returns
    -------
    tuple of pandas.DataFrame
        Figures after correction, and the table ``corrections``.

    Raises
    ------
    EditionProblems
        With every correction whose figure is absent, or has another value than it expects.
    """
    figures, register = figures.reset_index(drop=True), context.register
    known = figures.loc[figures["status"].ne(NOT_REGISTERED), KEY]
    rows = dict(zip(known.itertuples(index=False, name=None), known.index, strict=True)) if entries else {}
    applied, problems = [], []
    for where, entry in entries:
        if entry.status != ACTIVE or entry.peildatum > on:
            continue
        about, day = (entry.doel, _series(context.catalog, entry)), pd.Timestamp(entry.peildatum)
        names = _places(register, entry, on)[0]
        codes = [nis for nis in names if (*about, nis, day) in rows]
        figure: Any = figures.loc[rows[*about, codes[0], day]] if len(codes) == 1 else None
        expected = YES_NO.get(entry.verwacht, entry.verwacht)
        if figure is None or not math.isclose(figure["value"], expected, rel_tol=1e-9, abs_tol=1e-9):
            found = f"cijfers van {' en van '.join(codes)}" if codes else "geen zulk cijfer"
            found = found if figure is None else f"de waarde {figure['value']:.15g} van {figure['source_id']}"
            advice = "Kijk na of de correctie nog nodig is; pas dan 'verwacht' aan, of zet haar status op "
            told = f"{expected:.15g}, zoals de correctie verwacht"
            problems.append(Problem(where, found, told, f"{advice}'overgenomen'."))
            continue
        nis, after = codes[0], YES_NO.get(entry.waarde, entry.waarde)
        values = (figure["value"], after, figure["measure"], names[nis], entry.reden, entry.auteur, entry.datum)
        applied.append((*about, register.successor(nis, on).nis, entry.peildatum, *values))
        if after is None:
            figures = figures.drop(index=rows.pop((*about, nis, day)))
        else:
            note = f"{entry.reden} ({entry.auteur}, {entry.datum.day}/{entry.datum.month}/{entry.datum.year})"
            source = figure["value"] if pd.isna(figure["original"]) else figure["original"]
            new: Any = (after, source, "gecorrigeerd", note)
            figures.loc[figure.name, ["value", "original", "status", "correction_note"]] = new
    EditionProblems.raise_any("correcties die niet meer bij de cijfers passen", problems)
    return figures, pd.DataFrame(applied, columns=TABLES["corrections"].names)


# ---- the form --------------------------------------------------------------------------------------------------------

#: Column that names the YAML file of a row.
FILE_COLUMN = "bestand"
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,80}\.yaml")


def _plain(entry: Entry) -> dict[str, Any]:
    """An entry as plain values, without what is left at its default; whole numbers without decimal point."""
    values = entry.model_dump(exclude_defaults=True)
    return {name: int(it) if isinstance(it, float) and it.is_integer() else it for name, it in values.items()}


def _form_table(folder: Path, kind: str) -> pd.DataFrame:
    """Entries of a folder, one a row."""
    entries, problems = read_entries(read_folder(folder / kind), kind)
    EditionProblems.raise_any(f"de bestanden in {folder / kind}", problems)
    rows = [{FILE_COLUMN: where.rpartition(", regel")[0], **_plain(entry)} for where, entry in entries]
    table = pd.DataFrame(rows, columns=[FILE_COLUMN, *MODELS[kind].model_fields], dtype=object)
    return table.replace({"schrappen": {True: "ja"}}) if "schrappen" in table else table


def export_form(folder: Path, catalog: Catalog) -> bytes:
    """Workbook with all corrections and explanations of a folder.

    Parameters
    ----------
    folder
        With ``correcties/`` and ``toelichtingen/``; either may be absent.
    catalog
        For the drop-down of targets.

    Returns
    -------
    bytes
        An xlsx file; every text in it is text, never a formula or a link.

    Raises
    ------
    EditionProblems
        When a YAML file has mistakes: what cannot be read cannot be carried over without loss.
    """
    declared, buffer = read_yaml(Path(__file__).with_name("formulier.yaml")).data, io.BytesIO()
    options = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    engine: dict[str, Any] = {"engine": "xlsxwriter", "engine_kwargs": {"options": options}}
    targets = pd.DataFrame({"doel": [target.id for target in catalog.targets]})
    choices: dict[str, Any] = {"doel": f"=Lijsten!$A$2:$A${len(targets) + 1}", "schrappen": ["ja", "nee"]}
    choices |= {"status": list(get_args(Status)), "type": list(get_args(Remark))}
    with pd.ExcelWriter(buffer, date_format="yyyy-mm-dd", **engine) as book:
        # A fixed moment, so that equal entries give equal workbooks.
        book.book.set_properties({"created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001 -- the format knows no time zone
        text = book.book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        pd.DataFrame(declared["uitleg"]).to_excel(book, sheet_name="Uitleg", index=False, header=False)
        book.sheets["Uitleg"].set_column(0, 0, 110)
        targets.to_excel(book, sheet_name="Lijsten", index=False)
        for kind in MODELS:
            table, title = _form_table(folder, kind), kind.capitalize()
            table.to_excel(book, sheet_name=title, index=False, freeze_panes=(1, 0))
            for column, name in enumerate(table.columns):
                width = declared["breedtes"].get(name)
                book.sheets[title].set_column(column, column, width or 14, text if width else None)
                if name in choices:
                    rule = {"validate": "list", "source": choices[name]}
                    book.sheets[title].data_validation(1, column, MAX_ROWS, column, rule)
    return buffer.getvalue()


def _meaning(name: str, value: Any) -> Any:
    """Value of a cell as the models want it."""
    if name == "schrappen":
        return {"ja": True, "nee": False}.get(str(value).strip().lower(), value)
    if isinstance(value, float) and value.is_integer():
        return int(value)
    return value if isinstance(value, str | int | float | dt.date) else str(value)


def _read_sheet(page: Any, kind: str, where: str, problems: list[Problem]) -> Iterator[tuple[str, Entry]]:
    """Entries of a sheet, each with the name of its file."""
    columns, rows = (FILE_COLUMN, *MODELS[kind].model_fields), page.iter_rows()
    header = [str(cell.value or "").strip().lower() for cell in next(rows, ())]
    names = list(filter(None, header))
    if set(columns[1:]) - set(names) or set(names) - set(columns) or len(names) > len(set(names)):
        expected = f"elk één keer de kolommen {', '.join(columns)}"
        problems.append(Problem(f"{where}, rij 1", f"de kolommen {', '.join(names)}", expected))
        return
    for cells in rows:
        filled = {key: cell for key, cell in zip(header, cells, strict=False) if key and cell_text(cell.value, ".")}
        # A percentage is shown a hundred times as large as it is kept: nobody knows which of both is meant.
        wrong = [cell for cell in filled.values() if cell.data_type in ("f", "e") or "%" in cell.number_format]
        expected = "de waarde zelf, geen formule, fout of cel die als percentage opgemaakt is"
        problems += [Problem(f"{where}, cel {it.coordinate}", repr(it.value)[:60], expected) for it in wrong]
        values = {key: _meaning(key, cell.value) for key, cell in filled.items() if cell not in wrong}
        here = f"{where}, rij {cells[0].row}"
        if values and cells[0].row > MAX_ROWS:
            problems.append(Problem(here, f"meer dan {MAX_ROWS} rijen", f"hoogstens {MAX_ROWS} rijen"))
            return
        file = str(values.pop(FILE_COLUMN, "formulier.yaml")).strip()
        if not _FILE_NAME.fullmatch(file):
            problems.append(Problem(f"{here}: {FILE_COLUMN}", repr(file)[:60], "een bestandsnaam zoals houthulst.yaml"))
        elif filled:
            entry, faults = read_model(YamlFile(here, values), MODELS[kind])
            problems += faults
            yield from [(file, entry)] if entry else ()


def entries_yaml(kind: str, entries: Sequence[Entry], before: str = "") -> bytes:
    """Entries as a YAML file, below the comment lines with which the file began before."""
    comments = takewhile(lambda line: not line.strip() or line[0] == "#", before.splitlines())
    kept = "".join(f"{line}\n" for line in comments)
    return (kept + write_yaml({kind: [_plain(entry) for entry in entries]})).encode("utf-8")


def import_form(path: Path, folder: Path) -> tuple[list[Path], list[Path], int]:
    """Write the rows of a filled-in workbook as YAML files, all of them or none.

    Parameters
    ----------
    path
        Workbook as :func:`export_form` makes it.
    folder
        With ``correcties/`` and ``toelichtingen/``; made when absent. Files that the workbook does not name are left
        as they are, and so are files whose entries are the same; comments at the head of a file are kept.

    Returns
    -------
    tuple
        Files written, files that stay as they are, and the number of entries.

    Raises
    ------
    ImportProblems
        When there is no such file, or it is no workbook, or too large.
    EditionProblems
        With every wrong cell.
    """
    from openpyxl import load_workbook

    file = read_content(path, path.name, None)
    other = len(file.data) > MAX_FORM_BYTES or not file.data.startswith(ZIP)
    refuse_if(other, file.name, "geen werkmap, of meer dan 10 MB", "een formulier van `lekp data form export`")
    with undamaged(file.name, *A_WORKBOOK):
        check_parts(file)
        book = load_workbook(path)
    problems: list[Problem] = []
    found: dict[Path, list[Entry]] = {}
    for kind, title in ((kind, kind.capitalize()) for kind in MODELS):
        if title not in book.sheetnames:
            problems.append(Problem(path.name, f"de bladen {', '.join(book.sheetnames)}", f"een blad {title!r}"))
            continue
        for name, entry in _read_sheet(book[title], kind, f"{path.name}, blad {title}", problems):
            found.setdefault(folder / kind / name, []).append(entry)
    EditionProblems.raise_any(f"het formulier {path.name}", problems)
    writes: dict[Path, bytes] = {}
    for target, entries in found.items():
        kind = target.parent.name
        there, faults = read_entries({target.name: target}, kind)
        if faults or [entry for _, entry in there] != entries:
            writes[target] = entries_yaml(kind, entries, read_text(target, target.name)[0])
    for target, content in writes.items():
        write_file(target, content)
    return list(writes), [target for target in found if target not in writes], sum(map(len, found.values()))
