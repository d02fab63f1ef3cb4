"""Charts and maps through their public functions: bytes, words that stand free, layers, marks to tell apart."""

from __future__ import annotations

import datetime as dt
import re
from itertools import combinations, count, pairwise
from xml.etree import ElementTree as ET

import numpy as np
import pandas as pd
import pytest
from matplotlib.backends.backend_agg import FigureCanvasAgg

from lekp_lib.present import charts, maps, theme
from lekp_lib.present.charts import Lane, TrendTexts

PATH = ((dt.date(2020, 12, 31), 0.0), (dt.date(2030, 12, 31), 1.0))
LONG = "Beveren-Kruibeke-Zwijndrecht"
LEVEL_WORDS = ("doel 2030: 263.927 wooneenheden", "vereist pad")


def _points(*values: float, first: int = 2021) -> pd.DataFrame:
    dates = [dt.date(first + place, 12, 31) for place in range(len(values))]
    return pd.DataFrame({"reference_date": dates, "value": list(values)})


#: Figures, words, level, path, pace: what is far from the ordinary.
TRENDS = {
    "far below": (_points(500, 6000, 15000, 23207), "bij huidig tempo: 59.130 bomen in 2030", 263927.0, PATH, 7000.0),
    "just at the path": (_points(9, 19, 29, 39.9, 49.9), "bij huidig tempo: 99,8 % in 2030", 100.0, PATH, 10.0),
    "zeros": (_points(0, 0, 0, 0, 0), "bij huidig tempo: er komt niets bij", 46000.0, PATH, 0.0),
    "far above": (_points(100, 900, 1800), "", 80.0, PATH, None),
    "pace beyond the top": (_points(100, 300, 700, 1100), "bij huidig tempo: doel in 2026", 1200.0, PATH, 330.0),
    "one figure": (_points(66, first=2025), "", 150.0, PATH, None),
    "two figures at the end": (_points(66, 140, first=2029), "", 150.0, PATH, None),
    "negative": (_points(-4, -8, -12.5, -6), "bij huidig tempo: −9 % in 2030", 55.0, PATH, -0.9),
    "after the deadline": (_points(100, 2000, 5697, 6000), "", 7682.0, ((PATH[0]), (dt.date(2024, 12, 31), 1.0)), None),
    "tiny level": (_points(0, 0.4, 1), "bij huidig tempo: 2 bomen in 2030", 1.5, PATH, 0.3),
    "newest from the press": (_points(10, 14, 40).assign(judged=[True, True, False]), "", 90.0, PATH, None),
    "no deadline": (_points(10, 14), "", 90.0, (), None),
    "no level": (_points(10, 14, 17), "", None, (), None),
}  # fmt: skip


def _trend(name: str, size: charts.Size) -> theme.Drawing:
    points, pace_words, level, path, pace = TRENDS[name]
    words = LEVEL_WORDS if level else ("", "")
    texts = TrendTexts(f"{LONG}: 23.207 bomen", *words, pace_words)
    return charts.trend(points, texts, level=level, path=path, pace_per_year=pace, size=size)


def _lanes(own: float) -> list[Lane]:
    medians = [
        (0.24, "Vlaanderen (n = 270)"),
        (0.2, "West-Vlaanderen (n = 52)"),
        (0.28, "even grote gemeenten (n = 29)"),
    ]
    return [
        Lane("own", own, "123,4", LONG), Lane("required", 0.5, "0,50", "vereist op de peildatum"),
        Lane("level", 1, "1,00", "niveau van het doel"),
        *(Lane("median", value, f"{value:.2f}", f"mediaan {name}") for value, name in medians),
    ]  # fmt: skip


def _dots(name: str, size: charts.Size) -> theme.Drawing:
    many = list(np.linspace(-0.2, 3, 285) ** 2 / 4)
    rates = {"many": many, "zeros": [0.0] * 200 + many[:80], "few": [0.1, 0.1, 0.3]}[name]
    own = {"many": 9.0, "zeros": 0.0, "few": 0.3}[name]
    return charts.dots(rates, _lanes(own), yardstick=1.0, below_text="onder 0: 8", above_text="verder: 115", size=size)


def _hexagon_map(own: str = "n13") -> theme.Drawing:
    cells = [(f"n{q}{r}", q, r, "A" if q < 3 else "B") for q in range(6) for r in range(5)]
    places = pd.DataFrame(cells, columns=["nis", "q", "r", "province"])
    rates = np.where(np.arange(30) % 7 == 0, np.nan, np.arange(30) / 20)
    states = ["niet in deze editie", "niet geregistreerd", "niet van toepassing", "zonder oordeel", "op koers"] * 6
    rows = pd.DataFrame({"rate": rates, "verdict": states}, index=places["nis"])
    ground = maps.ground(maps.hexagons(places))
    return maps.outlined(maps.target_map(ground, maps.map_classes(rows, 1.0)), ground, own)


def _verdicts(size: charts.Size) -> theme.Drawing:
    counts = pd.DataFrame(
        [[60] * 4 + [9] * 5] * 2, index=["Energiebesparing eigen gebouwen", "Bomen"], columns=list(theme.MARKS)[:9]
    )
    return charts.stacked(counts, theme.STATE_COLOURS, size)


def _ages(size: charts.Size) -> theme.Drawing:
    dates = [[dt.date(year, 12, 31) for year in (2019, 2024, 2025)], []]
    names = ["Energiebesparing eigen gebouwen", "Bomen"]
    return charts.ages(names, dates, ["31/12/2024", "geen"], dt.date(2023, 12, 31), "te oud voor 31/12/2023", size)


ALL = {
    **{f"trend {name} {size}": (_trend, name, size) for name in TRENDS for size in ("wide", "narrow", "small")},
    **{f"dots {name} {size}": (_dots, name, size) for name in ("many", "zeros", "few") for size in ("wide", "narrow")},
    "map": (_hexagon_map,),
    **{f"{make.__name__} {size}": (make, size) for make in (_verdicts, _ages) for size in ("wide", "narrow")},
}  # fmt: skip


#: Keys under which no other drawing is kept.
UNIQUE = count()


@pytest.fixture(params=list(ALL))
def drawing(request: pytest.FixtureRequest) -> theme.Drawing:
    make, *arguments = ALL[request.param]
    return make(*arguments)


def _elements(svg: str) -> set[str]:
    """Everything that is drawn: paths, uses and words, without ids and in any order."""
    shown = [node for node in ET.fromstring(svg).iter() if not node.tag.endswith(("svg", "}g", "}defs"))]
    return {re.sub(r"[#\w-]*-[ab]\d+", "", f"{node.tag} {sorted(node.attrib.items())} {node.text}") for node in shown}


def test_no_word_touches_another_or_leaves_the_drawing(drawing: theme.Drawing) -> None:
    figure = drawing.figure()
    renderer = FigureCanvasAgg(figure).get_renderer()
    texts = [text for text in figure.findobj(lambda artist: hasattr(artist, "get_fontsize")) if text.get_text()]
    boxes = [(text.get_text(), text.get_window_extent(renderer)) for text in texts if text.get_visible()]
    for text, box in boxes:
        assert box.x0 >= -1 and box.x1 <= figure.bbox.width + 1, f"{text!r} leaves the drawing"
        assert box.y0 >= -1 and box.y1 <= figure.bbox.height + 1, f"{text!r} leaves the drawing"
    for (one, a), (other, b) in combinations(boxes, 2):
        overlap_x, overlap_y = min(a.x1, b.x1) - max(a.x0, b.x0), min(a.y1, b.y1) - max(a.y0, b.y0)
        assert overlap_x <= 0.5 or overlap_y <= 2.5, f"{one!r} over {other!r}"
    assert all(text.get_fontsize() >= 8.5 for text in texts)


def test_layers_hold_what_the_whole_figure_holds(drawing: theme.Drawing) -> None:
    def whole(ax: object) -> None:
        drawing.base(ax)  # type: ignore[arg-type]
        if drawing.own:
            drawing.own(ax)  # type: ignore[arg-type]

    alone = theme.Drawing(drawing.frame, ("whole", next(UNIQUE)), whole)
    assert _elements(drawing.svg("x")) == _elements(alone.svg("x"))


def test_same_bytes_again_and_own_ids(drawing: theme.Drawing) -> None:
    first = drawing.svg("een")
    assert first == drawing.svg("een")
    ids = re.findall(r'\bid="([^"]+)"', first)
    assert len(ids) == len(set(ids)) and all(name.startswith("een-") for name in ids)
    assert 'aria-hidden="true"' in first and "<title" not in first and "<metadata" not in first
    assert not re.search(r"\d\.\d{3,}", re.sub(r">[^<]*<", "><", first))


@pytest.mark.parametrize("rates", [[], [0.0] * 12, [-1.0, -2.0]])
def test_dots_without_a_level_or_a_figure_above_zero(rates: list[float]) -> None:
    ET.fromstring(charts.dots(rates, [Lane("own", 0.0, "0", "Mesen")], yardstick=0.0).svg("x"))


def test_words_of_people_stay_words() -> None:
    texts = TrendTexts('$x$ <script>alert(1)</script> id="m0123456789" 1.23456', "doel & niveau", "vereist pad")
    svg = charts.trend(_points(1, 2), texts, level=3, path=PATH).svg("x")
    words = [node.text for node in ET.fromstring(svg).iter() if node.tag.endswith("text")]
    assert texts.own in words and texts.level in words


def test_maps_say_every_state_and_count_all() -> None:
    rows = pd.DataFrame(
        {
            "rate": [0.0, 0.25, 0.4999, 0.5, 1.0, np.nan, np.nan],
            "verdict": ["op koers"] * 5 + ["niet van toepassing", "lichte achterstand"],
        },
        index=list("abcdefg"),
    )
    classes = maps.map_classes(rows, 1.0)
    expected = ["klasse-1", "klasse-2", "klasse-2", "klasse-3", "klasse-5", "niet van toepassing", "zonder oordeel"]
    assert list(classes) == expected
    assert sum(maps.class_counts(classes).values()) == len(rows)
    answers = rows.assign(parts_yes=[2.0, 1, 0, 2, 2, 2, np.nan])
    expected = ["ja", "nee", "nee", "ja", "ja", "niet van toepassing", "zonder oordeel"]
    assert list(maps.map_classes(answers, 1.0, yes_no_parts=2)) == expected


def _lab(colour: str, vision: np.ndarray) -> np.ndarray:
    """CIELAB of a colour as somebody sees it."""
    rgb = np.array([int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)])
    linear = np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)
    xyz = np.array([[0.4124, 0.3576, 0.1805], [0.2126, 0.7152, 0.0722], [0.0193, 0.1192, 0.9505]]) @ np.clip(
        vision @ linear, 0, 1
    )
    f = np.where((xyz := xyz / (0.9505, 1, 1.089)) > 0.008856, np.cbrt(xyz), 7.787 * xyz + 16 / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


#: Machado, Oliveira and Fernandes 2009, full severity.
VISIONS = {
    "normal": np.eye(3),
    "protan": np.array(
        [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]]
    ),
    "deutan": np.array(
        [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.01182, 0.04294, 0.968881]]
    ),
    "tritan": np.array(
        [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.3039]]
    ),
}


@pytest.mark.parametrize("vision", VISIONS)
def test_colours_are_told_apart_by_everyone(vision: str) -> None:
    judged = sorted({mark.colour for mark in theme.MARKS.values()})
    for one, other in combinations(judged, 2):
        distance = np.linalg.norm(_lab(one, VISIONS[vision]) - _lab(other, VISIONS[vision]))
        assert distance > 12, (one, other, distance)
    steps = [_lab(colour, VISIONS[vision])[0] for colour in theme.MAP_CLASSES]
    assert all(light - dark > 8 for light, dark in pairwise(steps))


def test_marks_are_ten_shapes_that_stand_out() -> None:
    assert len({mark.shape for mark in theme.MARKS.values()}) == len(theme.MARKS) == 10
    assert len({theme.mark_data(verdict) for verdict in theme.MARKS}) == 10
    assert all(theme.contrast(mark.colour, theme.PAPER) >= 3 for mark in theme.MARKS.values())
    assert all(theme.contrast(colour, theme.PANEL) >= 4.5 for colour in (theme.INK, theme.SOFT, theme.ACCENT))
