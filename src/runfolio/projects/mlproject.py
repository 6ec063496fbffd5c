"""Projects as MLflow describes them: a file ``MLproject``, and files for the environment."""

from __future__ import annotations

from pathlib import Path
from typing import Any, Final

from runfolio.errors import ProjectInvalid
from runfolio.projects.conda import read_conda
from runfolio.projects.entry_points import EntryPoint
from runfolio.projects.parameters import Parameter
from runfolio.projects.project import Declared, Project
from runfolio.projects.python_env import read_python_env, read_table_of

FILE: Final = "MLproject"

_READERS: Final = {"python_env": read_python_env, "conda_env": read_conda}
_DEFAULTS: Final = {"python_env": "python_env.yaml", "conda_env": "conda.yaml"}
_REFUSED: Final = {
    "docker_env": "runs in a container",
    "databricks_spark_job": "runs on Databricks",
}


def find_mlproject(folder: Path) -> Path | None:
    """The file that describes a project; letters of either case will do, as in MLflow."""
    found = [one for one in folder.iterdir() if one.name.lower() == FILE.lower()]
    return min(found, default=None)


def read_mlproject(folder: Path, file: Path | None) -> Project:
    """The project that a file describes; without one, a folder of scripts."""
    said = {} if file is None else read_table_of(file)
    for key, what in _REFUSED.items():
        if key in said:
            raise ProjectInvalid(
                f"The project in {str(folder)!r} {what} ({key}), which Runfolio doesn't do. "
                f"Replace {key} by python_env, or run it with mlflow."
            )
    name = said.get("name")
    return Project(
        folder=folder,
        name=str(name) if name else folder.name or "project",
        entry_points=_read_entry_points(said.get("entry_points"), file),
        environment=_read_environment(folder, said),
        file=file,
    )


def _read_entry_points(said: Any, file: Path | None) -> dict[str, EntryPoint]:
    if said is None:
        return {}
    if not isinstance(said, dict):
        raise ProjectInvalid(f"'entry_points' of {str(file)!r} is no table of names. Correct it.")
    return {str(name): _read_entry_point(str(name), one, file) for name, one in said.items()}


def _read_entry_point(name: str, said: Any, file: Path | None) -> EntryPoint:
    command = said.get("command") if isinstance(said, dict) else None
    parameters = said.get("parameters") if isinstance(said, dict) else None
    if not isinstance(command, str) or not isinstance(parameters or {}, dict):
        raise ProjectInvalid(
            f"The entry point {name!r} of {str(file)!r} has no text 'command', or 'parameters' "
            "that are no table. Correct it."
        )
    declared = {str(key): _read_parameter(str(key), one) for key, one in (parameters or {}).items()}
    return EntryPoint(name, command, declared)


def _read_parameter(name: str, said: Any) -> Parameter:
    """``alpha: float``, or ``alpha: {type: float, default: 0.1}``."""
    if isinstance(said, str):
        return Parameter(name, said)
    if not isinstance(said, dict):
        raise ProjectInvalid(
            f"The parameter {name!r} is described by {said!r}. Write its type, such as float, "
            "or {type: float, default: 0.1}."
        )
    kind = said.get("type")
    return Parameter(name, None if kind is None else str(kind), said.get("default"))


def _read_environment(folder: Path, said: dict[str, Any]) -> Declared | None:
    """The environment that is named, else that of the file of the usual name, if it is there."""
    named = [key for key in _READERS if said.get(key)]
    if len(named) > 1:
        raise ProjectInvalid(
            f"The project in {str(folder)!r} has both python_env and conda_env. Leave one."
        )
    if named:
        file = folder / str(said[named[0]])
        if not _is_file(file):
            raise ProjectInvalid(
                f"{named[0]} of the project is {str(file)!r}, which is no file. Correct it."
            )
        return _READERS[named[0]](file)
    for key, name in _DEFAULTS.items():
        if (folder / name).is_file():
            return _READERS[key](folder / name)
    return None


def _is_file(path: Path) -> bool:
    try:
        return path.is_file()
    except OSError:  # a name too long for any file
        return False
