"""Doing a run again: its code, its environment, its command; then a comparison of both."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runfolio.errors import InvalidValue, NotReproducible, StoreNotFound
from runfolio.projects.environments import EnvironmentSpec, choose_manager, make_environment
from runfolio.query.runs import RunRecord, find_runs
from runfolio.reproduction.checking import Checked, check_here
from runfolio.reproduction.comparing import Comparison, Verdict
from runfolio.reproduction.concluding import Logged, conclude
from runfolio.reproduction.kept import KeptCode, open_code
from runfolio.reproduction.kin import Kept
from runfolio.reproduction.plan import Env, Plan
from runfolio.reproduction.recorded import Recorded, name_of
from runfolio.reproduction.running import Output, Repetition, run_again
from runfolio.reproduction.workspace import make_workspace
from runfolio.store import StoreTables, read_store
from runfolio.store.files import absolute_path
from runfolio.store.layout import StorePath, is_address, locate_store
from runfolio.store.single import read_run

ENVIRONMENTS: Final[tuple[Env, ...]] = ("uv", "pip", "none")
DEFAULT_TOLERANCE: Final = 1e-6

_NEEDED_TO_LOG: Final = {"numpy", "pyarrow"}

Say = Callable[[str], None]


@dataclass(frozen=True, slots=True)
class Reproduction:
    """What came of doing a run again.

    `run_id` is the first run and `repeated` the new one, which is in the store with the runs that
    belong to it; `others` says how many more the command logged, which are not kept. `kept` is the
    folder with the copy of the code, where it was to be kept.
    """

    run_id: str
    repeated: str
    verdict: Verdict
    comparison: Comparison
    warnings: tuple[str, ...]
    others: int
    kept: Path | None = None


@dataclass(frozen=True, slots=True)
class _Original:
    """The run that is done again, with where it is kept."""

    place: Path | str
    tables: StoreTables
    run: RunRecord
    code: KeptCode


def check_reproduction(
    run_id: str,
    *,
    store: StorePath | None = None,
    env: Env | None = None,
    repository: str | Path | None = None,
    link: Sequence[str] = (),
) -> Checked:
    """How a run would be done again here, and what is missing for it; nothing is run or written."""
    with _open_original(run_id, store) as original:
        return _check(original, _choose_env(env), repository, link)


def reproduce_run(
    run_id: str,
    *,
    store: StorePath | None = None,
    env: Env | None = None,
    tolerance: float = DEFAULT_TOLERANCE,
    ignore: Sequence[str] = (),
    repository: str | Path | None = None,
    link: Sequence[str] = (),
    keep: bool = False,
    before: Callable[[Checked], None] | None = None,
    say: Say | None = None,
    output: Output | None = None,
) -> Reproduction:
    """Do a run again with the code, environment and command that were recorded, and compare.

    The code is checked out apart, at the recorded commit with the recorded changes, or taken from
    the snapshot that `log_code` kept; `repository` is where the commit is looked for beside the
    working directory and the store's folder. `env` is "uv" or "pip" for the recorded packages, or
    "none" for this Python; by default uv where it is found. `link` names files and folders of the
    work tree to bring along that git doesn't track. `before` is called with the plan before it
    starts, `say` with each further step, `output` with what the command prints.

    The new run goes to the same store, tagged with the run that it `reproduces`. Numbers that
    differ by no more than the share `tolerance` are within it; `ignore` has patterns of names that
    are not compared. Raises `NotReproducible` with all reasons where it can't be done, and
    `CommandFailed` where the command fails; nothing is kept then.
    """
    if not tolerance >= 0:
        raise InvalidValue(f"A tolerance is a number from 0, such as 1e-6, not {tolerance!r}.")
    chosen = _choose_env(env)
    with _open_original(run_id, store) as original:
        checked = _check(original, chosen, repository, link)
        if checked.plan.refusals:
            raise _refuse(checked.plan)
        if before is not None:
            before(checked)
        telling = say or _say_nothing
        with make_workspace(
            checked.plan,
            original.code,
            checked.repository,
            brought=checked.brought,
            keep=keep,
        ) as workspace:
            for note in workspace.notes:
                telling(note)
            made = _make_python(checked.plan.recorded, chosen, telling)
            python = made or Path(sys.executable)
            telling(f"Running it in {str(workspace.folder)!r}.")
            repetition = Repetition(
                original.run, checked.plan, workspace, python, isolated=made is not None
            )
            run_again(repetition, output=output)
            tables = _read_scratch(workspace.scratch)
            logged = Logged(original.place, tables, tolerance, ignore)
            done = conclude(Kept(original.run, original.tables), logged)
            return Reproduction(
                run_id=original.run.id,
                repeated=done.repeated,
                verdict=done.comparison.verdict,
                comparison=done.comparison,
                warnings=(*checked.plan.warnings, *workspace.notes),
                others=done.others,
                kept=workspace.root if keep else None,
            )


def _say_nothing(text: str) -> None:
    """Tell nobody."""


def _choose_env(env: Env | None) -> Env:
    if env is None:
        return choose_manager()
    if env not in ENVIRONMENTS:
        raise InvalidValue(f"An environment is made by uv, pip or none, not {env!r}.")
    return env


@contextmanager
def _open_original(run_id: str, store: StorePath | None) -> Iterator[_Original]:
    place = locate_store(store)
    tables = read_run(run_id, store=place).tables
    (run,) = find_runs(tables)
    with open_code(place, run.id) as code:
        yield _Original(place, tables, run, code)


def _check(
    original: _Original, env: Env, repository: str | Path | None, link: Sequence[str]
) -> Checked:
    place = original.place
    if repository is not None:
        places = [absolute_path(repository)]
        if not places[0].is_dir():
            raise InvalidValue(f"No folder at {str(repository)!r}. Name the repository's folder.")
    else:
        places = [Path.cwd(), *([] if is_address(place) else [Path(place)])]
    return check_here(original.run, original.code, env=env, places=places, links=link)


def _refuse(plan: Plan) -> NotReproducible:
    reasons = " ".join(plan.refusals)
    return NotReproducible(f"The run {plan.run_id!r} can't be done again. {reasons}")


def _make_python(recorded: Recorded, env: Env, say: Say) -> Path | None:
    """The Python of the recorded environment; None where this one is taken."""
    if env == "none" or not recorded.packages:
        return None
    names = {name_of(one) for one in recorded.packages}
    spec = EnvironmentSpec(
        python=recorded.python.rstrip("+") if recorded.python else None,
        packages=recorded.packages,
        runfolio="bare" if names >= _NEEDED_TO_LOG else "logging",
    )
    return make_environment(spec, env, say=say)


def _read_scratch(scratch: Path) -> StoreTables:
    try:
        return read_store(scratch)
    except StoreNotFound:
        raise NotReproducible(
            "The command logged no run, so there is nothing to compare. Does it log with Runfolio?"
        ) from None
