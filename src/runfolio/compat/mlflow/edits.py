"""All that edits say of a store, read again only when there are new ones.

Beside what Runfolio says of runs and experiments, MLflow's logged models are edits, of the kind
"model": they need no run, merge by copying, and the newest word counts for each key.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from runfolio.store.edited import Said, read_said
from runfolio.store.edits import Edit, read_edits, write_edit
from runfolio.store.registry import MODEL as REGISTERED
from runfolio.store.registry import VERSION
from runfolio.tracking.values import now

MODEL: Final = "model"

_MERGED: Final = ("tags", "params", "outputs", "inputs")


@dataclass(frozen=True, slots=True)
class Words:
    """What edits say; logged `models` are by their ids."""

    said: Said
    models: dict[str, dict[str, Any]] = field(default_factory=dict)
    changed: dict[str, int] = field(default_factory=dict)
    """When each experiment was last changed, by the name it was logged under, in microseconds."""

    changed_models: dict[tuple[str, str], int] = field(default_factory=dict)
    """When each registered model and version was, by the kind and name of its edits."""


class EditLog:
    """Reads and writes the edits of the store in a folder."""

    def __init__(self, root: Path) -> None:
        self._root = root
        self._known: tuple[tuple[str, ...], Words] | None = None

    def read(self) -> Words:
        """Everything said so far."""
        names = self._list()
        known = self._known
        if known is None or known[0] != names:
            # In one step, since threads may read side by side.
            known = self._known = (names, self._read_anew())
        return known[1]

    def _list(self) -> tuple[str, ...]:
        try:
            return tuple(sorted(os.listdir(self._root / "edits")))  # noqa: PTH208
        except FileNotFoundError:
            return ()

    def _read_anew(self) -> Words:
        words = Words(read_said(self._root))
        for edit in read_edits(self._root)[0]:
            if edit.kind == MODEL:
                take_model_edit(words.models.setdefault(edit.name, {}), edit)
            elif edit.kind == "experiment":
                words.changed[edit.name] = edit.time
            elif edit.kind in (REGISTERED, VERSION):
                words.changed_models[edit.kind, edit.name] = edit.time
        return words

    def write(self, kind: str, name: str, changes: dict[str, Any]) -> None:
        """Say something of a run, an experiment, a logged model or a registered one."""
        write_edit(self._root, Edit(now(), kind, name, changes))


def take_model_edit(model: dict[str, Any], edit: Edit) -> None:
    """Put one edit of a model on top of what was said of it before."""
    for key, value in edit.changes.items():
        if key in _MERGED and isinstance(value, dict):
            model[key] = {**model.get(key, {}), **value}
        elif key == "metrics" and isinstance(value, list):
            model[key] = [*model.get(key, []), *value]
        else:
            model[key] = value
    model["changed"] = edit.time
