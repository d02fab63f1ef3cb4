"""Every number in the files of a report against the expected tables: page, pdf, slides, council text, workbook, csv.

Nothing of lekp_lib is imported. What a target may be told with is worked out as exact fractions; a number that is
printed must be one of them, rounded half up to its own decimals (or upwards, for a pace that must suffice).
``python tests/independent/report_numbers.py FOLDER EDITIE`` prints what it cannot explain, for all reports in FOLDER.
"""

from __future__ import annotations

import csv
import io
import json
import math
import re
import subprocess
import sys
import zipfile
from collections import Counter
from collections.abc import Iterable, Iterator
from fractions import Fraction
from functools import cache
from pathlib import Path
from typing import Any

import docx
import openpyxl
import pandas as pd
from dateutil.relativedelta import relativedelta
from lxml import html

try:
    from tests.independent import expected_tables as tables
except ImportError:  # started as a program
    import expected_tables as tables  # type: ignore[no-redef]

MONTHS = "januari|februari|maart|april|mei|juni|juli|augustus|september|oktober|november|december"
#: Dates, years, versions of the pact, addresses, codes: numbers that measure nothing.
_NO_AMOUNT = re.compile(
    rf"\d{{1,2}} (?:{MONTHS})(?: \d{{4}})?|"
    r"\b\d{1,2}/\d{1,2}/\d{4}|\b\d{1,2}/\d{4}|\d{1,2}-\d{1,2}-\d{4}"
    r"|\b(?:19|20)\d\d\b(?![.,]\d)|\b[Pp]act \d\.\d|LEKP \d\.\d|\b2\.[01]\b|\b1\.0\b|https?://\S+|CO2|PDF/\S+"
    r"|\b[0-9a-f]{10}\b"
)
_NUMBER = re.compile(r"(?<![\w,.])[−-]?\d{1,3}(?:\.\d{3})+(?:,\d+)?|(?<![\w,.])[−-]?\d+(?:,\d+)?")


def numbers_in(text: str) -> Iterator[tuple[str, Fraction, int]]:
    """Numbers of a Dutch text that measure something: as printed, their value, their decimals."""
    clean = _NO_AMOUNT.sub(" ", text.replace("\u00a0", " ").replace("\u202f", " "))
    for match in _NUMBER.finditer(clean):
        plain = match[0].replace(".", "").replace("−", "-").replace(",", ".")
        yield match[0], Fraction(plain), len(plain.partition(".")[2])


class Known(set[Fraction]):
    """Exact numbers that may be printed."""

    def __init__(self, numbers: Iterable[Fraction]) -> None:
        super().__init__(numbers)
        self._printed: dict[int, set[Fraction]] = {}

    def explains(self, printed: Fraction, decimals: int) -> bool:
        """Whether one of the numbers prints like this: half up, or upwards for a pace that must suffice."""
        if decimals not in self._printed:
            both = {abs(number) for number in self} | set(self)
            up = {Fraction(math.ceil(number * 10**decimals), 10**decimals) for number in both}
            self._printed[decimals] = up | {tables.half_up(number, decimals) for number in both}
        return printed in self._printed[decimals]


@cache
def counts_of(edition: str, target_id: str) -> frozenset[Fraction]:
    """How many municipalities have what, over one target."""
    rows = [row for (_, name), row in tables.assess(edition).items() if name == target_id]
    counts = Counter(row["verdict"] for row in rows)
    known = [row for row in rows if row.get("parts_yes") is not None and row["verdict"] != "niet van toepassing"]
    yes = sum(row["parts_yes"] == row["parts_total"] for row in known)
    more = [len(rows), len(known), yes, len(known) - yes, sum(row.get("share_pct") is not None for row in rows)]
    return frozenset(map(Fraction, [*counts.values(), *more]))


def text_numbers(declared: object) -> set[Fraction]:
    """Numbers in the declared texts of a target, which a report may quote."""
    if isinstance(declared, dict):
        return set().union(*(text_numbers(value) for value in declared.values()), set())
    if isinstance(declared, list):
        return set().union(*(text_numbers(value) for value in declared), set())
    if isinstance(declared, str):
        return {value for _, value, _ in numbers_in(declared)}
    measured = isinstance(declared, int | float) and not isinstance(declared, bool)
    return {tables.exact(declared)} if measured else set()


@cache
def at_level(edition: str, target_id: str) -> frozenset[Fraction]:
    """How many municipalities reach the highest level that is asked of any: of the pact, or on average until now."""
    target = next(item for item in tables.pact() if item["id"] == target_id)
    indicator, per, per_n, _ = tables.RATES[target["nr"]]
    rows = [row for (_, name), row in tables.assess(edition).items() if name == target_id and row.get("level")]
    if per is None:
        asked = [[row["level"] * part / 100 for row in rows if (part := row.get("expected_pct"))]]
        highest = {max(levels, default=Fraction(100)) for levels in (*asked, [row["level"] for row in rows])}
    else:
        levels = [item for item in target["levels"].values() if item.get("indicator", indicator) == indicator]
        highest = {max(tables.exact(item["factor"]) / item["per_n"] * per_n for item in levels)}
    known = tables.rates(edition, target_id).values()
    return frozenset(Fraction(sum(rate >= level for rate in known)) for level in highest)


def compared_numbers(edition: str, nis: str, target: dict[str, Any]) -> set[Fraction]:
    """Rates, medians, ranks and counts of the comparison, neighbours and everybody else's rate among them."""
    known = tables.rates(edition, target["id"])
    found = set(known.values()) | {Fraction(len(known))} | at_level(edition, target["id"])
    for group in tables.compare(edition, nis, target).values():
        found |= {Fraction(value) for value in group.values() if value is not None}
    # Dots beyond an end of the axis are counted: any number of the highest or lowest ones.
    return (
        found | set(map(Fraction, range(len(known) // 20 + 2))) | {Fraction(sum(rate < 0 for rate in known.values()))}
    )


@cache
def known_numbers(edition: str, nis: str, target_id: str) -> Known:
    """Everything that a report may say of one municipality and one target."""
    target = next(item for item in tables.pact() if item["id"] == target_id)
    row, place = tables.assess(edition)[nis, target["id"]], tables.register()[nis]
    own = tables.figures(edition).get((target["id"], nis), [])
    ages = [relativedelta(tables.REFERENCE_DATES[edition], figure["day"]) for figure in own]
    found = {Fraction(12 * age.years + age.months) for age in ages}
    found |= {figure["value"] for figure in own} | text_numbers(target) | counts_of(edition, target["id"])
    before = tables.figures(edition, "former")
    found |= {figure["value"] for part in place["parts"] for figure in before.get((target["id"], part), [])}
    if rule := target.get("weight_rule"):  # the least and the most that counted points weigh
        weights = [tables.exact(band["weight"]) * tables.exact(part) for band in rule["bands"]
                   for part in rule["part_factors"].values()]  # fmt: skip
        found |= {Fraction(math.floor(figure["value"] * end)) for figure in own for end in (min(weights), max(weights))}
    names = ("level", "level_exact", "value", "share_pct", "expected_pct", "pace_per_year", "needed_per_year",
             "projected_pct", "parts_yes", "parts_total")  # fmt: skip
    found |= {Fraction(row[name]) for name in names if row.get(name) is not None}
    level, value, share, expected = (row.get(name) for name in ("level", "value", "share_pct", "expected_pct"))
    if level is not None and value is not None:
        found |= {level - value, 100 * value / level if level else Fraction(0)}
        found |= {100 * figure["value"] / level for figure in own if level}
    if level is not None and expected is not None:
        found.add(level * expected / 100)
    if share is not None and expected is not None:
        found.add(expected - share)
    pace, needed = row.get("pace_per_year"), row.get("needed_per_year")
    if pace and needed:
        found |= {needed / pace, Fraction(math.floor(needed / pace))}
    if row.get("projected_pct") is not None:
        projected = row["projected_pct"] * level / 100
        found |= {projected, Fraction(math.floor(projected))}
    found |= {Fraction(place[kind]) for kind in ("inwoners", "wooneenheden", "huishoudens", "size")}
    declared = tables.level_of(target, place["version"])
    if declared and "factor" in declared:
        newest = {**place, "inwoners": place["size"]}
        found |= {tables.shown_level(tables.amount_of(declared, target, spot, frozenset(tables.RULES)), declared,
                                     frozenset(tables.RULES)) for spot in (place, newest)}  # fmt: skip
        part = {**declared, "factor": declared.get("of_which", declared)["factor"]}
        found.add(Fraction(math.floor(tables.amount_of(part, target, place, frozenset(tables.RULES)))))
        if target.get("nr") in tables.RATES and expected is not None:
            per_n = Fraction(tables.RATES[target["nr"]][2])
            found |= {
                tables.exact(declared["factor"]) / declared["per_n"] * per_n * part for part in (1, expected / 100)
            }
    if target.get("nr") in tables.RATES:
        found |= compared_numbers(edition, nis, target)
    return Known(found | {Fraction(tables.MAX_AGE_MONTHS), *map(Fraction, range(13))})


def visible_text(element: html.HtmlElement) -> str:
    """Text of a part of a page; of a drawing only labels that hold a word, because ticks are no statements."""
    parts = list(element.xpath(".//text()[not(ancestor::*[local-name()='svg'])]"))
    labels = element.xpath(".//*[local-name()='svg']//*[local-name()='text']/text()")
    return " \n ".join([*parts, *(label for label in labels if re.search(r"[A-Za-z]{2}", label))])


def faults_of_page(edition: str, nis: str, page: bytes) -> Iterator[str]:
    """Numbers in the section of a target that nothing explains, and key numbers that are not there."""
    root = html.fromstring(page)
    for target in tables.pact():
        sections = root.xpath(f"//section[@id='{target['id']}']")
        known = known_numbers(edition, nis, target["id"])
        for section in sections:
            for printed, value, decimals in numbers_in(visible_text(section)):
                if not known.explains(value, decimals):
                    yield f"{nis} {target['id']}: page says {printed}"


@cache
def beside(edition: str, nis: str) -> frozenset[Fraction]:
    """Numbers that the edition quotes beside the pact: published targets and plans of the municipality."""
    path = tables.LIBRARY / "edition" / "embedded" / edition / "context.parquet"
    if not path.is_file():
        return frozenset()
    context = pd.read_parquet(path)
    fields = context.loc[context["nis"] == nis, "fields"]
    return frozenset(set().union(*(text_numbers(json.loads(text)) for text in fields)))


def all_known(edition: str, nis: str) -> Known:
    """What any text of a report may say: all targets together, and how many of them have which verdict."""
    rows = [tables.assess(edition)[nis, target["id"]] for target in tables.pact() if target.get("nr")]
    verdicts = Counter(row["verdict"] for row in rows)
    tempos = Counter(row.get("tempo") for row in rows)
    sums = {sum(verdicts[word] for word in words) for words in (
        ("doel gehaald", "op koers"), ("lichte achterstand", "grote achterstand"), tuple(verdicts),
    )}  # fmt: skip
    found = {Fraction(n) for n in (*verdicts.values(), *tempos.values(), *sums, *range(32))}
    return Known(found.union(beside(edition, nis), *(known_numbers(edition, nis, t["id"]) for t in tables.pact())))


def faults_of_csv(edition: str, nis: str, content: str) -> Iterator[str]:
    """Judged rows of the csv against the table, to the last digit that a float holds."""
    names = {"niveau": "level", "deel_pct": "share_pct", "vereist_pct": "expected_pct"}
    for line in csv.DictReader(io.StringIO(content)):
        own = {float(figure["value"]) for figure in tables.figures(edition).get((line["doel_id"], nis), [])}
        if line["cijfer"] and float(line["cijfer"]) not in own:
            yield f"{nis} {line['doel_id']}: csv figure {line['cijfer']}, expected one of {sorted(own)}"
        if not line["oordeel"]:
            continue
        row = tables.assess(edition)[nis, line["doel_id"]]
        for words, name in (("oordeel", "verdict"), ("reden", "reason"), ("tempo", "tempo")):
            if line[words] != (row.get(name) or ""):
                yield f"{nis} {line['doel_id']}: csv {words} {line[words]!r}, expected {row.get(name)!r}"
        for words, name in names.items():
            given, wanted = line[words], row.get(name)
            if (given == "") != (wanted is None) or (
                given and abs(float(given) - float(wanted)) > 1e-9 * abs(wanted) + 1e-9
            ):
                yield f"{nis} {line['doel_id']}: csv {words} {given!r}, expected {wanted and float(wanted)!r}"


def faults_of_workbook(edition: str, nis: str, path: Path) -> Iterator[str]:
    """Sheet Cijfers against the table."""
    sheet = openpyxl.load_workbook(path)["Cijfers"]
    heads, *rows = list(sheet.iter_rows(min_row=2, values_only=True))
    numbered = {target["nr"]: target["id"] for target in tables.pact() if target.get("nr")}
    names = {"Niveau": "level", "Deel van het doel (%)": "share_pct", "Vereist (%)": "expected_pct",
             "Tempo per jaar": "pace_per_year", "Nodig per jaar": "needed_per_year"}  # fmt: skip
    for cells in rows:
        line = dict(zip(heads, cells, strict=True))
        if line["Nr"] not in numbered:
            continue
        row = tables.assess(edition)[nis, numbered[line["Nr"]]]
        if line["Oordeel"] != row["verdict"]:
            yield f"{nis} {line['Doel']}: workbook says {line['Oordeel']!r}, expected {row['verdict']!r}"
        for head, name in names.items():
            given, wanted = line[head], row.get(name)
            if (given is None) != (wanted is None) or (given is not None and abs(given - float(wanted)) > 1e-6):
                yield f"{nis} {line['Doel']}: workbook {head} {given!r}, expected {wanted and float(wanted)!r}"


def told_lines(folder: Path) -> Iterator[tuple[str, str]]:
    """Lines that are about one target each: name of the file, and the line, which begins with its name."""
    if (folder / "cijfers.xlsx").is_file():
        sheet = openpyxl.load_workbook(folder / "cijfers.xlsx")["Vergelijking"]
        for cells in sheet.iter_rows(min_row=3, values_only=True):
            yield "cijfers.xlsx", " ".join(str(cell) for cell in cells if cell is not None)
    if (folder / "besluit.docx").is_file():
        document = docx.Document(str(folder / "besluit.docx"))
        for row in document.tables[0].rows if document.tables else ():
            yield "besluit.docx", " ".join(cell.text for cell in row.cells)
        yield from (("besluit.docx", part.text) for part in document.paragraphs)
    for name in ("besluit.txt", "besluit.html", "presentatie.html"):
        if (folder / name).is_file() and name.endswith(".txt"):
            yield from ((name, line.removeprefix("- ")) for line in (folder / name).read_text("utf-8").splitlines())
        elif (folder / name).is_file():
            root = html.fromstring((folder / name).read_bytes())
            yield from ((name, visible_text(part).strip()) for part in root.xpath("//tr | //li | //section[h3]"))


def faults_of_lines(edition: str, nis: str, folder: Path) -> Iterator[str]:
    """Numbers, whole ones too, in lines about one target that its own table does not explain."""
    names = {target["name"]: target["id"] for target in tables.pact()}
    for name, line in told_lines(folder):
        about = max((known for known in names if line.startswith(known)), key=len, default=None)
        if about is not None:
            known = known_numbers(edition, nis, names[about])
            strange = [
                p for p, value, decimals in numbers_in(line[len(about) :]) if not known.explains(value, decimals)
            ]
            yield from (f"{nis} {name}, {about}: {printed}" for printed in strange)


#: A number that says something on paper, where ticks of axes stand between the words: a share, or a part of a level.
_SAID = re.compile(r"(?<![\w,.])([−-]?[\d.]*\d(?:,\d+)?)(?= van (?!de |\d+ \w+ 20)|\s?%| te gaan)")


def loose_texts(folder: Path) -> Iterator[tuple[str, str]]:
    """Texts of the files in which targets are not told apart: name of the file, text."""
    for name in ("rapport.pdf", "kort.pdf"):
        if (folder / name).is_file():
            done = subprocess.run(["pdftotext", "-layout", folder / name, "-"], capture_output=True, check=True)
            yield name, done.stdout.decode()
    if (folder / "presentatie.html").is_file():
        yield "presentatie.html", visible_text(html.fromstring((folder / "presentatie.html").read_bytes()).find("body"))
    if (folder / "besluit.docx").is_file():
        with zipfile.ZipFile(folder / "besluit.docx") as archive:
            document = archive.read("word/document.xml").decode()
        yield "besluit.docx", re.sub(r"<[^>]+>", "", document.replace("</w:p>", "\n"))


def verdict_faults(edition: str, nis: str, folder: Path) -> Iterator[str]:
    """The list of 17 on the page: every target with its own word."""
    root = html.fromstring((folder / "rapport.html").read_bytes())
    listed = {link.get("href", "").lstrip("#"): row for row in root.xpath("//*[@id='kort']//li[.//*[@class]]")
              for link in row.xpath(".//a")}  # fmt: skip
    for target in tables.pact():
        row, told = tables.assess(edition)[nis, target["id"]], listed.get(target["id"])
        if told is not None and row["verdict"] not in " ".join(told.text_content().split()):
            yield f"{nis} {target['id']}: the list does not say {row['verdict']!r}"


def faults_of(edition: str, folder: Path) -> list[str]:
    """Everything in the folder of one report that the expected tables do not explain."""
    nis = folder.name.partition("-")[0]
    found = [
        *faults_of_page(edition, nis, (folder / "rapport.html").read_bytes()),
        *verdict_faults(edition, nis, folder),
    ]
    if (folder / "cijfers.csv").is_file():
        found += faults_of_csv(edition, nis, (folder / "cijfers.csv").read_text("utf-8-sig"))
    if (folder / "cijfers.xlsx").is_file():
        found += faults_of_workbook(edition, nis, folder / "cijfers.xlsx")
    known = all_known(edition, nis)
    for name, text in loose_texts(folder):
        told = [number for number in numbers_in(text) if number[2]]
        told += [number for part in _SAID.findall(text.replace("\u00a0", " ")) for number in numbers_in(part)]
        found += [f"{nis} {name}: {p}" for p, value, decimals in told if not known.explains(value, decimals)]
    return [*found, *faults_of_lines(edition, nis, folder)]


if __name__ == "__main__":
    total: Counter[str] = Counter()
    for place in sorted(path for path in Path(sys.argv[1]).iterdir() if (path / "rapport.html").is_file()):
        if place.name[:5].isdigit():
            faults = faults_of(sys.argv[2], place)
            total["reports"] += 1
            total["faults"] += len(faults)
            print("\n".join(faults[:40]))
    print(dict(total))
