"""Time and memory of reading and checking files: ``python benchmarks/import.py [--rows 100000]``.

No pass or fail: it prints seconds, rows per second and the largest memory of the process after each step. Every step
runs in a process of its own, so that one does not pay for another.
"""

from __future__ import annotations

import argparse
import datetime as dt
import io
import multiprocessing
import resource
import time
import zipfile
from collections.abc import Callable, Iterator

from lekp_lib.catalog import load_catalog
from lekp_lib.catalog.load_shapes import find_shape
from lekp_lib.register import load_register
from lekp_lib.sources.plausibility import check_observations
from lekp_lib.sources.read_shape import read_file

HEADER = ("nis", "doel", "deelindicator", "datum", "waarde", "eenheid", "status", "opmerking")


def _codes() -> list[str]:
    return [place.nis for place in load_register().municipalities(dt.date(2025, 1, 1))]


def _rows(count: int) -> Iterator[tuple[str, ...]]:
    codes = _codes()
    for number in range(count):
        date = f"{2021 + number // 285 % 5}-{1 + number // 1425 % 12:02d}-{1 + number // 17100 % 28:02d}"
        value = f"{number // 285},{number % 10}"
        yield (codes[number % 285], "ontharding", "publiek", date, value, "m2", "gemeten", f"rij {number}")


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


def _measure(name: str, make: Callable[[int], bytes], shape: str, count: int) -> None:
    content = make(count)
    catalog, register = load_catalog(), load_register()
    options = {"datum": "2025"} if shape == "statbel_bevolking" else {}
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    start = time.perf_counter()
    found = read_file(content, find_shape(shape), catalog, register, options=options, name=name)
    read = time.perf_counter() - start
    start = time.perf_counter()
    findings = check_observations(found.observations, catalog, register)
    checked = time.perf_counter() - start
    after = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    figures = len(found.observations) + len(found.counts)
    told = f"{count / read:>10,.0f}{checked:>10.2f}{before / 1024:>12.0f}{after / 1024:>12.0f}"
    print(f"{name:<22}{count:>9}{len(content) / 1e6:>8.1f}{read:>9.2f}{told}{figures:>9}{len(findings):>9}", flush=True)


def main() -> None:
    """Measure every format."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rows", type=int, default=100_000)
    count = parser.parse_args().rows
    head = f"{'rows/s':>10}{'check s':>10}{'MB before':>12}{'MB after':>12}{'figures':>9}{'findings':>9}"
    print(f"{'file':<22}{'rows':>9}{'MB':>8}{'read s':>9}{head}")
    steps = [
        ("template csv", template_csv, "sjabloon", count),
        ("template xlsx", template_xlsx, "sjabloon", count),
        ("Statbel population zip", population_zip, "statbel_bevolking", 467_615),
    ]
    context = multiprocessing.get_context("spawn")
    for step in steps:
        process = context.Process(target=_measure, args=step)
        process.start()
        process.join()


if __name__ == "__main__":
    main()
