"""Hexagons with a point at the top, in axial coordinates: centres, pieces, holes, and swaps that join pieces."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Points = NDArray[np.float64]
Cells = NDArray[np.int64]

#: Axial steps to the six neighbours of a hexagon.
STEPS = ((1, 0), (-1, 0), (0, 1), (0, -1), (1, -1), (-1, 1))


def centres(cells: Cells, width: float, origin: tuple[float, float] = (0.0, 0.0)) -> Points:
    """Centres of hexagons with a point at the top.

    Parameters
    ----------
    cells
        Axial coordinates ``(q, r)``, shape (n, 2).
    width
        Distance between neighbouring centres.
    origin
        Place of cell ``(0, 0)``.

    Returns
    -------
    array of shape (n, 2)
        East and north coordinates; ``r`` grows to the south.
    """
    q, r = cells[:, 0], cells[:, 1]
    return np.column_stack([origin[0] + width * (q + r / 2), origin[1] - width * np.sqrt(3) / 2 * r])


def pieces(cells: Sequence[tuple[int, int]]) -> list[set[tuple[int, int]]]:
    """Connected groups of hexagons, the largest first.

    Parameters
    ----------
    cells
        Axial coordinates.

    Returns
    -------
    list of set

    Examples
    --------
    >>> [len(piece) for piece in pieces([(0, 0), (1, 0), (5, 5)])]
    [2, 1]
    """
    left, found = set(cells), []
    while left:
        piece, edge = set(), [min(left)]
        left.discard(edge[0])
        while edge:
            q, r = edge.pop()
            piece.add((q, r))
            near = {(q + dq, r + dr) for dq, dr in STEPS} & left
            left -= near
            edge.extend(near)
        found.append(piece)
    return sorted(found, key=lambda piece: (-len(piece), min(piece)))


def holes(cells: Sequence[tuple[int, int]]) -> set[tuple[int, int]]:
    """Empty cells that are shut in by the given ones.

    Parameters
    ----------
    cells
        Axial coordinates.

    Returns
    -------
    set

    Examples
    --------
    >>> holes(STEPS)
    {(0, 0)}
    """
    taken = set(cells)
    low_q, low_r = (min(values) - 2 for values in zip(*taken, strict=True))
    high_q, high_r = (max(values) + 3 for values in zip(*taken, strict=True))
    empty = [(q, r) for q in range(low_q, high_q) for r in range(low_r, high_r) if (q, r) not in taken]
    outside = next(piece for piece in pieces(empty) if (low_q, low_r) in piece)
    return set(empty) - outside


def _piece_count(labels: dict[tuple[int, int], str]) -> int:
    groups = sorted(set(labels.values()))
    return sum(len(pieces([cell for cell, label in labels.items() if label == group])) for group in groups)


def join_groups(labels: dict[tuple[int, int], str]) -> dict[tuple[int, int], str]:
    """Swap labels of cells until the cells of each label form one connected group.

    Parameters
    ----------
    labels
        Group of each cell. How many cells a group has does not change.

    Returns
    -------
    dict
        New labels: each step takes the swap of a stray cell with a cell at the edge of its group that leaves the
        fewest groups, the shortest way when several do.

    Raises
    ------
    ValueError
        When no swap helps any more.
    """
    labels = dict(labels)
    count = _piece_count(labels)
    while count > len(set(labels.values())):
        best: tuple[int, int, tuple[int, int], tuple[int, int]] | None = None
        for group in sorted(set(labels.values())):
            main, *strays = pieces([cell for cell, label in labels.items() if label == group])
            edge = {(q + dq, r + dr) for q, r in main for dq, dr in STEPS} & labels.keys() - main
            for stray in sorted(set().union(*strays)):
                for cell in sorted(edge):
                    swapped = labels | {stray: labels[cell], cell: group}
                    dq, dr = cell[0] - stray[0], cell[1] - stray[1]
                    option = (_piece_count(swapped), dq * dq + dq * dr + dr * dr, stray, cell)
                    best = option if best is None else min(best, option)
        if best is None or best[0] >= count:
            raise ValueError("some groups cannot be joined by swapping two cells")
        count, _, stray, cell = best
        labels[stray], labels[cell] = labels[cell], labels[stray]
    return labels
