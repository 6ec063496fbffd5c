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
    """A path can be none, or an artifact path would leave its run or is no usable relative path."""


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


class FilesExhausted(RunfolioError):
    """This process, or the system, has as many files open as it may."""


class RunNotFound(RunfolioError):
    """No run, or more than one, answers to the id that was given."""


class ExperimentNotFound(RunfolioError):
    """No experiment of that name is in the store."""


class OutputRefused(RunfolioError):
    """The output folder is not ours to replace."""


class ArchiveUnreadable(RunfolioError):
    """A file or folder is no archive of a report, or its list of files can't be read."""


class ArchiveDamaged(RunfolioError):
    """An archive lacks files, has changed ones, or holds some that it doesn't list."""


class PageNotFound(RunfolioError):
    """The site has no page of the kind and name that was asked for, or no page was chosen."""


class PageTooLarge(RunfolioError):
    """A page with everything inside is larger than what was allowed."""


class BudgetExceeded(RunfolioError):
    """A site that was built is larger than what was allowed."""


class PublishRefused(RunfolioError):
    """A site is not published; `problems` are the reasons, a line each, where there are several."""

    def __init__(self, message: str, problems: tuple[str, ...] = ()) -> None:
        super().__init__(message)
        self.problems = problems


class GitFailed(RunfolioError):
    """git, or the host that a branch is pushed to, refuses what publishing asks for."""


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


class ReportMistake(RunfolioError):
    """A part of a narrative report can't be read; `line` (from 1) is where in that part."""

    def __init__(self, message: str, line: int | None = None) -> None:
        super().__init__(message)
        self.line = line


class InvalidSelection(RunfolioError):
    """A pattern of what to publish or leave out can't be read, or matches nothing."""


class CommentPlaceUnknown(RunfolioError):
    """It isn't known where a comment goes or who writes it: a pull request, an address, a token."""


class CommentRefused(RunfolioError):
    """A host does not take a comment: a right is missing, or there is no such pull request."""


class CommentNotSent(RunfolioError):
    """A host that takes comments can't be reached, is broken, or limits requests for too long."""


class NoBadgeValue(RunfolioError):
    """No run has the value a badge was to show, or it isn't said which run is meant."""


class SideEmpty(RunfolioError):
    """What was named to compare has no runs, or none to compare with."""


class RevisionNotFound(RunfolioError):
    """A git revision can't be found: no repository, no such name, or a history cut short."""


class InvalidRule(RunfolioError):
    """A rule of `check_runs` can't be read; `column` (from 1) is where in it."""

    def __init__(self, message: str, column: int | None = None) -> None:
        super().__init__(message)
        self.column = column


class ReportsNotFound(RunfolioError):
    """There is no folder of narrative reports at the path that was given, or it holds too many."""


class ReportsFaulty(RunfolioError):
    """Narrative reports were to have no mistakes and have some; `mistakes` tell them by place."""

    def __init__(self, message: str, mistakes: tuple[str, ...]) -> None:
        super().__init__(message)
        self.mistakes = mistakes


class ModelNotFound(RunfolioError):
    """There is no model, version or alias of that name, or no model in that folder or run."""


class ModelUnreadable(RunfolioError):
    """A saved model can't be read: a file is missing, damaged or of a format unknown here."""


class ModelUntrusted(RunfolioError):
    """Loading a model could run code of whoever saved it, and nobody said that it is trusted."""


class ModelUnsaved(RunfolioError):
    """An object can't be saved as a model: no flavour fits, or its library refuses."""


class SignatureMismatch(RunfolioError):
    """Data or parameters are not what a model's signature says that it takes."""


class ModelConflict(RunfolioError):
    """A registered model can't be changed so: the name is taken, deleted, or the alias no name."""


class ProjectInvalid(RunfolioError):
    """A project can't be run: no entry point, a parameter that is missing or no such value."""


class EnvironmentFailed(RunfolioError):
    """A Python environment can't be made: no tool, no such Python, or a package not to be had."""


class CommandFailed(RunfolioError):
    """A command that was run for its run of a project ended with an error.

    `code` is its exit code, `run_id` the run that was kept of it, and `lines` what it said last.
    """

    def __init__(
        self,
        message: str,
        *,
        code: int = 1,
        run_id: str | None = None,
        lines: tuple[str, ...] = (),
    ) -> None:
        super().__init__(message)
        self.code = code
        self.run_id = run_id
        self.lines = lines


class NotReproducible(RunfolioError):
    """A run can't be run again as it was: something was not recorded, or is gone."""


class WorkersLost(RunfolioError):
    """Processes that worked for this one were killed, or a cluster has none or gave up a task."""
