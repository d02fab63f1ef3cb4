"""What is missing on this machine, and how to mend it: one line per thing that lekp needs."""

import platform
import shutil
import sys
import tempfile
from collections.abc import Callable, Iterator
from functools import partial
from importlib.metadata import distributions, entry_points, requires
from pathlib import Path
from typing import Literal, NamedTuple

from packaging.requirements import Requirement

from lekp_lib.errors import LekpError

#: A batch of all municipalities takes about 2 GB with all formats.
ENOUGH_BYTES = 3_000_000_000
#: Programs of tests and of one guide, with what they are for; a report needs none of them.
PROGRAMS = {
    "chromium of chromium-browser of google-chrome": "de tests van de pagina's",
    "pdftotext": "de tests van de pdf",
    "java": "de tweede controle van html in de tests",
    "make": "de opdrachten van de Makefile",
}


class Finding(NamedTuple):
    """One thing that was looked at, how it is, and how to mend it (empty when nothing is wrong).

    ``ontbreekt`` stops reports; ``niet nodig`` stops only what ``advice`` says.
    """

    state: Literal["in orde", "ontbreekt", "niet nodig"]
    what: str
    found: str
    advice: str = ""


def _packages() -> str:
    declared = map(Requirement, requires("lekp") or [])
    needed = [item for item in declared if item.marker is None or item.marker.evaluate({"extra": ""})]
    absent = []
    for item in needed:
        found = next((one.version for one in distributions(name=item.name)), "")
        if not found or not item.specifier.contains(found, prereleases=True):
            absent.append(f"{item.name} {found or 'is er niet'}, nodig is {item.specifier}")
    if absent:
        raise LekpError("; ".join(absent))
    return f"alle {len(needed)} binnen hun grenzen"


def _font() -> str:
    from lekp_lib.report.page import font_folder

    faces = [path for path in font_folder().iterdir() if path.suffix == ".ttf"]
    return f"Source Sans Pro, {len(faces)} bestanden"


def _typst() -> str:
    import typst

    return f"maakt een pdf van {len(bytes(typst.compile(b'#set page(width: 1cm, height: 1cm)') or b''))} bytes"


def _kernel() -> str:
    from jupyter_client.kernelspec import KernelSpecManager

    spec = KernelSpecManager().get_kernel_spec("python3")
    program = next(iter(spec.argv), "")
    if program not in ("python", "python3") and Path(program).resolve() != Path(sys.executable).resolve():
        raise LekpError(f"hoort bij {program}")
    return str(spec.resource_dir)


def _exporters() -> str:
    wanted = ["lekp-html", "lekp-pdf", "lekp-warm"]
    if absent := [name for name in wanted if not entry_points(name=name)]:
        raise LekpError(f"{', '.join(absent)} niet geregistreerd")
    return ", ".join(wanted)


def _output(place: Path) -> str:
    with tempfile.TemporaryFile(dir=place):
        return str(place)


def _edition(name: str) -> str:
    from lekp_lib.edition import Edition

    return f"peildatum {Edition.open(name).reference_date}"


def _look(what: str, check: Callable[[], str], advice: str) -> Finding:
    """One finding: what a check says, or the first line of why it fails."""
    try:
        return Finding("in orde", what, check())
    except (ImportError, OSError, RuntimeError, KeyError, LekpError) as error:
        return Finding("ontbreekt", what, str(error).partition("\n")[0], advice)


def _optional(place: Path) -> Iterator[Finding]:
    """What a report does without: room for all municipalities, programs of the tests."""
    room = shutil.disk_usage(place).free
    advice = "" if room >= ENOUGH_BYTES else "Een verslag vraagt 10 MB; alle gemeenten samen ongeveer 3 GB"
    yield Finding("niet nodig" if advice else "in orde", "schijf", f"{room / 1e9:.1f} GB vrij", advice)
    for what, purpose in PROGRAMS.items():
        advice = f"Alleen nodig voor {purpose}. Debian, Ubuntu: zie .ci/run voor het pakket."
        path = next(filter(None, map(shutil.which, what.split(" of "))), None)
        yield Finding("in orde", what, path) if path else Finding("niet nodig", what, "is er niet", advice)


def examine(output_dir: Path) -> list[Finding]:
    """Look at everything.

    Parameters
    ----------
    output_dir
        Where reports go; may be absent.

    Returns
    -------
    list of Finding
        Without packages nothing else can be looked at: then only those are told.
    """
    again = "In een checkout: make setup. Elders: pip install --upgrade lekp"
    first = [Finding("in orde", "Python", platform.python_version()), _look("pakketten", _packages, again)]
    if first[1].advice:
        return first
    from lekp_lib.edition.edition import embedded_editions, prepared_editions
    from lekp_lib.report.processes import can_fork

    workers = "afgesplitste werkers" if can_fork() else "werkers met elk een kernel: trager, dezelfde verslagen"
    place = next(path for path in (output_dir, *output_dir.resolve().parents) if path.is_dir())
    again = "Ingebouwd: installeer lekp opnieuw. Zelf gemaakt: lekp data rebuild"
    checks: list[tuple[str, Callable[[], str], str]] = [
        ("lettertype", _font, "pip install font-source-sans-pro"),
        ("typst", _typst, "pip install --force-reinstall typst"),
        ("kernel python3", _kernel, f"{sys.executable} -m ipykernel install --sys-prefix"),
        ("exporters", _exporters, "Installeer lekp opnieuw: make setup"),
        ("batch", lambda: workers, ""),
        ("uitvoer", partial(_output, place), f"Kies een andere map met --output-dir, of vraag schrijfrecht op {place}"),
        *((f"editie {name}", partial(_edition, name), again) for name in (*embedded_editions(), *prepared_editions())),
    ]
    return [*first, *(_look(*check) for check in checks), *_optional(place)]
