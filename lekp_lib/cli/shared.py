"""What all commands share: options that come back, lines on the screen, and errors as text for people."""

import datetime as dt
import errno
import os
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated, Any, Literal

import typer
from rich.console import Console
from rich.text import Text
from typer import Option
from typer.core import TyperGroup

from lekp_lib.errors import LekpError, system_text


def read_day(text: str) -> dt.date:
    """A day as people type it on the command line."""
    try:
        return dt.date.fromisoformat(text)
    except ValueError:
        raise typer.BadParameter(f"{text!r} is geen dag; verwacht jaar-maand-dag, zoals 2025-12-31") from None


def day_option(*names: str, **settings: Any) -> Any:
    """Option with a day."""
    return Option(*names, parser=read_day, metavar="DAG", **settings)


def _today() -> str:
    return dt.datetime.now(dt.UTC).date().isoformat()


DataDir = Annotated[Path, Option(help="Map met de ruwe bestanden, de imports en de edities.")]
OwnFolder = Annotated[
    Path, Option("--map", help="Map met wat u zelf opgeeft: doelen/, bronnen/, vormen/, correcties/.")
]
Today = Annotated[dt.date, day_option("--vandaag", help="Dag die als vandaag geldt.", default_factory=_today)]
ReferenceDate = Annotated[dt.date, day_option(help="Peildatum van de editie.")]
Published = Annotated[dt.date | None, day_option(help="Dag waarop het bestand verscheen.")]
Address = Annotated[str, Option(help="Adres van het bestand op het internet; gaat mee met elk cijfer.")]
EditionName = Annotated[str, Option(help="Editie: gepubliceerd, voorbeeld, of het pad van een editiemap.")]
OutputDir = Annotated[Path, Option(help="Map waarin de verslagen staan.")]
Workers = Annotated[int, Option(min=1, max=256, help="Aantal processen tegelijk.")]
Formats = Annotated[str, Option(help="Formaten met komma's ertussen; zonder deze optie alle, behalve figuren.")]
Notebook = Annotated[Path | None, Option(help="Een ander notebook dan dat van lekp.")]
_ENGINE = "warm: in het proces van het verslag zelf; kernel: in een Jupyter-kernel ernaast."
Engine = Annotated[Literal["warm", "kernel"], Option(help=_ENGINE)]
DenominatorYear = Annotated[int, Option(help="De bevolking op 1 januari van dit jaar is de noemer.")]
Dwellings = Annotated[str, Option(help="Noemer van de wooneenheden: woningen of huishoudens.")]
DATA, OWN, OUTPUTS, CPUS = Path("data"), Path("parameters"), Path("outputs"), os.cpu_count() or 1


def count(number: int, noun: str, plural: str) -> str:
    """A number with its noun."""
    return f"{number} {noun if number == 1 else plural}"


def say(*lines: object, style: str = "") -> None:
    """Print lines as they are; an empty one is none."""
    console = Console(soft_wrap=True, highlight=False, markup=False)
    for line in filter(None, lines):
        console.print(str(line), style=style)


@contextmanager
def errors_for_people(code: int = 1) -> Iterator[None]:
    """Expected errors as text and an exit code; anything else keeps its traceback, because it is ours to mend."""
    try:
        yield
    except (LekpError, OSError) as error:
        told = str(error)
        if isinstance(error, OSError):
            if error.filename is None and error.errno != errno.ENOSPC:
                raise
            told = f"{error.filename or 'opslag'}: {system_text(error)}; kijk de naam, de map en de rechten na"
        # A kernel in this process asks for colours everywhere; a file or a pipe gets none.
        console = Console(stderr=True, soft_wrap=True, highlight=False, force_terminal=sys.stderr.isatty())
        console.print(Text.assemble(("fout:", "bold"), " ", told))
        raise SystemExit(code) from None


class Commands(TyperGroup):
    """Commands whose expected errors are shown as text."""

    def invoke(self, ctx: Any) -> Any:
        with errors_for_people():
            return super().invoke(ctx)
