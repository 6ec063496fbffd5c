"""Optuna's SQLite storages, of the schemas that Optuna has had since 0.9."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from runfolio.documents import microseconds, parse_json
from runfolio.errors import OptunaUnreadable
from runfolio.sources.databases import Database, mentions, open_database, read_tables
from runfolio.sources.optuna.studies import STATES, Study, Trial
from runfolio.sources.reading import Reading

_SPECIAL: Final = {"INF_POS": float("inf"), "INF_NEG": float("-inf"), "NAN": float("nan")}
_TABLES: Final = {"studies", "trials", "trial_params"}


def holds_studies(path: Path, reading: Reading) -> bool:
    """Whether a database has Optuna's tables, or has had them where it is damaged."""
    try:
        return read_tables(path, reading).keys() >= _TABLES
    except OSError:
        return False
    except sqlite3.Error:
        return mentions(path, b"CREATE TABLE trial_params")


def read_database(path: Path, reading: Reading) -> list[Study]:
    """The studies of a database; raises `OptunaUnreadable`."""
    try:
        with open_database(path, reading) as database:
            return _Tables(database).read()
    except sqlite3.Error as error:
        raise OptunaUnreadable(f"Couldn't read the database {str(path)!r}: {error}.") from None


class _Tables:
    """The rows of the tables, put together to studies."""

    def __init__(self, database: Database) -> None:
        self._database = database
        self._studies: dict[int, Study] = {}
        self._trials: dict[int, Trial] = {}

    def read(self) -> list[Study]:
        self._read_studies()
        self._read_attributes("study", "system")
        self._read_attributes("study", "user")
        self._read_trials()
        self._read_attributes("trial", "system")
        self._read_attributes("trial", "user")
        self._read_params()
        self._read_values()
        self._number()
        return [self._studies[one] for one in sorted(self._studies)]

    def _read_studies(self) -> None:
        for study, name, direction in self._rows("studies", "study_id", "study_name", "direction"):
            if isinstance(study, int) and isinstance(name, str):
                self._studies[study] = Study(study, name)
                if isinstance(direction, str):  # before 2.4, a study had one
                    self._studies[study].directions[0] = direction
            else:
                self._skip(f"there is a study without a name or number: {(study, name)!r}")
        columns = ("study_id", "objective", "direction")
        for study, objective, direction in self._rows("study_directions", *columns):
            if study in self._studies and isinstance(objective, int) and isinstance(direction, str):
                self._studies[study].directions[objective] = direction

    def _read_trials(self) -> None:
        columns = ("trial_id", "study_id", "number", "state", "datetime_start", "datetime_complete")
        for trial, study, number, state, start, end in self._rows("trials", *columns):
            if study not in self._studies or not isinstance(trial, int) or state not in STATES:
                self._skip(f"trial {trial!r} has no study or state: {(study, state)!r}")
                continue
            found = Trial(trial, number if isinstance(number, int) else -1, state)
            found.started, found.completed = microseconds(start), microseconds(end)
            self._trials[trial] = self._studies[study].trials[trial] = found

    def _read_attributes(self, owner: str, kind: str) -> None:
        owners: Mapping[int, Any] = self._studies if owner == "study" else self._trials
        columns = (f"{owner}_id", "key", "value_json")
        for one, key, text in self._rows(f"{owner}_{kind}_attributes", *columns):
            if one in owners and isinstance(key, str):
                try:
                    getattr(owners[one], kind)[key] = parse_json(text)
                except (ValueError, TypeError) as error:
                    self._skip(f"attribute {key!r} of {owner} {one}: {error}")

    def _read_params(self) -> None:
        columns = ("trial_id", "param_name", "param_value", "distribution_json")
        for trial, name, value, distribution in self._rows("trial_params", *columns):
            if trial in self._trials and isinstance(name, str):
                self._trials[trial].params[name] = (value, distribution)

    def _read_values(self) -> None:
        if "trial_intermediate_values" in self._database.tables:
            self._read_points("trial_values", "objective", "value", "values")
            table = "trial_intermediate_values"
            self._read_points(table, "step", "intermediate_value", "intermediate")
            return
        self._read_points("trial_values", "step", "value", "intermediate")
        for trial, value in self._rows("trials", "trial_id", "value"):
            if trial in self._trials and value is not None:
                self._trials[trial].values[0] = value

    def _read_points(self, table: str, at: str, value: str, into: str) -> None:
        for trial, place, number, kind in self._rows(table, "trial_id", at, value, f"{value}_type"):
            if trial in self._trials and isinstance(place, int):
                getattr(self._trials[trial], into)[place] = _SPECIAL.get(kind, number)

    def _number(self) -> None:
        """Number the trials as the first schemas did: in an attribute, or only by their order."""
        for study in self._studies.values():
            for place, trial in enumerate(study.trials.values()):
                if trial.number < 0:
                    told = trial.system.get("_number")
                    trial.number = told if isinstance(told, int) else place

    def _rows(self, table: str, *columns: str) -> Iterator[tuple[Any, ...]]:
        return self._database.rows(table, *columns)

    def _skip(self, reason: str) -> None:
        self._database.reading.skip(self._database.path, reason)
