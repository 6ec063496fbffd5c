"""``build-report --watch``: build again after each change of the store."""

from __future__ import annotations

import time
from collections.abc import Callable, Collection, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import click

from runfolio.analysis.numbers import count_noun

if TYPE_CHECKING:
    from runfolio.site import ReportSummary
    from runfolio.store.signature import Signature

PAUSE: Final = 0.25
"""Seconds between two looks at a store in a folder; more where looking or building takes long."""

REMOTE_PAUSE: Final = 5.0
"""Seconds between two looks at a store on object storage, each of which is a listing."""

MOST_NAMED: Final = 3


@dataclass(frozen=True, slots=True)
class Watched:
    """The store, and folders and files of one's own that the site is made from as well."""

    root: Path | str
    others: tuple[Path, ...]

    def look(self) -> tuple[Signature, ...]:
        """What differs as soon as anything was written."""
        from runfolio.store.signature import folder_signature, store_signature

        return store_signature(self.root), *map(folder_signature, self.others)


def find_watched(
    store: str | None, *, reports: Path | None, templates: Path | None, theme: Path | None
) -> Watched:
    """What to watch for a site."""
    from runfolio.site.narrative.locating import locate_reports
    from runfolio.store.layout import locate_store

    root = locate_store(store)
    others = (locate_reports(root, reports), templates, theme)
    return Watched(root, tuple(one for one in others if one is not None))


def watch(
    watched: Watched,
    known: tuple[Signature, ...],
    build: Callable[[], None],
    *,
    sleep: Callable[[float], None] = time.sleep,
) -> None:
    """Build again after each change since what is `known`, until Ctrl-C; no error ends it."""
    from runfolio.errors import RunfolioError

    click.echo(f"Watching {watched.root} until Ctrl-C.")
    least = PAUSE if isinstance(watched.root, Path) else REMOTE_PAUSE
    pause = least
    try:
        while True:
            sleep(pause)
            began = time.monotonic()
            try:
                state = watched.look()
                if state != known:
                    known = state
                    build()
            except (RunfolioError, OSError) as error:
                click.echo(f"Error: {error}", err=True)
            # At most two thirds of the time are spent here, while something is logged all along.
            pause = max(least, (time.monotonic() - began) / 2)
    except KeyboardInterrupt:
        click.echo("Stopped.")


def change_line(summary: ReportSummary, seconds: float) -> str | None:
    """What a rebuild did, in one line; None when it changed nothing."""
    files, changes = summary.published, summary.changes
    if files.unchanged == files.files and not changes.gone:
        return None
    told = [
        _tell(changes.new, "new"),
        _tell(changes.changed, "changed"),
        _tell(changes.gone, "gone"),
    ]
    runs = ", ".join(filter(None, told)) or "No run changed"
    damaged = f", {len(summary.damage):,} damaged" if summary.damage else ""
    written = files.files - files.unchanged
    return (
        f"{time.strftime('%H:%M:%S')} {runs}{damaged}: "
        f"{written:,} of {files.files:,} files written in {seconds:.1f} s."
    )


def _tell(runs: Collection[str], word: str) -> str | None:
    """How many runs are new, changed or gone, and which, where they are few."""
    if not runs:
        return None
    named = f" ({', '.join(_shortened(runs))})" if len(runs) <= MOST_NAMED else ""
    return f"{count_noun(len(runs), 'run')} {word}{named}"


def _shortened(runs: Iterable[str]) -> list[str]:
    return [one[:8] for one in runs]
