"""The look of the page inside JupyterLab: its own CSS, held to what becomes part of the report.

That is every output with one of our blocks, and the text cells of a notebook that shows them; code, tables of pandas
and all else keep the look of JupyterLab. A finished page has its CSS in its head already, so exporters leave an output
of this type out.
"""

from __future__ import annotations

import re

#: Outputs that carry this type are no part of a report.
MIME_LAB_STYLE = "application/vnd.lekp.style+css"

#: An output of JupyterLab that shows one of our blocks, and a text cell of such a notebook.
SCOPE = (
    ":is(.jp-RenderedHTMLCommon.jp-RenderedHTML:has([data-block]), "
    ".jp-Notebook:has([data-block]) .jp-RenderedHTMLCommon.jp-MarkdownOutput)"
)

_PAGE_RULE = re.compile(r"@page\s*\{(?:[^{}]|\{[^{}]*\})*\}")
_ROOT = re.compile(r"(?m)^(\s*)(?::root|html|body)(?=\s*\{)")
_MAIN = re.compile(r"(?<![\w-])main (?=[a-z])")

#: JupyterLab dresses every table, list and link of an output; ours start bare, as on the page. Drawings keep the
#: attributes by which they are drawn, and headings the link that JupyterLab gives them.
_BARE = """
  padding: 0.5rem 1rem 1rem;
  & :where(*:not(svg, svg *, .jp-InternalAnchorLink)) { all: revert; }
  & *, & *::before, & *::after { box-sizing: border-box; }
"""


def lab_css(*sheets: str) -> str:
    """Style sheets of the page as one that touches only outputs with a block.

    Parameters
    ----------
    sheets
        Finished CSS; rules on the page itself (``:root``, ``body``) hold for the output, rules on paper fall away.

    Returns
    -------
    str
        CSS with nested rules, for browsers of 2024 and later.
    """
    rules = _PAGE_RULE.sub("", "\n".join(sheets))
    rules = _MAIN.sub("", _ROOT.sub(r"\1&", rules))
    return f"{SCOPE} {{{_BARE}{rules}\n}}\n"
