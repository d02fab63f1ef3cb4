"""The run report: one small web page that says which reports are there, which are not, and why."""

from __future__ import annotations

from html import escape
from pathlib import Path

from lekp_lib.batch.record import RunRecord, write_atomically
from lekp_lib.batch.tasks import ReportResult, Status
from lekp_lib.present.numbers import count_noun, number
from lekp_lib.present.palette import css_variables
from lekp_lib.report.outputs import BROKEN_FOLDER

PAGE_FILE = "run.html"
_STYLE = """
body{font:1rem/1.5 "Source Sans Pro","Segoe UI",Roboto,Arial,sans-serif;max-width:60rem;margin:2rem auto;padding:0 1rem}
table{border-collapse:collapse;width:100%}caption{text-align:left;font-weight:600;padding:.5rem 0}
th,td{text-align:left;vertical-align:top;padding:.3rem .6rem .3rem 0;border-bottom:1px solid #767676}
td.n,th.n{text-align:right}pre{white-space:pre-wrap;overflow-wrap:anywhere;margin:0}
.banner{border:2px solid;padding:.5rem 1rem;font-weight:600}
"""


def _duration(seconds: float) -> str:
    minutes, rest = divmod(round(seconds), 60)
    return f"{minutes} min {rest} s" if minutes else f"{number(seconds, 1)} s"


def _table(caption: str, heads: tuple[str, ...], rows: list[tuple[str, ...]]) -> str:
    """Table whose cells are finished HTML; the first cell of a row is its head."""
    head = "".join(f'<th scope="col">{item}</th>' for item in heads)
    body = "".join(
        f'<tr><th scope="row">{row[0]}</th>{"".join(f"<td>{cell}</td>" for cell in row[1:])}</tr>' for row in rows
    )
    return f"<table><caption>{caption}</caption><thead><tr>{head}</tr></thead><tbody>{body}</tbody></table>"


def _failure_row(folder: Path, result: ReportResult) -> tuple[str, ...]:
    message = result.cell or result.message.split("\n  The broken notebook", 1)[0]
    kept = f"{BROKEN_FOLDER}/{result.nis}"
    link = f'<a href="{kept}/">{kept}</a>' if (folder / kept).is_dir() else ""
    text = f'<pre lang="en">{escape(message[:1500])}</pre>' if result.status is Status.FAILED else escape(message)
    return f"{escape(result.name)} ({result.nis})", str(result.status), text, link


def _headline(record: RunRecord) -> str:
    made, skipped = record.count(Status.DONE), record.count(Status.SKIPPED)
    missing = record.count(Status.FAILED) + record.count(Status.ABORTED)
    there = count_noun(made + skipped, "verslag", "verslagen")
    if not missing:
        return f"{there}: alles is klaar"
    return f"{count_noun(missing, 'verslag ontbreekt', 'verslagen ontbreken')}, {made + skipped} zijn er"


def run_page(folder: Path, record: RunRecord) -> str:
    """The page as HTML.

    Parameters
    ----------
    folder
        Folder of the edition in the outputs, for the links to what was kept.
    record
        The run.
    """
    title = _headline(record)
    counts = _table(
        "Verslagen per toestand", ("Toestand", "Aantal"),
        [(str(status), str(record.count(status))) for status in Status],
    )  # fmt: skip
    missing = record.with_status(Status.FAILED, Status.ABORTED)
    failures = _table(
        "Wat ontbreekt, en waarom", ("Gemeente", "Toestand", "Melding", "Bewaard"),
        [_failure_row(folder, result) for result in missing],
    )  # fmt: skip
    settings = _table(
        "Hoe deze run verliep", ("Wat", "Waarde"),
        [("Begonnen", escape(record.started)), ("Beëindigd", escape(record.finished)),
         ("Duur", _duration(record.seconds)),
         *((escape(str(key)), escape(str(value))) for key, value in record.settings.items())],
    )  # fmt: skip
    made = sorted(record.with_status(Status.DONE), key=lambda result: -result.seconds)
    slowest = _table(
        "De traagste verslagen", ("Gemeente", "Duur", "Rekentijd", "Geheugen"),
        [(f"{escape(item.name)} ({item.nis})", f"{number(item.seconds, 2)} s", f"{number(item.cpu_seconds, 2)} s",
          f"{number(item.peak_kb / 1024)} MB") for item in made[:10]],
    )  # fmt: skip
    parts = [
        f'<p class="banner">{escape(record.banner)}</p>' if record.banner else "",
        f"<h1>{escape(title)}</h1>",
        f"<p>Editie {escape(record.edition_title)} ({escape(record.edition_id)}).</p>",
        f"<p>Vroegtijdig gestopt: {escape(record.reason)}</p>" if record.reason else "",
        counts,
        failures if missing else "",
        settings,
        slowest if made else "",
    ]
    return (
        '<!doctype html>\n<html lang="nl-BE"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width,initial-scale=1">'
        f"<title>Run {escape(record.edition_id)}: {escape(title)}</title><style>{css_variables()}{_STYLE}</style>"
        f"</head><body><main>{''.join(parts)}</main></body></html>\n"
    )


def write_run_page(folder: Path, record: RunRecord) -> Path:
    """Write the page beside the reports.

    Parameters
    ----------
    folder
        Folder of the edition in the outputs.
    record
        The run.
    """
    path = folder / PAGE_FILE
    write_atomically(path, run_page(folder, record))
    return path
