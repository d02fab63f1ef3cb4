"""The single door to figures: open an edition, ask it for observations.

A report never reads a file by itself; whatever it shows comes through :class:`Edition`.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Mapping
from functools import cached_property
from pathlib import Path
from typing import Any

import pandas as pd

from lekp_lib.data.readers import NOT_REGISTERED
from lekp_lib.edition.freeze import (
    FIGURE_TABLES,
    KEY,
    MANIFEST_NAME,
    TABLES,
    Manifest,
    check_table,
    check_tables,
    read_manifest,
    read_table,
    typed,
)  # fmt: skip
from lekp_lib.errors import EditionError, EditionProblems
from lekp_lib.pact import Catalog, load_catalog, project_folder
from lekp_lib.paths import sha256_of
from lekp_lib.register import CountFact, Register, load_register

_EMBEDDED = Path(__file__).with_name("embedded")
#: Where `lekp data prepare` puts editions, seen from the working folder.
DATA_EDITIONS = Path("data") / "edities"

#: Environment variable with folders of editions by the name that parameters give them, as JSON.
GIVEN_EDITIONS = "LEKP_GIVEN_EDITIONS"

#: Codes of Flanders and its provinces, which have totals but no report.
AREA_NAMES = {
    "02000": "Vlaanderen", "10000": "Antwerpen", "20001": "Vlaams-Brabant", "30000": "West-Vlaanderen",
    "40000": "Oost-Vlaanderen", "70000": "Limburg",
}  # fmt: skip


def embedded_editions() -> tuple[str, ...]:
    """Ids of the editions inside the package, in alphabetical order."""
    return tuple(sorted(path.name for path in _EMBEDDED.iterdir() if path.is_dir()))


def _prepared_folder() -> Path:
    """Below the working folder, or beside the ``parameters`` of the project that it belongs to."""
    return DATA_EDITIONS if DATA_EDITIONS.is_dir() else project_folder(Path()).parent / DATA_EDITIONS


def prepared_editions() -> tuple[str, ...]:
    """Ids of the editions that were prepared in the project of the working folder, in alphabetical order."""
    return tuple(sorted(path.parent.name for path in _prepared_folder().glob(f"[!.]*/{MANIFEST_NAME}")))


def find_edition(id_or_path: str) -> Path:
    """Folder of an embedded edition or a prepared one (by id), or of an edition elsewhere (by path).

    What :data:`GIVEN_EDITIONS` names goes first: on another machine an edition has the name that it has at home.

    Raises
    ------
    EditionError
        With the ids that exist.
    """
    given = json.loads(os.environ.get(GIVEN_EDITIONS, "{}"))
    known = {name: _EMBEDDED / name for name in embedded_editions()}
    for name in prepared_editions():
        known.setdefault(name, _prepared_folder() / name)
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
        By name of :data:`~lekp_lib.edition.freeze.TABLES`; absent ones are empty.
    """

    def __init__(
        self, folder: Path, manifest: Manifest, catalog: Catalog, register: Register, tables: Mapping[str, pd.DataFrame]
    ) -> None:
        self.folder, self.manifest, self.catalog, self.register = folder, manifest, catalog, register
        self._tables = dict(tables)

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
            register = register.with_counts(CountFact(*row) for row in tables["counts"].itertuples(index=False))
        if not any(len(tables[name]) for name in FIGURE_TABLES):
            raise EditionError(
                f"editie {manifest.id!r} bevat geen enkel cijfer. Lees eerst cijfers in, of kies een andere editie."
            )
        known, current = _known(catalog, register, manifest.reference_date)
        before = {item.nis for item in register.municipalities(dt.date(2024, 12, 31))} | register.former_codes()
        codes = {"former": before, "totals": set(AREA_NAMES)}
        problems = []
        for name, frame in tables.items():
            if name != "counts":  # the register judges these when it takes them in
                file = str(folder / manifest.tables[name].file)
                problems += check_table(frame, file, known, codes.get(name, current))
        if problems:
            raise EditionProblems(f"editie {manifest.id!r} bevat cijfers die niet kunnen kloppen", problems)
        return cls(folder, manifest, catalog, register, tables)

    @property
    def id(self) -> str:
        """Short name, used in addresses and file names."""
        return self.manifest.id

    @property
    def title(self) -> str:
        """Name for readers."""
        return self.manifest.title

    @property
    def reference_date(self) -> dt.date:
        """The day as of which the edition speaks."""
        return self.manifest.reference_date

    @property
    def fictitious(self) -> bool:
        """Whether the figures are invented."""
        return self.manifest.fictitious

    @property
    def figures(self) -> pd.DataFrame:
        """All figures of municipalities: one row per target, indicator, municipality and date."""
        return self._tables["figures"].dropna(subset="value", ignore_index=True)

    @property
    def unregistered(self) -> pd.DataFrame:
        """What sources say was never entered: rows as those of :attr:`figures`, without a value."""
        figures = self._tables["figures"]
        return figures[figures["status"] == NOT_REGISTERED]

    def frame(self, name: str) -> pd.DataFrame:
        """A table by name of :data:`~lekp_lib.edition.freeze.TABLES`; without rows where the edition has none."""
        if name not in self._tables:
            return pd.DataFrame(columns=TABLES[name].names)
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
        tables = {**self._tables, "figures": pd.concat([self._tables["figures"], *more], ignore_index=True)}
        problems = check_table(tables["figures"], "cijfers", *_known(catalog, self.register, self.reference_date))
        if problems:
            raise EditionProblems("cijfers die niet kunnen kloppen", problems)
        return Edition(self.folder, self.manifest, catalog, self.register, tables)

    def corrections_of(self, target_id: str, nis: str) -> pd.DataFrame:
        """What one municipality changed for one target, oldest figure first."""
        return self._about("corrections", target_id, nis).sort_values(["reference_date", "indicator"])

    def explanation(self, target_id: str, nis: str) -> Any:
        """The last explanation of one municipality for one target, as a row; older ones are not shown."""
        rows = self._about("explanations", target_id, nis).sort_values("date", kind="stable", ascending=False)
        return next(rows.itertuples(), None)

    def _about(self, table: str, target_id: str, nis: str) -> pd.DataFrame:
        frame = self.frame(table)
        return frame[(frame["target_id"] == target_id) & (frame["nis"] == nis)]

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
        if named is None:
            return None
        beside = self.folder.parent / named.id
        folder = beside if (beside / MANIFEST_NAME).is_file() else find_edition(named.id)
        if sha256_of(folder / MANIFEST_NAME) != named.sha256:
            raise EditionError(
                f"editie {self.id!r} volgt op {named.id!r}, maar {folder / MANIFEST_NAME} is niet meer wat het "
                "was. Zet de vorige editie terug, of maak deze opnieuw met `lekp data prepare`."
            )
        return Edition.open(str(folder))


def _known(catalog: Catalog, register: Register, on: dt.date) -> tuple[dict[str, set[str]], set[str]]:
    """What figures may be about: indicator ids by target id, and codes of municipalities."""
    series = {target.id: {indicator.id for indicator in target.indicators} for target in catalog.measured}
    return series, {place.nis for place in register.municipalities(on)}


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
