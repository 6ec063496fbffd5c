"""Mistakes of the machine around a command: real processes, in which every warning is an error."""

from __future__ import annotations

import os
import shutil
import signal
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from unittest.mock import patch

import pytest

from runfolio.site.publish import MARKER
from tests.store.samples import write_sealed_run
from tests.strangers.calling import judge

CODE: Final = "import sys; sys.argv[0] = {name!r}; from {module} import main; main()"
PROGRAMS: Final = {"runfolio": "runfolio.cli.main", "build-report": "runfolio.cli.report"}


@dataclass(frozen=True)
class Answer:
    """How a process ended, and what it said."""

    code: int
    said: str
    printed: str


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with two runs whose ids begin alike."""
    store = tmp_path_factory.mktemp("made") / "runs"
    ids = iter(("abcd000000000001", "abcd000000000002"))
    with patch("tests.store.samples.new_run_id", lambda: next(ids)):
        write_sealed_run(store)
        write_sealed_run(store)
    return store


@pytest.fixture
def here(made: Path, tmp_path: Path) -> Iterator[Path]:
    """A folder with a copy of the store, which is as it was at the end."""
    shutil.copytree(made, tmp_path / "runs")
    before = list_files(tmp_path / "runs")
    yield tmp_path
    assert list_files(tmp_path / "runs") == before


def list_files(folder: Path) -> dict[str, bytes]:
    """The content of all files."""
    return {str(path): path.read_bytes() for path in folder.rglob("*") if path.is_file()}


def command(program: str, *words: str | bytes) -> list[str | bytes]:
    """The words that start a command in a strict Python."""
    code = CODE.format(name=program, module=PROGRAMS[program])
    return [sys.executable, "-W", "error", "-bb", "-c", code, *words]


def call(
    here: Path, program: str, *words: str | bytes, env: dict[str, str | None] | None = None
) -> Answer:
    """Run a command with some variables set, or unset where their value is None."""
    changed = {**os.environ, **(env or {})}
    kept = {name: value for name, value in changed.items() if value is not None}
    done = subprocess.run(
        command(program, *words),
        cwd=here,
        env=kept,
        stdin=subprocess.DEVNULL,
        capture_output=True,
        check=False,
        timeout=120,
    )
    said, printed = (text.decode(errors="backslashreplace") for text in (done.stderr, done.stdout))
    return Answer(done.returncode, said, printed)


def refused(answer: Answer, *shown: str) -> None:
    """Check that a command refused in a line that holds the texts."""
    assert answer.code != 0, answer.printed
    assert not judge(answer.code, answer.said)
    for text in shown:
        assert text in answer.said


@pytest.mark.parametrize(
    ("words", "shown"),
    [
        (("show", "abcd"), ("'abcd'", "abcd000000000001", "abcd000000000002")),
        (("show", "beef"), ("'beef'", "runfolio ls")),
        (("ls", "beer"), ("'beer'", "'wine'")),
        (("ls", b"caf\xe9"), ("caf\\udce9", "'wine'")),
        (("search", b"params.caf\xe9"), ("column 11", "\\udce9")),
        (("ls", "--store", ""), ("'' is no path",)),
        (("ls", "--store", b"caf\xe9"), ("caf\\udce9", "runfolio.json")),
        (("ls", "--limit", "many"), ("'many'", "--limit")),
        (("tag", "abcd000000000001", "x" * 10_000), ("KEY=VALUE", "label=best")),
    ],
    ids=lambda one: str(one)[:40],
)
def test_what_is_named_wrongly_is_shown(
    here: Path, words: Sequence[str | bytes], shown: tuple[str, ...]
) -> None:
    refused(call(here, "runfolio", *words), *shown)


@pytest.mark.parametrize(
    "env",
    [
        {"HOME": None, "XDG_CACHE_HOME": None},
        {"HOME": os.devnull, "XDG_CACHE_HOME": ""},
        {"XDG_CACHE_HOME": __file__, "TMPDIR": "/no/such/folder"},
        {"SOURCE_DATE_EPOCH": "abc", "RUNFOLIO_STORE": "", "COLUMNS": "0", "NO_COLOR": ""},
        {"SOURCE_DATE_EPOCH": "9" * 30, "COLUMNS": "many", "LC_ALL": "xx_YY.nonsense"},
    ],
    ids=lambda env: " ".join(env),
)
def test_odd_variables_stop_no_build(here: Path, env: dict[str, str | None]) -> None:
    answer = call(here, "build-report", env=env)
    assert (answer.code, answer.said) == (0, "")
    assert (here / "site" / MARKER).is_file()


def test_a_store_named_by_a_variable_is_named_where_it_is_wrong(here: Path) -> None:
    refused(call(here, "runfolio", "ls", env={"RUNFOLIO_STORE": "/no/such"}), "'/no/such'")
    refused(call(here, "runfolio", "ls", env={"RUNFOLIO_STORE": "~nobody-at-all"}), "~nobody")


@pytest.mark.parametrize("output", ["runs", "runs/runfolio.json", "runs/runfolio.json/site"])
def test_no_site_takes_the_place_of_a_store(here: Path, output: str) -> None:
    refused(call(here, "build-report", "--output", output), "runs")


def test_a_working_folder_that_is_gone(here: Path) -> None:
    gone = here / "gone"
    gone.mkdir()
    code = f"import os; os.rmdir({str(gone)!r}); "
    for program, words in (("runfolio", ["ls"]), ("build-report", [])):
        line = command(program, *words)
        line[line.index("-c") + 1] = code + str(line[line.index("-c") + 1])
        done = subprocess.run(line, cwd=gone, capture_output=True, text=True, check=False)
        assert not judge(done.returncode, done.stderr)
        assert "The working folder is gone" in done.stderr
        gone.mkdir()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="there is no /dev/full")
def test_output_that_nobody_takes(here: Path) -> None:
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            command("runfolio", "ls", "wine"), cwd=here, stdout=full, stderr=subprocess.PIPE
        )
    assert not judge(done.returncode, done.stderr.decode())
    assert b"No space left" in done.stderr
    for ending in ("| head -0", ">&-"):
        line = command("runfolio", "ls", "wine", "--json")
        done = subprocess.run(
            ["sh", "-c", f'"$@" {ending}', "sh", *line], cwd=here, capture_output=True, check=False
        )
        assert done.stderr == b"", ending


def test_input_that_is_closed(here: Path) -> None:
    line = command("runfolio", "comment", "--to", "summary", "--dry-run")
    done = subprocess.run(
        ["sh", "-c", '"$@" <&-', "sh", *line], cwd=here, capture_output=True, text=True, check=False
    )
    refused(Answer(done.returncode, done.stderr, done.stdout), "the standard input is closed")


def test_a_host_that_is_not_there_is_told_at_once(here: Path) -> None:
    words = ["comment", "runs/runfolio.json", "--to", "github", "--api", "http://127.0.0.1:9"]
    words += ["--repository", "a/b", "--pull-request", "1", "--max-wait", "0s"]
    answer = call(here, "runfolio", *words, env={"GITHUB_TOKEN": "t" * 20})
    refused(answer, "127.0.0.1:9")


def test_ctrl_c_leaves_no_half_of_a_site(here: Path) -> None:
    for wait in (0.0, 0.3):
        process = subprocess.Popen(
            command("build-report"), cwd=here, stderr=subprocess.PIPE, stdout=subprocess.PIPE
        )
        deadline = time.monotonic() + 60
        while len(list(here.iterdir())) == 1 and time.monotonic() < deadline:
            time.sleep(0.005)
        time.sleep(wait)
        process.send_signal(signal.SIGINT)
        _, said = process.communicate(timeout=60)
        whole = (here / "site" / MARKER).is_file()
        assert (here / "site").exists() == whole
        assert b"Traceback" not in said
        assert process.returncode == 0 if whole else said.strip() == b"Aborted!"
        assert {path.name for path in here.iterdir()} <= {"runs", "site"}


@pytest.mark.skipif(os.name == "nt", reason="names of files are text there")
def test_a_folder_whose_name_is_no_utf8(here: Path) -> None:
    folder = here / os.fsdecode(b"caf\xe9")
    shutil.copytree(here / "runs", folder / "runs")
    for program, words in (
        ("build-report", ["runs", "--output", "site"]),
        ("build-report", ["runs", "--archive", "kept"]),
        ("runfolio", ["pack", "--store", "runs"]),
        ("runfolio", ["verify", "kept"]),
        ("runfolio", ["show", "abcd000000000001", "--store", "runs"]),
    ):
        paths = [str(folder / word) if word in ("runs", "site", "kept") else word for word in words]
        answer = call(here, program, *paths)
        assert (answer.code, answer.said) == (0, ""), words
