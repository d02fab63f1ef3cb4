"""The program stays small: lines of code per room, files, imports, as docs/architecture.md says them."""

from __future__ import annotations

import ast
import io
import re
import tokenize
from collections import Counter
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "lekp_lib"
_NO_CODE = {tokenize.COMMENT, tokenize.NL, tokenize.NEWLINE, tokenize.INDENT, tokenize.DEDENT, tokenize.ENDMARKER}
#: What is no code, in files that are not Python: comments of Jinja, Typst, JavaScript and YAML.
_COMMENTS = {
    ".j2": r"\{#.*?#\}|^\s*##[^\n]*", ".typ": r"/\*.*?\*/|^\s*//[^\n]*", ".js": r"/\*.*?\*/|^\s*//[^\n]*",
    ".yaml": r"^\s*#[^\n]*",
}  # fmt: skip
_DESCRIBED = ast.Module | ast.ClassDef | ast.FunctionDef | ast.AsyncFunctionDef


def lines_of(node: ast.AST | tokenize.TokenInfo) -> set[int]:
    """Numbers of the lines of a statement or a token."""
    if isinstance(node, tokenize.TokenInfo):
        return set(range(node.start[0], node.end[0] + 1))
    return set(range(node.lineno, node.end_lineno + 1))  # type: ignore[attr-defined]


def measured(source: str) -> tuple[int, int]:
    """Lines of code, without blank lines, comments and docstrings; and how many of them are imports."""
    nodes = list(ast.walk(ast.parse(source)))
    described = [node for node in nodes if isinstance(node, _DESCRIBED) and ast.get_docstring(node, clean=False)]
    docstrings = set().union(*(lines_of(node.body[0]) for node in described))
    tokens = tokenize.generate_tokens(io.StringIO(source).readline)
    code = set().union(*(lines_of(token) for token in tokens if token.type not in _NO_CODE))
    imports = sum(len(lines_of(node)) for node in nodes if isinstance(node, ast.Import | ast.ImportFrom))
    return len(code - docstrings), imports


def written(path: Path) -> int:
    """Lines of a template, a script or a YAML file, without blank lines and comments."""
    text = re.sub(_COMMENTS[path.suffix], "", path.read_text(encoding="utf-8"), flags=re.DOTALL | re.MULTILINE)
    return sum(bool(line.strip()) for line in text.splitlines())


def test_only_code_is_counted(tmp_path: Path) -> None:
    template = tmp_path / "een.j2"
    template.write_text("## why\n{# why\nagain #}\n% if a\n\n  {{ a }}\n% endif\n", encoding="utf-8")
    assert written(template) == 3
    text = '"""Two\nlines."""\n\nimport os  # one\n\n\n# none\ndef f():\n    """None."""\n'
    assert measured(text + "    return (\n        1\n    )\n") == (5, 1)


def test_every_room_is_within_its_bar() -> None:
    page = (ROOT / "docs" / "architecture.md").read_text(encoding="utf-8")
    table = page.partition("\n## Size\n")[2].partition("\n## ")[0]
    bars = {name: int(bar.replace(".", "")) for name, bar in re.findall(r"^\| ([^|]+) \| ([\d.]+)", table, re.M)}
    found: Counter[str] = Counter()
    imports, folders = 0, Counter(path.parent for path in PACKAGE.rglob("*.py"))
    for path in PACKAGE.rglob("*.py"):
        lines, imported = measured(path.read_text(encoding="utf-8"))
        room = path.relative_to(PACKAGE).parts[0] if path.parent != PACKAGE else "top"
        found[next(name for name in bars if room in re.findall(r"\w+", name))] += lines
        imports += imported
    whole = found.total()
    others = [written(path) for path in PACKAGE.rglob("*") if path.suffix in _COMMENTS]
    found |= {
        "templates, scripts and YAML": sum(others),
        "whole": whole,
        "files": folders.total(),
        "modules in a folder": max(folders.values()),
    }
    assert {name: lines for name, lines in found.items() if lines > bars[name]} == {}
    assert bars.keys() - found == {"imports, per cent"} and 100 * imports / whole <= bars["imports, per cent"]
