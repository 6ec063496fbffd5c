"""What the hostile corpus is made of: places to build reports of, and what is to be seen then."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from tests.hostile.texts import BEACON


@dataclass(frozen=True, slots=True)
class Ground:
    """Where a part of the corpus writes, and what it tries to reach.

    `folder` is its own. `outside` holds ``canary.txt`` with the text `CANARY`, which nothing may
    read, and nothing may be written there. `beacon` is the address of a server nothing may ask.
    """

    folder: Path
    outside: Path
    beacon: str = BEACON


@dataclass(frozen=True, slots=True)
class Case:
    """One thing to build a report of.

    `source` is what ``build-report`` is given, with `options` after it, in which ``{site}`` stands
    for the folder that the site goes to. `shown` are texts that a
    reader of some page must see as they are, and `said` words that the command must print of what
    it left out. With `refused` there is no site, only one line and an exit code.
    """

    name: str
    source: Path
    options: tuple[str, ...] = ()
    shown: tuple[str, ...] = ()
    said: tuple[str, ...] = ()
    refused: bool = False


CANARY = "canary-that-nobody-may-read-5b1e"
