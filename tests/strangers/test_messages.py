"""What a mistake in a program says: functions of the library, and how commands put errors."""

from __future__ import annotations

import errno
import inspect
import re
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import click
import pytest
from click.testing import CliRunner

import runfolio
from runfolio.cli.ending import MOST_SAID, Command, Group, describe, shorten
from runfolio.errors import RunfolioError
from runfolio.store.files import absolute_path
from tests.store.samples import write_sealed_run
from tests.strangers.commands import list_entries

RUN: Final = "0123456789abcdef"


@pytest.fixture(scope="module")
def made(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A store with one run."""
    store = tmp_path_factory.mktemp("made") / "runs"
    write_sealed_run(store)
    return store


@pytest.fixture
def runs(made: Path, tmp_path: Path) -> Iterator[Path]:
    """A copy of the store, as the working folder's own."""
    shutil.copytree(made, tmp_path / "runs")
    yield tmp_path / "runs"
    while runfolio.active_run() is not None:
        runfolio.finish()


def told(call: Callable[[], Any]) -> str:
    """The message of the error that a call raises, which is one of our own."""
    with pytest.raises(RunfolioError) as raised:
        call()
    message = str(raised.value)
    assert "\n" not in message
    assert re.search(r"[.:;] \S.*\S$", message), f"no next step: {message!r}"
    return message


def takes_store() -> list[str]:
    """The public functions that read or change a store."""
    functions = [name for name in runfolio.__all__ if inspect.isfunction(getattr(runfolio, name))]
    parameters = {name: inspect.signature(getattr(runfolio, name)).parameters for name in functions}
    return [name for name, given in parameters.items() if "store" in given]


NEEDED: Final[dict[str, Any]] = {
    "address": f"runs:/{RUN}/model",
    "alias": "champion",
    "base": RUN,
    "format": "json",
    "head": RUN,
    "metric": "loss",
    "name": "wine",
    "new_name": "beer",
    "note": "words",
    "path": "mlruns",
    "project": ".",
    "rules": "metrics.loss > 1",
    "run": RUN,
    "run_id": RUN,
    "run_ids": [RUN],
    "tags": {"label": "best"},
    "target": "exported",
    "version": "1",
}
"""What the functions are given beside a store; one that needs more is named in a failure."""


def arguments_of(function: Callable[..., Any]) -> dict[str, Any]:
    """What a function has to be given."""
    return {
        name: NEEDED[name]
        for name, one in inspect.signature(function).parameters.items()
        if one.default is one.empty and one.kind is not one.VAR_KEYWORD and name != "place"
    }


@pytest.mark.parametrize("name", takes_store())
@pytest.mark.parametrize(
    ("store", "shown"),
    [(5, "5"), ("a\0b", r"a\x00b"), ("a\ud800", r"a\ud800"), ("x" * 9999, "xxx"), (b"r", "b'r'")],
    ids=["number", "nul", "surrogate", "long", "bytes"],
)
def test_a_store_that_is_none_is_named(
    name: str, store: object, shown: str, tmp_path: Path
) -> None:
    function = getattr(runfolio, name)
    Path("MLproject").write_text("name: x\nentry_points:\n  main:\n    command: 'true'\n", "utf-8")
    Path("mlruns").mkdir()
    given = arguments_of(function)
    if name == "publish":
        from runfolio.publishing import Folder

        given["place"] = Folder(tmp_path / "published")
    if name == "describe_experiment":
        given["note"] = "words"
    message = told(lambda: function(**given, store=store))
    assert shown in message
    assert {path.name for path in tmp_path.iterdir()} == {"MLproject", "mlruns"}


MISTAKES: Final[dict[str, tuple[Callable[[], Any], str]]] = {
    "filter": (lambda: runfolio.search_runs(filter=5), "A filter is a text, not int: 5."),  # type: ignore[arg-type]
    "order": (lambda: runfolio.search_runs(order_by=5), "An ordering is a text, not int: 5."),  # type: ignore[arg-type]
    "orders": (lambda: runfolio.search_runs(order_by=["loss", None]), "not NoneType: None."),  # type: ignore[list-item]
    "experiments": (lambda: runfolio.search_runs(5), "name is a text, not int: 5."),  # type: ignore[arg-type]
    "side": (lambda: runfolio.compare_runs("", 5), "A side is a text, not int: 5."),  # type: ignore[arg-type]
    "run ids": (lambda: runfolio.delete_runs(5), "A run's id is a text, not int: 5."),  # type: ignore[arg-type]
    "run id": (lambda: runfolio.get_run("beef"), "No run 'beef'"),
    "tags": (lambda: runfolio.tag_runs(RUN, "best"), "Tags are a dictionary, not 'best'."),  # type: ignore[arg-type]
    "note": (lambda: runfolio.note_run(RUN, 5), "A note is Markdown text, not 5."),  # type: ignore[arg-type]
    "age": (lambda: runfolio.gc(older_than="30d"), "seconds from 0, not '30d'."),  # type: ignore[arg-type]
    "format": (lambda: runfolio.export_runs("xlsx", "out"), "'xlsx'"),
    "target": (lambda: runfolio.export_runs("csv", 5), "5 is no path"),  # type: ignore[arg-type]
    "import": (lambda: runfolio.import_runs(5), "5 is no path"),  # type: ignore[arg-type]
    "archive": (lambda: runfolio.verify_archive("a\0b"), r"'a\x00b' is no path"),
    "new archive": (lambda: runfolio.archive_store("runs", 5), "5 is no path"),  # type: ignore[arg-type]
    "page": (lambda: runfolio.write_single_file("runs", 5), "5 is no path"),  # type: ignore[arg-type]
    "experiment": (lambda: runfolio.start_run(experiment=5), "not int: 5."),  # type: ignore[arg-type]
    "metric": (lambda: runfolio.log_metric("loss", "low"), "'low'"),  # type: ignore[arg-type]
    "step": (lambda: runfolio.log_metric("loss", 1, step="first"), "'first'"),  # type: ignore[arg-type]
    "metric's name": (lambda: runfolio.log_metric(5, 1), "5"),  # type: ignore[arg-type]
    "artifact": (lambda: runfolio.log_artifact("no such file"), "'no such file'"),
    "artifact's type": (lambda: runfolio.log_artifact(5), "5 is no path"),  # type: ignore[arg-type]
    "artifacts": (lambda: runfolio.log_artifacts(5), "5 is no path"),  # type: ignore[arg-type]
    "path": (lambda: runfolio.log_text("x", "../x"), "'../x'"),
    "path's type": (lambda: runfolio.log_text("x", 5), "not int: 5."),  # type: ignore[arg-type]
    "table's path": (lambda: runfolio.log_table({"a": [1]}, 5), "not int: 5."),  # type: ignore[arg-type]
    "table": (lambda: runfolio.log_table(5, "table"), "int"),
    "status": (lambda: runfolio.finish("DONE"), "'DONE'"),
}
"""Calls with a mistake, and what their message shows."""


@pytest.mark.parametrize("name", MISTAKES)
def test_a_mistake_in_a_call_is_named(name: str, runs: Path) -> None:
    call, shown = MISTAKES[name]
    if name in ("metric", "step", "metric's name", "status") or name.startswith(
        ("artifact", "path", "table")
    ):
        runfolio.start_run(experiment="wine", store=runs, capture=False)
    assert shown in told(call)


def test_paths_that_are_none() -> None:
    assert absolute_path("a/../b") == Path.cwd() / "a/../b"
    assert absolute_path("~") == Path.home()
    for path, shown in (("x" * 5000, "too long"), ("~no-such-user/x", "home"), ("\0", "null")):
        with pytest.raises(RunfolioError, match=shown):
            absolute_path(path)


def test_every_command_ends_in_one_way() -> None:
    assert all(isinstance(entry.command, Command) for entry in list_entries())
    groups = {type(entry.program) for entry in list_entries()}
    assert groups == {Command, Group}


def call_raising(error: Exception) -> tuple[int, str]:
    """The exit code and the words of a command in which an error is raised."""

    @click.command(cls=Command)
    def command() -> None:
        raise error

    result = CliRunner().invoke(command, [])
    return result.exit_code, result.stderr


def test_what_the_system_refuses_is_a_line() -> None:
    refused = PermissionError(errno.EACCES, "Permission denied", "/some/\x1b[31mfile")
    code, said = call_raising(refused)
    assert code == 1
    assert said.startswith(r"Error: '/some/\x1b[31mfile' can't be used: Permission denied. ")
    assert call_raising(OSError(errno.ENOSPC, "No space left"))[1].startswith(
        "Error: The system refuses: No space left."
    )
    assert describe(FileNotFoundError(errno.ENOENT, "No such file", b"caf\xe9")).count("'") == 3


def test_who_read_the_output_may_leave() -> None:
    assert call_raising(BrokenPipeError(errno.EPIPE, "Broken pipe"))[1] == ""


def test_a_mistake_of_ours_is_not_hidden() -> None:
    @click.command(cls=Command)
    def command() -> None:
        raise ZeroDivisionError

    assert isinstance(CliRunner().invoke(command, []).exception, ZeroDivisionError)


def test_a_long_message_keeps_its_end() -> None:
    code, said = call_raising(RunfolioError(f"No run {'x' * 9999!r}. List them."))
    assert code == 1
    assert len(said) < MOST_SAID + 20
    assert said.endswith("List them.\n")
    assert shorten("x" * MOST_SAID) == "x" * MOST_SAID
