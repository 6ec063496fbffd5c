"""Hugging Face's Trainer: `trainer_state.json` of a training and of its checkpoints.

A checkpoint's state holds the history up to it, so the states of one training are put together.
`training_args.bin` beside them is a pickle and never opened; what is known of the arguments comes
from the state, from the model card, and from `config.json`.
Source: ``transformers/trainer_callback.py`` (TrainerState).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from runfolio.documents import flatten, read_json, read_text
from runfolio.errors import TrainerStateUnreadable
from runfolio.schema import Series, read_param
from runfolio.sources.columns import MAX_STEP, as_number, file_time
from runfolio.sources.place import Place
from runfolio.sources.reading import Reading
from runfolio.sources.records import ForeignRun, Source
from runfolio.sources.trainer.histories import History, Row, State, group_states

_STATE: Final = "trainer_state.json"
_CHECKPOINT = re.compile(r"checkpoint-\d+")
_SETTINGS: Final = (
    *("num_train_epochs", "max_steps", "train_batch_size"),
    *("logging_steps", "eval_steps", "save_steps"),
)
_TAGS: Final = ("best_metric", "best_global_step", "best_model_checkpoint", "trial_name")
_CONFIGS: Final = {"config.json": "model", "adapter_config.json": "adapter"}
_CARD_LINE = re.compile(r"^- ([a-z_]{1,60}): (\S.{0,500})$", re.MULTILINE)
_CARD_PART: Final = "### Training hyperparameters"


def finds(place: Place) -> bool:
    """Whether there is a `trainer_state.json`, or a file of another name that begins like one."""
    return next(_find_states(place), None) is not None


def read(place: Place, reading: Reading) -> Iterator[ForeignRun]:
    """One run for each training; its times are those of the newest state's file."""
    folders: dict[Path, list[State]] = {}
    for file in _find_states(place):
        with reading.skipping(file, ValueError):
            folders.setdefault(_run_folder(file), []).append(_read_state(file, reading))
    for folder, states in folders.items():
        histories = group_states(states)
        for history in histories:
            with reading.skipping(history.newest.file):
                yield _make_run(folder, history, len(histories) > 1, place, reading)


def _find_states(place: Place) -> Iterator[Path]:
    for file in place.files:
        if file.name == _STATE or (
            file == place.path and file.suffix == ".json" and _begins_like_one(place, file)
        ):
            yield file


def _begins_like_one(place: Place, file: Path) -> bool:
    head = place.head(file, 4096)
    return b'"log_history"' in head and b'"global_step"' in head


def _run_folder(file: Path) -> Path:
    folder = file.parent
    return folder.parent if _CHECKPOINT.fullmatch(folder.name) else folder


def _read_state(file: Path, reading: Reading) -> State:
    content = read_json(file)
    if not isinstance(content, dict) or not isinstance(content.get("log_history"), list):
        raise TrainerStateUnreadable("it has no list 'log_history'.")
    rows: list[Row] = []
    for number, row in enumerate(content["log_history"], 1):
        step = row.get("step") if isinstance(row, dict) else None
        if not isinstance(step, int) or isinstance(step, bool) or abs(step) >= MAX_STEP:
            reading.skip(file, f"entry {number} of its history has no step")
            continue
        with reading.skipping(file, ValueError):
            rows.append(flatten(row))
    return State(file, content, rows)


def _make_run(
    folder: Path, history: History, several: bool, place: Place, reading: Reading
) -> ForeignRun:
    newest = history.newest
    relative = _relative(folder, place)
    name = relative or folder.name
    if several and newest.file.parent != folder:
        name = f"{name}/{newest.file.parent.name}"
    params: dict[str, Any] = {
        key: newest.content[key] for key in _SETTINGS if newest.content.get(key) is not None
    }
    with reading.skipping(newest.file, ValueError):
        params |= flatten(newest.content.get("trial_params") or {}, "")
    beside = dict(_read_beside(folder, newest.file.parent, place, reading))
    return ForeignRun(
        identity="\n".join([relative, *history.first_values()]),
        experiment=place.name if relative else folder.name,
        name=name,
        params=beside | params,
        tags={
            key: str(newest.content[key]) for key in _TAGS if newest.content.get(key) is not None
        },
        metrics=[*history.series(reading), *_read_results(folder, history, place, reading)],
        timed=False,
        guessed=True,
    )


def _relative(folder: Path, place: Place) -> str:
    """The training's folder below the place; empty where it is the place, or around it."""
    root = place.folder
    if folder == root or not folder.is_relative_to(root):
        return ""
    return folder.relative_to(root).as_posix()


def _read_beside(
    folder: Path, newest: Path, place: Place, reading: Reading
) -> Iterator[tuple[str, Any]]:
    """Parameters from the files around a state: the model's configuration and its card."""
    for at in dict.fromkeys((newest, folder)):
        for name, prefix in _CONFIGS.items():
            if place.holds(at / name):
                with reading.skipping(at / name, ValueError):
                    yield from _read_config(at / name, prefix)
        if place.holds(at / "README.md"):
            with reading.skipping(at / "README.md", ValueError):
                yield from _read_card(at / "README.md")


def _read_config(file: Path, prefix: str) -> Iterator[tuple[str, Any]]:
    content = read_json(file)
    if not isinstance(content, dict):
        raise TrainerStateUnreadable("it holds no names with values.")
    for key, value in content.items():
        if key not in ("id2label", "label2id"):  # one entry for each class, no settings
            yield from flatten(value, f"{prefix}.{key}").items()


def _read_card(file: Path) -> Iterator[tuple[str, Any]]:
    _, found, part = read_text(file, limit=1 << 20).partition(_CARD_PART)
    if found:
        for key, value in _CARD_LINE.findall(part.partition("\n#")[0]):
            yield key, read_param(value.strip())


def _read_results(
    folder: Path, history: History, place: Place, reading: Reading
) -> Iterator[Series]:
    """The results that were saved at the end and stand in no history, such as those of a test."""
    file = folder / "all_results.json"
    if not place.holds(file):
        return
    with reading.skipping(file, ValueError):
        content = read_json(file)
        if not isinstance(content, Mapping):
            raise TrainerStateUnreadable("it holds no names with values.")
        for key, value in content.items():
            number = None if isinstance(value, str) else as_number(value)
            if number is not None and key not in history.keys:
                yield Series(key, [history.last_step], [file_time(file)], [number])


SOURCE = Source("trainer", "Hugging Face's Trainer", TrainerStateUnreadable, finds, read)
