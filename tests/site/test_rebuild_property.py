"""Whatever is done to a store, a rebuild comes to the same bytes as a build from scratch."""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule

import runfolio
from runfolio.site import build_report
from runfolio.site.memory import BuildMemory
from runfolio.store import Edit, write_edit
from runfolio.store.registry import MODEL, VERSION

NAMES = st.sampled_from(["first", "second", "third"])
TEXTS = st.sampled_from(["", "a", "**bold**", "<b>", "longer than before", "ü\u202e"])
NUMBERS = st.sampled_from([0.0, 0.5, -1.0, 2.5, 1e300, float("nan"), float("inf")])
STEPS = 12
EXAMPLES = 8


class Rebuilding(RuleBasedStateMachine):
    """A store that changes step by step, with a site built after each in one place.

    The builds of every other step share a memory; the others are as those of another process.
    """

    def __init__(self) -> None:
        super().__init__()
        self.folder = Path(tempfile.mkdtemp(prefix="runfolio-rebuild-"))
        self.store = self.folder / "runs"
        self.site = self.folder / "site"
        self.memory = BuildMemory()
        self.live: list[Any] = []
        self.deleted: set[str] = set()
        self.ended: list[str] = []
        self.experiments = ["first"]
        self.builds = 0

    def teardown(self) -> None:
        for run in reversed(self.live):
            run.finish()
        shutil.rmtree(self.folder)

    @initialize()
    def begin(self) -> None:
        for number in range(2):
            self.start("first", float(number))
            self.finish()

    def some(self, ids: list[str], choice: int) -> str:
        return ids[choice % len(ids)]

    @rule(experiment=NAMES, number=NUMBERS)
    def start(self, experiment: str, number: float) -> None:
        run = runfolio.start_run(
            experiment=experiment,
            name=f"run {len(self.ended)}",
            store=self.store,
            capture=False,
            nested=bool(self.live),
        )
        run.log_params({"rate": number, "kind": experiment, "seed": len(self.ended)})
        run.log_metrics({"loss": number, "accuracy": number / 2})
        self.live.append(run)
        if experiment not in self.experiments:
            self.experiments.append(experiment)

    @precondition(lambda self: self.live)
    @rule(number=NUMBERS)
    def log(self, number: float) -> None:
        self.live[-1].log_metric("loss", number)

    @precondition(lambda self: self.live)
    @rule(text=TEXTS)
    def keep_file(self, text: str) -> None:
        self.live[-1].log_text(text, "notes.md")

    @precondition(lambda self: self.live)
    @rule()
    def finish(self) -> None:
        run = self.live.pop()
        run.finish()
        self.ended.append(run.id)

    @precondition(lambda self: self.ended and not self.live)
    @rule(choice=st.integers(0, 9), number=NUMBERS)
    def resume(self, choice: int, number: float) -> None:
        run_id = self.some(self.ended, choice)
        if run_id in self.deleted:
            return
        with runfolio.start_run(run_id=run_id, store=self.store, capture=False) as run:
            run.log_metric("loss", number)

    @precondition(lambda self: self.ended)
    @rule(choice=st.integers(0, 9), text=TEXTS)
    def change_file(self, choice: int, text: str) -> None:
        """Write over an artifact, which nobody should."""
        for file in sorted(self.store.rglob("artifacts/notes.md"))[choice % 3 : choice % 3 + 1]:
            file.write_text(text)

    @precondition(lambda self: self.live)
    @rule(text=st.sampled_from(["flavors: {sklearn: {}}", "flavors: {onnx: {}}", "damaged"]))
    def keep_model(self, text: str) -> None:
        self.live[-1].log_text(text, "model/MLmodel")

    @precondition(lambda self: self.ended)
    @rule(choice=st.integers(0, 9), number=st.integers(1, 3), model=NAMES)
    def register(self, choice: int, number: int, model: str) -> None:
        """Register a run's model, also where it has none."""
        said = {"model": model, "number": number, "path": "model"}
        said["run_id"] = self.some(self.ended, choice)
        write_edit(self.store, Edit(0, VERSION, f"{number}{model}".encode().hex()[:16], said))

    @precondition(lambda self: self.ended)
    @rule(number=st.integers(1, 3), model=NAMES, note=TEXTS, gone=st.booleans())
    def say_of_model(self, number: int, model: str, note: str, gone: bool) -> None:
        alias = {"champion": f"{number}{model}".encode().hex()[:16]}
        said = {"aliases": alias, "note": note, "deleted": gone}
        write_edit(self.store, Edit(0, MODEL, model, said))

    @precondition(lambda self: self.ended)
    @rule(choice=st.integers(0, 9), text=TEXTS)
    def tag(self, choice: int, text: str) -> None:
        runfolio.tag_runs(self.some(self.ended, choice), {"label": text}, store=self.store)

    @precondition(lambda self: self.ended)
    @rule(choice=st.integers(0, 9), text=TEXTS)
    def note(self, choice: int, text: str) -> None:
        runfolio.note_run(self.some(self.ended, choice), text, store=self.store)

    @precondition(lambda self: self.ended)
    @rule(choice=st.integers(0, 9), name=NAMES)
    def rename(self, choice: int, name: str) -> None:
        runfolio.rename_run(self.some(self.ended, choice), name, store=self.store)

    @precondition(lambda self: self.ended)
    @rule(choice=st.integers(0, 9))
    def delete(self, choice: int) -> None:
        self.deleted |= set(runfolio.delete_runs(self.some(self.ended, choice), store=self.store))

    @precondition(lambda self: self.ended)
    @rule(choice=st.integers(0, 9))
    def restore(self, choice: int) -> None:
        self.deleted -= set(runfolio.restore_runs(self.some(self.ended, choice), store=self.store))

    @rule(metric=st.sampled_from(["loss", "accuracy", "nothing"]), up=st.booleans(), note=TEXTS)
    def describe(self, metric: str, up: bool, note: str) -> None:
        direction = "up" if up else "down"
        runfolio.describe_experiment(
            self.experiments[0],
            primary_metric=metric,
            direction=direction,
            note=note,
            store=self.store,
        )

    @precondition(lambda self: not self.live and len(self.experiments) > 1)
    @rule(name=st.sampled_from(["renamed", "renamed again"]))
    def rename_experiment(self, name: str) -> None:
        if name not in self.experiments:
            runfolio.rename_experiment(self.experiments.pop(), name, store=self.store)
            self.experiments.append(name)

    @rule()
    def pack(self) -> None:
        runfolio.pack(store=self.store)

    @invariant()
    def comes_to_the_same_bytes(self) -> None:
        if not self.store.exists():
            return
        self.builds += 1
        memory = self.memory if self.builds % 2 else None
        build_report(self.store, output=self.site, memory=memory)
        fresh = self.folder / f"fresh-{self.builds}"
        build_report(self.store, output=fresh)
        expected, found = read_site(fresh), read_site(self.site)
        shutil.rmtree(fresh)
        assert found.keys() == expected.keys()
        assert not [path for path in expected if found[path] != expected[path]]


def read_site(folder: Path) -> dict[str, bytes]:
    return {
        path.relative_to(folder).as_posix(): path.read_bytes()
        for path in folder.rglob("*")
        if path.is_file()
    }


def test_a_rebuild_is_as_a_build_from_scratch(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    monkeypatch.setattr("runfolio.site.details.SETTLED", -60.0)
    monkeypatch.setattr("runfolio.site.standing.TOLD_RUNS", 3)
    monkeypatch.setattr("runfolio.site.standing.FIRST_RANKS", 1)
    monkeypatch.setattr("runfolio.site.spare.LEAST", 0)
    monkeypatch.setattr("runfolio.site.workspace.SPLIT_CELLS", 20)
    monkeypatch.setattr("runfolio.site.shards.OTHERS_AT_ONCE", 2)
    examples = int(os.environ.get("RUNFOLIO_EXAMPLES", EXAMPLES))
    Rebuilding.TestCase.settings = settings(
        max_examples=examples,
        stateful_step_count=STEPS,
        deadline=None,
        phases=(Phase.explicit, Phase.reuse, Phase.generate),
        suppress_health_check=list(HealthCheck),
    )
    Rebuilding.TestCase().runTest()
