"""Measure Runfolio's speed and size beside other trackers: ``python tests/benchmarks/run.py``.

The targets stand beside the numbers as information: no time makes this fail.
"""

from __future__ import annotations

import argparse
import sys
import tempfile
from pathlib import Path

sys.path.insert(0, str(Path(__file__).resolve().parents[2]))

from tests.benchmarks.measurements import Measurement, describe_machine, render_table, write_json
from tests.benchmarks.places import PEER_NAMES
from tests.benchmarks.suite import ALONE, BENCHMARKS, Setting
from tests.environment.apart import InstallFailed, install_apart


def main() -> None:
    """Run the benchmarks that were asked for and print each one's table as it is done."""
    options = read_options()
    chosen = options.only or list(BENCHMARKS)
    peers = () if options.no_peers or set(chosen) <= ALONE else find_peers()
    print(" · ".join(f"{key} {value}" for key, value in describe_machine().items()))
    found: list[Measurement] = []
    with tempfile.TemporaryDirectory(prefix="runfolio-bench-") as folder:
        for name in chosen:
            setting = Setting(Path(folder, name), peers, options.quick, not options.no_peers)
            rows = list(BENCHMARKS[name](setting))
            title = (BENCHMARKS[name].__doc__ or name).strip()
            print(f"\n{render_table(title, rows)}", flush=True)
            found += rows
    if options.json:
        write_json(options.json, found)


def read_options() -> argparse.Namespace:
    """The command's options."""
    parser = argparse.ArgumentParser(description="Measure Runfolio beside other trackers.")
    parser.add_argument("--only", action="append", choices=sorted(BENCHMARKS), help="may repeat")
    parser.add_argument("--json", type=Path, metavar="FILE", help="write the results there too")
    parser.add_argument("--no-peers", action="store_true", help="measure Runfolio alone")
    parser.add_argument(
        "--quick", action="store_true", help="try that all runs; numbers mean nothing"
    )
    return parser.parse_args()


def find_peers() -> tuple[str, ...]:
    """The peers to measure, installed when needed; none, with the reason, when they can't be."""
    try:
        install_apart("peers")
    except InstallFailed as reason:
        print(f"Without peers: {reason}", file=sys.stderr)
        return ()
    return PEER_NAMES


if __name__ == "__main__":
    main()
