"""``build-report``: render a store as a static site."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from runfolio.cli.lean import stay_lean
from runfolio.cli.sources import (
    print_skipped,
    read_source_options,
    say_beside,
    source_options,
)
from runfolio.cli.words import PLACE, one_line_errors
from runfolio.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import Progress

    from runfolio.site import ReportSummary

LONG_BUILD = 50
"""From so many pages on, a build shows a progress bar."""

LOOK_OPTIONS = ("title", "experiments", "templates", "theme")
"""Options that `build_report` takes as they are."""

REMOTE_PAUSE = 5.0
"""Seconds between two looks at a store on object storage, each of which is a listing."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
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
    type=click.Path(path_type=Path),
    help="Folder with page templates of your own; they come before the shipped ones.",
)
@click.option(
    "--theme",
    type=click.Path(path_type=Path),
    help="Style sheet of your own, such as other colours; it comes after the shipped ones.",
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

    from runfolio.sources.kinds import find_beside
    from runfolio.store.layout import is_address, locate_store

    def build() -> None:
        summary, seconds = _build(store, output, options)
        beside: list[str] = []
        if summary.tool:
            print_skipped((one.path, one.reason) for one in summary.damage)
            if options["kind"] is None:
                beside = find_beside(locate_store(store), summary.tool)
        click.echo(_summary_line(summary, seconds, beside))

    with one_line_errors():
        if (serve or opened) and is_address(output):
            raise click.UsageError(
                f"--serve and --open show a folder, and {output!r} is an address. Leave them out."
            )
        build()
        address = (Path(output).absolute() / "index.html").as_uri()
        if serve:
            address = _start_server(Path(output), port)
            click.echo(f"Serving {address} until Ctrl-C.")
        if opened:
            click.launch(address)
        if watch:
            _watch(store, build)
        elif serve:
            _wait()


def _build(store: str | None, output: str, options: dict[str, Any]) -> tuple[ReportSummary, float]:
    """Build the site as the options of the command say, and tell how long it took."""
    stay_lean()
    from runfolio.site import build_report

    started = time.monotonic()
    with _Bar() as bar:
        summary = build_report(
            store,
            output=output,
            **{name: options[name] for name in LOOK_OPTIONS},
            **read_source_options(options),
            progress=bar.show,
        )
    return summary, time.monotonic() - started


class _Bar:
    """A progress bar on a terminal, for builds of many pages."""

    def __init__(self) -> None:
        self._progress: Progress | None = None

    def __enter__(self) -> _Bar:
        return self

    def show(self, done: int, total: int) -> None:
        if total < LONG_BUILD or not sys.stderr.isatty():
            return
        if self._progress is None:
            from rich.console import Console
            from rich.progress import Progress

            self._progress = Progress(console=Console(stderr=True), transient=True)
            self._progress.start()
            self._task = self._progress.add_task("Building pages", total=total)
        self._progress.update(self._task, completed=done)

    def __exit__(self, *ended: object) -> None:
        if self._progress is not None:
            self._progress.stop()


def _summary_line(summary: ReportSummary, seconds: float, beside: list[str]) -> str:
    files = summary.published
    left_out = "skipped" if summary.tool else "damaged"
    damaged = f", {len(summary.damage)} {left_out}" if summary.damage else ""
    whose = f" of {summary.tool}{say_beside(beside)}" if summary.tool else ""
    return (
        f"{_count(summary.runs, 'run')}{whose}{damaged}, {_count(summary.pages, 'page')}, "
        f"{_size(files.bytes)} in "
        f"{files.files:,} files ({files.unchanged:,} unchanged), {seconds:.1f} s: "
        f"{summary.index}"
    )


def _count(count: int, noun: str) -> str:
    return f"{count:,} {noun}" + ("" if count == 1 else "s")


def _size(count: int) -> str:
    from runfolio.site.numbers import format_bytes

    return format_bytes(count)


def _start_server(output: Path, port: int) -> str:
    import threading

    from runfolio.site.serving import make_server

    server = make_server(output, port=port)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    return f"http://127.0.0.1:{server.server_address[1]}/"


def _watch(store: str | None, build: Callable[[], None]) -> None:
    """Build again after each change of the store, until Ctrl-C."""
    from runfolio.errors import RunfolioError
    from runfolio.store.layout import locate_store
    from runfolio.store.signature import store_signature

    root = locate_store(store)
    known = store_signature(root)
    click.echo(f"Watching {root} until Ctrl-C.")
    try:
        while True:
            time.sleep(1 if isinstance(root, Path) else REMOTE_PAUSE)
            try:
                state = store_signature(root)
                if state == known:
                    continue
                known = state
                build()
            except RunfolioError as error:
                click.echo(f"Error: {error}", err=True)
    except KeyboardInterrupt:
        click.echo("Stopped.")


def _wait() -> None:
    try:
        while True:
            time.sleep(3600)
    except KeyboardInterrupt:
        click.echo("Stopped.")
