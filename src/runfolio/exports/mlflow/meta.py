"""MLflow's ``meta.yaml`` files."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

META: Final = "meta.yaml"


def write_meta(folder: Path, values: Mapping[str, Any]) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    (folder / META).write_text(meta_text(values), encoding="utf-8", newline="")


def meta_text(values: Mapping[str, Any]) -> str:
    return "".join(f"{key}: {_yaml(value)}\n" for key, value in values.items())


def _yaml(value: Any) -> str:
    """A value as YAML on one line; text is quoted, with escapes for all that isn't ASCII."""
    if value is None:
        return "null"
    if isinstance(value, int):
        return str(value)
    if isinstance(value, list):
        return f"[{', '.join(map(_yaml, value))}]"
    if isinstance(value, dict):
        return "{" + ", ".join(f"{_yaml(key)}: {_yaml(one)}" for key, one in value.items()) + "}"
    escaped = str(value).encode("unicode_escape").decode().replace('"', '\\"')
    return f'"{escaped}"'
