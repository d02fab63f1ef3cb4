"""The PDF of a notebook: ``lekp.typ`` fed with its blocks as JSON, to PDF/UA-1 and PDF/A-2a; drawings as pictures.

Compile only in a process that forks no more: Typst starts threads.
"""

import io
import json
import re
import zipfile
from collections.abc import Iterator, Mapping, Sequence
from functools import cache
from html import unescape
from pathlib import Path
from typing import Any

import pikepdf
import typst

from lekp_lib.errors import Problem, ReportProblems
from lekp_lib.present.municipality import Report
from lekp_lib.report.outputs import NEW_PAGE_TAG, Contents, Piece, logo_size, report_facts, wrapped
from lekp_lib.report.page import font_folder, missing_characters
from lekp_lib.report.spreadsheet import ATTRIBUTION_FILE, attribution, citation

#: Kind of the block that is also a document of its own.
BRIEF_KIND = "kort"
#: A word that may be longer than a line, which Typst breaks; to look for it there costs as much as a page.
_LONG_WORD = re.compile(r"[^\W_]{50}")


def _strings(value: Any) -> Iterator[str]:
    """All texts of a block that are printed, drawings included (their text is printed too)."""
    if isinstance(value, str):
        yield re.sub(r"<[^>]*>", " ", unescape(value)) if value.startswith("<svg") else value
    elif isinstance(value, dict | list | tuple):
        for item in value.values() if isinstance(value, dict) else value:
            yield from _strings(item)


def _character_problems(pieces: Sequence[Piece], printed: Sequence[str]) -> Iterator[Problem]:
    for piece, text in zip(pieces, printed, strict=True):
        if missing := sorted(missing_characters(text)):
            shown = ", ".join(f"{character!r} (U+{ord(character):04X})" for character in missing)
            advice = "Schrijf het in letters, of haal het uit de tekst waar het vandaan komt."
            yield Problem(f"cel {piece.cell}", f"{shown}, wat het lettertype niet heeft", "letters en tekens", advice)


def _document(pieces: Sequence[Piece], facts: dict[str, Any], *, long_words: bool) -> str:
    """What ``lekp.typ`` reads, as JSON."""
    aspect, edition = facts["logo_aspect"], facts["edition"] and f"editie {facts['edition']}"
    svg, width_mm = wrapped(facts["logo"], aspect, 1), logo_size(facts, 70, 16)[0]
    logo = {"svg": svg, "alt": facts["place"] or "logo", "width_mm": width_mm}
    heads = (node for piece in pieces for node in piece.block["data"].get("nodes", []) if node["type"] == "heading")
    title = facts["title"] or next(("".join(_strings(node["children"])) for node in heads), "Verslag")
    return json.dumps({
        "title": title, "description": facts["description"] or title, "keywords": facts["keywords"],
        "running": facts["running"], "banner": facts["banner"], "accent": facts["accent"],
        "footer": " · ".join(filter(None, (facts["running"], edition, facts["run"]))),
        "logo": logo if facts["logo"] else None, "long_words": long_words,
        "compact": any(piece.block["data"].get("few") for piece in pieces),
        "blocks": [piece.block | {"new_page": NEW_PAGE_TAG in piece.tags} for piece in pieces],
    })  # fmt: skip


@cache
def _fonts() -> typst.Fonts:
    """Only our own faces: neither the system's nor Typst's built-in fonts may fill in for a missing character."""
    return typst.Fonts(include_system_fonts=False, include_embedded_fonts=False, font_paths=[font_folder()])


def _compile(template: str, data: str, **options: Any) -> Any:
    """Compile a template that reads ``data`` as ``sys.inputs.data``; every error or remark is refused."""
    # A document reads no file; Typst wants a folder, not the working folder.
    where: dict[str, Any] = {"font_paths": _fonts(), "ignore_system_fonts": True, "root": str(font_folder())}
    source = (Path(__file__).parent / template).read_bytes()
    title = "de PDF is niet zoals ze moet zijn"
    try:
        made, faults = typst.compile_with_warnings(source, sys_inputs={"data": data}, **where, **options)
    except typst.TypstError as error:
        title, faults = "de PDF kon niet gemaakt worden", [error]
    expected = "een document zonder opmerking"
    problems = [
        Problem(template, f"Typst: {fault.message}", expected, " ".join([*fault.hints, *fault.trace]))
        for fault in faults
    ]
    ReportProblems.raise_any(title, problems)
    return made


def _finished(data: bytes) -> bytes:
    """First cells of table rows as heads, which Typst cannot say, and bytes that depend on the content only.

    A compressed stream may happen to end with a carriage return. The line feed that pikepdf writes after it then looks
    like the second half of one line end, and the length of the stream like one too many (PDF/A-2, 6.1.7.1); a carriage
    return is a line end too, and does not.
    """
    with pikepdf.open(io.BytesIO(data)) as pdf:
        parts = (item for item in pdf.objects if isinstance(item, pikepdf.Dictionary))
        for row in [part for part in parts if part.get("/S") == "/TR" and part.P.S == "/TBody"]:
            cell = row.K[0]
            if cell.S == "/TD":
                # Typst says of every cell in a body which heads it has.
                next(item for item in cell.A if item.O == "/Table").Scope = pikepdf.Name("/Row")
                cell.S = pikepdf.Name("/TH")
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
    pieces = [piece for piece in contents.pieces if piece.block["kind"] == BRIEF_KIND or not brief]
    printed = ["\n".join(_strings(piece.block)) for piece in pieces]
    ReportProblems.raise_any("de tekst kan niet gedrukt worden", _character_problems(pieces, printed))
    moment = facts["moment"] and int(facts["moment"].timestamp())
    document = _document(pieces, facts, long_words=any(map(_LONG_WORD.search, printed)))
    return _finished(_compile("lekp.typ", document, format="pdf", pdf_standards=["a-2a", "ua-1"], timestamp=moment))


def pdf_files(contents: Contents, _report: object) -> dict[str, bytes]:
    """The file ``rapport.pdf``, and the brief as ``kort.pdf`` where the notebook has one."""
    made = {"rapport.pdf": pdf_of(contents)}  # first: it tells all problems
    return made | {"kort.pdf": pdf_of(contents, brief=True)} if contents.find(BRIEF_KIND) else made


# ---- the drawings as files

#: 1600 pixels over 200 mm.
_PPI = 1600 / (200 / 25.4)


def _drawings(report: Report) -> Iterator[tuple[str, Mapping[str, Any]]]:
    """Name of the file without ending, and drawing, of everything that the report draws."""
    parts = [block for group in (report.doelen(), report.andere_doelen()) for block in group.data["blocks"]]
    for section in (block["data"] for block in parts if block["kind"] == "doel"):
        for part, name in (("trend", "verloop"), ("dots", "vergelijking")):
            if section[part]:
                yield f"{section['id']}-{name}".replace("_", "-"), section[part]
    for item in report.kaarten().data["maps"]:
        yield f"{item['id']}-kaart".replace("_", "-"), {**item, "title": item["name"], "subtitle": item["count"]}


def picture_files(_contents: object, report: Report) -> dict[str, bytes]:
    """The file ``figuren.zip``: every drawing as SVG for editing and as PNG of 1600 px for slides.

    Equal input gives equal bytes, because every entry carries the date of the edition.
    """
    found, manifest, result = dict(_drawings(report)), report.edition.manifest, io.BytesIO()
    source = f"{manifest.banner + '. ' if manifest.banner else ''}{citation(report)}"
    alts = "".join(f"{name}: {item['alt']}\n" for name, item in found.items())
    files = {ATTRIBUTION_FILE: attribution(report).encode(), "tekstalternatieven.txt": alts.encode()}
    files |= {f"svg/{name}.svg": item["svg"].encode() for name, item in found.items()}
    data = json.dumps({"drawings": list(found.values()), "source": source})
    pages = _compile("figuren.typ", data, format="png", ppi=_PPI) if found else []
    pages = [pages] if isinstance(pages, bytes) else pages  # of a single page Typst gives no list
    files |= {f"png/{name}.png": page for name, page in zip(found, pages, strict=True)}
    with zipfile.ZipFile(result, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (*manifest.built.timetuple()[:3], 0, 0, 0))
            kind = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, kind)
    return {"figuren.zip": result.getvalue()}
