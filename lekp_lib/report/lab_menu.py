"""The exporters in JupyterLab's menu *Save and Export Notebook As*, under the names that people know.

JupyterLab names a format after its key alone, and Jupyter's own address for exports takes only letters, digits and
``_``: without this extension the menu would say ``Lekp-html``, and the server answer "not found".
"""

import json
from typing import Any

from jupyter_server.base.handlers import path_regex
from jupyter_server.nbconvert.handlers import NbconvertFileHandler
from jupyter_server.services.nbconvert.handlers import NbconvertRootHandler
from jupyter_server.utils import url_path_join

from lekp_lib.report.exporters import HtmlExporter, PdfExporter

#: Words in the menu, by the name of the exporter.
LABELS = {"lekp-html": HtmlExporter.export_from_notebook, "lekp-pdf": PdfExporter.export_from_notebook}
_EXPORTER = {label: name for name, label in LABELS.items()}


class FormatList(NbconvertRootHandler):
    """List of export formats; ours under their label, and first."""

    def finish(self, chunk: Any = None) -> Any:
        if isinstance(chunk, str) and self.get_status() == 200:
            formats: dict[str, Any] = json.loads(chunk)
            ours = {LABELS[name]: formats.pop(name) for name in LABELS if name in formats}
            chunk = json.dumps(ours | formats)
        return super().finish(chunk)


class ReportFile(NbconvertFileHandler):
    """A notebook as web page or PDF of lekp; rights and cookies are checked as for every export."""

    async def get(self, format: str, path: str) -> None:  # noqa: A002 -- the name of Jupyter
        # The rights are checked by the method that this one hands on to.
        answer = super().get(_EXPORTER.get(format, format), path)
        if answer is not None:
            await answer


def _jupyter_server_extension_points() -> list[dict[str, str]]:
    """Where Jupyter finds the extension."""
    return [{"module": "lekp_lib.report.lab_menu"}]


def _load_jupyter_server_extension(server: Any) -> None:
    """Put our answers before those of the server; called by Jupyter when it starts."""
    base = server.web_app.settings["base_url"]
    formats = url_path_join(base, "api", "nbconvert")
    files = url_path_join(base, "nbconvert") + r"/(?P<format>lekp-[a-z]+|LEKP[^/]+)" + path_regex
    server.web_app.add_handlers(".*$", [(formats, FormatList), (files, ReportFile)])
