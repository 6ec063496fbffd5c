"""Build the site of many runs, of a packed and of a loose store, and Hugo's of the same values.

``python -m tests.benchmarks.beside_hugo runfolio RUNS STEPS REPEATS HUGO`` prints what each took;
without a HUGO only ours. Each build begins from cold: no output, no cache and no record of an
earlier one. They take turns, and the median of each counts. A last one is watched for its memory.
"""

from __future__ import annotations

import json
import shutil
import statistics
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.hugo_site import write_hugo
from tests.benchmarks.large import make_blocks, write_loose, write_packed
from tests.benchmarks.watching import Took, watch_apart

OUTPUT: Final = Path("site")
CACHE: Final = Path("cache")
BUILD: Final = "from runfolio.cli.report import main; main()"


def main(runs: int, steps: int, repeats: int, hugo: Path | None) -> None:
    """Write the stores and Hugo's sources, and build each in turn."""
    write_packed(Path("packed"), runs=runs, steps=steps)
    write_loose(Path("loose"), runs=runs, steps=steps)
    commands = {"packed": build_ours("packed"), "loose": build_ours("loose")}
    if hugo is not None:
        write_hugo(Path("hugo"), make_blocks(runs, steps))
        commands = {"hugo": build_theirs(hugo), **commands}
    found = take_turns(commands, repeats)
    watched = build_cold(commands["packed"], memory=True)
    files = weigh(runs)
    print("\n" + json.dumps({**found, "memory": asdict(watched), "files": files}))


def build_ours(store: str) -> list[str]:
    """The command that builds our site."""
    profile = ["--profile"] if has_profile() else []
    return [sys.executable, "-c", BUILD, store, "--output", str(OUTPUT), *profile]


def has_profile() -> bool:
    """Whether `build-report` can tell where its time goes."""
    done = subprocess.run(
        [sys.executable, "-c", BUILD, "--help"], check=True, capture_output=True, text=True
    )
    return "--profile" in done.stdout


def build_theirs(hugo: Path) -> list[str]:
    """The command that builds Hugo's site."""
    places = ["--source", "hugo", "--destination", str(OUTPUT.absolute())]
    return [str(hugo), *places, "--cacheDir", str(CACHE.absolute() / "hugo"), "--noBuildLock"]


def take_turns(commands: Mapping[str, Sequence[str]], repeats: int) -> dict[str, dict[str, Any]]:
    """Build with each command in turn, and return what the median build of each took."""
    rounds = [{name: build_cold(one) for name, one in commands.items()} for _ in range(repeats)]
    return {name: asdict(median([one[name] for one in rounds])) for name in commands}


def median(builds: Sequence[Took]) -> Took:
    """The build that took neither the longest nor the shortest."""
    middle = statistics.median_low(one.seconds for one in builds)
    return next(one for one in builds if one.seconds == middle)


def build_cold(command: Sequence[str], *, memory: bool = False) -> Took:
    """Build with nothing there of an earlier build."""
    for folder in (OUTPUT, CACHE):
        shutil.rmtree(folder, ignore_errors=True)
    return watch_apart(command, memory=memory, variables=caches())


def caches() -> dict[str, str]:
    """The variable that keeps the record of a build apart."""
    return {"XDG_CACHE_HOME": str(CACHE.absolute())}


def weigh(runs: int) -> dict[str, Any]:
    """The files of our site: how many, their bytes, and the bytes a run of pages and shards."""
    from runfolio.publishing.budget import RUN_PAGES, RUN_SHARDS, list_site, weigh_site

    budget = weigh_site(list_site(OUTPUT), runs)
    return {
        "files": budget.extent.files,
        "bytes": budget.extent.bytes,
        "page": budget.of(RUN_PAGES).bytes / runs,
        "shard": budget.of(RUN_SHARDS).bytes / runs,
    }


if __name__ == "__main__":
    hugo = Path(sys.argv[5]) if len(sys.argv) > 5 else None
    main(int(sys.argv[2]), int(sys.argv[3]), int(sys.argv[4]), hugo)
