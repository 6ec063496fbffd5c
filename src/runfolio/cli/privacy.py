"""``runfolio secrets``, and the options that say what of a store is shown."""

from __future__ import annotations

import sys
from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING, Any

import click

from runfolio.cli.ending import Command
from runfolio.cli.output import count, json_option, print_json, printable
from runfolio.cli.sources import read_source_options, source_options
from runfolio.cli.words import PLACE, one_line_errors

if TYPE_CHECKING:
    from runfolio.privacy import Disclosure, Finding, Inspection

_SHOWN = 200
"""So many findings that are personal are printed; there may be thousands."""

_OPTIONS = [
    click.option(
        "--redact",
        is_flag=True,
        help="Mask credentials, home folders, e-mail addresses, user and host names.",
    ),
    click.option(
        "--anonymous",
        is_flag=True,
        help="Make it double-blind: mask these, and paths, git remotes, commits and authors.",
    ),
    click.option(
        "--include",
        multiple=True,
        metavar="KIND:PATTERN",
        help="Show only these runs (by a filter), params, tags, metrics or artifacts; may repeat.",
    ),
    click.option(
        "--exclude",
        multiple=True,
        metavar="KIND:PATTERN",
        help="Leave these out, such as 'params:*path*' or \"runs:status = 'FAILED'\"; may repeat.",
    ),
]


def disclosure_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what of a store is shown."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def read_disclosure(values: dict[str, Any]) -> Disclosure:
    """What the library takes for the values of `disclosure_options`."""
    from runfolio.privacy import Disclosure

    return Disclosure(
        redact=values["redact"],
        anonymous=values["anonymous"],
        include=tuple(values["include"]),
        exclude=tuple(values["exclude"]),
    )


@click.command(cls=Command)
@click.argument("store", required=False, type=PLACE)
@source_options
@json_option
def secrets(store: str | None, as_json: bool, **source: Any) -> None:
    """Find what should not be published in STORE, before it is.

    That is likely keys, tokens, passwords and credentials in URLs; and home folders, e-mail
    addresses, user and host names, which are personal. Exit code 1 when there is a key, token or
    password. What is found is never printed itself. STORE may also be what another tool wrote.
    """
    from runfolio.privacy import inspect_store
    from runfolio.sources.opening import SourceOptions, read_anything

    options = SourceOptions(**read_source_options(source))
    with one_line_errors(), read_anything(store, options) as tables:
        inspection = inspect_store(tables)
    if as_json:
        print_json(inspection)
    else:
        _print_inspection(inspection)
    sys.exit(1 if inspection.secrets else 0)


def _print_inspection(inspection: Inspection) -> None:
    personal = [one for one in inspection.findings if one.severity != "secret"]
    for finding in (*inspection.secrets, *personal[:_SHOWN]):
        click.echo(say_finding(finding))
    if len(personal) > _SHOWN:
        click.echo(f"… and {len(personal) - _SHOWN:,} more that are personal; --json has all")
    click.echo(_summary(len(inspection.secrets), len(personal)))
    if unread := say_unread(inspection.unread):
        click.echo(unread)


def say_finding(finding: Finding) -> str:
    """A finding as one line."""
    more = f" (and {count(finding.places - 1, 'other run')})" if finding.places > 1 else ""
    said = f"{finding.severity}: {finding.rule} in {finding.place}{more}: {finding.shown}"
    return printable(said)


def _summary(secrets: int, personal: int) -> str:
    if not secrets and not personal:
        return "Nothing was found."
    found = f"{count(secrets, 'likely secret')}, {count(personal, 'personal detail')}"
    return f"{found}. build-report --redact masks them."


def say_unread(unread: Mapping[str, int]) -> str:
    """Which artifacts are no text, by their endings; "" where there are none."""
    kinds = ", ".join(f"{number:,} {printable(ending)}" for ending, number in unread.items())
    return f"Not looked into, as they are no text: {kinds}." if kinds else ""
