"""Maps of the municipalities with geopandas: hexagons or real boundaries as a base layer, the own outline over it."""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import replace
from functools import partial
from typing import NamedTuple

import geopandas as gpd
import numpy as np
import pandas as pd
import shapely
from matplotlib.axes import Axes
from matplotlib.patches import PathPatch
from matplotlib.path import Path

from lekp_lib.present.theme import INK, LINE, MAP_CLASSES, MAP_OWN, OTHERS, PAPER, Drawing, Frame, mark_paths, strokes

#: Upper bounds of the classes as shares of the yardstick; the last class has none.
BREAKS = (0.25, 0.5, 0.75, 1.0)
#: Half the width and a quarter of the height of a hexagon in points: whole, and close enough to a regular one.
HEXAGON_PT = (5, 3)


class Fill(NamedTuple):
    """How the municipalities of one class look: a colour, and a mark in the middle where there is one."""

    colour: str
    mark: str = ""


#: Looks of all classes by name; the words stand in the legend, outside the drawing.
FILLS: Mapping[str, Fill] = {
    **{f"klasse-{number}": Fill(colour) for number, colour in enumerate(MAP_CLASSES, 1)},
    "ja": Fill(MAP_CLASSES[4]),
    "nee": Fill(MAP_CLASSES[0]),
    "zonder oordeel": Fill(PAPER, "dash"),
    "niet in deze editie": Fill(PAPER),
    "niet geregistreerd": Fill(PAPER, "hatch"),
    "niet van toepassing": Fill(PAPER, "cross"),
}


def hexagons(places: pd.DataFrame) -> gpd.GeoDataFrame:
    """The tile map: one equal hexagon per municipality.

    Parameters
    ----------
    places
        ``nis``, axial coordinates ``q`` and ``r``, and any other columns (``province`` for :func:`target_map`).

    Returns
    -------
    geopandas.GeoDataFrame
        The same rows with hexagons in points, north upwards; no coordinate reference system.
    """
    # Corners are whole numbers: those of neighbours are the same, their borders join, and the drawing stays short.
    ring = np.array([(1, 1), (0, 2), (-1, 1), (-1, -1), (0, -2), (1, -1)])
    q, r = places["q"].to_numpy(int), places["r"].to_numpy(int)
    centres = np.column_stack([2 * q + r, -3 * r])
    corners = (centres[:, None, :] + ring) * HEXAGON_PT
    return gpd.GeoDataFrame(places, geometry=shapely.polygons(corners))


def boundaries(found: pd.DataFrame, places: pd.DataFrame) -> gpd.GeoDataFrame:
    """Real boundaries of the municipalities.

    Parameters
    ----------
    found
        Table ``boundaries`` of an edition.
    places
        Any columns, by NIS code.

    Returns
    -------
    geopandas.GeoDataFrame
        ``nis``, the columns of ``places``, and polygons in Lambert 72 (EPSG:31370).
    """
    rings = found["rings"].map(json.loads)
    shapes = [shapely.symmetric_difference_all([*map(shapely.polygons, one)]) for one in rings]
    return gpd.GeoDataFrame(found[["nis"]], geometry=shapes, crs=31370).join(places, on="nis")


def map_classes(rows: pd.DataFrame, yardstick: float, yes_no_parts: int = 0) -> pd.Series:
    """Class of every municipality on the map of one target.

    Parameters
    ----------
    rows
        Assessments of the target by NIS code: ``rate``, ``verdict``; ``parts_yes`` for yes/no targets.
    yardstick
        Rate that counts as 100 %: the level of the pact, the same for all municipalities.
    yes_no_parts
        Parts of a yes/no target, which is yes when all are; 0 for other targets.

    Returns
    -------
    pandas.Series
        Names of :data:`FILLS` by NIS code: ``klasse-1`` to ``klasse-5``, ``ja``, ``nee``, or a state without a figure.
    """
    state = rows["verdict"].where(rows["verdict"].isin(list(FILLS)), "zonder oordeel")
    if yes_no_parts:
        known = rows["parts_yes"].notna() & (rows["verdict"] != "niet van toepassing")
        return state.mask(known, pd.Series(np.where(rows["parts_yes"] >= yes_no_parts, "ja", "nee"), rows.index))
    share = rows["rate"].astype(float) / yardstick
    number = 1 + np.searchsorted(BREAKS, share + 1e-9, side="right")
    return state.mask(share.notna(), pd.Series([f"klasse-{n}" for n in number], rows.index))


class Ground(NamedTuple):
    """What all maps of an edition share; see :func:`ground`."""

    places: gpd.GeoDataFrame
    borders: gpd.GeoSeries
    frame: Frame
    sha256: str


def ground(places: gpd.GeoDataFrame, width_mm: float = 112) -> Ground:
    """The municipalities with the borders of their provinces, and the frame that holds them.

    Parameters
    ----------
    places
        ``nis``, ``province`` and polygons: :func:`hexagons`, or real boundaries in metres.
    width_mm
        Width of maps with real boundaries; hexagons have a size of their own. Maps hold no words, so that a page may
        show them at any size.

    Returns
    -------
    Ground
    """
    borders = places.dissolve("province").boundary
    left, low, right, high = places.total_bounds
    mm = 25.4 / 72 if places.crs is None else (width_mm - 2) / (right - left)
    frame = Frame((right - left) * mm + 2, (high - low) * mm + 2, 1, 1, 1, 1)
    return Ground(places, borders, frame, hashlib.sha256(places.to_wkb(hex=True).to_csv().encode()).hexdigest())


def target_map(ground: Ground, classes: pd.Series) -> Drawing:
    """Map of one target, on which :func:`outlined` shows one municipality.

    Parameters
    ----------
    ground
        From :func:`ground`.
    classes
        Names of :data:`FILLS` by NIS code, for every municipality; see :func:`map_classes`.

    Returns
    -------
    Drawing
    """
    names = tuple(classes.reindex(ground.places["nis"]).fillna("niet in deze editie"))
    return Drawing(ground.frame, ("map", ground.sha256, names), partial(map_base, ground=ground, classes=names))


def outlined(drawing: Drawing, ground: Ground, own_nis: str) -> Drawing:
    """A map with the outline of one municipality."""
    own = partial(map_own, ground=ground, own_nis=own_nis)
    return replace(drawing, own=own, own_key=("outline", ground.sha256, own_nis))


def class_counts(classes: pd.Series) -> dict[str, int]:
    """Municipalities per class, in the order of the legend; classes that nobody has are left out."""
    counts = classes.value_counts()
    return {name: int(counts[name]) for name in FILLS if name in counts.index}


def map_base(ax: Axes, *, ground: Ground, classes: Sequence[str]) -> None:
    """All municipalities in the looks of their classes, and the borders of the provinces.

    Parameters
    ----------
    ax
        Empty axes.
    ground
        From :func:`ground`.
    classes
        Name of the class of every row of ``ground.places``.
    """
    _map_limits(ax, ground)
    size = np.sqrt(ground.places.area.median()) * 0.24
    for name, part in ground.places.groupby(np.array(classes)):
        fill = FILLS[str(name)]
        blank = fill.colour == PAPER
        dots = (0, (0.8, 1.2)) if name == "niet in deze editie" else "-"
        edge = (OTHERS, 0.6) if blank else (PAPER, 0.5)
        look = {"fc": fill.colour, "ec": edge[0], "lw": edge[1], "ls": dots, "zorder": 2 if blank else 1}
        ax.add_artist(PathPatch(_outlines(part.geometry), clip_on=False, **look))
        if fill.mark:
            mark, centres = mark_paths()[fill.mark], shapely.get_coordinates(part.representative_point())
            marks = [Path(mark.vertices * size + centre, mark.codes) for centre in centres]
            ax.add_artist(PathPatch(Path.make_compound_path(*marks), fc=LINE, lw=0, zorder=3, clip_on=False))
    strokes(ax, _lines(ground.borders), INK, 0.8, zorder=4, joinstyle="round")


def map_own(ax: Axes, *, ground: Ground, own_nis: str) -> None:
    """Outline of one municipality, with a white halo.

    Parameters
    ----------
    ax
        Axes of the base, or empty ones of the same frame.
    ground
        From :func:`ground`.
    own_nis
        NIS code.
    """
    _map_limits(ax, ground)
    shape = ground.places.loc[ground.places["nis"] == own_nis, "geometry"]
    around = shape.buffer(np.sqrt(ground.places.area.median()) * 0.08, join_style="mitre").boundary
    strokes(ax, _lines(around), PAPER, 4, zorder=5)
    strokes(ax, _lines(around), MAP_OWN, 2, zorder=6)


def _map_limits(ax: Axes, ground: Ground) -> None:
    left, low, right, high = ground.places.total_bounds
    ax.set(xlim=(left, right), ylim=(low, high))
    ax.set_axis_off()


def _outlines(shapes: gpd.GeoSeries) -> Path:
    """All polygons, holes included, as one path."""
    rings = [np.array(ring.coords) for part in shapes.explode() for ring in (part.exterior, *part.interiors)]
    return Path.make_compound_path(*(Path(ring, closed=True) for ring in rings))


def _lines(shapes: gpd.GeoSeries) -> list[np.ndarray]:
    return [shapely.get_coordinates(part) for part in shapes.explode()]
