"""``runfolio comment``: write a text where people review a change."""

from __future__ import annotations

import errno
import os
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from runfolio.cli.ending import Command
from runfolio.cli.output import json_option, print_json, printable
from runfolio.cli.words import one_line_errors, read_duration
from runfolio.errors import CommentPlaceUnknown, InvalidValue

if TYPE_CHECKING:
    from runfolio.review.posting import Posted

MOST_BYTES: Final = 16 * 1024 * 1024
PLACES: Final = ("github", "gitlab", "summary")


@click.command(cls=Command)
@click.argument("file", default="-")
@click.option(
    "--to",
    type=click.Choice(PLACES),
    help="A pull request on GitHub, a merge request on GitLab, or the summary of GitHub's job.  "
    "[default: the host whose job this is]",
)
@click.option(
    "--marker",
    metavar="NAME",
    default="report",
    show_default=True,
    help="Which comment it is: one of this name is written once and updated from then on.",
)
@click.option(
    "--pull-request",
    type=click.IntRange(1),
    metavar="NUMBER",
    help="The number of the pull or merge request.  [default: the job's own]",
)
@click.option(
    "--repository",
    metavar="OWNER/NAME",
    help="The repository, or GitLab's project.  [default: the job's own]",
)
@click.option(
    "--api",
    metavar="URL",
    help="Address of the host's REST interface.  [default: the job's own]",
)
@click.option(
    "--max-wait",
    callback=read_duration,
    metavar="DURATION",
    default="5m",
    show_default=True,
    help="The most to wait, in all, for a host that is busy or limits requests.",
)
@click.option("--dry-run", is_flag=True, help="Print what would be written, and send nothing.")
@json_option
def comment(
    file: str,
    to: str | None,
    marker: str,
    pull_request: int | None,
    repository: str | None,
    api: str | None,
    max_wait: float,
    dry_run: bool,
    as_json: bool,
) -> None:
    """Write FILE, or what comes in, as a comment on a pull request, or update the one there is.

    The token comes from the environment: GITHUB_TOKEN or GH_TOKEN, or GITLAB_TOKEN.
    """
    with one_line_errors():
        text = read_text(file)
        place = to or choose_place()
        options: dict[str, Any] = {"repository": repository, "number": pull_request, "base": api}
        if dry_run:
            show_body(text, place, marker, as_json)
            return
        report(write(text, place, marker, max_wait, options), as_json)


def read_text(file: str) -> str:
    """The text of a file, or of the standard input for "-"."""
    try:
        text = _read_bytes(file).decode("utf-8-sig")
    except (OSError, UnicodeDecodeError) as error:
        said = getattr(error, "strerror", None) or str(error)
        raise InvalidValue(
            f"The text {file!r} can't be read: {said}. Give a Markdown file in UTF-8, or '-'."
        ) from error
    return text.replace("\r\n", "\n")


def _read_bytes(file: str) -> bytes:
    """What a file or the standard input has; raises `InvalidValue` where that is too much."""
    if file == "-":
        if sys.stdin is None:
            raise OSError(errno.EBADF, "the standard input is closed")
        content = sys.stdin.buffer.read(MOST_BYTES + 1)
    else:
        with Path(file).open("rb") as opened:
            content = opened.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise InvalidValue(f"The text {file!r} is larger than {MOST_BYTES:,} bytes. Shorten it.")
    return content


def choose_place() -> str:
    """The host whose job this is."""
    if os.environ.get("GITLAB_CI"):
        return "gitlab"
    if os.environ.get("GITHUB_ACTIONS"):
        return "github"
    raise CommentPlaceUnknown(
        "It isn't known where the comment goes, as this is no job of GitHub or GitLab. Give --to."
    )


def write(text: str, place: str, marker: str, max_wait: float, options: dict[str, Any]) -> Posted:
    """Write the text to its place."""
    from runfolio.review.github import find_pull
    from runfolio.review.gitlab import find_merge
    from runfolio.review.posting import post_comment
    from runfolio.review.summary import write_summary
    from runfolio.review.waiting import Patience

    if place == "summary":
        return write_summary(text, environment=os.environ, marker=marker)
    patience = Patience(most=max_wait)
    find: Any = find_pull if place == "github" else find_merge
    host = find(os.environ, patience=patience, **options)
    return post_comment(text, host=host, marker=marker, patience=patience)


def show_body(text: str, place: str, marker: str, as_json: bool) -> None:
    """Print what would be written."""
    from runfolio.review import github, gitlab, summary
    from runfolio.review.posting import make_body

    if place == "summary":
        body, cut = summary.put_section("", text, marker=marker)
    else:
        limit = github.LIMIT if place == "github" else gitlab.LIMIT
        body, cut = make_body(text, marker=marker, limit=limit)
    if as_json:
        print_json({"action": "would write", "to": place, "cut": cut, "body": body})
        return
    for line in body.split("\n"):
        click.echo(printable(line))


def report(posted: Posted, as_json: bool) -> None:
    """Say what came of the comment."""
    from runfolio.review.summary import PLACE

    if as_json:
        print_json(posted)
        return
    what = posted.place if posted.place == PLACE else f"the comment on {posted.place}"
    said = {
        "created": f"Wrote {what}",
        "updated": f"Updated {what}",
        "unchanged": f"Left {what} as it is, as nothing changed",
    }
    cut = "; the text was cut to what fits" if posted.cut else ""
    click.echo(printable(f"{said[posted.action]}{cut}{f': {posted.url}' if posted.url else '.'}"))
