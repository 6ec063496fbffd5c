"""Commands that are run to their end, and what they print."""

from __future__ import annotations

import os
import signal
import sys
import threading
import time
from pathlib import Path

import pytest

from runfolio.errors import ProjectInvalid
from runfolio.projects.commands import Ended, run_command, shell_words
from runfolio.projects.console import MAX_HEAD, MAX_TAIL, Console
from runfolio.projects.jobs import recorded_words
from runfolio.projects.stopping import Counter, StopFile, noted_signals


def run(code: str, console: Console | None = None, folder: Path | None = None) -> Ended:
    """Run Python code as a program."""
    return run_command(
        [sys.executable, "-c", code],
        folder=folder or Path.cwd(),
        variables=os.environ,
        console=console or Console(),
    )


@pytest.mark.parametrize(
    ("code", "ended"),
    [
        ("", Ended(0, "FINISHED")),
        ("raise SystemExit(3)", Ended(3, "FAILED")),
        ("import os; os.abort()", Ended(134, "FAILED")),
        ("import os; os.kill(os.getpid(), 9)", Ended(137, "KILLED")),
        ("import os; os.kill(os.getpid(), 15)", Ended(143, "KILLED")),
        ("raise SystemExit(130)", Ended(130, "KILLED")),
    ],
)
def test_an_exit_code_says_the_status(code: str, ended: Ended) -> None:
    assert run(code) == ended


def test_a_command_that_doesnt_start_is_one_line(tmp_path: Path) -> None:
    with pytest.raises(ProjectInvalid, match=r"'/absent/x' can't be started in .*: No such file"):
        run_command(["/absent/x"], folder=tmp_path, variables={}, console=Console())


def test_both_streams_are_shown_and_kept() -> None:
    shown: list[tuple[bytes, bool]] = []
    console = Console(lambda chunk, error: shown.append((chunk, error)))
    run("import os\nos.write(1, b'out\\n')\nos.write(2, b'error\\n')", console)
    assert b"".join(chunk for chunk, error in shown if not error) == b"out\n"
    assert b"".join(chunk for chunk, error in shown if error) == b"error\n"
    assert sorted(console.content().split()) == [b"error", b"out"]


def test_long_output_is_kept_at_both_ends() -> None:
    console = Console()
    size = MAX_HEAD + MAX_TAIL + 300_000
    run(f"import sys\nsys.stdout.write('first' + 'x' * {size} + 'last')", console)
    content = console.content()
    assert content.startswith(b"firstx")
    assert content.endswith(b"xlast")
    assert len(content) < MAX_HEAD + MAX_TAIL + 100_000
    left_out = int(content.split("… ".encode())[1].split(b" ")[0].replace(b",", b""))
    told = len(content) - len(f"\n… {left_out:,} bytes left out here …\n".encode())
    assert left_out + told == size + 9


def test_output_that_fits_is_kept_whole() -> None:
    console = Console()
    run(f"import sys\nsys.stdout.write('x' * {MAX_HEAD + MAX_TAIL})", console)
    assert console.content() == b"x" * (MAX_HEAD + MAX_TAIL)


def test_the_last_lines_say_something() -> None:
    console = Console()
    console.add(b"one\n\ntwo\r\n 10%\r 50%\r100%\n\n")
    console.add(b"three \xff\n  \n")
    assert console.last_lines(2) == ["100%", "three �"]
    assert console.last_lines(9) == ["one", "two", "100%", "three �"]


def test_the_last_word_is_that_on_standard_error() -> None:
    console = Console()
    assert console.last_word() == ""
    console.add(b"done\n")
    assert console.last_word() == "done"
    console.add(b"Traceback\nValueError: bad\n", error=True)
    console.add(b"bye\n")
    assert console.last_word() == "ValueError: bad"


def test_somebody_who_stops_looking_stops_nothing() -> None:
    def gone(chunk: bytes, error: bool) -> None:
        raise BrokenPipeError

    console = Console(gone)
    assert run("print('a'); print('b')", console).code == 0
    assert console.content() == b"a\nb\n"


def test_a_process_left_behind_is_not_waited_for() -> None:
    code = (
        "import subprocess, sys\n"
        "subprocess.Popen([sys.executable, '-c', 'import time; time.sleep(60)'])\n"
        "print('done')"
    )
    console = Console()
    assert run(code, console) == Ended(0, "FINISHED")
    assert console.content() == b"done\n"


STUBBORN = """\
import signal, time
signal.signal(signal.SIGINT, lambda *_: print("not yet", flush=True))
print("ready", flush=True)
time.sleep(60); time.sleep(60)
"""


def ask_when(console: Console, text: bytes, times: int = 1) -> Counter:
    """Count as asked once the program has printed a text."""
    counter = Counter()

    def wait() -> None:
        while text not in console.content():
            time.sleep(0.01)
        for _ in range(times):
            counter.note(signal.SIGINT)
            time.sleep(0.3)

    threading.Thread(target=wait, daemon=True).start()
    return counter


def test_a_program_that_is_asked_to_end_may_tidy_up() -> None:
    code = (
        "import time\ntry:\n    print('ready', flush=True)\n    time.sleep(60)\n"
        "except KeyboardInterrupt:\n    print('tidied up')\n"
    )
    console = Console()
    counter = ask_when(console, b"ready")
    ended = run_command(
        [sys.executable, "-c", code],
        folder=Path.cwd(),
        variables=os.environ,
        console=console,
        asked=counter.asked,
    )
    assert ended == Ended(130, "KILLED")
    assert console.content() == b"ready\ntidied up\n"


@pytest.mark.parametrize(("times", "patience"), [(2, 60.0), (1, 0.2)])
def test_one_that_doesnt_end_is_ended(times: int, patience: float) -> None:
    console = Console()
    counter = ask_when(console, b"ready", times)
    ended = run_command(
        [sys.executable, "-c", STUBBORN],
        folder=Path.cwd(),
        variables=os.environ,
        console=console,
        asked=counter.asked,
        patience=patience,
    )
    assert ended == Ended(143, "KILLED")
    assert b"not yet" in console.content()


def test_signals_are_noted_while_a_program_runs() -> None:
    counter = Counter()
    before = signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)
    with noted_signals(counter.note):
        for number in (signal.SIGINT, signal.SIGTERM):
            os.kill(os.getpid(), number)
    assert (counter.asked(), counter.last) == (2, signal.SIGTERM)
    assert (signal.getsignal(signal.SIGINT), signal.getsignal(signal.SIGTERM)) == before


def test_other_threads_get_no_signals() -> None:
    done: list[bool] = []

    def work() -> None:
        with noted_signals(lambda number: None):
            done.append(True)

    thread = threading.Thread(target=work)
    thread.start()
    thread.join()
    assert done == [True]


def test_a_file_asks_other_processes(tmp_path: Path) -> None:
    stop = StopFile(tmp_path / "stop")
    assert stop.asked() == 0
    stop.ask()
    stop.ask()
    assert StopFile(tmp_path / "stop").asked() == 2


def test_a_command_is_recorded_as_words_where_it_is_only_words() -> None:
    assert recorded_words("python train.py --x 'a b'") == ("python", "train.py", "--x", "a b")
    for command in ("a && b", "A=1 python x.py", "echo $HOME", "a > b", "echo 'a"):
        assert recorded_words(command) == ("bash", "-c", command)
    assert Path(shell_words("x")[0]).name == "bash"
