"""The histories of one training: that of its last state, with what only earlier states hold."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import Any

from runfolio.schema import Series
from runfolio.sources.columns import MAX_STEP, as_number, file_time
from runfolio.sources.reading import Reading

Row = Mapping[str, Any]
_Key = tuple[int, frozenset[str]]


@dataclass(frozen=True, eq=False)
class State:
    """One `trainer_state.json`: its content, and the entries of its history that have a step."""

    file: Path
    content: Mapping[str, Any]
    rows: list[Row]

    @cached_property
    def by_key(self) -> dict[_Key, Row]:
        """The entries by their step and what they hold, which tells evaluation sets apart."""
        return {_key(row): row for row in self.rows}

    @property
    def global_step(self) -> int:
        """The step at which the state was written, 0 where it does not say."""
        step = self.content.get("global_step")
        usable = isinstance(step, int) and not isinstance(step, bool) and abs(step) < MAX_STEP
        return int(step) if usable and step is not None else 0


@dataclass(eq=False)
class History:
    """All that is known of one training; `newest` is the state with the longest history."""

    newest: State
    others: list[State] = field(default_factory=list)

    def belongs(self, state: State) -> bool:
        """Whether a state is one of this training: the first entry in common is the same."""
        for row in state.rows:
            mine = self.newest.by_key.get(_key(row))
            if mine is not None:
                return repr(sorted(mine.items())) == repr(sorted(row.items()))
        return not state.rows

    @cached_property
    def rows(self) -> list[Row]:
        """The entries of the newest state, and those that only others have, by step."""
        known = dict(self.newest.by_key)
        more = []
        for state in self.others:
            more += [row for key, row in state.by_key.items() if key not in known]
            known |= {key: row for key, row in state.by_key.items() if key not in known}
        return sorted([*self.newest.rows, *more], key=_step) if more else self.newest.rows

    @cached_property
    def keys(self) -> frozenset[str]:
        """The names of all that was logged."""
        return frozenset(key for row in self.rows for key in row)

    @property
    def last_step(self) -> int:
        """The last step that is known of."""
        return max(self.newest.global_step, *map(_step, self.rows[-1:]), 0)

    def first_values(self) -> Iterator[str]:
        """The values of the first entry, which no later state changes."""
        for row in self.newest.rows[:1]:
            yield from (f"{key}={row[key]!r}" for key in sorted(row))

    def series(self, reading: Reading) -> Iterator[Series]:
        """Each metric with its points; the epoch once where evaluations repeat it."""
        points: dict[str, tuple[list[int], list[float]]] = {}
        odd: dict[str, Any] = {}
        for row in self.rows:
            for key, value in row.items():
                number = None if isinstance(value, str) else as_number(value)
                if key == "step":
                    continue
                if number is None:
                    odd.setdefault(key, value)
                    continue
                steps, values = points.setdefault(key, ([], []))
                if key == "epoch" and steps and (steps[-1], values[-1]) == (row["step"], number):
                    continue
                steps.append(row["step"])
                values.append(number)
        for key, value in odd.items():
            reading.skip(self.newest.file, f"{key!r} holds no numbers, such as {str(value)[:40]!r}")
        time = file_time(self.newest.file)
        for key, (steps, values) in points.items():
            yield Series(key, steps, [time] * len(steps), values)


def group_states(states: Iterable[State]) -> list[History]:
    """The trainings that left their states in one folder, mostly one; the longest come first."""
    histories: list[History] = []
    order = sorted(states, key=lambda one: (-len(one.rows), -one.global_step, one.file))
    for state in order:
        for history in histories:
            if history.belongs(state):
                history.others.append(state)
                break
        else:
            histories.append(History(state))
    return histories


def _key(row: Row) -> _Key:
    return row["step"], frozenset(row)


def _step(row: Row) -> int:
    return int(row["step"])
