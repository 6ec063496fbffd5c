"""``runfolio import``, and the options that say how another tool's store is read."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runfolio.cli.ending import Command
from runfolio.cli.output import count, json_option, print_json, printable
from runfolio.cli.progress import Bar
from runfolio.cli.spreading import engine_options, read_engine
from runfolio.cli.words import FilePath, one_line_errors, store_option

if TYPE_CHECKING:
    from runfolio.sources import ImportSummary

MANY_RUNS = 20
"""From so many runs on, an import shows on a terminal how far it is."""

_OPTIONS = [
    click.option(
        "--kind",
        metavar="KIND",
        help="What another tool's store is: mlflow, wandb, tensorboard, trackio, optuna, aim, "
        "neptune, sacred, dvclive, trainer, ultralytics, lightning, keras or table.  "
        "[default: found out]",
    ),
    click.option(
        "--strict",
        is_flag=True,
        help="End with an error where a part of it, or of a report, can't be read.",
    ),
    click.option(
        "--per",
        type=click.Choice(["step", "run"]),
        help="What one row of a CSV or JSONL file stands for.",
    ),
    click.option("--step-column", metavar="NAME", help="The column that holds the step."),
    click.option("--time-column", metavar="NAME", help="The column that holds the time."),
    click.option("--run-column", metavar="NAME", help="The column that tells runs apart."),
    click.option(
        "--param-column", multiple=True, metavar="NAME", help="A column of parameters; may repeat."
    ),
    click.option(
        "--metric-column", multiple=True, metavar="NAME", help="A column of a metric; may repeat."
    ),
    click.option(
        "--tag-column", multiple=True, metavar="NAME", help="A column of tags; may repeat."
    ),
]


def source_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say how another tool's store is read."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def read_source_options(values: dict[str, Any]) -> dict[str, Any]:
    """What the library takes for the values of `source_options`."""
    from runfolio.sources.reading import TableColumns

    columns = TableColumns(
        per=values["per"],
        step=values["step_column"],
        time=values["time_column"],
        run=values["run_column"],
        params=values["param_column"],
        metrics=values["metric_column"],
        tags=values["tag_column"],
    )
    return {"kind": values["kind"], "strict": values["strict"], "columns": columns}


@click.command("import", cls=Command)
@click.argument("path", type=FilePath(path_type=Path))
@click.option("--experiment", metavar="NAME", help="Put all runs into this experiment.")
@source_options
@engine_options
@store_option
@json_option
def import_command(
    path: Path, experiment: str | None, store: str | None, as_json: bool, **source: Any
) -> None:
    """Keep the runs of another tool's store, or of an archive, at PATH in a store.

    PATH is an archive that build-report wrote, or a folder or file of MLflow, TensorBoard, W&B,
    Lightning, Keras, Hugging Face's Trainer, Ultralytics, Optuna, Trackio, DVCLive, Sacred,
    Neptune's exporter or Aim, or a table in CSV or JSONL. Importing again adds only what is new.
    """
    from runfolio.archive.layout import is_archive
    from runfolio.sources import find_beside, import_runs

    if source["kind"] is None and is_archive(path):
        if experiment is not None:
            raise click.UsageError("--experiment goes with another tool's store, not an archive.")
        _import_archive(path, store, as_json)
        return
    with one_line_errors():
        summary = import_runs(
            path,
            store=store,
            experiment=experiment,
            progress=_show_progress if sys.stderr.isatty() else None,
            engine=read_engine(source),
            **read_source_options(source),
        )
    if as_json:
        print_json(summary)
        return
    print_skipped((one.path, one.reason) for one in summary.skipped)
    beside = find_beside(path, summary.title) if source["kind"] is None else []
    click.echo(_summary_line(summary, beside))


def _import_archive(path: Path, store: str | None, as_json: bool) -> None:
    from runfolio.archive import import_archive

    with one_line_errors(), Bar("Checking files") as bar:
        done = import_archive(path, store=store, progress=bar.show)
    if as_json:
        print_json(done)
        return
    known = f", {done.known:,} known and left as they are" if done.known else ""
    deleted = f", {done.deleted:,} deleted here and left so" if done.deleted else ""
    added = f"{count(done.added, 'new run')} with {count(done.artifacts, 'artifact')}"
    click.echo(printable(f"Archive: {added}{known}{deleted}: {done.store}"))


def print_skipped(skipped: Iterable[tuple[str, str]]) -> None:
    """Say on stderr what was left out, and why."""
    for path, reason in skipped:
        click.echo(f"Skipped {printable(path)}: {printable(reason)}", err=True)


def _show_progress(runs: int) -> None:
    if runs % MANY_RUNS == 0:
        click.echo(f"\r{runs:,} runs …", err=True, nl=False)


def _summary_line(summary: ImportSummary, kinds: list[str]) -> str:
    known = [
        f"{number:,} {word}"
        for number, word in (
            (summary.extended, "extended"),
            (summary.unchanged, "unchanged"),
            (summary.deleted, "deleted here and left so"),
        )
        if number
    ]
    skipped = f"; skipped {count(len(summary.skipped), 'part')}" if summary.skipped else ""
    counts = ", ".join([f"{count(summary.added, 'new run')}", *known, *_say_models(summary)])
    return f"{summary.title}{say_beside(kinds)}: {counts}{skipped}: {printable(summary.store)}"


def _say_models(summary: ImportSummary) -> list[str]:
    """The registered models, if there are any."""
    if not summary.models:
        return []
    new = f" ({count(summary.versions, 'new version')})" if summary.versions else ""
    return [f"{count(summary.models, 'registered model')}{new}"]


def say_beside(kinds: list[str]) -> str:
    """What else lies at a path, in parentheses, and how to read that."""
    return f" (also there: {', '.join(kinds)}; --kind reads it)" if kinds else ""
