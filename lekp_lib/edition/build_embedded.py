"""Make the two editions that ship with the package: ``python -m lekp_lib.edition.build_embedded FOLDER``.

``gepubliceerd`` holds only real figures with their source; ``voorbeeld`` is invented by the seeded generator.
"""

from __future__ import annotations

import datetime as dt
import sys
from importlib.resources import files
from pathlib import Path

from lekp_lib.data.observation import Observation
from lekp_lib.data.readers import packaged_figures
from lekp_lib.edition.example import generate, read_profile
from lekp_lib.edition.freeze import freeze
from lekp_lib.edition.manifest import Manifest
from lekp_lib.pact import load_catalog
from lekp_lib.register import load_register

PUBLISHED_REFERENCE_DATE = dt.date(2026, 3, 31)
PUBLISHED_BUILT = dt.date(2026, 11, 23)


def freeze_published(folder: Path) -> Manifest:
    """Freeze the edition of published figures.

    A figure of a municipality that has merged since says nothing of its successor: it goes to the table ``former``.
    """
    register = load_register()
    current = {item.nis for item in register.municipalities(PUBLISHED_REFERENCE_DATE)}
    figures = list(packaged_figures("charge_points_2026_03.csv", "feiten_laadpunten"))
    former: list[Observation] = []
    totals: list[Observation] = []
    earlier = {item.nis for item in register.municipalities(dt.date(2024, 12, 31))}
    for observation in packaged_figures("published_figures.csv", "gepubliceerde_cijfers"):
        table = figures if observation.nis in current else former if observation.nis in earlier else totals
        table.append(observation)
    return freeze(
        folder,
        edition_id="gepubliceerd",
        title="Gepubliceerde cijfers",
        reference_date=PUBLISHED_REFERENCE_DATE,
        built=PUBLISHED_BUILT,
        origin="Alleen gepubliceerde cijfers van gemeenten, partners en pers, met bron; al het andere ontbreekt.",
        tables={"figures": figures, "former": former, "totals": totals},
    )


def freeze_example(folder: Path, factor: int = 1) -> Manifest:
    """Freeze the example edition from its declared profile.

    Parameters
    ----------
    folder
        Where the edition goes; must not exist yet.
    factor
        So many times the figures (see :func:`~lekp_lib.edition.example.generate`), as edition ``voorbeeld-10x`` for
        10; 1 is the edition that ships with the package.
    """
    profile = read_profile(Path(str(files("lekp_lib.edition.example") / "profile.yaml")))
    return freeze(
        folder,
        edition_id="voorbeeld" if factor == 1 else f"voorbeeld-{factor}x",
        title=profile.title if factor == 1 else f"{profile.title}, {factor} keer zoveel cijfers",
        reference_date=profile.reference_date,
        built=profile.built,
        origin=profile.origin,
        tables={"figures": generate(profile, load_catalog(), load_register(), factor=factor)},
        fictitious=True,
        banner=profile.banner,
        seed=profile.seed,
    )


def main(arguments: list[str]) -> None:
    """Write both editions below the given folder."""
    folder = Path(arguments[0])
    for name, build in (("gepubliceerd", freeze_published), ("voorbeeld", freeze_example)):
        manifest = build(folder / name)
        rows = ", ".join(f"{table} {entry.rows}" for table, entry in manifest.tables.items())
        sys.stdout.write(f"{name}: {rows}\n")


if __name__ == "__main__":
    main(sys.argv[1:])
