"""``runfolio models``: registered models, their versions and aliases, and model cards."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runfolio.cli.ending import Group
from runfolio.cli.model_changes import CHANGES
from runfolio.cli.model_names import Target, target
from runfolio.cli.output import (
    count,
    json_option,
    print_document,
    print_json,
    print_table,
    printable,
    when,
    write_file,
)
from runfolio.cli.runs import SHOWN_ID, with_view
from runfolio.cli.words import FilePath, one_line_errors, store_option

if TYPE_CHECKING:
    from runfolio.models.card_facts import CardFacts
    from runfolio.store import ModelVersion, RegisteredModel

_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


@click.group(cls=Group)
def models() -> None:
    """Name models that runs kept, and say which version of each is the one to use."""


@models.command("ls")
@with_view
@store_option
@json_option
def list_command(view: str | None, store: str | None, as_json: bool) -> None:
    """List the registered models."""
    from runfolio.models.registry import list_models

    with one_line_errors():
        chosen: Any = view or "active"
        found = list_models(store=store, view=chosen)
        if as_json:
            print_json(found)
        elif not found:
            click.echo("No models.")
        else:
            columns = ["name", "versions", "latest", "aliases", "registered", "tags"]
            print_table(columns, map(_model_row, found))


def _model_row(model: RegisteredModel) -> list[Any]:
    latest = model.latest
    return [
        model.name + (" (deleted)" if model.deleted else ""),
        len([one for one in model.versions if not one.deleted]),
        "" if latest is None else latest.number,
        ", ".join(f"{alias} = {one.number}" for alias, one in model.aliases.items()),
        "" if latest is None else _moment(latest.time),
        _say_tags(model.tags),
    ]


def _say_tags(tags: Any) -> str:
    return ", ".join(f"{key}={value}" for key, value in tags.items())


def _moment(time: int) -> str:
    try:
        return when(_EPOCH + timedelta(microseconds=time))
    except OverflowError:
        return ""


@models.command()
@target
@store_option
@json_option
def show(target: Target, store: str | None, as_json: bool) -> None:
    """Show a model with its versions, or one version."""
    from runfolio.models.registry import get_model, get_model_version
    from runfolio.query.cards import read_card_facts

    name, version = target
    with one_line_errors():
        if version is None:
            model = get_model(name, store=store)
            print_json(model) if as_json else _print_model(model)
            return
        found = get_model_version(name, version, store=store)
        if as_json:
            print_json(found)
        else:
            _print_version(found, read_card_facts(name, found, store=store))


def _print_model(model: RegisteredModel) -> None:
    click.echo(f"{printable(model.name)}, {count(len(model.versions), 'version')}")
    _print_words(model)
    if model.versions:
        click.echo("")
        columns = ["version", "aliases", "run", "model", "registered", "by", "note"]
        print_table(columns, map(_version_row, model.versions))


def _version_row(version: ModelVersion) -> list[Any]:
    return [
        str(version.number),
        ", ".join(version.aliases),
        (version.run_id or "")[:SHOWN_ID],
        version.path if version.run_id else version.source,
        _moment(version.time),
        version.user,
        (version.note or "").partition("\n")[0],
    ]


def _print_words(one: RegisteredModel | ModelVersion) -> None:
    """Tags and the note of a model or a version."""
    if one.tags:
        click.echo(f"tags: {printable(_say_tags(one.tags))}")
    for line in (one.note or "").splitlines():
        click.echo(printable(line))


def _print_version(version: ModelVersion, facts: CardFacts) -> None:
    from runfolio.site.numbers import format_bytes

    called = f", {', '.join(version.aliases)}" if version.aliases else ""
    click.echo(f"{printable(version.model)}, version {version.number}{called}")
    by = f" by {version.user}" if version.user else ""
    run, description = facts.run, facts.description
    said = {
        "registered": f"{_moment(version.time)} UTC{by}",
        "run": f"{run.name} ({run.id}) of {run.experiment}" if run else version.run_id,
        "model": version.path if version.run_id else version.source,
        "flavour": description.flavor if description else None,
        "size": format_bytes(facts.size) if facts.size is not None else None,
        "digest": version.digest,
    }
    for name, value in said.items():
        if value:
            click.echo(f"{name}: {printable(value)}")
    _print_words(version)
    if run is not None and run.metrics:
        click.echo("\nmetrics, last values")
        print_table(["name", "value"], sorted(run.metrics.items()))


@models.command()
@target
@click.option(
    "--output",
    "-o",
    type=FilePath(path_type=Path, dir_okay=False),
    help="Write the card to this file, such as README.md.",
)
@store_option
@json_option
def card(target: Target, output: Path | None, store: str | None, as_json: bool) -> None:
    """Print the model card of a version, by default the latest, as Hugging Face has them."""
    from runfolio.models.card import write_card
    from runfolio.models.card_data import card_document
    from runfolio.query.cards import read_card_facts

    name, version = target
    with one_line_errors():
        facts = read_card_facts(name, version or "latest", store=store)
        text = write_card(facts)
        if output is not None:
            write_file(output, text)
        if as_json:
            print_json({"data": card_document(facts), "card": text})
        elif output is None:
            print_document(text)
        else:
            click.echo(f"Wrote {printable(output)}.")


for _change in CHANGES:
    models.add_command(_change)
