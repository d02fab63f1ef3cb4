"""The section of one target: always the same parts in the same order, and never an empty figure."""

from __future__ import annotations

from collections.abc import Collection

from lekp_lib.adapter import Assessment, Comparison
from lekp_lib.pact import Catalog
from lekp_lib.pact.models import Kind
from lekp_lib.site.oud.block import Block, Group, Paragraph
from lekp_lib.site.oud.boxes import Details
from lekp_lib.site.oud.comparison_table import comparison_blocks
from lekp_lib.site.oud.paper import TargetPage
from lekp_lib.site.oud.said import NOTHING_SAID, Said, explanation_note, former_note
from lekp_lib.site.oud.target_fiche import fiche, figures_table
from lekp_lib.site.oud.target_figures import Scene, can_compare, can_draw_trend, hexmap, strip, trend
from lekp_lib.site.oud.verdict_blocks import VerdictLine
from lekp_lib.site.oud.words.comparison_words import coverage_sentences
from lekp_lib.site.oud.words.verdict_words import verdict_sentences

#: Parts that an analyst may leave out, by name.
PARTS = ("trend", "plaats", "kaart", "context", "toelichting", "fusie", "fiche", "cijfers")


def _comparison_blocks(
    assessment: Assessment, comparison: Comparison, scene: Scene, left_out: Collection[str]
) -> list[Block]:
    if not assessment.applies:
        return []
    if not can_compare(comparison):
        return [Paragraph(["Te weinig gemeenten voor een vergelijking.", *coverage_sentences(comparison)], "small")]
    blocks: list[Block] = []
    if "plaats" not in left_out:
        if assessment.target.kind is not Kind.YES_NO:
            blocks.append(strip(assessment, comparison, scene))
        blocks += comparison_blocks(comparison, scene.place, scene.names)
    if "kaart" not in left_out:
        blocks.append(hexmap(assessment, comparison, scene))
    return blocks


def target_section(
    assessment: Assessment,
    comparison: Comparison,
    scene: Scene,
    catalog: Catalog,
    left_out: Collection[str] = (),
    said: Said = NOTHING_SAID,
    beside: Block | None = None,
) -> Group:
    """Everything that the report says about one target.

    Parameters
    ----------
    assessment
        Of the municipality.
    comparison
        The same target across all municipalities.
    scene
        Names, tiles and sources.
    catalog
        For the fiche.
    left_out
        Parts to leave out, from :data:`PARTS`.
    said
        What the municipality itself says: explanation and corrections.
    beside
        Context that counts in no target.

    Returns
    -------
    Group
        Verdict, trend, place among the municipalities, map, explanation, fiche, figures.

    Raises
    ------
    ValueError
        When a part to leave out does not exist.
    """
    unknown = sorted(set(left_out) - set(PARTS))
    if unknown:
        raise ValueError(f"parts to leave out: found {', '.join(unknown)}; expected some of {', '.join(PARTS)}")
    target = assessment.target
    blocks: list[Block] = [VerdictLine(assessment.verdict, verdict_sentences(assessment))]
    if "trend" not in left_out and can_draw_trend(assessment):
        blocks.append(trend(assessment, scene))
    blocks += _comparison_blocks(assessment, comparison, scene, left_out)
    if "context" not in left_out and beside is not None:
        blocks.append(beside)
    note = explanation_note(said, scene.place, is_behind=assessment.verdict.is_behind)
    if "toelichting" not in left_out and note is not None:
        blocks.append(note)
    before = former_note(said, target)
    if "fusie" not in left_out and before is not None:
        blocks.append(before)
    if "fiche" not in left_out:
        blocks.append(fiche(assessment, catalog, said.corrections))
    table = figures_table(assessment, catalog, f"{target.name} in {scene.place}: alle cijfers")
    if "cijfers" not in left_out and table is not None:
        blocks.append(Details("Toon de cijfers als tabel", table))
    return TargetPage(blocks, target.id, assessment.verdict.value)
