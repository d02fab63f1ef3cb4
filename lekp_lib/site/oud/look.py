"""A municipality's own look: its logo and one accent colour, within the rules that keep a report readable and safe.

A logo is somebody else's file. Of a PNG only the picture is kept; an SVG is read without entities and network, and
anything in it that could run, load or need a font is refused with its name.
"""

from __future__ import annotations

import base64
import hashlib
import re
import struct
import zlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Literal

from lxml import etree

from lekp_lib.errors import ParameterError
from lekp_lib.pact import project_folder
from lekp_lib.parameters import ReportParameters
from lekp_lib.site.oud.palette import PANEL, PAPER, contrast

#: Largest logo file; it stands in every page of every report.
MAX_LOGO_BYTES = 150_000
_MAX_SIDE_PX = 4000
MIN_CONTRAST = 4.5
_COLOUR = re.compile(r"#[0-9A-Fa-f]{6}")
_PNG_HEAD = b"\x89PNG\r\n\x1a\n"
_PNG_KEPT = {b"IHDR", b"PLTE", b"tRNS", b"IDAT", b"IEND"}
_SVG = "{http://www.w3.org/2000/svg}"
_DRAWN = {
    "svg", "g", "path", "rect", "circle", "ellipse", "line", "polyline", "polygon", "defs", "linearGradient",
    "radialGradient", "stop", "clipPath", "mask", "style",
}  # fmt: skip
#: Says nothing about the picture: left out without a word.
_LEFT_OUT = {"title", "desc", "metadata"}
_OUTSIDE = re.compile(r"url\(\s*['\"]?(?!#)|@import|expression|javascript:|\\|<", re.IGNORECASE)
_LENGTH = re.compile(r"\s*([0-9.]+)\s*(?:px|pt|mm|cm|in)?\s*")


@dataclass(frozen=True, slots=True)
class Logo:
    """A cleaned logo.

    ``aspect`` is width divided by height.
    """

    kind: Literal["png", "svg"]
    content: bytes
    aspect: float

    @property
    def address(self) -> str:
        """The picture as an address that needs no file: ``data:image/png;base64,…``."""
        kind = "png" if self.kind == "png" else "svg+xml"
        return f"data:image/{kind};base64,{base64.b64encode(self.content).decode()}"


def check_accent(colour: str) -> str:
    """An accent colour, if text in it can be read.

    Parameters
    ----------
    colour
        ``#`` and six hexadecimal digits; empty keeps the colour of lekp.

    Returns
    -------
    str
        The colour.

    Raises
    ------
    ParameterError
        When it is no colour, or its contrast is below 4.5 to 1 on white or on the grey of panels (WCAG 2.2, 1.4.3);
        the message says both ratios.
    """
    if not colour:
        return ""
    if not _COLOUR.fullmatch(colour):
        raise ParameterError(f"huisstijl: found {colour!r}; expected a colour such as '#0B5394'")
    # Cut off, not rounded: 4.497 must not read as 4.50 and be refused.
    on_paper, on_panel = (int(100 * contrast(colour, ground)) / 100 for ground in (PAPER, PANEL))
    if min(on_paper, on_panel) < MIN_CONTRAST:
        raise ParameterError(
            f"huisstijl: found {colour}, with a contrast of {on_paper:.2f} to 1 on white and {on_panel:.2f} to 1 on "
            f"grey panels; expected at least {MIN_CONTRAST} to 1 on both. Take a darker shade of the same colour."
        )
    return colour


def _clean_png(data: bytes, where: str) -> Logo:
    """Only the chunks that make the picture: no comments, places or profiles."""
    kept, position = [_PNG_HEAD], len(_PNG_HEAD)
    size: tuple[int, int] | None = None
    ended = False
    while position + 12 <= len(data) and not ended:
        (length,) = struct.unpack(">I", data[position : position + 4])
        kind = data[position + 4 : position + 8]
        end = position + 12 + length
        body = data[position + 4 : end - 4]
        if end > len(data) or zlib.crc32(body) != struct.unpack(">I", data[end - 4 : end])[0]:
            break
        if kind == b"IHDR" and length == 13:
            size = struct.unpack(">II", data[position + 8 : position + 16])
        if kind in _PNG_KEPT:
            kept.append(data[position:end])
        ended = kind == b"IEND"
        position = end
    if size is None or not ended or not all(0 < side <= _MAX_SIDE_PX for side in size):
        told = f"{size[0]} x {size[1]} pixels" if size else "no picture that can be read"
        raise ParameterError(f"{where}: found {told}; expected a whole PNG of at most {_MAX_SIDE_PX} pixels a side")
    return Logo("png", b"".join(kept), size[0] / size[1])


def _faults(root: etree._Element) -> list[str]:
    """Everything in a drawing that could run, load, or look otherwise elsewhere; foreign parts are taken out."""
    faults = []
    for element in list(root.iter()):
        tag = str(element.tag)
        local = tag.rpartition("}")[2]
        if not tag.startswith(_SVG) or local in _LEFT_OUT:
            if (parent := element.getparent()) is not None:
                parent.remove(element)
            continue
        if local not in _DRAWN:
            faults.append(f"<{local}>")
        if local == "style" and _OUTSIDE.search(element.text or ""):
            faults.append("a style that loads something")
        for name, value in list(element.attrib.items()):
            key = etree.QName(name)
            known = key.namespace in (None, "http://www.w3.org/1999/xlink", "http://www.w3.org/XML/1998/namespace")
            if not known:
                del element.attrib[name]
            elif key.localname.lower().startswith("on"):
                faults.append(f"{key.localname}=…")
            elif key.localname == "href" and not str(value).startswith("#"):
                faults.append(f"a link to {str(value)[:40]!r}")
            elif _OUTSIDE.search(str(value)):
                faults.append(f"{key.localname}={str(value)[:40]!r}")
    return faults


def _aspect(root: etree._Element, where: str) -> float:
    numbers = re.split(r"[\s,]+", str(root.get("viewBox") or "").strip())
    if len(numbers) != 4:
        sides = [_LENGTH.fullmatch(str(root.get(name) or "")) for name in ("width", "height")]
        numbers = ["0", "0", *(side[1] if side else "0" for side in sides)]
    try:
        width, height = float(numbers[2]), float(numbers[3])
    except ValueError:
        width = height = 0.0
    if not (0 < width < 1e6 and 0 < height < 1e6):
        raise ParameterError(f"{where}: found no size; expected a viewBox, or a width and height")
    return width / height


def _clean_svg(data: bytes, where: str) -> Logo:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, remove_comments=True, remove_pis=True, huge_tree=False
    )
    try:
        root = etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise ParameterError(f"{where}: found {error.msg}; expected an SVG drawing") from None
    if root.tag != f"{_SVG}svg" or root.getroottree().docinfo.internalDTD is not None:
        raise ParameterError(
            f"{where}: found another kind of document; expected a plain <svg>. Save it as 'plain SVG' or 'SVG 1.1'"
        )
    aspect = _aspect(root, where)
    if faults := list(dict.fromkeys(_faults(root))):
        raise ParameterError(
            f"{where}: found {', '.join(faults[:6])}; expected shapes only. Turn text into outlines, take out pictures "
            "and scripts, or save the logo as PNG."
        )
    return Logo("svg", etree.tostring(root), aspect)


def read_logo(path: Path) -> Logo:
    """Read and clean a logo.

    Parameters
    ----------
    path
        A PNG or SVG file of at most 150 kB.

    Returns
    -------
    Logo

    Raises
    ------
    ParameterError
        When the file is absent, too large, no PNG or SVG, or holds more than a picture.
    """
    where = f"logo: {path}"
    try:
        size = path.stat().st_size
        if size > MAX_LOGO_BYTES:
            raise ParameterError(
                f"{where}: found {size} bytes; expected at most {MAX_LOGO_BYTES}. Make the picture smaller."
            )
        data = path.read_bytes()
    except OSError as error:
        raise ParameterError(
            f"{where}: found {error.strerror or error}; expected the path of a PNG or SVG file"
        ) from None
    if data.startswith(_PNG_HEAD):
        return _clean_png(data, where)
    if b"<svg" in data[:MAX_LOGO_BYTES]:
        return _clean_svg(data, where)
    raise ParameterError(f"{where}: found neither PNG nor SVG; expected one of the two")


def _find_logo(asked: str, nis: str, folders: tuple[Path, ...]) -> Path | None:
    """File of the logo of a municipality.

    Parameters
    ----------
    asked
        Path, in which ``{nis}`` stands for the code of the municipality: one setting for a folder of logos.
    nis
        Code of the municipality.
    folders
        Where a relative path may start, first choice first.

    Returns
    -------
    Path or None
        ``None`` when nothing was asked, or when the folder of logos has none for this municipality.
    """
    if not asked:
        return None
    name = Path(asked.replace("{nis}", nis))
    found = next((folder / name for folder in folders if (folder / name).is_file()), None)
    if found is None and "{nis}" not in asked:
        return name
    return found


def look_facts(parameters: ReportParameters, nis: str, here: Path) -> dict[str, Any]:
    """Logo and accent colour as facts for the exporters; empty when nobody asked for any.

    Parameters
    ----------
    parameters
        Of the report.
    nis
        Code of the municipality.
    here
        Working folder: a relative path starts there, or in the project that it belongs to.

    Raises
    ------
    ParameterError
        When the colour or the logo is not usable.
    """
    colour = check_accent(parameters.huisstijl)
    found: dict[str, Any] = {"accent": colour} if colour else {}
    path = _find_logo(parameters.logo, nis, (here, project_folder(here).parent))
    if path is not None:
        logo = read_logo(path)
        found |= {"logo": logo.address, "logo_aspect": round(logo.aspect, 4)}
    return found


def look_sha256(facts: Mapping[str, Any]) -> str:
    """Hash of :func:`look_facts`, empty without any: the same path may hold another logo tomorrow."""
    return hashlib.sha256(repr(sorted(facts.items())).encode()).hexdigest() if facts else ""
