"""Parts of the site by themselves: what may stand in one site, what is refused, how drawings are stored once."""

from __future__ import annotations

import datetime as dt
import json
import re
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest

from lekp_lib.adapter import Verdict, VerdictCounts
from lekp_lib.edition import Edition
from lekp_lib.errors import ParameterError, ReportError
from lekp_lib.site.drawings import share_between_pages, share_within_page
from lekp_lib.site.former import former_municipalities, went_sentence
from lekp_lib.site.home_map import home_maps, state_of
from lekp_lib.site.logo import read_logo
from lekp_lib.site.oud.map_legend import NO_DATA, NOT_SIGNED
from lekp_lib.site.reports import check_reports, find_reports
from lekp_lib.site.standing import keep_editions, older_editions, read_standing, site_json
from lekp_lib.site.world import SiteWorld


def edition(name: str, year: int, *, fictitious: bool = False) -> Any:
    return SimpleNamespace(id=name, title=name.title(), reference_date=dt.date(year, 12, 31), fictitious=fictitious)


def standing_site(folder: Path, shown: Any) -> None:
    place = folder / "editie" / shown.id / "gemeente" / "gent"
    place.mkdir(parents=True)
    (place / "klimaatpact.pdf").write_bytes(b"%PDF of " + shown.id.encode())
    (folder / "site.json").write_bytes(site_json(shown, ()))


def test_a_newer_edition_keeps_the_older_one_at_its_address(tmp_path: Path) -> None:
    old, new = edition("e2025", 2025), edition("e2026", 2026)
    standing_site(tmp_path / "site", old)
    standing = read_standing(tmp_path / "site")
    older = older_editions(standing, new)
    assert [entry.id for entry in older] == ["e2025"]
    keep_editions(standing, older, tmp_path / "made")
    kept = tmp_path / "made/editie/e2025/gemeente/gent/klimaatpact.pdf"
    assert kept.read_bytes() == b"%PDF of e2025"
    assert [item["id"] for item in json.loads(site_json(new, older))["editions"]] == ["e2026", "e2025"]
    # The same edition again takes the place of itself.
    assert older_editions(standing, old) == ()


@pytest.mark.parametrize(
    ("shown", "coming", "words"),
    [
        (edition("e2026", 2026), edition("e2025", 2025), "newer than 'e2025'"),
        (edition("e2025", 2025), edition("e2026", 2026, fictitious=True), "never stand in one site"),
        (edition("e2025", 2025, fictitious=True), edition("e2026", 2026), "never stand in one site"),
    ],
)
def test_what_does_not_belong_together_is_refused(tmp_path: Path, shown: Any, coming: Any, words: str) -> None:
    standing_site(tmp_path, shown)
    with pytest.raises(ParameterError, match=words):
        older_editions(read_standing(tmp_path), coming)


def test_a_folder_with_something_else_is_never_replaced(tmp_path: Path) -> None:
    assert read_standing(tmp_path / "none").editions == () == read_standing(tmp_path).editions
    (tmp_path / "thesis.docx").write_bytes(b"years of work")
    with pytest.raises(ParameterError, match="no site made by lekp"):
        read_standing(tmp_path)
    (tmp_path / "site.json").write_text('{"name": "another tool"}')
    with pytest.raises(ParameterError, match="Choose another --site-dir"):
        read_standing(tmp_path)


def test_reports_that_are_absent_or_of_other_parameters_are_named(tmp_path: Path) -> None:
    example = Edition.open("voorbeeld")
    none = find_reports(tmp_path, example)
    assert len(none.missing) == 285
    with pytest.raises(ReportError, match=r"Run `lekp batch --editie voorbeeld .*` first"):
        check_reports(none, example, tmp_path, allow_missing=True)

    def report(nis: str, slug: str, **changed: object) -> None:
        folder = tmp_path / "voorbeeld" / f"{nis}-{slug}"
        folder.mkdir(parents=True)
        (folder / "rapport.html").write_text("<main></main>")
        world = SiteWorld(example, dt.date(2026, 1, 1), {})
        manifest = {
            "edition": example.manifest.model_dump(mode="json"),
            "parameters": {**world.parameters.model_dump(), "gemeente": nis, **changed},
            "files": {"rapport.html": "0" * 64},
            "sizes": {"rapport.html": 13},
        }
        (folder / "manifest.json").write_text(json.dumps(manifest))

    report("44021", "gent")
    report("46029", "lokeren", noemerjaar=2021)
    found = find_reports(tmp_path, example)
    assert list(found.reports) == ["44021"]
    assert found.missing["Lokeren"] == "made with another noemerjaar than the default"
    with pytest.raises(ReportError, match=r"284 of 285 .* Aalst \(no report\).* and 279 more"):
        check_reports(found, example, tmp_path, allow_missing=False)
    check_reports(found, example, tmp_path, allow_missing=True)


def test_every_former_municipality_with_a_name_of_its_own_has_an_address() -> None:
    world = SiteWorld(Edition.open("voorbeeld"), dt.date(2026, 1, 1), {})
    found = dict(former_municipalities(world))
    assert went_sentence(found["moerbeke"]) == "Moerbeke is sinds 1 januari 2025 deel van Lokeren."
    assert went_sentence(found["puurs"]) == "Puurs is sinds 1 januari 2019 deel van Puurs-Sint-Amands."
    gone = {row.old_name for row in world.register.mergers(world.on)} - set(world.names.values())
    assert {chain[0].old_name for chain in found.values()} == gone
    assert len(found) == len(gone)


def test_drawings_are_stored_once_and_look_the_same() -> None:
    tick, long = '<path d="M0 0L0 3" fill="none" stroke="#5f6b7a" stroke-width="0.8"/>', "l7 4v8l-7 4" * 200
    svg = f"<svg><title>Kaart</title><g>{tick}<text x='1'>Gent</text></g>{tick}</svg>"
    figure = f'<figure class="figure figure-hexmap"><svg><g><path d="{long}" fill="#fff"/></g></svg></figure>'
    html, files = share_between_pages(figure + figure, "gemeente/gent/index.html")
    (file,) = files.values()
    assert html.count("<image ") == 2 and long not in html and long.encode() in file.content
    assert f'href="../../{file.path}"' in html
    shared = share_within_page(svg * 3)
    # Once in the group that is repeated, once for itself.
    assert shared.count(tick.removeprefix("<path")) == 2 and shared.count("<title>Kaart</title>") == 3
    names = set(re.findall(r'href="#(\w+)"', shared))
    assert names and all(f'id="{name}"' in shared for name in names)
    assert share_within_page("<p>Geen tekening</p>") == "<p>Geen tekening</p>"


@pytest.mark.parametrize(
    ("name", "content", "text", "words"),
    [
        ("a.gif", b"GIF89a", "Provincie", "expected .jpeg, .jpg, .png, .svg, .webp"),
        ("a.png", b"<html>", "Provincie", "is no .png file"),
        ("a.svg", b"<svg/>", " ", "--logo-text"),
        ("a.svg", b"<svg>" + b" " * 200_000, "Provincie", "at most 200000"),
    ],
)
def test_a_logo_that_cannot_be_used(tmp_path: Path, name: str, content: bytes, text: str, words: str) -> None:
    (tmp_path / name).write_bytes(content)
    with pytest.raises(ParameterError, match=words):
        read_logo(tmp_path / name, text)
    (tmp_path / "b.svg").write_bytes(b"<svg/>")
    assert read_logo(tmp_path / "b.svg", "Provincie").path == "assets/logo.svg"


def test_few_verdicts_never_look_like_few_targets_on_track() -> None:
    def counts(good: int, behind: int, unknown: int) -> VerdictCounts:
        found = {Verdict.REACHED: good, Verdict.FAR_BEHIND: behind, Verdict.NONE: unknown}
        applicable = good + behind + unknown
        return VerdictCounts({verdict: found.get(verdict, 0) for verdict in Verdict}, applicable, 17)

    assert [state_of(counts(*given)) for given in ((0, 9, 8), (3, 14, 0), (4, 13, 0), (12, 0, 5), (13, 0, 4))] == [
        0, 0, 1, 3, 4,
    ]  # fmt: skip
    assert state_of(counts(1, 7, 9)) == NO_DATA
    assert state_of(counts(0, 0, 0)) == NOT_SIGNED
    published = SiteWorld(Edition.open("gepubliceerd"), dt.date(2026, 1, 1), {})
    (_, figure), *_ = home_maps(published)
    assert set(figure.data["class"]) == {"te weinig oordelen", "niet ondertekend"}
    assert figure.words.title == "Te weinig oordelen om de 285 gemeenten in te kleuren"
