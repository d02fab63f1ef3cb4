"""The draft decision as a Word file: real headings, language, repeated table head, marked placeholders.

Equal input gives equal bytes: dates are those of the edition, and the zip is written anew with fixed times.
"""

from __future__ import annotations

import datetime as dt
import io
import zipfile
from collections.abc import Sequence

from docx import Document
from docx.document import Document as WordDocument
from docx.enum.text import WD_ALIGN_PARAGRAPH, WD_COLOR_INDEX
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.oxml.xmlchemy import BaseOxmlElement
from docx.shared import Emu, Mm, Pt, RGBColor
from docx.table import Table as WordTable
from docx.table import _Cell as WordCell
from docx.text.paragraph import Paragraph as WordParagraph

from lekp_lib.present.decision import DecisionText
from lekp_lib.present.decision_block import split_placeholders
from lekp_lib.present.decision_pieces import Article, Bullets, Piece, Quote, piece_texts
from lekp_lib.present.table import Table

LANGUAGE = "nl-BE"
_FIXED_TIME = (1980, 1, 1, 0, 0, 0)
_INK, _WARNING = RGBColor(0x1B, 0x27, 0x33), RGBColor(0x8E, 0x2A, 0x12)
_TEXT_WIDTH = Mm(160)
_BALLAST = ("/stylesWithEffects", "/thumbnail")
_STYLE_SIZES = {"Normal": 11, "Title": 18, "Heading 1": 13, "Heading 2": 11, "Caption": 10}


def _set_language(document: WordDocument) -> None:
    """Dutch as spoken in Belgium on the defaults and on every style that names a language itself."""
    for properties in document.styles.element.iter(qn("w:rPr")):
        for language in properties.findall(qn("w:lang")):
            properties.remove(language)
    for properties in [*document.styles.element.iter(qn("w:rPrDefault"))]:
        _language_of(properties.find(qn("w:rPr")))
    for name in _STYLE_SIZES:
        _language_of(document.styles[name].element.get_or_add_rPr())
    for language in document.settings.element.iter(qn("w:themeFontLang")):
        language.set(qn("w:val"), LANGUAGE)


def _language_of(properties: BaseOxmlElement) -> None:
    language = OxmlElement("w:lang")
    for key in ("w:val", "w:eastAsia"):
        language.set(qn(key), LANGUAGE)
    properties.append(language)


def _set_styles(document: WordDocument) -> None:
    for name, size in _STYLE_SIZES.items():
        font = document.styles[name].font
        font.name, font.size, font.color.rgb = "Calibri", Pt(size), _INK
        fonts = document.styles[name].element.get_or_add_rPr().get_or_add_rFonts()
        for key in [key for key in fonts.attrib if key.endswith("Theme")]:
            del fonts.attrib[key]
    document.styles["Normal"].paragraph_format.space_after = Pt(6)


def _write(paragraph: WordParagraph, text: str, bold: bool = False) -> WordParagraph:
    for words, is_open in split_placeholders(text):
        run = paragraph.add_run(words)
        run.bold = bold or None
        if is_open:
            run.font.highlight_color = WD_COLOR_INDEX.YELLOW
    return paragraph


def _field(paragraph: WordParagraph, code: str) -> None:
    """A field that Word fills in, such as the page number."""
    for kind, text in (("begin", ""), ("", code), ("separate", ""), ("text", "1"), ("end", "")):
        run = paragraph.add_run(text if kind == "text" else "")
        if kind in ("begin", "separate", "end"):
            mark = OxmlElement("w:fldChar")
            mark.set(qn("w:fldCharType"), kind)
            run._r.append(mark)  # noqa: SLF001 (python-docx has no public way to add a field)
        elif not kind:
            instruction = OxmlElement("w:instrText")
            instruction.set(qn("xml:space"), "preserve")
            instruction.text = f" {text} "
            run._r.append(instruction)  # noqa: SLF001


def _banner(paragraph: WordParagraph, banner: str) -> None:
    run = paragraph.add_run(banner)
    run.bold, run.font.color.rgb = True, _WARNING


def _set_page(document: WordDocument, decision: DecisionText) -> None:
    section = document.sections[0]
    section.page_width, section.page_height = Mm(210), Mm(297)
    section.left_margin = section.right_margin = section.top_margin = section.bottom_margin = Mm(25)
    header = section.header.paragraphs[0]
    header.add_run(f"Gemeente {decision.place}. Ontwerp van gemeenteraadsbesluit")
    if decision.banner:
        _banner(section.header.add_paragraph(), decision.banner)
    footer = section.footer.paragraphs[0]
    footer.add_run(f"Editie {decision.edition_id} · verslag {decision.run} · bladzijde ")
    _field(footer, "PAGE")
    footer.add_run(" van ")
    _field(footer, "NUMPAGES")


def _set_properties(document: WordDocument, decision: DecisionText) -> None:
    facts, moment = document.core_properties, dt.datetime.combine(decision.known_on, dt.time())
    facts.title, facts.subject = decision.title, decision.description
    facts.author = facts.last_modified_by = "lekp, onafhankelijk open hulpmiddel"
    facts.keywords, facts.category, facts.language = "LEKP, klimaatpact", "Ontwerp", LANGUAGE
    facts.comments = decision.banner or "Ontwerp: na te lezen en aan te vullen door de gemeente."
    facts.identifier, facts.revision = decision.run, 1
    facts.created = facts.modified = moment


def _repeat_head(table: WordTable) -> None:
    properties = table.rows[0]._tr.get_or_add_trPr()  # noqa: SLF001
    for name in ("w:cantSplit", "w:tblHeader"):
        mark = OxmlElement(name)
        mark.set(qn("w:val"), "true")
        properties.append(mark)


def _describe(table: WordTable, title: str, words: str) -> None:
    for name, text in (("w:tblCaption", title), ("w:tblDescription", words)):
        mark = OxmlElement(name)
        mark.set(qn("w:val"), text)
        table._tbl.tblPr.append(mark)  # noqa: SLF001


def _write_cell(cell: WordCell, text: str, *, bold: bool = False, number: bool = False) -> None:
    paragraph = cell.paragraphs[0]
    paragraph.paragraph_format.space_after = Pt(0)
    if number:
        paragraph.alignment = WD_ALIGN_PARAGRAPH.RIGHT
    run = paragraph.add_run(text)
    run.bold, run.font.size = bold or None, Pt(8.5)


def _widths(results: Table) -> list[int]:
    """Column widths by the shares that paper uses; a column without a share counts for one."""
    shares = [float(head.width.removesuffix("fr")) if head.width.endswith("fr") else 1.0 for head in results.columns]
    return [round(_TEXT_WIDTH * share / sum(shares)) for share in shares]


def _add_results(document: WordDocument, results: Table) -> None:
    document.add_paragraph(results.caption, style="Caption").paragraph_format.keep_with_next = True
    rows: list[tuple[str, Sequence[str]]] = []
    for label, body in results.groups:
        rows += [(label, ())] if label else []
        rows += [("", [f"{cell.text} {cell.note}".strip() for cell in row]) for row in body]
    table = document.add_table(rows=1 + len(rows), cols=len(results.columns), style="Table Grid")
    widths = _widths(results)
    for column, width in zip(table.columns, widths, strict=True):
        column.width = Emu(width)
    # Asked for once: python-docx walks the whole table for every single cell.
    head, *body_cells = [row.cells for row in table.rows]
    for cell, column_head, width in zip(head, results.columns, widths, strict=True):
        cell.width = Emu(width)
        is_number = column_head.align == "number"
        _write_cell(cell, f"{column_head.head} {column_head.unit}".strip(), bold=True, number=is_number)
    for cells, (label, texts) in zip(body_cells, rows, strict=True):
        for cell, width in zip(cells, widths, strict=True):
            cell.width = Emu(width)
        if label:
            _write_cell(cells[0].merge(cells[-1]), label, bold=True)
        for cell, column_head, text in zip(cells, results.columns, texts, strict=False):
            _write_cell(cell, text, number=column_head.align == "number")
    _repeat_head(table)
    heads = ", ".join(item.head.lower() for item in results.columns[1:])
    _describe(table, results.caption, f"Een rij per doel, met {heads}. De eerste kolom noemt het doel.")


def _add_piece(document: WordDocument, piece: Piece) -> None:
    if isinstance(piece, Bullets):
        for item in piece.items:
            _write(document.add_paragraph(style="List Bullet"), item)
        return
    if isinstance(piece, Article):
        document.add_heading(piece.heading, level=2)
    if isinstance(piece, Quote):
        _write(document.add_paragraph(), f"Bij het doel {piece.about}:")
        _write(document.add_paragraph(style="Quote"), piece.text)
        return
    _write(document.add_paragraph(), " ".join(piece_texts(piece)))


def _same_bytes(content: bytes) -> bytes:
    """The zip once more, without the moment of writing."""
    target = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(content)) as given, zipfile.ZipFile(target, "w") as made:
        for entry in given.infolist():
            fixed = zipfile.ZipInfo(entry.filename, _FIXED_TIME)
            fixed.compress_type, fixed.create_system = zipfile.ZIP_DEFLATED, 3
            fixed.external_attr = 0o644 << 16
            made.writestr(fixed, given.read(entry.filename))
    return target.getvalue()


def _drop_ballast(document: WordDocument) -> None:
    """Leave out what the template carries for Word 2010 and for file managers: a third of the file."""
    for relations in (document.part.rels, document.part.package.rels):
        for key in [key for key, item in relations.items() if item.reltype.endswith(_BALLAST)]:
            del relations[key]


def council_docx(decision: DecisionText) -> bytes:
    """The decision as bytes of a Word file.

    Parameters
    ----------
    decision
        The draft.

    Returns
    -------
    bytes
        With the table of results as an annex on a page of its own. The text of an example edition starts and ends
        with its banner, which stands in the header of every page too.
    """
    document = Document()
    _drop_ballast(document)
    _set_styles(document)
    _set_language(document)
    _set_page(document, decision)
    _set_properties(document, decision)
    if decision.banner:
        _banner(document.add_paragraph(), decision.banner)
    document.add_heading(decision.title, level=0)
    for part in decision.parts:
        document.add_heading(part.heading, level=1)
        for piece in part.pieces:
            _add_piece(document, piece)
    document.add_heading("Bijlage: alle resultaten", level=1).paragraph_format.page_break_before = True
    _add_results(document, decision.results)
    if decision.banner:
        _banner(document.add_paragraph(), decision.banner)
    content = io.BytesIO()
    document.save(content)
    return _same_bytes(content.getvalue())
