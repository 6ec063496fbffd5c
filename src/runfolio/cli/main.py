"""``runfolio``: work with a store from the command line."""

from __future__ import annotations

import click

from runfolio.cli.badge import badge
from runfolio.cli.changes import delete, describe, note, rename, restore, tag
from runfolio.cli.comment import comment
from runfolio.cli.ending import Group
from runfolio.cli.exports import export
from runfolio.cli.models import models
from runfolio.cli.output import show_unencodable
from runfolio.cli.privacy import secrets
from runfolio.cli.project import run_command
from runfolio.cli.publish import publish
from runfolio.cli.reproduce import reproduce
from runfolio.cli.review import check, compare
from runfolio.cli.runs import list_command, search, show
from runfolio.cli.sources import import_command
from runfolio.cli.sweep import sweep_command
from runfolio.cli.upkeep import du, gc, pack, recover, verify
from runfolio.version import __version__


@click.group(cls=Group, context_settings={"help_option_names": ["-h", "--help"]})
@click.version_option(__version__, prog_name="runfolio")
def main() -> None:
    """Runfolio, an experiment tracker without a server.

    Build the report of a store with build-report. A run is named by its id or the beginning of it.
    """
    show_unencodable()


for command in (
    *(list_command, show, search, import_command, export),
    *(describe, tag, note, rename, delete, restore, models),
    *(compare, check, comment, badge),
    *(run_command, sweep_command, reproduce),
    *(secrets, publish),
    *(recover, pack, verify, gc, du),
):
    main.add_command(command)
