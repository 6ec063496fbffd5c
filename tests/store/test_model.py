"""Random operations on stores and on a plain model of them must read the same.

The machine drives one store or two: `part` makes a second one as a copy, what is done afterwards
is done to either, and `merge` copies the second over the first.
"""

from __future__ import annotations

import json
import math
import shutil
import tempfile
import zlib
from copy import deepcopy
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from hypothesis import settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    Bundle,
    RuleBasedStateMachine,
    invariant,
    precondition,
    rule,
)

import runfolio
from runfolio.store import read_overview, read_store
from runfolio.store.journal import HEADER
from runfolio.store.packing import pack_store
from runfolio.upkeep.changes import delete_runs, note_run, rename_run, restore_runs, tag_runs
from runfolio.upkeep.recovery import recover
from runfolio.upkeep.verification import verify

KEYS = st.sampled_from(["loss", "val/acc", "ö"])
VALUES = st.floats(width=64) | st.sampled_from([math.nan, math.inf, 0.0, -0.0])
TEXTS = st.text(st.characters(exclude_categories=["Cs"]), min_size=1, max_size=5)
SIDES = st.integers(0, 1)


@dataclass
class ModelRun:
    """What a run has to read as, without what was said later."""

    name: str
    status: str = "RUNNING"
    params: dict[str, int] = field(default_factory=dict)
    points: dict[str, list[tuple[int, float]]] = field(default_factory=dict)
    tags: dict[str, str] = field(default_factory=dict)
    note: str | None = None


@dataclass
class Model:
    """A store as plain values; `said` maps run and key to when and what was said last."""

    runs: dict[str, ModelRun] = field(default_factory=dict)
    said: dict[tuple[str, str], tuple[int, Any]] = field(default_factory=dict)

    def heard(self, run_id: str, key: str, logged: Any) -> Any:
        return self.said.get((run_id, key), (0, logged))[1]

    def deleted(self, run_id: str) -> bool:
        return bool(self.heard(run_id, "deleted", logged=False))

    def tags(self, run_id: str) -> dict[str, str]:
        edited = {
            key[4:]: word
            for (one, key), (_, word) in self.said.items()
            if one == run_id and key.startswith("tag ")
        }
        merged = self.runs[run_id].tags | edited
        return {key: value for key, value in merged.items() if value is not None}


def kill(run: runfolio.Run) -> None:
    """Leave a run as if its process had died: nothing more is written, and the process is gone."""
    (path,) = (one for one in (run.folder / "journal").iterdir() if one.name == run._writer)
    run.detach()
    data = path.read_bytes()
    length = int.from_bytes(data[:4], "little")
    header = json.loads(data[9 : 8 + length])
    header["writer"]["started"] = "0" * len(str(header["writer"]["started"]))
    text = json.dumps(header, ensure_ascii=False, separators=(",", ":")).encode()
    payload = bytes([HEADER]) + text
    assert len(payload) == length
    checksum = zlib.crc32(payload).to_bytes(4, "little")
    path.write_bytes(data[:4] + checksum + payload + data[8 + length :])


class StoreMachine(RuleBasedStateMachine):
    """The rules; `runs` are ids of runs that were ever begun."""

    runs = Bundle("runs")

    def __init__(self) -> None:
        super().__init__()
        self.place = Path(tempfile.mkdtemp(prefix="runfolio-model-"))
        self.stores = [self.place / "one"]
        self.models = [Model()]
        self.live: dict[str, tuple[int, runfolio.Run]] = {}
        self.moment = 0

    def teardown(self) -> None:
        for _, run in self.live.values():
            run.finish()
        shutil.rmtree(self.place, ignore_errors=True)

    def side(self, number: int) -> int:
        return number % len(self.stores)

    def sides_with(self, run_id: str) -> list[int]:
        return [side for side, model in enumerate(self.models) if run_id in model.runs]

    @rule(target=runs, side=SIDES, name=TEXTS)
    def start(self, side: int, name: str) -> str:
        side = self.side(side)
        name = name if name.strip() else "x"
        run = runfolio.start_run(
            store=self.stores[side],
            experiment="e",
            name=name,
            capture=False,
            nested=True,
            sync=None,
        )
        self.live[run.id] = side, run
        self.models[side].runs[run.id] = ModelRun(name)
        return run.id

    @rule(run_id=runs, key=KEYS, value=VALUES, step=st.none() | st.integers(-3, 9))
    def log(self, run_id: str, key: str, value: float, step: int | None) -> None:
        if run_id in self.live:
            side, run = self.live[run_id]
            points = self.models[side].runs[run_id].points.setdefault(key, [])
            run.log_metric(key, value, step=step)
            following = points[-1][0] + 1 if points else 0
            points.append((following if step is None else step, value))

    @rule(run_id=runs, key=KEYS, value=st.integers(0, 2))
    def log_param(self, run_id: str, key: str, value: int) -> None:
        if run_id in self.live:
            side, run = self.live[run_id]
            params = self.models[side].runs[run_id].params
            try:
                run.log_param(key, value)
            except runfolio.RunfolioError:
                assert params[key] != value
            else:
                assert params.setdefault(key, value) == value

    @rule(run_id=runs, key=KEYS, value=TEXTS)
    def tag(self, run_id: str, key: str, value: str) -> None:
        if run_id in self.live:
            side, run = self.live[run_id]
            run.set_tag(key, value)
            run.set_note(value)
            self.models[side].runs[run_id].tags[key] = value
            self.models[side].runs[run_id].note = value

    @rule(run_id=runs, status=st.sampled_from(["FINISHED", "FAILED", "KILLED"]))
    def finish(self, run_id: str, status: str) -> None:
        if run_id in self.live:
            side, run = self.live.pop(run_id)
            run.finish(status)
            self.models[side].runs[run_id].status = status

    @rule(run_id=runs)
    def crash(self, run_id: str) -> None:
        if run_id in self.live:
            side, run = self.live.pop(run_id)
            kill(run)
            self.models[side].runs[run_id].status = "KILLED"

    @rule(run_id=runs)
    def resume(self, run_id: str) -> None:
        """Go on with a run that only one store has, so that there is one continuation."""
        sides = self.sides_with(run_id)
        if run_id in self.live or len(sides) != 1 or self.models[sides[0]].deleted(run_id):
            return
        run = runfolio.start_run(
            store=self.stores[sides[0]], run_id=run_id, capture=False, nested=True, sync=None
        )
        self.live[run_id] = sides[0], run
        self.models[sides[0]].runs[run_id].status = "RUNNING"

    def edit(self, side: int, run_id: str, words: dict[str, Any]) -> None:
        self.moment += 1
        self.models[side].said |= {
            (run_id, key): (self.moment, word) for key, word in words.items()
        }

    @rule(run_id=runs, side=SIDES, key=KEYS, value=st.none() | TEXTS)
    def edit_tag(self, run_id: str, side: int, key: str, value: str | None) -> None:
        side = self.side(side)
        if run_id in self.models[side].runs:
            tag_runs(run_id, {key: value}, store=self.stores[side])
            self.edit(side, run_id, {f"tag {key}": value})

    @rule(run_id=runs, side=SIDES, text=TEXTS)
    def edit_text(self, run_id: str, side: int, text: str) -> None:
        side = self.side(side)
        if run_id in self.models[side].runs and text.strip():
            rename_run(run_id, text, store=self.stores[side])
            note_run(run_id, text, store=self.stores[side])
            self.edit(side, run_id, {"name": text, "note": text})

    @rule(run_id=runs, side=SIDES)
    def delete(self, run_id: str, side: int) -> None:
        side = self.side(side)
        if run_id in self.models[side].runs:
            delete_runs(run_id[:12], store=self.stores[side])
            self.edit(side, run_id, {"deleted": True})

    @rule(run_id=runs, side=SIDES)
    def restore(self, run_id: str, side: int) -> None:
        side = self.side(side)
        if run_id in self.models[side].runs:
            restore_runs(run_id, store=self.stores[side])
            self.edit(side, run_id, {"deleted": False})

    @rule(side=SIDES)
    def recover_dead_runs(self, side: int) -> None:
        side = self.side(side)
        if self.models[side].runs:
            assert recover(store=self.stores[side]).damaged == ()

    @rule(side=SIDES)
    def pack(self, side: int) -> None:
        side = self.side(side)
        if self.models[side].runs:
            assert pack_store(self.stores[side]).damaged == ()

    @precondition(lambda self: len(self.stores) == 1 and not self.live and self.models[0].runs)
    @rule()
    def part(self) -> None:
        self.stores.append(self.place / "two")
        shutil.copytree(self.stores[0], self.stores[1])
        self.models.append(deepcopy(self.models[0]))

    @precondition(lambda self: len(self.stores) == 2 and not self.live)
    @rule()
    def merge(self) -> None:
        """Copy the second store over the first, as rsync or cp -r do."""
        shutil.copytree(self.stores[1], self.stores[0], dirs_exist_ok=True)
        shutil.rmtree(self.stores.pop())
        mine, theirs = self.models[0], self.models.pop()
        mine.runs |= theirs.runs
        for key, word in theirs.said.items():
            mine.said[key] = max(word, mine.said.get(key, (0, None)), key=lambda one: one[0])

    @invariant()
    def stores_read_as_the_model_says(self) -> None:
        for store, model in zip(self.stores, self.models, strict=True):
            if model.runs:
                check(store, model)

    @precondition(lambda self: self.moment % 5 == 4)
    @invariant()
    def stores_are_sound(self) -> None:
        for store, model in zip(self.stores, self.models, strict=True):
            if model.runs:
                assert verify(store=store).problems == ()


def check(store: Path, model: Model) -> None:
    tables, overview = read_store(store, view="all"), read_overview(store, view="all")
    assert tables.damage == overview.damage == ()
    active = read_store(store).runs["run_id"].to_pylist()
    assert active == sorted(one for one in model.runs if not model.deleted(one))
    rows = {row["run_id"]: row for row in tables.runs.to_pylist()}
    assert rows.keys() == model.runs.keys()
    facts = [grouped(one, "value") for one in (tables.tags, overview.tags)]
    params = [grouped(one, "text") for one in (tables.params, overview.params)]
    points = grouped_points(tables.metrics)
    lasts = grouped(overview.summaries, "last")
    for run_id, run in model.runs.items():
        row = rows[run_id]
        assert row["name"] == model.heard(run_id, "name", run.name)
        assert row["note"] == model.heard(run_id, "note", run.note)
        assert row["status"] == run.status
        assert (row["duration"] is None) == (run.status == "RUNNING")
        assert all(one.get(run_id, {}) == model.tags(run_id) for one in facts)
        texts = {key: str(value) for key, value in run.params.items()}
        assert all(one.get(run_id, {}) == texts for one in params)
        assert repr(points.get(run_id, {})) == repr(dict(sorted(run.points.items())))
        last = {key: max(reversed(some), key=lambda p: p[0])[1] for key, some in run.points.items()}
        assert repr(lasts.get(run_id, {})) == repr(dict(sorted(last.items())))


def grouped(table: Any, column: str) -> dict[str, dict[str, Any]]:
    found: dict[str, dict[str, Any]] = {}
    for row in table.to_pylist():
        found.setdefault(row["run_id"], {})[row["key"]] = row[column]
    return found


def grouped_points(table: Any) -> dict[str, dict[str, list[tuple[int, float]]]]:
    found: dict[str, dict[str, list[tuple[int, float]]]] = {}
    for row in table.to_pylist():
        points = found.setdefault(row["run_id"], {}).setdefault(row["key"], [])
        points.append((row["step"], row["value"]))
    return found


TestStores = StoreMachine.TestCase
TestStores.settings = settings(max_examples=40, stateful_step_count=40, deadline=None)
