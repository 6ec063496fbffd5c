"""Compile the charts' specs into the package: ``python -m tests.environment.compile_specs``."""

from __future__ import annotations

import json
from pathlib import Path

from runfolio.charts.compiled import FILE
from runfolio.charts.specs import build_specs

COMPILED = Path(__file__).resolve().parents[2] / "src" / "runfolio" / "charts" / FILE


def specs_file() -> str:
    """What the file of compiled specs should hold: a line for each kind."""
    lines = [
        f"{json.dumps(kind)}: {json.dumps(spec, sort_keys=True, separators=(',', ':'))}"
        for kind, spec in sorted(build_specs().items())
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


if __name__ == "__main__":
    COMPILED.write_text(specs_file(), encoding="utf-8")
    print(f"Compiled {COMPILED}")
