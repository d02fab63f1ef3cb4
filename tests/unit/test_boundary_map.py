"""Map with real boundaries: nothing drawn twice, counts add up, links for the mouse alone, hostile words harmless."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from lxml import html

from lekp_lib.edition.boundaries import Area, Boundaries
from lekp_lib.edition.manifest import BoundaryInput
from lekp_lib.errors import BlockError
from lekp_lib.present.boundary_layout import UNITS_PER_PT, boundary_layout
from lekp_lib.present.boundary_map import boundary_map
from lekp_lib.present.map_legend import NO_DATA, NOT_SIGNED, share_states
from tests.unit.figure_tools import HOSTILE, TEXT, check_plain, check_texts, texts

COLUMNS, ROWS, SIDE = 8, 3, 30_000


def _square(x: int, y: int, side: int = SIDE) -> tuple[tuple[int, int], ...]:
    return ((x, y), (x, y + side), (x + side, y + side), (x + side, y))


def _areas() -> dict[str, Area]:
    """Squares side by side; 3-1 has a hole, 7-0 an island, as Brussels and Voeren are."""
    areas = {}
    for column in range(COLUMNS):
        for row in range(ROWS):
            x, y = 20_000 + column * SIDE, 150_000 + row * SIDE
            rings = [_square(x, y)]
            if (column, row) == (3, 1):
                rings.append(_square(x + 10_000, y + 10_000, 10_000)[::-1])
            areas[f"{column}-{row}"] = Area((x + SIDE // 2, y + SIDE // 2), tuple(rings))
    island = _square(20_000 + (COLUMNS + 1) * SIDE, 150_000, 5_000)
    areas["7-0"] = Area(areas["7-0"].centre, (*areas["7-0"].rings, island))
    return areas


ORIGIN = BoundaryInput(
    sha256="0" * 64, name="grenzen.geojson", provider="statbel", title="Sectoren 2025",
    licence="Licentie open data", retrieved=dt.date(2026, 2, 1),
)  # fmt: skip
BOUNDARIES = Boundaries(_areas(), ORIGIN, "Statbel")
PROVINCES = {nis: "Oost-Vlaanderen" if nis < "4" else "Limburg" for nis in BOUNDARIES.areas}
SHARES = {nis: 10.0 * number for number, nis in enumerate(BOUNDARIES.areas) if nis not in {"0-0", "0-1", "5-2"}}
STATES = share_states(BOUNDARIES.areas, SHARES, ("0-0", "0-1"), ("5-2",))


def drawn(**changes):
    told = {"own_nis": "2-1", "own_label": "Voorbeeldgem 45 %", **changes}
    return boundary_map(BOUNDARIES, STATES, PROVINCES, TEXT, "grens", **told)


def test_labels_are_apart_and_legend_adds_up():
    for own in BOUNDARIES.areas:
        figure = drawn(own_nis=own, own_label=f"{HOSTILE[:20]} 45 %")
        check_texts(figure)
        check_plain(figure.svg())
    counts = [int(words) for words, _, _ in texts(figure) if words.isdigit()]
    assert counts[-1] == sum(counts[:-1]) == COLUMNS * ROWS
    assert counts[NO_DATA] == 2 and counts[NOT_SIGNED] == 1


def test_source_names_who_drew_the_boundaries():
    assert drawn().words.source == (
        f"{TEXT.source} Gemeentegrenzen: Statbel, Sectoren 2025, opgehaald op 1 februari 2026, vereenvoudigd. "
        "Licentie open data."
    )


def test_borders_between_provinces_and_holes():
    layout = boundary_layout(BOUNDARIES, tuple(sorted(PROVINCES.items())))
    # One straight line between column 3 and 4, from top to bottom, with its corners: three edges.
    assert len(re.findall(r"m", layout.borders)) == 1
    assert len(layout.outer_edges(BOUNDARIES.areas)) == 2 * (COLUMNS + ROWS) + 4 + 4
    # Hatch of two squares one above the other runs through, and none of it lies in the hole of another.
    assert layout.hatch(["0-0", "0-1"], 4.0).count("m") < layout.hatch(["0-0"], 4.0).count("m") * 2
    side_pt = layout.centres["1-0"][0] - layout.centres["0-0"][0]
    whole = layout.hatch(["2-1"], 1.0).count("m")
    assert whole == pytest.approx(2 * side_pt * UNITS_PER_PT / 4, abs=3)
    assert layout.hatch(["3-1"], 1.0).count("m") > whole * 1.3


def test_links_are_for_the_mouse_on_web_pages_only():
    links = {nis: f'gemeente/{nis}/index.html"><script>' for nis in BOUNDARIES.areas if nis != "0-0"}
    figure = drawn(links=links, tips={"1-1": HOSTILE}, banner="Voorbeeldeditie: fictieve cijfers")
    assert "<a " not in figure.svg() and HOSTILE[:8] not in figure.html()
    page = html.fromstring(figure.html())
    places = page.xpath("//*[@aria-hidden='true']//a")
    assert [place.get("tabindex") for place in places] == ["-1"] * (COLUMNS * ROWS - 1)
    assert len(page.xpath("//a")) == len(places) and not page.xpath("//script")
    image = page.xpath("//*[@role='img']")
    assert len(image) == 1 and not image[0].xpath(".//a")
    assert page.xpath("string(//*[@id=//*[@role='img']/@aria-labelledby])") == TEXT.alt
    assert "Voorbeeldeditie" in figure.html()
    assert "<a " not in drawn().html()


@pytest.mark.parametrize(
    ("states", "own", "complaint"),
    [
        ({nis: 0 for nis in STATES if nis != "0-0"}, "", "without state or without boundary: 0-0"),
        (STATES | {"9-9": 1}, "", "without state or without boundary: 9-9"),
        (STATES | {"0-0": 7}, "", "state other than 0 to 6: 0-0"),
        (STATES, "x", "own municipality 'x'"),
    ],
)
def test_silent_gaps_are_refused(states, own, complaint):
    with pytest.raises(BlockError, match=complaint):
        boundary_map(BOUNDARIES, states, PROVINCES, TEXT, "grens", own_nis=own)
