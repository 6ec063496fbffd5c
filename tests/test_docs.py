"""What README.md says is true: its code runs, its commands exist, its tables are the schema's."""

from __future__ import annotations

import re
import subprocess
from collections.abc import Iterator
from pathlib import Path

import click
import pytest

from tests.environment.store_docs import replace_store_docs

ROOT = Path(__file__).parents[1]
PYTHON_BLOCK = re.compile(r"(<!-- no-test -->\n+)?^```python\n(.*?)^```$", re.MULTILINE | re.DOTALL)


def readme() -> str:
    return (ROOT / "README.md").read_text(encoding="utf-8")


def python_blocks(text: str) -> list[str]:
    """The Python code of a Markdown text, but for blocks after a ``<!-- no-test -->``."""
    return [block for untested, block in PYTHON_BLOCK.findall(text) if not untested]


def commands() -> Iterator[tuple[str, click.Command]]:
    """Every command the package installs, and their subcommands, by the words one types."""
    from runfolio.cli.main import main as runfolio
    from runfolio.cli.report import main as build_report

    yield from walk_commands("build-report", build_report)
    yield from walk_commands("runfolio", runfolio)


def walk_commands(words: str, command: click.Command) -> Iterator[tuple[str, click.Command]]:
    yield words, command
    for name, child in getattr(command, "commands", {}).items():
        yield from walk_commands(f"{words} {name}", child)


def undocumented(words: str, command: click.Command, text: str) -> list[str]:
    """What of a command lacks help, or a mention in the Markdown `text`."""
    problems = [] if command.help else [f"{words}: no help"]
    if not re.search(rf"(`|^\s*(\$ )?){words}(?![\w-])", text, re.MULTILINE):
        problems.append(f"{words}: not in the README")
    for option in command.params:
        if not isinstance(option, click.Option):
            continue
        name = max(option.opts, key=len)
        if not option.help:
            problems.append(f"{words} {name}: no help")
        if not re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", text) and name != "--version":
            problems.append(f"{words} {name}: not in the README")
    return problems


def test_every_command_and_option_is_documented() -> None:
    text = readme()
    problems = [one for words, command in commands() for one in undocumented(words, command, text)]
    assert not problems, "\n".join(problems)


def test_the_tables_of_the_store_are_those_of_the_schema() -> None:
    assert readme() == replace_store_docs(readme()), "run `make docs`"


def test_the_code_of_the_readme_runs(monkeypatch: pytest.MonkeyPatch) -> None:
    """Blocks run in order, each on top of those before it, as a reader would try them."""
    monkeypatch.setenv("MPLBACKEND", "Agg")
    blocks = python_blocks(readme())
    assert blocks
    names: dict[str, object] = {"__name__": "readme"}
    for number, block in enumerate(blocks, start=1):
        exec(compile(block, f"README.md, Python block {number}", "exec"), names)


def test_make_explains_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text()
    targets = re.search(r"^\.PHONY: (help .*)$", makefile, re.MULTILINE)
    assert targets
    command = ["make", "--no-print-directory", "-C", str(ROOT), "help"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    explained = re.findall(r"^  make (\w+) +\S+ ", printed, re.MULTILINE)
    assert explained == targets.group(1).split()
    assert "`make help`" in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8")
    assert {"make demo", "make test"} <= set(re.findall(r"make \w+", readme()))


def test_blocks_marked_so_are_not_run() -> None:
    text = "```python\na = 1\n```\n\n<!-- no-test -->\n```python\nb\n```\n\n```python\nc = a\n```\n"
    assert python_blocks(text) == ["a = 1\n", "c = a\n"]


def test_a_gap_in_the_documentation_is_noticed() -> None:
    option = click.Option(["--loud", "-l"])
    command = click.Command("shout", params=[option], help="Shout.")
    assert undocumented("shout", command, "`shout` has --loudness") == [
        "shout --loud: no help",
        "shout --loud: not in the README",
    ]
