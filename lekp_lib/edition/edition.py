"""The single door to figures: open an edition, ask it for observations.

A report never reads a file by itself; whatever it shows comes through :class:`Edition`.
"""

from __future__ import annotations

import datetime as dt
import json
import os
from collections.abc import Iterable, Mapping
from functools import cached_property
from importlib.resources import files
from pathlib import Path

import pandas as pd

from lekp_lib.edition.boundaries import Boundaries, boundaries_of
from lekp_lib.edition.manifest import MANIFEST_NAME, Manifest, check_tables, read_manifest, sha256_of
from lekp_lib.edition.models import Observation, Status
from lekp_lib.edition.side_tables import (
    SIDE_TABLES,
    AppliedCorrection,
    BoundaryRow,
    ContextRow,
    ShownExplanation,
    SideRow,
    check_sides,
    read_side,
)
from lekp_lib.edition.tables import check_frame, observations_of, read_frame, to_parquet
from lekp_lib.errors import EditionError, EditionProblems
from lekp_lib.pact import Catalog, load_catalog, project_folder
from lekp_lib.register import CountFact, Register, load_register

#: Where `lekp data prepare` puts editions, seen from the working folder.
DATA_EDITIONS = Path("data") / "edities"

#: Environment variable with folders of editions by the name that parameters give them, as JSON.
GIVEN_EDITIONS = "LEKP_GIVEN_EDITIONS"

#: Codes of Flanders and its provinces, which have totals but no report.
AREA_NAMES = {
    "02000": "Vlaanderen",
    "10000": "Antwerpen",
    "20001": "Vlaams-Brabant",
    "30000": "West-Vlaanderen",
    "40000": "Oost-Vlaanderen",
    "70000": "Limburg",
}


def _embedded_folder() -> Path:
    return Path(str(files("lekp_lib.edition") / "embedded"))


def embedded_editions() -> tuple[str, ...]:
    """Ids of the editions inside the package, in alphabetical order."""
    return tuple(sorted(path.name for path in _embedded_folder().iterdir() if path.is_dir()))


def _prepared_folder() -> Path:
    """Below the working folder, or beside the ``parameters`` of the project that it belongs to."""
    return DATA_EDITIONS if DATA_EDITIONS.is_dir() else project_folder(Path()).parent / DATA_EDITIONS


def prepared_editions(folder: Path | None = None) -> tuple[str, ...]:
    """Ids of the editions that were prepared in the project of the working folder, in alphabetical order."""
    folder = _prepared_folder() if folder is None else folder
    if not folder.is_dir():
        return ()
    return tuple(sorted(path.parent.name for path in folder.glob(f"[!.]*/{MANIFEST_NAME}")))


def find_edition(id_or_path: str) -> Path:
    """Folder of an embedded edition or a prepared one (by id), or of an edition elsewhere (by path).

    What :data:`GIVEN_EDITIONS` names goes first: on another machine an edition has the name that it has at home.

    Raises
    ------
    EditionError
        With the ids that exist.
    """
    given = json.loads(os.environ.get(GIVEN_EDITIONS, "{}"))
    if id_or_path in given:
        return Path(given[id_or_path])
    embedded = embedded_editions()
    if id_or_path in embedded:
        return _embedded_folder() / id_or_path
    prepared = prepared_editions()
    if id_or_path in prepared:
        return _prepared_folder() / id_or_path
    folder = Path(id_or_path)
    if folder.is_dir():
        return folder
    raise EditionError(
        f"editie {id_or_path!r} bestaat niet; verwacht een van {', '.join((*embedded, *prepared))}, of het pad van de "
        "map van een editie"
    )


def _read_tables(folder: Path, manifest: Manifest) -> tuple[dict[str, pd.DataFrame], dict[str, tuple[SideRow, ...]]]:
    frames: dict[str, pd.DataFrame] = {}
    sides: dict[str, tuple[SideRow, ...]] = {}
    for name, entry in manifest.tables.items():
        content = (folder / entry.file).read_bytes()
        try:
            if name in SIDE_TABLES:
                sides[name] = read_side(name, content)
            else:
                frames[name] = read_frame(content)
        except (ValueError, OSError) as error:
            raise EditionError(
                f"{folder / entry.file}: geen tabel met cijfers ({error}); zet de editie terug"
            ) from None
    return frames, sides


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
    frames
        Tables of figures by name.
    sides
        Rows of the other tables by name; absent ones are empty.
    """

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        catalog: Catalog,
        register: Register,
        frames: Mapping[str, pd.DataFrame],
        sides: Mapping[str, tuple[SideRow, ...]] | None = None,
    ) -> None:
        self.folder = folder
        self.manifest = manifest
        self.catalog = catalog
        self.register = register
        self._frames = dict(frames)
        self._sides = dict(sides or {})

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
        frames, sides = _read_tables(folder, manifest)
        if "counts" in sides:
            register = register.with_counts(row for row in sides["counts"] if isinstance(row, CountFact))
        if not any(len(frame) for frame in frames.values()):
            raise EditionError(
                f"editie {manifest.id!r} bevat geen enkel cijfer. Lees eerst cijfers in, of kies een andere editie."
            )
        known = {target.id: {indicator.id for indicator in target.indicators} for target in catalog.measured}
        current = {item.nis for item in register.municipalities(manifest.reference_date)}
        before = {item.nis for item in register.municipalities(dt.date(2024, 12, 31))} | register.former_codes()
        allowed = {"figures": current, "former": before, "totals": set(AREA_NAMES)}
        problems = [
            problem
            for name, frame in frames.items()
            for problem in check_frame(frame, str(folder / manifest.tables[name].file), known, allowed[name])
        ]
        problems += check_sides(sides, folder, known, current)
        if problems:
            raise EditionProblems(f"editie {manifest.id!r} bevat cijfers die niet kunnen kloppen", problems)
        return cls(folder, manifest, catalog, register, frames, sides)

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
        return self._frames["figures"].dropna(subset="value", ignore_index=True)

    @property
    def unregistered(self) -> pd.DataFrame:
        """What sources say was never entered: rows as those of :attr:`figures`, without a value."""
        frame = self._frames["figures"]
        return frame[frame["status"].eq(Status.UNREGISTERED)]

    def frame(self, name: str) -> pd.DataFrame:
        """A table by name: ``figures``, ``former`` or ``totals``."""
        return self._frames[name].copy()

    def with_catalog(self, catalog: Catalog, figures: Iterable[Observation] = ()) -> Edition:
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
        more = list(figures)
        frames = dict(self._frames)
        if more:
            content, _ = to_parquet(more)
            frames["figures"] = pd.concat([frames["figures"], read_frame(content)], ignore_index=True)
        known = {target.id: {indicator.id for indicator in target.indicators} for target in catalog.measured}
        current = {item.nis for item in self.register.municipalities(self.reference_date)}
        problems = check_frame(frames["figures"], "figures", known, current)
        if problems:
            raise EditionProblems("cijfers die niet kunnen kloppen", problems)
        return Edition(self.folder, self.manifest, catalog, self.register, frames, self._sides)

    @cached_property
    def _by_key(self) -> dict[tuple[str, str, str], list[Observation]]:
        """Figures by table, target and municipality."""
        groups: dict[tuple[str, str, str], list[Observation]] = {}
        for name, frame in self._frames.items():
            for item in observations_of(frame):
                groups.setdefault((name, item.target_id, item.nis), []).append(item)
        return groups

    def observations(self, target_id: str, nis: str) -> tuple[Observation, ...]:
        """All figures of one municipality for one target, by indicator and date; empty when nobody registered any."""
        return tuple(self._by_key.get(("figures", target_id, nis), ()))

    def former_observations(self, target_id: str, nis: str) -> tuple[Observation, ...]:
        """Figures of a municipality that has merged since; they say nothing of the whole of its successor."""
        return tuple(self._by_key.get(("former", target_id, nis), ()))

    def totals(self, target_id: str, nis: str = "02000") -> tuple[Observation, ...]:
        """Published totals of Flanders (default) or a province."""
        return tuple(self._by_key.get(("totals", target_id, nis), ()))

    @cached_property
    def corrections(self) -> tuple[AppliedCorrection, ...]:
        """All figures that municipalities changed or struck out, by target, indicator, municipality and date."""
        return tuple(row for row in self._sides.get("corrections", ()) if isinstance(row, AppliedCorrection))

    @property
    def counts(self) -> tuple[CountFact, ...]:
        """Inhabitants, dwellings and households that were imported, not those of the register."""
        return tuple(row for row in self._sides.get("counts", ()) if isinstance(row, CountFact))

    @cached_property
    def explanations(self) -> tuple[ShownExplanation, ...]:
        """All explanations of municipalities, by target, municipality and date."""
        return tuple(row for row in self._sides.get("explanations", ()) if isinstance(row, ShownExplanation))

    @cached_property
    def context(self) -> tuple[ContextRow, ...]:
        """Facts about municipalities that are no figures of a target."""
        return tuple(row for row in self._sides.get("context", ()) if isinstance(row, ContextRow))

    @cached_property
    def boundaries(self) -> Boundaries | None:
        """Real boundaries of all municipalities; ``None`` when none were frozen with this edition."""
        rows = [row for row in self._sides.get("boundaries", ()) if isinstance(row, BoundaryRow)]
        origin = self.manifest.boundaries
        if not rows or origin is None:
            return None
        return boundaries_of(rows, origin, self.catalog.source(origin.provider).name)

    def corrections_of(self, target_id: str, nis: str) -> tuple[AppliedCorrection, ...]:
        """What one municipality changed for one target, oldest figure first."""
        found = [row for row in self.corrections if (row.target_id, row.nis) == (target_id, nis)]
        return tuple(sorted(found, key=lambda row: (row.reference_date, row.indicator)))

    def explanation(self, target_id: str, nis: str) -> ShownExplanation | None:
        """The last explanation of one municipality for one target; older ones are not shown."""
        found = [row for row in self.explanations if (row.target_id, row.nis) == (target_id, nis)]
        return max(found, key=lambda row: row.date, default=None)

    @cached_property
    def newest_dates(self) -> Mapping[tuple[str, str], dt.date]:
        """Newest reference date by target and source, over all municipalities."""
        figures = self._frames["figures"]
        newest = figures.sort_values("reference_date").drop_duplicates(["target_id", "source_id"], keep="last")
        keys = zip(newest["target_id"], newest["source_id"], strict=True)
        return dict(zip(keys, newest["reference_date"].dt.date, strict=True))

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
