"""Python values as Typst code: arguments of the functions in ``style.typ``."""

from __future__ import annotations

from collections.abc import Iterable


def typst_array(items: Iterable[str]) -> str:
    """Typst array of finished code pieces; the trailing comma keeps one item an array.

    Examples
    --------
    >>> typst_array(["1fr"]), typst_array([])
    ('(1fr,)', '()')
    """
    inner = ", ".join(items)
    return f"({inner},)" if inner else "()"


def typst_bool(value: bool) -> str:
    """Typst writes its truth values in lower case."""
    return "true" if value else "false"
