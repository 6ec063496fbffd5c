"""How the commands of ``runfolio models`` name a model or one of its versions."""

from __future__ import annotations

import click

from runfolio.cli.output import printable

Target = tuple[str, str | None]
"""The name of a model, and the number or alias of a version, if one is meant."""


def read_target(ctx: click.Context, param: click.Parameter, text: str) -> Target:  # noqa: ARG001
    """What NAME, NAME/3, NAME/latest or NAME@champion means; a callback for arguments."""
    name, at, alias = text.rpartition("@")
    if at and name and "/" not in alias:
        return name, f"@{alias}"
    name, slash, version = text.rpartition("/")
    return (name, version) if slash and name and version else (text, None)


target = click.argument("target", metavar="NAME[/VERSION|@ALIAS]", callback=read_target)


def say_target(target: Target) -> str:
    """A model or a version as it stands in a sentence."""
    name, version = target
    if version is None:
        return printable(name)
    return printable(f"{name}{version}" if version.startswith("@") else f"{name}/{version}")
