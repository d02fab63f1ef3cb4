"""A municipality's own look: only a picture comes through, only colours that can be read, on page and paper."""

from __future__ import annotations

import base64
import io
import struct
import zlib
from pathlib import Path

import pikepdf
import pytest
from lxml import html as lxml_html

from lekp_lib.errors import ParameterError, ReportError
from lekp_lib.parameters import ReportParameters, read_parameters
from lekp_lib.present.look import MAX_LOGO_BYTES, look_facts, look_sha256, read_logo
from lekp_lib.report.html_exporter import HtmlExporter
from lekp_lib.report.notebook_look import with_own_look
from lekp_lib.report.pdf import PdfExporter
from tests.report_sample import markdown, notebook

HEAD = '<svg xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink" viewBox="0 0 300 100">'
SHAPE = '<path d="M0 0h10v10z" fill="#006B54"/>'


def chunk(kind: bytes, body: bytes) -> bytes:
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def png(*extra: bytes, width: int = 2, height: int = 1) -> bytes:
    rows = (b"\x00" + b"\x10\x80\x40" * width) * height
    head = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"".join(
        [b"\x89PNG\r\n\x1a\n", chunk(b"IHDR", head), *extra, chunk(b"IDAT", zlib.compress(rows)), chunk(b"IEND", b"")]
    )


def logo_file(folder: Path, content: bytes | str, name: str = "logo.svg") -> Path:
    path = folder / name
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return path


def test_a_png_keeps_its_picture_and_nothing_else(tmp_path: Path) -> None:
    secret = chunk(b"tEXt", b"Author\x00Jan Janssens") + chunk(b"eXIf", b"51.05N 3.72E")
    found = read_logo(logo_file(tmp_path, png(secret) + b"trailing <script>"))
    assert found.content == png() and (found.kind, found.aspect) == ("png", 2.0)


def test_an_svg_keeps_its_shapes_and_loses_what_its_editor_wrote(tmp_path: Path) -> None:
    text = (
        '<?xml version="1.0"?><!-- door Jan -->' + HEAD.replace(">", ' xmlns:i="urn:i" i:map="van jan">')
        + f"<title>Gent</title><metadata>Jan</metadata><i:view/><style>.a{{fill:#006B54}}</style>{SHAPE}</svg>"
    )  # fmt: skip
    found = read_logo(logo_file(tmp_path, text))
    assert found.aspect == 3.0 and b'd="M0 0h10v10z"' in found.content and b".a{fill" in found.content
    for word in (b"Jan", b"jan", b"Gent", b"i:map", b"i:view"):
        assert word not in found.content


@pytest.mark.parametrize(
    ("inside", "told"),
    [
        ("<script>alert(1)</script>", "<script>"),
        ('<path d="M0 0" onload="alert(1)"/>', "onload"),
        ('<image href="https://example.org/x.png"/>', "<image>"),
        ("<text>Gent</text>", "<text>"),
        ("<foreignObject/>", "<foreignObject>"),
        ('<rect fill="url(https://example.org/a)"/>', "fill="),
        ("<style>@import 'x'</style>", "a style that loads"),
        ("<style>a{background:url(//example.org)}</style>", "a style that loads"),
        ('<linearGradient xlink:href="other.svg#a"/>', "a link to 'other.svg#a'"),
        ("<use href='#a'/>", "<use>"),
        ("<animate attributeName='x'/>", "<animate>"),
        ("<rect", "expected an SVG drawing"),
    ],
)
def test_an_svg_with_more_than_shapes_is_refused_by_name(inside: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(ParameterError) as raised:
        read_logo(logo_file(tmp_path, f"{HEAD}{inside}</svg>"))
    assert told in str(raised.value)


@pytest.mark.parametrize(
    ("content", "told"),
    [
        (f'<!DOCTYPE svg [<!ENTITY a "b">]>{HEAD}{SHAPE}</svg>', "plain <svg>"),
        ('<svg xmlns="http://www.w3.org/2000/svg"><path d="M0 0"/></svg>', "no size"),
        (png()[:-20], "whole PNG"),
        (png().replace(b"IDAT", b"IDAX"), "whole PNG"),
        (png(width=5000), "5000 x 1 pixels"),
        (b"\xff\xd8\xff jpeg", "neither PNG nor SVG"),
        (b"x" * (MAX_LOGO_BYTES + 1), "at most 150000"),
    ],
)
def test_what_is_no_logo_is_refused(content: bytes | str, told: str, tmp_path: Path) -> None:
    with pytest.raises(ParameterError) as raised:
        read_logo(logo_file(tmp_path, content))
    # A chunk of an unknown kind with a right checksum is dropped; one whose checksum fails ends the picture.
    assert told in str(raised.value)


@pytest.mark.parametrize(
    ("colour", "told"),
    [
        ("#7FB3D5", "2.25 to 1 on white and 2.00 to 1"),
        ("blauw", "expected a colour"),
        ("#0B5394;}", "expected a colour"),
    ],
)
def test_a_colour_that_cannot_be_read_is_refused_with_its_ratio(colour: str, told: str, tmp_path: Path) -> None:
    with pytest.raises(ParameterError, match="huisstijl") as raised:
        look_facts(ReportParameters(gemeente="x", huisstijl=colour), "44021", tmp_path)
    assert told in str(raised.value)


def test_one_setting_serves_a_folder_of_logos_and_a_changed_logo_is_noticed(tmp_path: Path) -> None:
    (tmp_path / "parameters" / "logos").mkdir(parents=True)
    (tmp_path / "notebooks").mkdir()
    path = logo_file(tmp_path / "parameters" / "logos", f"{HEAD}{SHAPE}</svg>", "44021.svg")
    asked = read_parameters({"gemeente": "x", "logo": "parameters/logos/{nis}.svg"})
    before = look_facts(asked, "44021", tmp_path / "notebooks")
    assert before["logo"].startswith("data:image/svg+xml;base64,")
    assert look_facts(asked, "11002", tmp_path) == {} and look_sha256({}) == ""
    path.write_text(f"{HEAD}{SHAPE.replace('006B54', '006B55')}</svg>")
    assert look_sha256(look_facts(asked, "44021", tmp_path)) != look_sha256(before)
    with pytest.raises(ParameterError, match=r"logo: weg\.png: found No such file"):
        look_facts(read_parameters({"gemeente": "x", "logo": "weg.png"}), "44021", tmp_path)


def test_the_look_in_a_notebook_counts_unless_another_one_is_asked_for(tmp_path: Path) -> None:
    path = tmp_path / "eigen.ipynb"
    path.write_text(
        '{"cells": [{"metadata": {"tags": ["parameters"]}, "source": ["logo = \'a.svg\'\\n", "huisstijl = \\"\\""]}]}'
    )
    assert with_own_look(ReportParameters(gemeente="x"), path, "1").logo == "a.svg"
    assert with_own_look(ReportParameters(gemeente="x", logo="b.svg"), path, "1").logo == "b.svg"
    path.write_text("geen notebook")
    assert with_own_look(ReportParameters(gemeente="x"), path, "2").logo == ""


@pytest.mark.pdf
@pytest.mark.parametrize(("content", "name"), [(f"{HEAD}{SHAPE}</svg>", "a.svg"), (png(), "a.png")])
def test_logo_and_colour_stand_on_page_and_paper_with_the_name_as_alternative(
    content: bytes | str, name: str, tmp_path: Path
) -> None:
    logo_file(tmp_path, content, name)
    asked = ReportParameters(gemeente="x", logo=name, huisstijl="#006B54")
    facts = {"title": "T", "municipality": 'Gem "<b>"', "built": "2026-03-12T10:00:00+01:00"}
    made = notebook(markdown("# Titel"), **facts, **look_facts(asked, "44021", tmp_path))
    page, _ = HtmlExporter().from_notebook_node(made)
    (image,) = lxml_html.document_fromstring(page).iter("img")
    assert image.get("alt") == 'Gem "<b>"' and image.get("src").startswith("data:image/") and "#006B54" in page
    pdf, _ = PdfExporter().from_notebook_node(made)
    with pikepdf.open(io.BytesIO(pdf)) as opened:
        objects = [item for item in opened.objects if isinstance(item, pikepdf.Dictionary)]
        alternatives = [str(item.Alt) for item in objects if "/Alt" in item]
    assert alternatives == ['Gem "<b>"']


def test_a_logo_that_did_not_come_from_the_cleaner_is_no_fact() -> None:
    bad = "data:text/html;base64," + base64.b64encode(b"<script>").decode()
    for facts in ({"logo": bad}, {"accent": "red;}"}, {"logo": "https://example.org/x.png"}):
        with pytest.raises(ReportError, match="not usable"):
            HtmlExporter().from_notebook_node(notebook(markdown("# T"), **facts))
