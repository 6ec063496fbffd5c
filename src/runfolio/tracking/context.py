"""What is captured of a run's surroundings without asking, gathered beside the training loop.

Reading git and the list of packages takes tens of milliseconds, so it happens in a thread of its
own and is waited for when the run ends. Nothing here may fail a run: what can't be read is left
out.
"""

from __future__ import annotations

import os
import threading
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from runfolio.errors import InvalidValue, RunfolioError
from runfolio.tracking.capture.credentials import redact_command
from runfolio.tracking.capture.environment import read_environment, read_host
from runfolio.tracking.capture.git import CUT, read_git
from runfolio.tracking.capture.process import ProcessPlace
from runfolio.tracking.capture.source import Source
from runfolio.tracking.capture.variables import read_variables

CAPTURES: Final = ("git", "diff", "code", "environment", "host")
CAPTURE_VARIABLE: Final = "RUNFOLIO_CAPTURE"
MAX_SOURCE_BYTES: Final = 1 << 20

Capture = bool | Iterable[str]


def choose_captures(capture: Capture | None, *, rank: int = 0) -> frozenset[str]:
    """Which of `CAPTURES` to take: the argument, else ``$RUNFOLIO_CAPTURE``, else all.

    Of the ranks of one run all but the first say by default only where they run.
    """
    if capture is None:
        said = os.environ.get(CAPTURE_VARIABLE)
        if said is None:
            return frozenset(CAPTURES if rank == 0 else ("host",))
        capture = [word for word in said.replace(",", " ").split() if word != "none"]
    if isinstance(capture, bool):
        return frozenset(CAPTURES if capture else ())
    chosen = frozenset([capture] if isinstance(capture, str) else capture)
    unknown = sorted(chosen - set(CAPTURES))
    if unknown:
        raise InvalidValue(f"Unknown capture {unknown[0]!r}. Choose from {', '.join(CAPTURES)}.")
    return chosen


@dataclass(frozen=True, slots=True)
class Gathered:
    """What was captured: facts for the run's context, and files for its artifacts."""

    facts: dict[str, Any]
    files: tuple[tuple[str, bytes], ...]


def gather(captures: frozenset[str], source: Source, place: ProcessPlace | None = None) -> Gathered:
    """Read everything in `captures` of this process, the source's folder and its repository.

    `place` is that of the run among all of its process.
    """
    facts: dict[str, Any] = {}
    files: list[tuple[str, bytes]] = []
    if "host" in captures:
        facts |= read_host()
    if "environment" in captures:
        facts["environment"] = read_environment()
    if "code" in captures:
        facts["source"] = source.name
        facts["source_kind"] = source.kind
        facts["command"] = list(redact_command(source.command))
        facts |= place._asdict() if place else {}
        files += _read_source(source)
    root: Path | None = None
    if "git" in captures:
        folder = source.path.parent if source.path else Path.cwd()
        git = read_git(folder, diff="diff" in captures)
        root = Path(git["root"]) if git and git.get("root") else None
        if git:
            diff = git.pop("diff", None)
            files += [("code/changes.diff", diff.encode())] if diff else []
            facts["git"] = {key: value for key, value in git.items() if key != "root"}
            if diff and diff.endswith(CUT):
                facts["git"]["diff_cut"] = True
            facts |= {f"git_{key}": git.get(key) for key in ("commit", "branch", "dirty")}
    if root is not None:
        facts |= _read_places(source, root)
    if "environment" in captures:
        facts["variables"] = read_variables(root=root)
    return Gathered(facts, tuple(files))


def _read_places(source: Source, root: Path) -> dict[str, str]:
    """Where in the repository the script lies and the program was started, as far as it did."""
    places = {}
    if source.path:
        places["source_path"] = _inside(source.path, root) or source.path.name
    folder = _inside(Path(), root)
    return places | ({"folder": folder} if folder else {})


def _inside(path: Path, root: Path) -> str | None:
    try:
        inside = path.resolve().relative_to(root.resolve()).as_posix()
    except (ValueError, OSError):
        return None
    return inside.encode(errors="replace").decode()


def _read_source(source: Source) -> list[tuple[str, bytes]]:
    if source.path is None or source.path.suffix not in (".py", ".ipynb"):
        return []
    try:
        if source.path.stat().st_size > MAX_SOURCE_BYTES:
            return []
        return [(f"code/{source.path.name}", source.path.read_bytes())]
    except OSError:
        return []


class Gathering:
    """A thread that gathers and hands the result over; `wait` returns when that is done."""

    def __init__(
        self,
        captures: frozenset[str],
        source: Source,
        take: Callable[[Gathered], None],
        place: ProcessPlace | None = None,
    ) -> None:
        self._captures = captures
        self._source = source
        self._place = place
        self._take = take
        self._cancelled = False
        self._taking = threading.Lock()
        self._thread = threading.Thread(target=self._gather, name="runfolio-capture", daemon=True)
        if captures:
            self._thread.start()

    def _gather(self) -> None:
        try:
            gathered = gather(self._captures, self._source, self._place)
            with self._taking:
                if not self._cancelled:
                    self._take(gathered)
        except (OSError, RunfolioError):
            # The run may have ended, or its folder gone; capture must not disturb anyone.
            return

    def cancel(self) -> None:
        """Hand nothing over any more."""
        with self._taking:
            self._cancelled = True

    def wait(self, timeout: float = 10.0) -> None:
        """Wait for the thread, except from within it."""
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join(timeout)
