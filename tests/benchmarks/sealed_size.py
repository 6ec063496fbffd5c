"""Log points with one tracker and print what they fill on disk: ``sealed_size TOOL STEPS``."""

from __future__ import annotations

import json
import sys
from pathlib import Path

from tests.benchmarks.points import NAMES, create_rows
from tests.benchmarks.tools import create_tool


def main(name: str, steps: int) -> None:
    """Log one run to its end, then weigh everything that is kept of it."""
    tool = create_tool(name)
    tool.start()
    for step, row in enumerate(create_rows(steps)):
        tool.log(row, step)
    tool.finish()
    size = measure_folder(Path(tool.kept))
    print("\n" + json.dumps({"bytes": size, "bytes_per_point": size / (steps * len(NAMES))}))


def measure_folder(folder: Path) -> int:
    """The bytes of all files below `folder`."""
    return sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())


if __name__ == "__main__":
    main(sys.argv[1], int(sys.argv[2]))
