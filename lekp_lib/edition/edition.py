"""The single door to figures: open an edition, ask it for observations.

A report never reads a file by itself; whatever it shows comes through :class:`Edition`.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping
from functools import cached_property
from importlib.resources import files
from pathlib import Path

import pandas as pd

from lekp_lib.catalog import Catalog, load_catalog
from lekp_lib.edition.manifest import Manifest, check_tables, read_manifest
from lekp_lib.edition.models import Observation
from lekp_lib.edition.tables import check_frame, observations_of, read_frame
from lekp_lib.errors import EditionError, EditionProblems
from lekp_lib.register import Register, load_register

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


def find_edition(id_or_path: str) -> Path:
    """Folder of an embedded edition (by id) or of an edition elsewhere (by path).

    Raises
    ------
    EditionError
        With the ids that exist.
    """
    embedded = embedded_editions()
    if id_or_path in embedded:
        return _embedded_folder() / id_or_path
    folder = Path(id_or_path)
    if folder.is_dir():
        return folder
    raise EditionError(
        f"edition {id_or_path!r}: found neither an embedded edition nor a folder; "
        f"expected one of {', '.join(embedded)}, or the path of an edition folder"
    )


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
        Tables by name.
    """

    def __init__(
        self,
        folder: Path,
        manifest: Manifest,
        catalog: Catalog,
        register: Register,
        frames: Mapping[str, pd.DataFrame],
    ) -> None:
        self.folder = folder
        self.manifest = manifest
        self.catalog = catalog
        self.register = register
        self._frames = dict(frames)

    @classmethod
    def open(cls, id_or_path: str) -> Edition:
        """Open an edition after checking its hashes, columns, codes and values.

        Parameters
        ----------
        id_or_path
            ``gepubliceerd``, ``voorbeeld``, or the path of an edition folder.

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
        catalog, register = load_catalog(), load_register()
        frames = {}
        for name, entry in manifest.tables.items():
            try:
                frames[name] = read_frame((folder / entry.file).read_bytes())
            except (ValueError, OSError) as error:
                raise EditionError(f"{folder / entry.file}: not a table of figures ({error})") from None
        if not any(len(frame) for frame in frames.values()):
            raise EditionError(
                f"edition {manifest.id!r} holds no figure at all; a report from it would only say 'geen gegevens'. "
                "Bring figures in first, or choose another edition."
            )
        known = {target.id: {indicator.id for indicator in target.indicators} for target in catalog.targets}
        current = {item.nis for item in register.municipalities(manifest.reference_date)}
        before = {item.nis for item in register.municipalities(dt.date(2024, 12, 31))}
        allowed = {"figures": current, "former": before, "totals": set(AREA_NAMES)}
        problems = [
            problem
            for name, frame in frames.items()
            for problem in check_frame(frame, str(folder / manifest.tables[name].file), known, allowed[name])
        ]
        if problems:
            raise EditionProblems(f"edition {manifest.id!r} holds figures that cannot be right", problems)
        return cls(folder, manifest, catalog, register, frames)

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
        return self._frames["figures"].copy()

    def frame(self, name: str) -> pd.DataFrame:
        """A table by name: ``figures``, ``former`` or ``totals``."""
        return self._frames[name].copy()

    def _by_key(self, name: str) -> dict[tuple[str, str], tuple[Observation, ...]]:
        found: dict[tuple[str, str], list[Observation]] = {}
        for observation in observations_of(self._frames[name]):
            found.setdefault((observation.target_id, observation.nis), []).append(observation)
        return {key: tuple(items) for key, items in found.items()}

    @cached_property
    def _figures_by_key(self) -> dict[tuple[str, str], tuple[Observation, ...]]:
        return self._by_key("figures")

    @cached_property
    def _former_by_key(self) -> dict[tuple[str, str], tuple[Observation, ...]]:
        return self._by_key("former")

    @cached_property
    def _totals_by_key(self) -> dict[tuple[str, str], tuple[Observation, ...]]:
        return self._by_key("totals")

    def observations(self, target_id: str, nis: str) -> tuple[Observation, ...]:
        """All figures of one municipality for one target, by indicator and date; empty when nobody registered any."""
        return self._figures_by_key.get((target_id, nis), ())

    def former_observations(self, target_id: str, nis: str) -> tuple[Observation, ...]:
        """Figures of a municipality that has merged since; they say nothing of the whole of its successor."""
        return self._former_by_key.get((target_id, nis), ())

    def totals(self, target_id: str, nis: str = "02000") -> tuple[Observation, ...]:
        """Published totals of Flanders (default) or a province."""
        return self._totals_by_key.get((target_id, nis), ())
