"""JupyterLab as an analyst meets it: start page, another municipality, run all, export from the menu, no network."""

from __future__ import annotations

import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

pytestmark = [pytest.mark.browser, pytest.mark.slow]

ROOT = Path(__file__).parents[2]
#: Patience for one step, in seconds: generous, because a busy machine is no fault of the notebooks.
PATIENCE_S = 120
_ACTIVE = ".jp-NotebookPanel:not(.lm-mod-hidden)"


def _options() -> list[str]:
    """Those of ``make lab``, so that the test starts what people start."""
    found = re.search(
        r"^LAB_OPTIONS := ((?:.*\\\n)*.*)$", (ROOT / "Makefile").read_text(encoding="utf-8"), re.MULTILINE
    )
    assert found is not None
    return found[1].replace("\\\n", " ").split()


def _free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


@pytest.fixture
def lab(tmp_path: Path) -> Iterator[str]:
    """Address of a JupyterLab on a copy of the notebooks, with folders of its own."""
    project = tmp_path / "project"
    shutil.copytree(ROOT / "notebooks", project / "notebooks", ignore=shutil.ignore_patterns(".ipynb_checkpoints"))
    port, token = _free_port(), "proef"
    command = [
        *(sys.executable, "-m", "jupyterlab", *_options(), "--no-browser", "--allow-root", "--ip=127.0.0.1"),
        *(f"--port={port}", "--ServerApp.port_retries=0", f"--IdentityProvider.token={token}"),
        f"--ServerApp.root_dir={project}",
    ]
    names = ("JUPYTER_CONFIG_DIR", "JUPYTER_DATA_DIR", "JUPYTER_RUNTIME_DIR", "IPYTHONDIR")
    own = {name: str(tmp_path / name.lower()) for name in names}
    log = (tmp_path / "lab.log").open("w")
    server = subprocess.Popen(command, env=os.environ | own, stdout=log, stderr=log, start_new_session=True)
    address = f"http://127.0.0.1:{port}"
    try:
        deadline = time.monotonic() + PATIENCE_S
        while time.monotonic() < deadline and server.poll() is None:
            try:
                if requests.get(f"{address}/api/status?token={token}", timeout=5).ok:
                    break
            except requests.ConnectionError:
                time.sleep(0.2)
        else:
            pytest.fail(f"JupyterLab did not start: {(tmp_path / 'lab.log').read_text(encoding='utf-8')[-2000:]}")
        yield f"{address}/?token={token}"
    finally:
        # The group is that of this server alone: its kernels go with it.
        os.killpg(server.pid, signal.SIGTERM)
        try:
            server.wait(20)
        except subprocess.TimeoutExpired:
            os.killpg(server.pid, signal.SIGKILL)
            server.wait(20)
        log.close()


def _menu(page: Any, *names: str) -> None:
    page.locator(".lm-MenuBar-item", has_text=re.compile(f"^{names[0]}$")).click()
    for name in names[1:-1]:
        page.locator(".lm-Menu-item", has_text=name).first.hover()
    page.locator(".lm-Menu-item", has_text=re.compile(re.escape(names[-1]))).first.click()


def _exported(page: Any, downloads: list[Any], label: str, to: Path) -> bytes:
    before = len(downloads)
    _menu(page, "File", "Save and Export Notebook As", label)
    deadline = time.monotonic() + PATIENCE_S
    while len(downloads) == before and time.monotonic() < deadline:
        page.wait_for_timeout(100)
    assert len(downloads) == before + 1, f"{label}: nothing was downloaded"
    downloads[-1].save_as(to)
    return to.read_bytes()


def _run_all(page: Any) -> None:
    _menu(page, "Run", "Run All Cells")
    # The prompt of the last cell has a number when all cells before it have run.
    last = page.locator(f"{_ACTIVE} .jp-CodeCell").last
    last.locator(".jp-InputPrompt", has_text=re.compile(r"\[\d+\]")).wait_for()


def test_report_of_another_municipality_is_run_and_exported(browser: Any, lab: str, tmp_path: Path) -> None:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, accept_downloads=True)
    context.set_default_timeout(1000 * PATIENCE_S)
    requested: list[str] = []
    downloads: list[Any] = []
    context.on("request", lambda request: requested.append(request.url))

    def keep(download: Any) -> None:
        downloads.append(download)

    # The export opens in a window of its own.
    context.on("page", lambda window: window.on("download", keep))
    page = context.new_page()
    try:
        page.goto(lab)
        page.locator(f"{_ACTIVE} h1", has_text="Welkom bij lekp").wait_for()
        page.locator(f"{_ACTIVE} a", has_text="gemeenterapport").click()
        parameters = page.locator(f"{_ACTIVE} .jp-CodeCell .cm-content").first
        parameters.get_by_text("Houthulst").wait_for()
        parameters.click()
        page.keyboard.press("Control+a")
        page.keyboard.insert_text(parameters.inner_text().replace("Houthulst", "Mesen"))
        _run_all(page)
        title = page.locator(f"{_ACTIVE} .kort h1")
        # JupyterLab leaves the text of cells outside the window out of the layout.
        assert "Mesen" in (title.text_content() or "")
        # The look of the finished page on what becomes part of it, and on nothing else.
        font = "element => getComputedStyle(element).fontFamily"
        chapter = page.locator(f"{_ACTIVE} .jp-MarkdownOutput h2").first
        assert "Source Sans Pro" in title.evaluate(font) and "Source Sans Pro" in chapter.evaluate(font)
        for other in (f"{_ACTIVE} .cm-content", ".jp-DirListing-item", ".lm-MenuBar-item"):
            assert "Source Sans Pro" not in page.locator(other).first.evaluate(font)
        assert page.locator(f"{_ACTIVE} .jp-CodeCell").first.locator(".jp-InputArea").count() == 1
        page.keyboard.press("Escape")
        page.keyboard.press("Control+s")
        page.locator(".lm-TabBar-tab.lm-mod-current:not(.jp-mod-dirty)", has_text="gemeenterapport").wait_for()
        html = _exported(page, downloads, "LEKP-rapport (HTML)", tmp_path / "rapport.html").decode()
        assert "<title>Klimaatpactverslag Mesen" in html and "jp-RenderedHTML" not in html
        assert _exported(page, downloads, "LEKP-rapport (PDF)", tmp_path / "rapport.pdf").startswith(b"%PDF-")
    finally:
        context.close()
    server = lab.split("/?", maxsplit=1)[0]
    assert [url for url in requested if not url.startswith((server, "data:", "blob:"))] == []
