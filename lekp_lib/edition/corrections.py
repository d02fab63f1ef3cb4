"""Corrections of figures and explanations (*toelichtingen*) of municipalities: their files, their form, their effect.

The files are safe YAML, one list per file; every mistake of every file is told at once. What stands in them is text of
others: its form is checked here, and it is escaped wherever it is shown. A correction names the value that it expects
to find: when the source has another one by now, nobody knows whether the correction still holds, and the run stops.
The form is a workbook with the same entries, one row each, for people who do not write YAML.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import math
import re
import unicodedata
from collections.abc import Iterable, Mapping, Sequence
from enum import StrEnum
from itertools import takewhile
from pathlib import Path
from typing import Annotated, Any, Literal, get_args
from urllib.parse import urlsplit
from zipfile import BadZipFile

import pandas as pd
from pydantic import AfterValidator, BeforeValidator, Field, ValidationError, model_validator

from lekp_lib.data.cells import CellError, parse_date
from lekp_lib.edition.edition import KEY, TABLES
from lekp_lib.errors import EditionError, EditionProblems, Problem, RegisterError, UnexpectedValue, model_problems
from lekp_lib.pact import Catalog
from lekp_lib.pact.models import Declared
from lekp_lib.pact.yaml_files import YamlFile, read_yaml, write_yaml
from lekp_lib.paths import write_file
from lekp_lib.register import FIRST_DAY, Register

MAX_CHARACTERS, MAX_ROWS, MAX_FORM_BYTES = 500, 20_000, 10_000_000
#: Characters that join emoji; every other invisible format character could hide or turn text around.
_JOINER = "\u200d"
_ANSWERS = {"ja": 1.0, "nee": 0.0}


# ---- entries ---------------------------------------------------------------------------------------------------------


def _clean_text(value: object) -> object:
    """Text in one normal form; characters that turn or hide text are refused."""
    if not isinstance(value, str):
        return value
    text = unicodedata.normalize("NFC", value.replace("\r\n", "\n").replace("\r", "\n")).strip()
    for position, character in enumerate(text, start=1):
        hidden = unicodedata.category(character) in ("Cc", "Cf", "Cs", "Cn", "Co", "Zl", "Zp")
        if hidden and character not in ("\n", _JOINER):
            expected = f"tekst zonder het onzichtbare teken U+{ord(character):04X} op plaats {position}"
            raise UnexpectedValue(expected)
    return text


def _date(value: object) -> object:
    """A day, or the last day of a month or year: 2023-02-16, 2023-02, 2023."""
    if not isinstance(value, str | int) or isinstance(value, bool):
        return value
    try:
        return parse_date(str(value).strip())[0]
    except CellError as error:
        raise UnexpectedValue(error.expected) from error


def _nis(value: object) -> object:
    """A code without quotes is a number to YAML; it is a code all the same."""
    whole = isinstance(value, int) and not isinstance(value, bool)
    return f"{value:05d}" if whole else value.strip() if isinstance(value, str) else value


def _link(value: object) -> object:
    link = value.strip() if isinstance(value, str) else value
    if not isinstance(link, str) or not link:
        return link
    try:
        parts = urlsplit(link)
        whole = parts.scheme == "https" and "." in (parts.hostname or "") and parts.port is None
    except ValueError:
        whole = False
    plain = link.isascii() and link.isprintable() and not set(link) & set(" \"'<>\\^`{|}")
    if not whole or not plain or "@" in parts.netloc or len(link) > MAX_CHARACTERS:
        expected = "een gewoon adres dat met https:// begint (zonder spaties, aanhalingstekens, poort of wachtwoord)"
        raise UnexpectedValue(expected)
    return link


def _few_digits(value: float) -> float:
    """A number that spreadsheets keep whole: they have 15 digits."""
    if float(f"{value:.15g}") != value:
        raise UnexpectedValue("een getal van hoogstens 15 cijfers")
    return value


Text = Annotated[str, BeforeValidator(_clean_text)]
Name = Annotated[str, Field(max_length=120), BeforeValidator(_clean_text)]
Author = Annotated[str, Field(min_length=1, max_length=120), BeforeValidator(_clean_text)]
Message = Annotated[str, Field(min_length=1, max_length=MAX_CHARACTERS), BeforeValidator(_clean_text)]
Day = Annotated[dt.date, BeforeValidator(_date)]
Nis = Annotated[str, Field(pattern=r"^([0-9]{5})?$"), BeforeValidator(_nis)]
Answer = Annotated[float, Field(allow_inf_nan=False), AfterValidator(_few_digits)] | Literal["ja", "nee"]


class CorrectionStatus(StrEnum):
    """How far a correction is; only an active one changes a figure."""

    DRAFT = "ontwerp"
    ACTIVE = "actief"
    TAKEN_OVER = "overgenomen"  # the supplier has changed its figure
    WITHDRAWN = "ingetrokken"


class _OfMunicipality(Declared):
    """Whose entry it is: by name or by code."""

    gemeente: Name = ""
    nis: Nis = ""
    doel: Annotated[str, Field(min_length=1), BeforeValidator(_clean_text)]

    @model_validator(mode="after")
    def _one_of_two(self) -> _OfMunicipality:
        if bool(self.gemeente) == bool(self.nis):
            raise ValueError("gemeente en nis allebei" if self.nis else "geen gemeente en geen nis")
        return self


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
    status: CorrectionStatus

    @model_validator(mode="after")
    def _value_or_struck(self) -> Correction:
        if (self.waarde is None) != self.schrappen:
            raise ValueError("waarde en schrappen allebei" if self.schrappen else "geen waarde en geen schrappen")
        return self


class Explanation(_OfMunicipality):
    """One entry of ``parameters/toelichtingen/*.yaml``."""

    type: Literal["Toelichting", "Aanvulling"]
    tekst: Message
    link: Annotated[str, BeforeValidator(_link)] = ""
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


def _entry(where: YamlFile, model: type[Any], problems: list[Problem]) -> Entry | None:
    """The plain values of one entry as its model; mistakes are added to ``problems``."""
    try:
        entry: Entry = model.model_validate_json(json.dumps(where.data, default=str), strict=True)
    except ValidationError as error:
        problems.extend(model_problems(error, model, where.where))
        return None
    return entry


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
        data = file.data
        if data is None:
            continue
        if not isinstance(data, dict) or set(data) != {kind} or not isinstance(data[kind], list):
            found = f"de sleutels {', '.join(map(str, data))}" if isinstance(data, dict) else "geen sleutel"
            problems.append(Problem(file.where(), found, f"één sleutel {kind!r} met een lijst eronder"))
            continue
        for index, item in enumerate(data[kind]):
            lines = {path[2:]: line for path, line in file.lines.items() if path[:2] == (kind, index)}
            here = YamlFile(name, item, lines)
            if entry := _entry(here, MODELS[kind], problems):
                entries.append((here.where(), entry))
    return entries, problems


def _number(answer: Answer) -> float:
    """A figure as a number; yes is 1 and no is 0."""
    return _ANSWERS[answer] if isinstance(answer, str) else float(answer)


def _codes(register: Register, entry: Any, on: dt.date) -> tuple[list[str], str]:
    """Codes that the municipality of an entry has, most telling day first, and why there is none.

    A place is looked up on the day of its figure, as far back as the register goes, and on that of the edition.
    """
    codes: list[str] = []
    message = ""
    for day in (max(entry.peildatum, FIRST_DAY[2019]), on) if isinstance(entry, Correction) else (on,):
        try:
            if entry.nis and isinstance(entry, Correction):
                register.successor(entry.nis, day)
                codes.append(entry.nis)
            else:
                codes.append(register.resolve(entry.nis or entry.gemeente, day).municipality.nis)
        except RegisterError as error:
            message = str(error)
    return list(dict.fromkeys(codes)), "" if codes else message


def _series(catalog: Catalog, entry: Correction) -> str:
    return entry.indicator or catalog.target(entry.doel).indicators[0].id


def _content_problems(
    entries: Entries, catalog: Catalog, register: Register, on: dt.date, today: dt.date
) -> Iterable[Problem]:
    """Everything in entries of one kind that can be judged without figures."""
    seen: dict[object, str] = {}
    for where, entry in entries:
        change = isinstance(entry, Correction)
        targets = {target.id: target for target in (catalog.measured if change else catalog.targets)}
        codes, message = _codes(register, entry, on)
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
        elif codes and (not change or entry.status is CorrectionStatus.ACTIVE):
            day = (_series(catalog, entry), entry.peildatum) if change else entry.datum
            first = seen.setdefault((codes[0], entry.doel, day), where)
            if first != where:
                found = "een tweede actieve correctie van hetzelfde cijfer"
                advice = "Zet de oudste op 'ingetrokken'."
                if not change:
                    found = f"een tweede toelichting bij hetzelfde doel op {entry.datum}"
                    advice = "Alleen de laatste verschijnt: geef ze een latere dag."
                yield Problem(where, f"{found} (de eerste: {first})", "één", advice)


def read_remarks(
    files: Mapping[str, Mapping[str, Path]], catalog: Catalog, register: Register, on: dt.date, today: dt.date
) -> dict[str, Entries]:
    """Read the files of municipalities.

    Parameters
    ----------
    files
        By kind (:data:`MODELS`), files by name.
    catalog, register
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
        problems += [*wrong, *_content_problems(remarks[kind], catalog, register, on, today)]
    if problems:
        raise EditionProblems("correcties en toelichtingen", problems)
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


def _place_name(register: Register, entry: Correction, nis: str, on: dt.date) -> str:
    """Name of the municipality whose figure it was, as the correction or else the register has it."""
    for day in (max(entry.peildatum, FIRST_DAY[2019]), on):
        if nis in {place.nis for place in register.municipalities(day)}:
            return entry.gemeente or register.get(nis, day).name
    return entry.gemeente or nis


def apply_corrections(
    figures: pd.DataFrame, entries: Entries, catalog: Catalog, register: Register, on: dt.date
) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Lay active corrections over figures; the value of the source stays beside the new one.

    Parameters
    ----------
    figures
        As the sources give them, with the types of an edition. Of two with the same key, the last is corrected.
    entries
        Checked corrections; those that are not active, or about a date after ``on``, change nothing.
    catalog, register
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
    figures = figures.reset_index(drop=True)
    place = {key: index for index, key in enumerate(figures[KEY].itertuples(index=False, name=None))} if entries else {}
    applied, problems = [], []
    for where, entry in entries:
        if entry.status is not CorrectionStatus.ACTIVE or entry.peildatum > on:
            continue
        about, day = (entry.doel, _series(catalog, entry)), pd.Timestamp(entry.peildatum)
        keys = [key for nis in _codes(register, entry, on)[0] if (key := (*about, nis, day)) in place]
        figure: Any = figures.loc[place[keys[0]]] if len(keys) == 1 else None
        expected = _number(entry.verwacht)
        if figure is None or not math.isclose(figure["value"], expected, rel_tol=1e-9, abs_tol=1e-9):
            found = f"cijfers van {' en van '.join(key[2] for key in keys)}" if keys else "geen zulk cijfer"
            found = found if figure is None else f"de waarde {figure['value']:.15g} van {figure['source_id']}"
            advice = (
                "Kijk na of de correctie nog nodig is; pas dan 'verwacht' aan, of zet haar status op 'overgenomen'."
            )
            problems.append(Problem(where, found, f"{expected:.15g}, zoals de correctie verwacht", advice))
            continue
        nis = keys[0][2]
        name = _place_name(register, entry, nis, on)
        after = None if entry.waarde is None else _number(entry.waarde)
        values = (figure["value"], after, figure["measure"], name, entry.reden, entry.auteur, entry.datum)
        applied.append((*about, register.successor(nis, on).nis, entry.peildatum, *values))
        if after is None:
            figures = figures.drop(index=place.pop(keys[0]))
        else:
            note = f"{entry.reden} ({entry.auteur}, {entry.datum.day}/{entry.datum.month}/{entry.datum.year})"
            source = figure["value"] if pd.isna(figure["original"]) else figure["original"]
            columns = ["value", "original", "status", "correction_note"]
            new: Any = (after, source, "gecorrigeerd", note)
            figures.loc[place[keys[0]], columns] = new
    if problems:
        raise EditionProblems("correcties die niet meer bij de cijfers passen", problems)
    return figures, pd.DataFrame(applied, columns=TABLES["corrections"].names)


# ---- the form --------------------------------------------------------------------------------------------------------

#: Column that names the YAML file of a row.
FILE_COLUMN = "bestand"
_FILE_NAME = re.compile(r"[A-Za-z0-9][A-Za-z0-9_-]{0,80}\.yaml")
_CHOICES: dict[str, list[str]] = {
    "status": list(CorrectionStatus),
    "schrappen": ["ja", "nee"],
    "type": list(get_args(Explanation.model_fields["type"].annotation)),
}


def _plain(entry: Entry) -> dict[str, Any]:
    """An entry as plain values, without what is left at its default; whole numbers without decimal point."""
    values = entry.model_dump(exclude_defaults=True)
    whole = {name: int(value) for name, value in values.items() if isinstance(value, float) and value.is_integer()}
    words = {name: str(value) for name, value in values.items() if isinstance(value, CorrectionStatus)}
    return values | whole | words


def _form_table(folder: Path, kind: str) -> pd.DataFrame:
    """Entries of a folder, one a row."""
    rows = []
    for name, path in read_folder(folder / kind).items():
        entries, problems = read_entries({name: path}, kind)
        if problems:
            raise EditionProblems(f"de bestanden in {folder / kind}", problems)
        rows += [{FILE_COLUMN: name, **_plain(entry)} for _, entry in entries]
    cells = [{name: "ja" if value is True else value for name, value in row.items()} for row in rows]
    return pd.DataFrame(cells, columns=[FILE_COLUMN, *MODELS[kind].model_fields], dtype=object)


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
    targets = pd.DataFrame({"doel": [target.id for target in catalog.targets]})
    choices: dict[str, Any] = {**_CHOICES, "doel": f"=Lijsten!$A$2:$A${len(targets) + 1}"}
    with pd.ExcelWriter(
        buffer, engine="xlsxwriter", date_format="yyyy-mm-dd", engine_kwargs={"options": options}
    ) as book:
        # A fixed moment, so that equal entries give equal workbooks.
        book.book.set_properties({"created": dt.datetime(2000, 1, 1)})  # noqa: DTZ001 -- the format knows no time zone
        text = book.book.add_format({"num_format": "@", "text_wrap": True, "valign": "top"})
        pd.DataFrame(declared["uitleg"]).to_excel(book, sheet_name="Uitleg", index=False, header=False)
        book.sheets["Uitleg"].set_column(0, 0, 110)
        targets.to_excel(book, sheet_name="Lijsten", index=False)
        for kind in MODELS:
            table = _form_table(folder, kind)
            table.to_excel(book, sheet_name=kind.capitalize(), index=False, freeze_panes=(1, 0))
            page = book.sheets[kind.capitalize()]
            for column, name in enumerate(table.columns):
                width = declared["breedtes"].get(name)
                page.set_column(column, column, width or 14, text if width else None)
                if name in choices:
                    rule = {"validate": "list", "source": choices[name]}
                    page.data_validation(1, column, MAX_ROWS, column, rule)
    return buffer.getvalue()


def _cell(name: str, cell: Any, where: str, problems: list[Problem]) -> Any:
    """Value of a cell as the models want it; a formula or an error value is a problem."""
    value = cell.value
    if cell.data_type in ("f", "e"):
        expected = "de waarde zelf, geen formule of fout"
        problems.append(Problem(f"{where}, cel {cell.coordinate}", repr(value)[:60], expected))
        return None
    if isinstance(value, dt.datetime) and value.time() == dt.time():
        return value.date()
    if name == "schrappen":
        return {"ja": True, "nee": False}.get(str(value).strip().lower(), value)
    return int(value) if isinstance(value, float) and value.is_integer() else value


def _is_empty(value: object) -> bool:
    return value is None or not str(value).strip()


def _read_sheet(book: Any, kind: str, name: str, problems: list[Problem]) -> dict[str, list[Entry]]:
    """Entries of a sheet by file."""
    entries: dict[str, list[Entry]] = {}
    where, columns = f"{name}, blad {kind.capitalize()}", (FILE_COLUMN, *MODELS[kind].model_fields)
    if kind.capitalize() not in book.sheetnames:
        problems.append(Problem(name, f"de bladen {', '.join(book.sheetnames)}", f"een blad {kind.capitalize()!r}"))
        return entries
    rows = book[kind.capitalize()].iter_rows()
    header = [str(cell.value or "").strip().lower() for cell in next(rows, ())]
    if set(columns[1:]) - set(header) or set(filter(None, header)) - set(columns):
        found = f"de kolommen {', '.join(filter(None, header))}"
        problems.append(Problem(f"{where}, rij 1", found, f"de kolommen {', '.join(columns)}"))
        return entries
    for cells in rows:
        filled = [(key, cell) for key, cell in zip(header, cells, strict=False) if key and not _is_empty(cell.value)]
        read = {key: _cell(key, cell, where, problems) for key, cell in filled}
        values = {key: value for key, value in read.items() if value is not None}
        here = f"{where}, rij {cells[0].row}"
        if values and cells[0].row > MAX_ROWS:
            problems.append(Problem(here, f"meer dan {MAX_ROWS} rijen", f"hoogstens {MAX_ROWS} rijen"))
            break
        file = str(values.pop(FILE_COLUMN, "formulier.yaml")).strip()
        if not _FILE_NAME.fullmatch(file):
            expected = "een bestandsnaam zoals houthulst.yaml"
            problems.append(Problem(f"{here}: {FILE_COLUMN}", repr(file)[:60], expected))
        elif filled and (entry := _entry(YamlFile(here, values), MODELS[kind], problems)):
            entries.setdefault(file, []).append(entry)
    return entries


def entries_yaml(kind: str, entries: Sequence[Entry], before: bytes = b"") -> bytes:
    """Entries as a YAML file, below the comment lines with which the file began before."""
    lines = before.decode("utf-8-sig").splitlines()
    kept = "".join(f"{line}\n" for line in takewhile(lambda line: not line.strip() or line[0] == "#", lines))
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
    EditionError
        When the file is no workbook.
    EditionProblems
        With every wrong cell.
    """
    import openpyxl
    from openpyxl.utils.exceptions import InvalidFileException

    if not path.is_file() or path.stat().st_size > MAX_FORM_BYTES:
        raise EditionError(
            f"{path}: geen bestand, of meer dan 10 MB; verwacht een formulier van `lekp data form export`"
        )
    try:
        book = openpyxl.load_workbook(path)
    except (InvalidFileException, BadZipFile, KeyError, ValueError, OSError):
        raise EditionError(f"{path}: geen leesbaar xlsx-werkboek; bewaar het als .xlsx") from None
    problems: list[Problem] = []
    sheets = {kind: _read_sheet(book, kind, path.name, problems) for kind in MODELS}
    if problems:
        raise EditionProblems(f"het formulier {path.name}", problems)
    writes: dict[Path, bytes] = {}
    unchanged: list[Path] = []
    total = 0
    for kind, files in sheets.items():
        for name, entries in files.items():
            target, total = folder / kind / name, total + len(entries)
            there, faults = read_entries({name: target}, kind) if target.is_file() else ((), [])
            if there and not faults and [entry for _, entry in there] == entries:
                unchanged.append(target)
            else:
                writes[target] = entries_yaml(kind, entries, target.read_bytes() if target.is_file() else b"")
    for target, content in writes.items():
        write_file(target, content)
    return list(writes), unchanged, total
