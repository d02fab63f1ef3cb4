"""For the council: the draft decision as Word document, annotated page and plain text, what goes where, and slides.

The decision is filled from the block ``besluit`` of the report, the slides from the block ``kort``. The document starts
from ``templates/besluit.docx``, whose styles a clerk may change; square brackets mark what is still to be filled in.
Equal input gives equal bytes.
"""

import base64
import datetime as dt
import hashlib
import io
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from typing import Any

from docx import Document
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement, ns
from docx.shared import Mm
from markupsafe import Markup, escape

from lekp_lib.present.blocks import styles
from lekp_lib.present.municipality import Report
from lekp_lib.report.outputs import Contents
from lekp_lib.report.page import TEMPLATES, checked, environment, font_face_css, text_of

_OPEN = re.compile(r"(\[[^\]]+\])")
#: Columns of the table of results and their width in mm; the widest word of each fits.
_RESULTS = {"Doel": 52, "Stand": 38, "Niveau": 32, "Oordeel": 30, "Datum": 22}
_UPLOADS = "Wat laadt u waar op?"


def _lines(part: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The pieces of a part one by one: kind ``p``, ``li`` or ``art``, and text."""
    for piece in part["pieces"]:
        if piece["kind"] == "ul":
            yield from (("li", point) for point in piece["points"])
        elif piece["kind"] == "art":
            yield "art", f"Artikel {piece['number']}. {piece['text']}"
        else:
            yield "p", piece["text"]


def _open_places(decision: Mapping[str, Any]) -> list[str]:
    """What is still to be filled in, in reading order: ``[datum van de zitting]``."""
    return [found for part in decision["parts"] for _, text in _lines(part) for found in _OPEN.findall(text)]


def _results(table: Mapping[str, Any]) -> list[list[str]]:
    """Rows of the table of results, its head first."""
    labels = [column["label"] for column in table["columns"]]
    rows = [dict(zip(labels, row, strict=True)) for part in table["parts"] for row in part["rows"]]
    return [list(_RESULTS), *([row.get(name, "–") for name in _RESULTS] for row in rows)]


def _marked(text: str) -> Markup:
    """Text with its open places marked."""
    parts = (Markup("<mark>{}</mark>").format(x) if _OPEN.fullmatch(x) else escape(x) for x in _OPEN.split(text))
    return Markup("").join(parts)


# ---- the Word document


def _write(paragraph: Any, text: str) -> None:
    for words in filter(None, _OPEN.split(text)):
        run = paragraph.add_run(words)
        if _OPEN.fullmatch(words):
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _paragraph(document: Any, style: str | None, text: str = "") -> Any:
    """A paragraph in a style by its id, as python-docx has no public way: a name is looked up for each of them."""
    paragraph = document.add_paragraph(text)
    paragraph._p.style = style  # noqa: SLF001
    return paragraph


def _table(document: Any, rows: list[list[str]]) -> None:
    """Fixed widths, so that no word breaks inside; the head comes back on every page, and a row stays together."""
    table = document.add_table(len(rows), len(_RESULTS), style="Table Grid")
    table.autofit = False
    for index, (row, texts) in enumerate(zip(table.rows, rows, strict=True)):
        properties = row._tr.get_or_add_trPr()  # noqa: SLF001 (python-docx has no public way)
        properties.append(OxmlElement("w:cantSplit"))
        if index == 0:
            properties.append(OxmlElement("w:tblHeader"))
        for cell, text, width in zip(row.cells, texts, _RESULTS.values(), strict=True):
            cell.width = Mm(width)
            paragraph = cell.paragraphs[0]
            paragraph._p.style = "Tabelkop" if index == 0 else "Tabel"  # noqa: SLF001 (by name it is looked up each time)
            paragraph.add_run(text)


def _same_bytes(data: io.BytesIO) -> bytes:
    """The zip written anew, without times."""
    result = io.BytesIO()
    with zipfile.ZipFile(data) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            new.writestr(zipfile.ZipInfo(item.filename), old.read(item), zipfile.ZIP_DEFLATED)
    return result.getvalue()


def council_docx(decision: Mapping[str, Any], table: Mapping[str, Any], facts: Mapping[str, Any]) -> bytes:
    """The draft as a Word document.

    Parameters
    ----------
    decision
        Data of the block ``besluit``.
    table
        Data of the block with all figures.
    facts
        About the report: place, edition, run, banner, moment of the build.
    """
    document = Document(str(TEMPLATES / "besluit.docx"))
    section = document.sections[0]
    section.header.paragraphs[0].add_run(f"Gemeente {facts['place']}. Ontwerp van gemeenteraadsbesluit")
    if decision["banner"]:
        section.header.add_paragraph(style="Header").add_run(decision["banner"]).bold = True
    footer, number = section.footer.paragraphs[0], OxmlElement("w:fldSimple")
    footer.add_run(f"Editie {facts['edition']} · verslag {facts['run']} · bladzijde ")
    number.set(ns.qn("w:instr"), "PAGE")
    footer._p.append(number)  # noqa: SLF001
    _paragraph(document, "Title", decision["title"])
    for part in decision["parts"]:
        _paragraph(document, "Heading1", part["heading"])
        for kind, text in _lines(part):
            _write(_paragraph(document, "ListBullet" if kind == "li" else None), text)
    if len(results := _results(table)) > 1:
        _paragraph(document, "Heading1", "Tabel met alle resultaten")
        _table(document, results)
    _paragraph(document, "Heading1", _UPLOADS)
    for step in decision["uploads"]:
        _paragraph(document, "ListBullet", " ".join(step[name] for name in ("what", "where", "state", "source")))
    own, result = document.core_properties, io.BytesIO()
    own.title, own.language, own.identifier, own.revision = decision["title"], "nl-BE", facts["run"], 1
    own.author = own.last_modified_by = "lekp, onafhankelijk open hulpmiddel"
    own.comments = decision["banner"] or "Ontwerp: na te lezen en aan te vullen door de gemeente."
    own.created = own.modified = dt.datetime.fromisoformat(facts["built"]).replace(tzinfo=None)
    document.save(result)
    return _same_bytes(result)


@cache
def _told(report: Report) -> tuple[Mapping[str, Any], Mapping[str, Any]]:
    """The draft and the table with all figures, which the document and the page have in common."""
    return report.besluit().data, report.cijfertabel().data


def docx_files(_contents: object, report: Report) -> dict[str, str | bytes]:
    """The file ``besluit.docx``, with the plain text and the list of what goes where beside it."""
    decision, table = _told(report)
    about = {"place": report.place.name, "title": _UPLOADS, "open": _open_places(decision)}
    return {
        "besluit.docx": council_docx(decision, table, report.facts),
        "besluit.txt": text_of("besluit.txt.j2", d=decision),
        "checklist.txt": text_of("checklist.txt.j2", d=decision, **about),
    }


def page_files(_contents: object, report: Report) -> dict[str, str]:
    """The file ``besluit.html``: the draft with RDFa (OSLO *Besluit*), to be pasted into an editor for local decisions.

    Identifiers are relative, because only the municipality may give a decision its address.

    Raises
    ------
    ReportProblems
        When the page does not pass its checks.
    """
    (decision, table), place = _told(report), report.place.name
    page = environment().get_template("besluit.html.j2").render(
        d=decision, place=place, rows=_results(table), open=len(_open_places(decision)),
        css=Markup(styles()), uploads=_UPLOADS, marked=_marked,  # noqa: S704
    )  # fmt: skip
    return {"besluit.html": checked(page, f"het ontwerp van besluit van {place}")}


# ---- the slides: message, list of targets, what to discuss, what is asked


def _halves(groups: Sequence[Mapping[str, Any]]) -> list[list[Mapping[str, Any]]]:
    """The groups in two columns of about the same height."""
    lengths = [len(group["rows"]) + 1 for group in groups]
    split = min(range(len(groups) + 1), key=lambda place: abs(2 * sum(lengths[:place]) - sum(lengths)))
    return [half for half in (list(groups[:split]), list(groups[split:])) if half]


def slides_page(brief: Mapping[str, Any], facts: Mapping[str, Any]) -> str:
    """Slides of one municipality as a complete page.

    Parameters
    ----------
    brief
        Data of the block ``kort``.
    facts
        About the report as a whole.

    Returns
    -------
    str
        HTML with fonts, style and script inside; the same input gives the same text.

    Raises
    ------
    ReportProblems
        When the page does not pass its checks; all problems at once.
    """
    script, css = ((TEMPLATES / f"presentatie.{ending}").read_text("utf-8") for ending in ("js", "css"))
    # Only the one script that is known by its hash may run; anything that slips in stays dead.
    script_hash = "sha256-" + base64.b64encode(hashlib.sha256(script.encode()).digest()).decode("ascii")
    groups = [{"label": "Doelen met een cijfer", "rows": brief["known"]}] if brief["few"] else brief["werven"]
    page = environment().get_template("presentatie.html.j2").render(
        d=brief, facts=facts, halves=_halves([group for group in groups if group["rows"]]), script_hash=script_hash,
        total=4 if brief["discuss"] else 3, script=Markup(script),  # noqa: S704 -- own files
        css=Markup("\n".join([font_face_css(), styles(), css])),  # noqa: S704
    )  # fmt: skip
    return checked(page, f"de presentatie van {brief['place']}", script=f"<script>{script}</script>")


def slides_files(contents: Contents, report: Report) -> dict[str, str]:
    """The file ``presentatie.html``."""
    return {"presentatie.html": slides_page(contents.find("kort") or report.kort().data, report.facts)}
