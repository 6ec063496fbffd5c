"""The commands of ``runfolio models`` that register models and say something of them."""

from __future__ import annotations

import click

from runfolio.cli.changes import read_tags
from runfolio.cli.ending import Command
from runfolio.cli.model_names import Target, say_target, target
from runfolio.cli.output import json_option, print_json, printable
from runfolio.cli.words import one_line_errors, store_option


@click.command(cls=Command)
@click.argument("run")
@click.argument("name")
@click.option("--path", help="The model's folder in the run.  [default: model, or the only one]")
@click.option("--alias", "aliases", multiple=True, metavar="ALIAS", help="Point this alias to it.")
@click.option("--tag", "tags", multiple=True, metavar="KEY=VALUE", help="Give it this tag.")
@click.option("--note", metavar="MARKDOWN", help="What this version is about.")
@store_option
@json_option
def register(
    run: str,
    name: str,
    path: str | None,
    aliases: tuple[str, ...],
    tags: tuple[str, ...],
    note: str | None,
    store: str | None,
    as_json: bool,
) -> None:
    """Make the model that RUN kept the next version of NAME."""
    from runfolio.models.registering import register_model

    with one_line_errors():
        found = register_model(
            run, name, path=path, tags=read_tags(tags), note=note, aliases=aliases, store=store
        )
        if as_json:
            print_json(found)
        else:
            click.echo(f"Registered {printable(found.model)}, version {found.number}.")


@click.command(cls=Command)
@click.argument("name")
@click.argument("alias")
@click.argument("version", required=False)
@click.option("--remove", is_flag=True, help="Take the alias away.")
@store_option
@json_option
def alias(
    name: str, alias: str, version: str | None, remove: bool, store: str | None, as_json: bool
) -> None:
    """Let ALIAS, such as champion, point to VERSION of NAME, and to no other."""
    from runfolio.models.registry import delete_alias, set_alias

    if remove == (version is not None):
        raise click.UsageError("Name the version that the alias points to, or give --remove.")
    with one_line_errors():
        if version is None:
            delete_alias(name, alias, store=store)
            said = f"{printable(name)} has no alias {printable(alias)} any more."
        else:
            found = set_alias(name, alias, version, store=store)
            said = f"{printable(alias)} is version {found.number} of {printable(name)} now."
        _report((name, None), as_json, said)


@click.command(cls=Command)
@target
@click.argument("tags", nargs=-1, metavar="KEY=VALUE...")
@click.option("--remove", multiple=True, metavar="KEY", help="Remove this tag.")
@store_option
@json_option
def tag(
    target: Target,
    tags: tuple[str, ...],
    remove: tuple[str, ...],
    store: str | None,
    as_json: bool,
) -> None:
    """Set tags of a model or a version, or remove some."""
    from runfolio.models.registry import tag_model

    with one_line_errors():
        tag_model(target[0], read_tags(tags) | dict.fromkeys(remove), target[1], store=store)
        _report(target, as_json, f"Tagged {say_target(target)}.")


@click.command(cls=Command)
@target
@click.argument("text")
@store_option
@json_option
def note(target: Target, text: str, store: str | None, as_json: bool) -> None:
    """Set the note of a model or a version, in Markdown; an empty one removes it."""
    from runfolio.models.registry import note_model

    with one_line_errors():
        note_model(target[0], text, target[1], store=store)
        _report(target, as_json, f"Noted {say_target(target)}.")


@click.command(cls=Command)
@target
@store_option
@json_option
def delete(target: Target, store: str | None, as_json: bool) -> None:
    """Delete a version, or a whole model; the files stay. `restore` undoes it."""
    from runfolio.models.registry import delete_model

    with one_line_errors():
        delete_model(*target, store=store)
        _report(target, as_json, f"Deleted {say_target(target)}.")


@click.command(cls=Command)
@target
@store_option
@json_option
def restore(target: Target, store: str | None, as_json: bool) -> None:
    """Bring back a version, or a model, that was deleted."""
    from runfolio.models.registry import restore_model

    with one_line_errors():
        restore_model(*target, store=store)
        _report(target, as_json, f"Restored {say_target(target)}.")


CHANGES = (register, alias, tag, note, delete, restore)


def _report(target: Target, as_json: bool, said: str) -> None:
    if as_json:
        print_json({"changed": [say_target(target)]})
    else:
        click.echo(said)
