"""The options of commands whose heavy work may be spread over processes or a cluster."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

import click

Command = Callable[..., Any]

if TYPE_CHECKING:
    from runfolio.spreading import Engine


def jobs_option(default: int | None = None) -> Callable[[Command], Command]:
    """The option that says how much runs at a time, where nothing is said as many as `default`."""
    told = "" if default else "  [default: as many as there are cores]"
    return click.option(
        "--jobs",
        "-j",
        type=click.IntRange(1),
        default=default,
        show_default=default is not None,
        help=f"How many tasks run at a time.{told}",
    )


_PLACES = (
    click.option(
        "--backend",
        type=click.Choice(["loky", "threading", "dask", "ray"]),
        default="loky",
        show_default=True,
        help="Where they run: processes or threads of this machine, a Dask cluster, or Ray.",
    ),
    click.option(
        "--scheduler", metavar="ADDRESS", help="Dask's scheduler, such as tcp://host:8786."
    ),
)


def engine_options(command: Command) -> Command:
    """Add --jobs, --backend and --scheduler, of which `read_engine` makes one thing."""
    command = place_options(command)
    return jobs_option()(command)


def place_options(command: Command) -> Command:
    """Add --backend and --scheduler."""
    for option in reversed(_PLACES):
        command = option(command)
    return command


def read_engine(options: dict[str, Any]) -> Engine:
    """Take the values of `engine_options` out of all options of a command."""
    from runfolio.spreading import Engine

    return Engine(*(options.pop(name) for name in ("jobs", "backend", "scheduler")))
