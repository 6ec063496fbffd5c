"""The JSON and YAML files in W&B's run folders; until 2020 there were no others."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from runfolio.documents import MAX_DOCUMENT, microseconds, parse_json, read_json, read_yaml
from runfolio.sources.place import Place
from runfolio.sources.reading import Reading
from runfolio.sources.wandb.content import Content, command_of
from runfolio.sources.wandb.values import Values, is_time

_MARKS: Final = ("wandb-metadata.json", "wandb-summary.json", "wandb-history.jsonl")
_NAME: Final = re.compile(r"(?:offline-|dry)?run-(\d{8}_\d{6})-(.+)")
_CODES: Final = {"finished": 0, "failed": 1, "crashed": None, "killed": None, "running": None}
MAX_LINE: Final = 16 << 20
"""Bytes of a line of a history that are read at most."""


def is_older_run(place: Place, path: Path) -> bool:
    """Whether a file marks the folder of a run that may have no ``.wandb`` file."""
    return path.name in _MARKS and (
        path.parent != place.folder or bool(_NAME.fullmatch(place.folder.name))
    )


def time_in_name(path: Path) -> int | None:
    """When the run of a folder, or of a file in it, started, as its name tells, taken as UTC."""
    for folder in (path, path.parent):
        matched = _NAME.fullmatch(folder.name)
        if matched:
            try:
                moment = datetime.strptime(matched[1], "%Y%m%d_%H%M%S").replace(tzinfo=UTC)
            except ValueError:
                return None
            return microseconds(moment)
    return None


def read_documents(folder: Path, content: Content, reading: Reading) -> None:
    """Add what the files in a folder tell and the records don't."""
    with reading.skipping(folder / "config.yaml", ValueError):
        content.config = _mapping(_read(folder / "config.yaml")) | content.config
    with reading.skipping(folder / "wandb-metadata.json", ValueError):
        _take_metadata(content, _mapping(_read(folder / "wandb-metadata.json")))
    with reading.skipping(folder / "wandb-summary.json", ValueError):
        content.summary = _mapping(_read(folder / "wandb-summary.json")) | content.summary


def read_older(folder: Path, reading: Reading) -> Content:
    """A run without a ``.wandb`` file, from the files in its folder or in ``files`` below it."""
    content = Content()
    matched = _NAME.fullmatch(folder.name)
    content.id = matched[2] if matched else folder.name
    inner = folder / "files"
    inner = inner if inner.is_dir() and not inner.is_symlink() else folder
    read_documents(inner, content, reading)
    content.values.start = content.start_time or time_in_name(folder)
    content.start_time = content.values.start
    for row in _rows(inner / "wandb-history.jsonl", reading):
        content.values.add_row(row)
    _take_events(inner / "wandb-events.jsonl", content.values, reading)
    return content


def _read(path: Path) -> Any:
    """The content of a document, nothing where there is none; links are not followed."""
    if path.is_symlink() or not path.is_file():
        return None
    return read_yaml(path) if path.suffix == ".yaml" else read_json(path)


def _mapping(found: Any) -> dict[str, Any]:
    if found is None:
        return {}
    if not isinstance(found, dict):
        raise ValueError("it holds no names and values")
    return {str(key): value for key, value in found.items()}


def _take_metadata(content: Content, told: Mapping[str, Any]) -> None:
    told_git = told.get("git")
    git = told_git if isinstance(told_git, dict) else {}
    program, python = _text(told, "program"), _text(told, "python")
    arguments = told.get("args")
    listed = arguments if isinstance(arguments, list) else []
    facts = {
        "host": _text(told, "host"),
        "user": _text(told, "username"),
        "os": _text(told, "os"),
        "source": _text(told, "codePath") or program,
        "git_commit": _text(git, "commit"),
        "environment": {"python": python} if python else None,
        "command": command_of(program, map(str, listed)),
    }
    content.context = {key: one for key, one in facts.items() if one} | content.context
    content.project = content.project or _text(told, "project")
    content.name = content.name or _text(told, "name")
    content.start_time = content.start_time or microseconds(told.get("startedAt"))
    state = told.get("state")
    if content.exit_code is None and isinstance(state, str):
        content.exit_code = _CODES.get(state)


def _text(told: Mapping[str, Any], key: str) -> str:
    value = told.get(key)
    return value if isinstance(value, str) else ""


def _rows(path: Path, reading: Reading) -> Iterator[dict[str, Any]]:
    """The rows of a JSONL file; a line that is none is told once for all of them."""
    if path.is_symlink() or not path.is_file():
        return
    bad, size = 0, 0
    with reading.skipping(path), path.open("rb") as file:
        while line := file.readline(MAX_LINE):
            size += len(line)
            if not line.strip():
                continue
            try:
                row = parse_json(line.decode(errors="replace"))
            except ValueError:
                row = None
            if isinstance(row, dict):
                yield row
            else:
                bad += 1
            if size > MAX_DOCUMENT * 16:
                reading.skip(path, f"it has more than {MAX_DOCUMENT * 16:,} bytes")
                break
    if bad:
        reading.skip(path, f"{bad:,} of its lines can't be read")


def _take_events(path: Path, values: Values, reading: Reading) -> None:
    for row in _rows(path, reading):
        time, runtime = row.get("_timestamp"), row.get("_runtime")
        moment = round(time * 1e6) if is_time(time) else None
        if moment is None and values.start is not None and is_time(runtime):
            moment = values.start + round(runtime * 1e6)
        measured = {key: one for key, one in row.items() if not key.startswith("_")}
        if measured:
            values.add_measured(measured, moment)
