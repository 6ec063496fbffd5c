"""Parameters of an entry point: their types, and values checked and put into a command.

The types are those of MLflow's ``MLproject``: float, path, string and uri; int is one beside them.
"""

from __future__ import annotations

import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import unquote, urlparse

from runfolio.errors import ProjectInvalid
from runfolio.schema import float_text, read_param
from runfolio.tracking.capture.credentials import REDACTED, is_secret_name, redact_text

TYPES: Final = ("string", "float", "int", "path", "uri")

_SCHEME: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*:")


@dataclass(frozen=True, slots=True)
class Parameter:
    """A parameter that an entry point declares; without a `default` it has to be given.

    `type` is one of `TYPES`, or what else the project's file says, which takes any text. It is
    None where the file says nothing.
    """

    name: str
    type: str | None = None
    default: Any = None


@dataclass(frozen=True, slots=True)
class Bound:
    """Parameters with their values.

    `texts` are for the command's template, `extra` are those that the entry point doesn't declare,
    and `typed` are all of them as they are logged.
    """

    texts: Mapping[str, str]
    extra: Mapping[str, str]
    typed: Mapping[str, Any]

    def redacted(self) -> Bound:
        """The same without what looks like a secret: what of the parameters is recorded."""
        return Bound(
            {name: _redact(name, text) for name, text in self.texts.items()},
            {name: _redact(name, text) for name, text in self.extra.items()},
            {
                name: _redact(name, value) if isinstance(value, str) else value
                for name, value in self.typed.items()
                if not is_secret_name(name) or isinstance(value, str)
            },
        )


def bind_parameters(
    declared: Mapping[str, Parameter], given: Mapping[str, Any], *, entry_point: str
) -> Bound:
    """Check the values that were given, and take the defaults of the others.

    Raises `ProjectInvalid` for a value that is missing or is none of its type. Paths are those of
    the caller's working directory.
    """
    missing = [
        repr(one.name)
        for one in declared.values()
        if one.default is None and given.get(one.name) is None
    ]
    if missing:
        raise ProjectInvalid(
            f"The entry point {entry_point!r} needs a value for {', '.join(missing)}. "
            f"Give it with -P name=value. {describe_parameters(declared)}"
        )
    said = {key: value for key, value in given.items() if value is not None}
    texts, typed = {}, {}
    for name, parameter in declared.items():
        texts[name], typed[name] = _bind(parameter, said.get(name, parameter.default))
    extra = {name: to_text(said[name]) for name in said if name not in declared}
    typed |= {name: _guess(text) for name, text in extra.items()}
    return Bound(texts, extra, typed)


def describe_parameters(declared: Mapping[str, Parameter]) -> str:
    """Which parameters there are, in a sentence."""
    if not declared:
        return "It declares no parameters."
    listed = [
        f"{one.name} ({one.type or 'string'}"
        + (")" if one.default is None else f", by default {to_text(one.default)!r})")
        for one in declared.values()
    ]
    return f"Its parameters: {', '.join(listed)}."


def to_text(value: object) -> str:
    """A value as it stands in a command; floats exactly."""
    if hasattr(value, "item") and getattr(value, "ndim", None) == 0:
        value = value.item()
    return repr(value) if isinstance(value, float) else str(value)


def _bind(parameter: Parameter, value: Any) -> tuple[str, Any]:
    """A value as text for the command, and with its type."""
    text = to_text(value)
    match parameter.type:
        case "float":
            return text, _read_number(parameter, text, float)
        case "int":
            return text, _read_number(parameter, text, int)
        case "path":
            path = _find_path(parameter, text)
            return path, path
        case "uri":
            return _check_uri(parameter, text), text
        case "string":
            return text, text
    return text, _guess(text) if isinstance(value, str) else value


def _guess(text: str) -> int | float | str:
    """The number that a text is, else the text: nobody said of what type it is."""
    kind = read_param(text).kind
    return int(text) if kind == "int" else float(text) if kind == "float" else text


def _read_number(parameter: Parameter, text: str, kind: type[int] | type[float]) -> int | float:
    try:
        return kind(text)
    except ValueError:
        raise _refuse(parameter, text, f"no {kind.__name__}") from None


def _find_path(parameter: Parameter, text: str) -> str:
    """The absolute path of a file or folder that is there; addresses are not fetched."""
    address = urlparse(text)
    if address.scheme and not (address.scheme == "file" and not address.netloc):
        raise _refuse(parameter, text, "an address. Fetch it first, and give the path")
    path = Path(unquote(address.path) if address.scheme else text)
    if not path.exists():
        raise _refuse(parameter, text, "no file or folder that is there")
    return str(path.absolute())


def _check_uri(parameter: Parameter, text: str) -> str:
    if not _SCHEME.match(text):
        raise _refuse(parameter, text, "no URI, such as https://… or file:///…")
    return text


def _refuse(parameter: Parameter, text: str, what: str) -> ProjectInvalid:
    return ProjectInvalid(
        f"The parameter {parameter.name!r} of type {parameter.type} can't be {text!r}: "
        f"that is {what}."
    )


def _redact(name: str, text: str) -> str:
    return REDACTED if is_secret_name(name) else redact_text(text)


def quote(text: str) -> str:
    """A text as one word of a shell."""
    return shlex.quote(text)


def name_values(values: Mapping[str, Any]) -> str:
    """Values in few words, to call a run by: ``alpha 0.1, depth 3``."""
    return ", ".join(f"{name} {_short(value)}" for name, value in values.items())


def _short(value: Any) -> str:
    if isinstance(value, float):
        return f"{value:.4g}" if value == value and abs(value) < 1e300 else float_text(value)
    return str(value)
