"""A municipality's own look: its logo and one accent colour, within what keeps a report readable and safe."""

from __future__ import annotations

import base64
import re
import struct
import zlib
from pathlib import Path
from typing import Any

from lekp_lib.errors import ParameterError
from lekp_lib.pact import project_folder
from lekp_lib.parameters import ReportParameters
from lekp_lib.present.theme import PANEL, PAPER, contrast

#: Largest logo file; it stands in every page of every report.
MAX_LOGO_BYTES = 150_000
_MAX_SIDE_PX = 4000
MIN_CONTRAST = 4.5
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}


def check_accent(colour: str) -> str:
    """An accent colour, if text in it can be read.

    Parameters
    ----------
    colour
        ``#`` and six hexadecimal digits; empty keeps the colour of lekp.

    Raises
    ------
    ParameterError
        When it is no colour, or its contrast is below 4,5 to 1 on white or on the grey of panels (WCAG 2.2, 1.4.3).
    """
    if not colour:
        return ""
    if not _COLOUR.fullmatch(colour):
        raise ParameterError(f"huisstijl: er staat {colour!r}; verwacht wordt een kleur zoals '#0B5394'")
    # Cut off, not rounded: 4.497 must not read as 4.50 and be refused.
    on_paper, on_panel = (int(100 * contrast(colour, ground)) / 100 for ground in (PAPER, PANEL))
    if min(on_paper, on_panel) < MIN_CONTRAST:
        raise ParameterError(
            f"huisstijl: {colour} heeft een contrast van {on_paper:.2f} op wit en {on_panel:.2f} op grijs; "
            f"verwacht wordt minstens {MIN_CONTRAST} op allebei. Neem een donkerder tint van dezelfde kleur."
        )
    return colour


def clean_png(data: bytes, where: str) -> tuple[bytes, float]:
    """Only the chunks that make the picture, and its width divided by its height: no comments, places or profiles."""
    kept, position, size, ended = [_PNG_HEAD], len(_PNG_HEAD), None, False
    while position + 12 <= len(data) and not ended:
        (length,) = struct.unpack(">I", data[position : position + 4])
        kind, end = data[position + 4 : position + 8], position + 12 + length
        if end > len(data) or zlib.crc32(data[position + 4 : end - 4]) != struct.unpack(">I", data[end - 4 : end])[0]:
            break
        if kind == b"IHDR" and length == 13:
            size = struct.unpack(">II", data[position + 8 : position + 16])
        if kind in _PNG_KEPT:
            kept.append(data[position:end])
        ended, position = kind == b"IEND", end
    if size is None or not ended or not all(0 < side <= _MAX_SIDE_PX for side in size):
        found = f"{size[0]} x {size[1]} beeldpunten" if size else "geen leesbare afbeelding"
        raise ParameterError(
            f"{where}: gevonden {found}; verwacht wordt een hele PNG van hoogstens {_MAX_SIDE_PX} per zijde"
        )
    return b"".join(kept), size[0] / size[1]


def read_logo(path: Path) -> tuple[bytes, float]:
    """Read and clean a logo: a PNG of at most 150 kB.

    Raises
    ------
    ParameterError
        When the file is absent, too large or no PNG.
    """
    where = f"logo: {path}"
    if not path.is_file():
        raise ParameterError(f"{where}: dit bestand bestaat niet; geef het pad van een PNG")
    data = path.read_bytes()
    if len(data) > MAX_LOGO_BYTES:
        raise ParameterError(
            f"{where}: {len(data)} bytes; verwacht worden hoogstens {MAX_LOGO_BYTES}. Verklein de afbeelding."
        )
    if not data.startswith(_PNG_HEAD):
        raise ParameterError(f"{where}: dit is geen PNG; bewaar het logo als PNG")
    return clean_png(data, where)


def branding_facts(parameters: ReportParameters, nis: str, folder: Path) -> dict[str, Any]:
    """Accent and logo as the exporters print them; empty texts where none were given.

    Parameters
    ----------
    parameters
        Those of the report.
    nis
        Stands for ``{nis}`` in the path of the logo.
    folder
        Where a relative path starts, after the folder of the project.
    """
    facts = {"accent": check_accent(parameters.huisstijl), "logo": "", "logo_aspect": 1.0}
    if not parameters.logo:
        return facts
    named = parameters.logo.replace("{nis}", nis)
    places = [folder / named, project_folder(folder).parent / named]
    found = next((place for place in places if place.is_file()), None)
    if found is None and "{nis}" in parameters.logo:
        return facts  # a folder of logos need not have one for everyone
    content, aspect = read_logo(found or Path(named))
    address = f"data:image/png;base64,{base64.b64encode(content).decode()}"
    return {**facts, "logo": address, "logo_aspect": round(aspect, 4)}
