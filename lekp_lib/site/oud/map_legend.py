"""What all maps share: fixed classes of the share of the target, and a legend whose counts add up (design.md 6)."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Mapping
from dataclasses import dataclass

from lekp_lib.errors import BlockError
from lekp_lib.site.oud import svg as draw
from lekp_lib.site.oud.figure import WIDTH_PT
from lekp_lib.site.oud.hatch import hatch_segments
from lekp_lib.site.oud.palette import INK, LINE, MAP_CLASSES, PAPER, SOFT
from lekp_lib.site.oud.text_width import text_width, wrapped

#: Same breaks on all maps: the target is the meaning, and maps stay comparable (design.md 6).
BREAKS_PCT = (25.0, 50.0, 75.0, 100.0)
#: States beside the five classes 0 to 4.
NO_DATA, NOT_SIGNED = len(MAP_CLASSES), len(MAP_CLASSES) + 1
STATES = NOT_SIGNED + 1

_LEADING = 14.5
_SIZE = 9.0


@dataclass(frozen=True, slots=True)
class MapKey:
    """Words of a legend.

    Attributes
    ----------
    title
        What the classes divide.
    classes
        One per colour, lightest first.
    no_data, not_signed
        The two states without colour.

    Empty words leave a row out of the legend; no municipality may then be in that state.
    """

    title: str = "Deel van het doel"
    classes: tuple[str, str, str, str, str] = (
        "minder dan 25\N{NO-BREAK SPACE}%",
        "25 tot 50\N{NO-BREAK SPACE}%",
        "50 tot 75\N{NO-BREAK SPACE}%",
        "75 tot 100\N{NO-BREAK SPACE}%",
        "100\N{NO-BREAK SPACE}% of meer",
    )
    no_data: str = "geen gegevens"
    not_signed: str = "niet ondertekend"

    @property
    def labels(self) -> tuple[str, ...]:
        """Words by number of the state: the five classes, no data, not signed."""
        return (*self.classes, self.no_data, self.not_signed)


#: Legend of every map of a share of the target.
SHARE_KEY = MapKey()


def share_class(share_pct: float) -> int:
    """Class 0 to 4 of a share; a share on a break belongs to the higher class.

    Examples
    --------
    >>> [share_class(share) for share in (-5, 24.99, 25, 99.9, 100, 180)]
    [0, 0, 1, 3, 4, 4]
    """
    return bisect_right(BREAKS_PCT, share_pct)


def share_states(
    places: Collection[str],
    shares: Mapping[str, float],
    no_data: Collection[str],
    not_signed: Collection[str],
) -> dict[str, int]:
    """Number of the state per municipality; each one has exactly one.

    Parameters
    ----------
    places
        NIS codes of all municipalities on the map.
    shares
        Share in percent of the target by NIS code.
    no_data, not_signed
        The other municipalities.

    Returns
    -------
    dict of int
        Class 0 to 4, :data:`NO_DATA` or :data:`NOT_SIGNED`.

    Raises
    ------
    BlockError
        Naming those that have no place, no state or two.
    """
    given = [*shares, *no_data, *not_signed]
    twice = sorted({nis for nis in given if given.count(nis) > 1}) if len(set(given)) < len(given) else []
    absent, unknown = sorted(set(places) - set(given)), sorted(set(given) - set(places))
    faults = [
        f"{what}: {', '.join(found[:5])}{' ...' if len(found) > 5 else ''}"
        for what, found in (("in two states", twice), ("without a state", absent), ("without a place", unknown))
        if found
    ]
    if faults:
        raise BlockError("map: every municipality has one place and one state; " + "; ".join(faults))
    classes = {nis: share_class(share) for nis, share in shares.items()}
    return classes | dict.fromkeys(no_data, NO_DATA) | dict.fromkeys(not_signed, NOT_SIGNED)


def _swatch(number: int, x: float, y: float) -> list[str]:
    fill = MAP_CLASSES[number] if number < NO_DATA else PAPER
    parts = [draw.element("rect", x=x, y=y + 1.5, width=13, height=9.5, fill=fill, stroke=LINE, stroke_width=0.7)]
    if number == NO_DATA:
        corners = [(0.0, 0.0), (13.0, 0.0), (13.0, 9.5), (0.0, 9.5)]
        lines = "".join(
            draw.path_data([(x + x1, y + 1.5 + y1), (x + x2, y + 1.5 + y2)])
            for (x1, y1), (x2, y2) in hatch_segments(corners, 3.6)
        )
        parts.append(draw.element("path", d=lines, fill="none", stroke=LINE, stroke_width=0.7))
    if number == NOT_SIGNED:
        at, reach = (x + 6.5, y + 6.25), 2.4
        cross = "".join(
            draw.path_data([(at[0] - reach, at[1] - turn * reach), (at[0] + reach, at[1] + turn * reach)])
            for turn in (1, -1)
        )
        parts.append(draw.element("path", d=cross, fill="none", stroke=SOFT, stroke_width=0.9))
    return parts


def legend(states: Collection[int], key: MapKey, left: float, top: float) -> tuple[str, float]:
    """Classes with their number of municipalities, which add up to all.

    Parameters
    ----------
    states
        Number of the state of every municipality.
    key
        Words.
    left, top
        Upper left corner in points; the legend reaches to the right edge of the figure.

    Returns
    -------
    tuple of str and float
        The drawing, and where it ends.

    Raises
    ------
    BlockError
        When municipalities are in a state without words: the counts would not add up.
    """
    found = list(states)
    if unsaid := [number for number, label in enumerate(key.labels) if not label and number in found]:
        raise BlockError(f"legend {key.title!r}: no words for the states {unsaid}, in which there are municipalities")
    edge = WIDTH_PT - 1
    parts = [draw.text(key.title, left, top + 9, size=_SIZE, weight=600, fill=INK)]
    parts.append(draw.text("aantal", edge, top + 9, size=8.5, fill=SOFT, anchor="end"))
    y = top + _LEADING
    room = edge - left - 18 - text_width("000", _SIZE, 600) - 4
    for number, label in enumerate(key.labels):
        if not label:
            continue
        if number == NO_DATA:
            y += 4
        parts += _swatch(number, left, y)
        count = str(found.count(number))
        parts.append(draw.text(count, edge, y + 9.5, size=_SIZE, weight=600, fill=INK, anchor="end"))
        for row in wrapped(label, room, _SIZE):
            parts.append(draw.text(row, left + 18, y + 9.5, size=_SIZE, fill=INK))
            y += 11.5
        y += _LEADING - 11.5
    parts.append(draw.line(left, y + 1.5, edge, y + 1.5, stroke=LINE, stroke_width=0.7))
    parts.append(draw.text("alle gemeenten", left + 18, y + 12, size=_SIZE, fill=INK))
    parts.append(draw.text(str(len(found)), edge, y + 12, size=_SIZE, weight=600, fill=INK, anchor="end"))
    return draw.group(*parts), y + 16
