"""Council decisions on the pact from a provider on loopback that answers as the search of Lokaal Beslist does."""

import datetime as dt
import json

import pytest

from lekp_lib.data.fetch import PoliteSession
from lekp_lib.data.importing import read_entry
from lekp_lib.data.store import Ledger, RawStore
from tests.data import connectors
from tests.data.connectors import QUICK
from tests.data.fault_server import Reply, serving

TODAY = dt.datetime.now(dt.UTC).date()
NEXT_YEAR = f"{TODAY.year + 1}-03-01T18:00:00Z"


def item(key, title, place, **changes):
    attributes = {
        "uuid": [key],
        "title": title,
        "resolution_title": None,
        "governing_body_location_name": place,
        "governing_body_classification_name": "Gemeenteraad",
        "session_planned_start": "2022-09-26T17:30:00.000Z",
        "session_started_at": None,
    }
    return {"type": "agenda-item", "id": key, "attributes": attributes | changes}


HOSTILE = "LEKP 2.0 <script>alert(1)</script>\n=HYPERLINK(\x07)"
ITEMS = [
    item("a1", "Lokaal Energie- en Klimaatpact 2.0 - goedkeuring", "Gent"),
    # Midnight in Belgium is the evening before in the clock of the service.
    item("a2", None, ["Borsbeek"], resolution_title=["Addendum LEKP"], session_planned_start="2022-12-18T23:00:00Z"),
    item("a3", HOSTILE, "Houthulst", session_started_at=["2021-06-28T18:05:00Z", "2021-09-27T18:05:00Z"]),
    item("a4", "Klimaatpact: rapport", "Gent", governing_body_classification_name="College van Burgemeester"),
    item("a5", "Klimaatpact: planning", "Gent", session_planned_start=NEXT_YEAR),
    item("a6", "Klimaatplan 2030", "Gent"),
    item("a7", "LEKP zonder dag", "Gent", session_planned_start=None),
]


def search(items, **changes):
    def reply(path, query):
        assert path == "/search/agenda-items/search"
        size, number = int(query["page[size]"]), int(query["page[number]"])
        page = items[number * size : (number + 1) * size]
        told = {"count": changes.get("count", len(items)), "data": changes.get("page", lambda x, _: x)(page, number)}
        return Reply(json.dumps(told).encode()[: changes.get("cut")], changes.get("status", 200))

    return reply


def update(url, session, data_dir):
    (feed,) = connectors.update("lokaalbeslist", url, session, data_dir, TODAY, page_size=3)
    return feed


def test_decisions_of_councils_with_title_day_and_address(tmp_path):
    with serving(search(ITEMS)) as provider, PoliteSession(tmp_path, limits=QUICK) as session:
        feed = update(provider.url, session, tmp_path)
        again = update(provider.url, session, tmp_path)
        assert len(provider.asked) == 6
    assert (feed.state, feed.failure, again.state) == ("new", "", "unchanged")
    assert "3 rijen van 3 gemeenten" in feed.notes[0]
    assert set(feed.notes[1:]) == {
        "1 rij weggelaten: agendapunten van een ander orgaan dan de gemeenteraad",
        "2 rijen weggelaten: agendapunten die nog niet behandeld zijn of geen datum hebben",
        "1 rij weggelaten: titels die het klimaatpact niet noemen",
    }
    (entry,) = Ledger(tmp_path).entries()
    rows = read_entry(entry, connectors.imports(tmp_path)).context
    found = {row.link.removeprefix(provider.url): (row.nis, row.name, row.date, row.titel) for row in rows.itertuples()}
    assert found == {
        "/agendapunten/a1": (
            "44021",
            "Gent",
            dt.date(2022, 9, 26),
            "Lokaal Energie- en Klimaatpact 2.0 - goedkeuring",
        ),
        "/agendapunten/a2": ("11002", "Antwerpen", dt.date(2022, 12, 19), "Addendum LEKP"),
        "/agendapunten/a3": (
            "32006",
            "Houthulst",
            dt.date(2021, 9, 27),
            "LEKP 2.0 <script>alert(1)</script> =HYPERLINK( )",
        ),
    }
    # The pages as they came, and the file that is read.
    assert len(RawStore(tmp_path).passports()) == 4
    assert {passport.provider for passport in RawStore(tmp_path).passports()} == {"abb"}


def without(name):
    return lambda page, _: [
        found | {"attributes": {key: value for key, value in found["attributes"].items() if name not in key}}
        for found in page
    ]


def path_as_key(page, _):
    return [page[0] | {"id": "../../elders?x=1"}, *page[1:]]


def no_key(page, _):
    return [page[0] | {"id": None}, *page[1:]]


def other_body(page, _):
    return [
        found | {"attributes": found["attributes"] | {"governing_body_classification_name": "Raad"}} for found in page
    ]


FAULTS = {
    "renamed place": ({"page": without("location_name")}, "geen veld governing_body_location_name"),
    "renamed title": ({"page": without("title")}, "geen veld title of resolution_title"),
    "same page again": ({"page": lambda page, _: page and ITEMS[:3]}, "punten tweemaal"),
    "stops early": ({"page": lambda page, number: page if number == 0 else []}, "stopte na 3 van 7 punten"),
    "nothing": ({"count": 0, "page": lambda *_: []}, "vindt 0 punten; verwacht: 1 tot 10000"),
    "everything": ({"count": 250_000}, "vindt 250000 punten; verwacht: 1 tot 10000. Is de vraag begrepen?"),
    "no council": (
        {"page": other_body},
        "geen enkele bruikbare rij (7 rijen weggelaten: agendapunten van een ander orgaan",
    ),
    "no address": ({"page": path_as_key}, "punt 1 heeft geen bruikbare id"),
    "no key": ({"page": no_key}, "punt 1 heeft geen bruikbare id"),
    "other keys": ({"page": lambda *_: None}, "met de sleutels count, data; verwacht: count en data"),
    "cut off": ({"cut": -20}, "json die afgekapt of beschadigd is"),
    "refused": ({"status": 406}, "weigert de vraag (406)"),
    "too many": ({"status": 429}, "te veel vragen (429)"),
}


@pytest.mark.parametrize(("changes", "message"), FAULTS.values(), ids=FAULTS)
def test_bad_answers_are_refused_and_the_last_good_ones_stay(changes, message, tmp_path):
    with serving(search(ITEMS)) as provider, PoliteSession(tmp_path, limits=QUICK) as session:
        first = update(provider.url, session, tmp_path)
        before = Ledger(tmp_path).entries(), RawStore(tmp_path).passports()
        provider.reply = search(ITEMS, **changes)
        feed = update(provider.url, session, tmp_path)
        assert message in feed.failure
        assert "lokaalbeslist.vlaanderen.be" in feed.failure
        assert (feed.state, feed.passport) == ("kept", first.passport)
        assert (Ledger(tmp_path).entries(), RawStore(tmp_path).passports()) == before


def test_web_page_for_programs_that_do_not_ask_for_json(tmp_path):
    with serving(lambda *_: Reply(b"<!doctype html>")) as provider, PoliteSession(tmp_path, limits=QUICK) as session:
        feed = update(provider.url, session, tmp_path)
    assert (feed.state, feed.passport) == ("absent", None)
    assert "een webpagina in plaats van gegevens" in feed.failure
    assert provider.accepted == {"application/vnd.api+json"}
