"""What the records of a ``.wandb`` file say of a run.

Source: ``wandb/proto/wandb_internal.proto``, whose field numbers stand here.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass, field
from typing import Any, Final

from runfolio.sources.protobuf import Message
from runfolio.sources.wandb.values import (
    Values,
    is_time,
    read_value,
    remove_nested,
    set_nested,
)

_HISTORY, _SUMMARY, _OUTPUT, _CONFIG, _FILES, _STATS, _ARTIFACT = range(2, 9)
_ALERT, _METRIC, _OUTPUT_RAW, _RUN, _EXIT, _ENVIRONMENT = 10, 12, 13, 17, 18, 26

MAX_OUTPUT: Final = 64 << 20
"""Characters of console output that are kept at most."""


@dataclass(slots=True)
class Content:
    """One stretch of a run, as its records tell it; `exit_code` is None where it did not end."""

    id: str = ""
    entity: str = ""
    project: str = ""
    name: str = ""
    note: str = ""
    tags: dict[str, str] = field(default_factory=dict)
    config: dict[str, Any] = field(default_factory=dict)
    summary: dict[str, Any] = field(default_factory=dict)
    values: Values = field(default_factory=Values)
    context: dict[str, Any] = field(default_factory=dict)
    start_time: int | None = None
    runtime: int | None = None
    exit_code: int | None = None
    output: list[str] = field(default_factory=list)
    alerts: list[str] = field(default_factory=list)
    files: list[str] = field(default_factory=list)
    artifacts: list[str] = field(default_factory=list)
    step_metrics: dict[str, str] = field(default_factory=dict)
    unread: int = 0
    _written: int = 0

    @property
    def is_empty(self) -> bool:
        """Whether nothing is known of the run."""
        values = self.values
        told = self.id, self.config, self.summary, values.points, values.texts, values.media
        return not any(told)

    def take(self, record: bytes) -> None:
        """Take one record; one that can't be read is counted in `unread`."""
        try:
            message = Message(record)
            for number, read in _READERS.items():
                if number in message:
                    read(self, message.message(number))
        except (ValueError, OverflowError):
            self.unread += 1

    def _take_run(self, run: Message) -> None:
        self.id = run.text(1) or self.id
        self.entity, self.project = run.text(2) or self.entity, run.text(3) or self.project
        self.name, self.note = run.text(8) or self.name, run.text(9) or self.note
        self._take_config(run.message(4))
        labels = [one.decode(errors="replace") for one in run.all(10)]
        told = {
            "tags": ", ".join(labels),
            "group": run.text(6),
            "job_type": run.text(7),
            "sweep": run.text(12),
            "entity": run.text(2),
        }
        self.tags |= {key: value for key, value in told.items() if value}
        self._note("host", run.text(13))
        self._take_git(run.message(21))
        if 17 in run:
            self.start_time = self.values.start = _read_time(run.message(17))

    def _take_history(self, history: Message) -> None:
        row: dict[str, Any] = {}
        for item in history.messages(1):
            set_nested(row, _path(item), _read_item(item))
        self.values.add_row(row, history.message(2).whole(1) if 2 in history else None)

    def _take_summary(self, summary: Message) -> None:
        for item in summary.messages(1):
            set_nested(self.summary, _path(item), read_value(item.content(16)))
        for item in summary.messages(2):
            remove_nested(self.summary, _path(item))

    def _take_config(self, config: Message) -> None:
        for item in config.messages(1):
            set_nested(self.config, _path(item), read_value(item.content(16)))
        for item in config.messages(2):
            remove_nested(self.config, _path(item))

    def _take_stats(self, stats: Message) -> None:
        values: dict[str, Any] = {}
        for item in stats.messages(3):
            values |= dict(_measurements(item.text(1), read_value(item.content(16))))
        self.values.add_measured(values, _read_time(stats.message(2)))

    def _take_output(self, output: Message) -> None:
        line = output.text(3)
        if self._written + len(line) <= MAX_OUTPUT:
            self.output.append(line)
            self._written += len(line)

    def _take_files(self, files: Message) -> None:
        self.files += [item.text(1) for item in files.messages(1)]

    def _take_artifact(self, artifact: Message) -> None:
        if artifact.whole(9):
            self.artifacts.append(artifact.text(5))

    def _take_alert(self, alert: Message) -> None:
        parts = (alert.text(3) or "INFO", alert.text(1), alert.text(2))
        self.alerts.append(": ".join(part for part in parts if part))

    def _take_metric(self, metric: Message) -> None:
        name, step_metric = metric.text(1) or metric.text(2), metric.text(4)
        if name and step_metric:
            self.step_metrics[name] = step_metric

    def _take_exit(self, ending: Message) -> None:
        code = ending.whole(1)
        self.exit_code = code if self.exit_code in (None, 0) else self.exit_code
        self.runtime = ending.whole(2) or self.runtime

    def _take_environment(self, environment: Message) -> None:
        self._note("os", environment.text(1))
        self._note("host", environment.text(12))
        self._note("user", environment.text(13))
        self._note("source", environment.text(7) or environment.text(6).rpartition("/")[2])
        program = environment.text(6)
        arguments = [one.decode(errors="replace") for one in environment.all(5)]
        self._note("command", command_of(program, arguments))
        python = environment.text(2).removeprefix("CPython ")
        self._note("environment", {"python": python} if python else {})
        self._take_git(environment.message(9))

    def _take_git(self, git: Message) -> None:
        self._note("git_commit", git.text(2))

    def _note(self, key: str, value: Any) -> None:
        if value:
            self.context[key] = value


def command_of(program: str, arguments: Iterable[str]) -> list[str]:
    """The command that runs a program again; W&B leaves Python out."""
    if not program:
        return []
    return [*(["python"] if program.endswith(".py") else []), program, *arguments]


_READERS: Final = {
    _RUN: Content._take_run,
    _HISTORY: Content._take_history,
    _SUMMARY: Content._take_summary,
    _OUTPUT: Content._take_output,
    _CONFIG: Content._take_config,
    _FILES: Content._take_files,
    _STATS: Content._take_stats,
    _ARTIFACT: Content._take_artifact,
    _ALERT: Content._take_alert,
    _METRIC: Content._take_metric,
    _OUTPUT_RAW: Content._take_output,
    _EXIT: Content._take_exit,
    _ENVIRONMENT: Content._take_environment,
}


def _path(item: Message) -> list[str]:
    nested = [one.decode(errors="replace") for one in item.all(2)]
    if not nested and 1 not in item:
        raise ValueError("a value has no name")
    return nested or [item.text(1)]


def _read_item(item: Message) -> Any:
    """The value of an item of the history, as JSON or, where W&B writes so, with its type."""
    if 16 in item:
        return read_value(item.content(16))
    if 4 in item:
        return bool(item.whole(4))
    if 5 in item:
        zigzag = item.whole(5) & 0xFFFF_FFFF_FFFF_FFFF
        return (zigzag >> 1) ^ -(zigzag & 1)
    if 6 in item:
        return item.double(6)
    if 7 in item:
        return item.text(7)
    return read_value(item.content(8)) if 8 in item else None


def _read_time(timestamp: Message) -> int | None:
    seconds, nanoseconds = timestamp.whole(1), timestamp.whole(2)
    if not seconds or not is_time(float(seconds)) or not 0 <= nanoseconds < 10**9:
        return None
    return seconds * 1_000_000 + nanoseconds // 1000


def _measurements(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    """Older versions give several measurements as one."""
    if isinstance(value, dict):
        for inner, one in value.items():
            yield f"{key}.{inner}", one
    else:
        yield key, value
