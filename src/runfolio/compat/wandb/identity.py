"""What a run is called and belongs to, with W&B's names."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from typing import Any

from runfolio.compat.wandb.earlier import Earlier
from runfolio.compat.wandb.options import join_labels
from runfolio.schema import check_name
from runfolio.store.edits import Edit, write_edit
from runfolio.tracking.run import Run
from runfolio.tracking.values import now


class Identity:
    """The part of a run that says what it is; `tracked` is the run of Runfolio below it."""

    sweep_id: None = None
    sweep_url: None = None

    def __init__(self, tracked: Run, options: Mapping[str, Any], earlier: Earlier | None) -> None:
        self.tracked = tracked
        self.id: str = str(options.get("id", tracked.id))
        self.resumed: bool = tracked._resumed
        self.start_time = time.time()
        self._options = (earlier.options if earlier else {}) | dict(options)
        self._name = earlier.name if earlier else tracked.name

    @property
    def name(self) -> str:
        """The run's name for people."""
        return self._name

    @name.setter
    def name(self, name: str) -> None:
        changes = {"name": check_name(name, "run")}
        write_edit(self.tracked._place, Edit(now(), "run", self.tracked.id, changes))
        self._name = name

    @property
    def project(self) -> str:
        """The project, which is the experiment."""
        return self.tracked.experiment

    @property
    def entity(self) -> str:
        """Whom W&B would say the run belongs to."""
        return str(self._options.get("entity", ""))

    @property
    def group(self) -> str:
        """The group of runs that it is one of."""
        return str(self._options.get("group", ""))

    @property
    def job_type(self) -> str:
        """What kind of work it does."""
        return str(self._options.get("job_type", ""))

    @property
    def path(self) -> str:
        """What W&B would find the run by."""
        return "/".join(part for part in (self.entity, self.project, self.id) if part)

    @property
    def dir(self) -> str:
        """The folder that holds the run's files."""
        return os.fspath(self.tracked.folder)

    @property
    def url(self) -> str:
        """The address of the run's folder."""
        return self.tracked.url

    @property
    def disabled(self) -> bool:
        """Whether nothing of the run is kept."""
        return self._options.get("mode") == "disabled"

    @property
    def offline(self) -> bool:
        """Always: there is no server."""
        return True

    @property
    def tags(self) -> tuple[str, ...]:
        """The run's labels, which are one tag called ``tags``."""
        return tuple(self._options.get("tags") or ())

    @tags.setter
    def tags(self, labels: Sequence[str] | None) -> None:
        labels = [labels] if isinstance(labels, str) else list(labels or ())
        self._options["tags"] = labels
        self.tracked.set_tag("tags", join_labels(labels))

    @property
    def notes(self) -> str | None:
        """The run's note."""
        return self._options.get("notes")

    @notes.setter
    def notes(self, note: str | None) -> None:
        self._options["notes"] = note
        self.tracked.set_note(note or "")
