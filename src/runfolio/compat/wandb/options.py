"""What `init` was told, by its arguments, by settings or by W&B's environment variables."""

from __future__ import annotations

import os
from collections.abc import Iterable, Mapping
from typing import Any, Final

from runfolio.errors import InvalidValue

_VARIABLES: Final = {
    "project": "WANDB_PROJECT",
    "entity": "WANDB_ENTITY",
    "name": "WANDB_NAME",
    "id": "WANDB_RUN_ID",
    "group": "WANDB_RUN_GROUP",
    "job_type": "WANDB_JOB_TYPE",
    "tags": "WANDB_TAGS",
    "notes": "WANDB_NOTES",
    "resume": "WANDB_RESUME",
    "mode": "WANDB_MODE",
}
_SETTINGS: Final = {
    "run_name": "name",
    "run_id": "id",
    "run_group": "group",
    "run_job_type": "job_type",
    "run_tags": "tags",
    "run_notes": "notes",
    "root_dir": "dir",
}
_TAGS: Final = ("group", "job_type", "entity")


class Settings:
    """W&B's settings; those that name a run count, the others are kept and do nothing."""

    def __init__(self, **settings: Any) -> None:
        self.__dict__.update(settings)


class AlertLevel:
    """How urgent an alert is."""

    INFO = "INFO"
    WARN = "WARN"
    ERROR = "ERROR"


def gather_options(told: Mapping[str, Any], settings: Any) -> dict[str, Any]:
    """The options of a run: what was told, else the settings, else the environment."""
    known = dict(settings) if isinstance(settings, Mapping) else dict(vars(settings or Settings()))
    options: dict[str, Any] = {
        name: os.environ.get(variable) for name, variable in _VARIABLES.items()
    }
    for name, value in known.items():
        options[_SETTINGS.get(name, name)] = value
    options |= {name: value for name, value in told.items() if value is not None}
    if isinstance(options.get("tags"), str):
        options["tags"] = [one.strip() for one in options["tags"].split(",")]
    return {name: value for name, value in options.items() if value not in (None, "")}


def tags_of(options: Mapping[str, Any]) -> dict[str, str]:
    """The tags of a run: its labels in one, and what it belongs to."""
    tags = {name: str(options[name]) for name in _TAGS if name in options}
    labels = join_labels(options.get("tags") or ())
    return tags | ({"tags": labels} if labels else {})


def join_labels(labels: Iterable[Any]) -> str:
    """Labels as one text."""
    return ", ".join(str(label) for label in labels)


def read_config(config: Any) -> dict[str, Any]:
    """A config as a dictionary: a mapping, or what argparse, absl or a dataclass holds."""
    if config is None:
        return {}
    if isinstance(config, Mapping):
        return {str(key): value for key, value in config.items()}
    if isinstance(config, str | os.PathLike):
        raise InvalidValue(
            f"A config can't be read from a file: {str(config)!r}. Load it and give a dict."
        )
    if callable(getattr(config, "flag_values_dict", None)):
        return dict(config.flag_values_dict())
    if callable(getattr(config, "items", None)):
        return {str(key): value for key, value in config.items()}
    if hasattr(config, "__dict__"):
        return dict(vars(config))
    raise InvalidValue(f"A config is a dict, not a {type(config).__name__}: {config!r}.")


def choose_config(
    config: Any, include: Iterable[str] | None, exclude: Iterable[str] | None
) -> dict[str, Any]:
    """A config with only the keys in `include`, or without those in `exclude`."""
    known = read_config(config)
    wanted = set(include) if include else set(known)
    return {key: one for key, one in known.items() if key in wanted - set(exclude or ())}
