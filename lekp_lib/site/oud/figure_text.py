"""The words of one figure, made by rules from the same numbers that the figure draws."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True, slots=True)
class FigureText:
    """Texts that stand around a figure.

    Attributes
    ----------
    title
        The computed message, at most 70 characters.
    subtitle
        What, where, unit, date.
    alt
        Text alternative of 60 to 320 characters.
    source
        Source line: provider, reference date, retrieval date.
    """

    title: str
    subtitle: str
    alt: str
    source: str
