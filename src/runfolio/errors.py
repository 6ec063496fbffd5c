"""Every error Runfolio raises on purpose.

A class names a situation. A message says what failed, shows the value with ``repr`` and names the
next step, so that one line is enough to act on. Only the command line turns them into exit codes.
"""

# A class names a situation, which reads better without an "Error" at its end.
# ruff: noqa: N818

from __future__ import annotations


class RunfolioError(Exception):
    """Something Runfolio was asked for can't be done; the message says what to do instead."""


class InvalidName(RunfolioError):
    """A name of an experiment, run, parameter, metric or tag is empty, too long or no text."""


class InvalidValue(RunfolioError):
    """A value can't be kept: a metric that is no number, a step that is no integer, and so on."""


class InvalidPath(RunfolioError):
    """An artifact path would leave its run, or is no usable relative path."""


class ParameterConflict(RunfolioError):
    """A parameter was logged again with another value."""


class NoActiveRun(RunfolioError):
    """A module-level verb was called while no run was active."""


class RunAlreadyActive(RunfolioError):
    """A second run was started beside an active one without saying that it is nested."""


class RunFinished(RunfolioError):
    """Something was logged to a run that has ended, or that belongs to another process."""


class MissingDependency(RunfolioError):
    """An optional library is needed for what was asked and is not installed."""


class StoreNotFound(RunfolioError):
    """There is no run store at the path that was given."""


class StoreUnreachable(RunfolioError):
    """The object storage that holds the store can't be reached, or refuses to be read."""


class StoreTooNew(RunfolioError):
    """The store was written in a format newer than this version reads."""


class StoreDamaged(RunfolioError):
    """A file of the store can't be read as what it should be; `path` is the file, where known."""

    def __init__(self, message: str, path: str | None = None) -> None:
        super().__init__(message)
        self.path = path


class StoreWriteFailed(RunfolioError):
    """The operating system refused a write: a full disk, a quota, a read-only folder."""


class RunNotFound(RunfolioError):
    """No run, or more than one, answers to the id that was given."""


class ExperimentNotFound(RunfolioError):
    """No experiment of that name is in the store."""


class OutputRefused(RunfolioError):
    """The output folder is not ours to replace."""


class TemplateFailed(RunfolioError):
    """A page template is missing, or names a value that does not exist."""


class InvalidFilter(RunfolioError):
    """A filter can't be read; `column` (from 1) is where, counted in characters of the filter."""

    def __init__(self, message: str, column: int | None = None) -> None:
        super().__init__(message)
        self.column = column


class InvalidOrder(RunfolioError):
    """An ordering can't be read; `column` (from 1) is where in its clause."""

    def __init__(self, message: str, column: int | None = None) -> None:
        super().__init__(message)
        self.column = column


class SourceNotRecognised(RunfolioError):
    """What lies at a path is no store of any tool known here, or not of the kind that was said."""


class SourceUnreadable(RunfolioError):
    """A file of another tool's store can't be read; each format has a class of its own."""


class AimUnreadable(SourceUnreadable):
    """A part of an Aim repository can't be read."""


class DvcliveUnreadable(SourceUnreadable):
    """A file of a DVCLive folder, or an experiment in git, can't be read."""


class KerasLogUnreadable(SourceUnreadable):
    """A file that Keras' CSVLogger wrote can't be read."""


class LightningLogUnreadable(SourceUnreadable):
    """A file that Lightning's CSVLogger wrote can't be read."""


class MlflowUnreadable(SourceUnreadable):
    """A part of an MLflow store can't be read."""


class NeptuneUnreadable(SourceUnreadable):
    """A file of Neptune's exporter can't be read."""


class OptunaUnreadable(SourceUnreadable):
    """A part of an Optuna storage can't be read."""


class SacredUnreadable(SourceUnreadable):
    """A run of a Sacred FileStorageObserver can't be read."""


class TableUnreadable(SourceUnreadable):
    """A CSV or JSONL file can't be read as runs, or lacks a column that was named."""


class TensorboardUnreadable(SourceUnreadable):
    """A TensorBoard event file can't be read."""


class TrackioUnreadable(SourceUnreadable):
    """A part of a Trackio store can't be read."""


class TrainerStateUnreadable(SourceUnreadable):
    """A trainer_state.json of Hugging Face's Trainer can't be read."""


class UltralyticsUnreadable(SourceUnreadable):
    """A results.csv of Ultralytics can't be read."""


class WandbUnreadable(SourceUnreadable):
    """A W&B run folder or .wandb file can't be read."""


class UnsupportedCall(RunfolioError):
    """Another tracker's call has no counterpart here, and going on without it would lose data."""
