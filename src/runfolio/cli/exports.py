"""``runfolio export``: runs in the form of other tools."""

from __future__ import annotations

from typing import Any

import click

from runfolio.cli.ending import Command
from runfolio.cli.output import count, json_option, print_json, printable
from runfolio.cli.runs import with_view
from runfolio.cli.words import FilePath, one_line_errors, store_option


@click.command(cls=Command)
@click.argument("format", type=click.Choice(["mlflow", "csv", "json", "wandb-csv", "tensorboard"]))
@click.argument("target", type=FilePath())
@click.argument("filter", default="")
@click.option("--experiment", multiple=True, metavar="NAME", help="Export this experiment only.")
@with_view
@store_option
@json_option
def export(
    format: str,  # noqa: A002
    target: str,
    filter: str,  # noqa: A002
    experiment: tuple[str, ...],
    view: str | None,
    store: str | None,
    as_json: bool,
) -> None:
    """Write the runs that FILTER finds, or all, to TARGET in the form of another tool.

    mlflow makes an mlruns folder, tensorboard a folder of event files, csv a folder with runs.csv
    and points.csv, wandb-csv one with runs.csv and a history of each run, json one file.
    """
    from runfolio.exports import export_runs

    chosen: Any = view or "active"
    with one_line_errors():
        done = export_runs(
            format,
            target,
            filter=filter,
            experiments=experiment or None,
            view=chosen,
            store=store,
        )
    if as_json:
        print_json(done)
        return
    for warning in done.warnings:
        click.echo(f"Warning: {printable(warning)}", err=True)
    click.echo(f"Exported {count(done.runs, 'run')}: {printable(done.target)}")
