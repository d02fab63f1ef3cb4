"""One municipality x one target in a comparison: the words of its report, nothing else."""

from __future__ import annotations

from dataclasses import dataclass

from lekp_lib.adapter import Assessment, Verdict
from lekp_lib.site.oud.target_fiche import date_cell
from lekp_lib.site.oud.words.amount_words import share_words
from lekp_lib.site.oud.words.verdict_words import detail_line


@dataclass(frozen=True, slots=True)
class CompareCell:
    """What a comparison says of one municipality and one target.

    Attributes
    ----------
    figure
        Plain amounts, or why there are none: "4.310 van 9.500 bomen", "ja sinds 15 juni 2021", "geen gegevens; …".
    share
        Share of the target as printed in the overview of the report; empty where there is none.
    verdict
        Shape and word.
    date
        Reference date in short, or a dash.
    """

    figure: str
    share: str
    verdict: Verdict
    date: str


def compare_cell(assessment: Assessment) -> CompareCell:
    """Words for one assessment: the same functions as the overview and the tables of the report."""
    has_share = assessment.applies and not assessment.parts
    return CompareCell(
        figure=detail_line(assessment),
        share=share_words(assessment)[0] if has_share else "",
        verdict=assessment.verdict,
        date=date_cell(assessment),
    )
