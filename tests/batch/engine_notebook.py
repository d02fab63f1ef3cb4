"""A notebook that does everything that notebooks do, for comparing the two engines."""

from __future__ import annotations

from pathlib import Path

import nbformat

CELLS = (
    'gemeente = "Houthulst"',
    "import sys\nprint('eerste', gemeente)\nprint('fout', file=sys.stderr)\n1 + 1",
    "",
    "from IPython.display import HTML, Markdown, clear_output, display",
    "display(HTML('<b>a</b>'), Markdown('*b*'))\n'waarde'",
    "handle = display('oud', display_id='een')\nprint('tussen')",
    "handle.update('nieuw');",
    "print('weg'); clear_output(); print('blijft')",
    "print('weg'); clear_output(wait=True); print('blijft ook')",
    "%%capture gevangen\nprint('gevangen')",
    "gevangen.stdout",
    "%%html\n<i>magie</i>",
    "!echo uit de schil",
    "import pandas as pd\npd.DataFrame({'a': [1.5, None], 'b': ['x', 'é']})",
    (
        "class Rijk:\n    def _repr_mimebundle_(self, include=None, exclude=None):\n"
        "        return {'text/html': '<p>r</p>', 'text/plain': 'r', 'application/json': {'a': (1, 2)}}\nRijk()"
    ),
    (
        "class Stuk:\n    def __repr__(self):\n        return 'stuk'\n"
        "    def _repr_html_(self):\n        raise ValueError('geen html')\nprint('voor')\nStuk"
    ),
    "import warnings\nwarnings.warn('let op')\nwarnings.warn('let op')",
    "import matplotlib.pyplot as plt\nplt.plot([1, 2]);",
    "async def later():\n    return 7\nawait later()",
    "_",
    "get_ipython().__class__.__name__, __name__",
    "import os\nos.environ['TERM'], os.environ['MPLBACKEND']",
    "import pickle\nclass Eigen: pass\ntype(pickle.loads(pickle.dumps(Eigen()))).__name__",
    "sys.stdout.isatty(), sys.stdout.encoding",
    "from itertools import count\nnext(count());",
    "import logging\nlogging.getLogger('x').warning('gelogd')",
)
FAILING = "1 / 0"


def engine_notebook(path: Path, *, fails: bool = False) -> Path:
    """Write the notebook; with ``fails`` its last cell divides by zero."""
    notebook = nbformat.v4.new_notebook(
        metadata={"kernelspec": {"name": "python3", "display_name": "", "language": ""}}
    )
    notebook.cells = [nbformat.v4.new_code_cell(source) for source in CELLS]
    notebook.cells[0].metadata["tags"] = ["parameters"]
    notebook.cells.insert(3, nbformat.v4.new_code_cell("nergens", metadata={"tags": ["skip-execution"]}))
    notebook.cells.insert(1, nbformat.v4.new_markdown_cell("# Kop"))
    if fails:
        notebook.cells.append(nbformat.v4.new_code_cell(FAILING))
    nbformat.write(notebook, path)
    return path
