"""The draft decision of the council: Word document, annotated page, plain text, and the list of what goes where.

All four are filled from the block ``besluit`` of the report. The document starts from ``templates/besluit.docx``, whose
styles a clerk may change; square brackets mark what is still to be filled in. Equal input gives equal bytes.
"""

from __future__ import annotations

import datetime as dt
import io
import re
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Mm
from docx.text.paragraph import Paragraph as WordParagraph
from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup, escape

from lekp_lib.errors import ReportProblems
from lekp_lib.present.blocks import styles
from lekp_lib.report.checks import check_html

if TYPE_CHECKING:
    from lekp_lib.present.municipality import Report

_TEMPLATES = Path(__file__).parent / "templates"
_OPEN = re.compile(r"(\[[^\]]+\])")
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
#: Columns of the table of results and their width in mm; the widest word of each fits.
_RESULTS = {"Doel": 52, "Stand": 38, "Niveau": 32, "Oordeel": 30, "Datum": 22}
_UPLOADS = "Wat laadt u waar op?"


def open_places(decision: Mapping[str, Any]) -> list[str]:
    """What is still to be filled in, in reading order: ``[datum van de zitting]``."""
    texts = (text for part in decision["parts"] for _, text in _lines(part))
    return [found for text in texts for found in _OPEN.findall(text)]


def _lines(part: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The pieces of a part one by one: kind ``p``, ``li`` or ``art``, and text."""
    for piece in part["pieces"]:
        if piece["kind"] == "ul":
            yield from (("li", point) for point in piece["points"])
        else:
            yield (
                piece["kind"],
                f"Artikel {piece['number']}. {piece['text']}" if piece["kind"] == "art" else piece["text"],
            )


def _results(table: Mapping[str, Any]) -> list[list[str]]:
    """Rows of the table of results, its head first."""
    labels = [column["label"] for column in table["columns"]]
    rows = [dict(zip(labels, row, strict=True)) for part in table["parts"] for row in part["rows"]]
    return [list(_RESULTS), *([row.get(name, "–") for name in _RESULTS] for row in rows)]


# ---- plain text


def council_text(decision: Mapping[str, Any]) -> str:
    """The draft as plain text, to paste anywhere."""
    lines = [decision["banner"], "", decision["title"]] if decision["banner"] else [decision["title"]]
    for part in decision["parts"]:
        lines += ["", part["heading"].upper(), ""]
        lines += [f"- {text}" if kind == "li" else f"{text}\n" for kind, text in _lines(part)]
    return re.sub(r"\n{3,}", "\n\n", "\n".join(lines)).strip() + "\n"


def checklist_text(decision: Mapping[str, Any], place: str) -> str:
    """What is handed in where, and what the draft still lacks."""
    lines = [decision["banner"], "", f"{_UPLOADS} {place}", "", f"Deze lijst is nagekeken op {decision['reviewed']}."]
    for step in decision["uploads"]:
        lines += [
            "",
            f"[ ] {step['what']}",
            f"    Waar: {step['where']}",
            f"    {step['state']}",
            f"    Bron: {step['source']}",
        ]
        lines += [f"    {step['url']}"] if step["url"] else []
    found = open_places(decision)
    lines += ["", f"Dit ontwerp telt nog {len(found)} in te vullen plaatsen.", *(f"- {text}" for text in found)]
    return "\n".join(lines).strip() + "\n"


# ---- page


def _marked(text: str) -> Markup:
    """Text with its open places marked."""
    parts = (
        Markup("<mark>{}</mark>").format(part) if _OPEN.fullmatch(part) else escape(part) for part in _OPEN.split(text)
    )
    return Markup("").join(parts)


def council_html(decision: Mapping[str, Any], table: Mapping[str, Any], place: str) -> str:
    """The draft as a page with RDFa (OSLO *Besluit*), so that it can be pasted into an editor for local decisions.

    Identifiers are relative, because only the municipality may give a decision its address.

    Raises
    ------
    ReportProblems
        When the page does not pass its checks.
    """
    environment = Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"marked": _marked}
    page = environment.get_template("besluit.html.j2").render(
        d=decision, place=place, rows=_results(table), open=len(open_places(decision)),
        css=Markup(styles()), uploads=_UPLOADS,  # noqa: S704
    )  # fmt: skip
    if problems := check_html(page):
        raise ReportProblems(f"het ontwerp van besluit van {place} komt niet door de controle", problems)
    return page


# ---- document


def _write(paragraph: WordParagraph, text: str) -> None:
    for words in filter(None, _OPEN.split(text)):
        run = paragraph.add_run(words)
        if _OPEN.fullmatch(words):
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW


def _parts(document: WordDocument, decision: Mapping[str, Any]) -> None:
    for part in decision["parts"]:
        document.add_heading(part["heading"], 1)
        for kind, text in _lines(part):
            _write(document.add_paragraph(style="List Bullet" if kind == "li" else "Normal"), text)


def _table(document: WordDocument, rows: list[list[str]]) -> None:
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


def _page_number(paragraph: WordParagraph) -> None:
    field = OxmlElement("w:fldSimple")
    field.set(qn("w:instr"), "PAGE")
    paragraph._p.append(field)  # noqa: SLF001


def _same_bytes(data: bytes) -> bytes:
    """The zip written anew, with fixed times."""
    result = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(result, "w", zipfile.ZIP_DEFLATED) as new:
        for item in old.infolist():
            new.writestr(zipfile.ZipInfo(item.filename, _FIXED_TIME), old.read(item), zipfile.ZIP_DEFLATED)
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
    document, place = Document(str(_TEMPLATES / "besluit.docx")), facts["place"]
    section = document.sections[0]
    section.header.paragraphs[0].add_run(f"Gemeente {place}. Ontwerp van gemeenteraadsbesluit")
    footer = section.footer.paragraphs[0]
    footer.add_run(f"Editie {facts['edition']} · verslag {facts['run']} · bladzijde ")
    _page_number(footer)
    if decision["banner"]:
        section.header.add_paragraph(style="Header").add_run(decision["banner"]).bold = True
    document.add_paragraph(decision["title"], style="Title")
    _parts(document, decision)
    if len(results := _results(table)) > 1:
        document.add_heading("Tabel met alle resultaten", 1)
        _table(document, results)
    document.add_heading(_UPLOADS, 1)
    for step in decision["uploads"]:
        document.add_paragraph(
            " ".join([step["what"], step["where"], step["state"], step["source"]]), style="List Bullet"
        )
    own, moment = document.core_properties, dt.datetime.fromisoformat(facts["built"]).replace(tzinfo=None)
    own.title, own.language, own.identifier, own.revision = decision["title"], "nl-BE", facts["run"], 1
    own.author = own.last_modified_by = "lekp, onafhankelijk open hulpmiddel"
    own.comments = decision["banner"] or "Ontwerp: na te lezen en aan te vullen door de gemeente."
    own.created = own.modified = moment
    result = io.BytesIO()
    document.save(result)
    return _same_bytes(result.getvalue())


def write_docx(_contents: object, report: Report, folder: Path) -> None:
    """Write ``besluit.docx``, with the plain text and the list of what goes where beside it."""
    decision, table = report.besluit().data, report.cijfertabel().data
    (folder / "besluit.docx").write_bytes(council_docx(decision, table, report.facts))
    (folder / "besluit.txt").write_text(council_text(decision), encoding="utf-8")
    (folder / "checklist.txt").write_text(checklist_text(decision, report.place.name), encoding="utf-8")


def write_page(_contents: object, report: Report, folder: Path) -> None:
    """Write ``besluit.html``."""
    page = council_html(report.besluit().data, report.cijfertabel().data, report.place.name)
    (folder / "besluit.html").write_text(page, encoding="utf-8")
