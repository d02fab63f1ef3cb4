"""What all commands share: errors as text for the person who typed, and text that the terminal prints as it is."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import typer
from rich.console import Console

from lekp_lib.errors import LekpError


def plain(text: str) -> str:
    """Text that rich prints as it is."""
    return text.replace("[", "\\[")


def say(*lines: str) -> None:
    """Print lines as they are."""
    console = Console(soft_wrap=True, highlight=False, markup=False)
    for line in lines:
        console.print(line)


@contextmanager
def errors_for_people(code: int = 1) -> Iterator[None]:
    """Expected errors as text and an exit code; anything else keeps its traceback, because it is ours to mend."""
    try:
        yield
    except LekpError as error:
        Console(stderr=True, soft_wrap=True, highlight=False).print(f"[bold]fout:[/bold] {plain(str(error))}")
        raise typer.Exit(code) from None
