"""The Nu HTML checker, where Java and the checker are there."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
from collections.abc import Sequence
from pathlib import Path

import pytest

#: What the style checker inside the Nu checker does not know yet: size containers, and the order of painting.
NEW_CSS = re.compile(r"container-type|paint-order|@container|max-width.: Parse Error")
VNU_DEFAULT = Path.home() / ".cache" / "lekp" / "vnu" / "node_modules" / "vnu-jar" / "build" / "dist" / "vnu.jar"


def absent(reason: str) -> None:
    """Skip, except where CI asks for everything."""
    if os.environ.get("CI") == "true":
        pytest.fail(f"{reason}, but CI needs it")
    pytest.skip(reason)


def nu_errors(files: Sequence[Path]) -> list[str]:
    """Errors that the checker finds in web pages, each with the file."""
    jar = Path(os.environ.get("LEKP_VNU_JAR") or VNU_DEFAULT)
    if shutil.which("java") is None:
        absent("no Java on this machine")
    if not jar.is_file():
        absent(f"no Nu checker at {jar}; npm package vnu-jar, or name it with LEKP_VNU_JAR")
    command = ["java", "-jar", jar, "--errors-only", "--exit-zero-always", "--format", "json", *files]
    told = subprocess.run(command, capture_output=True, text=True, check=True)
    messages = json.loads(told.stderr)["messages"]
    return [f"{item.get('url')}: {item['message']}" for item in messages if not NEW_CSS.search(item["message"])]
