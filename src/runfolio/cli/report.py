"""``build-report``: render a store as a static site."""

from __future__ import annotations

import os
import time
from contextlib import suppress
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runfolio.analysis.numbers import count_noun
from runfolio.cli.budget import budget_option, tell_budget
from runfolio.cli.ending import Command
from runfolio.cli.keeping import is_kept, keep_report, keeping_options
from runfolio.cli.lean import stay_lean
from runfolio.cli.output import printable, show_unencodable
from runfolio.cli.privacy import disclosure_options, read_disclosure, say_unread
from runfolio.cli.progress import Bar
from runfolio.cli.sources import (
    print_skipped,
    read_source_options,
    say_beside,
    source_options,
)
from runfolio.cli.spreading import engine_options, read_engine
from runfolio.cli.watching import Watched, change_line, find_watched
from runfolio.cli.watching import watch as watch_store
from runfolio.cli.words import PLACE, FilePath, one_line_errors
from runfolio.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from runfolio.site import ReportSummary
    from runfolio.site.memory import BuildMemory
    from runfolio.site.serving import Live

LOOK_OPTIONS = ("title", "experiments", "templates", "theme", "site_url", "reports")
"""Options that `build_report` takes as they are."""

_NOT_SHOWN = ("engine", "profile", "budget")
"""Options that change nothing in a site."""


@click.command(cls=Command, context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("store", required=False, type=PLACE)
@click.option(
    "--output",
    "-o",
    default="site",
    show_default=True,
    type=PLACE,
    help="Folder to write the site to, or an address such as s3://bucket/site.",
)
@click.option("--title", help="Title of the site.  [default: the project folder's name]")
@click.option(
    "--experiment",
    "experiments",
    multiple=True,
    metavar="NAME",
    help="Report this experiment only; may be given more than once.",
)
@click.option(
    "--templates",
    type=FilePath(path_type=Path),
    help="Folder with page templates of your own; they come before the shipped ones.",
)
@click.option(
    "--theme",
    type=FilePath(path_type=Path),
    help="Style sheet of your own, such as other colours; it comes after the shipped ones.",
)
@click.option(
    "--site-url",
    metavar="URL",
    help="Where the site will be published, for the links in its feed.",
)
@click.option(
    "--reports",
    metavar="DIR",
    type=FilePath(path_type=Path),
    help="Folder with narrative reports in Markdown.  [default: reports beside the store]",
)
@click.option("--open", "opened", is_flag=True, help="Open the report in a browser.")
@click.option("--watch", is_flag=True, help="Build again whenever something is logged.")
@click.option("--serve", is_flag=True, help="Serve the site on this machine until Ctrl-C.")
@click.option(
    "--port",
    default=8000,
    show_default=True,
    type=click.IntRange(0, 65535),
    help="Port for --serve; 0 takes any free one.",
)
@budget_option
@engine_options
@click.option("--profile", is_flag=True, help="Print where the time went, stage by stage.")
@keeping_options
@disclosure_options
@source_options
@click.version_option(__version__, prog_name="build-report")
def main(
    store: str | None,
    output: str,
    opened: bool,
    watch: bool,
    serve: bool,
    port: int,
    **options: Any,
) -> None:
    """Build a static HTML report of the runs in STORE.

    STORE is the folder that runs were logged to: by default $RUNFOLIO_STORE, else ./runs. It may be
    an address on object storage, such as s3://bucket/runs, and so may the output. It may also be
    what another tool wrote, such as mlruns, mlflow.db or a folder of TensorBoard event files, which
    is read where it lies. The site opens from disk, from any static host and from a CI artifact.
    Building again touches only what changed.
    """

    from runfolio.errors import ReportsFaulty
    from runfolio.store.layout import is_address, locate_store

    def keep() -> None:
        stay_lean()
        try:
            with Bar("Building pages") as bar:
                _print_mistakes(keep_report(store, options, LOOK_OPTIONS, bar.show))
        except ReportsFaulty as error:
            _print_mistakes(error.mistakes)
            raise

    def build(tell: Callable[[ReportSummary, float, list[str]], str | None]) -> ReportSummary:
        try:
            summary, seconds = _build(store, output, options, memory)
        except ReportsFaulty as error:
            _print_mistakes(error.mistakes)
            raise
        _print_mistakes(map(str, summary.mistakes))
        if unread := say_unread(summary.unread):
            click.echo(f"{unread} They stay as they are; --exclude leaves them out.", err=True)
        beside: list[str] = []
        if summary.tool:
            print_skipped((one.path, one.reason) for one in summary.damage)
            if options["kind"] is None:
                from runfolio.sources.kinds import find_beside

                beside = find_beside(locate_store(store), summary.tool)
        if (line := tell(summary, seconds, beside)) is not None:
            click.echo(line)
        return summary

    def build_again() -> None:
        summary = build(lambda summary, seconds, _: change_line(summary, seconds))
        if live is not None and summary.published.changed:
            live.advance(summary.published.changed)

    show_unencodable()
    memory, live = _make_memory(watch), None
    with one_line_errors():
        options["engine"] = read_engine(options)
        if is_kept(options, live=opened or watch or serve):
            keep()
            return
        if (serve or opened) and is_address(output):
            raise click.UsageError(
                f"--serve and --open show a folder, and {output!r} is an address. Leave them out."
            )
        watched = _find_watched(store, options) if watch else None
        known = watched.look() if watched else ()
        tell_budget(build(_summary_line), options["budget"])
        folder = Path(output).expanduser().absolute()
        address = (folder / "index.html").as_uri()
        if serve:
            live = _make_live(watch)
            address = _start_server(folder, port, live)
            click.echo(f"Serving {address} until Ctrl-C.")
        if opened:
            click.launch(address)
        if watched:
            watch_store(watched, known, build_again)
        elif serve:
            _wait()


def _make_memory(watch: bool) -> BuildMemory | None:
    if not watch:
        return None
    stay_lean()
    from runfolio.site.memory import BuildMemory

    return BuildMemory()


def _make_live(watch: bool) -> Live | None:
    from runfolio.site.serving import Live

    return Live() if watch else None


def _find_watched(store: str | None, options: dict[str, Any]) -> Watched:
    stay_lean()
    return find_watched(store, **_own_places(options))


def _build(
    store: str | None, output: str, options: dict[str, Any], memory: BuildMemory | None
) -> tuple[ReportSummary, float]:
    """Build the site as the options of the command say, and tell how long it took."""
    stay_lean()
    from runfolio.site.seen import build_once
    from runfolio.site.stages import Stages, render_stages
    from runfolio.store.files import absolute_path
    from runfolio.store.layout import is_address, locate_store

    started, stages, place = time.monotonic(), Stages(), locate_store(store)

    def build() -> ReportSummary:
        from runfolio.site import build_report

        with Bar("Building pages") as bar:
            return build_report(
                store,
                output=output,
                **{name: options[name] for name in LOOK_OPTIONS},
                **read_source_options(options),
                disclosure=read_disclosure(options),
                progress=bar.show,
                memory=memory,
                engine=options["engine"],
                stages=stages,
            )

    if memory is not None or is_address(output) or not isinstance(place, Path):
        summary = build()
    else:
        summary = build_once(
            build,
            store=place,
            output=absolute_path(output),
            others=find_watched(store, **_own_places(options)).others,
            said={key: value for key, value in options.items() if key not in _NOT_SHOWN},
        )
    seconds = time.monotonic() - started
    if options["profile"]:
        click.echo(render_stages(stages, seconds), err=True)
    return summary, seconds


def _own_places(options: dict[str, Any]) -> dict[str, Path | None]:
    """The folders and files of one's own that the options name."""
    return {name: options[name] for name in ("reports", "templates", "theme")}


def _print_mistakes(mistakes: Iterable[str]) -> None:
    """Say on stderr what is wrong in the narrative reports, a line each: file, line, message."""
    here = ""
    with suppress(FileNotFoundError):  # somebody removed the working folder
        here = f"{Path.cwd()}{os.sep}"
    for line in mistakes:
        click.echo(printable(line.removeprefix(here)), err=True)


def _summary_line(summary: ReportSummary, seconds: float, beside: list[str]) -> str:
    files = summary.published
    left_out = "skipped" if summary.tool else "damaged"
    damaged = f", {len(summary.damage)} {left_out}" if summary.damage else ""
    whose = f" of {summary.tool}{say_beside(beside)}" if summary.tool else ""
    reports = f", {count_noun(summary.reports, 'report')}" if summary.reports else ""
    if summary.mistakes:
        reports += f" with {count_noun(len(summary.mistakes), 'mistake')}"
    return (
        f"{count_noun(summary.runs, 'run')}{whose}{damaged}{reports}, "
        f"{count_noun(summary.pages, 'page')}, {_size(files.bytes)} in "
        f"{files.files:,} files ({files.unchanged:,} unchanged), {seconds:.1f} s: "
        f"{summary.index}"
    )


def _size(count: int) -> str:
    from runfolio.site.numbers import format_bytes

    return format_bytes(count)


def _start_server(output: Path, port: int, live: Live | None) -> str:
    import threading

    from runfolio.site.serving import make_server

    server = make_server(output, port=port, live=live)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}/"


def _wait() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        click.echo("Stopped.")
