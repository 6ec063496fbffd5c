"""How long a process takes that imports a tracker, or prints the help, beside an empty one."""

from __future__ import annotations

import statistics
import subprocess
import tempfile
from collections.abc import Sequence
from pathlib import Path
from time import perf_counter

from tests.benchmarks.places import environment, interpreter

HELP = "from runfolio.cli.report import main; main(['--help'])"


def measure_processes(tool: str, code: str, *, repeats: int) -> tuple[float, float]:
    """The median milliseconds of a Python process that runs `code`, and of an empty one.

    The two alternate, after one of each that doesn't count and leaves its bytecode behind.
    """
    commands = [[str(interpreter(tool)), "-c", code], [str(interpreter(tool)), "-c", "pass"]]
    with tempfile.TemporaryDirectory() as folder:
        rounds = [
            [measure_process(command, tool, Path(folder)) for command in commands]
            for _ in range(repeats + 1)
        ][1:]
    full, empty = (statistics.median(column) for column in zip(*rounds, strict=True))
    return full, empty


def measure_process(command: Sequence[str], tool: str, folder: Path) -> float:
    """The milliseconds from the start of a process to its end."""
    variables = environment(tool, folder)
    began = perf_counter()
    subprocess.run(
        command,
        cwd=folder,
        env=variables,
        check=True,
        capture_output=True,
        stdin=subprocess.DEVNULL,
    )
    return (perf_counter() - began) * 1e3
