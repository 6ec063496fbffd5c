"""A run as W&B's code sees it."""

from __future__ import annotations

import os
import time
from collections.abc import Mapping, Sequence
from pathlib import Path
from types import TracebackType
from typing import Any, Self, SupportsIndex

from runfolio.compat.wandb.artifacts import Artifact
from runfolio.compat.wandb.configs import Config
from runfolio.compat.wandb.earlier import Earlier
from runfolio.compat.wandb.identity import Identity
from runfolio.compat.wandb.keeping import keep_row
from runfolio.compat.wandb.refusals import (
    UnknownName,
    refuse_name,
    warn_skipped,
    warn_unsupported,
)
from runfolio.compat.wandb.rows import Logged, sort_value
from runfolio.compat.wandb.summaries import OFFERED, Definition, Known, Summary, Tally
from runfolio.errors import InvalidPath, InvalidValue
from runfolio.schema import FAILED, FINISHED, SYSTEM_PREFIX
from runfolio.tracking.run import Run
from runfolio.tracking.values import check_step


class LiveRun(Identity):
    """A run to log to, with W&B's names; `tracked` is the run of Runfolio below it."""

    def __init__(
        self, tracked: Run, options: Mapping[str, Any], earlier: Earlier | None = None
    ) -> None:
        super().__init__(tracked, options, earlier)
        self._known = earlier.known if earlier else Known()
        self._saved: dict[Path, tuple[str | None, tuple[int, int]]] = {}
        steps = tracked._next_steps.items()
        self._step = max(
            (one for key, one in steps if not key.startswith(SYSTEM_PREFIX)), default=0
        )
        known = earlier.config if earlier else {}
        self.config = Config(tracked, known, changeable=self._is_changeable())
        self.summary = Summary(self._known, self._keep_summary)

    def _is_changeable(self) -> bool:
        return bool(self._options.get("allow_val_change", self.resumed))

    def __getattr__(self, name: str) -> Any:
        if name.startswith("_"):
            raise AttributeError(f"A run has no {name!r}.")
        if name in REFUSED_VERBS:
            raise refuse_name(name)
        raise UnknownName(
            f"A run has no {name!r}: Runfolio takes W&B's calls that log, and this is none of "
            "them. Leave it out."
        )

    @property
    def step(self) -> int:
        """The step that the next row is logged at."""
        return self._step

    def log(
        self,
        data: Mapping[str, Any],
        step: SupportsIndex | None = None,
        commit: bool | None = None,
        sync: bool | None = None,
    ) -> None:
        """Log a row of values at the current step, and go on to the next one.

        With `commit=False`, or with `step`, later calls add to the same row. Nothing waits: each
        value is kept at once, and one for an earlier step is kept at that step. A value that
        can't be kept is left out, with one warning for its name.
        """
        if not isinstance(data, Mapping):
            raise InvalidValue(f"A row is a dict of names and values, not {data!r}.")
        given = None if step is None else check_step(step)
        logged = Logged()
        for key, value in data.items():
            sort_value(logged, str(key), value)
        finished = commit if commit is not None else step is None
        with self.tracked._lock:
            target = self._step if given is None else given
            keep_row(self.tracked, logged, target)
            self._count(logged)
            self._step = max(self._step, target + 1 if finished else target)
        for key, error in logged.refused.items():
            warn_skipped("log", key, error)

    def _count(self, logged: Logged) -> None:
        """Let the summary know of a row."""
        for key, value in logged.numbers.items():
            self._known.tallies.setdefault(key, Tally()).add(float(value))
        self._known.texts |= logged.texts
        self._known.nested |= logged.nested

    def _keep_summary(self, key: str, value: Any) -> None:
        """Keep what the program says of the whole run, beside the curve of that name if any."""
        logged = Logged()
        sort_value(logged, key, value)
        logged.numbers = {
            f"summary/{name}" if name in self._known.tallies else name: number
            for name, number in logged.numbers.items()
        }
        keep_row(self.tracked, logged, self._step)
        for name, error in logged.refused.items():
            warn_skipped("summary", name, error)

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
        self,
        glob_str: str | os.PathLike[str] | None = None,
        base_path: Any = None,
        policy: str = "live",
        glob: bool = True,
    ) -> bool | list[str]:
        """Keep the files that a pattern names, and again when the run ends if they changed.

        Without a pattern nothing has to be saved: what is logged is kept at once.
        """
        if glob_str is None:
            warn_unsupported("save()", "nothing to save: what is logged is kept at once.")
            return True
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

    def log_code(
        self,
        root: str | os.PathLike[str] | None = ".",
        name: str | None = None,
        include_fn: Any = None,
        exclude_fn: Any = None,
    ) -> None:
        """Keep the source files of a folder; which ones they are is not asked of functions."""
        if include_fn is not None or exclude_fn is not None:
            warn_unsupported(
                "log_code(include_fn=…, exclude_fn=…)",
                "the usual source files are kept. Use runfolio.log_code(include=…, exclude=…).",
            )
        try:
            self.tracked.log_code(root or ".")
        except (InvalidPath, InvalidValue) as error:
            warn_skipped("log_code", str(root), error)

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
