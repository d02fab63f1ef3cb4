"""``lekp batch``: what it makes, what it leaves alone, and how it ends when something goes wrong."""

from __future__ import annotations

import fcntl
import json
import os
import random
import re
import signal
import subprocess
import time
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.batch.batch_tools import (
    NOTEBOOK,
    PLACES,
    ROOT,
    arguments,
    contents,
    environment,
    is_whole,
    left_behind,
    record,
    run_batch_process,
    small_notebook,
    statuses,
)

#: A cell that tells the test where it is, once, and then waits; the other reports go on.
WAITS = """
import os, pathlib, time
if gemeente == '33016' and 'WACHT' in os.environ:
    pathlib.Path(os.environ['WACHT']).write_text(str(os.getpid()))
    time.sleep(300)
"""
#: A cell that starts a process which leaves its group, its session and its parent, and which keeps what it was given.
LEAVES_A_DAEMON = """
import os, pathlib, time
if os.fork() == 0:
    os.setsid()
    if os.fork() == 0:
        pathlib.Path(os.environ['DEMON'] + gemeente).write_text(str(os.getpid()))
        time.sleep(300)
    os._exit(0)
while not os.path.exists(os.environ['DEMON'] + gemeente):
    time.sleep(0.01)
"""


@pytest.fixture
def out(tmp_path: Path) -> Path:
    return tmp_path / "uit"


def _until(happened: Callable[[], object], what: str, limit_s: float = 60) -> None:
    end = time.monotonic() + limit_s
    while not happened():
        assert time.monotonic() < end, what
        time.sleep(0.02)


def _runs(pid: int) -> bool:
    try:
        return Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()[0] not in "ZX"
    except OSError:
        return False


def _started(out: Path, notebook: Path, *more: str, places: int = 6, **env: str) -> subprocess.Popen[str]:
    return subprocess.Popen(
        arguments(out, notebook, *more, places=places), stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True,
        env=environment(**env),
    )  # fmt: skip


def _master(guard: int) -> int:
    """The process that forks the reports: the only child of the one that was started."""
    (child,) = Path(f"/proc/{guard}/task/{guard}/children").read_text().split()
    return int(child)


# --- what is made, and what stays


def test_all_reports_are_made_and_left_alone_the_second_time(tmp_path: Path, out: Path) -> None:
    notebook = small_notebook(tmp_path / "klein.ipynb")
    code, text = run_batch_process(out, notebook)
    assert code == 0, text
    assert "6 klaar" in text and "6 × nog niet gemaakt" in text
    assert set(statuses(out).values()) == {"klaar"} and set(statuses(out)) == set(PLACES)
    assert left_behind(out) == []
    page = (out / "gepubliceerd" / "run.html").read_text(encoding="utf-8")
    assert "6 verslagen: alles is klaar" in page
    assert "Content-Security-Policy" in page
    before = {path: path.stat().st_mtime_ns for path in out.rglob("rapport.html")}
    code, text = run_batch_process(out, notebook)
    assert code == 0 and "6 overgeslagen" in text
    assert {path: path.stat().st_mtime_ns for path in out.rglob("rapport.html")} == before


def test_a_changed_file_is_seen_although_its_time_was_set_back(tmp_path: Path, out: Path) -> None:
    notebook = small_notebook(tmp_path / "klein.ipynb")
    assert run_batch_process(out, notebook, places=2)[0] == 0
    page = out / "gepubliceerd" / "33016-mesen" / "rapport.html"
    state, manifest = page.stat(), page.with_name("manifest.json")
    page.write_text(page.read_text(encoding="utf-8").replace("Mesen", "Gent!"), encoding="utf-8")
    os.utime(page, ns=(state.st_atime_ns, state.st_mtime_ns))
    assert page.stat().st_size == state.st_size
    code, text = run_batch_process(out, notebook, "--dry-run", places=2)
    assert code == 0 and "Te maken: 1" in text and "bestanden gewijzigd of weg" in text
    manifest.write_text(manifest.read_text(encoding="utf-8"), encoding="utf-8")  # now the manifest is the younger one
    assert "Te maken: 0" in run_batch_process(out, notebook, "--dry-run", places=2)[1]
    code, text = run_batch_process(out, notebook, "--controleer", places=2)
    assert code == 0 and "1 klaar, 1 overgeslagen" in text and "Gent!" not in page.read_text(encoding="utf-8")
    page.unlink()
    (out / "gepubliceerd" / "44021-gent" / "manifest.json").write_text("{", encoding="utf-8")
    text = run_batch_process(out, notebook, "--dry-run", places=2)[1]
    assert "1 × bestanden gewijzigd of weg" in text and "1 × nog niet gemaakt" in text
    small_notebook(notebook, "print('anders')")
    text = run_batch_process(out, notebook, "--dry-run", places=2)[1]
    assert "1 × cijfers, instellingen, notebook of programma gewijzigd" in text
    assert "2 × gevraagd" in run_batch_process(out, notebook, "--dry-run", "--force", places=2)[1]


def test_all_municipalities_and_flanders(out: Path) -> None:
    asked = ("--editie", "voorbeeld", "--gemeenten", "alle", "--formats", "html,csv,xlsx")
    code, text = run_batch_process(out, NOTEBOOK, *asked, "--dry-run")
    assert code == 0 and "Te maken: 286" in text
    folder = out / "voorbeeld"
    folder.mkdir(parents=True)
    failed = {"key": "vlaanderen", "nis": "vlaanderen", "name": "Vlaanderen", "status": "mislukt"}
    (folder / "run.json").write_text(json.dumps({"results": [failed]}), encoding="utf-8")
    code, text = run_batch_process(out, NOTEBOOK, *asked, "--retry")
    assert code == 0 and "1 klaar" in text and "Voorbeeldeditie: fictieve cijfers" in text, text
    assert "Voorbeeldeditie: fictieve cijfers" in (folder / "run.html").read_text(encoding="utf-8")
    assert {"rapport.html", "manifest.json"} < {path.name for path in (folder / "vlaanderen").iterdir()}
    assert not (folder / "vlaanderen" / "rapport.xlsx").exists()
    code, text = run_batch_process(out, NOTEBOOK, *asked, "--dry-run")
    assert "Te maken: 285; actueel: 1" in text


def test_one_notebook_per_run_and_the_next_run_sees_the_edit(tmp_path: Path, out: Path) -> None:
    sign = tmp_path / "teken"
    notebook = small_notebook(tmp_path / "klein.ipynb", WAITS.replace("300", "1"))
    process = _started(out, notebook, "--workers", "1", "--formats", "html", places=3, WACHT=str(sign))
    _until(sign.exists, "the second report began")
    small_notebook(notebook, "print('tweede lezing')")
    text, _ = process.communicate(timeout=60)
    assert process.returncode == 0, text
    made = [json.loads(path.read_text(encoding="utf-8"))["notebook"]["sha256"] for path in out.rglob("manifest.json")]
    assert len(made) == 3 and len(set(made)) == 1
    assert "Te maken: 3" in run_batch_process(out, notebook, "--dry-run", places=3)[1]


def test_rights_are_those_that_the_user_asked_for(tmp_path: Path, out: Path) -> None:
    notebook = small_notebook(tmp_path / "klein.ipynb", "if gemeente == '33016': raise ValueError('stuk')")
    command = arguments(out, notebook, places=2)
    done = subprocess.run(command, env=environment(), umask=0o077, capture_output=True, text=True, check=False)
    assert done.returncode == 1, done.stdout + done.stderr
    made = sorted(out.rglob("*"))
    assert len(made) > 6
    assert [str(path) for path in made if path.stat().st_mode & 0o077] == []


# --- reports that fail


def test_child_that_is_killed_costs_one_report_and_retry_makes_it(tmp_path: Path, out: Path) -> None:
    deadly = "import os\nif gemeente == '33016' and 'STUK' in os.environ:\n    os.kill(os.getpid(), 9)"
    notebook = small_notebook(tmp_path / "klein.ipynb", deadly)
    code, text = run_batch_process(out, notebook, places=3, STUK="1")
    assert code == 1 and "mislukt: Mesen" in text and "SIGKILL" in text and "te weinig geheugen" in text
    assert statuses(out) == {"44021": "klaar", "33016": "mislukt", "73028": "klaar"}
    kept = out / "gepubliceerd" / "_broken" / "33016" / "melding.txt"
    assert "SIGKILL" in kept.read_text(encoding="utf-8")
    assert left_behind(out) == [] and not (out / "gepubliceerd" / "33016-mesen").exists()
    code, text = run_batch_process(out, notebook, "--retry", places=3)
    assert code == 0 and "3 klaar" in text and "Te maken: 1; actueel: 0" in text
    assert set(statuses(out).values()) == {"klaar"} and not (out / "gepubliceerd" / "_broken").exists()
    code, text = run_batch_process(out, notebook, "--retry", places=3)
    assert code == 2 and "mislukte niets" in text


def test_cell_that_hangs_is_ended_and_named(tmp_path: Path, out: Path) -> None:
    endless = (
        "print('tot hier')\nimport time\n"
        "while gemeente == '33016':\n    try:\n        time.sleep(9)\n    except OSError:\n        pass"
    )
    notebook = small_notebook(tmp_path / "klein.ipynb", endless)
    code, text = run_batch_process(out, notebook, "--timeout", "4", "--max-failed", "1", places=3)
    assert code == 0, "one failure was allowed"
    assert "mislukt: Mesen" in text and "duurde langer dan 4 s" in text
    failed = next(item for item in record(out)["results"] if item["nis"] == "33016")
    assert "print('tot hier')" in failed["message"] and 4 <= failed["seconds"] < 10
    assert "tot hier" in (out / "gepubliceerd" / "_broken" / "33016" / "rapport.ipynb").read_text(encoding="utf-8")
    page = (out / "gepubliceerd" / "run.html").read_text(encoding="utf-8")
    assert "_broken/33016" in page and "duurde langer dan 4 s" in page


def test_cell_that_refuses_to_stop_is_killed_with_its_children(tmp_path: Path, out: Path) -> None:
    stubborn = (
        "import signal, subprocess, time\n"
        "if gemeente == '33016':\n"
        "    signal.signal(signal.SIGALRM, signal.SIG_IGN)\n"
        "    child = subprocess.Popen(['sleep', '300'], start_new_session=True)\n"
        f"    open({str(tmp_path / 'kind')!r}, 'w').write(str(child.pid))\n"
        "    time.sleep(300)"
    )
    notebook = small_notebook(tmp_path / "klein.ipynb", stubborn)
    code, text = run_batch_process(out, notebook, "--timeout", "3", places=2)
    assert code == 1 and "stopte niet toen het daarom gevraagd werd" in text
    assert not _runs(int((tmp_path / "kind").read_text()))
    assert left_behind(out) == []


def test_a_report_in_its_place_is_there_whatever_its_cells_did(tmp_path: Path, out: Path) -> None:
    cells = {
        "44021": "import os\nif os.fork() == 0:\n    os._exit(0)",
        "33016": "import threading, time\nthreading.Thread(target=time.sleep, args=(300,)).start()",
        "73028": "import atexit, time\natexit.register(time.sleep, 300)",
        "35013": "import subprocess\nsubprocess.Popen(['sleep', '300'], start_new_session=True, close_fds=False)",
    }
    notebook = small_notebook(tmp_path / "klein.ipynb", f"exec({cells!r}[gemeente])")
    code, text = run_batch_process(out, notebook, "--timeout", "30", places=4)
    assert (code, statuses(out)) == (0, dict.fromkeys(cells, "klaar")), text
    assert all(is_whole(folder) for folder in out.glob("gepubliceerd/[0-9]*"))


def test_a_report_whose_cell_closes_everything_is_there_or_not_but_never_both(tmp_path: Path, out: Path) -> None:
    notebook = small_notebook(tmp_path / "klein.ipynb", "import os\nos.closerange(0, 1000)")
    code, text = run_batch_process(out, notebook, "--timeout", "30", places=1)
    made = (out / "gepubliceerd" / "44021-gent").exists()
    assert (code, statuses(out)["44021"]) == ((0, "klaar") if made else (1, "mislukt")), text
    assert left_behind(out) == []


def test_full_disk_stops_the_batch_and_says_so(tmp_path: Path, out: Path) -> None:
    full = (
        "import errno, os, pathlib\n"
        "def full(self, *_, **__):\n"
        "    raise OSError(errno.ENOSPC, 'No space left on device')\n"
        "if 'VOL' in os.environ:\n"
        "    pathlib.Path.rename = full"
    )
    notebook = small_notebook(tmp_path / "klein.ipynb", full)
    code, text = run_batch_process(out, notebook, "--workers", "1", VOL="1")
    assert code == 1 and "maak plaats op die schijf" in text and "Vroegtijdig gestopt" in text
    found = list(statuses(out).values())
    assert found.count("mislukt") == 1 and found.count("afgebroken") == 5
    assert left_behind(out) == []


@pytest.mark.slow
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
        assert code == 1 and "maak plaats op die schijf" in text and "Traceback" not in text
        for folder in (small / "uit" / "gepubliceerd").glob("[0-9]*"):
            assert is_whole(folder), "no report is half there"
    finally:
        subprocess.run(["umount", str(small)], check=True)


def test_broken_notebook_stops_after_the_first_failures(tmp_path: Path, out: Path) -> None:
    notebook = small_notebook(tmp_path / "klein.ipynb", "rapport_zonder_naam.tonen(gemeente)")
    code, text = run_batch_process(out, notebook)
    assert code == 1 and "de eerste 3 verslagen mislukten om dezelfde reden" in text and "rapport_zonder_naam" in text
    found = list(statuses(out).values())
    assert 3 <= found.count("mislukt") <= 4 and found.count("mislukt") + found.count("afgebroken") == 6
    kept = next((out / "gepubliceerd" / "_broken").iterdir())
    assert {path.name for path in kept.iterdir()} == {"rapport.ipynb", "melding.txt"}


# --- what cannot start


@pytest.mark.parametrize(
    ("more", "words"),
    [
        (["--gemeenten", "Gent,Bestaatniet", "--provincie", "Holland"], ["Bestaatniet", "Holland"]),
        (["--gemeenten", "Gent", "--provincie", "Limburg"], ["geen gemeente"]),
        (["--formats", "papier"], ["papier"]),
        (["--editie", "nergens"], ["nergens"]),
        (["--notebook", "nergens.ipynb"], ["dit notebook is er niet"]),
        (["--parameters", "nergens.yaml"], ["nergens.yaml"]),
        (["--retry"], ["geen vroegere run"]),
    ],
)
def test_what_cannot_start_ends_with_code_2(tmp_path: Path, out: Path, more: list[str], words: list[str]) -> None:
    code, text = run_batch_process(out, small_notebook(tmp_path / "klein.ipynb"), *more)
    assert code == 2 and all(word in text for word in words) and "Traceback" not in text
    assert not list(out.rglob("rapport.html"))


def test_all_mistakes_of_a_file_are_told_at_once_with_their_lines(tmp_path: Path, out: Path) -> None:
    path = tmp_path / "fout.yaml"
    path.write_text("editie: voorbeeld\ngemeentes: alle\nnoemerjaar: '2020'\npact: '3.0'\n", encoding="utf-8")
    code, text = run_batch_process(out, NOTEBOOK, "--parameters", str(path))
    assert code == 2 and "3 fouten" in text
    assert all(word in text for word in ("regel 2", "gemeenten", "regel 3", "regel 4", "fout.yaml"))


@pytest.mark.parametrize(("name", "count"), [("voorbeeld", 5), ("alle-gemeenten", 286)])
def test_parameter_files_of_the_repository_are_valid(out: Path, name: str, count: int) -> None:
    command = [*arguments(out, NOTEBOOK)[:6], "--editie", "voorbeeld", "--dry-run", "--output-dir", str(out)]
    given = ROOT / "parameters" / f"{name}.yaml"
    done = subprocess.run(
        [*command, "--parameters", str(given)], env=environment(), capture_output=True, text=True, check=True
    )
    assert f"Te maken: {count}; actueel: 0" in done.stdout


def test_outputs_that_cannot_be_written_end_with_code_2(tmp_path: Path) -> None:
    (tmp_path / "uit").write_text("een bestand in de weg")
    code, text = run_batch_process(tmp_path / "uit", small_notebook(tmp_path / "klein.ipynb"))
    assert code == 2 and "uit" in text and "Traceback" not in text


# --- lock and links


def test_the_lock_decides_and_not_its_text(tmp_path: Path, out: Path) -> None:
    notebook, folder = small_notebook(tmp_path / "klein.ipynb"), out / "gepubliceerd"
    left = folder / ".werk-batch"
    left.mkdir(parents=True)
    lock = folder / ".batch.lock"
    lock.write_text(json.dumps({"pid": 1, "host": "een-andere-machine", "started": "gisteren"}))
    with lock.open() as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        code, text = run_batch_process(out, notebook, places=1)
        assert code == 2 and "daar schrijft al een andere batch" in text
        assert left.exists()
    code, text = run_batch_process(out, notebook, places=1)
    assert code == 0, text
    assert left_behind(out) == []


def test_a_process_that_a_cell_left_behind_ends_and_keeps_no_lock(tmp_path: Path, out: Path) -> None:
    notebook = small_notebook(tmp_path / "klein.ipynb", LEAVES_A_DAEMON)
    code, text = run_batch_process(out, notebook, places=2, DEMON=str(tmp_path / "demon-"))
    assert code == 0, text
    pids = [int(path.read_text()) for path in tmp_path.glob("demon-*")]
    assert len(pids) == 2 and not any(map(_runs, pids)), "after a good run nothing is left"
    with (out / "gepubliceerd" / ".batch.lock").open() as lock:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)


@pytest.mark.parametrize("name", [".batch.lock", "_broken", "."])
def test_links_in_the_outputs_are_refused(tmp_path: Path, out: Path, name: str) -> None:
    notebook, elsewhere = small_notebook(tmp_path / "klein.ipynb"), tmp_path / "elders"
    elsewhere.mkdir()
    (elsewhere / "dagboek.txt").write_text("van iemand anders")
    out.mkdir()
    link = out / "gepubliceerd" / name
    if name != ".":
        link.parent.mkdir()
    link = out / "gepubliceerd" if name == "." else link
    link.symlink_to(elsewhere / "dagboek.txt" if name == ".batch.lock" else elsewhere)
    code, text = run_batch_process(out, notebook, places=1)
    assert code == 2 and "symbolische link" in text, text
    assert [path.name for path in elsewhere.iterdir()] == ["dagboek.txt"]
    assert (elsewhere / "dagboek.txt").read_text() == "van iemand anders"


def test_a_link_in_the_place_of_a_report_is_replaced(tmp_path: Path, out: Path) -> None:
    notebook, elsewhere = small_notebook(tmp_path / "klein.ipynb"), tmp_path / "elders"
    code, text = run_batch_process(elsewhere, notebook, places=1)
    assert code == 0, text
    made = contents(elsewhere)
    (out / "gepubliceerd").mkdir(parents=True)
    place = out / "gepubliceerd" / "44021-gent"
    place.symlink_to(elsewhere / "gepubliceerd" / "44021-gent")
    (out / "gepubliceerd" / "run.html").symlink_to(tmp_path / "pagina")
    code, text = run_batch_process(out, notebook, places=1)
    assert code == 0 and "1 klaar" in text, text
    assert not place.is_symlink() and is_whole(place) and contents(elsewhere) == made
    assert not (tmp_path / "pagina").exists()


# --- runs that end early


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_request_to_stop_ends_cleanly_and_the_next_run_goes_on(tmp_path: Path, out: Path, number: int) -> None:
    if signal.getsignal(number) is signal.SIG_IGN:
        signal.signal(number, signal.SIG_DFL)  # the suite was started by nohup; what it starts would not listen
    notebook = small_notebook(tmp_path / "klein.ipynb", WAITS + LEAVES_A_DAEMON)
    sign, demon = tmp_path / "teken", str(tmp_path / "demon-")
    process = _started(out, notebook, places=4, WACHT=str(sign), DEMON=demon)
    _until(lambda: sign.exists() and len(list(out.rglob("manifest.json"))) == 3, "three reports, and one waits")
    time.sleep(0.4)  # the children that made them have told so
    process.send_signal(number)
    text, _ = process.communicate(timeout=20)
    assert process.returncode == 1 and "op verzoek" in text and "Traceback" not in text
    assert statuses(out)["33016"] == "afgebroken" and list(statuses(out).values()).count("klaar") == 3
    assert left_behind(out) == []
    assert not any(_runs(int(path.read_text())) for path in (sign, *tmp_path.glob("demon-*")))
    if number == signal.SIGINT:
        made = {path: path.stat().st_mtime_ns for path in out.rglob("rapport.html")}
        code, text = run_batch_process(out, notebook, places=4, DEMON=demon)
        assert code == 0 and "1 klaar, 3 overgeslagen" in text
        assert all(path.stat().st_mtime_ns == moment for path, moment in made.items())


@pytest.mark.parametrize("killed", ["guard", "master"])
def test_kill_9_leaves_no_process_and_no_claim(tmp_path: Path, out: Path, killed: str) -> None:
    notebook = small_notebook(tmp_path / "klein.ipynb", LEAVES_A_DAEMON + WAITS)
    demon, sign = str(tmp_path / "demon-"), tmp_path / "teken"
    page = out / "gepubliceerd" / "run.html"
    page.parent.mkdir(parents=True)
    page.write_text("Een vroegere run: alles is klaar", encoding="utf-8")
    process = _started(out, notebook, places=3, WACHT=str(sign), DEMON=demon)
    _until(sign.exists, "a report waits")
    os.kill(process.pid if killed == "guard" else _master(process.pid), signal.SIGKILL)
    process.communicate(timeout=20)
    pids = [int(path.read_text()) for path in (sign, *tmp_path.glob("demon-*"))]
    _until(lambda: not any(map(_runs, pids)), "everything that the batch started ends with it", 5)
    assert "alles is klaar" not in page.read_text(encoding="utf-8")
    assert record(out)["finished"] == "" and statuses(out)["33016"] == "afgebroken"
    code, text = run_batch_process(out, notebook, places=3, DEMON=demon)
    assert code == 0 and left_behind(out) == [], text


@pytest.mark.slow
def test_master_killed_at_random_moments_makes_the_same_bytes(tmp_path: Path) -> None:
    notebook = small_notebook(tmp_path / "klein.ipynb", "import time\ntime.sleep(0.2)")
    code, text = run_batch_process(tmp_path / "ongestoord", notebook)
    assert code == 0, text
    chance, out, cut_off = random.Random(20261127), tmp_path / "uit", 0
    for _ in range(3):
        process = _started(out, notebook, "--force")
        time.sleep(chance.uniform(1.5, 4.0))
        cut_off += process.poll() is None
        process.kill()
        process.communicate()
        assert all(is_whole(folder) for folder in out.glob("gepubliceerd/[0-9]*")), "no report is half there"
    assert cut_off >= 2, "most runs were still going on when they were killed"
    code, text = run_batch_process(out, notebook)
    assert code == 0, text
    assert contents(out) == contents(tmp_path / "ongestoord") and left_behind(out) == []


# --- memory


def test_children_are_the_first_to_go_when_memory_runs_out(tmp_path: Path, out: Path) -> None:
    tells = f"open({str(tmp_path / 'score')!r}, 'w').write(open('/proc/self/oom_score_adj').read())"
    code, text = run_batch_process(out, small_notebook(tmp_path / "klein.ipynb", tells), places=1)
    assert code == 0, text
    assert int((tmp_path / "score").read_text()) == 1000


@pytest.mark.slow
def test_too_little_memory_costs_a_report_and_is_told(tmp_path: Path, out: Path) -> None:
    roots = {"/sys/fs/cgroup/memory": "memory.limit_in_bytes", "/sys/fs/cgroup": "memory.max"}
    root, limit = next((Path(root), limit) for root, limit in roots.items() if Path(root).is_dir())
    group = root / f"lekp-{os.getpid()}"
    if not (root / "cgroup.procs").is_file() or not os.access(root, os.W_OK):
        pytest.skip("no memory limits can be set here")
    group.mkdir()
    (group / limit).write_text("450M")
    greedy = "if gemeente == '33016':\n    block = bytearray(1_000_000_000)"
    notebook = small_notebook(tmp_path / "klein.ipynb", greedy)
    try:
        done = subprocess.run(
            ["sh", "-c", f'echo $$ > {group}/cgroup.procs; exec "$@"', "sh", *arguments(out, notebook, places=3)],
            env=environment(), capture_output=True, text=True, check=False,
        )  # fmt: skip
    finally:
        group.rmdir()
    assert done.returncode == 1 and "Het geheugen raakte vol" in done.stdout, done.stdout + done.stderr
    assert statuses(out) == {"44021": "klaar", "33016": "mislukt", "73028": "klaar"}
    assert "Het geheugen raakte vol" in (out / "gepubliceerd" / "run.html").read_text(encoding="utf-8")


# --- one report never sees another; ways to make one


def test_state_of_one_report_never_reaches_another(tmp_path: Path) -> None:
    """Each report finds the world as the first one did, although each of them spoils it."""
    spoils = (
        "import builtins, os, random, sys, warnings\n"
        "import matplotlib as mpl\n"
        "from lekp_lib.pact import load_catalog\n"
        "found = [os.environ.get('SPOOR'), os.getcwd() == os.sep, mpl.rcParams['font.size'] == 99, "
        "hasattr(builtins, 'spoor'), 'spoor' in sys.modules, len(load_catalog().targets) != 20]\n"
        "assert not any(found), found\n"
        "warnings.warn('elke keer')\n"
        "os.environ['SPOOR'] = 'ja'; mpl.rcParams['font.size'] = 99; builtins.spoor = 1; sys.modules['spoor'] = os\n"
        "warnings.simplefilter('ignore'); random.seed(1)"
    )
    spoiled = small_notebook(tmp_path / "spoor.ipynb", spoils)
    code, text = run_batch_process(tmp_path / "samen", spoiled, "--workers", "1", places=3)
    assert code == 0, text
    code, text = run_batch_process(tmp_path / "alleen", spoiled, "--gemeenten", "Herstappe")
    assert code == 0, text
    together, alone = contents(tmp_path / "samen"), contents(tmp_path / "alleen")
    assert alone and all(together[name] == content for name, content in alone.items())


def test_threads_in_the_master_are_an_error(tmp_path: Path) -> None:
    code = (
        "import threading, time; threading.Thread(target=time.sleep, args=(60,), daemon=True).start(); "
        "from lekp_lib.cli import main; main()"
    )
    given = arguments(tmp_path / "uit", small_notebook(tmp_path / "klein.ipynb"), places=1)
    given[given.index("-c") + 1] = code
    done = subprocess.run(given, capture_output=True, text=True, check=False, env=environment(), timeout=60)
    assert done.returncode == 2 and "2 threads" in done.stderr
    assert left_behind(tmp_path) == []


def test_without_fork_each_report_gets_a_process_that_is_started_anew(tmp_path: Path) -> None:
    deadly = "import os\nif gemeente == '33016':\n    os.kill(os.getpid(), 9)"
    notebook = small_notebook(tmp_path / "klein.ipynb", deadly)
    no_fork = "import lekp_lib.report.processes as r; r.can_fork = lambda: False; from lekp_lib.cli import main; main()"
    given = arguments(tmp_path / "uit", notebook, places=3)
    given[given.index("-c") + 1] = no_fork
    done = subprocess.run(given, capture_output=True, text=True, check=False, env=environment(), timeout=120)
    assert done.returncode == 1 and "mislukt: Mesen" in done.stdout, done.stdout + done.stderr
    assert statuses(tmp_path / "uit") == {"44021": "klaar", "33016": "mislukt", "73028": "klaar"}
    assert left_behind(tmp_path) == []
    code, text = run_batch_process(tmp_path / "gevorkt", notebook, "--gemeenten", "Gent,Herstappe")
    assert code == 0, text
    assert contents(tmp_path / "uit") == contents(tmp_path / "gevorkt")


@pytest.mark.slow
def test_all_formats_are_the_same_bytes_on_both_engines(tmp_path: Path) -> None:
    formats = ("--editie", "voorbeeld", "--formats", "html,pdf,xlsx,csv,docx,besluit,slides")
    for engine in ("warm", "kernel"):
        code, text = run_batch_process(tmp_path / engine, NOTEBOOK, "--engine", engine, *formats, "--force", places=1)
        assert code == 0, text
    warm = contents(tmp_path / "warm")
    assert len(warm) >= 7
    assert warm == contents(tmp_path / "kernel")


def test_expected_duration_is_near_what_it_takes(tmp_path: Path, out: Path) -> None:
    """From the first reports of this run; the test shortens the ten seconds between two lines."""
    notebook = small_notebook(tmp_path / "klein.ipynb", "import time\ntime.sleep(0.15)")
    given = arguments(out, notebook, "--gemeenten", "alle", "--provincie", "Limburg")
    given[given.index("-c") + 1] = (
        "import lekp_lib.batch.run as r; r._LINE_EVERY_S = 0; from lekp_lib.cli import main; main()"
    )
    done = subprocess.run(given, capture_output=True, text=True, check=False, env=environment(), timeout=240)
    assert done.returncode == 0, done.stdout + done.stderr
    expected = [float(found) for found in re.findall(r"samen ongeveer (\d+) s", done.stdout)]
    (took,) = re.findall(r"in ([\d.]+) s$", done.stdout, re.MULTILINE)
    assert expected and all(abs(item / float(took) - 1) < 0.25 for item in expected), (expected, took)
