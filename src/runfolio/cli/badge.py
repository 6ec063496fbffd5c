"""``runfolio badge``: a metric as a picture for a README."""

from __future__ import annotations

from pathlib import Path

import click

from runfolio.cli.ending import Command
from runfolio.cli.output import json_option, print_document, print_json, printable, write_file
from runfolio.cli.words import FilePath, one_line_errors, store_option


@click.command(cls=Command)
@click.argument("metric")
@click.option("--run", metavar="RUN", help="Show this run: an id, git:REVISION or tag:NAME=VALUE.")
@click.option("--filter", default="", metavar="FILTER", help="Show the best of what this finds.")
@click.option("--experiment", metavar="NAME", help="Show the best run of this experiment.")
@click.option(
    "--baseline", metavar="SIDE", help="Show the change from this run, filter, git:… or tag:…."
)
@click.option(
    "--direction",
    type=click.Choice(["down", "up"]),
    help="Whether lower (down) or higher (up) values are better.  "
    "[default: as the experiment's settings or the metric's name say]",
)
@click.option("--label", metavar="TEXT", help="What stands on the left.  [default: METRIC]")
@click.option(
    "--color",
    metavar="COLOR",
    help="Colour of the value: green, red, blue, grey or #rrggbb.  "
    "[default: by the change from the baseline, else blue]",
)
@click.option(
    "--output",
    "-o",
    type=FilePath(dir_okay=False, path_type=Path),
    help="File to write the SVG to.  [default: print it]",
)
@store_option
@json_option
def badge(
    metric: str,
    run: str | None,
    filter: str,  # noqa: A002
    experiment: str | None,
    baseline: str | None,
    direction: str | None,
    label: str | None,
    color: str | None,
    output: Path | None,
    store: str | None,
    as_json: bool,
) -> None:
    """Make an SVG badge of METRIC: the best last value of an experiment, or of the runs named."""
    from runfolio.review.badge import make_badge

    if run is not None and filter:
        raise click.UsageError("--run and --filter exclude each other. Give one of them.")
    with one_line_errors():
        picture = make_badge(
            metric,
            run=run,
            filter=filter,
            experiment=experiment,
            baseline=baseline,
            direction=direction,
            label=label,
            color=color,
            store=store,
        )
        if output is not None:
            write_file(output, picture)
    if as_json:
        print_json({"output": output, "svg": picture})
    elif output is None:
        print_document(picture)
    else:
        click.echo(printable(f"Wrote {output}."))
