"""A real browser for the finished page; nothing is downloaded for it."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest

# Off the network, and without the sandbox that needs rights which a container does not give.
_ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


def _absent(reason: str) -> None:
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, but CI needs it")
    pytest.skip(reason)


@pytest.fixture(scope="session")
def browser() -> Iterator[Any]:
    """A started Chromium; skipped where there is none, except in CI."""
    program = shutil.which("chromium") or shutil.which("google-chrome")
    if program is None:
        _absent("no Chromium on this machine")
    try:
        from playwright.sync_api import sync_playwright
    except ImportError:
        _absent("playwright is not installed")
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=program, args=_ARGUMENTS)
        yield started
        started.close()


@pytest.fixture(scope="session")
def _page(browser: Any) -> Iterator[Any]:
    page = browser.new_page()
    page.requested, page.faults = [], []
    page.on("request", lambda asked: page.requested.append(asked.url))
    page.on("pageerror", lambda error: page.faults.append(str(error)))
    page.on("console", lambda told: page.faults.append(told.text) if told.type in ("error", "warning") else None)
    page.on("requestfailed", lambda asked: page.faults.append(f"failed: {asked.url}"))
    page.on("response", lambda told: page.faults.append(f"{told.status}: {told.url}") if told.status > 399 else None)
    yield page
    page.close()


@pytest.fixture
def window(_page: Any) -> Any:
    """The page that all tests look at: another one costs a second, another address in it a quarter of that.

    What was asked for and what went wrong during this test stand in ``requested`` and ``faults``.
    """
    _page.goto("about:blank")
    _page.emulate_media(media="null", forced_colors="none", reduced_motion="no-preference")
    _page.requested.clear()
    _page.faults.clear()
    return _page


def opened(page: Any, address: str, width: int = 1280, height: int = 900) -> Any:
    """The page at an address, read anew, with its letters there."""
    page.goto("about:blank")
    page.set_viewport_size({"width": width, "height": height})
    page.goto(address)
    page.evaluate("document.fonts.ready")
    return page
