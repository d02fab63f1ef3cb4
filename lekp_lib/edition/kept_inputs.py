"""What goes into an edition, kept in the raw store by hash: raw files, declared shapes, files of municipalities."""

from __future__ import annotations

import datetime as dt
import hashlib
from collections.abc import Callable, Sequence
from dataclasses import replace
from pathlib import Path

import pandas as pd
from pydantic import ValidationError

from lekp_lib.data.calendar import newest_by_source
from lekp_lib.data.importing import usable_options
from lekp_lib.data.observation import figures_frame
from lekp_lib.data.readers import COUNTS, ReadResult, read_file
from lekp_lib.data.schema import FileShape
from lekp_lib.data.store import ImportEntry, Ledger, RawStore
from lekp_lib.edition.corrections import TextFile
from lekp_lib.edition.edition import Edition
from lekp_lib.edition.manifest import RawInput, TextInput
from lekp_lib.edition.tables import TABLE_NAMES, observations_of
from lekp_lib.errors import EditionError
from lekp_lib.pact import Catalog
from lekp_lib.register import Register

#: Provider in the passports of what this program itself keeps: declared shapes, files of municipalities.
KEEPER = "lekp"

FindShape = Callable[[str], FileShape]


def shape_bytes(shape: FileShape) -> bytes:
    """A declared shape as it is kept."""
    return (shape.model_dump_json(indent=1) + "\n").encode("utf-8")


def keep(store: RawStore, content: bytes, name: str, day: dt.date, media_type: str) -> str:
    """Keep a content of our own in the raw store, and tell its hash."""
    return store.put(content, name=name, provider=KEEPER, retrieved=day, media_type=media_type).sha256


def imported(
    data_dir: Path, find_shape: FindShape, entries: Sequence[ImportEntry] | None = None
) -> tuple[tuple[RawInput, ...], tuple[FileShape, ...]]:
    """Everything that was imported, in order, with the shapes that hold now; nothing is written.

    Parameters
    ----------
    data_dir
        Folder with raw files and ledger.
    find_shape
        Declared shape by id.
    entries
        Which imports; all that hold by default.

    Returns
    -------
    tuple
        Inputs as a manifest lists them, and their shapes; both empty when nothing was imported.

    Raises
    ------
    LekpError
        When an import has no raw file any more, or its shape is not declared any more.
    """
    store = RawStore(data_dir)
    passports = {passport.sha256: passport for passport in store.passports()}
    inputs, shapes = [], []
    for entry in Ledger(data_dir).entries() if entries is None else entries:
        passport = passports.get(entry.sha256) or store.passport(entry.sha256)
        shape = find_shape(entry.shape)
        shapes.append(shape)
        inputs.append(
            RawInput(
                sha256=entry.sha256,
                name=passport.name,
                url=passport.url,
                retrieved=passport.retrieved,
                shape=entry.shape,
                shape_sha256=hashlib.sha256(shape_bytes(shape)).hexdigest(),
                options=entry.options,
                imported=entry.date,
            )
        )
    return tuple(inputs), tuple(shapes)


def text_inputs(files: Sequence[TextFile]) -> tuple[TextInput, ...]:
    """Files of municipalities as the manifest lists them."""
    return tuple(TextInput(name=file.name, sha256=file.sha256) for file in files)


def read_inputs(
    store: RawStore,
    inputs: Sequence[RawInput],
    shapes: Sequence[FileShape],
    catalog: Catalog,
    register: Register,
) -> tuple[ReadResult, ...]:
    """Every raw file read again by its shape; rows that were refused at the import are refused again, and told."""
    results = []
    for item, shape in zip(inputs, shapes, strict=True):
        found = read_file(
            store.path(item.sha256),
            shape,
            catalog,
            register,
            options=usable_options(item.options, store),
            name=item.name,
            url=item.url,
            retrieved=item.retrieved,
        )
        count = len(found.refused)
        refused = [f"{item.name}: {count} geweigerde rijen blijven weg"] if count else []
        results.append(replace(found, notes=[*(f"{item.name}: {note}" for note in found.notes), *refused]))
    return tuple(results)


def base_result(folder: Path) -> ReadResult:
    """Figures and counts of another edition, to be laid under the imports as if they had come in before them."""
    edition = Edition.open(str(folder))
    tables = [observations_of(edition.frame(name)) for name in TABLE_NAMES]
    figures = figures_frame(item for table in tables for item in table)
    return ReadResult(figures=figures, counts=pd.DataFrame(edition.counts, columns=list(COUNTS)))


def replaced_note(base: ReadResult, results: Sequence[ReadResult], name: str) -> str:
    """How many figures of the edition below are used, and for which targets own figures stand in their place."""
    keys = ["target_id", "indicator", "nis", "reference_date"]
    own = pd.concat([base.figures.head(0), *(one.figures for one in results)])[keys].drop_duplicates()
    replaced = base.figures.merge(own, on=keys)["target_id"].value_counts(sort=False)
    told = ", ".join(f"{target} {count}" for target, count in sorted(replaced.items(), key=str))
    figures = f"{len(base.figures)} cijfers van editie {name} liggen onder de eigen cijfers"
    return f"{figures}; eigen cijfers gaan voor bij {replaced.sum()}: {told}" if told else figures


def kept_shape(store: RawStore, item: RawInput) -> FileShape:
    """Shape by which a file was read, as it was declared then.

    Raises
    ------
    EditionError
        When this version of the program knows other declarations.
    """
    try:
        return FileShape.model_validate_json(store.path(item.shape_sha256).read_bytes(), strict=True)
    except ValidationError as error:
        raise EditionError(
            f"shape {item.shape!r} was declared in a way that this version does not read ({error.error_count()} "
            "differences); rebuild with the version of lekp that made the edition"
        ) from None


def kept_texts(store: RawStore, inputs: Sequence[TextInput]) -> tuple[TextFile, ...]:
    """Files of municipalities as they were then."""
    return tuple(TextFile(item.name, store.path(item.sha256).read_bytes()) for item in inputs)


def newest_reference_dates(shapes: Sequence[FileShape], results: Sequence[ReadResult]) -> dict[str, dt.date]:
    """Newest reference date by source id, of figures, counts and context."""
    dated: list[tuple[str, dt.date]] = []
    for shape, result in zip(shapes, results, strict=True):
        dated += zip(result.figures["source_id"], result.figures["reference_date"], strict=True)
        dated += [(shape.source, day) for day in result.counts["date"]]
        if len(result.context):
            dated += [(shape.source, day) for day in result.context["date"] if isinstance(day, dt.date)]
    return newest_by_source(dated)
