"""What imports are read against, and reading an earlier import again from its raw bytes."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from lekp_lib.data.import_result import ImportResult
from lekp_lib.data.ledger import ImportEntry
from lekp_lib.data.raw_store import RawStore
from lekp_lib.data.read_shape import read_file
from lekp_lib.pact import Catalog
from lekp_lib.pact.load_shapes import find_shape
from lekp_lib.pact.shapes import FileShape
from lekp_lib.register.register import Register

BY_HASH = "sha256:"
FILE_OPTIONS = ("grenzen",)


@dataclass(frozen=True)
class World:
    """What imports are read against.

    Attributes
    ----------
    catalog, register
        Targets and municipalities.
    data_dir
        Data folder of the user.
    shapes_folder
        Folder with ``vormen/*.yaml`` of the user's own, or ``None``.
    """

    catalog: Catalog
    register: Register
    data_dir: Path
    shapes_folder: Path | None = None
    _shapes: dict[str, FileShape] = field(default_factory=dict, repr=False, compare=False)

    def shape(self, shape_id: str) -> FileShape:
        """Declared shape by id, read once."""
        if shape_id not in self._shapes:
            self._shapes[shape_id] = find_shape(shape_id, self.shapes_folder)
        return self._shapes[shape_id]


def usable_options(options: Mapping[str, str], store: RawStore) -> dict[str, str]:
    """Options of the ledger with the paths of files that it names by fingerprint."""
    return {
        name: str(store.path(text.removeprefix(BY_HASH))) if name in FILE_OPTIONS and text.startswith(BY_HASH) else text
        for name, text in options.items()
    }


def read_entry(entry: ImportEntry, world: World) -> ImportResult:
    """What an import of the ledger gives, read again from the raw bytes.

    Parameters
    ----------
    entry
        Line of the ledger.
    world
        Catalogue, register, data folder.

    Returns
    -------
    ImportResult
    """
    store = RawStore(world.data_dir)
    passport = store.passport(entry.sha256)
    return read_file(
        store.path(entry.sha256),
        world.shape(entry.shape),
        world.catalog,
        world.register,
        options=usable_options(entry.options, store),
        name=passport.name,
        url=passport.url,
        retrieved=passport.retrieved,
    )
