"""Compile the charts' specs into the package: ``python -m tests.environment.compile_specs``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

from runfolio.charts.compiled import FILE, LITE_FILE
from runfolio.charts.specs import build_lite_specs, build_specs

FOLDER = Path(__file__).resolve().parents[2] / "src" / "runfolio" / "charts"


def specs_file(specs: dict[str, Any]) -> str:
    """What a file of specs should hold: a line for each kind."""
    lines = [
        f"{json.dumps(kind)}: {json.dumps(spec, sort_keys=True, separators=(',', ':'))}"
        for kind, spec in sorted(specs.items())
    ]
    return "{\n" + ",\n".join(lines) + "\n}\n"


def specs_files() -> dict[Path, str]:
    """Every file of specs that the package ships, and what it should hold."""
    return {
        FOLDER / FILE: specs_file(build_specs()),
        FOLDER / LITE_FILE: specs_file(build_lite_specs()),
    }


if __name__ == "__main__":
    for path, text in specs_files().items():
        path.write_text(text, encoding="utf-8")
        print(f"Wrote {path}")
