"""``build-report``: render a store as a static site."""

from __future__ import annotations

import sys
import time
from pathlib import Path
from typing import TYPE_CHECKING

import click

from runfolio.cli.lean import stay_lean
from runfolio.cli.words import one_line_errors
from runfolio.version import __version__

if TYPE_CHECKING:
    from collections.abc import Callable

    from rich.progress import Progress

    from runfolio.site import ReportSummary

LONG_BUILD = 50
"""From so many pages on, a build shows a progress bar."""


@click.command(context_settings={"help_option_names": ["-h", "--help"]})
@click.argument("store", required=False, type=click.Path(path_type=Path))
@click.option(
    "--output",
    "-o",
    default="site",
    show_default=True,
    type=click.Path(path_type=Path),
    help="Folder to write the site to.",
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
@click.version_option(__version__, prog_name="build-report")
def main(
    store: Path | None,
    output: Path,
    title: str | None,
    experiments: tuple[str, ...],
    templates: Path | None,
    opened: bool,
    watch: bool,
    serve: bool,
    port: int,
) -> None:
    """Build a static HTML report of the runs in STORE.

    STORE is the folder that runs were logged to: by default $RUNFOLIO_STORE, else ./runs. The site
    opens from disk, from any static host and from a CI artifact. Building again touches only what
    changed.
    """

    def build() -> None:
        click.echo(_summary_line(*_build(store, output, title, experiments, templates)))

    with one_line_errors():
        build()
        address = (output.absolute() / "index.html").as_uri()
        if serve:
            address = _start_server(output, port)
            click.echo(f"Serving {address} until Ctrl-C.")
        if opened:
            click.launch(address)
        if watch:
            _watch(store, build)
        elif serve:
            _wait()


def _build(
    store: Path | None,
    output: Path,
    title: str | None,
    experiments: tuple[str, ...],
    templates: Path | None,
) -> tuple[ReportSummary, float]:
    stay_lean()
    from runfolio.site import build_report

    started = time.monotonic()
    with _Bar() as bar:
        summary = build_report(
            store,
            output=output,
            title=title,
            experiments=experiments,
            templates=templates,
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


def _summary_line(summary: ReportSummary, seconds: float) -> str:
    files = summary.published
    damaged = f", {summary.damaged} damaged" if summary.damaged else ""
    return (
        f"{_count(summary.runs, 'run')}{damaged}, {_count(summary.pages, 'page')}, "
        f"{_size(files.bytes)} in "
        f"{files.files:,} files ({files.unchanged:,} unchanged), {seconds:.1f} s: "
        f"{summary.output / 'index.html'}"
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


def _watch(store: Path | None, build: Callable[[], None]) -> None:
    """Build again after each change of the store, until Ctrl-C."""
    from runfolio.errors import RunfolioError
    from runfolio.store import choose_store
    from runfolio.store.signature import store_signature

    root = choose_store(store)
    known = store_signature(root)
    click.echo(f"Watching {root} until Ctrl-C.")
    try:
        while True:
            time.sleep(1)
            state = store_signature(root)
            if state == known:
                continue
            known = state
            try:
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
