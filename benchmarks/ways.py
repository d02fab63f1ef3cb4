"""Ways to make the same reports, each a function that runs in a process of its own.

See ``batch.py`` for what the letters stand for.
"""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
NOTEBOOK = ROOT / "notebooks" / "gemeenterapport.ipynb"
WORKERS = 2
_STOCK_EXPORTERS = {"html": "html", "pdf": "webpdf"}
_OWN_EXPORTERS = {"html": "lekp-html", "pdf": "lekp-pdf"}
BIN = Path(sys.executable).parent


def _exporters(way: str) -> dict[str, str]:
    return _OWN_EXPORTERS if way in "ef" else _STOCK_EXPORTERS


def lend_chromium(folder: Path) -> None:
    """Let nbconvert find the Chromium of this machine where it looks for a downloaded one."""
    from playwright.sync_api import sync_playwright

    chromium = shutil.which("chromium") or shutil.which("google-chrome")
    if chromium is None:
        raise SystemExit("the stock way prints with a browser: install chromium, or leave out ways a and b")
    os.environ["PLAYWRIGHT_BROWSERS_PATH"] = str(folder)
    with sync_playwright() as playwright:
        expected = Path(playwright.chromium.executable_path)
    version = expected.relative_to(folder).parts[0].rpartition("-")[2]
    shell = folder / f"chromium_headless_shell-{version}/chrome-headless-shell-linux64/chrome-headless-shell"
    for path in (expected, shell):
        path.parent.mkdir(parents=True)
        path.symlink_to(chromium)


def _by_command(way: str, places: list[str], folder: Path) -> None:
    """Ways a and e, for the reports one after the other."""
    sandbox = [f"--WebPDFExporter.disable_sandbox={os.geteuid() == 0}"]
    for nis in places:
        out = folder / f"{nis}.ipynb"
        # -r: as text; papermill would read a NIS code as a number.
        place = ["-r", "gemeente", nis, "-r", "editie", "voorbeeld"]
        subprocess.run([BIN / "papermill", NOTEBOOK, out, *place, "--no-progress-bar"], check=True)
        for exporter in _exporters(way).values():
            more = sandbox if exporter == "webpdf" else []
            subprocess.run([BIN / "jupyter", "nbconvert", "--to", exporter, *more, out], check=True)


def _one_by_api(job: tuple[str, str, str]) -> None:
    """Ways b and f, one report."""
    import nbformat
    import papermill
    from nbconvert.exporters import get_exporter
    from traitlets.config import Config

    way, nis, folder = job
    out = Path(folder) / f"{nis}.ipynb"
    parameters = {"gemeente": nis, "editie": "voorbeeld"}
    papermill.execute_notebook(str(NOTEBOOK), str(out), parameters, progress_bar=False)
    notebook = nbformat.read(out, as_version=4)
    settings = Config({"WebPDFExporter": {"disable_sandbox": os.geteuid() == 0}})
    for name, exporter in _exporters(way).items():
        content, _ = get_exporter(exporter)(config=settings).from_notebook_node(notebook)
        out.with_suffix(f".{name}").write_bytes(content if isinstance(content, bytes) else content.encode())


def _by_api(way: str, places: list[str], folder: Path) -> None:
    import multiprocessing as mp

    with mp.get_context("spawn").Pool(WORKERS) as pool:
        pool.map(_one_by_api, [(way, nis, str(folder)) for nis in places], chunksize=1)


def _floor(places: list[str], folder: Path, formats: list[str]) -> None:
    """Way d: the cells of the notebook as plain Python in one warm process per core, then the same writers."""
    import ast

    import nbformat
    from lekp_lib.present.block import Block
    from lekp_lib.present.report_view import open_report, opened_edition
    from lekp_lib.report.formats import FORMATS

    edition = opened_edition("voorbeeld")
    share = [places[number::WORKERS] for number in range(WORKERS)]
    children: list[int] = []
    for part in share:
        pid = os.fork()
        if pid:
            children.append(pid)
            continue
        for nis in part:
            notebook = nbformat.read(NOTEBOOK, as_version=4)
            view = open_report(edition=edition, gemeente=nis, editie="voorbeeld")
            for cell in notebook.cells:
                if cell.cell_type == "code" and cell.source.startswith("rapport."):
                    block = eval(compile(ast.parse(cell.source, mode="eval"), "<cell>", "eval"), {"rapport": view})
                    assert isinstance(block, Block)
                    output = nbformat.v4.new_output("execute_result", data=block._repr_mimebundle_(), execution_count=1)
                    cell.outputs = [output]
            target = folder / nis
            target.mkdir(exist_ok=True)
            for name in formats:
                FORMATS[name](notebook, view, target)
        os._exit(0)
    for pid in children:
        if os.waitpid(pid, 0)[1]:
            raise SystemExit("a process of the floor failed")


def take_turn(way: str, places: list[str], folder: Path, formats: list[str]) -> None:
    """Make reports in one of the ways that are no command."""
    if way in "ae":
        _by_command(way, places, folder)
    elif way in "bf":
        _by_api(way, places, folder)
    else:
        _floor(places, folder, formats)
