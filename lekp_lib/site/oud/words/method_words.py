"""Words of the chapter with the rules: parameter values in Dutch, and how much hangs on the threshold."""

from __future__ import annotations

from lekp_lib.parameters import ReportParameters
from lekp_lib.site.oud.numbers import count_noun, plain_number


def method_values(parameters: ReportParameters) -> dict[str, str]:
    """Values for the placeholders in the method texts, written as Dutch numbers; years without point."""
    return {
        "drempel_licht": plain_number(parameters.drempel_licht),
        "max_ouderdom_maanden": str(parameters.max_ouderdom_maanden),
        "noemerjaar": str(parameters.noemerjaar),
        "min_punten": str(parameters.min_punten),
    }


def sensitivity_sentence(threshold: float, used: float, changed: int, where: str = "in dit verslag") -> str:
    """How many verdicts would change with another threshold.

    Parameters
    ----------
    threshold, used
        The one tried, and the one in use.
    changed
        Number of verdicts that differ.
    where
        Over what they are counted.

    Returns
    -------
    str
        "Met 0,6 in plaats van 0,7 verandert 1 oordeel in dit verslag."
    """
    verb = "verandert" if changed == 1 else "veranderen"
    told = count_noun(changed, "oordeel", "oordelen") if changed else "geen oordelen"
    return f"Met {plain_number(threshold)} in plaats van {plain_number(used)} {verb} {told} {where}."
