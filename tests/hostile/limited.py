"""Run ``build-report`` with little memory: ``python -m tests.hostile.limited MEGABYTES …``.

A small report is built first, so that what every build needs is loaded; from then on the process
may take no more than so many megabytes beside what it has.
"""

from __future__ import annotations

import resource
import sys
import tempfile
from pathlib import Path

import runfolio
from runfolio.cli.report import main as build


def main() -> None:
    """Build once, limit this process, and build what was asked for."""
    megabytes = int(sys.argv.pop(1))
    asked = sys.argv[1:]
    with tempfile.TemporaryDirectory() as folder:
        store = Path(folder, "runs")
        with runfolio.start_run(experiment="small", store=store, capture=False) as run:
            run.log_metrics({"loss": 1.0})
            run.log_param("one", 1)
        sys.argv[1:] = [str(store), "--output", str(Path(folder, "site"))]
        try:
            build()
        except SystemExit as ended:
            if ended.code:
                raise
    limit(megabytes)
    sys.argv[1:] = asked
    build()


def limit(megabytes: int) -> None:
    """Give this process no more memory than it has, and so much."""
    size = int(Path("/proc/self/statm").read_text(encoding="ascii").split()[0])
    most = size * resource.getpagesize() + (megabytes << 20)
    resource.setrlimit(resource.RLIMIT_AS, (most, most))


if __name__ == "__main__":
    main()
