"""Boundaries and charge points from real servers on loopback, and what is refused of them."""

import datetime as dt
import json
from collections import Counter
from dataclasses import replace

import geopandas as gpd
import numpy as np
import pytest

from lekp_lib.data.cells import each
from lekp_lib.data.fetch import PoliteSession
from lekp_lib.data.importing import read_entry
from lekp_lib.data.places import LAMBERT_72, read_boundaries
from lekp_lib.data.providers import DETAILED
from lekp_lib.data.store import FOR_MAPS, Ledger, RawStore, kept_boundaries
from lekp_lib.register import load_register
from tests.data import connectors
from tests.data.connectors import QUICK
from tests.data.fault_server import Reply, serving
from tests.site_sample import made_once
from tests.unit.real_servers import MapServer, pygeoapi_serving

TODAY = dt.datetime.now(dt.UTC).date()
POINTS = 30_000


def update(name, url, session, data_dir, **changes):
    return connectors.update(name, url, session, data_dir, TODAY, **changes)


def of_entry(data_dir):
    entry = Ledger(data_dir).entries()[-1]
    return entry, read_entry(entry, connectors.imports(data_dir))


@pytest.fixture(scope="module")
def boundary_data(shared, tmp_path_factory, worker_id):
    """A data folder with the boundaries as a real pygeoapi gives them, in pages of 100; asked for once."""
    source = shared / "data" / "geo" / "municipalities_2025_4326.geojson"

    def fill(folder):
        data_dir = folder / "data"
        for path in (data_dir, folder / "pygeoapi"):
            path.mkdir(exist_ok=True)
        with (
            pytest.MonkeyPatch.context() as patched,
            pygeoapi_serving(folder / "pygeoapi", {DETAILED: source, FOR_MAPS: source}, 100) as url,
            PoliteSession(data_dir, limits=QUICK) as session,
        ):
            patched.setenv("NO_PROXY", "*")
            first = update("vrbg", url, session, data_dir)
            again = update("vrbg", url, session, data_dir)
        assert [(feed.state, feed.failure) for feed in first] == [("new", ""), ("new", "")]
        # The time stamp of a page is not in the file that is used.
        assert [feed.state for feed in again] == ["unchanged", "unchanged"]

    return made_once(tmp_path_factory, worker_id, "boundaries", fill) / "data"


def test_boundaries_of_pygeoapi_are_those_of_the_file(boundary_data, shared):
    given = gpd.read_file(shared / "data" / "geo" / "municipalities_2025_4326.geojson").to_crs("EPSG:31370")
    given = given.sort_values("NISCODE", ignore_index=True)
    passport = kept_boundaries(RawStore(boundary_data), dt.date(2025, 1, 1))
    assert passport.title == "VRBG 2025, gemeentegrenzen, vereenvoudigd" and "Gratis Hergebruik" in passport.licence
    found = read_boundaries(RawStore(boundary_data).path(passport.sha256), passport.name, LAMBERT_72)
    found = found.sort_values("nis", ignore_index=True)
    assert found.crs.to_epsg() == 31370
    assert list(found["nis"]) == list(given["NISCODE"]) and len(found) == 285
    assert np.allclose(found.area, given.area, rtol=1e-6)
    assert kept_boundaries(RawStore(boundary_data), dt.date(2019, 1, 1)) is None


def vrbg_page(change=lambda features: features, **keys):
    places = load_register().municipalities(dt.date(2025, 1, 1))
    features = [
        {
            "type": "Feature",
            "id": place.nis,
            "properties": {"NISCODE": place.nis, "NAAM": place.name},
            "geometry": {"type": "Polygon", "coordinates": [[[1e5, 2e5], [1e5, 2.1e5], [1.1e5, 2e5], [1e5, 2e5]]]},
        }
        for place in places
    ]
    return Reply(json.dumps({"type": "FeatureCollection", **keys, "features": change(features)}).encode())


def in_degrees(features):
    features[7]["geometry"]["coordinates"] = [[[4.3, 51.1], [4.4, 51.1], [4.4, 51.2], [4.3, 51.1]]]
    return features


def renamed(features):
    return [feature | {"properties": {"NIS": feature["id"], "NAAM": ""}} for feature in features]


VRBG_FAULTS = {
    "wrong coordinates": (vrbg_page(in_degrees), "een ander coördinatenstelsel dan gevraagd?"),
    "wrong header": (replace(vrbg_page(), headers={"Content-Crs": "<http://x/EPSG/0/3812>"}), "verwacht: http://www"),
    "renamed": (vrbg_page(renamed), "geen veld NISCODE, wel NIS, NAAM. Is het hernoemd?"),
    "one missing": (
        vrbg_page(lambda features: features[1:]),
        "geen grens van 1 gemeenten van 2025-01-01: 41002 Aalst",
    ),
    "one twice": (vrbg_page(lambda features: [*features, features[0]]), "gaf 1 grenzen tweemaal (41002)"),
    "not all": (vrbg_page(numberMatched=300), "gaf 285 grenzen en noemde er 300"),
    "other machine": (
        vrbg_page(links=[{"rel": "next", "href": "http://127.0.0.2/x"}], numberMatched=300),
        "de volgende pagina staat op een andere machine",
    ),
    "captcha": (Reply(b"\n<!DOCTYPE html><html>Are you a robot?"), "een webpagina in plaats van gegevens"),
    "truncated": (replace(vrbg_page(), body=vrbg_page().body[:-9]), "json die afgekapt of beschadigd is"),
    "a list": (Reply(b"[]"), "json zonder object; verwacht: een FeatureCollection"),
    "other keys": (Reply(b'{"error": "x"}'), "met de sleutels error; verwacht: een FeatureCollection"),
}


@pytest.mark.parametrize(("fault", "message"), VRBG_FAULTS.values(), ids=VRBG_FAULTS)
def test_bad_boundaries_are_refused_and_the_last_good_ones_stay(fault, message, tmp_path):
    with serving(lambda *_: vrbg_page()) as provider, PoliteSession(tmp_path, limits=QUICK) as session:
        asked = "vrbg", provider.url, session, tmp_path
        first = update(*asked)
        assert [feed.state for feed in first] == ["new", "new"]
        provider.reply = lambda *_: fault
        before = RawStore(tmp_path).passports()
        for feed, known in zip(update(*asked), first, strict=True):
            assert (feed.state, feed.passport) == ("kept", known.passport)
            assert message in feed.failure
        assert RawStore(tmp_path).passports() == before


def random_points(count):
    """Points over Flanders and its surroundings, with the fields of the real layer."""
    random = np.random.default_rng(20_260_301)
    number = np.arange(count)
    return gpd.GeoDataFrame(
        {
            "uniek_identificatienummer": [f"{index // 4}__{index}" for index in number],
            "uitbater": np.where(number % 50 == 0, "Tesla", "Mobiflow"),
            "toegankelijkheid": np.where(number % 3 == 0, "semi-publiek", "publiek"),
            "maximaal_vermogen_kw": random.choice([3.7, 11.0, 22.0, 50.0, 150.0, 300.0], count),
            "gemeente": "Gent",
        },
        geometry=gpd.points_from_xy(random.uniform(3.0, 5.5, count), random.uniform(50.85, 51.3, count)),
        crs="EPSG:4326",
    )


def test_charge_points_of_mapserver_in_pages_laid_on_the_boundaries(boundary_data, shared, tmp_path):
    points = random_points(POINTS)
    # Those outside Flanders have the name of a place in it; here that would hide a wrong join.
    areas = gpd.read_file(shared / "data" / "geo" / "municipalities_2025_4326.geojson")
    inside = gpd.sjoin(points, areas[["NISCODE", "geometry"]], how="left").drop_duplicates("uniek_identificatienummer")
    points.to_file(tmp_path / "points.gpkg", layer="points")
    server = MapServer(tmp_path, tmp_path / "points.gpkg")
    with serving(server) as provider, PoliteSession(boundary_data, limits=QUICK) as session:
        (feed,) = update("mow-laadpunten", provider.url + "/wfs", session, boundary_data, page_size=50_000)
        assert feed.failure == ""
        assert feed.state == "new"
        starts = [path for path in provider.asked if "startIndex" in path]
        assert [path.rsplit("=", 1)[1] for path in starts] == ["0", "20000", "30000"]
    entry, result = of_entry(boundary_data)
    assert entry.options["grenzen"].startswith("sha256:")
    assert result.refused.empty
    counted = {item.nis: item.value for item in each(result.figures) if item.indicator == "laadpunten"}
    kept = inside[inside["uitbater"] != "Tesla"]
    expected = Counter(kept["NISCODE"].dropna())
    expected["44021"] += int(kept["NISCODE"].isna().sum())
    assert counted == {nis: float(number) for nis, number in expected.items()}
    assert sum(counted.values()) == len(kept) == POINTS - POINTS // 50


def wfs(sample, **changes):
    """The recorded answer as a whole service, with the total that it then has."""
    features = json.loads(sample)["features"]

    def reply(_path, query):
        if query.get("resultType") == "hits":
            return Reply(changes.get("hits", f'<a numberMatched="{len(features)}" numberReturned="0"/>').encode())
        start, count = int(query["startIndex"]), int(query["count"])
        page = features[start : start + count]
        body = json.dumps({"type": "FeatureCollection", "features": changes.get("page", lambda x, _: x)(page, start)})
        return Reply(body.encode()[: changes.get("cut")], changes.get("status", 200))

    return reply


@pytest.fixture
def recorded(shared):
    return (shared / "data" / "samples" / "mow_laadpunten_public_wfs_2026-10-06.json").read_bytes()


def test_recorded_charge_points_with_old_and_new_field_name(recorded, tmp_path):
    values = []
    for name in ("maximaal_vermogen_kw", "kw"):
        data_dir = tmp_path / name
        sample = recorded.replace(b"maximaal_vermogen_kw", name.encode())
        with serving(wfs(sample)) as provider, PoliteSession(data_dir, limits=QUICK) as session:
            (feed,) = update("mow-laadpunten", provider.url, session, data_dir, page_size=2)
        assert (feed.state, feed.failure) == ("new", "")
        assert "de naam van de gemeente telt" in feed.notes[0]
        assert len(RawStore(data_dir).passports()) == 4
        entry, result = of_entry(data_dir)
        assert entry.shape == "mow_laadpunten"
        assert {item.reference_date for item in each(result.figures)} == {TODAY}
        values.append({(item.nis, item.indicator): item.value for item in each(result.figures)})
    assert values[0] == values[1]
    features = json.loads(recorded)["features"]
    assert sum(value for (_, indicator), value in values[0].items() if indicator == "laadpunten") == len(features) == 5


def without_power(page, _start):
    return [
        feature | {"properties": {k: v for k, v in feature["properties"].items() if "kw" not in k}} for feature in page
    ]


def lambert(page, _start):
    return [feature | {"geometry": {"type": "Point", "coordinates": [173000.0, 174000.0]}} for feature in page]


def unknown_access(page, _start):
    return [feature | {"properties": feature["properties"] | {"toegankelijkheid": "besloten"}} for feature in page]


MOW_FAULTS = {
    "duplicate pages": ({"page": lambda page, start: page and json.loads(FIRST_PAGE)}, "punten tweemaal"),
    "renamed": ({"page": without_power}, "geen kolom maximaal_vermogen_kw of kw"),
    "other words": ({"page": unknown_access}, "5 van 5 rijen zijn niet bruikbaar, dus het bestand niet"),
    "lambert": ({"page": lambert}, "een ander coördinatenstelsel dan gevraagd?"),
    "cut off json": ({"cut": -20}, "json die afgekapt of beschadigd is"),
    "stops early": ({"page": lambda page, start: page if start == 0 else []}, "stopte na 2 van 5 punten"),
    "counts too few": ({"hits": '<a numberMatched="4"/>'}, "noemde 4 punten en heeft er meer"),
    "empty layer": ({"hits": '<a numberMatched="0"/>'}, "een lege laag is geen cijfer nul"),
    "no total": (
        {"hits": "<ExceptionReport>Layer not found</ExceptionReport>"},
        "hoeveel punten er zijn: Layer not found",
    ),
    "hits is html": ({"hits": "<html>robot?"}, "een webpagina in plaats van gegevens"),
    "hits is no xml": ({"hits": "oops"}, "hoeveel punten er zijn: oops"),
    "key": ({"status": 401}, "vraagt een sleutel of login (401). Met de hand: haal de laag met een browser"),
}
FIRST_PAGE = "[]"


@pytest.mark.parametrize(("changes", "message"), MOW_FAULTS.values(), ids=MOW_FAULTS)
def test_bad_charge_points_are_refused_and_the_last_good_ones_stay(changes, message, recorded, tmp_path, monkeypatch):
    monkeypatch.setitem(globals(), "FIRST_PAGE", json.dumps(json.loads(recorded)["features"][:2]))
    with serving(wfs(recorded)) as provider, PoliteSession(tmp_path, limits=QUICK) as session:
        (first,) = update("mow-laadpunten", provider.url, session, tmp_path, page_size=2)
        before = Ledger(tmp_path).entries(), RawStore(tmp_path).passports()
        provider.reply = wfs(recorded, **changes)
        (feed,) = update("mow-laadpunten", provider.url, session, tmp_path, page_size=2)
        assert message in feed.failure
        assert (feed.state, feed.passport) == ("kept", first.passport)
        assert (Ledger(tmp_path).entries(), RawStore(tmp_path).passports()) == before
