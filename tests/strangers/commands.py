"""Every command there is, found by walking the commands themselves."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final

import click

from runfolio.cli.main import main
from runfolio.cli.report import main as build_report

GOOD: Final = {
    "experiment": "wine",
    "name": "cnn",
    "target": "cnn",
    "text": "words",
    "new_name": "better",
    "metric": "loss",
    "path": "whole",
    "format": "json",
    "alias": "champion",
    "url": "memory://bucket/site",
}
"""Words that a required argument of this name takes; one of another name gets the id of a run."""

NEEDED: Final = {
    "check": ("--fail-if", "metrics.loss > 1"),
    "comment": ("--dry-run", "--to", "summary"),
    "gc": ("--dry-run",),
    "gh-pages": ("--no-push", "--dry-run"),
    "reproduce": ("--dry-run",),
    "run": ("--dry-run",),
    "sweep": ("--dry-run",),
}
"""Options that a command is given beside those tried: it needs them, or would do too much."""

TARGETS: Final = {("publish", "dir"): "published", ("export",): "exported"}
"""Where commands write that are told so by an argument called "target"."""


@dataclass(frozen=True)
class Entry:
    """A command, and the words that call it after the title of its program."""

    title: str
    program: click.Command
    words: tuple[str, ...]
    command: click.Command

    @property
    def name(self) -> str:
        """How the command is called."""
        return " ".join((self.title, *self.words))

    @property
    def builds(self) -> bool:
        """Whether each call makes pages, and so takes a while."""
        return self.words[:1] in ((), ("publish",))

    def line(
        self, tried: click.Parameter | None = None, text: str = "", run: str = ""
    ) -> list[str]:
        """The words of a call that would do, but for the `text` that the parameter `tried` gets.

        `run` is the id of a run.
        """
        options = list(NEEDED.get(self.words[-1] if self.words else "", ()))
        if isinstance(tried, click.Option):
            if tried.opts[0] in options:
                place = options.index(tried.opts[0])
                del options[place : place + 2]
            long = max(tried.opts, key=len)
            options.append(f"{long}={text}")
        arguments = []
        for one in self.command.params:
            if isinstance(one, click.Argument) and (one is tried or one.required):
                arguments.append(text if one is tried else self._good(one, run))
            elif isinstance(one, click.Argument) and tried in self.command.params:
                arguments += [run] if _comes_before(self.command, one, tried) else []
        return [*self.words, *options, "--", *arguments]

    def _good(self, argument: click.Argument, run: str) -> str:
        if argument.name == "target" and self.words in TARGETS:
            return TARGETS[self.words]
        return GOOD.get(argument.name or "", run)


def _comes_before(
    command: click.Command, one: click.Argument, tried: click.Parameter | None
) -> bool:
    """Whether an argument that may be left out has to be there so that `tried` gets its word."""
    arguments = [each for each in command.params if isinstance(each, click.Argument)]
    return tried in arguments and arguments.index(one) < arguments.index(tried)


def list_entries() -> list[Entry]:
    """All commands that do something."""
    return [Entry("build-report", build_report, (), build_report), *_below(main, ())]


def _below(command: click.Command, words: tuple[str, ...]) -> Iterator[Entry]:
    if not isinstance(command, click.Group):
        yield Entry("runfolio", main, words, command)
        return
    for name, one in sorted(command.commands.items()):
        yield from _below(one, (*words, name))
