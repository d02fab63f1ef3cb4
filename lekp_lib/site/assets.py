"""Scripts that lie beside this module, as files of the site."""

from __future__ import annotations

from pathlib import Path

from lekp_lib.site.page import ASSETS, SiteFile

_SCRIPTS = Path(__file__).parent / "scripts"


def script_file(name: str) -> SiteFile:
    """A script of ours, to be named in ``Page.scripts``.

    Parameters
    ----------
    name
        File name in ``site/scripts``.
    """
    return SiteFile(f"{ASSETS}/{name}", (_SCRIPTS / name).read_bytes())
