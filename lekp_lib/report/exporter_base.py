"""What both exporters share: the template of the package, and no work that nobody asked for."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from nbconvert.exporters import TemplateExporter
from nbformat import NotebookNode
from traitlets import default
from traitlets.config import Config

#: Folder of the template ``lekp``, the page's CSS and the set-up of the paper document.
TEMPLATES = Path(__file__).parent / "templates"


class LekpExporter(TemplateExporter):
    """Exporter with the template ``lekp``, found in the package only."""

    @property
    def default_config(self) -> Config:
        """Without nbconvert's preprocessors: the pieces are chosen by output type, not taken away by tag."""
        return Config()

    @default("template_name")
    def _own_template_name(self) -> str:
        return "lekp"

    @default("extra_template_basedirs")
    def _own_template_folder(self) -> list[str]:
        # nbconvert's own default is the working folder, where anything may be called "lekp".
        return [str(TEMPLATES)]

    def _preprocess(self, nb: NotebookNode, resources: dict[str, Any]) -> tuple[NotebookNode, dict[str, Any]]:
        """Only what somebody switched on; nbconvert validates the whole notebook even when nothing was."""
        if not any(preprocessor.enabled for preprocessor in self._preprocessors):
            return nb, resources
        prepared: tuple[NotebookNode, dict[str, Any]] = super()._preprocess(nb, resources)  # type: ignore[no-untyped-call]
        return prepared
