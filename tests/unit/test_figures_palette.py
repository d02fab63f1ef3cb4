"""Colours keep apart from paper and from each other, for every kind of colour vision (spec design.md 5.1)."""

from __future__ import annotations

import re
from itertools import combinations, pairwise

import numpy as np
import pytest
from lxml import etree

from lekp_lib.adapter.models import Verdict
from lekp_lib.present import palette

FIVE = [Verdict.REACHED, Verdict.ON_TRACK, Verdict.SLIGHTLY_BEHIND, Verdict.FAR_BEHIND, Verdict.NONE]

# Machado, Oliveira and Fernandes 2009, severity 1, on linear RGB.
VISION = {
    "normal": np.eye(3),
    "protan": [[0.152286, 1.052583, -0.204868], [0.114503, 0.786281, 0.099216], [-0.003882, -0.048116, 1.051998]],
    "deutan": [[0.367322, 0.860646, -0.227968], [0.280085, 0.672501, 0.047413], [-0.011820, 0.042940, 0.968881]],
    "tritan": [[1.255528, -0.076749, -0.178779], [-0.078411, 0.930809, 0.147602], [0.004733, 0.691367, 0.303900]],
}


def linear(colour):
    rgb = np.array([int(colour[at : at + 2], 16) for at in (1, 3, 5)]) / 255
    return np.where(rgb <= 0.04045, rgb / 12.92, ((rgb + 0.055) / 1.055) ** 2.4)


def contrast(one, other):
    light, dark = sorted((linear(colour) @ [0.2126, 0.7152, 0.0722] for colour in (one, other)), reverse=True)
    return (light + 0.05) / (dark + 0.05)


def lab(rgb):
    matrix = np.array(
        [[0.4124564, 0.3575761, 0.1804375], [0.2126729, 0.7151522, 0.0721750], [0.0193339, 0.1191920, 0.9503041]]
    )
    xyz = matrix @ np.clip(rgb, 0, 1) / [0.95047, 1.0, 1.08883]
    f = np.where(xyz > 216 / 24389, np.cbrt(xyz), (24389 / 27 * xyz + 16) / 116)
    return np.array([116 * f[1] - 16, 500 * (f[0] - f[1]), 200 * (f[1] - f[2])])


def ciede2000(one, other):
    (l1, a1, b1), (l2, a2, b2) = one, other
    c_mean = (np.hypot(a1, b1) + np.hypot(a2, b2)) / 2
    g = 0.5 * (1 - np.sqrt(c_mean**7 / (c_mean**7 + 25.0**7)))
    a1, a2 = a1 * (1 + g), a2 * (1 + g)
    c1, c2 = np.hypot(a1, b1), np.hypot(a2, b2)
    h1, h2 = np.degrees(np.arctan2(b1, a1)) % 360, np.degrees(np.arctan2(b2, a2)) % 360
    dh = 0.0 if c1 * c2 == 0 else (h2 - h1 + 180) % 360 - 180
    big_dh = 2 * np.sqrt(c1 * c2) * np.sin(np.radians(dh / 2))
    l_mean, c_mean = (l1 + l2) / 2, (c1 + c2) / 2
    h_mean = h1 + h2 if c1 * c2 == 0 else (h1 + dh / 2) % 360
    t = (
        1 - 0.17 * np.cos(np.radians(h_mean - 30)) + 0.24 * np.cos(np.radians(2 * h_mean))
        + 0.32 * np.cos(np.radians(3 * h_mean + 6)) - 0.20 * np.cos(np.radians(4 * h_mean - 63))
    )  # fmt: skip
    s_l = 1 + 0.015 * (l_mean - 50) ** 2 / np.sqrt(20 + (l_mean - 50) ** 2)
    s_c, s_h = 1 + 0.045 * c_mean, 1 + 0.015 * c_mean * t
    turn = (
        -2 * np.sqrt(c_mean**7 / (c_mean**7 + 25.0**7)) * np.sin(np.radians(60 * np.exp(-(((h_mean - 275) / 25) ** 2))))
    )
    parts = (l2 - l1) / s_l, (c2 - c1) / s_c, big_dh / s_h
    return float(np.sqrt(sum(part**2 for part in parts) + turn * parts[1] * parts[2]))


def test_ciede2000_agrees_with_published_pairs():
    # Sharma, Wu and Dalal 2005, pairs 1, 7 and 17.
    assert ciede2000((50, 2.6772, -79.7751), (50, 0, -82.7485)) == pytest.approx(2.0425, abs=1e-4)
    assert ciede2000((50, 0, 0), (50, -1, 2)) == pytest.approx(2.3669, abs=1e-4)
    assert ciede2000((50, 2.5, 0), (73, 25, -18)) == pytest.approx(27.1492, abs=1e-4)


def test_marks_and_text_have_enough_contrast():
    for mark in palette.MARKS.values():
        assert contrast(mark.colour, palette.PAPER) >= 3
        assert contrast(mark.colour, palette.PANEL) >= 3
    assert contrast(palette.OWN, palette.PAPER) >= 3
    assert contrast(palette.MAP_OWN, palette.PAPER) >= 4.5
    for colour in (palette.INK, palette.SOFT, palette.LINE, palette.ACCENT):
        assert contrast(colour, palette.PAPER) >= 4.5
        assert contrast(colour, palette.PANEL) >= 4.5


@pytest.mark.parametrize("vision", VISION)
def test_verdict_colours_and_map_classes_stay_apart(vision):
    seen = {verdict: lab(np.array(VISION[vision]) @ linear(palette.MARKS[verdict].colour)) for verdict in FIVE}
    assert min(ciede2000(seen[a], seen[b]) for a, b in combinations(FIVE, 2)) >= 12
    classes = [lab(np.array(VISION[vision]) @ linear(colour)) for colour in palette.MAP_CLASSES]
    assert min(ciede2000(a, b) for a, b in pairwise(classes)) >= 8
    assert all(a[0] > b[0] for a, b in pairwise(classes)), "darker class by class, also in grey"


def test_every_verdict_has_a_shape_of_its_own():
    assert set(palette.MARKS) == set(Verdict)
    assert len({mark.shape for mark in palette.MARKS.values()}) == len(Verdict)
    for verdict in Verdict:
        node = etree.fromstring(palette.mark_svg(verdict, 8, 8, 12))
        numbers = [float(found) for found in re.findall(r"-?\d+\.?\d*", node.get("d") or "")]
        assert all(1 <= number <= 15 for number in numbers)


def test_one_source_for_css_and_typst():
    css, typst = palette.css_variables(), palette.typst_colours()
    assert "--inkt: #1B2733;" in css
    assert "--lichte-achterstand: #C27C00;" in css
    assert '"klasse-5": rgb("#0B3C6B")' in typst
    assert len(re.findall(r"#[0-9A-F]{6};", css)) == len(re.findall(r"rgb\(", typst))
