"""The report of a municipality as blocks: honest for those with everything, with nothing, and outside the pact."""

from __future__ import annotations

import pytest

from lekp_lib import open_report
from lekp_lib.adapter import Verdict, count_verdicts
from lekp_lib.edition import Edition
from lekp_lib.errors import EditionError, ParameterError, RegisterError
from lekp_lib.present.report_head import MIME_FACTS
from lekp_lib.present.report_view import ReportView


@pytest.fixture(scope="module")
def example() -> Edition:
    return Edition.open("voorbeeld")


@pytest.fixture(scope="module")
def published() -> Edition:
    return Edition.open("gepubliceerd")


def view(edition: Edition, place: str, **parameters: object) -> ReportView:
    return open_report(edition=edition, gemeente=place, editie=edition.id, **parameters)


@pytest.mark.parametrize(
    "place", ["Gent", "Antwerpen", "Mesen", "Herstappe", "Zutendaal", "Beveren-Kruibeke-Zwijndrecht"]
)
@pytest.mark.parametrize("edition_name", ["example", "published"])
def test_every_block_shows_itself(place: str, edition_name: str, request: pytest.FixtureRequest) -> None:
    report = view(request.getfixturevalue(edition_name), place)
    blocks = [report.summary(), report.overview(), report.quality(), report.all_figures(), report.rules()]
    blocks += [report.werf(werf.id) for werf in report.catalog.werven] + [report.glossary(), report.other_targets()]
    blocks += [report.target(target.id) for target in report.catalog.targets]
    for block in blocks:
        empty = block.name == "other-targets" and report.version != "2.1"
        assert block.html() and bool(block.text()) is not empty and bool(block.typst()) is not empty
        for word in ("nan", "None", "Traceback", "NaT"):
            assert word not in block.text().split(), (block.name, word)


def test_counts_add_up_to_the_targets_that_apply(example: Edition) -> None:
    for place in ("Gent", "Houthulst", "Mesen", "Berlaar"):
        counts = count_verdicts(view(example, place).assessments)
        outside = counts.by_verdict[Verdict.NOT_APPLICABLE]
        assert sum(counts.by_verdict.values()) == counts.total == 17 == counts.applicable + outside


def test_every_page_of_the_example_says_that_it_is_invented(example: Edition, published: Edition) -> None:
    bundle = view(example, "Gent").summary()._repr_mimebundle_()
    facts = bundle[MIME_FACTS]
    assert facts["banner"] == "Voorbeeldeditie: fictieve cijfers"  # type: ignore[index]
    assert "fictieve cijfers" in bundle["text/html"]
    for target in ("bomen", "laadpunten"):
        report = view(example, "Gent")
        assert all("fictieve cijfers" in figure.html() for figure in (report.trend(target), report.hexmap(target)))
    assert view(published, "Gent").facts()["banner"] == ""


def test_sources_of_a_map_are_those_of_the_compared_figures(example: Edition) -> None:
    """Gent has no figure for this target in the example; the map of invented figures must not name a real provider."""
    report = view(example, "Gent")
    assert report.assessment("warmte_sloopbeleid").current is None
    assert "Voorbeeldgenerator" in report.hexmap("warmte_sloopbeleid").words.source


def test_non_signatory_has_figures_but_no_targets(published: Edition) -> None:
    report = view(published, "Mesen")
    assert report.headline == "Mesen ondertekende het klimaatpact niet"
    assert {item.verdict for item in report.assessments} == {Verdict.NOT_APPLICABLE}
    points = report.target("laadpunten").text()
    assert "laadpunten" in points and "ondertekende het klimaatpact niet" in points


def test_non_signatory_cannot_be_held_to_a_version(published: Edition) -> None:
    with pytest.raises(ParameterError, match="Middelkerke is known not to have signed the pact"):
        view(published, "Middelkerke", pact="1.0")


def test_another_version_is_said_to_be_the_choice_of_the_maker(example: Edition) -> None:
    report = view(example, "Houthulst", pact="2.0")
    assert report.assessment("laadpunten").level is not None
    assert "gekozen door de opsteller" in report.summary().text()


def test_published_figure_of_2023_keeps_share_and_date_without_verdict(published: Edition) -> None:
    trees = view(published, "Houthulst").assessment("bomen")
    assert (trees.verdict, round(trees.share_pct or 0, 1)) == (Verdict.NONE, 14.5)
    text = view(published, "Houthulst").target("bomen").text()
    assert "februari 2023" in text and "1 boom × 10.110" in text.replace("\u00a0", " ")


def test_charge_points_are_judged_against_points_only(published: Edition) -> None:
    signed_1_0 = view(published, "Houthulst").assessment("laadpunten")
    signed_2_0 = view(published, "Gent").assessment("laadpunten")
    assert signed_1_0.verdict in (Verdict.REACHED, Verdict.ON_TRACK, Verdict.SLIGHTLY_BEHIND, Verdict.FAR_BEHIND)
    assert (signed_2_0.verdict, signed_2_0.share_pct) == (Verdict.NONE, None)
    assert signed_2_0.current is not None and signed_2_0.current.value
    assert "CPE" in view(published, "Gent").target("laadpunten").text()


def test_merged_municipality_says_where_its_denominator_comes_from(published: Edition) -> None:
    text = view(published, "Hasselt").summary().text().replace("\u00a0", " ")
    assert "87.151" in text and "Kortessem" in text and "1 januari 2025" in text


def test_unknown_denominator_year_is_refused_before_anything_is_made() -> None:
    with pytest.raises(ParameterError, match="kies een van deze jaren: 2019, 2020, 2021, 2025"):
        open_report(gemeente="Hasselt", editie="voorbeeld", noemerjaar=2023)


def test_same_input_same_run_id_and_same_blocks(example: Edition) -> None:
    by_name, by_code = view(example, "Gent"), view(example, "44021")
    assert by_name.run_id == by_code.run_id != view(example, "Gent", noemerjaar=2021).run_id
    assert by_name.target("bomen").html() == by_code.target("bomen").html()


def test_the_same_median_everywhere(example: Edition) -> None:
    gent, aalst = view(example, "Gent"), view(example, "Aalst")
    rows = {row.target_id: row.median_pct for row in gent.overview().rows}
    for target in ("bomen", "ontharding"):
        flanders = [item.comparison(target).groups[-1].median_pct for item in (gent, aalst)]
        assert flanders[0] == flanders[1] == rows[target]


@pytest.mark.parametrize(
    ("parameters", "error", "words"),
    [
        ({"gemeente": "Bestaatniet"}, RegisterError, "Bestaatniet"),
        ({"gemeente": "Gemt"}, RegisterError, "Gent"),
        ({"gemeente": "Gent", "gemeentee": "Gent"}, ParameterError, "bedoelde u 'gemeente'"),
        ({"gemeente": "Gent", "noemerjaar": "2020"}, ParameterError, "noemerjaar"),
        ({"gemeente": "Gent", "noemerjaar": 1999}, ParameterError, "noemerjaar"),
        ({"gemeente": "Gent", "pact": "3.0"}, ParameterError, "pact"),
        ({"gemeente": "Gent", "drempel_licht": 7}, ParameterError, "drempel_licht"),
        ({"gemeente": "Gent", "editie": "nergens"}, EditionError, "gepubliceerd, voorbeeld"),
        ({}, ParameterError, "gemeente"),
    ],
)
def test_wrong_parameters_are_explained(parameters: dict[str, object], error: type[Exception], words: str) -> None:
    with pytest.raises(error, match=words):
        open_report(**parameters)  # type: ignore[arg-type]


def test_parts_can_be_left_out_by_name(example: Edition) -> None:
    report = view(example, "Gent")
    assert 'data-block="hexmap"' in report.target("bomen").html()
    assert 'data-block="hexmap"' not in report.target("bomen", zonder=["kaart"]).html()
    with pytest.raises(ValueError, match="kaartje"):
        report.target("bomen", zonder=["kaartje"])
