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

State = Literal["ok", "missing", "optional"]
#: A batch of all municipalities takes about 2 GB with all formats.
ENOUGH_BYTES = 3_000_000_000
OLDEST_PYTHON = (3, 11)
#: Programs of tests and of one guide; a report needs none of them.
PROGRAMS = {
    "chromium or google-chrome": (("chromium", "chromium-browser", "google-chrome"), "tests of the pages"),
    "pdftotext (poppler)": (("pdftotext",), "tests of the PDF"),
    "java": (("java",), "the second opinion on HTML in the tests"),
    "make": (("make",), "the commands of the Makefile"),
}


@dataclass(frozen=True, slots=True)
class Finding:
    """One thing that was looked at.

    Attributes
    ----------
    state
        ``missing`` stops reports; ``optional`` stops only what ``advice`` says.
    what, found
        The thing, and how it is.
    advice
        How to mend it; empty when nothing is wrong.
    """

    state: State
    what: str
    found: str
    advice: str = ""


def check_python(running: tuple[int, int] = sys.version_info[:2]) -> Finding:
    """Whether Python is new enough."""
    told = ".".join(map(str, running))
    if running >= OLDEST_PYTHON:
        return Finding("ok", "Python", told)
    return Finding("missing", "Python", told, "Install Python 3.11 or newer and make the environment again: make setup")


def check_packages(declared: Iterable[str], installed: Callable[[str], str]) -> list[Finding]:
    """Declared packages that are absent or outside their bounds; one line when all are there.

    Parameters
    ----------
    declared
        Requirements as the package declares them.
    installed
        Version by name; raises :class:`~importlib.metadata.PackageNotFoundError`.
    """
    found, count = [], 0
    for line in declared:
        requirement = Requirement(line)
        if requirement.marker is not None and not requirement.marker.evaluate({"extra": ""}):
            continue
        count += 1
        advice = f"In a checkout: make setup. Elsewhere: pip install '{requirement.name}{requirement.specifier}'"
        try:
            here = installed(requirement.name)
        except PackageNotFoundError:
            found.append(Finding("missing", f"package {requirement.name}", "absent", advice))
            continue
        if not requirement.specifier.contains(here, prereleases=True):
            found.append(
                Finding("missing", f"package {requirement.name}", f"{here}, {requirement.specifier} needed", advice)
            )
    return found or [Finding("ok", "packages", f"all {count} within their bounds")]


def check_programs(find: Callable[[str], str | None] = shutil.which) -> list[Finding]:
    """Programs besides Python; none is needed for a report."""
    found = []
    for what, (names, purpose) in PROGRAMS.items():
        path = next((path for name in names if (path := find(name))), None)
        advice = f"Only needed for {purpose}. Debian, Ubuntu: see .ci/run for the package."
        found.append(Finding("ok", what, path) if path else Finding("optional", what, "absent", advice))
    return found


def check_fonts() -> Finding:
    """Whether the font of charts, page and paper is there."""
    from lekp_lib.report.fonts import font_folder

    try:
        faces = [path for path in font_folder().iterdir() if path.suffix in (".otf", ".ttf")]
    except (OSError, ImportError, LekpError) as error:
        return Finding("missing", "font", str(error), "pip install font-source-sans-pro")
    return Finding("ok", "font", f"Source Sans Pro, {len(faces)} faces")


def check_typst() -> Finding:
    """Whether the PDF engine compiles a page."""
    try:
        import typst

        made = typst.compile(b"#set page(width: 1cm, height: 1cm)")
    except (ImportError, OSError, RuntimeError) as error:
        return Finding("missing", "typst", str(error), "pip install --force-reinstall typst")
    return Finding("ok", "typst", f"makes a PDF of {len(bytes(made or b''))} bytes")


def check_kernel() -> Finding:
    """Whether Jupyter finds the kernel ``python3``, and whether it is this environment's."""
    from jupyter_client.kernelspec import KernelSpecManager, NoSuchKernel

    advice = f"{sys.executable} -m ipykernel install --sys-prefix"
    try:
        spec = KernelSpecManager().get_kernel_spec("python3")
    except NoSuchKernel:
        return Finding("missing", "kernel python3", "not registered", advice)
    program = spec.argv[0] if spec.argv else ""
    own = program in ("python", "python3") or Path(program).resolve() == Path(sys.executable).resolve()
    if own:
        return Finding("ok", "kernel python3", spec.resource_dir)
    return Finding("missing", "kernel python3", f"belongs to {program}", advice)


def check_exporters() -> Finding:
    """Whether nbconvert knows both exporters and papermill the engine."""
    wanted = {"nbconvert.exporters": {"lekp-html", "lekp-pdf"}, "papermill.engine": {"lekp-warm"}}
    absent = sorted(
        name for group, names in wanted.items() for name in names - {item.name for item in entry_points(group=group)}
    )
    if absent:
        return Finding("missing", "exporters", f"{', '.join(absent)} not registered", "Install lekp again: make setup")
    return Finding("ok", "exporters", "lekp-html, lekp-pdf, lekp-warm")


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
        advice = f"Choose another folder with --output-dir, or get write access to {place}"
        return [Finding("missing", "outputs", f"{place}: {error.strerror or error}", advice)]
    room = free(place)
    told = f"{room / 1e9:.1f} GB free"
    short = Finding("optional", "disk", told, "One report needs 10 MB; all municipalities about 3 GB")
    return [Finding("ok", "outputs", str(place)), Finding("ok", "disk", told) if room >= ENOUGH_BYTES else short]


def check_editions() -> list[Finding]:
    """Whether every embedded and prepared edition can be read."""
    from lekp_lib.edition import Edition, embedded_editions, prepared_editions

    found = []
    for name in (*embedded_editions(), *prepared_editions()):
        try:
            edition = Edition.open(name)
        except LekpError as error:
            advice = "Embedded: install lekp again. Prepared: lekp data rebuild"
            found.append(Finding("missing", f"edition {name}", str(error).splitlines()[0], advice))
        else:
            found.append(Finding("ok", f"edition {name}", f"as of {edition.reference_date.isoformat()}"))
    return found


def check_forking() -> Finding:
    """How a batch works here; nothing is wrong on a machine that cannot fork."""
    from lekp_lib.batch.alone import can_fork

    way = "forked workers" if can_fork() else "spawned workers with a kernel each: slower, same reports"
    return Finding("ok", "batch", way)


def _declared() -> list[str]:
    try:
        return requires("lekp") or []
    except PackageNotFoundError:
        return []


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
    found = [check_python(), *check_packages(_declared(), version)]
    if any(item.state == "missing" for item in found):
        return found
    found += [check_fonts(), check_typst(), check_kernel(), check_exporters(), check_forking()]
    return [*found, *check_outputs(output_dir), *check_editions(), *check_programs()]
