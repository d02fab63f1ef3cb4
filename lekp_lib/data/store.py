"""What a data folder keeps: raw files with their passports, and the ledger of imports; and when sources are due.

Raw files are never changed and stand under the fingerprint of their content. Raw files plus ledger are all that an
edition needs to be made again: the same bytes read by the same declared shape give the same figures. One program
writes at a time, whole files only; any number may read.
"""

import datetime as dt
import hashlib
import json
import mimetypes
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any, TypeVar

import pandas as pd
from filelock import FileLock, Timeout
from pydantic import BaseModel, Field, ValidationError

from lekp_lib.errors import LekpError, Problem, ProblemGroup
from lekp_lib.pact import Catalog, Declared, Source
from lekp_lib.paths import sha256_of, write_file
from lekp_lib.register import Register

LOCK, LOCK_WAIT_S = ".slot", 120
RAW_FOLDER, PASSPORTS, LEDGER = "ruw", "paspoorten.jsonl", "imports.jsonl"
#: Simplified layer of VRBG: enough for maps.
FOR_MAPS = "RefgemG100"
#: Beginning of the name of boundaries that somebody handed over, before the day from which they hold.
HANDED_OVER = "grenzen"
STATUS = ["source", "last_reference", "retrieved", "published", "next_expected", "overdue"]
#: Months and days from one figure to the next.
_STEPS = {"wekelijks": (0, 7), "maandelijks": (1, 0), "halfjaarlijks": (6, 0), "jaarlijks": (12, 0)}

Model = TypeVar("Model", bound=BaseModel)


class FileOrigin(Declared):
    """Where a file came from: a figure in a report can be followed back to it.

    Attributes
    ----------
    sha256
        Fingerprint of the content, 64 hexadecimal characters; also its name in the store.
    name
        File name as the provider or the user gave it, without folders; not trusted.
    provider
        Source id of the catalogue (``statbel``, ``mow`` …).
    title
        What the provider calls it.
    url
        Address it was taken from; empty for a file that somebody handed over.
    licence
        Terms of use, as the provider words them.
    published
        Date of publication, when known; licences ask to name it.
    retrieved
        Date on which it was downloaded or handed over.
    """

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    name: str = Field(min_length=1, max_length=255)
    provider: str = Field(pattern=r"^[a-z0-9_]+$")
    title: str = ""
    url: str = Field(default="", pattern=r"^(https?://\S+)?$")
    licence: str = ""
    published: dt.date | None = None
    retrieved: dt.date


class Passport(FileOrigin):
    """Origin of one stored file.

    Attributes
    ----------
    bytes
        Size of the content in bytes.
    media_type
        ``text/csv``, ``application/zip`` …
    """

    bytes: int = Field(ge=0)
    media_type: str = "application/octet-stream"


class ImportEntry(Declared):
    """One import: a line of the ledger.

    Attributes
    ----------
    sha256
        Fingerprint of the raw file.
    shape
        Id of the declared file shape it was read with.
    options
        What the user added to the shape (``datum``, ``grenzen`` …), all as text.
    date
        Day of the import.
    confirmed
        Unlikely figures that a person confirmed, by :attr:`lekp_lib.data.checks.Finding.key`.
    withdrawn
        Day on which the import was withdrawn; its line and its file stay.
    reason
        Why it was withdrawn.
    """

    sha256: str = Field(pattern=r"^[0-9a-f]{64}$")
    shape: str = Field(pattern=r"^[a-z0-9_]+$")
    options: dict[str, str] = Field(default_factory=dict)
    date: dt.date
    confirmed: tuple[str, ...] = ()
    withdrawn: dt.date | None = None
    reason: str = ""

    @property
    def id(self) -> str:
        """Short name of the import: the same for the same file, shape and options."""
        text = json.dumps([self.sha256, self.shape, sorted(self.options.items())])
        return hashlib.sha256(text.encode()).hexdigest()[:8]


@contextmanager
def data_lock(data_dir: Path) -> Iterator[None]:
    """The data folder for one writer; whoever comes second waits. May be taken again inside.

    Raises
    ------
    LekpError
        When another program holds it too long.
    """
    with ExitStack() as held:
        try:
            data_dir.mkdir(parents=True, exist_ok=True)
            held.enter_context(FileLock(data_dir / LOCK, timeout=LOCK_WAIT_S, is_singleton=True))
        except Timeout:
            raise LekpError(f"{data_dir}: een ander programma schrijft hier al {LOCK_WAIT_S} s; wacht even") from None
        yield


def _read_lines(path: Path, model: type[Model]) -> tuple[Model, ...]:
    """Every line of a file as its model; an absent file has no lines, and every wrong line is told."""
    if not path.exists():
        return ()
    found, problems = [], []
    # Bytes: in a text, signs like U+2028 would end a line too.
    for number, line in enumerate(path.read_bytes().splitlines(), start=1):
        try:
            found.append(model.model_validate_json(line, strict=True))
        except ValidationError as error:
            first = error.errors(include_url=False)[0]
            what = ": ".join([*map(str, first["loc"]), repr(first["input"])[:60]])
            advice = "Alleen lekp schrijft dit bestand; zet het terug uit een kopie."
            problems.append(Problem(f"{path}: regel {number}", what, "een regel zoals lekp die schrijft", advice))
    ProblemGroup.raise_any("de administratie van de datamap is beschadigd", problems)
    return tuple(found)


def _write_lines(path: Path, lines: Iterable[BaseModel]) -> None:
    """Every line of a file, without what is as usual."""
    write_file(path, "".join(f"{line.model_dump_json(exclude_defaults=True)}\n" for line in lines).encode())


class RawStore:
    """The raw files of one data folder, in ``ruw/`` below it."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir, self.folder = data_dir, data_dir / RAW_FOLDER

    def put(self, content: bytes | Path, *, name: str, renew: bool = False, **origin: Any) -> Passport:
        """Keep a content with its origin; the same content a second time changes nothing but a passport that is gone.

        Parameters
        ----------
        content
            Bytes, or a file.
        name
            File name; folders are cut off.
        renew
            What is told now stands in place of what was told of the same content before.
        origin
            Other fields of :class:`Passport`: ``provider`` and ``retrieved`` at least.

        Returns
        -------
        Passport
            The one that was made first when the content was known already, unless it is renewed.

        Raises
        ------
        LekpError
            When what is told about its origin is not usable; nothing is stored then.
        """
        name = Path(name.replace("\\", "/")).name or "naamloos"
        data = content if isinstance(content, bytes) else content.read_bytes()
        try:
            origin = {"media_type": mimetypes.guess_type(name)[0] or "application/octet-stream", **origin}
            new = Passport(sha256=hashlib.sha256(data).hexdigest(), bytes=len(data), name=name, **origin)
        except ValidationError as error:
            wrong = "; ".join(f"{item['loc'][0]}: {item['input']!r}" for item in error.errors(include_url=False))
            raise LekpError(f"{name}: wat over de herkomst gezegd is, is niet bruikbaar: {wrong}") from error
        with data_lock(self.data_dir):
            known = {item.sha256: item for item in self.passports() if not renew or item.sha256 != new.sha256}
            # Also when it is there already: an identical file is no change, a damaged one is mended.
            write_file(self.folder / new.sha256[:2] / new.sha256, data)
            if new.sha256 not in known:
                _write_lines(self.folder / PASSPORTS, (*known.values(), new))
        return known.get(new.sha256, new)

    def passports(self) -> tuple[Passport, ...]:
        """All passports, in the order in which the files came in.

        Raises
        ------
        ProblemGroup
            When the list of passports is damaged.
        """
        return _read_lines(self.folder / PASSPORTS, Passport)

    def passport(self, sha256: str) -> Passport:
        """Passport of one file.

        Raises
        ------
        LekpError
            When the store has no such file.
        """
        known = {item.sha256: item for item in self.passports()}
        if sha256 in known:
            return known[sha256]
        raise LekpError(f"{self.folder}: geen paspoort van {sha256}; lees het bestand opnieuw in")

    def path(self, sha256: str) -> Path:
        """Place of one file, after checking that its bytes are still what the fingerprint says.

        Raises
        ------
        LekpError
            When the file is absent or damaged.
        """
        place = self.folder / sha256[:2] / sha256
        if not place.is_file():
            raise LekpError(f"{place}: het ruwe bestand is weg; lees het opnieuw in")
        if (found := sha256_of(place)) != sha256:
            told = f"{place}: gevonden vingerafdruk {found}; verwacht {sha256}"
            raise LekpError(f"{told}. Het bestand is veranderd of beschadigd; lees het origineel opnieuw in.")
        return place


class Ledger:
    """The imports of one data folder: which raw file was read with which shape and options, in order."""

    def __init__(self, data_dir: Path) -> None:
        self.data_dir, self.path = data_dir, data_dir / LEDGER

    def entries(self) -> tuple[ImportEntry, ...]:
        """All imports that hold, oldest first.

        Raises
        ------
        ProblemGroup
            When the ledger is damaged.
        """
        return tuple(entry for entry in self.lines() if entry.withdrawn is None)

    def lines(self) -> tuple[ImportEntry, ...]:
        """All imports, oldest first, withdrawn ones too."""
        return _read_lines(self.path, ImportEntry)

    def append(self, entry: ImportEntry) -> None:
        """Add one import at the end.

        A repeated import moves to the end: the last import of a figure wins, and the user asked for this one. What was
        confirmed before stays confirmed.
        """
        with data_lock(self.data_dir):
            known = self.lines()
            same = [item for item in known if item.id == entry.id and item.withdrawn is None]
            confirmed = dict.fromkeys(text for item in (*same, entry) for text in item.confirmed)
            entry = entry.model_copy(update={"confirmed": tuple(confirmed)})
            if not known or known[-1] != entry.model_copy(update={"date": known[-1].date}):
                _write_lines(self.path, [*(item for item in known if item not in same), entry])

    def withdraw(self, entry_id: str, today: dt.date, reason: str) -> ImportEntry:
        """Mark an import as withdrawn, by its id or the beginning of it.

        Raises
        ------
        LekpError
            When no import that holds has such an id, or several have.
        """
        with data_lock(self.data_dir):
            found = find_import(self.entries(), entry_id)
            changed = found.model_copy(update={"withdrawn": today, "reason": reason})
            _write_lines(self.path, (changed if item == found else item for item in self.lines()))
        return changed


def find_import(entries: Sequence[ImportEntry], entry_id: str) -> ImportEntry:
    """Import by its id, or by the beginning of it when that is clear."""
    found = [item for item in entries if entry_id and item.id.startswith(entry_id.lower())]
    if len(found) == 1:
        return found[0]
    what = "geen enkele import" if not found else f"{len(found)} imports"
    ids = ", ".join(item.id for item in found or entries) or "geen"
    raise LekpError(f"{what} heeft een nummer als {entry_id!r}; bekend zijn {ids} (lekp data list)")


def first_day(register: Register, on: dt.date) -> dt.date:
    """Day from which the municipalities of a day are as they are: their boundaries hold from then on."""
    return max((item.valid_from for item in register.municipalities(on)), default=on)


def fetched_name(layer: str, since: dt.date) -> str:
    """Name of a fetched layer of VRBG in the raw store."""
    return f"vrbg_{layer}_{since.isoformat()}.geojson"


def kept_boundaries(store: RawStore, since: dt.date) -> Passport | None:
    """Newest file of boundaries for maps: of VRBG, or handed over; ``None`` when there is none."""
    starts = fetched_name(FOR_MAPS, since), f"{HANDED_OVER}_{since}_"
    return next((item for item in reversed(store.passports()) if item.name.startswith(starts)), None)


# --- when sources are due -------------------------------------------------------------------------------------------


def add_months(day: dt.date, months: int) -> dt.date:
    """The same day so many months later; the last day of a month stays the last day.

    Examples
    --------
    >>> add_months(dt.date(2026, 3, 31), 1), add_months(dt.date(2025, 2, 28), 12)
    (datetime.date(2026, 4, 30), datetime.date(2026, 2, 28))
    """
    start = pd.Timestamp(day)
    step = pd.offsets.MonthEnd(months) if start.is_month_end else pd.DateOffset(months=months)
    return (start + step).date()


def next_due(source: Source, last_reference: dt.date | None, today: dt.date) -> tuple[dt.date | None, bool]:
    """When the figure after the last one may be there, and whether it is late.

    Parameters
    ----------
    source
        With rhythm and, where known, usual lag between reference date and publication.
    last_reference
        Reference date of the newest figure; ``None`` when there is none.
    today
        The day for which it is asked.

    Returns
    -------
    tuple of datetime.date or None, and bool
        ``None`` for a source without rhythm or figure, which is never late. Others are when the month in which the
        figure was expected is over, weekly ones when a week has passed.
    """
    if last_reference is None or source.rhythm not in _STEPS:
        return None, False
    months, days = _STEPS[source.rhythm]
    expected = add_months(last_reference, months) + dt.timedelta(days=days + (source.typical_lag_days or 0))
    if days:
        return expected, today > expected + dt.timedelta(days=days)
    return expected, (today.year, today.month) > (expected.year, expected.month)


def source_statuses(
    catalog: Catalog, passports: Iterable[Passport], last_reference: Mapping[str, dt.date], today: dt.date
) -> pd.DataFrame:
    """State of every source that the catalogue declares, in the order of their names.

    Parameters
    ----------
    catalog
        Sources with their rhythm.
    passports
        Of the raw files that came in.
    last_reference
        Newest reference date by source id, of what was read from those files.
    today
        The day for which the state holds.

    Returns
    -------
    DataFrame
        Columns source, last_reference (newest reference date of its figures), retrieved and published (newest days in
        the passports of its files), next_expected (day from which the next figure may be there) and overdue (it should
        have been there); ``None`` for every day that is not known.
    """
    given, rows = tuple(passports), []
    retrieved = dict(sorted((item.provider, item.retrieved) for item in given))
    published = dict(sorted((item.provider, item.published) for item in given if item.published))
    for source in sorted(catalog.sources.values(), key=lambda item: item.name.casefold()):
        last, came = last_reference.get(source.id), (retrieved.get(source.id), published.get(source.id))
        rows.append((source, last, *came, *next_due(source, last, today)))
    return pd.DataFrame(rows, columns=STATUS, dtype=object)
