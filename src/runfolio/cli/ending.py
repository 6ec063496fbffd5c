"""How the commands end where something is wrong: a line on the standard error and an exit code.

Whatever a command meets on its way, whoever called it reads what failed, with which value, and what
to do next. A traceback is a mistake of ours.
"""

from __future__ import annotations

import errno
import os
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any, Final

import click

from runfolio.cli.output import printable
from runfolio.errors import RunfolioError

MOST_SAID: Final = 1200
"""Characters of a message; the middle of a longer one is left out, as it ends with what to do."""


class Command(click.Command):
    """A command that ends with a line where its words or the machine are at fault."""

    def parse_args(self, ctx: click.Context, args: list[str]) -> list[str]:
        """Read the words of the command line."""
        with said_in_a_line(ctx):
            check_words(args)
            return super().parse_args(ctx, args)

    def invoke(self, ctx: click.Context) -> Any:
        """Do what was asked."""
        with said_in_a_line(ctx):
            return super().invoke(ctx)


class Group(Command, click.Group):
    """A group of such commands."""

    command_class = Command


def check_words(words: Sequence[str]) -> None:
    """Refuse what no file or text of this machine can hold, before anything takes it for a name."""
    for word in words:
        try:
            os.fsencode(word)
        except UnicodeEncodeError:
            what = "a character that can't be encoded"
        else:
            if "\0" not in word:
                continue
            what = "a NUL character"
        raise click.UsageError(f"{word!r} holds {what}. Leave it out.")


@contextmanager
def said_in_a_line(ctx: click.Context) -> Iterator[None]:
    """Turn what the library or the system refuses into an error of the command of `ctx`."""
    try:
        yield
    except click.UsageError as error:
        error.ctx = error.ctx or ctx  # click itself does not always say how the command is used
        vars(error)["message"] = shorten(error.message)
        raise
    except click.ClickException as error:
        vars(error)["message"] = shorten(error.message)
        raise
    except RunfolioError as error:
        raise click.ClickException(shorten(printable(error))) from error
    except OSError as error:
        if error.errno == errno.EPIPE:  # whoever read what was printed went away
            raise
        raise click.ClickException(shorten(describe(error))) from error


def describe(error: OSError) -> str:
    """What the system refused, in a line."""
    said = error.strerror or str(error) or type(error).__name__
    if error.filename is None:
        return printable(f"The system refuses: {said}. Try again, or on another disk.")
    path = os.fsdecode(error.filename)
    return printable(f"{path!r} can't be used: {said}. Check the path and its permissions.")


def shorten(message: str) -> str:
    """A message without its middle where it is too long for a screen."""
    if len(message) <= MOST_SAID:
        return message
    half = MOST_SAID // 2
    return f"{message[:half]} … {message[-half:]}"
