"""Declared file shapes and connections: what a provider's file looks like, and where it stands.

A new provider is a YAML file and no Python. A shape says where the cells of a file stand, what they mean and how they
are written; it never holds figures.
"""

from __future__ import annotations

import datetime as dt
import re
from collections.abc import Iterable, Iterator, Sequence
from functools import cache, cached_property
from pathlib import Path
from typing import Annotated, Any, Literal, TypeVar

from pydantic import AfterValidator, BeforeValidator, Field

from lekp_lib.errors import CatalogProblems, Problem
from lekp_lib.pact import Catalog
from lekp_lib.pact.loader import lookup
from lekp_lib.pact.models import Declared, Rule
from lekp_lib.pact.yaml_files import read_model, read_yaml

HERE = Path(__file__).parent
FieldName = Literal[
    "nis", "name", "date", "edition", "value", "target_id", "indicator", "unit", "kind", "status", "source_id", "url",
    "remark", "since", "base_year", "amount", "part", "key", "level", "lon", "lat",
]  # fmt: skip

SENTINELS = ("", "-", "--", "–", "x", "X", "?", ".", "..", "n.b.", "nb", "n/a", "NaN", "-99999", "-99997")


def _compiles(pattern: str) -> str:
    try:
        re.compile(pattern)
    except re.error as error:
        raise ValueError(f"geen bruikbaar patroon: {error}") from error
    return pattern


Pattern = Annotated[str, AfterValidator(_compiles)]
#: One name, or several.
Names = Annotated[list[str], BeforeValidator(lambda told: [told] if isinstance(told, str) else told)]


class RowFilter(Declared):
    """Which rows count: those whose cell is, or is not, one of some texts or matches a pattern.

    ``column`` is a column of the file (not a field); ``why`` is told with the number of rows left out.
    """

    column: str = Field(min_length=1)
    one_of: tuple[str, ...] = ()
    not_one_of: tuple[str, ...] = ()
    matches: Pattern | None = None
    matches_not: Pattern | None = None
    why: str = Field(min_length=1)

    def _rules(self) -> Iterator[Rule]:
        given = sum(map(bool, (self.one_of, self.not_one_of, self.matches, self.matches_not)))
        yield given != 1, "geef precies één van one_of, not_one_of, matches, matches_not"

    def lets_through(self, text: str) -> bool:
        """Whether a row with this text counts."""
        text = " ".join(text.split())
        if self.matches or self.matches_not:
            return bool(re.search(self.matches or self.matches_not or "", text)) == bool(self.matches)
        words = [" ".join(word.split()).casefold() for word in self.one_of or self.not_one_of]
        return (text.casefold() in words) == bool(self.one_of)


class Place(Declared):
    """How a row tells its municipality.

    Attributes
    ----------
    by
        ``nis``: a code; ``naam``: a name; ``punt``: coordinates with the boundaries of the option ``grenzen``, or the
        name when no boundaries are given.
    as_of
        Day whose municipalities the file knows: ``datum`` (that of the row) or a fixed day.
    former
        What to do with a name or code that had ended by then, or a *deelgemeente*: refuse the row, or count it for the
        successor (only sound where rows are summed).
    outside
        Rows outside Flanders: refuse, or leave out and tell how many.
    areas
        Whether codes of provinces and of Flanders may stand among the municipalities.
    own_edition_only
        Leave out rows whose code edition (field ``edition``) was not yet, or no longer, in force at their date.
    """

    by: Literal["nis", "naam", "punt"] = "nis"
    as_of: Literal["datum"] | dt.date = "datum"
    former: Literal["weigeren", "opvolger"] = "weigeren"
    outside: Literal["weigeren", "weglaten"] = "weigeren"
    areas: bool = False
    own_edition_only: bool = False


class When(Declared):
    """How a row tells its date, apart from a column.

    Attributes
    ----------
    fixed
        The day of every figure of the file.
    file_name
        Pattern with one group that is a date, found in the name of the file.
    year_is
        What a bare year means: its last day, or 1 January (Statbel counts inhabitants on 1 January).
    """

    fixed: dt.date | None = None
    file_name: Pattern | None = None
    year_is: Literal["einde", "1_januari"] = "einde"


class Wide(Declared):
    """Several figures per row: every column whose whole name matches is one figure.

    Named groups of the pattern (``date``, ``target_id``, ``indicator``) fill the fields of the same name.
    """

    columns: Pattern

    def _rules(self) -> Iterator[Rule]:
        unknown = set(re.compile(self.columns).groupindex) - {"date", "target_id", "indicator"}
        yield bool(unknown), f"onbekende groep {', '.join(sorted(unknown))}; bekend zijn date, target_id, indicator"


class Weighing(Declared):
    """Things that are counted and weighed by the weight rule of a target (charge points, and their equivalents).

    Fields ``amount`` (what the bands are cut on) and ``part`` are needed; ``parts`` says which text is which part.
    """

    target_id: str
    parts: dict[str, str] = Field(min_length=1)


class FileShape(Declared):
    """One shape of file. A file with ``like: ID`` says only what differs from that shape.

    Attributes
    ----------
    id
        What the user types after ``--as``.
    source
        Source id; a column ``source_id`` may tell another one per row.
    yields
        Figures of targets, counts of inhabitants, *wooneenheden* or households, or context that is in no target.
    formats
        Formats in which this shape occurs.
    zip_member
        Pattern of the one member to read when the file is a zip.
    delimiters, decimal
        Of csv. ``delimiters`` are tried before semicolon, comma, tab and bar. ``auto`` for decimals refuses what can be
        read in two ways (``1.234``).
    sheet
        Pattern of the sheets to read; every match is read, a group ``date`` gives the date. Without: the one visible
        sheet that has the columns.
    records
        Key under which a json file has its list of rows.
    total
        Key of a json file that says how many rows there should be.
    columns
        Per field the accepted column name, or names, newest first; ``#3`` is the third column whatever its name.
    optional
        Fields whose column may be absent.
    constants
        Fields that are the same for every row.
    words
        Per field what a text of the file means here.
    cut
        Per field a pattern: only what it matches counts (``[0-9]{5}`` makes ``11001`` of ``11001A00-``).
    bounds
        Per field the lowest and highest number that is possible.
    numbers, texts
        Columns that a context table carries along.
    sum
        Whether rows of one municipality and date are parts to be added.
    parts
        Columns that tell which part a row is. A row where one of them is empty (or says *totaal*) while others of its
        place have it filled is a total: compared with the sum of its parts, and never added.
    missing_in_sum
        A part without value: the sum is unknown (the row is refused), or the provider leaves zeros out.
    """

    id: str = Field(pattern=r"^[a-z0-9_]+$")
    title: str = Field(min_length=1)
    source: str = Field(pattern=r"^[a-z0-9_]+$")
    yields: Literal["cijfers", "inwoners", "wooneenheden", "huishoudens", "context"]
    note: str = ""
    formats: tuple[Literal["csv", "xlsx", "json", "geojson"], ...] = Field(default=("csv",), min_length=1)
    zip_member: Pattern | None = None
    delimiters: tuple[Annotated[str, Field(min_length=1, max_length=1)], ...] = ()
    decimal: Literal[",", ".", "auto"] = "auto"
    sheet: Pattern | None = None
    records: str | None = None
    total: str | None = None
    columns: dict[FieldName, Names] = Field(min_length=1)
    optional: tuple[FieldName, ...] = ()
    constants: dict[FieldName, str] = Field(default_factory=dict)
    words: dict[FieldName, dict[str, str]] = Field(default_factory=dict)
    cut: dict[FieldName, Pattern] = Field(default_factory=dict)
    bounds: dict[FieldName, tuple[float, float]] = Field(default_factory=dict)
    sentinels: tuple[str, ...] = SENTINELS
    filters: tuple[RowFilter, ...] = ()
    place: Place = Place()
    when: When = When()
    wide: Wide | None = None
    weighing: Weighing | None = None
    sum: bool = False
    parts: tuple[str, ...] = ()
    missing_in_sum: Literal["weigeren", "nul"] = "weigeren"
    numbers: dict[str, Names] = Field(default_factory=dict)
    texts: dict[str, Names] = Field(default_factory=dict)

    @cached_property
    def accepted(self) -> dict[str, Sequence[str]]:
        """Every column that is read, by the name that rows give it, with the accepted names."""
        filters = {f"filter {rule.column}": (rule.column,) for rule in self.filters}
        parts = {f"deel {column}": (column,) for column in self.parts}
        columns = {str(name): names for name, names in self.columns.items()}
        return {**columns, **self.numbers, **self.texts, **filters, **parts}

    @cached_property
    def required(self) -> dict[str, Sequence[str]]:
        """Columns that a header must have, with the accepted names."""
        optional = {*self.optional, *(f"deel {column}" for column in self.parts)}
        return {name: names for name, names in self.accepted.items() if name not in optional}

    def _rules(self) -> Iterator[Rule]:
        needed = {"nis" if self.place.by == "nis" else "name"}
        needed |= {"lon", "lat"} if self.place.by == "punt" else set()
        needed |= {"amount", "part"} if self.weighing else {"target_id"} if self.yields == "cijfers" else set()
        needed |= {"value"} if self.yields != "context" and not self.weighing and not self.wide else set()
        groups = re.compile(self.wide.columns).groupindex if self.wide else {}
        absent, unknown = needed - {*self.columns, *self.constants, *groups}, {*self.optional} - {*self.columns}
        yield bool(absent), f"columns: geen kolom voor {', '.join(sorted(absent))}"
        yield bool(unknown), f"optional: geen kolommen voor {', '.join(sorted(unknown))}"
        yield bool(self.weighing) and self.yields != "cijfers", "weighing hoort bij yields: cijfers"
        yield bool(self.parts) and not self.sum, "parts: alleen rijen die opgeteld worden hebben delen; zet sum: true"
        none = self.yields == "context" and not (self.numbers or self.texts)
        yield none, "een tabel met context heeft minstens één kolom in numbers of texts"


class Feed(Declared):
    """One layer, data set or file of a provider.

    ``name`` is what the provider calls it in addresses (``{year}`` is filled in), ``shape`` is empty for what is no
    table (boundaries), ``options`` are those of the import that the provider does not tell.
    """

    name: str = Field(min_length=1)
    title: str = Field(min_length=1)
    shape: str = Field(default="", pattern=r"^[a-z0-9_]*$")
    options: dict[str, str] = Field(default_factory=dict)


class Connection(Declared):
    """A provider's service: where to ask, and for what.

    ``id`` is what the user types after ``--source``, ``source`` the id in the catalogue, ``since`` the day from which
    boundaries hold, ``by_hand`` what a person does when the provider refuses programs.
    """

    id: str = Field(pattern=r"^[a-z0-9-]+$")
    source: str = Field(pattern=r"^[a-z0-9_]+$")
    url: str = Field(pattern=r"^https?://\S+[^/\s]$")
    params: dict[str, str] = Field(default_factory=dict)
    headers: dict[str, str] = Field(default_factory=dict)
    page_size: int = Field(default=1000, ge=1)
    since: dt.date | None = None
    feeds: tuple[Feed, ...] = Field(min_length=1)
    by_hand: str = ""


@cache
def template_words() -> dict[str, Any]:
    """Columns, words and explanations of the template, as ``sjabloon.yaml`` declares them."""
    return dict(read_yaml(HERE / "sjabloon.yaml").data)


Model = TypeVar("Model", FileShape, Connection)


def _paths(kind: str, folder: Path | None) -> dict[str, Path]:
    """Files of a kind by id, sorted; those of a user's own folder lie over the packaged ones."""
    found = {path.stem: path for one in (HERE, folder or HERE) for path in one.glob(f"{kind}/*.yaml")}
    return dict(sorted(found.items()))


def _read(path: Path, model: type[Model]) -> tuple[Model | None, list[Problem]]:
    """One declaration, with what it leaves to the one that it is ``like``; or every mistake of its file."""
    file = read_yaml(path, f"{path.parent.name}/{path.name}")
    if isinstance(file.data, dict) and (like := file.data.pop("like", "")):
        paths = _paths(path.parent.name, path.parents[1])
        base = read_yaml(lookup(f"{file.name}: de vorm", str(like), paths)).data
        file.data = {**base, "id": path.stem, **file.data} if isinstance(base, dict) else file.data
    return read_model(file, model)


def _load(paths: Iterable[Path], model: type[Model], what: str) -> dict[str, Model]:
    """Declarations by id; all mistakes of all files at once."""
    read = [_read(path, model) for path in paths]
    CatalogProblems.raise_any(f"niet bruikbaar: {what}", [problem for _, found in read for problem in found])
    return {item.id: item for item, _ in read if item is not None}


def load_shapes(folder: Path | None = None) -> dict[str, FileShape]:
    """Declared shapes by id, sorted.

    Parameters
    ----------
    folder
        A folder with ``vormen/*.yaml`` of its own, laid over the packaged ones: a user's provider.

    Raises
    ------
    CatalogProblems
        With every mistake of every file.
    """
    return _load(_paths("vormen", folder).values(), FileShape, "de vormen van bestanden")


def find_shape(shape_id: str, folder: Path | None = None) -> FileShape:
    """Shape by id; only its own file is read.

    Raises
    ------
    CatalogProblems
        With every mistake of the file of this shape.
    CatalogError
        When there is no such shape; the text names the nearest and all known ones.
    """
    path = lookup("de vorm", shape_id, _paths("vormen", folder))
    return _load([path], FileShape, f"de vorm {path.name}")[shape_id]


def find_connections(ids: tuple[str, ...], folder: Path | None = None) -> tuple[Connection, ...]:
    """Connections that a user asked for; all of them when nothing was asked.

    Raises
    ------
    CatalogProblems
        With every mistake of every file.
    CatalogError
        When there is no such connection; the text names the nearest and all known ones.
    """
    known = _load(_paths("verbindingen", folder).values(), Connection, "de verbindingen")
    return tuple(lookup("de bron", name, known) for name in ids or known)


def _names(shape: FileShape, catalog: Catalog) -> list[Problem]:
    """What a shape names and the catalogue does not know."""
    targets = {target.id: target for target in catalog.targets}
    constant, weighing = shape.constants.get("target_id", ""), shape.weighing
    target = targets.get(weighing.target_id) if weighing else None
    known = target.weight_rule.part_factors if target and target.weight_rule else {}
    parts = set(weighing.parts.values()) if weighing else set()
    mistakes = [
        ("source", {shape.source} - {*catalog.sources}, f"een van {', '.join(sorted(catalog.sources))}"),
        ("constants.target_id", {constant} - {"", *targets}, "de id van een doel"),
        ("weighing", parts - {*known}, "delen van een doel met een weight_rule"),
    ]
    where = f"vormen/{shape.id}.yaml"
    return [Problem(f"{where}: {at}", ", ".join(sorted(found)), expected) for at, found, expected in mistakes if found]


def check_shapes(catalog: Catalog, folder: Path | None = None) -> tuple[Problem, ...]:
    """Every mistake of every declared file shape of a folder, also against the catalogue; packaged ones by default."""
    read = [_read(path, FileShape) for path in sorted((folder or HERE).glob("vormen/*.yaml"))]
    return tuple(problem for shape, found in read for problem in (_names(shape, catalog) if shape else found))
