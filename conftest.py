"""Cells of one notebook need the cells before them, also when another process of pytest-xdist ran those."""

from __future__ import annotations

from collections import defaultdict
from typing import Any

import pytest

_ran: defaultdict[str, set[int]] = defaultdict(set)


def _is_cell(item: pytest.Item) -> bool:
    return type(item).__name__ == "IPyNbCell"


@pytest.hookimpl(trylast=True)
def pytest_runtest_setup(item: Any) -> None:
    """Run the cells above one that is tested, as far as this process has not run them yet."""
    if not _is_cell(item):
        return
    notebook = item.parent.nodeid
    above = [other for other in item.session.items if _is_cell(other) and other.parent.nodeid == notebook]
    for other in sorted(above, key=lambda other: other.cell_num):
        if other.cell_num < item.cell_num and other.cell_num not in _ran[notebook]:
            _ran[notebook].add(other.cell_num)
            # The kernel belongs to the file as this item knows it.
            other.parent = item.parent
            other.runtest()
    _ran[notebook].add(item.cell_num)
