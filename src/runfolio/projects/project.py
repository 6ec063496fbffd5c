"""A project: a folder with entry points, and what environment they run in.

It is described by the table ``[tool.runfolio]`` of ``pyproject.toml``, or as MLflow's projects are,
by a file ``MLproject``. A folder with neither runs its scripts.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path

from runfolio.errors import ProjectInvalid
from runfolio.projects.entry_points import EntryPoint, make_script_entry
from runfolio.projects.environments import EnvironmentSpec


@dataclass(frozen=True, slots=True)
class Declared:
    """The environment that a project asks for, the file that says so, and what that leaves out."""

    spec: EnvironmentSpec
    file: str
    warnings: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Project:
    """A project as its files describe it; `file` is the one that names entry points, if any."""

    folder: Path
    name: str
    entry_points: Mapping[str, EntryPoint] = field(default_factory=dict)
    environment: Declared | None = None
    file: Path | None = None

    def entry_point(self, name: str) -> EntryPoint:
        """The entry point of that name; a script of the project is one by itself."""
        if name in self.entry_points:
            return self.entry_points[name]
        if (script := make_script_entry(name, self.folder)) is not None:
            return script
        listed = ", ".join(map(repr, self.entry_points)) or "none"
        raise ProjectInvalid(
            f"There is no entry point {name!r} in {str(self.folder)!r}. It has: {listed}. "
            "A script that ends in .py or .sh is one too: -e train.py."
        )
