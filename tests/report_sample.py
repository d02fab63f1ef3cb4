# ruff: noqa: E501  (finished markup of one output stands on one line)
"""A small executed notebook with real blocks and raw outputs, for the tests of both exporters."""

from typing import Any

import nbformat
from nbformat import NotebookNode

from lekp_lib.present.block import MIME_TYPST, Block, Group, Paragraph

FACTS = {
    "title": "Klimaatpactverslag 2025, Voorbeeldgem",
    "description": "Stand van de 17 klimaatdoelen van Voorbeeldgem.",
    "keywords": ["LEKP", "klimaat"],
    "municipality": "Voorbeeldgem",
    "year": 2025,
    "edition": "voorbeeld",
    "run": "r-0001",
    "banner": "Voorbeeldeditie: fictieve cijfers",
    "built": "2026-03-12T10:00:00+01:00",
}

SVG = (
    '<svg viewBox="0 0 300 80" width="300" height="80" role="img" aria-labelledby="alt-1">'
    '<title id="alt-1">Staafdiagram: 4.310 van 9.500 bomen, 45 procent van het doel voor 2030.</title>'
    '<clipPath id="knip-1"><rect width="300" height="80"/></clipPath>'
    '<rect x="0" y="20" width="135" height="30" fill="#1F77B4" clip-path="url(#knip-1)"/></svg>'
)
TABLE = (
    '<table><caption>Bomen per jaar</caption><thead><tr><th scope="col">Jaar</th><th scope="col">Bomen</th></tr></thead>'
    '<tbody><tr><th scope="row">2024</th><td>3.600</td></tr><tr><th scope="row">2025</th><td>4.310</td></tr></tbody></table>'
)
TYPST_TABLE = """#figure(kind: table, supplement: none, numbering: none, caption: figure.caption(position: top)[#"Bomen per jaar";],
table(columns: 2, table.header([#"Jaar";], [#"Bomen";]), [#"2024";], [#"3.600";], [#"2025";], [#"4.310";]))

"""
TYPST_FIGURE = (
    '#figure(kind: image, supplement: none, numbering: none, alt: "Staafdiagram: 4.310 van 9.500 bomen, dat is 45 procent '
    'van het doel voor 2030.", image(bytes("<svg xmlns=\\"http://www.w3.org/2000/svg\\" viewBox=\\"0 0 300 80\\">'
    '<rect width=\\"135\\" height=\\"30\\" fill=\\"#1F77B4\\"/></svg>"), format: "svg", width: 80mm, '
    'alt: "Staafdiagram: 4.310 van 9.500 bomen, dat is 45 procent van het doel voor 2030."))\n\n'
)


def output(html: str, typst: str, kind: str = "display_data") -> NotebookNode:
    data = {"text/html": html, MIME_TYPST: typst, "text/plain": "Traceback: plain text is never shown"}
    return nbformat.v4.new_output(kind, data)


def shown(block: Block, kind: str = "display_data") -> NotebookNode:
    return nbformat.v4.new_output(kind, block._repr_mimebundle_())


def code(*outputs: NotebookNode, tags: tuple[str, ...] = ()) -> NotebookNode:
    cell = nbformat.v4.new_code_cell("secret_code = 1 / 3", outputs=list(outputs), execution_count=1)
    return nbformat.from_dict({**cell, "metadata": {"tags": list(tags)}})


def markdown(source: str, *tags: str) -> NotebookNode:
    return nbformat.v4.new_markdown_cell(source, metadata={"tags": list(tags)})


def notebook(*cells: NotebookNode, **facts: Any) -> NotebookNode:
    return nbformat.v4.new_notebook(cells=list(cells), metadata={"lekp": {**FACTS, **facts}})


def report() -> NotebookNode:
    """Head, overview, two targets, annex: everything that an exporter meets."""
    stdout = nbformat.v4.new_output("stream", name="stdout", text="secret stdout")
    stderr = nbformat.v4.new_output("stream", name="stderr", text="UserWarning: secret warning")
    lead = Paragraph(["Stand op 31 december 2025.", 'De gemeente haalt 3 doelen nu al <&> "zo" #let x.'], role="lead")
    target = Group(
        [Paragraph("De gemeente plantte 4.310 bomen (45\u00a0% van het doel).")], "doel", {"target": "bomen"}
    )
    return notebook(
        code(stdout, stderr),
        markdown("# Voorbeeldgem: 10 van de 17 klimaatdoelen gehaald of op koers"),
        code(shown(lead)),
        markdown("## De 17 doelen in één oogopslag\n\nDe balk toont welk deel *al* gerealiseerd is.", "nieuwe-pagina"),
        code(shown(target, "execute_result"), output(SVG, TYPST_FIGURE)),
        markdown("## Werf 1: Vergroening", "nieuwe-pagina"),
        markdown("### Bomen", "doel"),
        code(output(TABLE, TYPST_TABLE)),
        markdown("### Haag of geveltuin\n\n- een **punt**\n- nog [een adres](https://www.vlaanderen.be)", "doel"),
        markdown(
            "## Bijlage\n\nTabel: Drempels\n\n| Oordeel | Vanaf |\n|---|---:|\n| op koers | 100\u00a0% |\n| licht | 70\u00a0% |"
        ),
    )
