"""The way to the network: faults of providers end in a clear message and the last good copy."""

import gzip
import os
import shutil
import subprocess
from dataclasses import replace

import pytest

from lekp_lib.data.fetch import Limits, PoliteSession, UpdateError
from tests.data.fault_server import Reply, serving

QUICK = Limits(read_s=0.4, total_s=1, max_bytes=5_000_000, retries=1, backoff_s=0, pause_s=0, fresh_s=0)
GOOD = Reply(
    b"good figures" * 3, headers={"Content-Type": "text/plain", "Last-Modified": "Mon, 05 Oct 2026 08:00:00 GMT"}
)

FAULTS = {
    "slow": (replace(GOOD, drip_s=0.6), "antwoordde niet op tijd"),
    "dripping": (replace(GOOD, body=b"x" * 100, drip_s=0.3), "doet meer dan 1 s over"),
    "cut off": (replace(GOOD, declared=5000), "brak midden in het antwoord af"),
    "login": (Reply(b"{}", 401), "vraagt een sleutel of login (401)"),
    "refused": (Reply(b"no", 403), "weigert programma's (403)"),
    "gone": (Reply(b"no", 404), "verhuisd of hernoemd?"),
    "too many": (
        Reply(b"no", 429, {"Retry-After": "86400"}),
        "te veel vragen (429); probeer het later opnieuw; vraagt om 86400 s te wachten",
    ),
    "out of order": (Reply(b"oops", 500), "is buiten dienst (500)"),
    "too large, told": (replace(GOOD, declared=2_000_000_000), "stuurt meer dan 5 MB"),
    "too large, not told": (replace(GOOD, endless=True), "stuurt meer dan 5 MB"),
    "too large, packed": (
        Reply(gzip.compress(bytes(50_000_000)), headers={"Content-Encoding": "gzip"}),
        "stuurt meer dan 5 MB",
    ),
    "another thing": (Reply(b"bad figures"), "127.0.0.1 gave no figures"),
    "captcha": (Reply(b"<html>captcha</html>"), "127.0.0.1 gaf een webpagina in plaats van gegevens"),
}


def only_figures(body, headers):
    if not body.startswith(b"good"):
        raise UpdateError("127.0.0.1 gave no figures")


@pytest.mark.parametrize(("fault", "message"), FAULTS.values(), ids=FAULTS)
def test_fault_is_told_and_the_last_good_copy_stays(fault, message, tmp_path):
    with serving(lambda *_: GOOD) as provider, PoliteSession(tmp_path, limits=QUICK) as session:
        assert session.ask(provider.url, only_figures).body == GOOD.body
        provider.reply = lambda *_: fault
        with pytest.raises(UpdateError) as caught:
            session.ask(provider.url, only_figures)
        assert message in str(caught.value)
        assert provider.sent_bytes < 100_000_000
        with PoliteSession(tmp_path, offline=True) as offline:
            assert offline.ask(provider.url, only_figures).body == GOOD.body
        provider.reply = lambda *_: Reply(b"good as new")
        assert session.ask(provider.url, only_figures).body == b"good as new"


def test_recorded_answer_that_still_holds_is_not_sent_again(tmp_path):
    with serving(lambda *_: GOOD) as provider, PoliteSession(tmp_path, limits=QUICK) as session:
        first = session.ask(provider.url, only_figures)
        provider.reply = lambda *_: Reply(b"", 304)
        assert session.ask(provider.url, only_figures) == first
        assert len(provider.asked) == 2


def test_provider_that_is_not_there(tmp_path):
    with serving(lambda *_: GOOD) as provider:
        url = provider.url
    with PoliteSession(tmp_path, limits=QUICK) as session, pytest.raises(UpdateError, match="is niet te bereiken"):
        session.ask(url, only_figures)


def test_offline_gives_what_was_recorded_and_asks_nobody(tmp_path):
    with serving(lambda *_: GOOD) as provider:
        with PoliteSession(tmp_path, limits=QUICK) as session:
            online = session.ask(provider.url, only_figures, params={"page": "1"})
        provider.reply = lambda *_: Reply(b"good, but other")
        with PoliteSession(tmp_path, offline=True) as session:
            recorded = session.ask(provider.url, only_figures, params={"page": "1"})
            with pytest.raises(UpdateError, match="doe het één keer zonder --offline"):
                session.ask(provider.url, only_figures, params={"page": "2"})
        assert recorded == online
        assert online.modified.isoformat() == "2026-10-05"
        assert len(provider.asked) == 1


BODIES = {"binary": bytes(range(256)), "json": b'{"b": 1.0,   "a":2}\r\n', "latin": b"caf\xe9\r\n", "empty": b""}


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_recorded_bytes_are_the_bytes_that_came(body, tmp_path):
    kind = {"Content-Type": "application/json; charset=latin-1"}
    with serving(lambda *_: Reply(body, headers=kind)) as provider, PoliteSession(tmp_path, limits=QUICK) as session:
        assert session.ask(provider.url, lambda *_: None).body == body
    with PoliteSession(tmp_path, offline=True) as session:
        assert session.ask(provider.url, lambda *_: None).body == body


def test_passing_refusal_is_repeated_and_the_provider_knows_who_asks(tmp_path):
    replies = [Reply(b"", 429, {"Retry-After": "0"}), GOOD]
    with serving(lambda *_: replies.pop(0)) as provider, PoliteSession(tmp_path, limits=QUICK) as session:
        assert session.ask(provider.url, only_figures).body == GOOD.body
        assert len(provider.asked) == 2
        assert all("lekp/" in agent for agent in provider.agents)


def test_fresh_answer_is_not_asked_twice(tmp_path):
    with serving(lambda *_: GOOD) as provider:
        for _ in range(2):
            with PoliteSession(tmp_path, limits=QUICK._replace(fresh_s=600)) as session:
                session.ask(provider.url, only_figures)
        assert len(provider.asked) == 1


def test_pause_between_two_requests(tmp_path, monkeypatch):
    waits = []
    monkeypatch.setattr("lekp_lib.data.fetch.time.sleep", waits.append)
    with serving(lambda *_: GOOD) as provider, PoliteSession(tmp_path, limits=QUICK._replace(pause_s=50)) as session:
        session.ask(provider.url + "/1", only_figures)
        session.ask(provider.url + "/2", only_figures)
    assert len(waits) == 1
    assert 40 < waits[0] <= 50


@pytest.mark.parametrize("where", ["http://example.org/data", "ftp://example.org/data"])
def test_no_request_without_encryption(where, tmp_path):
    with PoliteSession(tmp_path, limits=QUICK) as session, pytest.raises(UpdateError):
        session.ask(where, only_figures)


def test_redirect_to_an_address_without_encryption_is_refused(tmp_path):
    away = Reply(b"", 302, {"Location": "http://example.org/figures"})
    with (
        serving(lambda *_: away) as provider,
        PoliteSession(tmp_path, limits=QUICK) as session,
        pytest.raises(UpdateError, match="adres met https"),
    ):
        session.ask(provider.url, only_figures)


def test_redirect_is_followed_without_reading_what_comes_with_it(tmp_path):
    def reply(path, _query):
        return GOOD if path == "/there" else Reply(b"", 302, {"Location": "/there"}, endless=True)

    with serving(reply) as provider, PoliteSession(tmp_path, limits=QUICK) as session:
        answer = session.ask(provider.url + "/here", only_figures)
        assert (answer.body, answer.url) == (GOOD.body, provider.url + "/there")
        assert provider.sent_bytes < 100_000_000


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate for loopback that nobody signed, with its key."""
    if shutil.which("openssl") is None:
        reason = "openssl is not installed, so there is no certificate to try"
        if os.environ.get("CI") == "true":
            pytest.fail(reason)
        pytest.skip(reason)
    file = tmp_path_factory.mktemp("tls") / "both.pem"
    command = "openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:prime256v1 -nodes -days 2 -subj /CN=test"
    names = ["-addext", "subjectAltName=IP:127.0.0.1", "-keyout", str(file), "-out", str(file)]
    subprocess.run([*command.split(), *names], check=True, capture_output=True)
    return file


def test_certificate_must_be_valid_and_may_be_that_of_the_organisation(certificate, tmp_path, monkeypatch):
    with serving(lambda *_: GOOD, certificate) as provider, PoliteSession(tmp_path, limits=QUICK) as session:
        assert provider.url.startswith("https://")
        with pytest.raises(UpdateError, match=r"127\.0\.0\.1 heeft geen geldig certificaat; er is niets gelezen"):
            session.ask(provider.url, only_figures)
        assert provider.asked == []
        monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(certificate))
        assert session.ask(provider.url, only_figures).body == GOOD.body


def test_damaged_record_is_told(tmp_path):
    (tmp_path / "cache").mkdir()
    (tmp_path / "cache" / "http.sqlite").write_bytes(b"no database at all" * 100)
    with pytest.raises(
        UpdateError, match=r"http\.sqlite: de bewaarde antwoorden zijn niet leesbaar(?s:.*)wis het bestand"
    ):
        PoliteSession(tmp_path, limits=QUICK)
