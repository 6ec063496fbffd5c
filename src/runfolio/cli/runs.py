"""``runfolio ls``, ``show`` and ``search``: what is in a store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from runfolio.cli.output import json_option, print_json, print_table, printable, when
from runfolio.cli.words import one_line_errors, store_option

if TYPE_CHECKING:
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


@click.command("ls")
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
    from runfolio.query.search import search_runs

    with one_line_errors():
        chosen: Any = view or "active"
        if experiment is None:
            found = search_experiments(view=chosen, limit=limit, store=store)
            _print_frame(found, EXPERIMENT_COLUMNS, as_json, "No experiments.")
            return
        found = search_runs(experiment, view=chosen, limit=limit, store=store)
        _print_frame(found, [*RUN_COLUMNS, *_facts(found, "")], as_json, "No runs.")


EXPERIMENT_COLUMNS = ["name", "runs", "last_activity", "primary_metric", "direction", "best"]
RUN_COLUMNS = ["run_id", "name", "status", "start_time", "duration"]


@click.command()
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
    from runfolio.query.search import search_runs

    with one_line_errors():
        chosen: Any = view or "active"
        found = search_runs(
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
        _print_frame(found, [*columns, *_facts(found, asked)], as_json, "No runs match.")


def _facts(found: pd.DataFrame, asked: str) -> list[str]:
    """Metrics and parameters worth a column: those that were asked for, then the first ones."""
    names = [name for name in found.columns if name.startswith(("metrics.", "params."))]
    mentioned = [name for name in names if name.partition(".")[2] in asked]
    others = [name for name in names if name not in mentioned]
    others.sort(key=lambda name: name.startswith("params."))
    return [*mentioned, *others][: max(MOST_COLUMNS, len(mentioned))]


def _print_frame(found: pd.DataFrame, columns: list[str], as_json: bool, nothing: str) -> None:
    rows = [_plain(row) for row in found.to_dict("records")]
    if as_json:
        print_json(rows)
    elif not rows:
        click.echo(nothing)
    else:
        print_table(columns, ([_cell(name, row[name]) for name in columns] for row in rows))


def _plain(row: dict[Any, Any]) -> dict[str, Any]:
    """A row of a table with None for what is missing, and Python's own types."""
    import pandas as pd

    plain = {}
    for name, value in row.items():
        missing = value is None or value is pd.NaT or (value != value and not _is_number(name))
        kept = value.item() if hasattr(value, "item") else value
        plain[str(name)] = None if missing else kept
    return plain


def _is_number(name: str) -> bool:
    return name.startswith("metrics.") or name == "best"


def _cell(name: str, value: Any) -> Any:
    from runfolio.charts.numbers import format_duration

    if value is None:
        return ""
    if name == "run_id":
        return value[:SHOWN_ID]
    if name == "duration":
        return format_duration(value)
    return when(value) if hasattr(value, "strftime") else value


@click.command()
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
