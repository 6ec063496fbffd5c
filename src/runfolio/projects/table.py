"""Projects described by the table ``[tool.runfolio]`` of ``pyproject.toml``.

Its keys: ``name``, ``python``, ``dependencies`` (by default those of ``[project]``), ``install``
(whether the project itself is installed, editable), and ``entry-points``, each with a ``command``
and ``parameters``.
"""

from __future__ import annotations

import tomllib
from pathlib import Path
from typing import Any, Final

from runfolio.documents import read_text
from runfolio.errors import ProjectInvalid
from runfolio.projects.entry_points import EntryPoint
from runfolio.projects.environments import EnvironmentSpec
from runfolio.projects.parameters import TYPES, Parameter
from runfolio.projects.project import Declared, Project
from runfolio.projects.requirements import parse_requirements

FILE: Final = "pyproject.toml"

_KEYS: Final[dict[str, type]] = {
    "name": str,
    "python": str,
    "dependencies": list,
    "install": bool,
    "entry-points": dict,
}
_OF_ENTRY: Final[dict[str, type]] = {"command": str, "parameters": dict}
_OF_PARAMETER: Final[dict[str, type]] = {"type": str, "default": object}

_WORDS: Final = {str: "a text", list: "a list of texts", bool: "true or false", dict: "a table"}


def read_table(folder: Path) -> Project | None:
    """The project that a ``pyproject.toml`` describes; None where it says nothing of Runfolio."""
    file = folder / FILE
    if not file.is_file():
        return None
    try:
        document = tomllib.loads(read_text(file, limit=1 << 20))
    except (OSError, ValueError) as error:
        raise ProjectInvalid(f"{str(file)!r} can't be read: {error}. Correct it.") from None
    tools, project = (_table_of(document, key) for key in ("tool", "project"))
    said = tools.get("runfolio")
    if said is None:
        return None
    _check(said, _KEYS, "tool.runfolio")
    entries = said.get("entry-points", {})
    return Project(
        folder=folder,
        name=said.get("name") or project.get("name") or folder.name or "project",
        entry_points={name: _read_entry_point(name, one) for name, one in entries.items()},
        environment=_read_environment(folder, said, project),
        file=file,
    )


def _table_of(document: dict[str, Any], key: str) -> dict[str, Any]:
    found = document.get(key)
    return found if isinstance(found, dict) else {}


def _read_entry_point(name: str, said: Any) -> EntryPoint:
    place = f"tool.runfolio.entry-points.{name}"
    _check(said, _OF_ENTRY, place)
    if "command" not in said:
        raise ProjectInvalid(
            f'[{place}] has no command. Write one, such as "python train.py --alpha {{alpha}}".'
        )
    parameters = said.get("parameters", {})
    return EntryPoint(
        name,
        said["command"],
        {key: _read_parameter(key, one, f"{place}.parameters") for key, one in parameters.items()},
    )


def _read_parameter(name: str, said: Any, place: str) -> Parameter:
    """``alpha = "float"``, or ``alpha = { type = "float", default = 0.1 }``."""
    told = {"type": said} if isinstance(said, str) else said
    _check(told, _OF_PARAMETER, f"{place}.{name}")
    kind, default = told.get("type"), told.get("default")
    if kind is not None and kind not in TYPES:
        raise ProjectInvalid(
            f"The parameter {name!r} in [{place}] has the type {kind!r}. "
            f"Choose from {', '.join(TYPES)}."
        )
    return Parameter(name, kind, default)


def _read_environment(
    folder: Path, said: dict[str, Any], project: dict[str, Any]
) -> Declared | None:
    """What the table asks for, else what ``[project]`` does; None where neither says anything."""
    lines = said.get("dependencies", project.get("dependencies"))
    if lines is None and "python" not in said and not said.get("install"):
        return None
    if not all(isinstance(one, str) for one in lines or ()):
        raise ProjectInvalid(
            f"The dependencies in {str(folder / FILE)!r} are no texts. Correct it."
        )
    found = parse_requirements(lines or (), folder)
    spec = EnvironmentSpec(
        python=said.get("python"),
        packages=found.packages,
        constraints=found.constraints,
        local=(folder.absolute(),) if said.get("install") else (),
    )
    return Declared(spec, FILE)


def _check(said: Any, known: dict[str, type], place: str) -> None:
    """Refuse what is no table, a key nobody knows, and a value of another type."""
    if not isinstance(said, dict):
        raise ProjectInvalid(f"[{place}] of {FILE} is {said!r}, no table. Correct it.")
    for key, value in said.items():
        if key not in known:
            raise ProjectInvalid(
                f"[{place}] of {FILE} has the key {key!r}. It may have {', '.join(known)}."
            )
        if not isinstance(value, known[key]):
            raise ProjectInvalid(
                f"{key!r} in [{place}] of {FILE} is {value!r}. Write {_WORDS[known[key]]}."
            )
