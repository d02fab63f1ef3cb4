"""What the tests of the batch share."""

from __future__ import annotations

import sys

import pytest

from lekp_lib.report.processes import can_fork


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Without a safe fork there is nothing to test of forked children."""
    if can_fork():
        return
    for item in items:
        if "spawned" not in item.name and item.path.parent.name == "batch":
            item.add_marker(pytest.mark.skip(reason=f"no safe fork on {sys.platform}"))
