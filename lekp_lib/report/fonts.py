"""Source Sans Pro for web page and paper: small WOFF2 files inside the page, one folder of OpenType files for Typst.

A subset per page would cost 0,16 s per weight, so all pages share one fixed character set; it is made once per machine
and kept in the user's cache folder. The font comes from the package ``font-source-sans-pro`` (OFL 1.1).
"""

from __future__ import annotations

import base64
import hashlib
import tempfile
from functools import cache
from importlib.metadata import version
from pathlib import Path
from typing import NamedTuple

FONT_FAMILY = "Source Sans Pro"

#: Weights of the page: (CSS weight, CSS style, name in the file name).
_WEB_FACES = ((400, "normal", "Regular"), (600, "normal", "Semibold"), (700, "normal", "Bold"), (400, "italic", "It"))
#: What paper may ask for: the same, and bold italic for emphasis inside bold text.
_PAPER_FACES = ("Regular", "Semibold", "Bold", "It", "SemiboldIt", "BoldIt")
#: Latin-1 and Latin Extended-A for names of people and places, typography, and signs.
_CHARACTERS = frozenset(
    [*map(chr, range(0x20, 0x7F)), *map(chr, range(0xA0, 0x180)), *"₂²³≥≤−→←↑↓↗▲▼◆–—…‘’‚“”„†•‰‹›€™≈≠\u202f"]
)
#: Changes when the files in the cache must be made anew for another reason than new packages or characters.
_RECIPE = "3"
#: Kerning, ligatures, accents, figures of equal width; all else of the font is left out.
_FEATURES = ["kern", "liga", "mark", "ccmp", "locl", "tnum", "lnum"]


def _font_file(face: str, suffix: str) -> Path:
    import font_source_sans_pro

    return Path(font_source_sans_pro.font_directory) / f"SourceSansPro-{face}{suffix}"


@cache
def _cache_folder() -> Path:
    """Folder of the user that survives the process, or one that lives as long as the process when it cannot."""
    import platformdirs

    packages = [f"{name} {version(name)}" for name in ("font-source-sans-pro", "fonttools")]
    stamp = "|".join([*packages, _RECIPE, "".join(sorted(_CHARACTERS)), *_FEATURES])
    folder = platformdirs.user_cache_path("lekp") / "fonts" / hashlib.sha256(stamp.encode()).hexdigest()[:16]
    try:
        folder.mkdir(parents=True, exist_ok=True)
        with tempfile.TemporaryFile(dir=folder):
            return folder
    except OSError:
        return Path(tempfile.mkdtemp(prefix="lekp-fonts-"))


def _put(target: Path, content: bytes) -> None:
    """Write under another name first, so that a process beside this one never reads half a file."""
    with tempfile.TemporaryDirectory(dir=target.parent) as scratch:
        part = Path(scratch) / target.name
        part.write_bytes(content)
        part.replace(target)


def _subset_woff2(source: Path) -> bytes:
    from io import BytesIO

    from fontTools import subset

    options = subset.Options(flavor="woff2", layout_features=_FEATURES, hinting=False, recalc_timestamp=False)
    # The licence (OFL 1.1) reserves the name "Source" for the whole font, and asks that its notice stays.
    options.obfuscate_names = True
    options.name_IDs = [0, 1, 2, 3, 4, 5, 6, 13, 14]
    result = BytesIO()
    with subset.load_font(str(source), options) as font:
        subsetter = subset.Subsetter(options)
        subsetter.populate(unicodes=[ord(character) for character in _CHARACTERS])
        subsetter.subset(font)
        subset.save_font(font, result, options)
    return result.getvalue()


class WebFace(NamedTuple):
    """One font of the web page: CSS weight and style, name in the file name, and its bytes as WOFF2."""

    weight: int
    style: str
    name: str
    woff2: bytes


def _woff2(face: str) -> bytes:
    path = _cache_folder() / f"{face}.woff2"
    if not path.is_file():
        # TrueType outlines: Chromium prints the other kind as Type 3.
        _put(path, _subset_woff2(_font_file(face, ".ttf")))
    return path.read_bytes()


@cache
def web_faces() -> tuple[WebFace, ...]:
    """The fonts of a page: weights 400, 600 and 700, and italic; about 18 kB each."""
    return tuple(WebFace(weight, style, face, _woff2(face)) for weight, style, face in _WEB_FACES)


def font_face_rule(face: WebFace, address: str) -> str:
    """``@font-face`` rule for a font at an address that needs no escaping."""
    return (
        f'@font-face{{font-family:"{FONT_FAMILY}";font-weight:{face.weight};font-style:{face.style};font-display:swap;'
        f'src:url("{address}") format("woff2")}}'
    )


@cache
def font_face_css() -> str:
    """``@font-face`` rules with the fonts inside, about 75 kB, so that a page needs no other file."""
    codes = ((face, base64.b64encode(face.woff2).decode("ascii")) for face in web_faces())
    return "\n".join(font_face_rule(face, f"data:font/woff2;base64,{code}") for face, code in codes)


@cache
def font_folder() -> Path:
    """Folder with exactly one OpenType file per face that paper uses.

    The package holds every face twice, as .otf and as .ttf, and Typst takes whichever the file system lists first;
    a folder with one of each keeps the bytes of a PDF the same on every machine.
    """
    folder = _cache_folder() / "paper"
    folder.mkdir(exist_ok=True)
    for face in _PAPER_FACES:
        source = _font_file(face, ".otf")
        target = folder / source.name
        if not target.is_file() or target.stat().st_size != source.stat().st_size:
            _put(target, source.read_bytes())
    return folder


@cache
def _known_characters() -> frozenset[str]:
    from fontTools.ttLib import TTFont

    known: list[set[int]] = []
    for face in ("Regular", "Semibold", "Bold"):
        with TTFont(_font_file(face, ".otf"), lazy=True) as font:
            known.append(set(font.getBestCmap()))
    return frozenset(map(chr, set.intersection(*known)))


def missing_characters(text: str) -> set[str]:
    """Characters that the font lacks; on paper each of them stops the build. Line ends and tabs count as spaces.

    Examples
    --------
    >>> missing_characters("CO₂ ≥ 3 m²"), missing_characters("a🌳")
    (set(), {'🌳'})
    """
    return set(text) - _known_characters() - {"\n", "\r", "\t"}
