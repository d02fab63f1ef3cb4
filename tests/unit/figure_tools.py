"""Reading drawings back: where texts stand and what a drawing must not contain."""

from __future__ import annotations

import datetime as dt
import re
from itertools import combinations
from types import SimpleNamespace
from typing import Any

from lxml import etree

from lekp_lib.edition.models import Status
from lekp_lib.present.figure import Figure
from lekp_lib.present.figure_text import FigureText
from lekp_lib.present.label_placer import Box
from lekp_lib.present.text_width import text_width

HOSTILE = "<script>alert('1')</script> \"#]\\ & $x$"
TEXT = FigureText(
    title="De gemeente haalt 45\u00a0% van het doel voor bomen",
    subtitle="Extra bomen sinds 2021, Voorbeeldgem, stand 31 december 2025",
    alt="Lijngrafiek van 2021 tot 2030. Het aantal bomen stijgt van 1.000 in 2021 naar 4.310 in 2025.",
    source="Bron: voorbeeld, peildatum 31 december 2025.",
)
PATH = [(dt.date(2021, 1, 1), 0.03), (dt.date(2030, 12, 31), 100.0)]


def point(date: dt.date, share_pct: float | None, status: Status = Status.FINAL, original: float | None = None) -> Any:
    seen = SimpleNamespace(original=original)
    return SimpleNamespace(
        date=date, share_pct=share_pct, value=share_pct, expected_pct=None, status=status, observation=seen
    )


def assessment(points: list[Any], projected_pct: float | None = None) -> Any:
    pace = SimpleNamespace(projected_pct=projected_pct, projected_on=dt.date(2030, 12, 31))
    level = SimpleNamespace(exact=100.0)
    return SimpleNamespace(points=tuple(points), pace=None if projected_pct is None else pace, level=level)


def _walk(node: etree._Element, dx: float, dy: float, found: list[tuple[str, float, Box]]) -> None:
    moved = re.match(r"translate\(([-\d.]+)[ ,]([-\d.]+)\)", node.get("transform") or "")
    if moved:
        dx, dy = dx + float(moved[1]), dy + float(moved[2])
    if etree.QName(node).localname == "text":
        words, size = "".join(node.itertext()), float(node.get("font-size"))
        width = text_width(words, size, int(node.get("font-weight", "400")))
        shift = {"start": 0.0, "middle": 0.5, "end": 1.0}[node.get("text-anchor", "start")]
        left, base = float(node.get("x")) + dx - shift * width, float(node.get("y")) + dy
        found.append((words, size, Box(left, base - 0.68 * size, left + width, base + 0.2 * size)))
    for child in node:
        _walk(child, dx, dy, found)


def texts(figure: Figure) -> list[tuple[str, float, Box]]:
    """Words, font size and box of every text in a drawing."""
    found: list[tuple[str, float, Box]] = []
    _walk(etree.fromstring(figure.svg().encode()), 0.0, 0.0, found)
    return found


def check_texts(figure: Figure) -> None:
    """No text too small, outside the drawing, or over another text."""
    room = Box(-0.6, -0.6, figure.width_pt + 0.6, figure.height_pt + 0.6)
    found = texts(figure)
    assert found
    for words, size, box in found:
        assert size >= 8.5, words
        assert box.inside(room), (words, box)
    for (one, _, a), (other, _, b) in combinations(found, 2):
        assert not a.overlaps(b), (one, other, a, b)


def check_plain(source: str) -> None:
    """Presentation attributes only; well formed."""
    root = etree.fromstring(source.encode())
    for node in root.iter(etree.Element):
        assert etree.QName(node).localname not in {"use", "style", "script", "foreignObject", "image"}
        assert not {"style", "class"} & set(node.attrib)
        assert not [name for name in node.attrib if str(name).startswith("on")]
