"""What a built site weighs: files and bytes by kind, the largest files, and how near hosts' limits.

A kind is told by a file's path alone, so that a site is weighed from a listing of it.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runfolio.errors import BudgetExceeded
from runfolio.publishing.hosts import HOSTS, Extent, Host
from runfolio.site.numbers import format_bytes, format_count

RUN_PAGES: Final = "run pages"
RUN_SHARDS: Final = "data of runs"
RUN_POINTS: Final = "points of long curves"
NEAR: Final = 0.8
"""The share of a limit from which on it is near."""

_LARGEST: Final = 3

KINDS: Final = {
    RUN_PAGES: re.compile(r"runs/.*\.html"),
    "JSON of runs": re.compile(r"runs/.*\.json"),
    RUN_SHARDS: re.compile(r"data/(runs|compare|results|histograms|previews)/.*\.js"),
    RUN_POINTS: re.compile(r"data/points/.*\.js"),
    "artifacts": re.compile(r"artifacts/.*"),
    "other pages": re.compile(r".*\.html"),
    "data of experiments": re.compile(r"data/experiments/.*\.js"),
    "tables to download": re.compile(r"data/.*\.(csv|parquet)"),
    "pictures": re.compile(r"charts/.*"),
    "scripts and styles": re.compile(r"assets/.*"),
    "the rest": re.compile(r".*", re.DOTALL),
}
"""A file is of the first kind that its path is like."""


@dataclass(frozen=True, slots=True)
class Weight:
    """The files of one kind and their bytes."""

    kind: str
    files: int
    bytes: int


@dataclass(frozen=True, slots=True)
class Budget:
    """What a site of some runs weighs: by kind, in all, and its largest files by path."""

    runs: int
    weights: tuple[Weight, ...]
    largest: tuple[tuple[str, int], ...]
    extent: Extent

    def of(self, kind: str) -> Weight:
        """The files of one kind, which may be none."""
        found = (one for one in self.weights if one.kind == kind)
        return next(found, Weight(kind, 0, 0))

    def check(self, most: int) -> None:
        """Raise `BudgetExceeded` where the site has more bytes than `most`."""
        if self.extent.bytes > most:
            raise BudgetExceeded(
                f"The site has {format_bytes(self.extent.bytes)}, and the budget is "
                f"{format_bytes(most)}. Leave artifacts out with --exclude, or narrow it with "
                "--experiment."
            )


def list_site(folder: Path) -> dict[str, int]:
    """The files of a site in a folder and their bytes."""
    return {
        path.relative_to(folder).as_posix(): path.lstat().st_size
        for path in folder.rglob("*")
        if not path.is_dir()
    }


def weigh_site(files: Mapping[str, int], runs: int) -> Budget:
    """Weigh a site of so many runs by its files and their bytes."""
    counts, sizes, folders = Counter[str](), Counter[str](), Counter[str]()
    for path, size in files.items():
        kind = kind_of(path)
        counts[kind] += 1
        sizes[kind] += size
        folders[path.rpartition("/")[0]] += 1
    largest = sorted(files.items(), key=lambda one: (-one[1], one[0]))[:_LARGEST]
    return Budget(
        runs=runs,
        weights=tuple(Weight(kind, counts[kind], sizes[kind]) for kind in KINDS if counts[kind]),
        largest=tuple(largest),
        extent=Extent(
            bytes=sizes.total(),
            largest=largest[0][1] if largest else 0,
            files=len(files),
            fullest=max(folders.values(), default=0),
        ),
    )


def kind_of(path: str) -> str:
    """What a file of a site is, by its path."""
    return next(kind for kind, pattern in KINDS.items() if pattern.fullmatch(path))


def render_budget(budget: Budget, hosts: Sequence[Host] = HOSTS) -> str:
    """What a site weighs as a table for a terminal, and a line for each limit that is near."""
    whole = Weight("in all", budget.extent.files, budget.extent.bytes)
    rows = [("", "files", "bytes", "a run")]
    rows += [_row(one, budget.runs) for one in (*budget.weights, whole)]
    widths = [max(len(row[column]) for row in rows) for column in range(4)]
    lines = [
        f"{kind:<{widths[0]}}  {files:>{widths[1]}}  {size:>{widths[2]}}  {share:>{widths[3]}}"
        for kind, files, size, share in rows
    ]
    largest = ", ".join(f"{path} {format_bytes(size)}" for path, size in budget.largest)
    return "\n".join([*map(str.rstrip, lines), f"largest: {largest}", *find_near(budget, hosts)])


def _row(weight: Weight, runs: int) -> tuple[str, str, str, str]:
    share = format_bytes(round(weight.bytes / runs)) if runs else ""
    return weight.kind, format_count(weight.files), format_bytes(weight.bytes), share


def find_near(budget: Budget, hosts: Sequence[Host] = HOSTS) -> Iterator[str]:
    """A line for each limit of a host that the site is near or over."""
    for host in hosts:
        for use in host.uses(budget.extent):
            if use.share >= NEAR:
                word = "over" if use.share > 1 else "near"
                yield f"{host.name}: {use.used} of {use.limit} {use.what}, {word} its limit"
