"""The PDF of a notebook: ``lekp.typ`` fed with its blocks as JSON, to PDF/UA-1 and PDF/A-2a.

Compile only in a process that forks no more: Typst starts threads.
"""

from __future__ import annotations

import io
import json
import re
from collections.abc import Iterator, Sequence
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

from lekp_lib.errors import Problem, ReportProblems
from lekp_lib.report.fonts import font_folder, missing_characters
from lekp_lib.report.outputs import NEW_PAGE_TAG, Contents, Piece, logo_size, report_facts

#: Kind of the block that is also a document of its own.
BRIEF_KIND = "kort"
_STANDARDS = ["a-2a", "ua-1"]
_TAG = re.compile(r"<[^>]*>")


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
    logo = {"svg": svg, "alt": facts["place"] or "logo", "width_mm": logo_size(facts, 70, 16)[0]}
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
    facts = report_facts(contents)
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
