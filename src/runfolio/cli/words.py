"""What the commands share: how errors end them, how stores and lengths of time are written."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, Final

import click

from runfolio.cli.output import printable
from runfolio.errors import RunfolioError


class FilePath(click.Path):
    """A file or folder, where an empty text is a mistake, mostly of a variable that isn't set."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> Any:
        """The path as `click.Path` gives it."""
        if value == "":
            self.fail("'' is no path. Name a file or folder.", param, ctx)
        return super().convert(value, param, ctx)


PLACE: Final = FilePath(path_type=str)
"""A folder, or an address such as ``s3://bucket/runs``, kept as it was typed."""

store_option = click.option(
    "--store",
    type=PLACE,
    help="The store: a folder, or an address such as s3://bucket/runs.  "
    "[default: $RUNFOLIO_STORE, else ./runs]",
)


_SECONDS: Final = {"d": 86400.0, "h": 3600.0, "m": 60.0, "s": 1.0}


def read_duration(ctx: click.Context, param: click.Parameter, text: str) -> float:
    """Seconds of a length of time such as "30d", "12h", "90m" or "45s"; a callback for options."""
    try:
        seconds = float(text[:-1]) * _SECONDS[text[-1:]]
    except (ValueError, KeyError):
        seconds = -1.0
    if not 0 <= seconds < 1e12:
        raise click.BadParameter(
            f"{text!r} is no length of time. Write 30d, 12h, 90m or 45s.", ctx, param
        )
    return seconds


_SIZE: Final = re.compile(r"([0-9]+(?:\.[0-9]+)?)\s*([kMG]i?)?B?")
_FACTORS: Final = {
    "": 1,
    "k": 10**3,
    "M": 10**6,
    "G": 10**9,
    "ki": 1 << 10,
    "Mi": 1 << 20,
    "Gi": 1 << 30,
}


def read_size(ctx: click.Context, param: click.Parameter, text: str | None) -> int | None:
    """Bytes of a size such as "900MB", "1GB" or "100MiB"; a callback for options."""
    if text is None:
        return None
    found = _SIZE.fullmatch(text.strip())
    if not found:
        raise click.BadParameter(f"{text!r} is no size. Write 900MB, 1GB or 100MiB.", ctx, param)
    size = float(found[1]) * _FACTORS[found[2] or ""]
    if size > sys.maxsize:
        raise click.BadParameter(f"{text!r} is more than any disk has. Write 1GB.", ctx, param)
    return int(size)


@contextmanager
def one_line_errors() -> Iterator[None]:
    """End a command with one line and exit code 1 where the library raises its own error."""
    try:
        yield
    except RunfolioError as error:
        raise click.ClickException(printable(error)) from error
