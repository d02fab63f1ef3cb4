"""The two exporters of nbconvert: ``lekp-html``, one page complete in itself, and ``lekp-pdf``, the same on paper.

Both read the same blocks (:mod:`lekp_lib.report.outputs`). The page is a Jinja2 template; paper is ``lekp.typ``, fed
with JSON, and meets PDF/UA-1 and PDF/A-2a. Compile only in a process that forks no more: Typst starts threads.
"""

from __future__ import annotations

import datetime as dt
import io
import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup
from nbconvert.exporters import Exporter
from nbformat import NotebookNode
from slugify import slugify
from traitlets import default

from lekp_lib.errors import Problem, ReportProblems
from lekp_lib.present.blocks import Block, styles
from lekp_lib.present.format import date_text
from lekp_lib.report.checks import check_html
from lekp_lib.report.fonts import font_face_css, font_folder, missing_characters
from lekp_lib.report.outputs import Contents, Piece, read_contents

TEMPLATES = Path(__file__).parent / "templates"
#: Tag of a cell that starts a page on paper, and kind of the block that is a document of its own.
NEW_PAGE_TAG, BRIEF_KIND = "nieuwe-pagina", "kort"
_STANDARDS = ["a-2a", "ua-1"]
_HEADING = re.compile(r"<h([1-6])\b([^>]*)>(.*?)</h\1\s*>", re.DOTALL)
_ID = re.compile(r"""\sid=["']([^"']+)["']""")
_TO_PART = re.compile(r'<a href="#([^"]+)"[^>]*>(.*?)</a>', re.DOTALL)
_TAG = re.compile(r"<[^>]*>")


#: About the report as a whole, as the blocks of lekp tell it; a notebook without them has these. ``built`` is the only
#: clock of the document; ``logo`` a PNG as ``data:`` address, ``logo_aspect`` its width divided by its height.
_FACTS: dict[str, Any] = {
    "title": "", "description": "", "keywords": (), "place": "", "year": None, "edition": "", "run": "", "banner": "",
    "built": "", "licence": "", "accent": "", "logo": "", "logo_aspect": 1.0,
}  # fmt: skip


def _facts(contents: Contents) -> dict[str, Any]:
    """The facts, with the words that stand on every page and the moment of the build."""
    facts = _FACTS | contents.facts
    head = " ".join(filter(None, ("Klimaatpactverslag", str(facts["year"] or ""))))
    facts["running"] = ", ".join(filter(None, (head, facts["place"])))
    facts["moment"] = dt.datetime.fromisoformat(facts["built"]) if facts["built"] else None
    return facts


def _logo_size(facts: dict[str, Any], widest: float, highest: float) -> tuple[float, float]:
    """Width and height of the logo inside a room, with its own proportions."""
    aspect = facts["logo_aspect"]
    return (highest * aspect, highest) if highest * aspect <= widest else (widest, widest / aspect)


def _read(nb: NotebookNode, resources: dict[str, Any] | None) -> Contents:
    """Blocks of a notebook that nbconvert hands over; its folder is where pictures are looked up."""
    return read_contents(nb, Path((resources or {}).get("metadata", {}).get("path") or "."))


# ---- the page


@cache
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters["drawing"] = named_drawing
    return environment


@cache
def page_css() -> str:
    """All CSS of a page: fonts, colours, page and blocks, without any address outside the page."""
    return "\n".join([font_face_css(), (TEMPLATES / "verslag.css").read_text("utf-8"), styles()])


def named_drawing(svg: str, alt: str) -> Markup:
    """A drawing inside the page, with its name for who does not see it, and ids that the page has once."""
    prefix = f"t{slugify(alt, max_length=40)}-"
    named = re.sub(r'(\bid="|url\(#|href="#)', rf"\g<1>{prefix}", svg)
    return Markup(named.replace("<svg", Markup('<svg role="img" aria-label="{}"').format(alt), 1))  # noqa: S704


def _piece_html(piece: Piece) -> str:
    if piece.html:
        return piece.html
    if piece.block["kind"] == "tabel":
        return Block("tabel", piece.block["data"]).html()
    return _environment().get_template(f"{piece.block['kind']}.html.j2").render(d=piece.block["data"])


class _Headings:
    """Gives every heading an id that the page has once, and lists those of level 2 and 3 for the contents."""

    def __init__(self, fragments: Sequence[str]) -> None:
        self.taken = {"inhoud-van-het-verslag", *(name for text in fragments for name in _ID.findall(text))}
        self.title, self.entries = "", list[dict[str, Any]]()
        self.fragments = [_HEADING.sub(self._mark, text) for text in fragments]

    def _anchor(self, text: str) -> str:
        base = slugify(text, max_length=60, word_boundary=True) or "deel"
        anchor = next(name for n in range(1, 999) if (name := base if n == 1 else f"{base}-{n}") not in self.taken)
        self.taken.add(anchor)
        return anchor

    def _mark(self, match: re.Match[str]) -> str:
        level, attributes, inner = int(match[1]), match[2], match[3]
        text, given = " ".join(unescape(_TAG.sub("", inner)).split()), _ID.search(attributes)
        anchor = given[1] if given else self._anchor(text)
        entry: dict[str, Any] = {"text": text, "anchor": anchor, "entries": []}
        if level == 1:
            self.title = self.title or text
        elif level == 2:
            self.entries.append(entry)
        elif level == 3 and self.entries and "class=" not in attributes:
            self.entries[-1]["entries"].append(entry)
        return match[0] if given else f'<h{level} id="{anchor}"{attributes}>{inner}</h{level}>'


def _without_dead_ends(fragments: list[str]) -> list[str]:
    """Links to a part that the notebook leaves out become plain words."""
    there = {found for text in fragments for found in _ID.findall(text)}
    return [_TO_PART.sub(lambda match: match[0] if match[1] in there else match[2], text) for text in fragments]


def page_of(contents: Contents) -> str:
    """The web page of a notebook that has been read, complete in one file.

    Raises
    ------
    ReportProblems
        When the page does not pass its checks; all problems at once.
    """
    facts, headings = _facts(contents), _Headings([_piece_html(piece).strip() for piece in contents.pieces])
    fragments, title = _without_dead_ends(headings.fragments), facts["title"] or headings.title
    if not title:
        raise ReportProblems("de pagina heeft geen titel", [Problem("notebook", "geen kop", "een eerste kop: # Titel")])
    cells = [
        {"html": Markup(html), "new_page": NEW_PAGE_TAG in piece.tags}  # noqa: S704 -- finished above
        for piece, html in zip(contents.pieces, fragments, strict=True)
    ]
    split = next((place for place, html in enumerate(fragments) if place and "<h2" in html), len(cells))
    built = facts["moment"] and f"gemaakt op {date_text(facts['moment'].date())}"
    footer = " · ".join(filter(None, (facts["edition"] and f"editie {facts['edition']}", built, facts["run"])))
    page = _environment().get_template("verslag.html.j2").render(
        facts=facts, title=title, entries=headings.entries, head=cells[:split], body=cells[split:], footer=footer,
        css=Markup(page_css()), logo=[round(side) for side in _logo_size(facts, 240, 64)],  # noqa: S704
    )  # fmt: skip
    if problems := check_html(page, len(cells)):
        raise ReportProblems(f"de pagina {title!r} komt niet door de controle", problems)
    return page


def write_page(contents: Contents, _report: object, folder: Path) -> None:
    """Write ``rapport.html``."""
    (folder / "rapport.html").write_text(page_of(contents), encoding="utf-8")


class HtmlExporter(Exporter):
    """Exporter ``lekp-html``: an executed notebook as one web page in Dutch, complete in one file.

    Cells tagged ``niet-in-verslag`` are left out; cells tagged ``nieuwe-pagina`` start a page when printed.
    """

    export_from_notebook = "LEKP-rapport (HTML)"
    output_mimetype = "text/html"

    @default("file_extension")
    def _own_file_extension(self) -> str:
        return ".html"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[str, dict[str, Any]]:
        """Make the page; parameters as in nbconvert.

        Raises
        ------
        ReportProblems
            When a cell cannot stand in a report, or the page does not pass its checks; all problems at once.
        """
        return page_of(_read(nb, resources)), {**(resources or {}), "output_extension": ".html"}


# ---- paper


@cache
def paper_fonts() -> Any:
    """Only our own faces: neither the system's nor Typst's built-in fonts may fill in for a missing character."""
    import typst

    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[font_folder()])


def _strings(value: Any) -> Iterator[str]:
    """All texts of a block that are printed, drawings included (their text is printed too)."""
    if isinstance(value, str):
        yield _TAG.sub("", unescape(value)) if value.startswith("<svg") else value
    elif isinstance(value, dict):
        for item in value.values():
            yield from _strings(item)
    elif isinstance(value, list | tuple):
        for item in value:
            yield from _strings(item)


def _character_problems(pieces: Sequence[Piece]) -> list[Problem]:
    problems = []
    for piece in pieces:
        missing = sorted(missing_characters("".join(_strings(piece.block))))
        if missing:
            shown = ", ".join(f"{character!r} (U+{ord(character):04X})" for character in missing)
            advice = "Schrijf het in letters, of haal het uit de tekst waar het vandaan komt."
            problems.append(
                Problem(f"cel {piece.cell}", f"{shown}, wat het lettertype niet heeft", "letters en tekens", advice)
            )
    return problems


def _document(pieces: Sequence[Piece], facts: dict[str, Any]) -> str:
    """What ``lekp.typ`` reads, as JSON."""
    aspect, footer = (
        facts["logo_aspect"],
        (facts["running"], facts["edition"] and f"editie {facts['edition']}", facts["run"]),
    )
    svg = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {aspect} 1">'
        f'<image width="{aspect}" height="1" href="{facts["logo"]}"/></svg>'
    )
    logo = {"svg": svg, "alt": facts["place"] or "logo", "width_mm": _logo_size(facts, 70, 16)[0]}
    heads = (node for piece in pieces for node in piece.block["data"].get("nodes", []) if node["type"] == "heading")
    title = facts["title"] or next(("".join(_strings(node["children"])) for node in heads), "Verslag")
    return json.dumps({
        "title": title, "description": facts["description"] or title, "keywords": facts["keywords"],
        "running": facts["running"], "banner": facts["banner"], "footer": " · ".join(filter(None, footer)),
        "accent": facts["accent"], "logo": logo if facts["logo"] else None,
        "compact": any(piece.block["data"].get("few") for piece in pieces),
        "blocks": [piece.block | {"new_page": NEW_PAGE_TAG in piece.tags} for piece in pieces],
    })  # fmt: skip


def compile_typst(source: bytes, data: str, **options: Any) -> Any:
    """Compile a Typst document with our own faces only; every error or remark is refused.

    Parameters
    ----------
    source
        The document.
    data
        JSON that it reads as ``sys.inputs.data``.
    **options
        Of the compiler, such as ``format``.
    """
    import typst

    try:
        made, warnings = typst.compile_with_warnings(
            source,
            font_paths=paper_fonts(),
            ignore_system_fonts=True,
            root=str(font_folder()),  # a document reads no file; Typst wants a folder, not the working folder
            sys_inputs={"data": data},
            **options,
        )
    except typst.TypstError as error:
        raise ReportProblems("de PDF kon niet gemaakt worden", [_typst_problem(error)]) from None
    if warnings:
        raise ReportProblems("de PDF is niet zoals ze moet zijn", [_typst_problem(fault) for fault in warnings])
    return made


def _typst_problem(fault: Any) -> Problem:
    hints = " ".join([*fault.hints, *fault.trace])
    return Problem("lekp.typ", f"Typst: {fault.message}", "een document zonder opmerking", hints)


def _table_bodies(root: Any) -> Iterator[Any]:
    """Bodies of all tables in the structure tree."""
    waiting = [root]
    while waiting:
        for child in _children(waiting.pop()):
            if child.S == "/TBody":
                yield child
            elif str(child.S) not in ("/P", "/Span", "/Link", "/H1", "/H2", "/H3", "/H4"):
                waiting.append(child)


def _children(node: Any) -> Iterator[Any]:
    import pikepdf

    kids = node.get("/K")
    for item in list(kids) if isinstance(kids, pikepdf.Array) else [kids]:
        if isinstance(item, pikepdf.Dictionary) and "/S" in item:
            yield item


def _row_head(cell: Any) -> None:
    """Make a cell the head of its row; other attributes, such as ColSpan, stay."""
    import pikepdf

    name, attributes = pikepdf.Name("/Table"), cell.get("/A")
    each = [] if attributes is None else list(attributes) if isinstance(attributes, pikepdf.Array) else [attributes]
    own = next((item for item in each if isinstance(item, pikepdf.Dictionary) and item.get("/O") == name), None)
    if own is None:
        each.append(own := pikepdf.Dictionary(O=name))
    own["/Scope"] = pikepdf.Name("/Row")
    cell.S, cell.A = pikepdf.Name("/TH"), pikepdf.Array(each)


def _finished(data: bytes) -> bytes:
    """First cells of table rows as heads, which Typst cannot say, and bytes that depend on the content only.

    A compressed stream may happen to end with a carriage return. The line feed that pikepdf writes after it then looks
    like the second half of one line end, and the length of the stream like one too many (PDF/A-2, 6.1.7.1); a carriage
    return is a line end too, and does not.
    """
    import pikepdf

    with pikepdf.open(io.BytesIO(data)) as pdf:
        for row in (row for body in _table_bodies(pdf.Root.StructTreeRoot) for row in _children(body)):
            first = next(_children(row), None)
            if first is not None and first.S == "/TD":
                _row_head(first)
        result = io.BytesIO()
        # Left to itself the library writes every element of the structure tree uncompressed: half a megabyte more.
        pdf.save(result, deterministic_id=True, object_stream_mode=pikepdf.ObjectStreamMode.generate)
    return result.getvalue().replace(b"\r\nendstream", b"\r\rendstream")


def pdf_of(contents: Contents, *, brief: bool = False) -> bytes:
    """The PDF of a notebook that has been read.

    Parameters
    ----------
    contents
        The notebook.
    brief
        Only the block ``kort``, two pages.

    Raises
    ------
    ReportProblems
        When a text has characters that the font lacks, or Typst remarks on the document.
    """
    facts = _facts(contents)
    if problems := _character_problems(contents.pieces):
        raise ReportProblems("de tekst kan niet gedrukt worden", problems)
    pieces = [piece for piece in contents.pieces if piece.block["kind"] == BRIEF_KIND or not brief]
    moment = facts["moment"] and int(facts["moment"].timestamp())
    source = (Path(__file__).parent / "lekp.typ").read_bytes()
    made = compile_typst(source, _document(pieces, facts), format="pdf", pdf_standards=_STANDARDS, timestamp=moment)
    return _finished(bytes(made))


def write_pdf(contents: Contents, _report: object, folder: Path) -> None:
    """Write ``rapport.pdf``, and the brief as ``kort.pdf`` where the notebook has one."""
    (folder / "rapport.pdf").write_bytes(pdf_of(contents))
    if any(piece.block["kind"] == BRIEF_KIND for piece in contents.pieces):
        (folder / "kort.pdf").write_bytes(pdf_of(contents, brief=True))


class PdfExporter(Exporter):
    """Exporter ``lekp-pdf``: an executed notebook as an accessible PDF on A4; tags as for the page."""

    export_from_notebook = "LEKP-rapport (PDF)"
    output_mimetype = "application/pdf"

    @default("file_extension")
    def _own_file_extension(self) -> str:
        return ".pdf"

    def from_notebook_node(  # type: ignore[override]
        self, nb: NotebookNode, resources: dict[str, Any] | None = None, **kw: Any
    ) -> tuple[bytes, dict[str, Any]]:
        """Make the PDF; parameters and errors as for :class:`HtmlExporter` and :func:`pdf_of`."""
        return pdf_of(_read(nb, resources)), {**(resources or {}), "output_extension": ".pdf"}
