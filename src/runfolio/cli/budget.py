"""``build-report --budget``: what the site weighs, and how near it is to what hosts take."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from runfolio.cli.output import printable
from runfolio.cli.words import read_size

if TYPE_CHECKING:
    from runfolio.site import ReportSummary

NO_MOST: Final = "none"


def _read_most(ctx: click.Context, param: click.Parameter, text: str | None) -> int | str | None:
    """The bytes of a size, or `NO_MOST` where the option stands alone."""
    return NO_MOST if text == NO_MOST else read_size(ctx, param, text)


def budget_option(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the option that weighs the site."""
    return click.option(
        "--budget",
        is_flag=False,
        flag_value=NO_MOST,
        metavar="[SIZE]",
        callback=_read_most,
        help="Tell what the site weighs and which hosts' limits it is near, and fail where it is "
        "larger than SIZE, such as 500MB. Without a SIZE put it last.",
    )(command)


def tell_budget(summary: ReportSummary, most: int | str | None) -> None:
    """Print what a site weighs, where that was asked for; raise where it is more than `most`."""
    if most is None:
        return
    from runfolio.publishing.budget import list_site, render_budget, weigh_site
    from runfolio.store.remote import RemoteStore

    if isinstance(summary.output, Path):
        files = list_site(summary.output)
    else:
        files = {path: one.size for path, one in RemoteStore(summary.output).list().items()}
    budget = weigh_site(files, summary.runs)
    click.echo("\n".join(map(printable, render_budget(budget).split("\n"))))
    if isinstance(most, int):
        budget.check(most)
