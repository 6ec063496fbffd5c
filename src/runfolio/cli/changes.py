"""``runfolio delete``, ``restore``, ``tag``, ``note``, ``rename`` and ``describe``."""

from __future__ import annotations

from collections.abc import Iterable

import click

from runfolio.cli.ending import Command
from runfolio.cli.output import count, json_option, print_json, printable
from runfolio.cli.words import one_line_errors, store_option

experiment_option = click.option(
    "--experiment", is_flag=True, help="The names are those of experiments, not of runs."
)


@click.command(cls=Command)
@click.argument("names", nargs=-1, required=True, metavar="RUN...")
@experiment_option
@store_option
@json_option
def delete(names: tuple[str, ...], experiment: bool, store: str | None, as_json: bool) -> None:
    """Delete runs, or experiments with all their runs. `restore` undoes it."""
    from runfolio.upkeep.changes import delete_experiment, delete_runs

    with one_line_errors():
        if experiment:
            changed = [one for name in names for one in delete_experiment(name, store=store)]
        else:
            changed = delete_runs(names, store=store)
        _report(changed, as_json, f"Deleted {count(len(changed), 'run')}.")
        if not as_json:
            _say_versions(changed, store)


def _say_versions(run_ids: list[str], store: str | None) -> None:
    """Say which versions of models point to runs that were deleted, if any does."""
    from runfolio.models.registry import find_users, list_models

    users = find_users(list_models(store=store))
    versions = [one for run_id in run_ids for one in users.get(run_id, [])]
    if versions:
        named = ", ".join(f"{one.model}/{one.number}" for one in versions[:5])
        more = " and more" if len(versions) > 5 else ""
        verb = "points" if len(versions) == 1 else "point"
        click.echo(
            printable(
                f"{count(len(versions), 'model version')} {verb} to them: {named}{more}; "
                "gc leaves runs that models need."
            )
        )


@click.command(cls=Command)
@click.argument("names", nargs=-1, required=True, metavar="RUN...")
@experiment_option
@store_option
@json_option
def restore(names: tuple[str, ...], experiment: bool, store: str | None, as_json: bool) -> None:
    """Bring deleted runs back, or experiments with the runs that were deleted with them."""
    from runfolio.upkeep.changes import restore_experiment, restore_runs

    with one_line_errors():
        if experiment:
            changed = [one for name in names for one in restore_experiment(name, store=store)]
        else:
            changed = restore_runs(names, store=store)
        _report(changed, as_json, f"Restored {count(len(changed), 'run')}.")


@click.command(cls=Command)
@click.argument("run")
@click.argument("tags", nargs=-1, metavar="KEY=VALUE...")
@click.option("--remove", multiple=True, metavar="KEY", help="Remove this tag.")
@store_option
@json_option
def tag(
    run: str, tags: tuple[str, ...], remove: tuple[str, ...], store: str | None, as_json: bool
) -> None:
    """Set tags of RUN, such as label=best, or remove some."""
    from runfolio.upkeep.changes import tag_runs

    with one_line_errors():
        values = read_tags(tags) | dict.fromkeys(remove)
        changed = tag_runs(run, values, store=store)
        _report(changed, as_json, f"Tagged {changed[0]}.")


def read_tags(texts: Iterable[str]) -> dict[str, str | None]:
    """The tags of texts such as "label=best"."""
    tags: dict[str, str | None] = {}
    for text in texts:
        key, equals, value = text.partition("=")
        if not equals or not key:
            raise click.ClickException(f"A tag is KEY=VALUE, not {text!r}. Write label=best.")
        tags[key] = value
    return tags


@click.command(cls=Command)
@click.argument("run")
@click.argument("text")
@store_option
@json_option
def note(run: str, text: str, store: str | None, as_json: bool) -> None:
    """Set the note of RUN to TEXT, in Markdown; an empty one removes it."""
    from runfolio.upkeep.changes import note_run

    with one_line_errors():
        changed = note_run(run, text, store=store)
        _report([changed], as_json, f"Noted {changed}.")


@click.command(cls=Command)
@click.argument("name", metavar="RUN")
@click.argument("new_name")
@experiment_option
@store_option
@json_option
def rename(name: str, new_name: str, experiment: bool, store: str | None, as_json: bool) -> None:
    """Give RUN, or with --experiment an experiment, another name; ids stay."""
    from runfolio.upkeep.changes import rename_experiment, rename_run

    with one_line_errors():
        if experiment:
            rename_experiment(name, new_name, store=store)
        else:
            name = rename_run(name, new_name, store=store)
        _report([name], as_json, f"Renamed {printable(name)} to {new_name!r}.")


@click.command(cls=Command)
@click.argument("experiment")
@click.option("--primary-metric", metavar="NAME", help="The metric that says which run is best.")
@click.option(
    "--direction",
    type=click.Choice(["down", "up"]),
    help="Whether lower (down) or higher (up) values of it are better.",
)
@click.option("--note", metavar="MARKDOWN", help="What the experiment is about.")
@store_option
@json_option
def describe(
    experiment: str,
    primary_metric: str | None,
    direction: str | None,
    note: str | None,
    store: str | None,
    as_json: bool,
) -> None:
    """Say which metric of EXPERIMENT counts, which way is better, and what it is about."""
    from runfolio.store.opening import check_place
    from runfolio.tracking.experiment import describe_experiment

    with one_line_errors():
        check_place(store)
        describe_experiment(
            experiment,
            primary_metric=primary_metric,
            direction=direction,
            note=note,
            store=store,
        )
        _report([experiment], as_json, f"Described {experiment!r}.")


def _report(changed: list[str], as_json: bool, said: str) -> None:
    if as_json:
        print_json({"changed": changed})
    else:
        click.echo(said)
