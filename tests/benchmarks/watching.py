"""Watch one command from a process that has no other children, for what it took.

``python -m tests.benchmarks.watching [--memory] COMMAND …`` prints it as JSON. Looking at the
memory takes time itself, so that a build is timed without.
"""

from __future__ import annotations

import json
import os
import resource
import subprocess
import sys
import threading
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from time import perf_counter

_INTERVAL = 0.2


@dataclass(frozen=True)
class Took:
    """What a command took: the largest process by itself, and all processes together.

    `together_megabytes` is 0 where memory was not looked at; `said` is what it wrote to stderr.
    """

    seconds: float
    processor_seconds: float
    largest_megabytes: float
    together_megabytes: float
    said: str


def watch_apart(
    command: Sequence[str], *, memory: bool = False, variables: Mapping[str, str] | None = None
) -> Took:
    """Watch one command, with environment variables of its own; it must not fail."""
    options = ["--memory"] if memory else []
    done = subprocess.run(
        [sys.executable, str(Path(__file__).resolve()), *options, *command],
        check=False,
        capture_output=True,
        env={**os.environ, **(variables or {})},
        text=True,
    )
    if done.returncode != 0:
        raise RuntimeError(done.stderr[-2000:])
    return Took(**json.loads(done.stdout.splitlines()[-1]))


def watch(command: Sequence[str], *, memory: bool) -> Took:
    """Run a command and say what it took."""
    began = perf_counter()
    process = subprocess.Popen(
        command, stdout=subprocess.DEVNULL, stderr=subprocess.PIPE, text=True
    )
    together = [0.0]
    sampler = threading.Thread(target=sample_memory, args=(process, together), daemon=True)
    if memory:
        sampler.start()
    _, said = process.communicate()
    seconds = perf_counter() - began
    if process.returncode != 0:
        raise SystemExit(f"{command[0]} ended with code {process.returncode}:\n{said}")
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    unit = 1 << 20 if sys.platform == "darwin" else 1 << 10
    processor = used.ru_utime + used.ru_stime
    return Took(seconds, processor, used.ru_maxrss / unit, max(together), said)


def sample_memory(process: subprocess.Popen[str], together: list[float]) -> None:
    """Note, five times a second, the megabytes a process and its children hold together.

    Pages that several share count once where the system can tell (PSS, on Linux).
    """
    while process.poll() is None:
        together.append(sum(held_by(pid) for pid in family_of(process.pid)) / (1 << 20))
        threading.Event().wait(_INTERVAL)


def family_of(pid: int) -> list[int]:
    """The ids of a process and all its descendants."""
    import psutil

    try:
        parent = psutil.Process(pid)
        return [pid, *(child.pid for child in parent.children(recursive=True))]
    except psutil.Error:
        return []


def held_by(pid: int) -> int:
    """The bytes of memory a process holds; 0 once it has gone."""
    import psutil

    try:
        memory = psutil.Process(pid).memory_full_info()
        return int(getattr(memory, "pss", memory.rss))
    except psutil.Error:
        return 0


if __name__ == "__main__":
    looks = sys.argv[1] == "--memory"
    print("\n" + json.dumps(asdict(watch(sys.argv[2 if looks else 1 :], memory=looks))))
