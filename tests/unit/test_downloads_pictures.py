"""Figures as files: those of the report and no others, legible on their own, the same bytes from the same figures."""

from __future__ import annotations

import io
import struct
import zipfile
from dataclasses import replace
from functools import cache

import pytest
from lxml import etree

from lekp_lib import open_report
from lekp_lib.present.report_view import ReportView
from lekp_lib.report.downloads.pictures import archive_bytes, pictures, png_files, svg_files

SVG = "{http://www.w3.org/2000/svg}"


@cache
def view_of(place: str) -> ReportView:
    return open_report(gemeente=place, editie="voorbeeld")


@pytest.mark.parametrize("place", ["Gent", "Herstappe", "Mesen"])
def test_archive_holds_the_figures_of_the_report_and_no_others(place: str) -> None:
    report = view_of(place)
    names = set(pictures(report))
    assert "00-overzicht" in names
    for item in report.assessments:
        blocks = report.target(item.target.id).html()
        for ending, kind in (("verloop", "trend"), ("vergelijking", "strip"), ("kaart", "hexmap")):
            shown = f'data-block="{kind}"' in blocks
            stem = f"{item.target.nr or 21:02}-{item.target.id.replace('_', '-')}-{ending}"
            assert (stem in names) is shown, stem


def test_svg_stands_alone_with_its_font_title_source_and_warning() -> None:
    figures = dict(list(pictures(view_of("Gent")).items())[:6])
    for name, text in svg_files(figures).items():
        root = etree.fromstring(text.encode())
        told = "".join(root.itertext())
        assert figures[name].words.alt in root.findtext(f"{SVG}title")
        for words in (*figures[name].words.title.split(), "Bron:", "fictieve", "cijfers"):
            assert words in told, (name, words)
        assert text.count("@font-face") == 3 and "http" not in text.replace("http://www.w3.org/2000/svg", "")


def test_png_is_1600_pixels_wide_and_one_page_each() -> None:
    figures = dict(list(pictures(view_of("Gent")).items())[:4])
    for name, data in png_files(figures).items():
        assert data.startswith(b"\x89PNG")
        width, height = struct.unpack(">II", data[16:24])
        side = (figures[name].width_pt + 16) / figures[name].height_pt
        assert width == 1600 and height > 1600 / side


def test_archive_is_the_same_twice_and_cites_itself() -> None:
    content = archive_bytes(view_of("Mesen"))
    assert content == archive_bytes(open_report(gemeente="Mesen", editie="voorbeeld"))
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        names = archive.namelist()
        assert {entry.date_time[:3] for entry in archive.infolist()} == {(2026, 2, 2)}
        assert "[fictieve cijfers]" in archive.read("bronvermelding.txt").decode()
        alternatives = archive.read("tekstalternatieven.txt").decode().splitlines()
    drawn = {name.split("/")[1][:-4] for name in names if name.startswith("svg/")}
    assert drawn == {name.split("/")[1][:-4] for name in names if name.startswith("png/")} and drawn
    assert {line.split(":")[0] for line in alternatives} == drawn


def test_hostile_name_stays_text_in_svg_and_png() -> None:
    report = open_report(gemeente="Mesen", editie="voorbeeld")
    report.place = replace(report.place, name='<script>"#let x=1\\')
    figures = {"00-overzicht": pictures(report)["00-overzicht"]}
    root = etree.fromstring(svg_files(figures)["00-overzicht"].encode())
    assert not list(root.iter(f"{SVG}script")) and "<script>" in "".join(root.itertext())
    assert png_files(figures)["00-overzicht"].startswith(b"\x89PNG")
