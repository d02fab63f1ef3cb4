"""The drawings of a report as files: SVG for editing, PNG of 1600 px for slides, in one archive."""

from __future__ import annotations

import io
import json
import zipfile
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from lekp_lib.report.paper import compile_typst
from lekp_lib.report.spreadsheet import ATTRIBUTION_FILE, attribution, citation

if TYPE_CHECKING:
    from lekp_lib.present.municipality import Report

#: One drawing a page, with title, subtitle, source and warning inside, because a picture travels without the report.
_PAGE = """
#let d = json(bytes(sys.inputs.data))
#set page(width: 200mm, height: auto, margin: 10mm)
#set text(font: "Source Sans Pro", size: 10pt, fill: rgb("#1B2733"), lang: "nl")
#for (i, f) in d.drawings.enumerate() {
  if i > 0 { pagebreak() }
  block(text(13pt, weight: 700, f.title)); block(below: 3mm, text(fill: rgb("#4A5563"), f.subtitle))
  image(bytes(f.svg), format: "svg", width: 100%, alt: f.alt)
  block(text(8.5pt, fill: rgb("#4A5563"), d.source))
}
"""
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


def write_pictures(_contents: object, report: Report, folder: Path) -> None:
    """Write ``figuren.zip``; equal input gives equal bytes, because every entry carries the date of the edition."""
    found, manifest = dict(_drawings(report)), report.edition.manifest
    source = f"{manifest.banner + '. ' if manifest.banner else ''}{citation(report)}"
    files = {ATTRIBUTION_FILE: attribution(report).encode()}
    files["tekstalternatieven.txt"] = "".join(f"{name}: {item['alt']}\n" for name, item in found.items()).encode()
    files |= {f"svg/{name}.svg": item["svg"].encode() for name, item in found.items()}
    data = json.dumps({"drawings": list(found.values()), "source": source})
    pages = compile_typst(_PAGE.encode(), data, format="png", ppi=_PPI) if found else []
    files |= {f"png/{name}.png": page for name, page in zip(found, pages, strict=True)}
    built, result = manifest.built, io.BytesIO()
    with zipfile.ZipFile(result, "w") as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name, (built.year, built.month, built.day, 0, 0, 0))
            kind = zipfile.ZIP_STORED if name.endswith(".png") else zipfile.ZIP_DEFLATED
            archive.writestr(entry, content, kind)
    (folder / "figuren.zip").write_bytes(result.getvalue())
