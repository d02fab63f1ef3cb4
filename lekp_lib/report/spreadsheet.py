"""The figures of one municipality as workbook, and as csv with a description for programs (Data Package)."""

import datetime as dt
import hashlib
import io
import json
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

import pandas as pd
from xlsxwriter import Workbook

from lekp_lib import __version__
from lekp_lib.edition import Edition
from lekp_lib.parameters import LOOK
from lekp_lib.present.flanders import Flanders
from lekp_lib.present.format import date_text, safe_text
from lekp_lib.present.municipality import Report
from lekp_lib.present.theme import MARKS

ATTRIBUTION_FILE = "bronvermelding.txt"

#: Columns of the csv that come straight from the tables, under their name there.
_DUTCH = {
    "target_id": "doel_id", "reference_date": "datum", "date_precision": "nauwkeurigheid", "value": "cijfer",
    "measure": "maat", "level": "niveau", "unit": "eenheid_niveau", "share_pct": "deel_pct",
    "expected_pct": "vereist_pct", "verdict": "oordeel", "reason": "reden", "source_id": "bron_id",
    "retrieved": "opgehaald", "since": "sinds", "base_year": "basisjaar", "remark": "opmerking",
    "original": "oorspronkelijk", "correction_note": "verbetering",
}  # fmt: skip
_NOT_IN_A_SHEET = ["nis", "gemeente", "editie", "doel_id", "bron_id", "reden"]
_KEY = ("target_id", "indicator", "reference_date", "source_id")
_ASSESSED = ("level", "unit", "share_pct", "expected_pct", "verdict", "reason", "tempo")
_TYPES = {"integer": "Int64", "number": "float64"}


#: The columns of the csv with name, type, head and meaning, as a Table Schema.
_SCHEMA = Path(__file__).parent / "templates" / "cijfers.schema.json"


@cache
def _fields() -> list[dict[str, str]]:
    return list(json.loads(_SCHEMA.read_bytes())["fields"])


@cache
def own_figures(report: Report) -> pd.DataFrame:
    """All figures of the municipality, oldest first, with the assessment beside the judged one; absence has a row too.

    Parameters
    ----------
    report
        The report of the municipality.

    Returns
    -------
    DataFrame
        Columns as in ``cijfers.schema.json``; texts made safe, empty cells empty.
    """
    place, results = report.place, report.results
    werven = {werf.id: werf.label for werf in report.catalog.werven}
    sources, rows = {key: source.name for key, source in report.catalog.sources.items()}, list[dict[str, Any]]()
    for target in report.catalog.measured:
        series = {item.id: (item.label, item.unit.symbol) for item in target.indicators}
        about = {"nis": place.nis, "gemeente": place.name, "editie": report.edition.id, "nr": target.nr,
                 "doel": target.name, "werf": werven.get(target.werf, "")}  # fmt: skip
        figures = results.records("figures", place.nis, target.id)
        judged: Any = next(iter(results.records("assessments", place.nis, target.id)), {})
        key, assessed = ({name: judged.get(name) for name in names} for names in (_KEY, _ASSESSED))
        absent = [key] if judged else []  # context has figures only
        for row in sorted(figures, key=lambda row: (series[row["indicator"]], row["reference_date"])) or absent:
            label, unit = series.get(row["indicator"], ("", ""))
            told = {**row, **(assessed if key.items() <= row.items() else {})}
            unit = "% van het doel" if row.get("measure") == "aandeel_pct" else unit
            names = {"reeks": label, "eenheid": unit, "bron": sources.get(row["source_id"])}
            rows.append(about | {_DUTCH.get(name, name): value for name, value in told.items()} | names)
    types = {field["name"]: _TYPES.get(field["type"], object) for field in _fields()}
    return pd.DataFrame(rows, columns=list(types), dtype=object).map(safe_text).astype(types)


# ---- csv


def csv_files(_contents: object, report: Report) -> dict[str, str | bytes]:
    """The files ``cijfers.csv``, its description ``datapackage.json`` and ``bronvermelding.txt``."""
    content = own_figures(report).to_csv(index=False, lineterminator="\r\n", date_format="%Y-%m-%d").encode("utf-8-sig")
    about = {"bytes": len(content), "sha256": hashlib.sha256(content).hexdigest(), "schema": _SCHEMA.read_text("utf-8")}
    package = json.loads(_described(report, "datapackage.json.j2", version=__version__, **about))
    text = json.dumps(package, ensure_ascii=False, indent=2)
    return {"cijfers.csv": content, "datapackage.json": f"{text}\n", ATTRIBUTION_FILE: attribution(report)}


def _sources(report: Report) -> list[Any]:
    used = set(report.results.rows("figures", report.place.nis)["source_id"])
    return sorted((source for key, source in report.catalog.sources.items() if key in used), key=lambda s: s.name)


def citation(report: Report) -> str:
    """How to refer to the figures."""
    manifest, warning = report.edition.manifest, " [fictieve cijfers]" if report.edition.fictitious else ""
    title = f"Klimaatpactverslag {report.place.name}, {manifest.title}{warning}"
    return f"lekp ({manifest.built.year}). {title}. Verslag {report.run_id}."


def attribution(report: Report) -> str:
    """How to refer to the figures, and the licence of each source."""
    return _described(report, "bronvermelding.txt.j2")


def _described(report: Report, template: str, **values: Any) -> str:
    """A description of the figures for people or programs, from a template."""
    from lekp_lib.report.page import text_of

    about = {"manifest": report.edition.manifest, "sources": _sources(report), "citation": citation(report)}
    return text_of(template, report=report, **about, **values)


_AREAS = {
    "area_kind": "gebied_soort", "area": "gebied", "target_id": "doel_id", "doel": "doel", "level_indicator": "reeks",
    "unit": "eenheid", "members": "gemeenten", "applying": "doel_geldt", "counted": "bruikbaar", "value": "som",
    "level": "doel_som", "required": "vereist", "level_all": "doel_alle", "share_pct": "deel_pct",
    "expected_pct": "vereist_pct", "median_value": "mediaan", "median_share_pct": "mediaan_deel_pct", "yes": "in_orde",
    "no": "niet_in_orde", "unknown": "niet_bekend",
}  # fmt: skip


def flanders_csv_files(_contents: object, flanders: Flanders) -> dict[str, bytes]:
    """The file ``vlaanderen.csv``: one row per area and target, every digit kept, one count per verdict."""
    names = {target.id: target.name for target in flanders.catalog.measured}
    areas = flanders.results.areas.assign(doel=lambda frame: frame["target_id"].map(names))
    counts = {name: f"aantal_{name.replace(' ', '_')}" for name in areas.columns if name in MARKS}
    frame = areas[[*_AREAS, *counts]].rename(columns=_AREAS | counts)
    return {"vlaanderen.csv": frame.to_csv(index=False, lineterminator="\r\n").encode("utf-8-sig")}


# ---- workbook


def _block_frame(block: Mapping[str, Any]) -> pd.DataFrame:
    """A table of the report as it reads there: the same words in the workbook as on the page."""
    if "parts" not in block:  # a municipality without a target that applies has no such table
        return pd.DataFrame(columns=["Doel"])
    rows = [[part["label"], *row] for part in block["parts"] for row in part["rows"]]
    frame = pd.DataFrame(rows, columns=["Groep", *(column["label"] for column in block["columns"])])
    return frame if frame["Groep"].any() else frame.drop(columns="Groep")


def _number_frame(report: Report) -> pd.DataFrame:
    """One row per target with its numbers as numbers."""
    frame = report.cijfers.reset_index()
    frame[["unit", "level_unit"]] = frame[["unit", "level_unit"]].fillna("")
    frame["reference_date"] = pd.to_datetime(frame["reference_date"]).dt.date
    heads = {
        "nr": "Nr", "name": "Doel", "value": "Stand", "unit": "Eenheid", "level": "Niveau",
        "level_unit": "Eenheid van het niveau", "share_pct": "Deel van het doel (%)", "expected_pct": "Vereist (%)",
        "verdict": "Oordeel", "tempo": "Tempo", "pace_per_year": "Tempo per jaar", "needed_per_year": "Nodig per jaar",
        "reference_date": "Datum", "source": "Bron",
    }  # fmt: skip
    return frame[list(heads)].rename(columns=heads)


def _short_frame(report: Report, brief: Mapping[str, Any]) -> pd.DataFrame:
    manifest, parameters = report.edition.manifest, report.resolved_parameters().model_dump(exclude=set(LOOK))
    rows = [
        ("Verslag", f"Klimaatpactverslag {report.place.name}, {manifest.title}"), ("Let op", manifest.banner),
        ("Stand op", date_text(report.on)), ("Boodschap", report.headline), *(("", text) for text in report.lead),
        *((item["word"], item["n"]) for item in brief["counts"]), ("Cijfers bekend op", date_text(manifest.built)),
        ("Verwijzing", citation(report)), ("lekp", __version__),
        *((f"Parameter {name}", value) for name, value in parameters.items()),
    ]  # fmt: skip
    return pd.DataFrame([row for row in rows if row[1] not in ("", None)], columns=["Wat", "Waarde"])


def _write_sheet(book: Workbook, name: str, frame: pd.DataFrame, top: str) -> None:
    """One sheet: what it is, a frozen head, columns as wide as their content."""
    sheet, bold = book.add_worksheet(name), book.add_format({"bold": True})
    wrap = book.add_format({"text_wrap": True, "valign": "top"})
    sheet.write_row(1, 0, frame.columns)
    for place, (head, column) in enumerate(frame.astype(object).where(frame.notna(), None).items()):
        cells = [safe_text(cell) for cell in column]
        sheet.write_column(2, place, cells)
        longest = max(len(str(cell)) for cell in (head, *cells) if cell is not None)
        sheet.set_column(place, place, min(max(longest + 2, 8), 60), wrap if longest > 60 else None)
    sheet.write_string(0, 0, safe_text(top), bold)
    sheet.freeze_panes(2, 1 if name in ("Kort", "Bronnen") else 2)
    sheet.autofilter(1, 0, len(frame) + 1, len(frame.columns) - 1)
    sheet.set_landscape()
    sheet.set_paper(9)
    sheet.fit_to_pages(1, 0)
    sheet.repeat_rows(1)


def workbook(title: str, edition: Edition, on: dt.date, sheets: Mapping[str, pd.DataFrame]) -> bytes:
    """Tables as a spreadsheet, a sheet each, below what they are; equal input gives equal bytes."""
    result, banner = io.BytesIO(), edition.manifest.banner
    top = f"{banner}. " * bool(banner) + f"{title.removesuffix('.')}. Stand op {date_text(on)}."
    with Workbook(result, {"in_memory": True, "default_date_format": "dd/mm/yyyy"}) as book:
        created = dt.datetime.combine(edition.manifest.built, dt.time())
        book.set_properties({"title": title, "author": "lekp", "created": created})
        for name, frame in sheets.items():
            _write_sheet(book, name, frame, top)
    return result.getvalue()


def workbook_files(contents: Any, report: Report) -> dict[str, bytes]:
    """The file ``cijfers.xlsx``: sheets Kort, Cijfers, Reeksen, Vergelijking and Bronnen; same input, same bytes."""
    heads = {field["name"]: field["title"] for field in _fields()}
    sources = [(s.name, s.organisation, s.licence, s.url or "") for s in _sources(report)]
    sheets = {
        "Kort": _short_frame(report, contents.find("kort") or report.kort().data),
        "Cijfers": _number_frame(report),
        "Reeksen": own_figures(report).drop(columns=_NOT_IN_A_SHEET).rename(columns=heads),
        "Vergelijking": _block_frame(report.vergelijkingstabel().data),
        "Bronnen": pd.DataFrame(sources, columns=["Bron", "Organisatie", "Licentie", "Adres"]),
    }
    return {"cijfers.xlsx": workbook(citation(report), report.edition, report.on, sheets)}
