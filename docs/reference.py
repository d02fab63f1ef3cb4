"""Writes the reference pages of docs/reference from the code and the declared files: ``make docs``."""

from __future__ import annotations

import inspect
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import typer.main

import lekp_lib
from lekp_lib.batch.plan import BatchChoice
from lekp_lib.cli import app
from lekp_lib.data.schema import load_shapes
from lekp_lib.indicators.schema import AREAS, ASSESSMENTS, COMPARISONS, FIGURES, PUBLISHED_TARGETS
from lekp_lib.pact import Catalog, Target, load_catalog
from lekp_lib.parameters import ReportParameters
from lekp_lib.present.quality import DataCheck
from lekp_lib.present.section import TargetSection
from lekp_lib.present.trial import Trial

FOLDER = Path(__file__).parent / "reference"
_HEAD = "<!-- Made by `make docs`; do not edit by hand. -->\n"


def _cell(text: object) -> str:
    return " ".join(str(text).split()).replace("|", "\\|")


def _table(head: tuple[str, ...], rows: list[tuple[object, ...]]) -> str:
    lines = [head, tuple("---" for _ in head), *rows]
    return "\n".join(f"| {' | '.join(_cell(cell) for cell in row)} |" for row in lines) + "\n"


def _level_rows(target: Target) -> str:
    return "; ".join(f"{version}: {level.text}" for version, level in target.levels.items()) or "geen"


def _rate(target: Target) -> str:
    rate = target.comparison
    if rate is None:
        return ""
    return f"per {rate.n} {rate.per}" if rate.per else "the figure itself"


def targets_page(catalog: Catalog) -> str:
    """Targets, goals and context, from their YAML files."""
    rows: list[tuple[object, ...]] = [
        (
            target.nr or ("context" if target.is_context else "2.1"),
            f"`{target.id}`",
            target.name,
            target.kind,
            _level_rows(target),
            ", ".join(f"`{item.id}`" for item in target.indicators),
            _rate(target),
            ", ".join(f"`{source}`" for source in target.sources) or "niet bekend",
            f"[{target.holder.naam}]({target.holder.adres})" if target.holder else "niet bekend",
        )
        for target in catalog.measured
    ]
    head = ("Nr", "Id", "Name", "Kind", "Level per version", "Series", "Compared by", "Sources", "Who keeps it")
    told = "From `lekp_lib/pact/doelen/`. Words in Dutch as a reader sees them."
    return f"{_HEAD}# Targets\n\n{told}\n\n{_table(head, rows)}"


def sources_page(catalog: Catalog) -> str:
    """Sources and file shapes, from their YAML files."""
    rows: list[tuple[object, ...]] = [
        (f"`{item.id}`", item.name, item.organisation, item.rank, item.rhythm, item.licence)
        for item in sorted(catalog.sources.values(), key=lambda item: item.id)
    ]
    shapes: list[tuple[object, ...]] = [
        (f"`{shape.id}`", shape.title, f"`{shape.source}`", ", ".join(shape.formats), shape.yields)
        for shape in sorted(load_shapes().values(), key=lambda shape: shape.id)
    ]
    return (
        f"{_HEAD}# Sources and file shapes\n\n"
        "From `lekp_lib/pact/bronnen/` and `lekp_lib/data/vormen/`.\n\n## Sources\n\n"
        f"{_table(('Id', 'Name', 'Organisation', 'Rank', 'Rhythm', 'Licence'), rows)}\n## File shapes\n\n"
        f"{_table(('`--as`', 'File', 'Source', 'Formats', 'Gives'), shapes)}"
    )


def parameters_page() -> str:
    """Parameters of a report and of a batch file, from their models."""
    parts = [f"{_HEAD}# Parameters\n"]
    for title, model in (("Of a report", ReportParameters), ("Of a batch file, beside those of a report", BatchChoice)):
        rows: list[tuple[object, ...]] = [
            (
                f"`{name}`",
                "needed" if field.is_required() else f"`{field.get_default(call_default_factory=True)!r}`",
            )
            for name, field in model.model_fields.items()
            if model is ReportParameters or name not in ReportParameters.model_fields
        ]
        told = inspect.cleandoc(model.__doc__ or "")
        parts.append(f"## {title}\n\n{_table(('Name', 'Default'), rows)}\n```text\n{told}\n```\n")
    return "\n".join(parts)


def _commands(command: Any, name: str) -> Iterator[tuple[str, Any]]:
    if hasattr(command, "list_commands"):
        for child in sorted(command.list_commands(None)):
            yield from _commands(command.get_command(None, child), f"{name} {child}")
    else:
        yield name, command


def commands_page() -> str:
    """Commands with their options, from the command line itself."""
    parts = [f"{_HEAD}# Commands\n"]
    for name, command in _commands(typer.main.get_command(app), "lekp"):
        with command.make_context(name, [], resilient_parsing=True) as context:
            usage = " ".join(command.collect_usage_pieces(context))
        rows: list[tuple[object, ...]] = [
            (", ".join(f"`{text}`" for text in (*item.opts, *item.secondary_opts)), item.help or "")
            for item in command.params
            if item.param_type_name == "option" and item.name != "help" and not item.hidden
        ]
        options = f"\n{_table(('Option', 'Meaning'), rows)}" if rows else ""
        parts.append(f"## `{name}`\n\n`{name} {usage}`\n\n{inspect.cleandoc(command.help or '')}\n{options}")
    return "\n".join(parts)


def _example(text: str) -> str:
    """The last line of the examples of a docstring, without the prompt."""
    lines = [line.strip()[4:] for line in text.splitlines() if line.strip().startswith(">>> ")]
    return f"`{lines[-1]}`" if lines else ""


def names_page() -> str:
    """What a notebook may import from ``lekp_lib``, from the docstrings; their examples are run by the tests."""
    parts = [f"{_HEAD}# Names for notebooks\n\nWhat `from lekp_lib import ...` hands out, and what it opens.\n"]
    named = {name: getattr(lekp_lib, name) for name in lekp_lib.__all__} | {"DataCheck": DataCheck, "Trial": Trial}
    named["TargetSection"] = TargetSection
    for name, item in sorted(named.items()):
        parts.append(f"## `{name}`\n\n```text\n{inspect.cleandoc(inspect.getdoc(item) or '')}\n```\n")
        members = vars(item).items() if inspect.isclass(item) else ()
        rows: list[tuple[object, ...]] = [
            (f"`{member}`", inspect.cleandoc(told).splitlines()[0], _example(told))
            for member, found in sorted(members)
            if not member.startswith("_")
            and (told := getattr(found, "__doc__", ""))
            and not isinstance(found, str | dict)
        ]
        parts += [_table(("Name", "What", "Example"), rows)] if rows else []
    return "\n".join(parts)


def tables_page() -> str:
    """The tables that travel, from their schemas."""
    parts = [_HEAD, "# Tables\n", "Every number that an output shows comes from one of these tables (pandas).\n"]
    for schema in (FIGURES, ASSESSMENTS, COMPARISONS, AREAS, PUBLISHED_TARGETS):
        rows: list[tuple[object, ...]] = []
        for name, found in schema.columns.items():
            about = found.metadata or {}
            words = ", ".join(f"`{word}`" for word in about["words"] if word)
            missing = "" if found.nullable else "never missing"
            rows.append((f"`{name}`", f"`{found.dtype}`", about["unit"], found.description, words, missing))
        head = ("Column", "Type", "Unit", "Meaning", "Allowed words", "Missing")
        parts += [f"## {schema.title}\n", f"{schema.description}\n", _table(head, rows)]
    return "\n".join(parts)


def pages() -> dict[str, str]:
    """All reference pages by file name."""
    catalog = load_catalog()
    return {
        "targets.md": targets_page(catalog),
        "sources.md": sources_page(catalog),
        "parameters.md": parameters_page(),
        "commands.md": commands_page(),
        "names.md": names_page(),
        "tables.md": tables_page(),
    }


def main() -> None:
    """Write the pages."""
    FOLDER.mkdir(exist_ok=True)
    for name, text in pages().items():
        (FOLDER / name).write_text(text, encoding="utf-8")
        sys.stdout.write(f"{FOLDER / name}\n")


if __name__ == "__main__":
    main()
