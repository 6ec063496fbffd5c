"""What TensorBoard's hparams plug-in says of a run: its parameters, start, end and status.

Format: TensorBoard's ``plugins/hparams/plugin_data.proto``.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from runfolio.documents import flatten, read_yaml
from runfolio.schema import FAILED, FINISHED, RUNNING
from runfolio.sources.protobuf import Message

HPARAMS: Final = "hparams"
HPARAMS_FILE: Final = "hparams.yaml"
_STATUSES: Final = {1: FINISHED, 2: FAILED, 3: RUNNING}
_WHOLE: Final = 1 << 53
_DEEPEST: Final = 50
LATEST: Final = 253_402_300_800


@dataclass(slots=True)
class Session:
    """A run as the plug-in tells of it; times are microseconds since 1970."""

    params: dict[str, Any] = field(default_factory=dict)
    start_time: int | None = None
    end_time: int | None = None
    status: str | None = None
    told: bool = False

    def take(self, content: bytes) -> None:
        """Take what the plug-in's content of one event says; raises `ValueError`."""
        data = Message(content)
        if 3 in data:
            start = data.message(3)
            for entry in start.messages(1):
                self.params[entry.text(1)] = _read_value(entry.message(2), _DEEPEST)
            self.start_time = to_time(start.double(5)) or self.start_time
            self.told = True
        if 4 in data:
            end = data.message(4)
            self.status = _STATUSES.get(end.whole(1), self.status)
            self.end_time = to_time(end.double(2)) or self.end_time

    def merge(self, later: Session) -> None:
        """Take over what another session says."""
        self.params |= later.params
        self.start_time = self.start_time or later.start_time
        self.end_time = later.end_time or self.end_time
        self.status = later.status or self.status
        self.told = self.told or later.told


def to_time(seconds: float) -> int | None:
    """Seconds since 1970 as microseconds; None for what is no moment."""
    return round(seconds * 1e6) if 0 < seconds < LATEST else None


def _read_value(value: Message, depth: int) -> Any:
    """A ``google.protobuf.Value``; its numbers are doubles, and whole ones become integers."""
    if depth == 0:
        raise ValueError("a parameter is nested too deeply")
    if 2 in value:
        number = value.double(2)
        return int(number) if abs(number) < _WHOLE and number == int(number) else number
    if 3 in value:
        return value.text(3)
    if 4 in value:
        return value.whole(4) != 0
    if 5 in value:
        entries = value.message(5).messages(1)
        return {one.text(1): _read_value(one.message(2), depth - 1) for one in entries}
    if 6 in value:
        return [_read_value(one, depth - 1) for one in value.message(6).messages(1)]
    return None


def read_hparams_file(path: Path) -> dict[str, Any]:
    """The parameters in Lightning's ``hparams.yaml``; raises `ValueError`."""
    content = read_yaml(path)
    if content is not None and not isinstance(content, dict):
        raise ValueError("it holds no names with values")
    return flatten(content or {})


def join_params(told: Mapping[str, Any], written: Mapping[str, Any]) -> dict[str, Any]:
    """Parameters of events and of the file beside, which keeps their types.

    Lightning joins nested names with a slash in events; those are the file's dotted ones.
    """
    rest = {key: value for key, value in told.items() if key.replace("/", ".") not in written}
    return {**rest, **written}
