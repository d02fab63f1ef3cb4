"""Small batches as processes of their own: only a process without threads may fork, and pytest is none.

Runs that are stopped, killed or measured are started anew (:func:`arguments`); the others find the libraries in memory.
"""

from __future__ import annotations

import hashlib
import json
import os
import sys
from pathlib import Path
from typing import Any

import nbformat

from tests.warm_process import run_lekp

ROOT = Path(__file__).parents[2]
NOTEBOOK = ROOT / "notebooks" / "gemeenterapport.ipynb"
COMMAND = [sys.executable, "-W", "error::DeprecationWarning:lekp_lib", "-c", "from lekp_lib.cli import main; main()"]
#: Six municipalities with their NIS codes, small and large, one of them without signature.
PLACES = {
    "44021": "Gent", "33016": "Mesen", "73028": "Herstappe", "35013": "Oostende", "32006": "Houthulst",
    "41002": "Aalst",
}  # fmt: skip


def small_notebook(path: Path, extra: str = "") -> Path:
    """A notebook with the parameters of a report, a title, and a cell that may do anything; it shows no figures."""
    source = nbformat.read(NOTEBOOK, as_version=4)
    (parameters,) = (cell for cell in source.cells if "parameters" in cell.metadata.get("tags", []))
    title = nbformat.v4.new_markdown_cell("# Een klein verslag")
    shows = nbformat.v4.new_code_cell("print(gemeente)")
    source.cells = [parameters, title, *([nbformat.v4.new_code_cell(extra)] if extra else []), shows]
    nbformat.write(source, path)
    return path


def arguments(output_dir: Path, notebook: Path, *more: str, places: int = 6) -> list[str]:
    """A batch of some places, web pages only, from the edition that is read soonest."""
    return [
        *COMMAND, "batch", "--editie", "gepubliceerd", "--gemeenten", ",".join(list(PLACES)[:places]),
        "--formats", "html", "--output-dir", str(output_dir), "--notebook", str(notebook), *more,
    ]  # fmt: skip


def environment(**more: str) -> dict[str, str]:
    """Environment in which the package of this checkout is found, and nothing is wider than a terminal of old."""
    path = os.pathsep.join(filter(None, [str(ROOT), os.environ.get("PYTHONPATH", "")]))
    return {**os.environ, "PYTHONPATH": path, "COLUMNS": "200", **more}


def run_batch_process(output_dir: Path, notebook: Path, *more: str, places: int = 6, **env: str) -> tuple[int, str]:
    """Exit code and everything printed."""
    done = run_lekp(*arguments(output_dir, notebook, *more, places=places)[len(COMMAND) :], **env)
    return done.returncode, done.stdout + done.stderr


def record(output_dir: Path) -> dict[str, Any]:
    """What ``run.json`` says."""
    (path,) = output_dir.glob("*/run.json")
    content: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return content


def statuses(output_dir: Path) -> dict[str, str]:
    """Status by NIS code in ``run.json``."""
    return {item["nis"]: item["status"] for item in record(output_dir)["results"]}


def left_behind(output_dir: Path) -> list[str]:
    """Scratch folders and files that a run should have removed."""
    return sorted(str(path) for path in output_dir.rglob(".werk*"))


def contents(output_dir: Path) -> dict[str, bytes]:
    """All files of finished reports but the manifests, which hold timings."""
    return {
        str(path.relative_to(output_dir)): path.read_bytes()
        for path in sorted(output_dir.glob("*/[0-9]*/*"))
        if path.is_file() and path.name != "manifest.json"
    }


def is_whole(folder: Path) -> bool:
    """Whether the files of a report are those that its manifest names."""
    manifest = json.loads((folder / "manifest.json").read_text(encoding="utf-8"))
    found = {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in manifest["files"]}
    return bool(found) and found == manifest["files"]
