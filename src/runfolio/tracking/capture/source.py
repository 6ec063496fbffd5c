"""Which script, module or notebook a run was started from, and by which command."""

from __future__ import annotations

import os
import re
import sys
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path, PurePath
from typing import Any, Final, Literal

from runfolio.schema import MAX_NAME_LENGTH
from runfolio.tracking.capture.git import strip_credentials

Kind = Literal["script", "notebook", "module", "repl"]

REDACTED: Final = "[redacted]"
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


_ASSIGNED = re.compile(r"([-+~]*[A-Za-z_][\w.\-/@]*)=(.*)", re.DOTALL)
_WORDS = re.compile(r"[A-Z]+(?![a-z])|[A-Z]?[a-z]+|\d+")
_SECRET_WORD = re.compile(
    r"passw(or)?d|passphrase|passcode|pass|pwd|secrets?|credentials?|apikey|cookie|dsn|bearer"
)
_SECRET_KEY = re.compile(r"(api|access|private|secret|account|encryption|signing|auth) key")
# Neighbours that make "token" a word of language models.
_MODEL_WORD = re.compile(
    r"max|min|num|n|new|cls|pad|eos|bos|sep|mask|unk|special|stop|start|end|first|last|image|counts?"
    r"|limit|len(gth)?|size|types?|ids?|index|level|wise|per|budget|dropout|drop|embedding|class"
    r"|mixing|merging|pruning"
)
_URL_START = re.compile(r"(?=(?<![A-Za-z0-9+.-])[A-Za-z][A-Za-z0-9+.-]{0,30}://)")
_KNOWN_TOKEN = re.compile(
    r"\b(?:gh[pousr]_\w{20,}|github_pat_\w{20,}|glpat-[\w-]{20,}|hf_\w{20,}|sk-[\w-]{20,}"
    r"|xox[abeprs]-[\w-]{10,}|AKIA[0-9A-Z]{16})"
)
_AUTHORISATION = re.compile(r"(?i)\b(bearer|basic)\s+[\w.~+/=-]{6,}")


def redact_command(argv: Sequence[str]) -> tuple[str, ...]:
    """`argv` with the values of options that look secret replaced, and no credentials in URLs.

    Covers ``--token V``, ``--api-key=V``, ``db.password=V``, tokens of well-known form and
    ``Bearer V``; ``--max-tokens`` and the like are left alone.
    """
    return tuple(_redacted_words(argv))


def _redacted_words(argv: Sequence[str]) -> Iterator[str]:
    secret_follows = False
    for word in argv:
        if secret_follows and not word.startswith("--"):
            secret_follows = False
            yield REDACTED
            continue
        assigned = _ASSIGNED.fullmatch(word)
        secret_follows = not assigned and word.startswith("-") and _is_secret(word)
        if assigned and _is_secret(assigned[1]):
            yield f"{assigned[1]}={REDACTED}"
        elif assigned:
            yield f"{assigned[1]}={_redact_text(assigned[2])}"
        else:
            yield _redact_text(word)


def _is_secret(option: str) -> bool:
    words = [word.lower() for word in _WORDS.findall(option)]
    if any(map(_SECRET_WORD.fullmatch, words)) or words[-1:] == ["auth"]:
        return True
    if "token" in words:
        return not any(map(_MODEL_WORD.fullmatch, words))
    return _SECRET_KEY.search(" ".join(words)) is not None


def _redact_text(text: str) -> str:
    if _URL_START.match(text):
        text = strip_credentials(text)
    if "://" in text:
        text = "".join(map(_strip_first_url, _URL_START.split(text)))
    text = _KNOWN_TOKEN.sub(REDACTED, text)
    return _AUTHORISATION.sub(rf"\1 {REDACTED}", text)


def _strip_first_url(text: str) -> str:
    """`text`, which may begin with a URL, without that URL's credentials."""
    if not _URL_START.match(text):
        return text
    url, *rest = re.split(r"(?=\s)", text, maxsplit=1)
    return strip_credentials(url) + "".join(rest)
