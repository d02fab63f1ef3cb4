"""Whatever goes wrong in a batch ends in a clear status, and the next run goes on where this one ended."""

from __future__ import annotations

import fcntl
import json
import os
import random
import signal
import socket
import subprocess
import time
from pathlib import Path

import pytest

from lekp_lib.report.outputs import is_whole, read_report_manifest
from tests.batch.batch_tools import (
    PLACES,
    arguments,
    contents,
    environment,
    left_behind,
    record,
    run_batch_process,
    small_notebook,
    statuses,
)


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "uit"


def test_all_reports_are_made_and_left_alone_the_second_time(tmp_path: Path, out: Path) -> None:
    notebook = small_notebook(tmp_path / "klein.ipynb")
    code, text = run_batch_process(out, notebook)
    assert code == 0, text
    assert "Voorbeeldeditie: fictieve cijfers" in text and "6 klaar" in text
    assert set(statuses(out).values()) == {"klaar"} and set(statuses(out)) == set(PLACES)
    assert left_behind(out) == []
    page = (out / "voorbeeld" / "run.html").read_text(encoding="utf-8")
    assert "Voorbeeldeditie: fictieve cijfers" in page and "6 verslagen: alles is klaar" in page
    before = {path: path.stat().st_mtime_ns for path in out.rglob("rapport.html")}
    code, text = run_batch_process(out, notebook)
    assert code == 0 and "6 overgeslagen" in text
    assert {path: path.stat().st_mtime_ns for path in out.rglob("rapport.html")} == before
    damaged = out / "voorbeeld" / "33016-mesen" / "rapport.html"
    damaged.write_text(damaged.read_text(encoding="utf-8").replace("Mesen", "Gent!"), encoding="utf-8")
    code, text = run_batch_process(out, notebook, "--dry-run")
    assert code == 0 and "Te maken: 1" in text and "bestanden gewijzigd of weg" in text
    code, text = run_batch_process(out, notebook, "--force", places=2)
    assert code == 0 and "2 klaar" in text and "Gent!" not in damaged.read_text(encoding="utf-8")


def test_child_that_is_killed_costs_one_report_and_retry_makes_it(tmp_path: Path, out: Path) -> None:
    deadly = "import os\nif gemeente == '33016' and 'STUK' in os.environ:\n    os.kill(os.getpid(), 9)"
    notebook = small_notebook(tmp_path / "klein.ipynb", deadly)
    code, text = run_batch_process(out, notebook, places=3, STUK="1")
    assert code == 1 and "mislukt: Mesen" in text and "SIGKILL" in text and "out of memory" in text
    assert statuses(out) == {"44021": "klaar", "33016": "mislukt", "73028": "klaar"}
    kept = out / "voorbeeld" / "_broken" / "33016" / "melding.txt"
    assert "SIGKILL" in kept.read_text(encoding="utf-8")
    assert left_behind(out) == [] and not (out / "voorbeeld" / "33016-mesen").exists()
    code, text = run_batch_process(out, notebook, "--retry", places=3)
    assert code == 0 and "3 klaar" in text and "Te maken: 1; actueel: 0" in text
    assert set(statuses(out).values()) == {"klaar"} and not (out / "voorbeeld" / "_broken").exists()
    code, text = run_batch_process(out, notebook, "--retry", places=3)
    assert code == 2 and "nothing failed in the last run" in text


def test_cell_that_hangs_is_ended_and_named(tmp_path: Path, out: Path) -> None:
    endless = "print('tot hier')\nwhile gemeente == '33016':\n    pass"
    notebook = small_notebook(tmp_path / "klein.ipynb", endless)
    code, text = run_batch_process(out, notebook, "--timeout", "4", "--max-failed", "1", places=3)
    assert code == 0, "one failure was allowed"
    assert "mislukt: Mesen" in text and "ReportTimeoutError" in text
    failed = next(item for item in record(out)["results"] if item["nis"] == "33016")
    assert failed["cell"].startswith("cel 2: print('tot hier')") and 4 <= failed["seconds"] < 10
    assert "tot hier" in (out / "voorbeeld" / "_broken" / "33016" / "rapport.ipynb").read_text(encoding="utf-8")
    page = (out / "voorbeeld" / "run.html").read_text(encoding="utf-8")
    assert "_broken/33016" in page and "ReportTimeoutError" in page


def test_cell_that_refuses_to_stop_is_killed_with_its_children(tmp_path: Path, out: Path) -> None:
    stubborn = (
        "import signal, subprocess, time\n"
        "if gemeente == '33016':\n"
        "    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
        f"    child = subprocess.Popen(['sleep', '300'])\n"
        f"    open({str(tmp_path / 'kind')!r}, 'w').write(str(child.pid))\n"
        "    time.sleep(300)"
    )
    notebook = small_notebook(tmp_path / "klein.ipynb", stubborn)
    code, text = run_batch_process(out, notebook, "--timeout", "3", places=2)
    assert code == 1 and "did not stop when asked" in text
    child = int((tmp_path / "kind").read_text())
    time.sleep(0.3)
    assert not Path(f"/proc/{child}").exists() or "Z" in Path(f"/proc/{child}/stat").read_text().split()[2]
    assert left_behind(out) == []


def test_full_disk_stops_the_batch_and_says_so(tmp_path: Path, out: Path) -> None:
    full = (
        "import errno, os, pathlib\n"
        "def full(*_, **__):\n"
        "    raise OSError(errno.ENOSPC, 'No space left on device')\n"
        "if 'VOL' in os.environ:\n"
        "    pathlib.Path.write_text = full"
    )
    notebook = small_notebook(tmp_path / "klein.ipynb", full)
    code, text = run_batch_process(out, notebook, "--workers", "1", VOL="1")
    assert code == 1 and "make room on that disk" in text and "Vroegtijdig gestopt" in text
    found = list(statuses(out).values())
    assert found.count("mislukt") == 1 and found.count("afgebroken") == 5
    assert left_behind(out) == []
    code, text = run_batch_process(out, notebook)
    assert code == 0 and "6 klaar" in text


@pytest.mark.skipif(os.geteuid() != 0, reason="mounting needs root")
def test_disk_that_is_really_full(tmp_path: Path) -> None:
    small = tmp_path / "schijf"
    small.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=500k", "tmpfs", str(small)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("mounting is not allowed here")
    try:
        notebook = small_notebook(tmp_path / "klein.ipynb")
        code, text = run_batch_process(small / "uit", notebook)
        assert code == 1 and "No space left on device" in text and "Traceback" not in text
        for folder in (small / "uit" / "voorbeeld").glob("[0-9]*"):
            manifest = read_report_manifest(folder)
            assert manifest is not None and is_whole(folder, manifest), "no report is half there"
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_broken_notebook_stops_after_the_first_failures(tmp_path: Path, out: Path) -> None:
    notebook = small_notebook(tmp_path / "klein.ipynb", "rapport_zonder_naam.tonen(gemeente)")
    code, text = run_batch_process(out, notebook)
    assert code == 1 and "de eerste 3 verslagen mislukten om dezelfde reden" in text and "rapport_zonder_naam" in text
    found = list(statuses(out).values())
    assert 3 <= found.count("mislukt") <= 4 and found.count("mislukt") + found.count("afgebroken") == 6
    kept = next((out / "voorbeeld" / "_broken").iterdir())
    assert {path.name for path in kept.iterdir()} == {"rapport.ipynb", "melding.txt"}


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--gemeenten", "Bestaatniet"], "Bestaatniet"),
        (["--provincie", "Holland"], "Holland"),
        (["--formats", "papier"], "papier"),
        (["--editie", "nergens"], "nergens"),
        (["--notebook", "nergens.ipynb"], "no such notebook"),
        (["--parameters", "nergens.yaml"], "nergens.yaml"),
        (["--retry"], "no earlier run"),
    ],
)
def test_what_cannot_start_ends_with_code_2(tmp_path: Path, out: Path, more: list[str], words: str) -> None:
    code, text = run_batch_process(out, small_notebook(tmp_path / "klein.ipynb"), *more)
    assert code == 2 and words in text and "Traceback" not in text
    assert not list(out.rglob("rapport.html"))


def test_outputs_that_cannot_be_written_end_with_code_2(tmp_path: Path) -> None:
    (tmp_path / "uit").write_text("een bestand in de weg")
    code, text = run_batch_process(tmp_path / "uit", small_notebook(tmp_path / "klein.ipynb"))
    assert code == 2 and "uit" in text and "Traceback" not in text


def test_second_batch_is_kept_out_and_a_stale_lock_is_not_respected(tmp_path: Path, out: Path) -> None:
    notebook, folder = small_notebook(tmp_path / "klein.ipynb"), out / "voorbeeld"
    folder.mkdir(parents=True)
    lock = folder / ".batch.lock"
    lock.write_text(json.dumps({"pid": 4711, "host": socket.gethostname(), "started": "gisteren"}))
    left = folder / ".werk-batch-oud"
    left.mkdir()
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        code, text = run_batch_process(out, notebook, places=1)
        assert code == 2 and "another batch is writing there (process 4711" in text
        assert left.exists()
    code, text = run_batch_process(out, notebook, places=1)
    assert code == 0, "the owner is gone, so the lock is stale"
    assert left_behind(out) == []
    lock.write_text(json.dumps({"pid": 1, "host": "een-andere-machine", "started": "gisteren"}))
    code, text = run_batch_process(out, notebook, places=1)
    assert code == 2 and "een-andere-machine" in text and "delete" in text


def _started(out: Path, notebook: Path, **env: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        arguments(out, notebook), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment(**env)
    )


def _wait_for_a_report(out: Path) -> None:
    limit = time.monotonic() + 60
    while not list(out.glob("voorbeeld/[0-9]*/manifest.json")):
        assert time.monotonic() < limit, "no report within a minute"
        time.sleep(0.02)


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_interrupt_stops_cleanly_and_the_next_run_goes_on(tmp_path: Path, out: Path, number: signal.Signals) -> None:
    notebook = small_notebook(tmp_path / "klein.ipynb", "import os, time\ntime.sleep('TRAAG' in os.environ and 2)")
    process = _started(out, notebook, TRAAG="1")
    _wait_for_a_report(out)
    time.sleep(0.4)  # the child that made it has told so; the next ones take longer
    process.send_signal(number)
    text, _ = process.communicate(timeout=20)
    assert process.returncode == 1 and "op verzoek" in text and "Traceback" not in text
    found = list(statuses(out).values())
    assert "klaar" in found and "afgebroken" in found and left_behind(out) == []
    made = {path: path.stat().st_mtime_ns for path in out.rglob("rapport.html")}
    code, text = run_batch_process(out, notebook)
    assert code == 0 and f"{len(made)} overgeslagen" in text
    assert all(path.stat().st_mtime_ns == moment for path, moment in made.items())


def _processes_of(out: Path) -> list[str]:
    found = []
    for path in Path("/proc").glob("[0-9]*/cmdline"):
        try:
            if str(out).encode() in path.read_bytes():
                found.append(path.parent.name)
        except OSError:
            continue
    return found


def _kill_master(out: Path, notebook: Path, after_s: float) -> bool:
    """Start a batch and kill its master; whether it was still running."""
    process = _started(out, notebook)
    time.sleep(after_s)
    running = process.poll() is None
    process.kill()
    process.communicate()
    limit = time.monotonic() + 5
    while _processes_of(out) and time.monotonic() < limit:
        time.sleep(0.02)
    assert _processes_of(out) == [], "children die with the master"
    for folder in out.glob("voorbeeld/[0-9]*"):
        manifest = read_report_manifest(folder)
        assert manifest is not None and is_whole(folder, manifest), "no report is half there"
    return running


@pytest.mark.slow
def test_master_killed_at_random_moments_twenty_times(tmp_path: Path) -> None:
    notebook = small_notebook(tmp_path / "klein.ipynb", "import time\ntime.sleep(0.2)")
    code, text = run_batch_process(tmp_path / "ongestoord", notebook)
    assert code == 0, text
    wanted = contents(tmp_path / "ongestoord")
    chance = random.Random(20261123)
    cut_off = 0
    for attempt in range(5):
        out = tmp_path / f"uit-{attempt}"
        # Each kill but the first hits a batch that goes on where the last one was cut off.
        for _ in range(4):
            cut_off += _kill_master(out, notebook, chance.uniform(1.5, 5.0))
        code, text = run_batch_process(out, notebook)
        assert code == 0, text
        assert contents(out) == wanted and left_behind(out) == []
    assert cut_off >= 10, "most runs were still going on when they were killed"
