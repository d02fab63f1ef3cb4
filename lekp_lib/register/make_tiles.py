"""Write ``tiles.csv``, the place of each municipality on the tile map: ``python -m lekp_lib.register.make_tiles``.

Run it only when the municipalities change: readers know the picture, and a build never makes it anew (design.md 6).
"""

from __future__ import annotations

import csv
import sys
from pathlib import Path

import numpy as np
import shapely
from pyproj import Transformer

from lekp_lib.register.tiles import layout

_EDITION = "2025"
_BELGIAN_LAMBERT_2008 = 3812

# Brussels is no part of Flanders, but everybody looks for it: its hole in the map is two cells wide.
_BRUSSELS_LON_LAT = (4.37, 50.845)
_BRUSSELS_RADIUS_M = 6_000.0


def write_tiles(municipalities: Path, target: Path) -> int:
    """Lay out the municipalities of 2025 and write their cells.

    Parameters
    ----------
    municipalities
        The table ``municipalities.csv``.
    target
        The file to write: ``nis,q,r``, sorted by NIS code.

    Returns
    -------
    int
        Number of municipalities written.
    """
    with municipalities.open(encoding="utf-8", newline="") as stream:
        rows = sorted((row for row in csv.DictReader(stream) if row["edition"] == _EDITION), key=lambda row: row["nis"])
    transformer = Transformer.from_crs(4326, _BELGIAN_LAMBERT_2008, always_xy=True)
    lon, lat = ([float(row[name]) for row in rows] for name in ("repr_lon", "repr_lat"))
    points = np.column_stack(transformer.transform(lon, lat))
    brussels = shapely.buffer(shapely.Point(transformer.transform(*_BRUSSELS_LON_LAT)), _BRUSSELS_RADIUS_M)
    cells = layout(points, [row["provincie_nis"] for row in rows], brussels)
    with target.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.writer(stream, lineterminator="\n")
        writer.writerow(["nis", "q", "r"])
        writer.writerows([row["nis"], int(q), int(r)] for row, (q, r) in zip(rows, cells, strict=True))
    return len(rows)


if __name__ == "__main__":
    data = Path(__file__).parent / "data"
    sys.stdout.write(f"{write_tiles(data / 'municipalities.csv', data / 'tiles.csv')} tiles written\n")
