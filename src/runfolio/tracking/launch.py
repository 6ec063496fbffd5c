"""What a program that starts others says of the runs that these log: where, and as which run.

It is handed over in the environment, so that a training script needs no change to become a run of
a project, a trial of a sweep, or a reproduction of an earlier run.
"""

from __future__ import annotations

import json
import os
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field, replace
from pathlib import Path
from typing import Any, Final

from runfolio.errors import InvalidValue
from runfolio.store.layout import StorePath, redirect_store
from runfolio.tracking.options import RunOptions

VARIABLE: Final = "RUNFOLIO_LAUNCH"


@dataclass(frozen=True, slots=True)
class Launch:
    """How a started process logs.

    All its runs go to `store`, whatever store it names itself, and are found there by that name.
    The other fields are about the first run that it starts: its id, what it is called where the
    program doesn't say, its parent, parameters and tags beside those that the program logs, and
    what is added to its context.

    `insist` names what counts before the program's own word: "experiment", "name". A launch is for
    one run, also where several processes inherit it: whoever removes the file `claim` gets it. It
    has to be there with a `run_id`; without one each process has a first run.
    """

    store: str
    run_id: str | None = None
    experiment: str | None = None
    name: str | None = None
    parent: str | None = None
    params: Mapping[str, Any] = field(default_factory=dict)
    tags: Mapping[str, str] = field(default_factory=dict)
    context: Mapping[str, Any] = field(default_factory=dict)
    insist: tuple[str, ...] = ()
    claim: str | None = None

    def variables(self) -> dict[str, str]:
        """The environment variables that hand it over."""
        return {VARIABLE: json.dumps(asdict(self))}

    def put_claim(self) -> None:
        """Let the launch be taken, for the first time or again."""
        if self.claim is not None:
            Path(self.claim).touch()


NOTHING: Final = Launch("")
"""What is given with a run that nobody launched."""


def read_launch() -> Launch | None:
    """What this process was launched with; None when nobody said anything."""
    text = os.environ.get(VARIABLE)
    if not text:
        return None
    try:
        return Launch(**json.loads(text))
    except (TypeError, ValueError):
        raise InvalidValue(
            f"${VARIABLE} is {text[:80]!r}, which is nothing that Runfolio has set. Unset it."
        ) from None


def launched_store(store: StorePath | None) -> StorePath | None:
    """The store to log to: that of the launch where this process was launched, else `store`."""
    launch = read_launch()
    return store if launch is None else launch.store


_taken: set[tuple[int, str]] = set()
"""The launches that this process has taken, by its id, which a fork changes."""


def take_launch(options: RunOptions) -> tuple[RunOptions, Launch | None]:
    """What a run starts with where its process was launched, and the launch if it is the one meant.

    A run that is resumed goes on as it is. Of ranks that agreed on a run of their own, each takes
    the launch's once instead.
    """
    launch = read_launch()
    if launch is None:
        return options, None
    redirect_store(options.store, launch.store)  # also for what is asked of the run later
    options = replace(options, store=launch.store)
    if (options.run_id is not None and options.rank is None) or not _take(launch, options):
        return options, None
    if options.rank is not None:
        options = replace(options, run_id=launch.run_id or options.run_id)
    for name in ("experiment", "name"):
        told, said = getattr(launch, name), getattr(options, name)
        if told is not None and (said is None or name in launch.insist):
            options = replace(options, **{name: told})
    return options, launch


def _take(launch: Launch, options: RunOptions) -> bool:
    """Take a launch, unless it has been taken here or by another process."""
    mine = os.getpid(), os.environ[VARIABLE]
    if mine in _taken:
        return False
    _taken.add(mine)
    if launch.claim is None:
        return launch.run_id is None
    try:
        Path(launch.claim).unlink()
    except OSError:  # taken by another process, or out of this machine's reach
        return options.rank is not None
    return True


def give_back(launch: Launch) -> None:
    """Let the process's next run take a launch that was taken for nothing."""
    _taken.discard((os.getpid(), os.environ.get(VARIABLE, "")))
    launch.put_claim()
