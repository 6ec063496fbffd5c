"""Packages that were installed from the code itself, so that the copy's own code is imported."""

from __future__ import annotations

import tomllib
from collections.abc import Collection
from pathlib import Path

from runfolio.reproduction.recorded import name_of


def find_projects(root: Path, names: Collection[str]) -> tuple[Path, ...]:
    """The folders to import packages of these names from, at `root` or right below it."""
    wanted = {name_of(one) for one in names}
    if not wanted:
        return ()
    folders = [root, *sorted(path for path in root.iterdir() if path.is_dir())]
    found = [folder for folder in folders if _project_name(folder) in wanted]
    return tuple(_sources(folder) for folder in found)


def _project_name(folder: Path) -> str:
    try:
        stated = tomllib.loads((folder / "pyproject.toml").read_text(encoding="utf-8"))
    except (OSError, ValueError, RecursionError):
        return ""
    project = stated.get("project")
    name = project.get("name") if isinstance(project, dict) else None
    return name_of(name) if isinstance(name, str) else ""


def _sources(folder: Path) -> Path:
    return folder / "src" if (folder / "src").is_dir() else folder
