"""Editions on disk, and the single door to their figures.

An edition is a folder with a manifest and frozen tables, written in one rename and never changed. A report never reads
a file by itself; whatever it shows comes through :class:`Edition`.
"""

from __future__ import annotations

import datetime as dt
import json
import operator
import os
import tempfile
from collections.abc import Callable, Mapping
from functools import cached_property
from pathlib import Path
from typing import Annotated, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import Field, ValidationError

from lekp_lib.data.readers import FIGURES, NOT_REGISTERED, STATUSES
from lekp_lib.data.store import FileOrigin
from lekp_lib.errors import EditionError, EditionProblems, Problem, model_problems
from lekp_lib.pact import Catalog, Declared, load_catalog, project_folder
from lekp_lib.pact.loader import CustomFile, CustomKind
from lekp_lib.pact.yaml_files import MAX_BYTES
from lekp_lib.paths import sha256_of
from lekp_lib.register import Register, load_register

MANIFEST_NAME = "manifest.json"
#: Folder of prepared editions below a data folder.
EDITIONS_FOLDER = "edities"
#: Environment variable with folders of editions by the name that parameters give them, as JSON.
GIVEN_EDITIONS = "LEKP_GIVEN_EDITIONS"
#: Codes of Flanders and its provinces, which have totals but no report.
AREA_NAMES = {
    "02000": "Vlaanderen", "10000": "Antwerpen", "20001": "Vlaams-Brabant", "30000": "West-Vlaanderen",
    "40000": "Oost-Vlaanderen", "70000": "Limburg",
}  # fmt: skip
_EMBEDDED = Path(__file__).with_name("embedded")
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, Field(min_length=1)]
EditionId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]


# ---- manifest --------------------------------------------------------------------------------------------------------


class TableEntry(Declared):
    """One frozen table: file name beside the manifest, number of rows, hash of its bytes."""

    file: str = Field(pattern=r"^[a-z_]+\.parquet$")
    rows: int = Field(ge=0)
    sha256: Sha256


class RawInput(Declared):
    """One raw file that figures were read from.

    Attributes
    ----------
    name, url, retrieved
        From its passport: they go with every figure that was read.
    shape_sha256
        Hash of the declaration of its shape, which is kept in the raw store too.
    options
        What the file does not tell; a second file (boundaries) by hash, as ``sha256:…``.
    """

    sha256: Sha256
    name: Name
    url: str = ""
    retrieved: dt.date
    shape: Name
    shape_sha256: Sha256
    options: dict[str, str] = Field(default_factory=dict)
    imported: dt.date


class TextInput(Declared):
    """A file with corrections or explanations, kept in the raw store under its hash."""

    name: Name
    sha256: Sha256


class DeclaredFile(Declared):
    """A target or source that the project declared itself, as it was when the edition was made.

    The text itself stands here, so that an edition can be read and shown without the project.
    """

    kind: CustomKind
    name: str = Field(pattern=r"^[a-z0-9_]+\.yaml$")
    text: str = Field(min_length=1, max_length=MAX_BYTES)


class Predecessor(Declared):
    """Another edition, with the hash of its manifest."""

    id: EditionId
    sha256: Sha256


class Manifest(Declared):
    """What an edition says of itself.

    Attributes
    ----------
    reference_date
        The day as of which the edition speaks: ages of figures are counted up to it.
    built
        Day on which the figures were frozen; the date that reports carry, so that they can be made again unchanged.
    fictitious
        Figures are invented. Everything made from the edition then carries ``banner``; nothing switches that off.
    origin
        One Dutch sentence that says where the figures come from.
    predecessor
        The edition before this one, with which reports compare.
    base
        The edition on which this one builds: what it holds stands where there is nothing own. Format 3 and further.
    inputs, corrections, explanations, boundaries
        Everything from which the edition can be made again, by hash; empty for editions made by a program. Boundaries
        are those of the municipalities, with what the passport of their file says; since format 3.
    declared
        Targets and sources of the project; figures of them stand beside those of the pact. Format 3 and further.
    """

    # Keys of format 3 are written only where they say something: other editions stay the same text and the same hash.
    format: int = Field(default=2, ge=1, le=3)
    id: EditionId
    title: Name
    reference_date: dt.date
    built: dt.date
    fictitious: bool
    banner: str = ""
    origin: Name
    seed: int | None = None
    predecessor: Predecessor | None = None
    base: Predecessor | None = Field(default=None, exclude_if=operator.not_)
    inputs: tuple[RawInput, ...] = ()
    corrections: tuple[TextInput, ...] = ()
    explanations: tuple[TextInput, ...] = ()
    boundaries: FileOrigin | None = Field(default=None, exclude_if=operator.not_)
    declared: tuple[DeclaredFile, ...] = Field(default=(), exclude_if=operator.not_)
    tables: dict[str, TableEntry]

    @property
    def own_files(self) -> tuple[CustomFile, ...]:
        """The declared files as the catalogue reads them."""
        return tuple(CustomFile(item.kind, item.name, item.text, f"{item.kind}/{item.name}") for item in self.declared)


def read_manifest(folder: Path) -> Manifest:
    """Read and validate the manifest of an edition folder.

    Parameters
    ----------
    folder
        Folder of one edition.

    Raises
    ------
    EditionError
        When the folder or its manifest is absent, or the manifest lacks tables or names unknown ones.
    EditionProblems
        When the manifest is not readable, with every wrong key.
    """
    path = folder / MANIFEST_NAME
    if not path.is_file():
        raise EditionError(f"{folder}: geen {MANIFEST_NAME}; verwacht de map van een editie, zie `lekp list editions`")
    advice = "Zet de editie terug, of maak ze opnieuw met `lekp data prepare --editie ID --peildatum DATUM`."
    try:
        manifest = Manifest.model_validate_json(path.read_bytes())
    except ValidationError as error:
        found = model_problems(error, Manifest, lambda keys: f"{path}: {'.'.join(map(str, keys)) or 'bestand'}")
        problems = [Problem(one.where, one.found, one.expected, advice) for one in found]
        raise EditionProblems("manifest van de editie niet bruikbaar", problems) from None
    if not set(FIGURE_TABLES) <= set(manifest.tables) <= set(TABLES):
        expected = f"minstens {', '.join(FIGURE_TABLES)}, en alleen {', '.join(TABLES)}"
        raise EditionError(f"{path}: tables: gevonden {', '.join(manifest.tables)}; verwacht {expected}. {advice}")
    return manifest


def check_tables(folder: Path, manifest: Manifest) -> None:
    """Refuse an edition whose tables are no longer what the manifest says.

    Raises
    ------
    EditionProblems
        Naming every table that is absent or changed.
    """
    advice = "De cijfers veranderden nadat ze bevroren zijn. Zet de editie terug, of doe `lekp data rebuild`."
    problems = []
    for name, entry in manifest.tables.items():
        path = folder / entry.file
        sha256 = sha256_of(path) if path.is_file() else ""
        if sha256 != entry.sha256:
            found = f"sha256 {sha256[:12]}…" if sha256 else "geen bestand"
            expected = f"tabel {name!r} van {entry.rows} rijen, sha256 {entry.sha256[:12]}… zoals in {MANIFEST_NAME}"
            problems.append(Problem(str(path), found, expected, advice))
    EditionProblems.raise_any(f"editie {manifest.id!r} is beschadigd", problems)


# ---- tables ----------------------------------------------------------------------------------------------------------


DATE = "datetime64[s]"
_DATES = ("reference_date", "retrieved", "since")
#: Types of pandas, by column of figures; the others are texts.
TYPES = dict.fromkeys(FIGURES, "str") | dict.fromkeys(_DATES, DATE)
TYPES |= {"value": "float64", "original": "float64", "base_year": "Int64"}
#: Columns of figures in which a value may be missing.
_OPTIONAL = ("retrieved", "since", "base_year", "original")
WORDS: dict[str, tuple[str, ...]] = {
    "status": (*STATUSES, NOT_REGISTERED), "measure": ("stand", "aandeel_pct"),
    "date_precision": ("dag", "maand", "jaar", "onbekend"),
}  # fmt: skip
KEY = ["target_id", "indicator", "nis", "reference_date"]
_ARROW = {"str": pa.string(), "float64": pa.float64(), "Int64": pa.int32(), DATE: pa.date32()}
_FIGURES = pa.schema([pa.field(name, _ARROW[dtype], name in _OPTIONAL) for name, dtype in TYPES.items()])


def _filled(text: str, **others: pa.DataType) -> pa.Schema:
    """Columns that are never empty: of text, unless another type is given."""
    return pa.schema([pa.field(name, others.get(name, pa.string()), nullable=False) for name in text.split()])


#: ``figures`` are those of the municipalities of the reference date; ``former`` those of municipalities that have
#: merged since; ``totals`` those of provinces and Flanders. The other tables are there only when they have rows.
#:
#: - ``counts``: inhabitants, dwellings, households that were imported;
#: - ``corrections``: figures that a municipality (``place``: its name, also of a former one) changed, or struck out:
#:   then ``after`` is missing; ``measure`` says what both numbers are;
#: - ``explanations``: what a municipality says about one target;
#: - ``context``: facts that are no figures of a target; ``fields`` is JSON that the file shape explains;
#: - ``boundaries``: in whole metres of Lambert 72 (EPSG:31370); ``rings`` is JSON, a list of outlines, each closed by
#:   its first point, which is not repeated; ``x`` and ``y`` are a place well inside.
TABLES = {
    "figures": _FIGURES, "former": _FIGURES, "totals": _FIGURES,
    "counts": _filled("nis kind date value source", date=pa.date32(), value=pa.int64()),
    "corrections": _filled(
        "target_id indicator nis reference_date before after measure place reason author date",
        reference_date=pa.date32(), before=pa.float64(), date=pa.date32(),
    ).set(5, pa.field("after", pa.float64())),
    "explanations": _filled("target_id nis kind text link date author place", date=pa.date32()),
    "context": _filled("nis shape fields"),
    "boundaries": _filled("nis x y rings", x=pa.int64(), y=pa.int64()),
}  # fmt: skip
FIGURE_TABLES = ("figures", "former", "totals")


def typed(figures: pd.DataFrame) -> pd.DataFrame:
    """Figures with the types of an edition, from those that a reader gave; what is absent is missing, never filled."""
    return figures[list(FIGURES)].astype(TYPES)


def as_read(figures: pd.DataFrame) -> pd.DataFrame:
    """Figures with plain dates and ``None`` for what is missing, as a reader gives and a check takes them."""
    frame = figures.assign(**{name: figures[name].dt.date for name in _DATES}).astype(object)
    return frame.where(frame.notna(), None).astype({"value": float})


def write_table(name: str, frame: pd.DataFrame, path: Path) -> None:
    """A table as a parquet file, in a fixed order so that equal rows give equal bytes."""
    schema = TABLES[name]
    if name in FIGURE_TABLES:
        rows = typed(frame).sort_values(KEY, kind="stable")
    else:
        rows = frame.sort_values(schema.names, key=lambda column: column.map(str).where(column.notna(), ""))
    # A figure that was never registered is no number; every other absence is an empty cell.
    cells = [pa.array(rows[field.name], field.type, from_pandas=field.nullable) for field in schema]
    pq.write_table(pa.table(cells, schema=schema), path, compression="zstd", write_statistics=False)


def read_table(name: str, path: Path) -> pd.DataFrame:
    """A frozen table as a data frame.

    Raises
    ------
    EditionError
        When it is no such table, or a cell that must be filled is empty.
    """
    schema, of_figures = TABLES[name], name in FIGURE_TABLES
    try:
        # Without Arrow's threads: the batch forks its children from this process, and only one without may fork.
        table = pq.ParquetFile(pa.BufferReader(path.read_bytes()), pre_buffer=False).read(use_threads=False)
        if of_figures and "original" not in table.column_names:  # format 1 knew no corrections
            table = table.append_column("original", pa.nulls(len(table), pa.float64()))
            table = table.append_column("correction_note", pa.array([""] * len(table)))
        table = table.select(schema.names).cast(schema)
        frame: pd.DataFrame = table.to_pandas(date_as_object=not of_figures, use_threads=False)
    except (pa.ArrowException, OSError, KeyError, ValueError):
        expected = f"de kolommen {', '.join(schema.names)}, elk van haar eigen soort"
        raise EditionError(f"{path}: geen tabel met cijfers; verwacht {expected}. Zet de editie terug.") from None
    return typed(frame) if of_figures else frame


def check_table(frame: pd.DataFrame, where: str, catalog: Catalog, codes: set[str]) -> list[Problem]:
    """Everything in a table that no report may be made from.

    Parameters
    ----------
    frame
        Any table of an edition that is about municipalities or areas.
    where
        Name of the file, for the messages.
    catalog
        What figures may be about.
    codes
        Codes of municipalities that may occur.

    Returns
    -------
    list of Problem
        With the row number, counted from 1 below the heading; at most twenty of a kind.
    """
    pairs = [(target.id, one.id) for target in catalog.measured for one in target.indicators]
    #: By column, the rows that are as they must be.
    right: dict[str, tuple[Any, str]] = {}
    if "target_id" in frame:
        is_target = frame["target_id"].isin([target_id for target_id, _ in pairs])
        right["target_id"] = is_target, "de id van een doel uit de catalogus"
    if "indicator" in frame:
        named = pd.MultiIndex.from_frame(frame[["target_id", "indicator"]]).isin(pairs)
        right["indicator"] = named | ~is_target, "een indicator van dat doel"
    right["nis"] = frame["nis"].isin(codes), "een code die op de peildatum bestaat"
    right |= {name: (frame[name].isin(words), ", ".join(words)) for name, words in WORDS.items() if name in frame}
    if "value" in frame:
        given = np.isfinite(frame["value"]) | frame["status"].eq(NOT_REGISTERED)
        right["value"] = given, "een eindig getal; een cijfer dat ontbreekt heeft geen rij"
        right["original"] = ~np.isinf(frame["original"]), "een eindig getal, of niets als het cijfer niet verbeterd is"
        right["reference_date"] = ~frame.duplicated(KEY), "één cijfer per doel, indicator, gemeente en datum"
    return [
        Problem(f"{where}: rij {position + 1}, {column}", repr(frame[column].iloc[position]), expected)
        for column, (fine, expected) in right.items()
        for position in np.flatnonzero(~fine)[:20]
    ]


# ---- freezing --------------------------------------------------------------------------------------------------------


def refuse_existing(folder: Path) -> None:
    """An edition is never overwritten."""
    if folder.exists():
        raise EditionError(f"{folder}: bestaat al; een editie wordt nooit overschreven. Kies een andere id.")


def freeze(
    folder: Path, tables: Mapping[str, pd.DataFrame], check: Callable[[str], object] = str, **about: Any
) -> Manifest:
    """Write an edition folder that can never be half there.

    Parameters
    ----------
    folder
        Where the edition goes; must not exist yet.
    tables
        By name of :data:`TABLES`; an absent table has no rows.
    check
        Looks at the folder before it gets its name; what it raises leaves nothing behind.
    **about
        The other fields of :class:`Manifest`.

    Returns
    -------
    Manifest

    Raises
    ------
    EditionError
        When the folder exists already, or invented figures come without a banner.
    """
    refuse_existing(folder)
    if about.get("fictitious") and not about.get("banner"):
        raise EditionError(f"editie {about['id']!r} is fictief en heeft geen banner die dat op elke bladzijde zegt")
    about["format"] = 3 if any(about.get(name) for name in ("declared", "boundaries", "base")) else 2
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".nieuw-", dir=folder.parent) as scratch:
        made, entries = Path(scratch) / folder.name, {}
        made.mkdir()
        for name, schema in TABLES.items():
            frame = tables.get(name, pd.DataFrame(columns=schema.names))
            if len(frame) or name in FIGURE_TABLES:
                path = made / f"{name}.parquet"
                write_table(name, frame, path)
                entries[name] = TableEntry(file=path.name, rows=len(frame), sha256=sha256_of(path))
        manifest = Manifest(tables=entries, **about)
        (made / MANIFEST_NAME).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
        check(str(made))
        made.rename(folder)
    return manifest


# ---- finding and opening ---------------------------------------------------------------------------------------------


def embedded_editions() -> tuple[str, ...]:
    """Ids of the editions inside the package, in alphabetical order."""
    return tuple(sorted(path.name for path in _EMBEDDED.iterdir() if path.is_dir()))


def _prepared_folder() -> Path:
    """Below the working folder, or beside the ``parameters`` of the project that it belongs to."""
    near, of_project = (place / "data" / EDITIONS_FOLDER for place in (Path(), project_folder(Path()).parent))
    return near if near.is_dir() else of_project


def prepared_editions() -> tuple[str, ...]:
    """Ids of the editions that were prepared in the project of the working folder, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in _prepared_folder().glob(f"[!.]*/{MANIFEST_NAME}")))


def find_edition(id_or_path: str, near: Path | None = None) -> Path:
    """Folder of an embedded edition or a prepared one (by id), or of an edition elsewhere (by path).

    What :data:`GIVEN_EDITIONS` names goes first: on another machine an edition has the name that it has at home.

    Parameters
    ----------
    id_or_path
        Id, or path of a folder.
    near
        Folder of editions in which the id is looked up before all others.

    Raises
    ------
    EditionError
        With the ids that exist.
    """
    if near is not None and (near / id_or_path / MANIFEST_NAME).is_file():
        return near / id_or_path
    given = json.loads(os.environ.get(GIVEN_EDITIONS, "{}"))
    known = {name: _prepared_folder() / name for name in prepared_editions()}
    known |= {name: _EMBEDDED / name for name in embedded_editions()}
    folder = Path(given.get(id_or_path) or known.get(id_or_path) or id_or_path)
    if id_or_path in given or folder.is_dir():
        return folder
    expected = f"een van {', '.join(known)}, of het pad van de map van een editie"
    raise EditionError(f"editie {id_or_path!r} bestaat niet; verwacht {expected}")


class Edition:
    """A frozen set of figures with the pact and the municipalities they belong to.

    Parameters
    ----------
    folder
        Folder of the edition.
    manifest
        Its manifest, already read.
    catalog, register
        The pact and the municipalities against which the figures were checked.
    tables
        By name of :data:`TABLES`; absent ones are empty.

    Attributes
    ----------
    id, title
        Short name, used in addresses and file names, and name for readers.
    reference_date
        The day as of which the edition speaks.
    fictitious
        Whether the figures are invented.
    label
        Id with the two days that tell it from an older edition of the same name.
    notes, own_places
        Sentences for whoever makes a report of it, and codes of the municipalities whose own figures are laid over it.
    """

    def __init__(
        self, folder: Path, manifest: Manifest, catalog: Catalog, register: Register, tables: Mapping[str, pd.DataFrame]
    ) -> None:
        self.folder, self.manifest, self.catalog, self.register = folder, manifest, catalog, register
        self.id, self.title, self.fictitious = manifest.id, manifest.title, manifest.fictitious
        self.reference_date = manifest.reference_date
        self.label = f"editie {self.id}, stand op {self.reference_date}, bevroren op {manifest.built}"
        self.notes: tuple[str, ...] = ()
        self.own_places: set[str] = set()
        self._tables = {name: pd.DataFrame(columns=schema.names) for name, schema in TABLES.items()} | dict(tables)

    @classmethod
    def open(cls, id_or_path: str) -> Edition:
        """Open an edition after checking its hashes, columns, codes and values.

        Parameters
        ----------
        id_or_path
            ``gepubliceerd``, ``voorbeeld``, the id of a prepared edition, or the path of an edition folder.

        Raises
        ------
        EditionError
            When there is no such edition, a table cannot be read, or the edition holds no figure at all.
        EditionProblems
            With every damaged table, or every wrong row.
        """
        folder = find_edition(id_or_path)
        manifest = read_manifest(folder)
        check_tables(folder, manifest)
        catalog, register = load_catalog(own=manifest.own_files), load_register()
        tables = {name: read_table(name, folder / entry.file) for name, entry in manifest.tables.items()}
        if "counts" in tables:
            register = register.with_counts(tables["counts"].itertuples(index=False))
        if not any(len(tables[name]) for name in FIGURE_TABLES):
            raise EditionError(f"editie {manifest.id!r} bevat geen enkel cijfer; lees er eerst in, of kies een andere")
        opened = cls(folder, manifest, catalog, register, tables)
        before = {item.nis for item in register.municipalities(dt.date(2024, 12, 31))} | register.former_codes()
        codes = {"former": before, "totals": set(AREA_NAMES)}
        problems = []
        # The register judged the counts when it took them in.
        for name in (name for name in tables if name != "counts"):
            file = str(folder / manifest.tables[name].file)
            problems += check_table(tables[name], file, catalog, codes.get(name, opened.codes))
        EditionProblems.raise_any(f"editie {manifest.id!r} bevat cijfers die niet kunnen kloppen", problems)
        return opened

    @property
    def codes(self) -> set[str]:
        """Codes of the municipalities at the reference date."""
        return {place.nis for place in self.register.municipalities(self.reference_date)}

    @property
    def figures(self) -> pd.DataFrame:
        """All figures of municipalities: one row per target, indicator, municipality and date."""
        return self._tables["figures"].dropna(subset="value", ignore_index=True)

    @property
    def unregistered(self) -> pd.DataFrame:
        """What sources say was never entered: rows as those of :attr:`figures`, without a value."""
        return self._tables["figures"].loc[lambda rows: rows["status"] == NOT_REGISTERED]

    def frame(self, name: str) -> pd.DataFrame:
        """A table by name of :data:`TABLES`; without rows where the edition has none."""
        return self._tables[name].copy()

    def with_catalog(self, catalog: Catalog, figures: pd.DataFrame | None = None) -> Edition:
        """The same edition with another catalogue and more figures, to try out a target; nothing is written.

        Parameters
        ----------
        catalog
            Has at least what this edition holds figures of.
        figures
            Figures of municipalities that are laid beside those of the edition.

        Raises
        ------
        EditionProblems
            When a figure has no usable form, or two stand for the same thing.
        """
        more = [] if figures is None else [typed(figures)]
        laid = pd.concat([self._tables["figures"], *more], ignore_index=True)
        EditionProblems.raise_any("cijfers die niet kunnen kloppen", check_table(laid, "cijfers", catalog, self.codes))
        return Edition(self.folder, self.manifest, catalog, self.register, {**self._tables, "figures": laid})

    def corrections_of(self, target_id: str, nis: str) -> list[Any]:
        """What one municipality changed for one target, as rows, oldest figure first."""
        rows = self._told.get(("corrections", target_id, nis), [])
        return sorted(rows, key=lambda row: (row.reference_date, row.indicator))

    def explanation(self, target_id: str, nis: str) -> Any:
        """The last explanation of one municipality for one target, as a row; older ones are not shown."""
        return max(self._told.get(("explanations", target_id, nis), []), key=lambda row: row.date, default=None)

    @cached_property
    def _told(self) -> dict[tuple[str, str, str], list[Any]]:
        """Rows of each table, target and municipality, in what municipalities themselves say."""
        found: dict[tuple[str, str, str], list[Any]] = {}
        for table in ("corrections", "explanations"):
            for row in self._tables[table].itertuples():
                found.setdefault((table, str(row.target_id), str(row.nis)), []).append(row)
        return found

    @cached_property
    def predecessor(self) -> Edition | None:
        """The edition before this one, from beside its own folder or from where editions usually are; read once.

        Returns
        -------
        Edition or None
            ``None`` when the manifest names none.

        Raises
        ------
        EditionError
            When it cannot be found, or is no longer the one that the manifest names.
        """
        named = self.manifest.predecessor
        return open_named(named, self.id, self.folder.parent) if named else None


def open_named(named: Predecessor, by: str, near: Path) -> Edition:
    """The edition that the manifest of edition ``by`` names, as long as it is what it was; looked up ``near`` first."""
    folder = find_edition(named.id, near)
    if sha256_of(folder / MANIFEST_NAME) != named.sha256:
        raise EditionError(
            f"{folder / MANIFEST_NAME}: editie {named.id!r}, waarop {by!r} volgt of verder bouwt, is niet meer wat ze "
            f"was. Zet de oude map terug, of maak {by!r} opnieuw met `lekp data prepare`."
        )
    return Edition.open(str(folder))


def diff_figures(old: Edition, new: Edition) -> pd.DataFrame:
    """Figures that differ between two editions.

    Parameters
    ----------
    old, new
        The earlier and the later edition.

    Returns
    -------
    DataFrame
        By target, indicator, municipality and date: ``kind`` (``herzien``, ``nieuw``, ``verdwenen``), the key, and
        every other column of figures with ``_before`` and ``_after``. Of a municipality that merged in between, the
        figures are gone and those of its successor new. A newer day of retrieval alone is no change.
    """
    both = old.figures.merge(new.figures, on=KEY, how="outer", suffixes=("_before", "_after"), indicator="kind")
    same = both["kind"].eq("both")
    for name in ("value", "measure", "status", "original", "since", "base_year", "date_precision"):
        before, after = both[f"{name}_before"], both[f"{name}_after"]
        same &= before.eq(after).fillna(value=False) | (before.isna() & after.isna())
    words = {"both": "herzien", "right_only": "nieuw", "left_only": "verdwenen"}
    changes = both[~same].sort_values(KEY, ignore_index=True)
    return changes.assign(kind=changes["kind"].astype(str).map(words))
