"""Calls that programs written for W&B make all the time, and values that are odd."""

from __future__ import annotations

import importlib
import os
import sys
import threading
import time
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import runfolio
import runfolio.compat.wandb as wandb
from runfolio.compat.wandb.integrations import INTEGRATIONS, IntegrationFinder, install
from runfolio.compat.wandb.nesting import look_up, nest
from runfolio.compat.wandb.refusals import forget_warnings
from runfolio.errors import InvalidName, InvalidValue, NoActiveRun, UnsupportedCall
from tests.environment.apart import run_apart

SHARED = """
import numpy as np
import IMPORT

assert hasattr(wandb, "config") and hasattr(wandb, "summary")
assert issubclass(wandb.errors.CommError, wandb.Error) and issubclass(wandb.UsageError, Exception)
assert isinstance(wandb.__version__, str)
assert not hasattr(wandb, "no_such_call")
wandb.init(project="p", name="n", config={"model": {"depth": 2}, "k" * 300: 1})
wandb.run.name = "renamed"
wandb.run.notes = "why"
wandb.run.tags = ("a", "b")
wandb.run.tags += ("c",)
assert (wandb.run.name, wandb.run.notes, wandb.run.tags) == ("renamed", "why", ("a", "b", "c"))
assert wandb.run.sweep_id is None
wandb.log({"g": {"x": 1}, "h.y": 2, "gone": 3})
wandb.log({"g": {"z": 4}})
assert dict(wandb.run.summary["g"]) == {"x": 1, "z": 4}
assert wandb.run.summary["g"]["x"] == 1 and wandb.run.summary["h.y"] == 2
assert "g" in dict(wandb.run.summary)
del wandb.run.summary["gone"]
assert "gone" not in dict(wandb.run.summary)
wandb.log({"words": np.array(["a", "b"]), "big": 10**400, "n" * 300: 1, "": 2, "loss": 0.5})
assert wandb.run.summary["loss"] == 0.5
try:
    wandb.log({"loss": 1}, step=51.7)
except (TypeError, wandb.Error) as error:
    assert "integer" in str(error)
else:
    raise AssertionError("a step of 51.7 was taken")
wandb.finish()
"""
"""What W&B and Runfolio both do."""


@pytest.fixture(autouse=True)
def _all_warnings_anew(monkeypatch: pytest.MonkeyPatch) -> Iterator[None]:
    monkeypatch.setenv("RUNFOLIO_CAPTURE", "none")
    for name in [name for name in os.environ if name.startswith("WANDB_")]:
        monkeypatch.delenv(name)
    forget_warnings()
    yield
    wandb.finish()


@pytest.fixture
def run() -> wandb.Run:
    return wandb.init(project="p", name="n")


def read(run: wandb.Run) -> runfolio.RunRead:
    run.finish()
    return runfolio.get_run(run.tracked.id)


def history(run: runfolio.RunRead, key: str) -> list[tuple[int, float]]:
    rows = run.metric_history(key)
    return list(zip(rows["step"].tolist(), rows["value"].tolist(), strict=True))


def test_common_calls_do_what_they_do_in_wandb(tmp_path: Path) -> None:
    with warnings.catch_warnings(record=True) as caught:
        warnings.simplefilter("always")
        exec(SHARED.replace("import IMPORT", "import runfolio.compat.wandb as wandb"), {})
    assert len(caught) == 5, [str(one.message) for one in caught]
    [folder] = Path("runs/runs").iterdir()
    found = runfolio.get_run(folder.name)
    assert (found.name, found.note, found.tags["tags"]) == ("renamed", "why", "a, b, c")
    assert found.tags["words"] == '["a", "b"]'


def test_the_same_calls_in_wandb_itself(tmp_path: Path) -> None:
    run_apart("peers", SHARED.replace("import IMPORT", "import wandb"), cwd=tmp_path)
    assert list(tmp_path.glob("wandb/offline-run-*/*.wandb"))


def test_notes_and_tags_can_be_taken_back(run: wandb.Run) -> None:
    run.notes, run.tags = "x", "single"
    assert run.tags == ("single",)
    run.notes = run.tags = None
    assert (run.notes, run.tags) == (None, ())
    found = read(run)
    assert (found.note or "", found.tags["tags"]) == ("", "")


def test_a_run_can_not_be_renamed_to_nothing(run: wandb.Run) -> None:
    with pytest.raises(InvalidName, match="A run name can't be empty"):
        run.name = ""
    assert run.name == "n"


def test_saving_without_a_pattern_saves_nothing(run: wandb.Run) -> None:
    with pytest.warns(UserWarning, match="nothing to save: what is logged is kept at once"):
        assert run.save() is True
    assert wandb.save() is True  # a second warning would be an error


def test_a_resumed_run_knows_what_was_logged() -> None:
    config = {
        "lr": 0.5,
        "seed": 2**70,
        "on": True,
        "no": None,
        "name": "x",
        "sizes": [1, 2],
        "model": {"depth": 2, "act": {"name": "relu"}},
    }
    with wandb.init(
        project="p", id="mine", config=config, tags=["a", "b"], notes="why", group="g"
    ) as first:
        first.name = "renamed"
        for value in (3.0, 1.0, float("nan"), 2.0):
            first.log({"loss": value, "val": {"acc": value}, "plain": value})
        first.log({"said": "hello"})
        first.summary.update({"plain": 9.0, "verdict": "good"})
        kept = dict(first.config), dict(first.summary)
    with wandb.init(project="p", id="mine", resume="allow") as again:
        assert again.config["model"]["act"]["name"] == again.config["model.act.name"] == "relu"
        assert (dict(again.config), dict(again.summary)) == kept == (config, kept[1])
        assert (again.name, again.notes, again.tags, again.group) == (
            *("renamed", "why", ("a", "b")),
            "g",
        )
        again.config.setdefaults({"lr": 7, "more": 1})
        again.define_metric("loss", summary="min,max,mean,first")
        again.log({"loss": 0.5})
        said = {"min": 0.5, "max": 3.0, "mean": 6.5 / 4, "first": 3.0}
        assert again.summary["loss"] == said
    assert read(again).params["lr"] == 0.5


def test_a_setting_that_was_changed_is_resumed_as_changed() -> None:
    first = wandb.init(project="p", id="mine", config={"lr": 1})
    with pytest.warns(UserWarning, match="keeps its first value"):
        first.config.update({"lr": 2}, allow_val_change=True)
    first.finish()
    with wandb.init(project="p", id="mine", resume="must") as again:
        assert dict(again.config) == {"lr": 2}
        assert dict(again.summary) == {}


def test_parts_of_a_summary_can_be_set_and_left_out(run: wandb.Run) -> None:
    run.log({"g": {"x": 1}, "said": "hello", "other": 1})
    run.summary["g"]["y"] = 2
    assert run.summary["g"] == {"x": 1, "y": 2}
    assert run.summary.get("g.x") == 1
    with pytest.warns(UserWarning, match="what was logged stays in the store"):
        del run.summary["g"]
    del run.summary.said
    assert dict(run.summary) == {"other": 1}
    with pytest.raises(KeyError, match="g"):
        _ = run.summary["g"]
    run.log({"g": {"x": 3}})
    assert run.summary["g"] == {"x": 3}
    assert read(run).metrics["g.y"] == 2


@pytest.mark.parametrize(
    ("flat", "nested"),
    [
        ({"a.b": 1, "a.c.d": 2, "e": 3}, {"a": {"b": 1, "c": {"d": 2}}, "e": 3}),
        ({"a": 1, "a.b": 2}, {"a": 1, "a.b": 2}),
        ({"a.b": 1, "a.b.c": 2}, {"a": {"b": 1}, "a.b.c": 2}),
    ],
)
def test_names_with_dots_become_dicts_where_they_can(
    flat: dict[str, Any], nested: dict[str, Any]
) -> None:
    assert nest(flat, flat) == nested
    assert nest(flat, ()) == flat
    assert {key: look_up(nested, key) for key in flat} == flat


@pytest.mark.parametrize("channels", [1, 3, 4])
@pytest.mark.parametrize("first", [True, False])
def test_a_batch_of_pictures_is_a_grid(run: wandb.Run, channels: int, first: bool) -> None:
    from PIL import Image as Pictures

    batch = np.zeros((10, 5, 6, channels), np.uint8)
    batch += np.arange(1, 11, dtype=np.uint8)[:, None, None, None]
    given = np.moveaxis(batch, -1, 1) if first else batch
    run.log({"grid": wandb.Image(given), "one": wandb.Image(given[:1])})
    found = read(run)
    pictures = {
        one.key: np.asarray(Pictures.open(found.folder / "artifacts" / one.path))
        for one in found.artifacts
    }
    grid = pictures["grid"].reshape(16, 66, channels)
    assert (grid[0] == 0).all()
    for number in range(10):
        row, column = divmod(number, 8)
        top, left = 2 + row * 7, 2 + column * 8
        assert (grid[top : top + 5, left : left + 6] == number + 1).all()
    assert pictures["one"].reshape(5, 6, channels).tolist() == batch[0].tolist()


def test_a_batch_of_nothing_is_refused() -> None:
    with pytest.raises(InvalidValue, match=r"An image can't have the shape \(0, 4, 4, 3\)"):
        wandb.Image(np.zeros((0, 4, 4, 3)))


@pytest.mark.parametrize("name", ["Molecule", "EvalTable", "no_such_call", "keras", "Api"])
def test_names_without_a_counterpart_are_said_to_have_none(run: wandb.Run, name: str) -> None:
    assert not hasattr(wandb, name)
    with pytest.raises(UnsupportedCall, match=rf"{name}.*\. (Leave it out|Use |Read )") as caught:
        getattr(wandb, name)
    assert isinstance(caught.value, AttributeError)
    assert not hasattr(run, "use_artifact")
    assert not hasattr(run, "no_such_call")
    assert not hasattr(wandb.plot, "plot_table")


@pytest.mark.parametrize("name", [*INTEGRATIONS, "integration.keras"])
def test_modules_without_a_counterpart_say_what_to_use(name: str) -> None:
    with pytest.raises(ImportError, match=r"runfolio\.compat\.wandb\.\w+ doesn't exist\. \w+"):
        importlib.import_module(f"runfolio.compat.wandb.{name}")


def test_a_name_imported_from_the_package_says_it_too() -> None:
    with pytest.raises(ImportError, match=r"Use RunfolioCallback of runfolio\.keras"):
        exec("from runfolio.compat.wandb import keras")
    with pytest.raises(ModuleNotFoundError, match="No module named"):
        importlib.import_module("runfolio.compat.wandb.no_such_module")


def test_the_finder_is_installed_once() -> None:
    install()
    assert [type(one) for one in sys.meta_path].count(IntegrationFinder) == 1


def test_errors_of_wandb_can_be_caught() -> None:
    with pytest.raises(wandb.Error, match=r"wandb\.log needs a run"):
        wandb.log({"a": 1})
    from runfolio.compat.wandb.errors import AuthenticationError, CommError

    assert issubclass(AuthenticationError, CommError)
    assert not issubclass(NoActiveRun, CommError)


def test_a_config_of_before_the_run_says_so() -> None:
    early = wandb.config
    assert (bool(early), repr(early)) == (False, "<wandb.config before wandb.init()>")
    wandb.init(project="p", config={"lr": 1})
    with pytest.raises(NoActiveRun, match=r"Take wandb\.config again"):
        _ = early.lr
    assert wandb.config.lr == 1


ODD: list[tuple[str, Any, str]] = [
    ("n" * 251, 1, "at most 250 characters, this one has 251"),
    ("n" * 251, "text", "at most 250 characters, this one has 251"),
    ("n" * 251, np.zeros((4, 4, 3)), "at most 250 characters, this one has 251"),
    ("n" * 251, {"inner": 1}, "at most 250 characters, this one has 257"),
    ("", 1, "can't be empty"),
    (" ", "text", "can't be empty"),
    ("odd\ud800", 1, "must be valid Unicode"),
    ("big", 10**400, "must be a real number, not int"),
    ("big", 10**5000, "must be a real number, not int: a number of thousands of digits"),
]


@pytest.mark.parametrize(("key", "value", "reason"), ODD, ids=range(len(ODD)))
def test_an_odd_value_is_left_out_and_the_others_are_logged(
    run: wandb.Run, key: str, value: Any, reason: str
) -> None:
    with pytest.warns(UserWarning, match=rf"is not kept, and the rest is\. .*{reason}") as caught:
        wandb.log({"a": 1, key: value, "b": 2, "said": "x", "curve": np.arange(3)})
    assert len(caught) == 1
    wandb.log({"a": 2, key: value})  # a second warning would be an error
    assert dict(run.summary) == {"a": 2, "b": 2, "said": "x"}
    found = read(run)
    assert (history(found, "a"), history(found, "b")) == ([(0, 1), (1, 2)], [(0, 2)])
    assert (found.tags["said"], set(found.metrics)) == ("x", {"a", "b"})
    assert [one.key for one in found.artifacts] == ["curve"]


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (np.array(["a", "b"]), '["a", "b"]'),
        (np.array(["a"]), '["a"]'),
        (np.str_("a"), "a"),
        (np.array([{"x": 1}, None], dtype=object), '[{"x": 1}, null]'),
        (np.array(["2026-01-02"], dtype="datetime64[D]"), '["2026-01-02"]'),
        (np.array([1j, 2]), '["1j", "(2+0j)"]'),
    ],
)
def test_arrays_of_no_numbers_are_texts(run: wandb.Run, value: Any, text: str) -> None:
    wandb.log({"odd": value})
    assert read(run).tags["odd"] == text


def test_odd_values_of_a_summary_are_left_out(run: wandb.Run) -> None:
    with pytest.warns(UserWarning, match=r"wandb\.summary: 'big' is not kept"):
        run.summary.update({"big": 10**400, "fine": 1})
    assert set(read(run).metrics) == {"fine"}


def test_odd_settings_are_left_out_of_the_parameters() -> None:
    config = {"k" * 300: 1, "": 2, "huge": 10**5000, "lr": 0.5}
    with pytest.warns(UserWarning, match=r"wandb\.config: .* is not kept") as caught:
        run = wandb.init(project="p", config=config)
    assert len(caught) == 3
    assert run.config["k" * 300] == 1
    assert dict(read(run).params) == {"lr": 0.5}


@pytest.mark.parametrize("step", [51.7, 7.0, "7"])
def test_a_step_that_is_no_integer_is_refused(run: wandb.Run, step: Any) -> None:
    with pytest.raises(InvalidValue, match=rf"A step must be an integer, not .*{step}"):
        wandb.log({"a": 1}, step=step)
    wandb.log({"a": 1}, step=np.int64(3))
    assert history(read(run), "a") == [(3, 1)]


class Slow:
    """A medium that takes long enough for other threads to log meanwhile."""

    def keep(self, at: Any) -> None:
        time.sleep(0.0002)


def test_threads_each_get_steps_of_their_own(run: wandb.Run) -> None:
    start = threading.Barrier(4)

    def train() -> None:
        start.wait()
        for number in range(200):
            wandb.log({"a": number, "slow": Slow()})

    threads = [threading.Thread(target=train) for _ in range(4)]
    for one in threads:
        one.start()
    for one in threads:
        one.join()
    assert run.step == 800
    assert [step for step, _ in history(read(run), "a")] == list(range(800))


TENSORS = """
import warnings
import torch
import runfolio
import runfolio.compat.wandb as wandb

with warnings.catch_warnings(record=True) as caught:
    warnings.simplefilter("always")
    run = wandb.init(project="p")
    batch = torch.rand(2, 3, 4, 4, requires_grad=True)
    wandb.log({"grid": wandb.Image(batch), "odd": torch.zeros(3, dtype=torch.complex64),
               "odd/one": torch.tensor(1j), "curve": torch.rand(5), "loss": torch.tensor(2.0)})
wandb.finish()
print(*sorted(str(one.message).split(" is not kept")[0] for one in caught), sep=";")
found = runfolio.get_run(run.tracked.id)
print(dict(found.metrics), sorted(one.key for one in found.artifacts))
"""


def test_tensors_that_can_not_be_kept_leave_the_others(tmp_path: Path) -> None:
    said, kept = run_apart("frameworks", TENSORS, cwd=tmp_path).splitlines()
    assert said == "wandb.log: 'odd';wandb.log: 'odd/one'"
    assert kept == "{'loss': 2.0} ['curve', 'grid']"


def test_a_run_on_object_storage_is_renamed_and_resumed(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("RUNFOLIO_STORE", "memory://wandb/calls")
    with wandb.init(project="p", id="mine", config={"model": {"depth": 2}}) as first:
        first.name = "renamed"
        first.log({"loss": 0.5})
    with wandb.init(project="p", id="mine", resume="must") as again:
        assert (again.name, dict(again.config)) == ("renamed", {"model": {"depth": 2}})
        assert dict(again.summary) == {"loss": 0.5}
    assert read(again).name == "renamed"
