"""Reading the project in a folder, whichever way it is described."""

from __future__ import annotations

from pathlib import Path

from runfolio.errors import ProjectInvalid
from runfolio.projects.mlproject import find_mlproject, read_mlproject
from runfolio.projects.project import Project
from runfolio.projects.table import read_table


def read_project(folder: Path) -> Project:
    """Read a project; raise `ProjectInvalid` where there is none, or its files can't be read.

    A table ``[tool.runfolio]`` counts before an ``MLproject``.
    """
    if folder.is_file():
        raise ProjectInvalid(
            f"{str(folder)!r} is a file. Name its folder {str(folder.parent)!r}, and the script "
            f"with -e {folder.name}."
        )
    if not folder.is_dir():
        raise ProjectInvalid(f"There is no folder {str(folder)!r}. Name the folder of a project.")
    return read_table(folder) or read_mlproject(folder, find_mlproject(folder))
