"""Fuzz one reader, guided by coverage: ``python -m tests.fuzz.guided NAME FOLDER -OPTION=…``.

Runs in `.venvs/fuzz`, which has atheris and borrows the project's packages. FOLDER keeps the inputs
that reach something new, and the options are libFuzzer's.
"""

from __future__ import annotations

import sys
import warnings
from importlib import import_module
from pathlib import Path
from typing import Any, Final

INSTRUMENTED: Final = ["runfolio", "markdown_it", "mdit_py_plugins", "yaml", "lark", "latex2mathml"]
"""The packages whose branches guide the search: ours, and parsers written in Python."""


def main() -> None:
    """Fuzz until an option says enough; never returns."""
    name, folder, *options = sys.argv[1:]
    atheris: Any = import_module("atheris")
    warnings.simplefilter("error")
    with atheris.instrument_imports(include=INSTRUMENTED):
        from tests.fuzz.finding import Findings
        from tests.fuzz.target import seeds_of
        from tests.fuzz.targets import TARGETS

        target = TARGETS[name]
        findings = Findings(target)
        for number, seed in enumerate(seeds_of(target)):
            findings.try_input(seed)  # what is imported late is instrumented too
            (Path(folder) / f"seed-{number:03d}").write_bytes(seed)
    words = Path(folder).with_suffix(".dict")
    words.write_text("".join(f'"{_escape(word)}"\n' for word in target.words if word))
    longest = max(4096, *(2 * len(seed) for seed in seeds_of(target)))
    named = [f"-dict={words}"] if target.words else []
    atheris.Setup(
        [sys.argv[0], folder, *named, f"-max_len={longest}", *options], findings.try_input
    )
    atheris.Fuzz()


def _escape(word: bytes) -> str:
    return "".join(f"\\x{byte:02x}" for byte in word[:60])


if __name__ == "__main__":
    main()
