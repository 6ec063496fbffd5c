"""Every command, called with every kind of mistake, answers in a line that helps.

Commands, options and arguments are found by walking the commands; what is wrong is chosen by type.
"""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import click
import pytest

import runfolio
from tests.strangers.calling import Desk
from tests.strangers.commands import Entry, list_entries
from tests.strangers.mistakes import list_mistakes, make_places

ENTRIES: Final = list_entries()
LISTED: Final = pytest.mark.parametrize("entry", ENTRIES, ids=lambda entry: entry.name)

LET_WAIT: Final = {"comment": ("pipe",)}
"""Where a pipe is waited for, as by any program that is told to read one."""


@pytest.fixture(scope="module")
def desk(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Desk, str, dict[str, str]]]:
    """A working folder, the id of a run in its store, and places to name by mistake."""
    folder = tmp_path_factory.mktemp("desk")
    before = Path.cwd()
    with runfolio.start_run(experiment="wine", store=folder / "runs", capture=False) as run:
        run.log_params({"alpha": 1, "model": "cnn"})
        run.log_metric("loss", 0.5)
    shutil.copytree(folder / "runs", folder / "whole")
    places = make_places(folder / "places", folder / "whole")
    os.chdir(folder)
    yield Desk(folder), run.id, places
    os.chdir(before)


@pytest.fixture(autouse=True)
def _alone(desk: tuple[Desk, str, dict[str, str]], monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(desk[0].folder)
    for name in ("GITHUB_ACTIONS", "GITLAB_CI", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", os.devnull)


def told_once(entry: Entry) -> list[click.Parameter]:
    """The parameters of a command, without the options that a command before it has as well."""
    known = {
        describe(one)
        for before in ENTRIES[: ENTRIES.index(entry)]
        for one in before.command.params
        if isinstance(one, click.Option)
    }
    return [one for one in entry.command.params if describe(one) not in known]


def describe(parameter: click.Parameter) -> tuple[str, ...]:
    """What makes options of two commands the same one."""
    if isinstance(parameter, click.Option):
        return (*parameter.opts, str(parameter.type), parameter.help or "")
    return ()


MAY_STAND_ALONE: Final = ("budget",)
"""Options whose value may be left out."""


@LISTED
def test_words_that_no_command_takes(entry: Entry, desk: tuple[Desk, str, dict[str, str]]) -> None:
    at = desk[0]
    problems = at.call(entry, [*entry.words, "--no-such-option"], refused=True)
    options = [one for one in entry.command.params if isinstance(one, click.Option)]
    for option in options:
        if option.name in MAY_STAND_ALONE:
            continue
        name = max(option.opts, key=len)
        wrong = f"{name}=x" if option.is_flag else name
        problems += at.call(entry, [*entry.words, wrong], refused=True)
    arguments = [one for one in entry.command.params if isinstance(one, click.Argument)]
    if any(one.required for one in arguments):
        problems += at.call(entry, [*entry.words], refused=True)
    if all(one.nargs == 1 for one in arguments):
        surplus = ["x"] * (len(arguments) + 1)
        problems += at.call(entry, [*entry.words, "--", *surplus], refused=True)
    assert not problems


@LISTED
def test_a_mistake_in_every_parameter(entry: Entry, desk: tuple[Desk, str, dict[str, str]]) -> None:
    at, run, places = desk
    problems = []
    for parameter in told_once(entry):
        if isinstance(parameter, click.Option) and parameter.is_flag:
            continue
        for mistake in list_mistakes(parameter, places, few=entry.builds):
            if mistake.name in LET_WAIT.get(entry.name.split()[-1], ()):
                continue
            line = entry.line(parameter, mistake.text, run)
            found = at.call(entry, line, refused=mistake.refused)
            problems += [f"{parameter.name} = {mistake.name}: {one}" for one in found]
    assert not problems, "\n".join(problems)
