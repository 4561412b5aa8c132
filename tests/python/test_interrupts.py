"""Runs that are stopped, watched, or shared by threads. Python must stay in charge throughout."""

from __future__ import annotations

import itertools
import os
import pty
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

import capstake as cs
from close import same_bits
from deals import CAPPED_SHARE, deal_of, share_deal

DEAL = deal_of(CAPPED_SHARE)
NEVER = 2**40  # paths of a run that takes days
LONG = ("--paths", str(NEVER), "--threads", "2")
NEW = "microsoft_openai_2026_04"
PROMPT = 0.5  # seconds from a signal to the end


@pytest.fixture(autouse=True)
def default_ctrl_c() -> Iterator[None]:
    """Let SIGINT interrupt: jobs in the background start with it ignored."""
    before = signal.signal(signal.SIGINT, signal.default_int_handler)
    yield
    signal.signal(signal.SIGINT, before)


@contextmanager
def started(*arguments: str, **settings: object) -> Iterator[subprocess.Popen[bytes]]:
    # NumPy's own threads would be taken for those of a run.
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "TERM": "xterm"}
    settings = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE, "env": environment} | settings
    with subprocess.Popen([sys.executable, *arguments], **settings) as process:
        try:
            yield process
        finally:
            process.kill()


def wait_until_busy(process: subprocess.Popen[bytes]) -> None:
    """Wait for the two threads of a run, beside the main one, to have worked for a while."""
    tasks = Path(f"/proc/{process.pid}/task")
    deadline = time.monotonic() + 30
    while len(list(tasks.iterdir())) < 3:
        assert process.poll() is None, process.stderr.read()
        assert time.monotonic() < deadline
        time.sleep(0.02)
    time.sleep(0.1)


NEEDS_PROC = pytest.mark.skipif(not Path("/proc/self/task").exists(), reason="needs Linux's /proc")


@NEEDS_PROC
@pytest.mark.parametrize(
    "command",
    [
        ["value", NEW, "--json"],
        ["compare", NEW, "microsoft_openai_2025_10"],
        ["report", "-o", "memo.html"],
    ],
    ids=lambda command: command[0],
)
def test_ctrl_c_on_the_command_line(command: list[str], tmp_path: Path):
    with started("-m", "capstake", *command, *LONG, cwd=tmp_path) as process:
        wait_until_busy(process)
        process.send_signal(signal.SIGINT)
        begun = time.monotonic()
        out, err = process.communicate(timeout=20)
        took = time.monotonic() - begun
    assert process.returncode == 130
    assert err == b"capstake: interrupted\n"
    if "--json" in command:
        assert b'"message": "interrupted"' in out
    else:
        assert out == b""
    assert list(tmp_path.iterdir()) == []
    assert took < PROMPT


@NEEDS_PROC
def test_many_ctrl_c():
    """A second and a third one, while the first is being answered, change nothing."""
    with started("-m", "capstake", "value", NEW, *LONG) as process:
        wait_until_busy(process)
        for _ in range(5):
            process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert (process.returncode, err) == (130, b"capstake: interrupted\n")


@NEEDS_PROC
def test_ctrl_c_takes_the_bar_away():
    """On a terminal: the bar is shown, removed, and the cursor is back."""
    terminal, far_end = pty.openpty()
    with started("-m", "capstake", "value", NEW, *LONG, stderr=far_end) as process:
        os.close(far_end)
        shown = b""
        while b"simulating" not in shown:
            shown += os.read(terminal, 4096)
        process.send_signal(signal.SIGINT)
        while not shown.endswith(b"interrupted\r\n"):
            shown += os.read(terminal, 4096)
        assert process.wait(timeout=20) == 130
    os.close(terminal)
    assert b"Traceback" not in shown
    assert shown.rindex(b"\x1b[?25h") > shown.rindex(b"\x1b[?25l")  # cursor shown after hidden


def test_keyboard_interrupt_in_the_api():
    stop = threading.Timer(0.2, signal.raise_signal, [signal.SIGINT])
    stop.start()
    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        cs.value(DEAL, paths=NEVER)
    stop.join()
    assert time.monotonic() - begun < 0.2 + PROMPT
    assert cs.value(DEAL, paths=64)["share"].value > 0  # and the next run is well


class Impatient(Exception):
    pass


@pytest.mark.parametrize("error", [Impatient("enough"), SystemExit(3), KeyboardInterrupt()])
def test_an_error_in_a_progress_callback_ends_the_run(error: BaseException):
    seen = []

    def progress(done: int, total: int) -> None:
        seen.append((done, total))
        raise error

    with pytest.raises(type(error)) as raised:
        cs.value(DEAL, paths=NEVER, progress=progress)
    assert raised.value is error
    ((done, total),) = seen
    assert 0 <= done < NEVER
    assert total >= NEVER


def test_progress_counts_up():
    seen = []
    cs.value(DEAL, paths=2**22, progress=lambda done, total: seen.append((done, total)))
    assert seen == sorted(seen)
    assert len({total for _, total in seen}) <= 1
    assert all(0 <= done <= total for done, total in seen)


def test_a_run_within_a_progress_callback():
    inner = []

    def progress(done: int, total: int) -> None:
        inner.append(cs.value(DEAL, paths=64)["share"].value)

    outer = cs.value(DEAL, paths=2**22, progress=progress)
    assert len(set(inner)) <= 1
    assert outer["share"].value == cs.value(DEAL, paths=2**22)["share"].value


def test_other_threads_go_on_during_a_run():
    ticks = []
    done = threading.Event()

    def tick() -> None:
        while not done.wait(0.001):
            ticks.append(time.monotonic())

    ticker = threading.Thread(target=tick)
    ticker.start()
    begun = time.monotonic()
    cs.value(DEAL, paths=2**22, threads=1)
    ended = time.monotonic()
    done.set()
    ticker.join()
    during = [begun, *(t for t in ticks if begun < t < ended), ended]
    longest = max(b - a for a, b in itertools.pairwise(during))
    assert longest < 0.5 * (ended - begun)


def test_several_threads_at_once_give_the_same_bits():
    expected = cs.value(DEAL, paths=2**16)
    found: dict[int, cs.Valuation] = {}

    def work(i: int) -> None:
        found[i] = cs.value(DEAL, paths=2**16, threads=1 + i % 3)

    threads = [threading.Thread(target=work, args=[i]) for i in range(6)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    for valued in found.values():
        for name in expected:
            assert same_bits(valued[name].samples, expected[name].samples)
            assert same_bits(valued[name].value, expected[name].value)
    assert len(found) == 6


def test_one_thread_is_stopped_and_the_others_go_on():
    results: dict[str, object] = {}

    def stop(done: int, total: int) -> None:
        raise Impatient

    def work(name: str, **settings: object) -> None:
        try:
            results[name] = cs.value(DEAL, **settings)["share"].value
        except Impatient as error:
            results[name] = error

    threads = [
        threading.Thread(target=work, args=["stopped"], kwargs={"paths": NEVER, "progress": stop}),
        threading.Thread(target=work, args=["whole"], kwargs={"paths": 2**21}),
    ]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert isinstance(results["stopped"], Impatient)
    assert results["whole"] == cs.value(DEAL, paths=2**21)["share"].value


# A daemon thread in the middle of a run when the interpreter ends: once, again and again, and with
# a callback into Python. It must neither abort the process nor keep it from ending.
ENDING = """
import sys, threading, time
import capstake as cs

deal = cs.load("microsoft_openai_2026_04")
once, forever, progress = {
    "once": (True, False, None),
    "long runs for ever": (False, True, None),
    "short runs for ever": (False, True, None),
    "progress": (True, False, lambda done, total: time.sleep(0.001)),
}[sys.argv[1]]
paths = 2**9 if sys.argv[1].startswith("short") else 2**40

def work():
    while True:
        try:
            cs.value(deal, paths=paths, progress=progress)
        except cs.CancelledError:
            if once:
                return

for _ in range(3):
    threading.Thread(target=work, daemon=True).start()
time.sleep(0.3)
"""


@pytest.mark.parametrize(
    "kind",
    [
        "once",
        *(
            pytest.param(kind, marks=pytest.mark.slow)
            for kind in ("long runs for ever", "short runs for ever", "progress")
        ),
    ],
)
def test_the_interpreter_ends_during_a_run(kind: str):
    for _ in range(5 if kind != "once" else 1):
        with started("-c", ENDING, kind) as process:
            out, err = process.communicate(timeout=30)
        assert (process.returncode, out, err) == (0, b"", b"")


def test_a_token_stops_runs_on_any_thread_at_once():
    token = cs.CancelToken()
    ended: dict[str, float] = {}

    def work(name: str, run: Callable[[], object]) -> None:
        with pytest.raises(cs.CancelledError):
            run()
        ended[name] = time.monotonic()

    runs = {
        "value": lambda: cs.value(DEAL, paths=NEVER, cancel=token),
        "compare": lambda: cs.compare(DEAL, DEAL, paths=NEVER, cancel=token),
        "sensitivities": lambda: cs.sensitivities(DEAL, paths=NEVER, cancel=token),
    }
    threads = [threading.Thread(target=work, args=item) for item in runs.items()]
    for thread in threads:
        thread.start()
    time.sleep(0.2)
    assert not ended
    assert not token.is_cancelled
    stopped = time.monotonic()
    token.cancel()
    for thread in threads:
        thread.join(timeout=10)
    assert ended.keys() == runs.keys()
    assert max(ended.values()) - stopped < PROMPT
    with pytest.raises(cs.CancelledError):
        cs.value(DEAL, paths=64, cancel=token)


@pytest.mark.slow
def test_the_planning_of_sensitivities_can_be_stopped():
    many = share_deal({2026 + year: 100.0 for year in range(20)}, volatility=0.3)
    (leg,) = many["legs"].values()
    many["legs"] = {f"leg_{i}": leg | {"cap": 10.0 + i} for i in range(14)}
    polled: list[float] = []

    def until_the_first_path(done: int, _total: int) -> None:
        polled.append(time.monotonic())
        if done > 0:
            raise KeyboardInterrupt

    begun = time.monotonic()
    with pytest.raises(KeyboardInterrupt):
        cs.sensitivities(deal_of(many), paths=NEVER, progress=until_the_first_path)
    # Between any two chances to stop lies a part of the preparation, not all of it.
    gaps = [after - before for before, after in itertools.pairwise([begun, *polled])]
    assert max(gaps) < 0.5 * (polled[-1] - begun)


NOTEBOOK = """
import capstake as cs
deal = cs.load("microsoft_openai_2026_04")
print("begun", flush=True)
cs.value(deal, paths=2**40)
"""


@pytest.mark.slow
def test_ctrl_c_in_a_notebook():
    from jupyter_client.manager import start_new_kernel

    manager, client = start_new_kernel()
    try:
        client.execute(NOTEBOOK)
        while client.get_iopub_msg(timeout=60)["msg_type"] != "stream":
            pass
        time.sleep(0.5)
        pressed = time.monotonic()
        manager.interrupt_kernel()
        reply = client.get_shell_msg(timeout=30)
        assert reply["content"]["ename"] == "KeyboardInterrupt"
        assert time.monotonic() - pressed < PROMPT
    finally:
        client.stop_channels()
        manager.shutdown_kernel(now=True)


@pytest.mark.parametrize("wanted", ["0", "two", "-1", "5000", "1e3"])
def test_a_broken_number_of_threads_in_the_environment(wanted, monkeypatch):
    monkeypatch.setenv("CAPSTAKE_THREADS", wanted)
    with pytest.raises(cs.InputError, match=rf"CAPSTAKE_THREADS: .*1 to 4096, got {wanted}"):
        cs.value(DEAL, paths=64)


@NEEDS_PROC
def test_the_number_of_threads_in_the_environment():
    code = "import capstake as cs; cs.value(cs.load('microsoft_openai_2026_04'), paths=2**40)"
    environment = os.environ | {"OPENBLAS_NUM_THREADS": "1", "CAPSTAKE_THREADS": "5"}
    with started("-c", code, env=environment) as process:
        tasks = Path(f"/proc/{process.pid}/task")
        deadline = time.monotonic() + 30
        while len(list(tasks.iterdir())) < 6 and time.monotonic() < deadline:
            time.sleep(0.02)
        time.sleep(0.1)
        assert len(list(tasks.iterdir())) == 6
