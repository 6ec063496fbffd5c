"""Optuna's journal files: one JSON object a line for each operation, which are done again here.

The codes of the operations are those of ``optuna.storages.journal``. The snapshots that Optuna
keeps beside a journal are pickles, which are never opened.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Final

from runfolio.documents import microseconds, parse_json
from runfolio.sources.optuna.studies import DIRECTIONS, STATES, WAITING, Study, Trial
from runfolio.sources.reading import Reading

MAX_LINE: Final = 16 << 20
"""Bytes of a line that are read at most."""

_OPERATION = re.compile(rb'"op_code": ?([0-9]+)\b')
_ENDS: Final = {"COMPLETE", "PRUNED", "FAIL"}
_CREATE_STUDY: Final = 0
_CREATE_TRIAL: Final = 4


def is_journal(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a journal."""
    return head.lstrip().startswith(b"{") and _OPERATION.search(head) is not None


def read_journal(path: Path, reading: Reading) -> list[Study]:
    """The studies of a journal that were not deleted; lines that can't be read are skipped.

    As studies and trials are numbered by their order, nothing is read after a line that may have
    made one and is damaged.
    """
    replay = Replay()
    with path.open("rb") as file:
        for number, line in enumerate(iter(lambda: file.readline(MAX_LINE), b""), 1):
            try:
                replay.apply(_parse_line(line))
            except (ValueError, LookupError, TypeError, AttributeError) as error:
                reading.skip(path, f"line {number} is no operation ({_say(error)})")
                if may_create(line):
                    break
    return list(replay.studies.values())


def may_create(line: bytes) -> bool:
    """Whether a line makes a study or trial, or doesn't say what it does."""
    codes = {int(code[:9]) for code in _OPERATION.findall(line)}
    return not codes or bool(codes & {_CREATE_STUDY, _CREATE_TRIAL})


def _parse_line(line: bytes) -> Mapping[str, Any]:
    if not line.endswith(b"\n"):
        raise ValueError("it has no end")
    found = parse_json(line)
    if not isinstance(found, dict):
        raise ValueError("it is no object")
    return found


def _say(error: Exception) -> str:
    return f"{error} is missing" if isinstance(error, KeyError) else str(error)


class Replay:
    """The studies after some operations; those that Optuna passes over do nothing."""

    def __init__(self) -> None:
        self.studies: dict[int, Study] = {}
        self._count = 0
        self._counts: dict[int, int] = {}
        self._trials: dict[int, Trial] = {}
        self._operations: tuple[Callable[[Mapping[str, Any]], None], ...] = (
            self._create_study,
            self._delete_study,
            lambda log: self._set_on_study(log, "user"),
            lambda log: self._set_on_study(log, "system"),
            self._create_trial,
            self._set_param,
            self._set_state,
            self._set_intermediate,
            lambda log: self._set_on_trial(log, "user"),
            lambda log: self._set_on_trial(log, "system"),
        )

    def apply(self, log: Mapping[str, Any]) -> None:
        """Do one operation; raises ValueError, LookupError, TypeError or AttributeError."""
        code = log["op_code"]
        if not isinstance(code, int) or code < 0:
            raise ValueError(f"there is no operation {code!r}")
        if code < len(self._operations):
            self._operations[code](log)

    def _create_study(self, log: Mapping[str, Any]) -> None:
        name, directions = log["study_name"], [DIRECTIONS[one] for one in log["directions"]]
        if not isinstance(name, str):
            raise ValueError("the study has no name")
        if name not in {study.name for study in self.studies.values()}:
            study = Study(self._count, name, dict(enumerate(directions)))
            self.studies[self._count] = study
            self._count += 1

    def _delete_study(self, log: Mapping[str, Any]) -> None:
        self.studies.pop(log["study_id"], None)

    def _set_on_study(self, log: Mapping[str, Any], kind: str) -> None:
        study = self.studies.get(log["study_id"])
        if study is not None:
            getattr(study, kind).update(_items(log[f"{kind}_attr"]))

    def _create_trial(self, log: Mapping[str, Any]) -> None:
        study = self.studies.get(log["study_id"])
        if study is None:
            return
        trial = Trial(len(self._trials), len(study.trials), STATES[log.get("state", 0)])
        trial.started = microseconds(log.get("datetime_start"))
        trial.completed = microseconds(log.get("datetime_complete"))
        distributions = _items(log.get("distributions"))
        params = _items(log.get("params"))
        trial.params = {key: (one, distributions.get(key)) for key, one in params.items()}
        trial.user = _items(log.get("user_attrs"))
        trial.system = _items(log.get("system_attrs"))
        points = _items(log.get("intermediate_values"))
        trial.intermediate = {int(step): one for step, one in points.items()}
        values = log.get("values") or [log.get("value")]
        trial.values = _values(values)
        self._trials[trial.id] = study.trials[trial.id] = trial

    def _set_param(self, log: Mapping[str, Any]) -> None:
        trial = self._open(log)
        if trial is not None:
            given = (log["param_value_internal"], log["distribution"])
            trial.params[str(log["param_name"])] = given

    def _set_state(self, log: Mapping[str, Any]) -> None:
        trial, state = self._open(log), STATES[log["state"]]
        if trial is None or state == trial.state == "RUNNING":
            return
        if state == "RUNNING":
            trial.started = microseconds(log.get("datetime_start"))
        elif state != WAITING:
            trial.completed = microseconds(log.get("datetime_complete"))
        trial.state = state
        if log.get("values") is not None:
            trial.values = _values(log["values"])

    def _set_intermediate(self, log: Mapping[str, Any]) -> None:
        trial, step = self._open(log), log["step"]
        if not isinstance(step, int) or abs(step) >= 2**63:
            raise ValueError("its step is no whole number of 64 bits")
        if trial is not None:
            trial.intermediate[step] = log["intermediate_value"]

    def _set_on_trial(self, log: Mapping[str, Any], kind: str) -> None:
        trial = self._open(log)
        if trial is not None:
            getattr(trial, kind).update(_items(log[f"{kind}_attr"]))

    def _open(self, log: Mapping[str, Any]) -> Trial | None:
        """The trial of an operation, unless it has ended and is changed no more."""
        trial = self._trials.get(log["trial_id"])
        return None if trial is None or trial.state in _ENDS else trial


def _items(value: Any) -> dict[str, Any]:
    return dict(value.items()) if value is not None else {}


def _values(values: list[Any]) -> dict[int, Any]:
    return {objective: one for objective, one in enumerate(values) if one is not None}
