from __future__ import annotations

import pytest

from runfolio.reproduction.command import (
    absolute_words,
    add_seed,
    find_script,
    find_secrets,
    fit_command,
    runs_code,
)


@pytest.mark.parametrize(
    ("command", "place", "runs"),
    [
        ("python train.py --lr 1", 1, True),
        ("python -u -W error -X utf8 train.py", 6, True),
        ("python -m train x", None, True),
        ("python -mtrain", None, True),
        ("python -c print(1) x", None, True),
        ("python -i", None, False),
        ("python", None, False),
        ("python - x", 1, False),
        ("bash -c ./run.sh", None, True),
        ("", None, False),
    ],
)
def test_the_script_of_a_command(command: str, place: int | None, runs: bool) -> None:
    words = tuple(command.split())
    assert find_script(words) == place
    assert runs_code(words) == runs


@pytest.mark.parametrize(
    ("word", "script", "folder", "fitted"),
    [
        ("train.py", "train.py", ".", "train.py"),
        ("../train.py", "train.py", "sub", "../train.py"),
        ("/home/ada/project/a/train.py", "a/train.py", ".", "a/train.py"),
        ("/home/ada/project/a/train.py", "a/train.py", "a/b", "../train.py"),
        ("project/a/train.py", "a/train.py", None, "a/train.py"),
        ("/home/ada/project/pack", "pack/__main__.py", ".", "pack"),
        ("/home/ada/project/pack/__main__.py", "pack/__main__.py", ".", "pack/__main__.py"),
        ("/elsewhere/other.py", "train.py", ".", "/elsewhere/other.py"),
        ("/venv/bin/train", "src/train", ".", "/venv/bin/train"),
        ("/home/ada/train.py", None, None, "/home/ada/train.py"),
    ],
)
def test_a_script_is_named_as_it_lies_in_the_copy(
    word: str, script: str | None, folder: str | None, fitted: str
) -> None:
    command = ("python", "-u", word, "--x", "/home/ada/y")
    expected = ("python", "-u", fitted, "--x", "/home/ada/y")
    assert fit_command(command, script=script, folder=folder) == expected


def test_what_was_not_kept_of_a_command_is_told() -> None:
    command = ("python", "train.py", "--token", "[redacted]", "--key=[redacted]", "[redacted]")
    assert find_secrets(command) == ["--token", "--key", "--key=[redacted]"]
    assert find_secrets(("python", "train.py", "--max-tokens", "5")) == []


def test_absolute_paths_of_a_command() -> None:
    command = ("python", "/a/train.py", "--out=/b/c", "/d", "x/y", "--ratio", "1/2", "/")
    assert absolute_words(command) == ["/b/c", "/d"]


@pytest.mark.parametrize(
    ("command", "seed", "added"),
    [
        ("python /x/bin/runfolio sweep . --random a=uniform(0,1)", 7, " --seed 7"),
        ("python /x/bin/runfolio sweep . --seed 3", 7, ""),
        ("python /x/bin/runfolio sweep . --seed=3", 7, ""),
        ("python /x/bin/runfolio sweep .", None, ""),
        ("python /x/bin/runfolio run .", 7, ""),
        ("python train.py sweep", 7, ""),
        ("sweep", 7, ""),
    ],
)
def test_a_sweep_gets_the_seed_that_was_drawn_for_it(
    command: str, seed: int | None, added: str
) -> None:
    assert " ".join(add_seed(tuple(command.split()), seed)) == command + added
