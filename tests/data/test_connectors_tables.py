"""Inhabitants and energy from providers on loopback, the command line, and what is refused."""

import datetime as dt
import io
import json
import zipfile
from dataclasses import replace

import pytest
from typer.testing import CliRunner

from lekp_lib.cli import app
from lekp_lib.data.fetch import PoliteSession
from lekp_lib.data.importing import apply_import, plan_import, read_entry
from lekp_lib.data.providers import PROVIDERS
from lekp_lib.data.schema import find_connections
from lekp_lib.data.store import Ledger, RawStore
from lekp_lib.errors import CatalogProblems
from lekp_lib.pact import load_catalog
from lekp_lib.register import load_register
from tests.data import connectors
from tests.data.connectors import QUICK, imports
from tests.data.fault_server import Reply, serving

TODAY = dt.date(2026, 3, 1)


def update(name, url, session, data_dir, **changes):
    return connectors.update(name, url, session, data_dir, TODAY, **changes)


def population_text(year=2025, leave_out=()):
    """The file of Statbel in small: two rows per municipality, a few of other regions."""
    register, day = load_register(), dt.date(year, 1, 1)
    rows = ["CD_REFNIS|TX_DESCR_NL|CD_PROV_REFNIS|CD_SEX|CD_AGE|MS_POPULATION", "21004|Brussel| |F|30|1000"]
    for place in register.municipalities(day):
        total = register.population(place.nis, year, day).value
        if place.nis not in leave_out:
            rows += [f"{place.nis}|{place.name}|10000|F|30|{total - 7}", f"{place.nis}|{place.name}|10000|M|31|7"]
    return "\ufeff" + "\n".join(rows) + "\n"


def packed(text, year=2025):
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr(f"TF_SOC_POP_STRUCT_{year}.txt", text)
    return file.getvalue()


def statbel(reply):
    """Only the file of 2025 exists, on 1 March 2026."""
    return lambda path, _query: reply if path.endswith("/TF_SOC_POP_STRUCT_2025.zip") else Reply(b"no", 404)


def test_inhabitants_of_last_year_while_the_new_ones_are_not_there(tmp_path):
    body = packed(population_text())
    with serving(statbel(Reply(body))) as provider, PoliteSession(tmp_path / "live", limits=QUICK) as session:
        (feed,) = update("statbel-bevolking", provider.url, session, tmp_path / "live")
        assert [path.rsplit("_", 1)[1] for path in provider.asked] == ["2026.zip", "2025.zip"]
        passport = feed.passport
        assert (feed.state, feed.failure, passport.url) == ("new", "", provider.url + "/TF_SOC_POP_STRUCT_2025.zip")
    assert "6.864.766 inwoners in 285 gemeenten op 2025-01-01" in feed.notes
    live = imports(tmp_path / "live")
    result = read_entry(Ledger(live.data_dir).entries()[0], live)
    assert {fact.nis: fact.value for fact in result.counts.itertuples()}["44021"] == load_register().population(
        "44021", 2025, TODAY
    ).value
    # By hand: the same raw file and the same line in the ledger.
    by_hand, file = imports(tmp_path / "hand"), tmp_path / "TF_SOC_POP_STRUCT_2025.zip"
    file.write_bytes(body)
    apply_import(plan_import(file, "statbel_bevolking", by_hand, today=TODAY))
    assert Ledger(by_hand.data_dir).entries() == Ledger(live.data_dir).entries()


GONE = population_text(leave_out=("44021",))
STATBEL_FAULTS = {
    "captcha": (Reply(b"<!doctype html>captcha"), "import BESTAND --as statbel_bevolking"),
    "not a zip": (Reply(b"PK\x03\x04 half"), "gaf geen hele zip"),
    "cut off": (replace(Reply(packed(population_text())), declared=900_000), "brak midden in het antwoord af"),
    "municipality gone": (Reply(packed(GONE)), "heeft geen inwoners van 1 gemeenten van 2025-01-01: 44021 Gent"),
    "renamed": (Reply(packed(population_text().replace("MS_POPULATION", "AANTAL"))), "MS_POPULATION"),
    "out of order": (Reply(b"", 503), "is buiten dienst (503)"),
    "below zero": (
        Reply(packed(population_text().replace("|F|30|", "|F|30|-"))),
        "285 van 571 rijen zijn niet bruikbaar",
    ),
}


@pytest.mark.parametrize(("fault", "message"), STATBEL_FAULTS.values(), ids=STATBEL_FAULTS)
def test_bad_inhabitants_are_refused_and_the_last_good_ones_stay(fault, message, tmp_path):
    good = Reply(packed(population_text()))
    with serving(statbel(good)) as provider, PoliteSession(tmp_path, limits=QUICK) as session:
        asked = "statbel-bevolking", provider.url, session, tmp_path
        (first,) = update(*asked)
        before = Ledger(tmp_path).entries(), RawStore(tmp_path).passports()
        provider.reply = statbel(fault)
        (feed,) = update(*asked)
        assert (feed.state, feed.passport) == ("kept", first.passport)
        assert message in feed.failure
        assert (Ledger(tmp_path).entries(), RawStore(tmp_path).passports()) == before


def explore(csv_text, *, export=200, rows=None, moment="2026-08-12T04:00:00+00:00", pages=None):
    """Explore v2.1 with one data set, 1_33."""
    lines = csv_text.decode("utf-8-sig").splitlines()
    header = lines[0].split(";")
    records = [dict(zip(header, line.split(";"), strict=True)) for line in lines[1:]]
    metas = {"metas": {"default": {"records_count": len(records) if rows is None else rows, "data_processed": moment}}}

    def reply(path, query):
        if "1_33" not in path:
            return Reply(b'{"error_code": "InexistentDataset"}', 404)
        if path.endswith("/exports/csv"):
            return Reply(csv_text, export)
        if path.endswith("/records"):
            start, limit = int(query["offset"]), int(query["limit"])
            page = records[start : start + limit] if pages is None else records[:limit]
            return Reply(json.dumps({"total_count": len(records), "results": page}).encode())
        return Reply(json.dumps(metas).encode())

    return reply


@pytest.fixture
def local_production(shared):
    return (shared / "data" / "samples" / "fluvius_1_33_sample.csv").read_bytes()


@pytest.mark.parametrize("export", [200, 500])
def test_local_production_by_export_or_page_by_page(export, local_production, tmp_path):
    with (
        serving(explore(local_production, export=export)) as provider,
        PoliteSession(tmp_path, limits=QUICK) as session,
    ):
        found, gone = update("fluvius", provider.url, session, tmp_path, page_size=2)
    assert (found.state, found.failure) == ("new", "")
    assert found.passport.published == dt.date(2026, 8, 12)
    assert gone.state == "absent"
    assert "(404)" in gone.failure and "opendata.fluvius.be" in gone.failure and "fluvius_volumes" in gone.failure
    (entry,) = Ledger(tmp_path).entries()
    assert (entry.shape, entry.options) == ("fluvius_lokale_productie", {"datum": "2026-08-12"})
    context_rows = read_entry(entry, imports(tmp_path)).context
    by_hand = tmp_path / "hand.csv"
    by_hand.write_bytes(local_production)
    expected = plan_import(
        by_hand, entry.shape, imports(tmp_path / "hand"), today=TODAY, options=dict(entry.options)
    ).result.context
    assert context_rows.equals(expected)
    assert len(context_rows) and "Aartselaar" in set(context_rows["name"])


FLUVIUS_FAULTS = {
    "rows missing": ({"rows": 9_000}, "en noemde er 9000"),
    "renamed": ({"replace": (b"gemeente", b"stad")}, "geen kolom gemeente of Gemeente"),
    "no date": ({"moment": "soon"}, "zegt niet hoeveel rijen"),
    "too many": ({"export": 429}, "krijgt te veel vragen (429)"),
    "pages overlap": ({"export": 500, "pages": "first"}, "rijen tweemaal"),
}


@pytest.mark.parametrize(("changes", "message"), FLUVIUS_FAULTS.values(), ids=FLUVIUS_FAULTS)
def test_bad_production_is_refused_and_the_last_good_one_stays(changes, message, local_production, tmp_path):
    told = dict(changes)
    old, new = told.pop("replace", (b"", b""))
    with serving(explore(local_production)) as provider, PoliteSession(tmp_path, limits=QUICK) as session:
        first = update("fluvius", provider.url, session, tmp_path, page_size=2)[0]
        provider.reply = explore(local_production.replace(old, new) if old else local_production, **told)
        feed = update("fluvius", provider.url, session, tmp_path, page_size=2)[0]
        assert (feed.state, feed.passport) == ("kept", first.passport)
        assert message in feed.failure
        assert len(Ledger(tmp_path).entries()) == 1


def test_households_wait_for_their_year_and_are_read_when_it_is_told(shared, tmp_path):
    sample = (shared / "data" / "samples" / "bestat_view_result_json_sample.json").read_bytes()
    with serving(lambda *_: Reply(sample)) as provider, PoliteSession(tmp_path, limits=QUICK) as session:
        asked = "bestat", provider.url, session, tmp_path
        (feed,) = update(*asked)
        assert (feed.state, Ledger(tmp_path).entries()) == ("stored", ())
        assert "de weergave zegt haar jaar niet" in feed.notes[0] and "--as bestat_huishoudens" in feed.notes[0]
        assert RawStore(tmp_path).path(feed.passport.sha256).read_bytes() == sample
        (declared,) = find_connections(("bestat",))[0].feeds
        dated = declared.model_copy(update={"options": {"datum": "2018-01-01"}})
        (feed,) = update(*asked, feeds=(dated,))
        assert (feed.state, feed.failure) == ("new", "")
        (entry,) = Ledger(tmp_path).entries()
        assert {fact.date for fact in read_entry(entry, imports(tmp_path)).counts.itertuples()} == {dt.date(2018, 1, 1)}
        for fault, message in (
            (Reply(sample.replace(b"Particuliere huishoudens", b"Aantal")), "heeft geen veld Particuliere huishoudens"),
            (Reply(b'{"facts": []}'), "een weergave zonder feiten"),
            (Reply(b"<html>captcha"), "een webpagina in plaats van gegevens"),
        ):
            provider.reply = lambda *_, fault=fault: fault
            (bad,) = update(*asked)
            assert bad.state == "kept"
            assert message in bad.failure


@pytest.mark.parametrize("metas", [b"{}", b"[" * 100_000, b'{"metas": {"default": {"records_count": "veel"}}}'])
def test_a_data_set_that_does_not_tell_its_rows_is_refused(metas, tmp_path):
    with serving(lambda *_: Reply(metas)) as provider, PoliteSession(tmp_path, limits=QUICK) as session:
        found = update("fluvius", provider.url, session, tmp_path)
    assert all("zegt niet hoeveel rijen" in feed.failure for feed in found)


def test_every_declared_connection_has_a_connector_and_a_source():
    assert {item.id for item in find_connections(())} == set(PROVIDERS)
    for connection in find_connections(()):
        assert connection.url.startswith("https://")
        assert load_catalog().source(connection.source)


def test_mistakes_in_a_declared_connection_are_told_with_file_and_key(tmp_path):
    (tmp_path / "verbindingen").mkdir()
    (tmp_path / "verbindingen" / "own.yaml").write_text("id: own\nsource: mow\nurl: data.org\nfeeds: []\n")
    with pytest.raises(CatalogProblems, match=r"own\.yaml, regel 3: url(?s:.*)regel 4: feeds"):
        find_connections((), tmp_path)


def told(tmp_path, *arguments):
    data, own = str(tmp_path / "data"), str(tmp_path / "own")
    given = ["data", "update", "--data-dir", data, "--map", own, "--vandaag", "2026-03-01", *arguments]
    return CliRunner().invoke(app, given)


def test_command_updates_then_replays_without_provider(tmp_path, monkeypatch):
    monkeypatch.setattr("lekp_lib.data.fetch.Limits", lambda: QUICK)
    (tmp_path / "own" / "verbindingen").mkdir(parents=True)
    with serving(statbel(Reply(packed(population_text())))) as provider:
        packaged = find_connections(("statbel-bevolking",))[0]
        own = packaged.model_copy(update={"url": provider.url}).model_dump(mode="json", exclude={"since"})
        file = tmp_path / "own" / "verbindingen" / "statbel-bevolking.yaml"
        file.write_text(json.dumps(own), encoding="utf-8")
        first = told(tmp_path, "--source", "statbel-bevolking")
        assert first.exit_code == 0, first.output
        assert "1 januari 2025: nieuw, vanaf nu in gebruik" in first.output
        provider.reply = lambda *_: Reply(b"<html>captcha")
        failed = told(tmp_path, "--source", "statbel-bevolking")
        assert failed.exit_code == 0
        assert "mislukt, de laatste goede kopie blijft in gebruik" in failed.output
        assert "captcha, login of storing" in failed.output
    recorded = told(tmp_path, "--source", "statbel-bevolking", "--offline")
    assert recorded.exit_code == 0, recorded.output
    assert "ongewijzigd sinds de vorige keer" in recorded.output
    nothing = told(tmp_path, "--source", "fluvius", "--offline")
    assert nothing.exit_code == 1
    assert "doe het één keer zonder --offline" in nothing.output
    unknown = told(tmp_path, "--source", "nothing")
    assert unknown.exit_code == 1
    assert "de bron 'nothing' bestaat niet. Bekend zijn: bestat, fluvius, lokaalbeslist, mow" in unknown.output
