"""Reading what Hugging Face's Trainer writes."""

from __future__ import annotations

import json
import os
import shutil
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.errors import TrainerStateUnreadable
from runfolio.sources.place import Place
from runfolio.sources.trainer.runs import SOURCE
from tests.environment.apart import run_apart
from tests.samples import sample
from tests.sources.reads import points_of, read_all

WRITE = """
import torch
from transformers import Trainer, TrainingArguments

class Model(torch.nn.Module):
    def __init__(self):
        super().__init__()
        self.line = torch.nn.Linear(2, 1)
    def forward(self, x=None, labels=None):
        found = self.line(x)
        return {"loss": ((found - labels) ** 2).mean(), "logits": found}

data = [{"x": torch.rand(2), "labels": torch.rand(1)} for _ in range(8)]
arguments = TrainingArguments(
    output_dir="out", num_train_epochs=2, per_device_train_batch_size=4, logging_steps=1,
    save_strategy="epoch", eval_strategy="epoch", report_to=[], use_cpu=True,
    metric_for_best_model="eval_b_loss", load_best_model_at_end=True, disable_tqdm=True,
)
trainer = Trainer(
    model=Model(), args=arguments, train_dataset=data, eval_dataset={"a": data, "b": data}
)
trainer.train()
trainer.save_state()
trainer.save_metrics("test", trainer.evaluate(data, metric_key_prefix="test"))
"""


def write_state(folder: Path, steps: int, *, shift: float = 0.0, **more: Any) -> Path:
    """The state of a training after some steps, with an evaluation at every second one."""
    history: list[dict[str, Any]] = []
    for step in range(1, steps + 1):
        history.append({"epoch": step / 2, "loss": 1 / step + shift, "step": step})
        if step % 2 == 0:
            history += [
                {"epoch": step / 2, f"eval_{one}_loss": 2 / step, "step": step} for one in "ab"
            ]
    folder.mkdir(parents=True, exist_ok=True)
    state = {"global_step": steps, "max_steps": 6, "log_history": history} | more
    (folder / "trainer_state.json").write_text(json.dumps(state))
    return folder / "trainer_state.json"


@pytest.fixture
def training(tmp_path: Path) -> Path:
    """A training of six steps with its checkpoints after two and four."""
    folder = tmp_path / "store" / "out"
    write_state(folder / "checkpoint-2", 2)
    write_state(folder / "checkpoint-4", 4)
    write_state(folder, 6, best_metric=0.25, best_model_checkpoint="out/checkpoint-4")
    return folder


def test_a_real_training() -> None:
    found = read_all(SOURCE, sample("hf_trainer", "aigoncharov"))
    assert not found.skipped
    [run] = found.runs
    assert sum(len(series.steps) for series in run.metrics if series.key != "epoch") == (
        186 * 5 + 30 * 3
    )
    assert points_of(run, "eval_g0_accuracy")[0] == (0, 0.7082294264339152)
    assert len(points_of(run, "epoch")) == 31
    assert run.params["num_train_epochs"] == 30


def test_what_the_trainer_writes(tmp_path: Path) -> None:
    run_apart("frameworks", WRITE, cwd=tmp_path)
    found = read_all(SOURCE, tmp_path)
    assert not found.skipped
    [run] = found.runs
    assert run.name == "out"
    assert run.experiment == tmp_path.name
    assert [step for step, _ in points_of(run, "loss")] == [1, 2, 3, 4]
    assert [step for step, _ in points_of(run, "eval_a_loss")] == [2, 4]
    assert [step for step, _ in points_of(run, "eval_b_loss")] == [2, 4]
    assert [step for step, _ in points_of(run, "train_loss")] == [4]
    assert [step for step, _ in points_of(run, "test_loss")] == [4]
    assert run.params["train_batch_size"] == 4
    assert float(run.tags["best_metric"]) == min(
        value for _, value in points_of(run, "eval_b_loss")
    )
    assert Path(run.tags["best_model_checkpoint"]).name.startswith("checkpoint-")


def test_checkpoints_of_one_training_are_one_run(training: Path) -> None:
    [run] = read_all(SOURCE, training).runs
    assert points_of(run, "loss") == [(step, 1 / step) for step in range(1, 7)]
    assert points_of(run, "eval_a_loss") == [(2, 1.0), (4, 0.5), (6, 1 / 3)]
    assert run.tags == {"best_metric": "0.25", "best_model_checkpoint": "out/checkpoint-4"}


def test_what_only_a_checkpoint_has_is_kept(training: Path) -> None:
    write_state(training, 2)
    [run] = read_all(SOURCE, training).runs
    assert [step for step, _ in points_of(run, "loss")] == [1, 2, 3, 4]
    state = json.loads((training / "checkpoint-2" / "trainer_state.json").read_text())
    state["log_history"].append({"step": 2, "eval_c_loss": 7.0})
    (training / "checkpoint-2" / "trainer_state.json").write_text(json.dumps(state))
    [run] = read_all(SOURCE, training).runs
    assert points_of(run, "eval_c_loss") == [(2, 7.0)]
    assert len(points_of(run, "loss")) == 4


def test_checkpoints_of_an_older_training_are_a_run_of_their_own(training: Path) -> None:
    write_state(training / "checkpoint-8", 8, shift=1.0)
    runs = read_all(SOURCE, training).runs
    assert [run.name for run in runs] == ["out/checkpoint-8", "out"]
    assert [len(points_of(run, "loss")) for run in runs] == [8, 6]
    assert runs[0].identity != runs[1].identity


@pytest.mark.parametrize("path", [".", "out", "out/checkpoint-4", "out/trainer_state.json"])
def test_it_is_found_from_anywhere(training: Path, path: str) -> None:
    place = training.parent / path
    assert SOURCE.finds(Place(place))
    [run] = read_all(SOURCE, place).runs
    assert run.name == "out"
    assert points_of(run, "loss")[:4] == [(1, 1.0), (2, 0.5), (3, 1 / 3), (4, 0.25)]


def test_a_file_of_another_name(training: Path) -> None:
    copy = training.parent / "state of last week.json"
    shutil.copy(training / "trainer_state.json", copy)
    assert SOURCE.finds(Place(copy))
    assert len(read_all(SOURCE, copy).runs) == 1
    copy.write_text('{"log_history_of": []}')
    assert not SOURCE.finds(Place(copy))


def test_parameters_from_the_files_beside(training: Path) -> None:
    (training / "config.json").write_text(
        json.dumps({"hidden_size": 8, "id2label": {"0": "a"}, "rope": {"theta": 1e4}})
    )
    (training / "README.md").write_text(
        "# Model\n- not: this\n### Training hyperparameters\n\nThese were used:\n"
        "- learning_rate: 5e-05\n- optimizer: Use adamw\n### Results\n- other: 1\n"
    )
    (training / "training_args.bin").write_bytes(b"\x80\x04cos\nsystem\n")
    [run] = read_all(SOURCE, training).runs
    assert run.params["model.hidden_size"] == 8
    assert run.params["model.rope.theta"] == 1e4
    assert run.params["learning_rate"].number == 5e-05
    assert run.params["optimizer"].text == "Use adamw"
    assert not {"not", "other", "model.id2label.0"} & run.params.keys()


def test_results_that_stand_in_no_history(training: Path) -> None:
    results = {"test_accuracy": 0.5, "loss": 9.0, "name": "x", "ok": True}
    (training / "all_results.json").write_text(json.dumps(results))
    [run] = read_all(SOURCE, training).runs
    assert points_of(run, "test_accuracy") == [(6, 0.5)]
    assert (6, 9.0) not in points_of(run, "loss")


def test_the_name_of_a_run_stays_when_it_grows_and_moves(training: Path, tmp_path: Path) -> None:
    (training / "trainer_state.json").unlink()
    [before] = read_all(SOURCE, training.parent).runs
    write_state(training, 6)
    shutil.rmtree(training / "checkpoint-2")
    shutil.move(tmp_path / "store", tmp_path / "moved")
    [after] = read_all(SOURCE, tmp_path / "moved").runs
    assert after.identity == before.identity
    assert len(points_of(after, "loss")) == 6


def test_odd_values_are_told(training: Path) -> None:
    history = [
        {"step": 1, "loss": 1.0, "report": {"f1": 0.5, "text": "x"}, "huge": 10**400},
        {"loss": 2.0},
        {"step": True, "loss": 3.0},
        ["step"],
        {"step": 10**30, "loss": 4.0},
        {"step": 2, "loss": float("nan")},
    ]
    write_state(training, 6, log_history=history)
    shutil.rmtree(training / "checkpoint-2")
    shutil.rmtree(training / "checkpoint-4")
    found = read_all(SOURCE, training)
    [run] = found.runs
    assert points_of(run, "report.f1") == [(1, 0.5)]
    assert [str(point) for point in points_of(run, "loss")] == ["(1, 1.0)", "(2, nan)"]
    reasons = [one.reason for one in found.skipped]
    assert reasons[:4] == [f"entry {number} of its history has no step" for number in (2, 3, 4, 5)]
    assert reasons[4] == "'report.text' holds no numbers, such as 'x'"
    assert reasons[5].startswith("'huge' holds no numbers, such as '1000")


def test_every_truncation_leaves_the_other_states(training: Path) -> None:
    file = training / "trainer_state.json"
    content = file.read_bytes()
    for length in range(0, len(content), 7):
        file.write_bytes(content[:length])
        found = read_all(SOURCE, training)
        [run] = found.runs
        assert len(points_of(run, "loss")) == 4
        assert [one.path for one in found.skipped] == [str(file)]
    with pytest.raises(TrainerStateUnreadable, match=r"trainer_state\.json.*--strict"):
        read_all(SOURCE, training, strict=True)


@pytest.mark.parametrize("content", ["[]", "{}", '{"log_history": 3}', "[" * 100_000])
def test_other_json_is_told(training: Path, content: str) -> None:
    (training / "trainer_state.json").write_text(content)
    found = read_all(SOURCE, training)
    assert [Path(one.path).name for one in found.skipped] == ["trainer_state.json"]
    assert len(found.runs) == 1


values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=5),
    lambda inner: (
        st.lists(inner, max_size=3)
        | st.dictionaries(st.sampled_from(["step", "loss", "epoch", "a"]), inner, max_size=4)
    ),
    max_leaves=8,
)


@given(history=st.lists(values, max_size=5), more=values)
def test_any_json_is_read_or_skipped(
    tmp_path_factory: pytest.TempPathFactory, history: list[Any], more: Any
) -> None:
    folder = tmp_path_factory.mktemp("any")
    write_state(folder, 2, log_history=history, global_step=more, max_steps=more, best_metric=more)
    write_state(folder / "checkpoint-1", 1, trial_params=more)
    (folder / "all_results.json").write_text(json.dumps(more))
    (folder / "config.json").write_text(json.dumps(more))
    assert read_all(SOURCE, folder).runs


def test_links_and_pipes_are_not_followed(training: Path, tmp_path: Path) -> None:
    other = tmp_path / "other"
    other.mkdir()
    (other / "trainer_state.json").symlink_to(training / "trainer_state.json")
    assert not SOURCE.finds(Place(other))
    (training / "config.json").symlink_to(tmp_path / "secret.json")
    (tmp_path / "secret.json").write_text('{"password": "x"}')
    os.mkfifo(training / "all_results.json")
    os.mkfifo(training / "README.md")
    [run] = read_all(SOURCE, training).runs
    assert "model.password" not in run.params
