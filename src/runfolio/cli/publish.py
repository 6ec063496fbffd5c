"""``runfolio publish``: put a report where others see it."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

import click

from runfolio.cli.ending import Group
from runfolio.cli.output import count, json_option, print_json, printable
from runfolio.cli.privacy import disclosure_options, read_disclosure, say_unread
from runfolio.cli.progress import Bar
from runfolio.cli.report import LOOK_OPTIONS
from runfolio.cli.report import main as build_report_command
from runfolio.cli.sources import read_source_options, source_options
from runfolio.cli.words import (
    PLACE,
    FilePath,
    one_line_errors,
    read_duration,
    read_size,
    store_option,
)
from runfolio.errors import PublishRefused, ReportsFaulty

if TYPE_CHECKING:
    from runfolio.publishing import Publication, Retention
    from runfolio.publishing.places import Place

MOST_WARNINGS: Final = 10

_DURATION: Final = re.compile(r"[0-9.]+[dhms]")


def read_prune(
    ctx: click.Context, param: click.Parameter, texts: tuple[str, ...]
) -> tuple[float | str, ...]:
    """Lengths of time as seconds, and names of folders; a callback for options."""
    from runfolio.errors import InvalidPath
    from runfolio.publishing.catalogue import check_report_path

    found: list[float | str] = []
    for text in texts:
        try:
            name = check_report_path(text)
        except InvalidPath as error:
            raise click.BadParameter(str(error), ctx, param) from error
        found.append(read_duration(ctx, param, text) if _DURATION.fullmatch(text) else name)
    return tuple(found)


_OPTIONS: Final[list[Callable[[Callable[..., Any]], Callable[..., Any]]]] = [
    store_option,
    click.option(
        "--path",
        default="",
        metavar="PATH",
        help="Where in the target the report lies, such as pr/123.  [default: at its root]",
    ),
    click.option(
        "--site",
        type=FilePath(path_type=Path),
        metavar="DIR",
        help="Publish a site that build-report wrote, instead of building one.",
    ),
    click.option(
        "--prune",
        multiple=True,
        metavar="AGE|NAME",
        callback=read_prune,
        help="Remove the reports beside this one that were not published for so long, such as 30d, "
        "or that lie in the folder NAME, such as the number of a closed pull request; may repeat.",
    ),
    click.option(
        "--keep",
        type=click.IntRange(min=1),
        metavar="N",
        help="Remove all but the N newest of the reports beside this one, which counts.",
    ),
    click.option(
        "--remove", is_flag=True, help="Take down the report at --path instead of publishing one."
    ),
    click.option("--allow-secrets", is_flag=True, help="Publish although credentials were found."),
    click.option("--allow-broken-links", is_flag=True, help="Publish although links lead nowhere."),
    click.option(
        "--max-size",
        callback=read_size,
        metavar="SIZE",
        help="Refuse when all at the target would be larger.  [default: 1GB for gh-pages]",
    ),
    click.option(
        "--max-file",
        callback=read_size,
        metavar="SIZE",
        help="Refuse a file that is larger.  [default: 100MiB for gh-pages]",
    ),
    click.option("--dry-run", is_flag=True, help="Check everything, and publish nothing."),
    source_options,
    disclosure_options,
    json_option,
]


def publish_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add what every target takes."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


@click.group(cls=Group)
def publish() -> None:
    """Build the report of a store and publish it to a branch, a folder or object storage.

    Checked first: sizes, broken links, credentials in what would be shown. All problems are listed
    at once, and nothing is published then.
    """


@publish.command("gh-pages")
@click.option(
    "--branch", default="gh-pages", show_default=True, help="The branch that the host serves."
)
@click.option(
    "--remote", default="origin", show_default=True, help="Where to push it: a name or an address."
)
@click.option(
    "--repository",
    default=".",
    type=FilePath(path_type=Path),
    help="A folder of the git repository.  [default: the working folder]",
)
@click.option(
    "--history",
    default="keep",
    show_default=True,
    type=click.Choice(["keep", "squash"]),
    help="Keep each state of the branch as a commit, or only the last, so that it stays small.",
)
@click.option("--no-push", is_flag=True, help="Commit to the local branch, and don't push it.")
@click.option("--message", help="The message of the commit.")
@publish_options
def gh_pages(
    branch: str,
    remote: str,
    repository: Path,
    history: str,
    no_push: bool,
    message: str | None,
    **options: Any,
) -> None:
    """Publish to a branch of a git repository, which GitHub Pages or another host serves.

    Neither the files nor the index of the repository are touched. Other reports and files of the
    branch stay; so does its history, unless --history squash says otherwise.
    """
    from runfolio.publishing import GitBranch

    target = GitBranch(
        branch=branch,
        remote=remote,
        repository=repository,
        push=not no_push,
        squash=history == "squash",
        message=message,
    )
    _publish(target, options)


@publish.command("dir")
@click.argument("target", type=FilePath(path_type=Path))
@publish_options
def to_folder(target: Path, **options: Any) -> None:
    """Publish to the folder TARGET, such as one that a web server serves.

    The report is swapped in when it is whole; other reports and files in the folder stay.
    """
    from runfolio.publishing import Folder

    _publish(Folder(target), options)


@publish.command("s3")
@click.argument("url", type=PLACE)
@publish_options
def to_bucket(url: str, **options: Any) -> None:
    """Publish to object storage at URL, such as s3://bucket/reports.

    Only what changed is put, each object with its media type and how long it may be cached.
    """
    from runfolio.publishing import Bucket
    from runfolio.store.layout import is_address

    if not is_address(url):
        raise click.UsageError(f"{url!r} is no address such as s3://bucket/reports.")
    _publish(Bucket(url), options)


for _command in (gh_pages, to_folder, to_bucket):
    _command.params += [one for one in build_report_command.params if one.name in LOOK_OPTIONS]


def _publish(target: Place, options: dict[str, Any]) -> None:
    from runfolio.publishing import publish as publish_report
    from runfolio.publishing import take_down

    if options["remove"] and (options["site"] or options["store"]):
        raise click.UsageError("--remove publishes nothing, so leave --site and --store out.")
    common: dict[str, Any] = {name: options[name] for name in ("path", "dry_run")}
    common["retention"] = _retention(options)
    with one_line_errors():
        try:
            if options["remove"]:
                done = take_down(target, **common)
            else:
                with Bar("Building pages") as bar:
                    report = _report_options(options)
                    done = publish_report(target, **common, **report, progress=bar.show)
        except (PublishRefused, ReportsFaulty) as error:
            _tell_problems(error, as_json=options["as_json"])
            raise
    if options["as_json"]:
        print_json(done)
        return
    _tell(done.notes)
    if unread := say_unread(done.unread):
        click.echo(f"{unread} They stay as they are; --exclude leaves them out.", err=True)
    _tell_warnings(done.warnings, masked=options["redact"] or options["anonymous"])
    click.echo(_line(done))


def _retention(options: dict[str, Any]) -> Retention:
    from runfolio.publishing import Retention

    ages = [one for one in options["prune"] if isinstance(one, float)]
    names = tuple(one for one in options["prune"] if isinstance(one, str))
    return Retention(min(ages, default=None), names, options["keep"])


def _report_options(options: dict[str, Any]) -> dict[str, Any]:
    from runfolio.publishing import Limits

    return {
        **{name: options[name] for name in LOOK_OPTIONS},
        **read_source_options(options),
        **{name: options[name] for name in ("store", "site")},
        **{name: options[name] for name in ("allow_secrets", "allow_broken_links")},
        "limits": Limits(options["max_size"], options["max_file"]),
        "disclosure": read_disclosure(options),
    }


def _tell_problems(error: PublishRefused | ReportsFaulty, *, as_json: bool) -> None:
    """Print each problem in a line of its own; the error after them says how many."""
    problems = error.mistakes if isinstance(error, ReportsFaulty) else error.problems
    if as_json:
        print_json({"changed": False, "error": str(error), "problems": problems})
    elif len(problems) > 1 or isinstance(error, ReportsFaulty):
        _tell(problems)


def _tell(lines: Iterable[str]) -> None:
    for line in lines:
        click.echo(printable(line), err=True)


def _tell_warnings(warnings: tuple[str, ...], *, masked: bool) -> None:
    if not warnings:
        return
    advice = (
        "still names people or machines"
        if masked
        else "names people or machines; --redact masks them"
    )
    click.echo(f"Warning: the report {advice}:", err=True)
    _tell(f"  {one}" for one in warnings[:MOST_WARNINGS])
    if len(warnings) > MOST_WARNINGS:
        more = f"{len(warnings) - MOST_WARNINGS:,} more: `runfolio secrets` lists them"
        click.echo(f"  … {more}", err=True)


def _line(done: Publication) -> str:
    from runfolio.site.numbers import format_bytes

    what = f"{count(done.files, 'file')}, {format_bytes(done.bytes)}"
    gone = f", {count(len(done.removed), 'report')} removed" if done.removed else ""
    where = f": {printable(done.address)}" if done.address else ""
    place = printable(done.place) + (f", {done.path}" if done.path else "")
    if not done.changed and not done.files:
        return f"Nothing to remove: there is no report in {place}"
    if not done.changed:
        return f"Nothing to publish: all is in {place} already{where}"
    verb = "Would publish" if done.dry_run else "Published"
    if not done.files:
        verb = "Would remove" if done.dry_run else "Removed"
        paths = (repr(one) if one else "the report at the root" for one in done.removed)
        return f"{verb} {', '.join(paths)} from {printable(done.place)}"
    return f"{verb} {what}{gone} to {place}{where}"
