"""Verdict marks inside HTML text: decoration beside the word, never instead of it (spec design.md D7)."""

from __future__ import annotations

from functools import cache

from lekp_lib.adapter.models import Verdict
from lekp_lib.site.oud.palette import mark_svg

_BOX = 16
_SIZE = 12


@cache
def inline_mark(verdict: Verdict) -> str:
    """Shape of a verdict as a small inline SVG that screen readers skip, because the word follows."""
    shape = mark_svg(verdict, _BOX / 2, _BOX / 2, _SIZE)
    return (
        f'<svg class="mark" viewBox="0 0 {_BOX} {_BOX}" width="{_BOX}" height="{_BOX}" '
        f'aria-hidden="true" focusable="false">{shape}</svg>'
    )
