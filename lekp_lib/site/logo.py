"""The logo of the publisher: read and checked before anything is built."""

from __future__ import annotations

from pathlib import Path

from lekp_lib.errors import ParameterError
from lekp_lib.site.page import ASSETS, SiteFile

_MAX_BYTES = 200_000
#: How files of these kinds begin. An SVG is shown as an image, in which scripts do not run.
_STARTS = {
    ".svg": (b"<svg", b"<?xml", b"<!--"),
    ".png": (b"\x89PNG",),
    ".jpg": (b"\xff\xd8\xff",),
    ".jpeg": (b"\xff\xd8\xff",),
    ".webp": (b"RIFF",),
}


def read_logo(path: Path, text: str) -> SiteFile:
    """The logo as a file of the site.

    Parameters
    ----------
    path
        SVG, PNG, JPEG or WebP of at most 200 kB.
    text
        Name of the publisher, for those who do not see the logo.

    Raises
    ------
    ParameterError
        When the file cannot be used or has no text alternative.
    """
    kinds = ", ".join(sorted(_STARTS))
    suffix = path.suffix.lower()
    if suffix not in _STARTS:
        raise ParameterError(f"--logo {path}: found a file of kind {suffix or 'unknown'!r}; expected {kinds}")
    if not text.strip():
        raise ParameterError(
            f"--logo {path}: found no words for those who cannot see it; give the publisher's name as --logo-text"
        )
    try:
        content = path.read_bytes()
    except OSError as error:
        raise ParameterError(f"--logo {path}: cannot be read ({error.strerror})") from None
    if not content.lstrip(b"\xef\xbb\xbf \r\n\t").startswith(_STARTS[suffix]):
        raise ParameterError(f"--logo {path}: the content is no {suffix} file; expected one of {kinds}")
    if len(content) > _MAX_BYTES:
        raise ParameterError(
            f"--logo {path}: found {len(content)} bytes; expected at most {_MAX_BYTES}, because every page loads it"
        )
    return SiteFile(f"{ASSETS}/logo{suffix}", content)
