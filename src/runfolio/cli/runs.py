"""``runfolio ls``, ``show`` and ``search``: what is in a store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from runfolio.cli.ending import Command
from runfolio.cli.output import json_option, print_json, print_table, printable, when
from runfolio.cli.words import one_line_errors, store_option

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    import pandas as pd

    from runfolio.query.record import RunRead

SHOWN_ID = 8
MOST_COLUMNS = 6

view_options = [
    click.option("--deleted", "view", flag_value="deleted", help="Only what was deleted."),
    click.option("--all", "view", flag_value="all", help="What was deleted, too."),
]


def with_view(command: Any) -> Any:
    """Add the options that say which runs are meant."""
    for option in view_options:
        command = option(command)
    return command


@click.command("ls", cls=Command)
@click.argument("experiment", required=False)
@with_view
@click.option("--limit", "-n", type=click.IntRange(0), help="Print at most so many lines.")
@store_option
@json_option
def list_command(
    experiment: str | None, view: str | None, limit: int | None, store: str | None, as_json: bool
) -> None:
    """List the experiments of a store, or the runs of EXPERIMENT, the newest first."""
    from runfolio.query.experiments import search_experiments

    with one_line_errors():
        chosen: Any = view or "active"
        if experiment is None:
            found = search_experiments(view=chosen, limit=limit, store=store)
            _print_rows(_plain_rows(found, {}), EXPERIMENT_COLUMNS, as_json, "No experiments.")
            return
        names, rows = _search(experiment, limit=limit, view=chosen, store=store)
        _print_rows(rows, [*RUN_COLUMNS, *_facts(names, "")], as_json, "No runs.")


EXPERIMENT_COLUMNS = ["name", "runs", "last_activity", "primary_metric", "direction", "best"]
RUN_COLUMNS = ["run_id", "name", "status", "start_time", "duration"]


@click.command(cls=Command)
@click.argument("filter", default="")
@click.option("--experiment", multiple=True, metavar="NAME", help="Look in this experiment only.")
@click.option("--order-by", multiple=True, metavar="FIELD", help="Such as 'metrics.loss DESC'.")
@click.option(
    "--aggregate",
    "aggregates",
    multiple=True,
    metavar="NAME",
    help="Give min, max, best, mean, first or count of each metric, too.",
)
@click.option("--limit", "-n", type=click.IntRange(0), help="Print at most so many lines.")
@with_view
@store_option
@json_option
def search(
    filter: str,  # noqa: A002
    experiment: tuple[str, ...],
    order_by: tuple[str, ...],
    aggregates: tuple[str, ...],
    limit: int | None,
    view: str | None,
    store: str | None,
    as_json: bool,
) -> None:
    """Print the runs that FILTER finds, such as "metrics.loss < 0.1 and params.model = 'cnn'"."""
    with one_line_errors():
        chosen: Any = view or "active"
        names, rows = _search(
            experiment or None,
            filter,
            order_by,
            limit=limit,
            view=chosen,
            aggregates=aggregates,
            store=store,
        )
        columns = ["run_id", "experiment", *RUN_COLUMNS[1:]]
        asked = f"{filter} {' '.join(order_by)}"
        _print_rows(rows, [*columns, *_facts(names, asked)], as_json, "No runs match.")


def _search(
    *what: Any, aggregates: Sequence[str] = (), **how: Any
) -> tuple[list[str], list[dict[str, Any]]]:
    """The names of the columns that `search_runs` gives, and its rows."""
    from runfolio.query.frame import find_absent, make_frame
    from runfolio.query.search import choose_runs

    columns, chosen = choose_runs(*what, **how)
    found = make_frame(columns, chosen, aggregates=aggregates)
    absent = find_absent(columns, chosen, aggregates=aggregates)
    return list(found.columns), _plain_rows(found, absent)


def _facts(columns: list[str], asked: str) -> list[str]:
    """Metrics and parameters worth a column: those that were asked for, then the first ones."""
    names = [name for name in columns if name.startswith(("metrics.", "params."))]
    mentioned = [name for name in names if name.partition(".")[2] in asked]
    others = [name for name in names if name not in mentioned]
    others.sort(key=lambda name: name.startswith("params."))
    return [*mentioned, *others][: max(MOST_COLUMNS, len(mentioned))]


def _print_rows(
    rows: list[dict[str, Any]], columns: list[str], as_json: bool, nothing: str
) -> None:
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo(nothing)
    else:
        print_table(columns, ([_cell(name, row[name]) for name in columns] for row in rows))


def _plain_rows(found: pd.DataFrame, absent: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The rows of a table with Python's own types, and None for what is missing.

    NaN stays only where `absent` tells that it is no missing value.
    """
    columns = {}
    for name in found.columns:
        values = found[name].tolist()
        missing = absent[name].tolist() if name in absent else found[name].isna().tolist()
        columns[name] = [None if gone else one for one, gone in zip(values, missing, strict=True)]
    return [{name: columns[name][place] for name in columns} for place in range(len(found))]


def _cell(name: str, value: Any) -> Any:
    from runfolio.charts.numbers import format_duration

    if value is None:
        return ""
    if name == "run_id":
        return value[:SHOWN_ID]
    if name == "duration":
        return format_duration(value)
    return when(value) if hasattr(value, "strftime") else value


@click.command(cls=Command)
@click.argument("run")
@store_option
@json_option
def show(run: str, store: str | None, as_json: bool) -> None:
    """Show all that is known of RUN: an id, or the beginning of one."""
    from runfolio.query.record import get_run

    with one_line_errors():
        found = get_run(run, store=store)
        if as_json:
            print_json(found)
        else:
            _print_run(found)


def _print_run(run: RunRead) -> None:
    from runfolio.charts.numbers import format_duration
    from runfolio.site.numbers import format_bytes

    deleted = ", deleted" if run.deleted else ""
    click.echo(f"{printable(run.name)} ({run.id}) of {printable(run.experiment)}{deleted}")
    click.echo(f"{run.status}, started {when(run.start_time)} UTC, {format_duration(run.duration)}")
    for name in ("user", "host", "source", "git_commit", "git_branch"):
        if run.context.get(name):
            click.echo(f"{name}: {printable(run.context[name])}")
    if run.parent_id:
        click.echo(f"parent: {run.parent_id}")
    for title, facts in (
        ("parameters", run.params),
        ("metrics, last values", run.metrics),
        ("tags", run.tags),
    ):
        if facts:
            click.echo(f"\n{title}")
            print_table(["name", "value"], [[name, facts[name]] for name in sorted(facts)])
    if run.artifacts:
        click.echo("\nartifacts")
        rows = [[one.path, format_bytes(one.size), one.media_type] for one in run.artifacts]
        print_table(["path", "size", "type"], rows)
    if run.note:
        click.echo("\nnote")
        for line in run.note.splitlines():
            click.echo(printable(line))
