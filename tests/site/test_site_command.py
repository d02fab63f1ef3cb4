"""``lekp site`` and its folder: what is refused and why, older editions, the local server, what is never public."""

from __future__ import annotations

import datetime as dt
import http.client
import io
import json
import threading
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from PIL import Image
from typer.testing import CliRunner

from lekp_lib.cli import app
from lekp_lib.errors import ParameterError
from lekp_lib.site.build import local_server, older_editions, read_output_folder
from lekp_lib.site.pages import home_class
from tests.site_sample import SiteSample

RUNNER = CliRunner()


def refused(*arguments: str) -> str:
    done = RUNNER.invoke(app, ["site", *arguments])
    assert done.exit_code == 1, done.output
    return " ".join(done.output.split())


def png(size: tuple[int, int] = (40, 20)) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "#0B5394").save(buffer, format="png")
    return buffer.getvalue()


def test_without_reports_the_command_says_how_to_make_them(tmp_path):
    told = refused("--editie", "voorbeeld", "--output-dir", str(tmp_path))
    assert "van 285 gemeenten is er geen verslag" in told and "Aalst (geen verslag)" in told
    assert f"lekp batch --editie voorbeeld --output-dir {tmp_path}" in told
    # Without any report at all there is nothing to allow.
    assert "--allow-missing" not in told
    assert refused("--editie", "voorbeeld", "--output-dir", str(tmp_path), "--allow-missing")


def test_reports_that_do_not_fit_are_named_with_the_reason(built_site: SiteSample, tmp_path):
    told = refused("--editie", "voorbeeld", "--output-dir", str(built_site.outputs), "--site-dir", str(tmp_path / "s"))
    assert "van 282 gemeenten is er geen verslag" in told and "--allow-missing" in told


@pytest.mark.parametrize(
    ("name", "content", "text", "words"),
    [
        ("a.svg", b"<svg onload='alert(1)'/>", "Provincie", "verwacht een leesbaar png-bestand"),
        ("a.png", b"<svg/>", "Provincie", "verwacht een leesbaar png-bestand"),
        ("a.png", png()[:40], "Provincie", "verwacht een leesbaar png-bestand"),
        ("a.png", png(), " ", "--logo-text"),
        ("a.png", png((3000, 2000)), "Provincie", "pixels"),
    ],
)
def test_only_a_small_png_can_be_a_logo(tmp_path, name, content, text, words):
    (tmp_path / name).write_bytes(content)
    told = refused("--output-dir", str(tmp_path), "--logo", str(tmp_path / name), "--logo-text", text)
    assert words in told


@pytest.mark.parametrize(("option", "value"), [("--contact", "javascript:alert(1)"), ("--adres", "klimaat.example")])
def test_addresses_are_checked_before_anything_is_made(tmp_path, option, value):
    assert f"{option}: gevonden '{value}'" in refused("--output-dir", str(tmp_path), option, value)


def edition(name: str, year: int, *, fictitious: bool = False) -> Any:
    return SimpleNamespace(id=name, title=name.title(), reference_date=dt.date(year, 12, 31), fictitious=fictitious)


def standing(folder: Path, shown: Any) -> None:
    row = {"id": shown.id, "title": shown.title, "reference_date": shown.reference_date.isoformat()}
    content = {"lekp": "site", "fictitious": shown.fictitious, "editions": [row]}
    (folder / "site.json").write_text(json.dumps(content))


@pytest.mark.parametrize(
    ("shown", "coming", "words"),
    [
        (edition("e2026", 2026), edition("e2025", 2025), "nieuwer is dan 'e2025'"),
        (edition("e2025", 2025), edition("e2026", 2026, fictitious=True), "nooit in één site"),
        (edition("e2025", 2025, fictitious=True), edition("e2026", 2026), "nooit in één site"),
    ],
)
def test_what_does_not_belong_together_is_refused(tmp_path, shown, coming, words):
    standing(tmp_path, shown)
    with pytest.raises(ParameterError, match=words):
        older_editions(read_output_folder(tmp_path), coming)
    assert older_editions(read_output_folder(tmp_path), shown) == ()


def test_a_folder_with_something_else_is_never_replaced(tmp_path):
    assert read_output_folder(tmp_path / "none").editions == () == read_output_folder(tmp_path).editions
    (tmp_path / "thesis.docx").write_bytes(b"years of work")
    for content in ("", '{"name": "another tool"}', '{"lekp": "site"}', "[]"):
        (tmp_path / "site.json").write_text(content)
        with pytest.raises(ParameterError, match="geen site van lekp"):
            read_output_folder(tmp_path)


def test_the_local_server_gives_files_and_nothing_else(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("geheim")
    root = tmp_path / "site"
    (root / "map").mkdir(parents=True)
    (root / "index.html").write_text("start")
    (root / "map" / "bestand.txt").write_text("inhoud")
    (root / "link.txt").symlink_to(secret)
    (root / "elders").symlink_to(tmp_path)
    with local_server(root, 0) as server:
        thread = threading.Thread(target=server.serve_forever, daemon=True)
        thread.start()

        def status(path: str, method: str = "GET") -> tuple[int, bytes]:
            connection = http.client.HTTPConnection("127.0.0.1", server.server_port)
            connection.request(method, path)
            answer = connection.getresponse()
            content = answer.read()
            connection.close()
            return answer.status, content

        assert server.server_address[0] == "127.0.0.1"
        assert status("/") == status("/index.html") == (200, b"start")
        assert status("/map/bestand.txt") == (200, b"inhoud")
        for path in (
            "/map/",
            "/map",
            "/link.txt",
            "/elders/secret.txt",
            "/../secret.txt",
            "/%2e%2e/secret.txt",
            "/niets",
        ):
            assert status(path)[0] == 404, path
            assert b"geheim" not in status(path)[1] and b"bestand.txt" not in status(path)[1]
        assert status("/index.html", "PUT")[0] == 501
        server.shutdown()
        thread.join()


def test_few_verdicts_never_look_like_few_targets_on_track():
    assert [home_class(good, judged, 17) for good, judged in ((0, 9), (3, 17), (4, 17), (12, 12), (13, 13))] == [
        "klasse-1", "klasse-1", "klasse-2", "klasse-4", "klasse-5",
    ]  # fmt: skip
    assert home_class(1, 8, 17) == "zonder oordeel" and home_class(0, 0, 0) == "niet van toepassing"
