"""Which script, module or notebook a run was started from, and by which command."""

from __future__ import annotations

import os
import re
import sys
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, Final, Literal

from runfolio.schema import MAX_NAME_LENGTH

Kind = Literal["script", "notebook", "module", "repl"]

_INTERACTIVE: Final = "interactive"

# Modules by which a pool's workers or a debugger start what was really asked for.
_LAUNCHERS: Final = ("ipykernel", "joblib", "multiprocessing", "debugpy", "runpy", "pdb")
_NOTEBOOK = re.compile(r"(?:^|[/\\])([^/\\]+)\.ipynb\b")


@dataclass(frozen=True, slots=True)
class Source:
    """What started the process: a name to call an experiment by, its file, kind and command."""

    name: str
    path: Path | None
    kind: Kind
    command: tuple[str, ...]


def find_source() -> Source:
    """The script, module, notebook or interactive session this process runs."""
    main = vars(sys.modules.get("__main__", sys))
    command = read_command()
    return (
        _find_notebook(main)
        or _find_module(main, command)
        or _find_script(main, command)
        or Source(_INTERACTIVE, None, "repl", command)
    )


def _find_notebook(main: dict[str, Any]) -> Source | None:
    ipython = sys.modules.get("IPython")
    shell = ipython.get_ipython() if ipython is not None else None
    if getattr(shell, "kernel", None) is None:
        return None
    said = [main.get("__vsc_ipynb_file__"), main.get("__session__")]
    for text in (*said, os.environ.get("JPY_SESSION_NAME")):
        if isinstance(text, str) and (found := _NOTEBOOK.search(text)):
            path = Path(text[: found.end()]).absolute()
            name = _usable(found[1], default="notebook")
            return Source(name, path if path.is_file() else None, "notebook", ())
    return Source("notebook", None, "notebook", ())


def _find_module(main: dict[str, Any], command: tuple[str, ...]) -> Source | None:
    """``python -m package.module``; a folder or zip file that is run has the name __main__."""
    name = getattr(main.get("__spec__"), "name", None)
    if not name or name in ("__main__", "__mp_main__") or name.split(".")[0] in _LAUNCHERS:
        return None
    usable = _usable(name.removesuffix(".__main__"))
    return Source(usable, _existing(main.get("__file__")), "module", command)


def _find_script(main: dict[str, Any], command: tuple[str, ...]) -> Source | None:
    launched = getattr(main.get("__spec__"), "name", "").split(".")[0] in _LAUNCHERS
    argument = sys.argv[0] if getattr(sys, "argv", None) else ""
    file = main.get("__file__")
    if launched or not isinstance(file, str) or file.startswith("<"):
        file = argument if _existing(argument) else None
    if not file:
        return None
    path = PurePath(file)
    name = path.parent.name if path.stem == "__main__" else path.name
    name = re.sub(r"\.(pyw?|pyc|ipynb|exe|pyz)$", "", name)
    return Source(_usable(name), _existing(file), "script", command)


def _existing(file: object) -> Path | None:
    if not isinstance(file, str) or not file:
        return None
    path = Path(file).absolute()
    try:
        return path if path.is_file() else None
    except (OSError, ValueError):
        return None


def _usable(name: str, *, default: str = _INTERACTIVE) -> str:
    """`name` as the name of an experiment, whatever bytes the file's name is made of."""
    return name.encode(errors="replace").decode()[:MAX_NAME_LENGTH].strip() or default


def read_command() -> tuple[str, ...]:
    """The words this process was started with; Python itself is called ``python``."""
    words = [word for word in sys.orig_argv if isinstance(word, str)]
    if not words or "--multiprocessing-fork" in words:
        # A spawned worker got its parent's arguments; its own are of no use to anyone.
        words = ["python", *getattr(sys, "argv", [])]
    elif words[0] in ("", sys.executable) or PurePath(words[0]).name.startswith("python"):
        words[0] = "python"
    return tuple(word.encode(errors="replace").decode() for word in words)
