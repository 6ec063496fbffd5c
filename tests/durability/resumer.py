"""A program: resumes a run, logs five points at their next steps, and waits to be killed.

``resumer STORE RUN_ID``.
"""

from __future__ import annotations

import signal
import sys

import runfolio
from runfolio.store import read_store


def main(store: str, run_id: str) -> None:
    """Log where the counter stands, then wait."""
    first = read_store(store).metrics.num_rows
    run = runfolio.start_run(store=store, run_id=run_id, capture=False)
    for number in range(first, first + 5):
        run.log_metrics({"counter": number})
    print("ready", flush=True)
    signal.pause()


if __name__ == "__main__":
    main(sys.argv[1], sys.argv[2])
