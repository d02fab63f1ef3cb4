"""What is missing on this machine, and how to mend it: one line per thing that lekp needs."""

from __future__ import annotations

import shutil
import sys
import tempfile
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, entry_points, requires, version
from pathlib import Path
from typing import Literal

from packaging.requirements import Requirement

from lekp_lib.errors import LekpError

#: A batch of all municipalities takes about 2 GB with all formats.
ENOUGH_BYTES = 3_000_000_000
OLDEST_PYTHON = (3, 11)
#: Programs of tests and of one guide; a report needs none of them.
PROGRAMS = {
    "chromium of google-chrome": (("chromium", "chromium-browser", "google-chrome"), "de tests van de pagina's"),
    "pdftotext (poppler)": (("pdftotext",), "de tests van de pdf"),
    "java": (("java",), "de tweede controle van html in de tests"),
    "make": (("make",), "de opdrachten van de Makefile"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at, how it is, and how to mend it (empty when nothing is wrong).

    ``ontbreekt`` stops reports; ``niet nodig`` stops only what ``advice`` says.
    """

    state: Literal["in orde", "ontbreekt", "niet nodig"]
    what: str
    found: str
    advice: str = ""


def check_python(running: tuple[int, int] = sys.version_info[:2]) -> Finding:
    """Whether Python is new enough."""
    found = ".".join(map(str, running))
    advice = (
        "" if running >= OLDEST_PYTHON else "Installeer Python 3.11 of nieuwer en maak de omgeving opnieuw: make setup"
    )
    return Finding("ontbreekt" if advice else "in orde", "Python", found, advice)


def check_packages(declared: Iterable[str], installed: Callable[[str], str]) -> list[Finding]:
    """Declared packages that are absent or outside their bounds; one line when all are there.

    Parameters
    ----------
    declared
        Requirements as the package declares them.
    installed
        Version by name; raises :class:`~importlib.metadata.PackageNotFoundError`.
    """
    needed = [item for item in map(Requirement, declared) if item.marker is None or item.marker.evaluate({"extra": ""})]
    findings = []
    for item in needed:
        try:
            here = installed(item.name)
            found = "" if item.specifier.contains(here, prereleases=True) else f"{here}, nodig is {item.specifier}"
        except PackageNotFoundError:
            found = "is er niet"
        if found:
            advice = f"In een checkout: make setup. Elders: pip install '{item.name}{item.specifier}'"
            findings.append(Finding("ontbreekt", f"pakket {item.name}", found, advice))
    return findings or [Finding("in orde", "pakketten", f"alle {len(needed)} binnen hun grenzen")]


def check_programs(find: Callable[[str], str | None] = shutil.which) -> list[Finding]:
    """Programs besides Python; none is needed for a report."""
    findings = []
    for what, (names, purpose) in PROGRAMS.items():
        path = next((path for name in names if (path := find(name))), None)
        advice = f"Alleen nodig voor {purpose}. Debian, Ubuntu: zie .ci/run voor het pakket."
        absent = Finding("niet nodig", what, "is er niet", advice)
        findings.append(Finding("in orde", what, path) if path else absent)
    return findings


def check_fonts() -> Finding:
    """Whether the font of charts, page and paper is there."""
    from lekp_lib.report.fonts import font_folder

    try:
        faces = [path for path in font_folder().iterdir() if path.suffix in (".otf", ".ttf")]
    except (OSError, ImportError, LekpError) as error:
        return Finding("ontbreekt", "lettertype", str(error), "pip install font-source-sans-pro")
    return Finding("in orde", "lettertype", f"Source Sans Pro, {len(faces)} bestanden")


def check_typst() -> Finding:
    """Whether the PDF engine compiles a page."""
    try:
        import typst

        made = typst.compile(b"#set page(width: 1cm, height: 1cm)")
    except (ImportError, OSError, RuntimeError) as error:
        return Finding("ontbreekt", "typst", str(error), "pip install --force-reinstall typst")
    return Finding("in orde", "typst", f"maakt een pdf van {len(bytes(made or b''))} bytes")


def check_kernel() -> Finding:
    """Whether Jupyter finds the kernel ``python3``, and whether it is this environment's."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    advice = f"{sys.executable} -m ipykernel install --sys-prefix"
    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return Finding("ontbreekt", "kernel python3", "niet geregistreerd", advice)
    program = spec.argv[0] if spec.argv else ""
    if program in ("python", "python3") or Path(program).resolve() == Path(sys.executable).resolve():
        return Finding("in orde", "kernel python3", spec.resource_dir)
    return Finding("ontbreekt", "kernel python3", f"hoort bij {program}", advice)


def check_exporters() -> Finding:
    """Whether nbconvert knows both exporters and papermill the engine."""
    wanted = {"nbconvert.exporters": {"lekp-html", "lekp-pdf"}, "papermill.engine": {"lekp-warm"}}
    absent = sorted(
        name for group, names in wanted.items() for name in names - {item.name for item in entry_points(group=group)}
    )
    if absent:
        advice = "Installeer lekp opnieuw: make setup"
        return Finding("ontbreekt", "exporters", f"{', '.join(absent)} niet geregistreerd", advice)
    return Finding("in orde", "exporters", "lekp-html, lekp-pdf, lekp-warm")


def check_outputs(
    folder: Path, free: Callable[[Path], int] = lambda path: shutil.disk_usage(path).free
) -> list[Finding]:
    """Whether reports can be written, and whether there is room for all municipalities.

    Parameters
    ----------
    folder
        Where reports go; may be absent.
    free
        Free bytes on the disk of a folder.
    """
    place = next((path for path in (folder, *folder.resolve().parents) if path.is_dir()), Path())
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        advice = f"Kies een andere map met --output-dir, of vraag schrijfrecht op {place}"
        return [Finding("ontbreekt", "uitvoer", f"{place}: {error.strerror or error}", advice)]
    room = free(place)
    advice = "" if room >= ENOUGH_BYTES else "Een verslag vraagt 10 MB; alle gemeenten samen ongeveer 3 GB"
    disk = Finding("niet nodig" if advice else "in orde", "schijf", f"{room / 1e9:.1f} GB vrij", advice)
    return [Finding("in orde", "uitvoer", str(place)), disk]


def check_editions() -> list[Finding]:
    """Whether every embedded and prepared edition can be read."""
    from lekp_lib.edition import Edition, embedded_editions, prepared_editions

    findings = []
    for name in (*embedded_editions(), *prepared_editions()):
        try:
            day = Edition.open(name).reference_date.isoformat()
        except LekpError as error:
            advice = "Ingebouwd: installeer lekp opnieuw. Zelf gemaakt: lekp data rebuild"
            findings.append(Finding("ontbreekt", f"editie {name}", str(error).splitlines()[0], advice))
        else:
            findings.append(Finding("in orde", f"editie {name}", f"peildatum {day}"))
    return findings


def examine(output_dir: Path) -> list[Finding]:
    """Look at everything.

    Parameters
    ----------
    output_dir
        Where reports go.

    Returns
    -------
    list of Finding
        Without packages nothing else can be looked at: then only those are told.
    """
    try:
        declared = requires("lekp") or []
    except PackageNotFoundError:
        declared = []
    first = [check_python(), *check_packages(declared, version)]
    if any(item.state == "ontbreekt" for item in first):
        return first
    from lekp_lib.batch.run import can_fork

    workers = "afgesplitste werkers" if can_fork() else "werkers met elk een kernel: trager, dezelfde verslagen"
    single = [check_fonts(), check_typst(), check_kernel(), check_exporters(), Finding("in orde", "batch", workers)]
    return [*first, *single, *check_outputs(output_dir), *check_editions(), *check_programs()]
