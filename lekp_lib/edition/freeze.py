"""An edition on disk: its manifest, the form of its tables, and the way to freeze it in one rename."""

from __future__ import annotations

import datetime as dt
import hashlib
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import replace
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from pydantic import BaseModel, ConfigDict, Field, SerializerFunctionWrapHandler, ValidationError, model_serializer

from lekp_lib.data.readers import FIGURES, NOT_REGISTERED, STATUSES
from lekp_lib.errors import EditionError, EditionProblems, Problem, model_problems
from lekp_lib.pact import CustomFile, CustomKind
from lekp_lib.pact.yaml_files import MAX_BYTES, read_yaml
from lekp_lib.paths import sha256_of

if TYPE_CHECKING:
    import pandera.pandas as pandera

MANIFEST_NAME = "manifest.json"
Sha256 = Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
Name = Annotated[str, Field(min_length=1)]
EditionId = Annotated[str, Field(pattern=r"^[a-z0-9][a-z0-9-]*$")]


# ---- manifest --------------------------------------------------------------------------------------------------------


class _Part(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class TableEntry(_Part):
    """One frozen table: file name beside the manifest, number of rows, hash of its bytes."""

    file: str = Field(pattern=r"^[a-z_]+\.parquet$")
    rows: int = Field(ge=0)
    sha256: Sha256


class RawInput(_Part):
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


class TextInput(_Part):
    """A file with corrections or explanations, kept in the raw store under its hash."""

    name: Name
    sha256: Sha256


class BoundaryInput(_Part):
    """The file that the boundaries of the municipalities were read from: what its passport says."""

    sha256: Sha256
    name: Name
    provider: str = Field(pattern=r"^[a-z0-9_]+$")
    title: str = ""
    url: str = ""
    licence: str = ""
    published: dt.date | None = None
    retrieved: dt.date


class DeclaredFile(_Part):
    """A target or source that the project declared itself, as it was when the edition was made.

    The text itself stands here, so that an edition can be read and shown without the project.
    """

    kind: CustomKind
    name: str = Field(pattern=r"^[a-z0-9_]+\.yaml$")
    text: str = Field(min_length=1, max_length=MAX_BYTES)


class Predecessor(_Part):
    """Another edition, with the hash of its manifest."""

    id: EditionId
    sha256: Sha256


class Manifest(_Part):
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
        since format 3.
    declared
        Targets and sources of the project; figures of them stand beside those of the pact. Format 3 and further.
    """

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
    base: Predecessor | None = None
    inputs: tuple[RawInput, ...] = ()
    corrections: tuple[TextInput, ...] = ()
    explanations: tuple[TextInput, ...] = ()
    boundaries: BoundaryInput | None = None
    declared: tuple[DeclaredFile, ...] = ()
    tables: dict[str, TableEntry]

    @property
    def own_files(self) -> tuple[CustomFile, ...]:
        """The declared files as the catalogue reads them."""
        return tuple(CustomFile(item.kind, item.name, item.text) for item in self.declared)

    @model_serializer(mode="wrap")
    def _only_what_is_there(self, handler: SerializerFunctionWrapHandler) -> dict[str, Any]:
        """Without empty keys of format 3: an edition that needs none stays the same text, and so the same hash."""
        found: dict[str, Any] = handler(self)
        return {key: value for key, value in found.items() if value or key not in {"base", "declared", "boundaries"}}


def read_manifest(folder: Path) -> Manifest:
    """Read and validate the manifest of an edition folder.

    Parameters
    ----------
    folder
        Folder of one edition.

    Raises
    ------
    EditionError
        When the folder or its manifest is absent.
    EditionProblems
        When the manifest is not readable, with every wrong key.
    """
    path = folder / MANIFEST_NAME
    if not path.is_file():
        raise EditionError(
            f"{folder}: geen {MANIFEST_NAME}; verwacht de map van een editie. `lekp list editions` toont welke er zijn."
        )
    try:
        return Manifest.model_validate_json(path.read_text(encoding="utf-8"))
    except UnicodeDecodeError as error:
        raise EditionError(f"{path}: geen tekst in UTF-8 ({error.reason}); zet de editie terug") from None
    except ValidationError as error:
        advice = "Een manifest wordt nooit met de hand aangepast: zet de editie terug, of maak ze opnieuw met "
        advice += "`lekp data prepare --editie ID --peildatum DATUM`."
        found = model_problems(error, Manifest, lambda keys: f"{path}: {'.'.join(map(str, keys)) or 'bestand'}")
        problems = [replace(problem, advice=advice) for problem in found]
        raise EditionProblems("manifest van de editie niet bruikbaar", problems) from None


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
    if problems:
        raise EditionProblems(f"editie {manifest.id!r} is beschadigd", problems)


# ---- tables ----------------------------------------------------------------------------------------------------------


DATE = "datetime64[s]"
_DATES = ("reference_date", "retrieved", "since")
#: Types of pandas, by column of figures; the others are texts.
TYPES = dict.fromkeys(FIGURES, "str") | dict.fromkeys(_DATES, DATE)
TYPES |= {"value": "float64", "original": "float64", "base_year": "Int64"}
#: Columns of figures in which a value may be missing.
_OPTIONAL = ("retrieved", "since", "base_year", "original")
WORDS: dict[str, tuple[str, ...]] = {
    "status": (*STATUSES, NOT_REGISTERED),
    "measure": ("stand", "aandeel_pct"),
    "date_precision": ("dag", "maand", "jaar", "onbekend"),
}
KEY = ["target_id", "indicator", "nis", "reference_date"]
#: Columns that editions of format 1 do not have, with the value that says "never corrected".
_LATER_COLUMNS: dict[str, float | str] = {"original": float("nan"), "correction_note": ""}
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
    "figures": _FIGURES,
    "former": _FIGURES,
    "totals": _FIGURES,
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


@cache
def figures_schema() -> pandera.DataFrameSchema:
    """The table of figures as a schema that checks and describes it."""
    import pandera.pandas as pandera

    told = read_yaml(Path(__file__).with_name("kolommen.yaml")).data
    columns = {
        name: schema_column(dtype, **told[name], allowed=WORDS.get(name, ()), always=name not in _OPTIONAL)
        for name, dtype in TYPES.items()
    }
    description = "Edition.figures: one observation a row."
    return pandera.DataFrameSchema(columns, strict=True, unique=KEY, title="figures", description=description)


def schema_column(
    dtype: str, meaning: str, unit: str = "", allowed: tuple[str, ...] | list[str] = (), *, always: bool = False
) -> pandera.Column:
    """One column of a table, with what the reference page says of it.

    Parameters
    ----------
    dtype
        Type of pandas.
    meaning
        One sentence; says when the value is missing.
    unit
        Unit of the values, where they have the same one.
    allowed
        The only words that may stand there.
    always
        Whether no value may be missing.
    """
    import pandera.pandas as pandera

    checks = [pandera.Check.isin(list(allowed))] if allowed else []
    metadata = {"unit": unit, "words": allowed}
    return pandera.Column(dtype, checks, nullable=not always, description=meaning, metadata=metadata)


def typed(figures: pd.DataFrame) -> pd.DataFrame:
    """Figures with the types of an edition, from those that a reader gave; what is absent is missing, never filled."""
    dates = {name: pd.to_datetime(figures[name]) for name in _DATES}
    return figures[list(FIGURES)].assign(**dates).astype(TYPES)


def as_read(figures: pd.DataFrame) -> pd.DataFrame:
    """Figures with plain dates and ``None`` for what is missing, as a reader gives and a check takes them."""
    frame = figures.assign(**{name: figures[name].dt.date for name in _DATES}).astype(object)
    return frame.where(frame.notna(), None).astype({"value": float})


def to_parquet(name: str, frame: pd.DataFrame) -> bytes:
    """A table as the bytes of a parquet file, in a fixed order so that equal rows give equal bytes."""
    schema = TABLES[name]
    if name in FIGURE_TABLES:
        rows = typed(frame).sort_values(KEY, kind="stable")
    else:
        rows = frame[schema.names].sort_values(
            schema.names, key=lambda column: column.map(str).where(column.notna(), "")
        )
    # A figure that was never registered is no number; every other absence is an empty cell.
    cells = [pa.array(rows[field.name], field.type, from_pandas=field.nullable) for field in schema]
    table = pa.table(cells, schema=schema)
    buffer = BytesIO()
    pq.write_table(table, buffer, compression="zstd", write_statistics=False)
    return buffer.getvalue()


def read_table(name: str, path: Path) -> pd.DataFrame:
    """A frozen table as a data frame.

    Raises
    ------
    EditionError
        When it is no such table, or a cell that must be filled is empty.
    """
    schema = TABLES[name]
    try:
        # Without Arrow's threads: the batch forks its children from this process, and only one without may fork.
        table = pq.ParquetFile(BytesIO(path.read_bytes()), pre_buffer=False).read(use_threads=False)
        later = {} if "original" in table.column_names or name not in FIGURE_TABLES else _LATER_COLUMNS
        for column, value in later.items():
            table = table.append_column(
                column, pa.array([value] * len(table), schema.field(column).type, from_pandas=True)
            )
        frame: pd.DataFrame = (
            table.select(schema.names)
            .cast(schema)
            .to_pandas(date_as_object=name not in FIGURE_TABLES, use_threads=False)
        )
    except (pa.ArrowException, OSError, KeyError, ValueError):
        expected = f"de kolommen {', '.join(schema.names)}, elk van haar eigen soort"
        raise EditionError(f"{path}: geen tabel met cijfers; verwacht {expected}. Zet de editie terug.") from None
    return typed(frame) if name in FIGURE_TABLES else frame


def check_table(frame: pd.DataFrame, where: str, known: Mapping[str, set[str]], nis: set[str]) -> list[Problem]:
    """Everything in a table that no report may be made from.

    Parameters
    ----------
    frame
        Any table of an edition that is about municipalities or areas.
    where
        Name of the file, for the messages.
    known
        Indicator ids by target id, from the catalogue.
    nis
        Codes that may occur.

    Returns
    -------
    list of Problem
        With the row number, counted from 1 below the heading; at most twenty of a kind.
    """
    problems: list[Problem] = []

    def report(wrong: pd.Series, column: str, expected: str) -> None:
        for position in wrong.to_numpy().nonzero()[0][:20]:
            found = repr(frame[column].iloc[position])
            problems.append(Problem(f"{where}: rij {position + 1}, {column}", found, expected))

    if "target_id" in frame:
        report(~frame["target_id"].isin(list(known)), "target_id", "de id van een doel uit de catalogus")
    if "indicator" in frame:
        pairs = [(target, indicator) for target, ids in known.items() for indicator in ids]
        named = pd.MultiIndex.from_frame(frame[["target_id", "indicator"]]).isin(pairs)
        report(frame["target_id"].isin(list(known)) & ~named, "indicator", "een indicator van dat doel")
    report(~frame["nis"].isin(list(nis)), "nis", "een code die op de peildatum bestaat")
    for column in [name for name in WORDS if name in frame]:
        report(~frame[column].isin(WORDS[column]), column, ", ".join(WORDS[column]))
    if "value" in frame:
        given = np.isfinite(frame["value"]) | frame["status"].eq(NOT_REGISTERED)
        report(~given, "value", "een eindig getal; een cijfer dat ontbreekt heeft geen rij")
        report(np.isinf(frame["original"]), "original", "een eindig getal, of niets als het cijfer niet verbeterd is")
        report(frame.duplicated(KEY), "reference_date", "één cijfer per doel, indicator, gemeente en datum")
    return problems


# ---- freezing --------------------------------------------------------------------------------------------------------


def refuse_existing(folder: Path) -> None:
    """An edition is never overwritten."""
    if folder.exists():
        raise EditionError(
            f"{folder}: bestaat al; een editie wordt nooit overschreven. Kies een andere id, of haal ze eerst weg."
        )


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
        raise EditionError(
            f"editie {about['id']!r} is fictief en heeft geen banner; verzonnen cijfers zeggen dat op elke bladzijde"
        )
    about["format"] = 3 if any(about.get(name) for name in ("declared", "boundaries", "base")) else 2
    folder.parent.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".nieuw-", dir=folder.parent) as scratch:
        made, entries = Path(scratch) / folder.name, {}
        made.mkdir()
        for name, schema in TABLES.items():
            frame = tables.get(name, pd.DataFrame(columns=schema.names))
            if len(frame) or name in FIGURE_TABLES:
                file, content = f"{name}.parquet", to_parquet(name, frame)
                (made / file).write_bytes(content)
                entries[name] = TableEntry(file=file, rows=len(frame), sha256=hashlib.sha256(content).hexdigest())
        manifest = Manifest(tables=entries, **about)
        (made / MANIFEST_NAME).write_text(manifest.model_dump_json(indent=2) + "\n", encoding="utf-8")
        check(str(made))
        made.rename(folder)
    return manifest
