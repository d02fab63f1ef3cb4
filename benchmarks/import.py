"""Time and memory of reading and checking files: ``python benchmarks/import.py [--rows 100000]``.

No pass or fail: it prints processor seconds, rows per second and the largest memory of the process after each step.
Every step runs in a process of its own, and so does the making of its file: none pays for another. In the line of the
whole import, "check" is keeping the file and writing the ledger; reading, checking and comparing stand before it.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import multiprocessing
import resource
import tempfile
import time
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path

from lekp_lib.data.checks import check_figures
from lekp_lib.data.importing import ImportContext, apply_import, plan_import
from lekp_lib.data.readers import read_file
from lekp_lib.data.schema import find_shape
from lekp_lib.pact import load_catalog
from lekp_lib.register import load_register

HEADER = ("nis", "doel", "deelindicator", "datum", "waarde", "eenheid", "status", "opmerking")


def _codes() -> list[str]:
    return [place.nis for place in load_register().municipalities(dt.date(2025, 1, 1))]


def _rows(count: int) -> Iterator[tuple[str, ...]]:
    """One cumulative series per municipality that rises a little every few days.

    Nothing is found but that figures of municipalities of 2025 are older than these: a warning each.
    """
    codes, first = _codes(), dt.date(2021, 1, 1)
    days = max(1, 1750 // (1 + count // len(codes)))
    for number in range(count):
        step = number // len(codes)
        date = first + dt.timedelta(days=days * step)
        value = f"{100 + step},{number % 10}"
        yield (
            codes[number % len(codes)],
            "ontharding",
            "publiek",
            date.isoformat(),
            value,
            "m2",
            "definitief",
            f"rij {number}",
        )


def template_csv(count: int) -> bytes:
    """A filled template of so many rows."""
    return "\n".join(";".join(row) for row in (HEADER, *_rows(count))).encode()


def template_xlsx(count: int) -> bytes:
    """The same as a workbook."""
    from xlsxwriter import Workbook

    stream = io.BytesIO()
    book = Workbook(stream, {"in_memory": True})
    sheet = book.add_worksheet("Cijfers")
    for line, row in enumerate((HEADER, *_rows(count))):
        sheet.write_row(line, 0, row)
    book.close()
    return stream.getvalue()


def population_zip(count: int) -> bytes:
    """A zip as Statbel publishes it: 21 columns, one row per sex, age and status."""
    codes = _codes()
    columns = ["CD_REFNIS", "MS_POPULATION", *(f"C{number}" for number in range(19))]
    filler = "|".join(f"tekst{number}" for number in range(19))
    lines = ("|".join((codes[number % 285], str(number % 40), filler)) for number in range(count))
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("TF_SOC_POP_STRUCT_2025.txt", "\n".join(("|".join(columns), *lines)))
    return stream.getvalue()


def building_stock(count: int) -> bytes:
    """The building stock of Statbel: one row per municipality, kind of building and kind of number."""
    codes = _codes()
    lines = (f"2025;{codes[number % 285]};5;T{1 + number % 9};{100 + number % 50}" for number in range(count))
    return "\n".join(("CD_YEAR;CD_REFNIS;CD_REFNIS_LVL;CD_STAT_TYPE;MS_VALUE", *lines)).encode()


def _told(name: str, count: int, content: bytes, figures: int, seconds: tuple[float, float], findings: int) -> None:
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    read, checked = seconds
    told = f"{read:>9.2f}{count / read:>10,.0f}{checked:>10.2f}{peak:>10.0f}"
    print(f"{name:<24}{count:>9}{len(content) / 1e6:>8.1f}{told}{figures:>9}{findings:>9}", flush=True)


def _write(make: Callable[[int], bytes], count: int, path: Path) -> None:
    path.write_bytes(make(count))


def _measure(name: str, path: Path, shape: str, count: int) -> None:
    content = path.read_bytes()
    catalog, register = load_catalog(), load_register()
    options = {"datum": "2025"} if shape == "statbel_bevolking" else {}
    start = time.process_time()
    found = read_file(content, find_shape(shape), catalog, register, options=options, name=name)
    read = time.process_time()
    findings = check_figures(found.figures, catalog, register)
    seconds = read - start, time.process_time() - read
    _told(name, count, content, len(found.figures) + len(found.counts), seconds, len(findings))


def _import(name: str, file: Path, shape: str, count: int) -> None:
    """What the command does: read, check, compare with what is there, keep the file, write the ledger."""
    content, today = file.read_bytes(), dt.date(2026, 1, 31)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "cijfers.csv"
        path.write_bytes(content)
        world = ImportContext(load_catalog(), load_register(), Path(folder) / "data")
        start = time.process_time()
        plan = plan_import(path, shape, world, today=today)
        planned = time.process_time()
        apply_import(plan)
        seconds = planned - start, time.process_time() - planned
    _told(name, count, content, len(plan.changes), seconds, len(plan.findings))


def main() -> None:
    """Measure every format."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    count = parser.parse_args().rows
    head = f"{'rows/s':>10}{'check s':>10}{'peak MB':>10}{'figures':>9}{'findings':>9}"
    print(f"{'file':<24}{'rows':>9}{'MB':>8}{'read s':>9}{head}")
    steps = [
        (_measure, "template csv", template_csv, "sjabloon", count),
        (_measure, "template xlsx", template_xlsx, "sjabloon", count),
        (_measure, "Statbel population zip", population_zip, "statbel_bevolking", 467_615),
        (_measure, "Statbel building stock", building_stock, "statbel_gebouwenpark", 85_836),
        (_import, "whole import, csv", template_csv, "sjabloon", count),
    ]
    context = multiprocessing.get_context("spawn")
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "made"
        for step, name, make, shape, number in steps:
            for work, arguments in ((_write, (make, number, path)), (step, (name, path, shape, number))):
                process = context.Process(target=work, args=arguments)
                process.start()
                process.join()
                if process.exitcode:
                    raise SystemExit(f"{name}: {work.__name__.lstrip('_')} ended with code {process.exitcode}")


if __name__ == "__main__":
    main()
