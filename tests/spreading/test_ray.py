"""The engine with Ray, in an environment of its own."""

from __future__ import annotations

from pathlib import Path

from tests.environment.apart import run_apart
from tests.spreading.tasks import text_of

TOLD = """
import sys

told = open(sys.argv.pop(1), "w")
"""

MAP = """
import ray
from runfolio.errors import InvalidFilter
from runfolio.spreading import Engine
from tests.spreading.tasks import double, fail_at_three

ray.init(num_cpus=2, log_to_driver=False)
for engine in (Engine(2, "ray"), Engine(backend="ray")):
    with engine.map(double, range(20)) as results:
        print(sorted(results) == [2 * number for number in range(20)], file=told)
try:
    with Engine(2, "ray").map(fail_at_three, range(20)) as results:
        list(results)
except InvalidFilter as error:
    print(error, file=told)
"""

KILL = """
import os, signal, sys, threading
import ray
from pathlib import Path
from runfolio.spreading import Engine
from tests.spreading.tasks import Page, read_mark, write_page

ray.init(num_cpus=3, log_to_driver=False)
folder = sys.argv[1]
killed = []

def kill():
    killed.append(read_mark(Path(folder) / "waiting"))
    os.kill(killed[0], signal.SIGKILL)

threading.Thread(target=kill).start()
pages = [Page(folder, number, waits=7) for number in range(60)]
with Engine(3, "ray").map(write_page, pages) as results:
    found = dict(results)
print(sorted(found) == list(range(60)), found[7] not in killed, len(killed), file=told)
"""


def run(code: str, folder: Path) -> list[str]:
    """The lines a program writes to `told`: what it prints is mixed with what Ray has to say."""
    quiet = {"RAY_USAGE_STATS_ENABLED": "0", "RAY_AUTH_MODE": "disabled"}
    told = folder / "told.txt"
    run_apart("ray", TOLD + code, str(told), str(folder), cwd=None, **quiet)
    return told.read_text().splitlines()


def test_results_and_errors_come_from_ray(tmp_path: Path) -> None:
    assert run(MAP, tmp_path) == ["True", "True", "three is no good"]


def test_a_worker_that_is_killed_costs_no_result(tmp_path: Path) -> None:
    assert run(KILL, tmp_path) == ["True True 1"]
    for number in range(60):
        assert (tmp_path / f"{number}.txt").read_text() == text_of(number)
