"""The code that a model takes along, so that MLflow loads it where Runfolio isn't installed."""

from __future__ import annotations

import hashlib
from pathlib import Path
from typing import Final

CODE: Final = "code"
"""The folder of a model with such code; MLflow puts it on the path of imports."""


def read_source(name: str) -> str:
    """The source of a module beside this one that imports nothing of Runfolio."""
    return Path(__file__).with_name(f"{name}.py").read_text(encoding="utf-8")


def write_loader(folder: Path, name: str, source: str) -> dict[str, str]:
    """Write a module with a ``_load_pyfunc`` into a model; return what ``python_function`` says.

    It is called after its content: two models that are loaded in one process may have been saved
    by different versions, and Python imports a name once.
    """
    content = source.encode()
    module = f"runfolio_{name}_{hashlib.sha256(content).hexdigest()[:8]}"
    (folder / CODE).mkdir(exist_ok=True)
    (folder / CODE / f"{module}.py").write_bytes(content)
    return {"loader_module": module, "code": CODE}
