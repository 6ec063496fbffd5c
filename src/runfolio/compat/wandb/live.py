"""A run as W&B's code sees it."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self

from runfolio.compat.wandb.artifacts import Artifact
from runfolio.compat.wandb.configs import Config
from runfolio.compat.wandb.options import join_labels
from runfolio.compat.wandb.places import At
from runfolio.compat.wandb.refusals import refuse, warn_unsupported
from runfolio.compat.wandb.rows import Logged, sort_value
from runfolio.compat.wandb.summaries import OFFERED, Definition, Known, Summary, Tally
from runfolio.errors import InvalidPath, InvalidValue
from runfolio.schema import FAILED, FINISHED
from runfolio.tracking.run import Run


class LiveRun:
    """A run to log to, with W&B's names; `tracked` is the run of Runfolio below it."""

    def __init__(self, tracked: Run, options: Mapping[str, Any], config: dict[str, Any]) -> None:
        self.tracked = tracked
        self.id: str = str(options.get("id", tracked.id))
        self.resumed: bool = tracked._resumed
        self.start_time = time.time()
        self._options = dict(options)
        self._known = Known()
        self._saved: dict[Path, tuple[str | None, tuple[int, int]]] = {}
        self._step = max(
            (step for key, step in tracked._next_steps.items() if not key.startswith("system/")),
            default=0,
        )
        self.config = Config(tracked, config, changeable=self._is_changeable())
        self.summary = Summary(self._known, self._keep_summary)

    def _is_changeable(self) -> bool:
        return bool(self._options.get("allow_val_change", self.resumed))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"A run has no {name!r}.")
        raise refuse(name) if name in REFUSED_VERBS else AttributeError(f"A run has no {name!r}.")

    @property
    def name(self) -> str:
        """The run's name for people."""
        return self.tracked.name

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
    def step(self) -> int:
        """The step that the next row is logged at."""
        return self._step

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
    def tags(self, labels: Sequence[str]) -> None:
        self._options["tags"] = list(labels)
        self.tracked.set_tag("tags", join_labels(labels))

    @property
    def notes(self) -> str | None:
        """The run's note."""
        return self._options.get("notes")

    @notes.setter
    def notes(self, note: str) -> None:
        self._options["notes"] = note
        self.tracked.set_note(note)

    def log(
        self,
        data: Mapping[str, Any],
        step: int | None = None,
        commit: bool | None = None,
        sync: bool | None = None,
    ) -> None:
        """Log a row of values at the current step, and go on to the next one.

        With `commit=False`, or with `step`, later calls add to the same row. Nothing waits: each
        value is kept at once, and one for an earlier step is kept at that step.
        """
        if not isinstance(data, Mapping):
            raise InvalidValue(f"A row is a dict of names and values, not {data!r}.")
        target = self._step if step is None else int(step)
        logged = Logged()
        for key, value in data.items():
            sort_value(logged, str(key), value)
        self._keep(logged, target)
        finished = commit if commit is not None else step is None
        self._step = max(self._step, target + 1 if finished else target)

    def _keep(self, logged: Logged, step: int) -> None:
        if logged.numbers:
            self.tracked.log_metrics(logged.numbers, step=step)
        for key, value in logged.numbers.items():
            self._known.tallies.setdefault(key, Tally()).add(float(value))
        if logged.texts:
            self.tracked.set_tags(logged.texts)
            self._known.texts |= logged.texts
        for key, medium in logged.media:
            medium.keep(At(self.tracked, key, step))

    def _keep_summary(self, key: str, value: Any) -> None:
        """Keep what the program says of the whole run, beside the curve of that name if any."""
        logged = Logged()
        sort_value(logged, key, value)
        logged.numbers = {
            f"summary/{name}" if name in self._known.tallies else name: number
            for name, number in logged.numbers.items()
        }
        if logged.numbers:
            self.tracked.log_metrics(logged.numbers, step=self._step)
        if logged.texts:
            self.tracked.set_tags(logged.texts)
        for name, medium in logged.media:
            medium.keep(At(self.tracked, name, self._step))

    def define_metric(
        self,
        name: str,
        step_metric: Any = None,
        step_sync: bool | None = None,
        hidden: bool | None = None,
        summary: str | None = None,
        goal: str | None = None,
        overwrite: bool | None = None,
    ) -> None:
        """Say what the summary holds of the metrics that `name` names, which may have a ``*``."""
        words = tuple(word.strip() for word in (summary or "").split(",") if word.strip())
        unknown = [word for word in words if word not in OFFERED]
        if unknown:
            raise InvalidValue(f"A summary is one of {', '.join(OFFERED)}, not {unknown[0]!r}.")
        self._known.definitions.append(Definition(name, words, goal))
        if step_metric is not None:
            warn_unsupported(
                "define_metric(step_metric=…)",
                "curves are drawn over the step; log with step=… to choose it.",
            )

    def save(
        self, glob_str: str | os.PathLike[str], base_path: Any = None, policy: str = "live"
    ) -> list[str]:
        """Keep the files that a pattern names, and again when the run ends if they changed."""
        pattern = Path(glob_str)
        base = Path(base_path) if base_path else (pattern.parent if pattern.is_absolute() else None)
        root = Path(base or ".")
        inside = pattern.relative_to(root) if pattern.is_absolute() else pattern
        found = sorted(one for one in root.glob(inside.as_posix()) if one.is_file())
        if not found and not any(sign in str(glob_str) for sign in "*?["):
            raise InvalidPath(f"No file at {str(glob_str)!r} to save. Check the path.")
        for path in found:
            above = path.relative_to(root).parent.as_posix()
            self._save(path.absolute(), None if above in (".", "") else above)
        return [os.fspath(path) for path in found]

    def _save(self, path: Path, folder: str | None) -> None:
        self._saved[path] = (folder, _state(path))
        self.tracked.log_artifact(path, folder)

    def log_artifact(
        self,
        artifact_or_path: Artifact | str | os.PathLike[str],
        name: str | None = None,
        type: str | None = None,
        aliases: Sequence[str] | None = None,
        tags: Sequence[str] | None = None,
    ) -> Artifact:
        """Keep the files of an artifact, or a file or folder as one."""
        artifact = artifact_or_path
        if not isinstance(artifact, Artifact):
            path = Path(artifact)
            artifact = Artifact(name or path.name, type or "unspecified")
            if path.is_dir():
                artifact.add_dir(path)
            else:
                artifact.add_file(path)
        artifact.keep_in(self.tracked, aliases or ("latest",))
        return artifact

    def log_model(
        self,
        path: str | os.PathLike[str],
        name: str | None = None,
        aliases: Sequence[str] | None = None,
    ) -> None:
        """Keep a model's file or folder as an artifact."""
        self.log_artifact(path, name or f"run-{self.id}-{Path(path).name}", "model", aliases)

    def alert(
        self, title: str, text: str = "", level: Any = None, wait_duration: Any = None
    ) -> None:
        """Keep a message as a file; it is sent to nobody."""
        said = ": ".join(str(part) for part in (level or "INFO", title, text) if part)
        self.tracked.log_text(f"{said}\n", f"alerts/{time.time_ns() // 1000}.txt")
        warn_unsupported("alert", "the message is kept in the run's alerts, and sent to nobody.")

    def watch(self, *models: Any, **options: Any) -> None:
        """Warn that gradients aren't recorded."""
        warn_unsupported(
            "watch", "gradients and weights aren't recorded. Log wandb.Histogram(…) of them."
        )

    def unwatch(self, *models: Any) -> None:
        """Nothing is watched."""

    def log_code(self, *unused: Any, **options: Any) -> None:
        """Warn that code is captured another way."""
        warn_unsupported(
            "log_code",
            "the script, the commit and what differs from it are captured without it. "
            "Use save(…) to keep more files.",
        )

    def mark_preempting(self) -> None:
        """Nothing to do: a run that is killed can be resumed."""

    def status(self) -> Any:
        """Nothing to wait for."""
        return None

    def finish(self, exit_code: int | None = None, quiet: bool | None = None) -> None:
        """End the run, as failed where `exit_code` is not 0."""
        if self.tracked.live:
            self._save_again()
        self.tracked.finish(FAILED if exit_code else FINISHED)

    def _save_again(self) -> None:
        for path, (folder, state) in self._saved.items():
            if path.is_file() and _state(path) != state:
                self.tracked.log_artifact(path, folder)

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self.tracked.live:
            self._save_again()
        self.tracked.__exit__(kind, error, trace)

    def __repr__(self) -> str:
        return f"<wandb run of {self.tracked!r}>"

    def _repr_html_(self) -> str:
        return self.tracked._repr_html_()


REFUSED_VERBS = ("link_artifact", "link_model", "restore", "use_artifact", "use_model")


def _state(path: Path) -> tuple[int, int]:
    found = path.stat()
    return found.st_mtime_ns, found.st_size
