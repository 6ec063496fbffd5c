"""``make fuzz``: give every reader inputs for a while, and keep what breaks one.

Coverage guides the search where atheris can be installed; elsewhere hypothesis makes the inputs, as
in the tests. ``--replay FILE`` gives a kept input to its reader again.
"""

from __future__ import annotations

import argparse
import os
import re
import subprocess
import sys
import sysconfig
import time
import warnings
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from hypothesis import HealthCheck, Phase, given, seed, settings

from tests.environment.apart import InstallFailed, install_apart, python_of
from tests.environment.tools import ROOT
from tests.fuzz.finding import FOLDER, Findings, how_to_repeat, note
from tests.fuzz.mutations import inputs
from tests.fuzz.target import Target, seeds_of
from tests.fuzz.targets import TARGETS

CORPUS: Final = Path(__file__).with_name("corpus")
SLOWEST: Final = 30
"""Seconds that one input may take."""

MEMORY: Final = 4096
"""MB that a reader may take."""

_COUNT: Final = re.compile(r"^#(\d+)\t", re.MULTILINE)


def main(arguments: Sequence[str] | None = None) -> int:
    """Fuzz, or repeat; the exit code is 1 where a reader broke."""
    options = read_options(arguments)
    if options.replay is not None:
        return replay(options.replay, options.target)
    guided = has_atheris()
    chosen = [TARGETS[name] for name in options.target or TARGETS]
    broken = 0
    for target in chosen:
        kept = guide(target, options.seconds) if guided else guess(target, options.seconds)
        broken += len(kept)
    print(f"{len(chosen)} readers, {broken} of their inputs broke one." if broken else "All held.")
    return 1 if broken else 0


def read_options(arguments: Sequence[str] | None) -> argparse.Namespace:
    """The command's options."""
    parser = argparse.ArgumentParser(prog="make fuzz", description="Fuzz the readers.")
    parser.add_argument(
        "--target", action="append", choices=[*TARGETS], metavar="NAME", help="may repeat"
    )
    parser.add_argument("--seconds", type=int, default=60, help="how long for each (60)")
    parser.add_argument("--replay", type=Path, metavar="FILE", help="give a kept input again")
    return parser.parse_args(arguments)


def replay(file: Path, named: Sequence[str] | None) -> int:
    """Give one input to its reader, whose name the file's begins with; its error goes through."""
    known = [name for name in TARGETS if file.name.startswith(f"{name}-")]
    name = named[0] if named else max(known, key=len, default=None)
    if name is None:
        note(f"{file.name!r} begins with no reader's name. Name it: --target {next(iter(TARGETS))}")
        return 2
    warnings.simplefilter("error")
    TARGETS[name].check(file.read_bytes())
    print(f"{name} holds.")
    return 0


def has_atheris() -> bool:
    """Whether the search can be guided; says why where it can't."""
    try:
        install_apart("fuzz")
    except InstallFailed as error:
        note(f"Without atheris, hypothesis makes the inputs, and nothing guides it: {error}")
        return False
    return True


def guide(target: Target, seconds: int) -> list[Path]:
    """Fuzz a target in a process of its own; return the inputs that broke it."""
    folder = CORPUS / target.name
    folder.mkdir(parents=True, exist_ok=True)
    FOLDER.mkdir(exist_ok=True)
    before = set(FOLDER.glob(f"{target.name}-*"))
    options = (
        f"-max_total_time={seconds}",
        f"-timeout={SLOWEST}",
        f"-rss_limit_mb={MEMORY}",
        f"-artifact_prefix={FOLDER}/{target.name}-",
    )
    command = [str(python_of("fuzz")), "-m", "tests.fuzz.guided", target.name, str(folder)]
    paths = (str(ROOT / "src"), str(ROOT), sysconfig.get_path("purelib"))
    done = subprocess.run(
        [*command, *options],
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join(paths)},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        errors="replace",
        check=False,
    )
    kept = sorted(set(FOLDER.glob(f"{target.name}-*")) - before)
    counts = _COUNT.findall(done.stdout)
    _tell(target, int(counts[-1]) if counts else 0, kept)
    if done.returncode != 0 and not kept:  # it died without an input to show
        (FOLDER / f"{target.name}-output.txt").write_text(done.stdout)
        kept = [FOLDER / f"{target.name}-output.txt"]
        note(f"{target.name} ended with code {done.returncode}; see {kept[0]}")
    return kept


def guess(target: Target, seconds: int, folder: Path = FOLDER) -> list[Path]:
    """Give a target what hypothesis makes of its seeds; return the inputs that broke it."""
    findings, end, round_ = Findings(target, folder), time.monotonic() + seconds, 0
    tried = 0
    warnings.simplefilter("error")
    for data in seeds_of(target):
        findings.try_input(data)
    while time.monotonic() < end:
        round_ += 1

        @seed(round_)
        @settings(
            max_examples=100,
            database=None,
            deadline=None,
            suppress_health_check=[*HealthCheck],
            phases=[Phase.generate],
        )
        @given(inputs(target))
        def try_some(data: bytes) -> None:
            nonlocal tried
            tried += 1
            findings.try_input(data)

        try_some()
    kept = sorted(findings.files.values())
    _tell(target, tried, kept)
    return kept


def _tell(target: Target, tried: int, kept: Sequence[Path]) -> None:
    print(f"{target.name:16} {tried:>10,} inputs, {len(kept)} kept", flush=True)
    for file in kept:
        print(f"  {how_to_repeat(file)}", flush=True)


if __name__ == "__main__":
    sys.exit(main())
