"""What stands on the slides for the council: the same blocks and sentences as the report, chosen and cut to slides.

A slide without anything to show is left out, so a place with few figures gets few slides and never an empty drawing.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, field, replace
from itertools import groupby
from typing import Any, cast

from lekp_lib.adapter import Assessment, Verdict, count_verdicts
from lekp_lib.adapter.models import Point
from lekp_lib.pact.models import Kind
from lekp_lib.present.block import Paragraph
from lekp_lib.present.boxes import Note
from lekp_lib.present.marks import inline_mark
from lekp_lib.present.overview import marks_in_words
from lekp_lib.present.overview_row import BAR_END_PCT, OverviewRow
from lekp_lib.present.palette import VERDICT_COLOUR
from lekp_lib.present.reading_picture import reading_figure
from lekp_lib.present.report_figures import overview_rows, werf_picture
from lekp_lib.present.report_head import head_blocks
from lekp_lib.present.report_view import ReportView
from lekp_lib.present.verdict_blocks import COUNTED, VerdictLine, css_name
from lekp_lib.present.words import slide_words as words
from lekp_lib.present.words.amount_words import share_words, stand_words
from lekp_lib.present.words.comparison_words import similar_sentence
from lekp_lib.present.words.pace_words import pace_sentences
from lekp_lib.present.words.quality_words import quality_date
from lekp_lib.present.words.source_words import edition_source_line
from lekp_lib.present.words.summary_words import largest_gaps, missing_sentence, werf_opening
from lekp_lib.present.words.verdict_words import detail_line, expected_sentence, verdict_rule_sentence, verdict_sentence

#: A council listens to no more slides than this; what is unknown then stands beside what is asked.
MAX_SLIDES = 10
#: Up to so many targets without verdict fit beside what is asked, and need no slide of their own.
FEW_UNKNOWN = 3
#: So many of the largest gaps are put up for discussion.
DISCUSSED = 3


@dataclass(frozen=True, slots=True)
class Slide:
    """One slide.

    Attributes
    ----------
    kind
        Name of its template: ``templates/slides/<kind>.html.j2``.
    title
        Its heading.
    source
        Source line in its footer.
    data
        What its template shows; texts are escaped there.
    """

    kind: str
    title: str
    source: str
    data: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Bar:
    """A row of the overview in the measures of a slide; places are percentages of the width of the bar."""

    row: OverviewRow
    verdict: str
    mark: str
    colour: str
    fill_pct: float | None
    tick_pct: float | None
    diamond_pct: float | None
    goal_pct: float
    marks_in_words: str

    @property
    def has_bar(self) -> bool:
        """Whether there is a bar or the hatch in its place, and not only words."""
        return self.fill_pct is not None or self.row.is_hatched


def _place(share_pct: float | None) -> float | None:
    if share_pct is None:
        return None
    return round(min(max(share_pct, 0.0), BAR_END_PCT) / BAR_END_PCT * 100, 2)


def _bar(row: OverviewRow) -> Bar:
    drawn = row.bar_pct is not None
    return Bar(
        row=row,
        verdict=css_name(row.verdict),
        mark=inline_mark(row.verdict),
        colour=VERDICT_COLOUR[row.verdict],
        fill_pct=_place(row.bar_pct),
        tick_pct=_place(row.expected_pct) if drawn else None,
        diamond_pct=_place(row.median_pct) if drawn or row.is_hatched else None,
        goal_pct=round(100 / BAR_END_PCT * 100, 2),
        marks_in_words=marks_in_words(row),
    )


class _Deck:
    """The parts that several slides need, each made once."""

    def __init__(self, view: ReportView) -> None:
        self.view = view
        self.numbered = tuple(item for item in view.assessments if item.target.nr is not None)
        self.rows = overview_rows(view.assessments, view.catalog, view.assessor.flanders_median_pct)
        self.row = {row.target_id: row for row in self.rows}
        self.gaps = largest_gaps(self.numbered, DISCUSSED)
        _, *warnings, self.lead, self.counts, self.aid, _ = head_blocks(view)
        self.warnings = warnings
        self.source = self.source_of(self.numbered)

    @property
    def applying(self) -> list[Assessment]:
        return [item for item in self.numbered if item.applies]

    @property
    def unknown(self) -> list[Assessment]:
        return [item for item in self.applying if item.verdict is Verdict.NONE]

    def source_of(self, assessments: Sequence[Assessment]) -> str:
        points: list[Point] = []
        for item in assessments:
            parts = [point for _, point in item.parts if point is not None]
            points += parts or ([item.current] if item.current is not None else [])
        ids = (point.observation.source_id for point in points)
        return edition_source_line(ids, self.view.catalog.sources, self.view.on)

    def known(self, assessment: Assessment) -> bool:
        """Whether there is something to show for a target besides that there is nothing."""
        return assessment.current is not None or any(point is not None for _, point in assessment.parts)


def _message(deck: _Deck) -> list[Slide]:
    warning = [block.text() for note in deck.warnings for block in cast(Note, note).body]
    data = {"lead": cast(Paragraph, deck.lead).sentences, "counts": deck.counts.html(), "warning": warning}
    return [Slide("message", deck.view.headline, deck.source, data)]


def _reading(deck: _Deck) -> list[Slide]:
    if not any(row.bar_pct is not None for row in deck.rows):
        return []
    aid = cast(Paragraph, cast(Note, deck.aid).body[0])
    how, *rest = aid.sentences
    rules = [(inline_mark(verdict), verdict.value, verdict_rule_sentence(verdict)) for verdict in COUNTED]
    picture = reading_figure()
    data = {"figure": picture, "how": how, "note": " ".join(rest), "rules": rules}
    return [Slide("reading", words.READING_TITLE, picture.words.source, data)]


def _overview(deck: _Deck) -> list[Slide]:
    if not any(deck.known(item) for item in deck.applying):
        return []
    groups = [(label, [_bar(row) for row in found]) for label, found in groupby(deck.rows, key=lambda row: row.group)]
    return [Slide("overview", words.overview_title(len(deck.rows)), deck.source, {"groups": groups})]


def _werven(deck: _Deck) -> list[Slide]:
    slides = []
    for werf in deck.view.catalog.werven:
        found = [item for item in deck.numbered if item.target.werf == werf.id]
        if not any(item.applies and deck.known(item) for item in found):
            continue
        scene = deck.view.scene
        told_picture = werf_picture(werf.label, werf.id, found, scene)
        # Every slide has the banner in its head; a second one inside the drawing would only take its room.
        picture = werf_picture(werf.label, werf.id, found, replace(scene, banner=""))
        # Yes/no targets know no trend; without drawing every target stands in words.
        told = [item for item in found if picture is None or item.target.kind is Kind.YES_NO or not item.applies]
        data = {
            "opening": werf_opening(werf.label, found, count_verdicts(found)),
            "figure": picture,
            "caption": told_picture.words.subtitle if told_picture is not None else "",
            "told": [(inline_mark(i.verdict), i.target.name, i.verdict.value, _told_detail(i)) for i in told],
        }
        title = picture.words.title if picture is not None else werf.label
        slides.append(Slide("werf", title, deck.source_of(found), data))
    return slides


def _told_detail(assessment: Assessment) -> str:
    detail = detail_line(assessment)
    return "" if detail == assessment.verdict.value else detail


def _discussion(deck: _Deck) -> list[Slide]:
    if not deck.gaps:
        return []
    cards = []
    for item in deck.gaps:
        comparison = deck.view.comparison(item.target.id)
        pace = pace_sentences(item)
        cards.append(
            {
                "target": item.target.id,
                "name": item.target.name,
                "share": share_words(item)[0] if item.target.kind is not Kind.YES_NO else "",
                "bar": _bar(replace(deck.row[item.target.id], median_pct=None)),
                "verdict": VerdictLine(
                    item.verdict, [verdict_sentence(item), expected_sentence(item), *pace[:1]]
                ).html(),
                "similar": similar_sentence(comparison, deck.view.scene.names),
            }
        )
    return [Slide("discussion", words.discussion_title(len(cards)), deck.source_of(deck.gaps), {"cards": cards})]


def _unknown_data(deck: _Deck) -> dict[str, Any]:
    groups = words.unknown_groups(deck.applying)
    return {"missing": missing_sentence(deck.numbered), "unknown": groups + words.uncertain_groups(deck.applying)}


def _figures_outside(deck: _Deck) -> list[Slide]:
    """The figures of a place that no target applies to: shown, not judged."""
    known = [item for item in deck.numbered if deck.known(item)]
    if deck.applying or not known:
        return []
    rows = [(item.target.name, stand_words(item), quality_date(item)) for item in known]
    return [Slide("figures", words.FIGURES_TITLE, deck.source_of(known), {"rows": rows})]


def _council(deck: _Deck, unknown_beside: dict[str, Any]) -> list[Slide]:
    requests = words.council_requests(deck.numbered, deck.gaps, deck.view.on)
    note = cast(Paragraph, cast(Note, deck.aid).body[0]).sentences[-1] if deck.applying else ""
    data = {"requests": requests, "note": note, "disclaimer": words.DISCLAIMER, "beside": unknown_beside}
    return [Slide("council", words.COUNCIL_TITLE, deck.source, data)]


def slides_of(view: ReportView) -> tuple[Slide, ...]:
    """Slides of one municipality, in the order in which they are shown.

    Parameters
    ----------
    view
        The report.

    Returns
    -------
    tuple of Slide
        At most :data:`MAX_SLIDES`; the first is the message, the last what is asked of the council.
    """
    deck = _Deck(view)
    makers: tuple[Callable[[_Deck], list[Slide]], ...] = (
        _message, _reading, _overview, _figures_outside, _werven, _discussion,
    )  # fmt: skip
    slides = [slide for make in makers for slide in make(deck)]
    beside = _unknown_data(deck)
    own_slide = len(deck.unknown) > FEW_UNKNOWN and len(slides) + 2 <= MAX_SLIDES
    if own_slide:
        slides.append(Slide("unknown", words.UNKNOWN_TITLE, deck.source, beside))
    slides += _council(deck, {} if own_slide or not deck.applying else beside)
    return tuple(slides)
