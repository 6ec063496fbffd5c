"""``python_env.yaml``: the environment of a project or model, as MLflow writes it."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from runfolio.documents import read_yaml
from runfolio.errors import ProjectInvalid
from runfolio.projects.environments import EnvironmentSpec
from runfolio.projects.project import Declared
from runfolio.projects.requirements import names_package, parse_requirements


def read_python_env(file: Path) -> Declared:
    """The environment that a ``python_env.yaml`` describes."""
    said = read_table_of(file)
    python = said.get("python")
    if python is not None and not isinstance(python, str | int | float):
        raise ProjectInvalid(f"'python' of {str(file)!r} is no version such as '3.11'. Correct it.")
    found = parse_requirements(_texts(file, said, "dependencies"), file.parent)
    return Declared(
        EnvironmentSpec(
            python=None if python is None else str(python),
            packages=found.packages,
            build_packages=tuple(
                line
                for line in _texts(file, said, "build_dependencies")
                if not names_package(line, "pip")  # it has been chosen, or uv is at work
            ),
            constraints=found.constraints,
        ),
        file.name,
    )


def read_table_of(file: Path) -> dict[str, Any]:
    """What a YAML file says, which has to be a table."""
    try:
        said = read_yaml(file)
    except (OSError, ValueError) as error:
        raise ProjectInvalid(f"{str(file)!r} can't be read: {error}. Correct it.") from None
    if said is not None and not isinstance(said, dict):
        raise ProjectInvalid(f"{str(file)!r} is no table of names and values. Correct it.")
    return said or {}


def _texts(file: Path, said: dict[str, Any], key: str) -> list[str]:
    found = said.get(key) or []
    if not isinstance(found, list) or not all(isinstance(one, str) for one in found):
        raise ProjectInvalid(f"{key!r} of {str(file)!r} is no list of texts. Correct it.")
    return found
