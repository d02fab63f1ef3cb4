"""Paths in whole units: relative steps without needless characters. A map has thousands of them (spec design.md 12)."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Sequence

Unit = tuple[int, int]


def step(letter: str, dx: int, dy: int) -> str:
    """One relative step, without the space that a minus sign makes needless.

    Examples
    --------
    >>> step("l", 3, -4), step("m", 3, 4)
    ('l3-4', 'm3 4')
    """
    return f"{letter}{dx}{'' if dy < 0 else ' '}{dy}"


def lines_path(lines: Iterable[Sequence[Unit]], closed: bool = False) -> str:
    """Lines through units as one path; each starts relative to where the one before it ended.

    Examples
    --------
    >>> lines_path([[(1, 1), (4, 1), (4, 5)]], closed=True)
    'm1 1l3 0 0 4z'
    """
    parts, last = [], (0, 0)
    for line in lines:
        start = line[0]
        parts.append(step("m", start[0] - last[0], start[1] - last[1]))
        at, letter = start, "l"
        for x, y in line[1:]:
            dx, dy = x - at[0], y - at[1]
            # A letter that is repeated may be left out; a minus sign then separates, else a space does.
            parts.append(step(letter or ("" if dx < 0 else " "), dx, dy))
            at, letter = (x, y), ""
        if closed:
            parts.append("z")
        last = start if closed else at
    return "".join(parts)


def chains(edges: Iterable[tuple[Unit, Unit]]) -> list[list[Unit]]:
    """Edges joined into lines that are as long as possible, in a fixed order."""
    near: dict[Unit, list[Unit]] = defaultdict(list)
    for one, other in edges:
        near[one].append(other)
        near[other].append(one)
    found = []
    # Ends of lines first, so that none is cut in two.
    for start in sorted(near, key=lambda unit: (len(near[unit]) % 2 == 0, unit)):
        while near[start]:
            line = [start]
            while near[line[-1]]:
                following = near[line[-1]].pop()
                near[following].remove(line[-1])
                line.append(following)
            found.append(line)
    return found
