"""What the commands share: how errors end them."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

import click

from runfolio.errors import RunfolioError


@contextmanager
def one_line_errors() -> Iterator[None]:
    """End a command with one line and exit code 1 where the library raises its own error."""
    try:
        yield
    except RunfolioError as error:
        raise click.ClickException(str(error)) from error
