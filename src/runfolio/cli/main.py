"""``runfolio``: work with a store from the command line."""

from __future__ import annotations

from pathlib import Path

import click

from runfolio.cli.words import one_line_errors
from runfolio.version import __version__


@click.group(context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="runfolio")
def main() -> None:
    """Runfolio, an experiment tracker without a server.

    Build the report of a store with build-report.
    """


@main.command()
@click.argument("experiment")
@click.option("--primary-metric", metavar="NAME", help="The metric that says which run is best.")
@click.option(
    "--direction",
    type=click.Choice(["down", "up"]),
    help="Whether lower (down) or higher (up) values of it are better.",
)
@click.option("--note", metavar="MARKDOWN", help="What the experiment is about.")
@click.option(
    "--store",
    type=click.Path(path_type=Path),
    help="The store's folder.  [default: $RUNFOLIO_STORE, else ./runs]",
)
def describe(
    experiment: str,
    primary_metric: str | None,
    direction: str | None,
    note: str | None,
    store: Path | None,
) -> None:
    """Say which metric of EXPERIMENT counts, which way is better, and what it is about."""
    from runfolio.store.layout import check_store, choose_store
    from runfolio.tracking.experiment import describe_experiment

    with one_line_errors():
        check_store(choose_store(store))
        describe_experiment(
            experiment,
            primary_metric=primary_metric,
            direction=direction,
            note=note,
            store=store,
        )
        click.echo(f"Described {experiment!r}.")
