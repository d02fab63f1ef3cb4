"""One row of the overview of the targets: the same data for the list on the web page and the chart on paper."""

from __future__ import annotations

from dataclasses import dataclass

from lekp_lib.adapter.models import Verdict
from lekp_lib.errors import BlockError

#: Bars run past the target up to here; the number beside the bar says the whole share (design.md 2, chapter 1).
BAR_END_PCT = 118.0


@dataclass(frozen=True, slots=True)
class OverviewRow:
    """What the overview says about one target.

    Attributes
    ----------
    target_id
        Id of the target in the catalogue.
    group
        Heading under which the row stands; rows with the same group follow each other.
    name
        Display name of the target.
    verdict
        Shape and word.
    share_pct, expected_pct, median_pct
        Share reached, share expected at the data date, median of the Flemish municipalities; unrounded, ``None`` if
        not known.
    share_text
        The share as printed ("45 %"); empty when there is none.
    detail
        Plain amounts ("4.310 van 9.500 bomen"), or why there are none.
    is_yes_no
        A yes/no target has no bar: ``state_text`` says "ja", "nee", "1 van 2 plannen".
    state_text
        Words in place of a bar: the answer of a yes/no target, "geen gegevens", "niet van toepassing".
    """

    target_id: str
    group: str
    name: str
    verdict: Verdict
    share_pct: float | None = None
    expected_pct: float | None = None
    median_pct: float | None = None
    share_text: str = ""
    detail: str = ""
    is_yes_no: bool = False
    state_text: str = ""

    def __post_init__(self) -> None:
        if self.share_pct is not None and not self.share_text:
            raise BlockError(f"overview, {self.target_id}: share without share_text; expected the share as printed")
        if (self.share_pct is None or self.is_yes_no) and not self.state_text:
            raise BlockError(
                f"overview, {self.target_id}: no bar and no words in its place; "
                "give state_text, such as 'geen gegevens', 'ja' or 'nee'"
            )

    @property
    def applies(self) -> bool:
        """Whether the target holds for the municipality; otherwise the row is grey and has no bar."""
        return self.verdict is not Verdict.NOT_APPLICABLE

    @property
    def is_hatched(self) -> bool:
        """Whether the place of the bar is hatched: the target counts, but its figure is not known or not usable."""
        return self.share_pct is None and not self.is_yes_no and self.verdict is Verdict.NONE

    @property
    def bar_pct(self) -> float | None:
        """Length of the bar on the scale of 0 to 118 %; ``None`` where no bar is drawn."""
        if self.share_pct is None or self.is_yes_no or not self.applies:
            return None
        return min(max(self.share_pct, 0.0), BAR_END_PCT)
