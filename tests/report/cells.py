"""Notebooks with ordinary cells, made for a test."""

from __future__ import annotations

import base64
import io
from pathlib import Path

import nbformat
from nbformat import NotebookNode
from PIL import Image

PARAMETERS = 'gemeente = "Gent"\neditie = "voorbeeld"\nnoemerjaar = 2020\nwooneenheden = "woningen"\npact = "auto"\n'
PARAMETERS += "drempel_licht = 0.7\nmax_ouderdom_maanden = 24\nmin_punten = 3\n"


def code(source: str, *tags: str) -> NotebookNode:
    return nbformat.v4.new_code_cell(source, metadata={"tags": list(tags)})


def text(source: str) -> NotebookNode:
    return nbformat.v4.new_markdown_cell(source)


def pasted(alt: str) -> NotebookNode:
    """A picture as JupyterLab keeps it when it is pasted."""
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "green").save(file, "PNG")
    cell = text(f"![{alt}](attachment:boom.png)")
    cell.attachments = {"boom.png": {"image/png": base64.b64encode(file.getvalue()).decode()}}
    return cell


def write(path: Path, *cells: NotebookNode) -> Path:
    """A notebook with a title, the parameters and these cells."""
    first = [text("# Proef"), code(PARAMETERS, "parameters")]
    path.parent.mkdir(parents=True, exist_ok=True)
    nbformat.write(nbformat.v4.new_notebook(cells=[*first, *cells]), path)
    return path
