"""Charts and maps: labels stay apart and inside, dots and legend counts add up, same input gives same bytes."""

from __future__ import annotations

import datetime as dt
import re
from itertools import pairwise

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st
from lxml import html

from lekp_lib.adapter.models import Verdict
from lekp_lib.edition.models import Status
from lekp_lib.errors import BlockError
from lekp_lib.present.hatch import hatch_segments
from lekp_lib.present.hexmap import hexmap_figure
from lekp_lib.present.label_placer import Box, stack
from lekp_lib.present.map_legend import share_class
from lekp_lib.present.overview_chart import MAX_HEIGHT_PT, overview_figure
from lekp_lib.present.overview_row import OverviewRow
from lekp_lib.present.small_multiples import SmallTrend, small_multiples_figure
from lekp_lib.present.strip import StripLine, strip_figure
from lekp_lib.present.trend import TrendLabels, trend_figure
from lekp_lib.present.trend_axes import share_range, year_position
from tests.unit.figure_tools import HOSTILE, PATH, TEXT, assessment, check_plain, check_texts, point, texts

NB = "\u00a0"
LABELS = TrendLabels(
    target="doel 2030: 1.234.567 laadpuntequivalenten",
    path_detail="nog 103.800 laadpuntequivalenten per jaar nodig",
    pace_detail=f"70.000 laadpuntequivalenten per jaar: 781.000 in 2030 of 82{NB}% van het doel",
    current="431.000 laadpuntequivalenten",
)
DATES = st.dates(dt.date(2015, 12, 31), dt.date(2027, 6, 30))
SHARES = st.floats(-150, 900)
NAMES = st.sampled_from(["As", "Heist-op-den-Berg", "Sint-Katelijne-Waver", "Kapelle-op-den-Bos", HOSTILE])


def trend(points, projected=None, place="Voorbeeldgem", path=PATH, **options):
    return trend_figure(assessment(points, projected), TEXT, path, place, "t", LABELS, **options)


CROWDED = {
    dt.date(2015, 12, 31): (0.0, Status.FINAL),
    dt.date(2016, 1, 1): (-1.0, Status.FINAL),
    dt.date(2019, 1, 1): (0.0, Status.FINAL),
    dt.date(2022, 1, 1): (836.0, Status.FINAL),
    dt.date(2024, 1, 1): (715.0, Status.FINAL),
    dt.date(2024, 1, 2): (263.0, Status.FINAL),
    dt.date(2026, 1, 1): (0.0, Status.PROVISIONAL),
}
#: No room for the label in its wide form.
TIGHT = {
    dt.date(2015, 12, 31): (0.0, Status.FINAL),
    dt.date(2017, 1, 1): (-1.0, Status.FINAL),
    dt.date(2017, 1, 2): (298.0, Status.FINAL),
    dt.date(2022, 1, 1): (850.0, Status.FINAL),
    dt.date(2024, 1, 1): (737.0, Status.FINAL),
    dt.date(2024, 1, 2): (263.0, Status.FINAL),
    dt.date(2024, 2, 1): (0.0, Status.PROVISIONAL),
}


@example(TIGHT, None, HOSTILE)
@example(CROWDED, None, HOSTILE)
@settings(max_examples=60, deadline=None)
@given(
    st.dictionaries(DATES, st.tuples(SHARES, st.sampled_from(list(Status))), max_size=9),
    st.none() | st.floats(-100, 1500),
    NAMES,
)
def test_trend_labels_never_overlap_or_leave_the_drawing(points, projected, place):
    figure = trend([point(day, share, status) for day, (share, status) in points.items()], projected, place)
    check_texts(figure)
    check_plain(figure.svg())
    dots = re.findall(r'<circle cx="([-\d.]+)" cy="([-\d.]+)" r="4.8"', figure.svg())
    assert len(dots) == len(points)
    for _, _, box in texts(figure):
        assert not any(box.left < float(x) < box.right and box.top < float(y) < box.bottom for x, y in dots)
    words = " ".join(found for found, _, _ in texts(figure))
    assert ("geen gegevens" in words) == (not points)
    assert ("huidig tempo" in words) == (projected is not None and bool(points))
    uncertain = any(status in (Status.PROVISIONAL, Status.ESTIMATED) for _, status in points.values())
    assert ("Open bolletje" in words) == uncertain


def test_trend_with_one_point_has_a_dot_and_no_line():
    one = trend([point(dt.date(2025, 12, 31), 45.0)])
    two = trend([point(dt.date(2024, 12, 31), 40.0), point(dt.date(2025, 12, 31), 45.0)])
    assert one.svg().count('stroke-width="3"') == 0
    assert two.svg().count('stroke-width="3"') == 1


def test_trend_of_many_figures_has_dots_where_a_year_ends_and_where_a_figure_is_uncertain():
    days = [dt.date(year, month, 28) for year in (2023, 2024, 2025) for month in range(1, 13)]
    states = {dt.date(2024, 6, 28): Status.PROVISIONAL}
    figure = trend([point(day, 40.0 + number, states.get(day, Status.FINAL)) for number, day in enumerate(days)])
    assert figure.svg().count('r="4.8"') == 4
    line = re.search(r'<path d="([^"]+)"[^>]*stroke-width="3"', figure.svg())
    assert line is not None and len(re.findall(r"-?\d+(?:\.\d+)?", line[1])) == 2 * len(days)


def test_trend_draws_where_the_figures_are():
    figure = trend([point(dt.date(2025, 12, 31), 50.0)])
    x, y = (float(found) for found in re.findall(r'<circle cx="([\d.]+)" cy="([\d.]+)" r="3.6"', figure.svg())[0])
    left, right = 40.0, 493.2 - 150.0
    assert x == pytest.approx((left + right) / 2, abs=0.02)  # halfway 2021 to 2030 (design.md 4)
    assert y == pytest.approx(138 - 22 - (138 - 31) * 50 / 110, abs=0.02)


def test_trend_shows_the_figure_of_the_source_beside_a_corrected_one():
    plain = trend([point(dt.date(2025, 12, 31), 50.0)]).svg()
    figure = trend([point(dt.date(2025, 12, 31), 50.0, Status.CORRECTED, original=140.0)])
    assert figure.svg().count("<line") - plain.count("<line") >= 2
    assert "Kruisje" in figure.svg() and "Kruisje" not in plain
    near = trend([point(dt.date(2025, 12, 31), 50.0, Status.CORRECTED, original=49.0)]).svg()
    assert "Kruisje" not in near and "met ring" in near and near.count("<line") == plain.count("<line")
    assert figure.data is not None and figure.data["original"].tolist() == [140.0]
    check_texts(figure)
    check_plain(figure.svg())


def test_trend_leaves_out_points_without_share_but_lists_them():
    figure = trend([point(dt.date(2024, 12, 31), None), point(dt.date(2025, 12, 31), 10.0)])
    assert figure.svg().count("<circle") == 2  # one dot with its halo
    assert figure.data is not None
    assert len(figure.data) == 2


@given(st.lists(st.floats(-1e4, 1e6), max_size=8))
def test_share_range_holds_all_with_few_gridlines(shares):
    found = share_range(shares)
    assert found.low_pct <= min([0.0, *shares]) + 1e-9
    assert found.high_pct >= max([110.0, *shares])
    assert found.low_pct % found.step_pct == 0
    assert (found.high_pct - found.low_pct) / found.step_pct <= 8
    assert share_range([40.0]).high_pct == 110


def test_year_position_counts_both_end_days():
    assert year_position(dt.date(2025, 12, 31)) == 2026.0
    assert year_position(dt.date(2024, 12, 31)) == 2025.0


@given(st.lists(st.tuples(st.floats(-50, 250), st.floats(5, 40)), max_size=4))
def test_stacked_labels_keep_order_gap_and_room(labels):
    heights = [height for _, height in labels]
    tops = stack([wanted for wanted, _ in sorted(labels)], heights, 0, 180, 3)
    edges = [(top, top + height) for top, height in zip(tops, heights, strict=True)]
    assert all(low >= -1e-6 and high <= 180 + 1e-6 for low, high in edges)
    assert all(after[0] >= before[1] + 3 - 1e-6 for before, after in pairwise(edges))


def test_stack_refuses_what_does_not_fit():
    with pytest.raises(BlockError, match="do not fit"):
        stack([0, 0], [60, 60], 0, 100, 3)


def test_crossing_lines_are_seen():
    box = Box(10, 10, 20, 20)
    assert box.crossed_by((0, 0), (30, 30))
    assert box.crossed_by((15, 0), (15, 40))
    assert not box.crossed_by((0, 5), (30, 5))
    assert not box.crossed_by((0, 0), (9, 9))


def strip(shares, own="own", **options):
    words = options.pop("own_label", "Voorbeeldgem 45\u00a0%")
    groups = [
        StripLine(51, f"mediaan provincie West-Vlaanderen 51{NB}%"),
        StripLine(62, f"mediaan gemeenten met 20.000 tot 50.000 inwoners 62{NB}%"),
    ]
    flanders = StripLine(options.pop("flanders", 55.0), f"mediaan Vlaanderen 55{NB}%")
    return strip_figure(shares, own, words, flanders, options.pop("groups", groups), TEXT, "s", **options)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.floats(-200, 2000) | st.sampled_from([0.0, 50.0, 100.0]), min_size=1, max_size=290), SHARES, NAMES)
def test_strip_has_one_dot_per_municipality(values, median, name):
    shares = {str(number): value for number, value in enumerate(values)} | {"own": values[0]}
    figure = strip(shares, own_label=f"{name} {values[0]:.0f}{NB}%", flanders=median)
    check_texts(figure)
    check_plain(figure.svg())
    assert len(re.findall(r"h0", figure.svg())) == len(shares)


def test_strip_own_dot_covers_only_its_own_place():
    figure = strip({str(number): 45.0 for number in range(10)} | {"own": 45.0})
    places = [(float(x), float(y)) for x, y in re.findall(r"M([\d.]+) ([\d.]+)h0", figure.svg())]
    x, y = (float(found) for found in re.findall(r'cx="([\d.]+)" cy="([\d.]+)" r="4.6"', figure.svg())[0])
    near = [place for place in places if ((place[0] - x) ** 2 + (place[1] - y) ** 2) ** 0.5 < 4.6 + 2.6]
    assert len(places) == 11
    assert len(near) <= 1


def test_strip_without_own_share_has_no_own_dot():
    figure = strip({"1": 10.0, "2": 60.0})
    assert "Voorbeeldgem" not in figure.svg()
    with pytest.raises(BlockError, match="without a single share"):
        strip({})


def test_strip_counts_what_lies_beyond_the_axis():
    figure = strip({str(number): 40.0 for number in range(200)} | {"a": 900.0, "b": 700.0})
    assert any(words == f">{NB}110{NB}%: 2" for words, _, _ in texts(figure))


@pytest.mark.parametrize("many", [20, 280])
def test_strip_line_of_what_lies_before_the_axis_passes_its_first_label(many):
    figure = strip({str(number): 1.5 * (number % 60) for number in range(many)} | {"below": -5000.0})
    places = {words: box for words, _, box in texts(figure)}
    (low,) = [words for words in places if words.startswith(f"<{NB}")]
    first = places[low.removeprefix(f"<{NB}").partition(":")[0]]
    assert min(map(float, re.findall(r'x1="([\d.]+)"', figure.svg()))) + 1 < first.left


TILES = {f"{q}-{r}": (q, r) for q in range(8) for r in range(6)}
PROVINCES = {nis: "Oost-Vlaanderen" if q < 4 else "Antwerpen" for nis, (q, r) in TILES.items()}


def hexmap(no_data=("0-0",), not_signed=("1-1",), own="3-3", label=f"Voorbeeldgem 45{NB}%", **changes):
    shares = {nis: 5.0 * q * r for nis, (q, r) in TILES.items() if nis not in (*no_data, *not_signed)} | changes
    return hexmap_figure(shares, no_data, not_signed, own, label, PROVINCES, TILES, TEXT, "h")


@settings(max_examples=30, deadline=None)
@given(st.sampled_from(sorted(TILES)), NAMES)
def test_map_labels_are_free_of_cells_and_words(own, name):
    figure = hexmap(own=own, label=f"{name} 45{NB}%")
    check_texts(figure)
    check_plain(figure.svg())


def test_map_counts_add_up_to_the_municipalities():
    figure = hexmap()
    counts = [int(words) for words, _, _ in texts(figure) if words.isdigit()]
    assert counts[-1] == sum(counts[:-1]) == len(TILES)
    assert len(counts) == 8
    assert figure.data is not None
    assert figure.data["class"].value_counts()["geen gegevens"] == counts[5] == 1


def test_map_breaks_are_the_target():
    assert [share_class(share) for share in (0, 24.999, 25, 50, 75, 99.999, 100)] == [0, 0, 1, 2, 3, 3, 4]


@pytest.mark.parametrize(
    ("change", "complaint"),
    [
        ({"no_data": ()}, None),
        ({"0-0": 5.0}, "in two states: 0-0"),
        ({"9-9": 5.0}, "without a place: 9-9"),
        ({"own": "x"}, "own municipality 'x'"),
    ],
)
def test_map_refuses_a_municipality_without_one_state(change, complaint):
    if complaint is None:
        assert hexmap(**change).name == "hexmap"
        return
    with pytest.raises(BlockError, match=complaint):
        hexmap(**change)


def test_map_refuses_a_silent_gap():
    with pytest.raises(BlockError, match="without a state: 0-0"):
        hexmap_figure({nis: 1.0 for nis in TILES if nis != "0-0"}, (), (), "", "", PROVINCES, TILES, TEXT, "h")


def test_hatch_stays_inside_its_shape():
    corners = [(0.0, 0.0), (10.0, 0.0), (10.0, 5.0), (0.0, 5.0)]
    segments = hatch_segments(corners, 3)
    assert len(segments) == 4
    assert all(-1e-6 <= x <= 10 + 1e-6 and -1e-6 <= y <= 5 + 1e-6 for pair in segments for x, y in pair)


def rows(count=17):
    verdicts = list(Verdict)
    made = []
    for number in range(count):
        verdict = verdicts[number % len(verdicts)]
        detail = "61 van 206 collectief georganiseerde renovaties" if number % 4 == 0 else "4.310 van 9.500 bomen"
        without = verdict in (Verdict.NONE, Verdict.NOT_APPLICABLE)
        made.append(
            OverviewRow(
                f"t{number}", f"Werf {number // 4}: {HOSTILE}", f"Doel {number} met een vrij lange naam", verdict,
                None if without else number * 12.5, 50.0, number * 6.0, "" if without else f"{number * 12}{NB}%",
                detail, number % 5 == 1, "geen gegevens" if without else "nee",
            )
        )  # fmt: skip
    return made


def test_overview_fits_its_page_with_words_apart():
    figure = overview_figure(rows(), TEXT, "o", banner="Voorbeeldeditie: fictieve cijfers")
    check_texts(figure)
    check_plain(figure.svg())
    assert figure.height_pt <= 232 / 25.4 * 72
    with pytest.raises(BlockError, match=f"at most {MAX_HEIGHT_PT:.0f}"):
        overview_figure(rows(40), TEXT, "o")


def test_overview_row_needs_words_where_there_is_no_bar():
    with pytest.raises(BlockError, match="state_text"):
        OverviewRow("bomen", "Werf 1", "Bomen", Verdict.NONE)
    with pytest.raises(BlockError, match="share_text"):
        OverviewRow("bomen", "Werf 1", "Bomen", Verdict.ON_TRACK, share_pct=50)
    row = OverviewRow("bomen", "Werf 1", "Bomen", Verdict.REACHED, share_pct=400, share_text="400\u00a0%")
    assert row.bar_pct == 118


@pytest.mark.parametrize("count", [1, 2, 3, 4, 6, 7])
def test_small_trends_share_axes_and_keep_words_apart(count):
    points = [point(dt.date(2024, 12, 31), 20.0), point(dt.date(2025, 12, 31), 180.0)]
    trends = [
        SmallTrend(
            f"t{number}", f"{HOSTILE} {number}", points if number % 2 else (), PATH, Verdict.ON_TRACK, "45\u00a0%"
        )
        for number in range(count)
    ]
    figure = small_multiples_figure(trends, TEXT, "m")
    check_texts(figure)
    check_plain(figure.svg())
    assert [found for found, _, _ in texts(figure)].count("geen gegevens") == (count + 1) // 2


def test_same_bytes_twice_and_unique_ids_on_one_page():
    def page():
        charts = [trend([point(dt.date(2025, 12, 31), 45.0)]), strip({"1": 5.0, "own": 7.0}), hexmap()]
        return "".join(chart.html() for chart in [*charts, overview_figure(rows(), TEXT, "o")])

    assert page() == page()
    ids = html.fromstring(f"<main>{page()}</main>").xpath("//@id")
    assert len(ids) == len(set(ids)) == 4
