"""How a run is done again: the steps, and what was not recorded, from its record alone."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final, Literal

from runfolio.query.runs import RunRecord
from runfolio.reproduction.command import (
    absolute_words,
    add_seed,
    find_script,
    find_secrets,
    fit_command,
    quote,
    runs_code,
)
from runfolio.reproduction.recorded import Recorded, read_recorded
from runfolio.schema import FAILED, FINISHED

Way = Literal["git", "snapshot"]
Env = Literal["uv", "pip", "none"]
"""What makes the recorded environment, or that this Python is taken."""

REPRODUCES: Final = "reproduces"
"""The tag of a repetition: the id of the run it repeats."""

VERDICT: Final = "reproduction"
"""The tag of a repetition that tells how it came out."""

NO_COMMAND: Final = "The command was not recorded, so there is nothing to run again."
_LISTED: Final = 5


@dataclass(frozen=True, slots=True)
class Plan:
    """The way to do a run again.

    `command` is run in `folder`, both as they fit the copy of the code. `refusals` say why it can't
    be done, `warnings` what makes another result likely.
    """

    run_id: str
    recorded: Recorded
    way: Way | None
    folder: str
    command: tuple[str, ...]
    refusals: tuple[str, ...]
    warnings: tuple[str, ...]


def plan_reproduction(run: RunRecord, *, way: Way | None = None) -> Plan:
    """How to do a run again, `way` being chosen by what was recorded where it isn't said.

    Nothing is looked at but the record, so that this tells the same wherever it is asked.
    """
    recorded = read_recorded(run)
    chosen = way or _choose_way(recorded)
    from_snapshot = recorded.snapshot if chosen == "snapshot" else None
    folder = from_snapshot.folder if from_snapshot else recorded.folder
    script = from_snapshot.script if from_snapshot else recorded.script
    return Plan(
        run_id=run.id,
        recorded=recorded,
        way=chosen,
        folder=folder or ".",
        command=add_seed(
            fit_command(recorded.command, script=script, folder=folder), recorded.seed
        ),
        refusals=tuple(_refuse(recorded, chosen)),
        warnings=(*_warn_of_code(recorded, chosen, folder), *_warn(recorded, run.status)),
    )


def _choose_way(recorded: Recorded) -> Way | None:
    """Git where it tells all of the code, else the files that were kept, else git all the same."""
    told = not recorded.dirty or (recorded.diff is not None and not recorded.diff_cut)
    if recorded.commit and (told or not recorded.snapshot):
        return "git"
    return "snapshot" if recorded.snapshot and recorded.snapshot.files else None


def _refuse(recorded: Recorded, way: Way | None) -> Iterator[str]:
    if recorded.kind == "notebook":
        yield "It ran in a notebook, whose cells may have run in any order: there is no command."
    elif not recorded.command:
        yield NO_COMMAND
    elif not runs_code(recorded.command):
        yield "It was typed at a prompt, or read from a pipe: there is no command to run again."
    if secrets := find_secrets(recorded.command):
        yield (
            f"The command has a secret, which was not recorded ({_some(secrets)}): run it yourself "
            "with yours."
        )
    if way is None and recorded.is_hidden:
        yield "The commit was recorded, but is hidden here."
    elif way is None:
        yield (
            "Neither a commit nor a source snapshot was recorded: log in a git repository, or call "
            "run.log_code()."
        )


def _warn_of_code(recorded: Recorded, way: Way | None, folder: str | None) -> Iterator[str]:
    if way == "git" and recorded.dirty and recorded.diff_cut:
        yield "The changes since the commit were recorded only in part: they are left out."
    elif way == "git" and recorded.dirty and recorded.diff is None:
        yield "The code had changes since the commit, which were not recorded."
    if way is not None and folder is None:
        yield "The working directory was outside the code: it runs at the top instead."
    has_script = recorded.snapshot is not None and recorded.snapshot.script is not None
    if way == "snapshot" and not has_script and find_script(recorded.command) is not None:
        yield "The script may not be in the source snapshot."


def _warn(recorded: Recorded, status: str) -> Iterator[str]:
    if not recorded.packages:
        yield "The packages were not recorded: those that are installed are used."
    if recorded.local:
        yield (
            "From a folder or a repository, so from no index, were installed: "
            f"{_some(recorded.local)}."
        )
    if not recorded.has_variables:
        yield "Environment variables were not recorded."
    if recorded.withheld:
        yield f"Not kept, since they look secret: {_some(recorded.withheld)}. Set them yourself."
    if paths := absolute_words(recorded.command):
        yield f"The command names absolute paths, which it reads and writes: {_some(paths)}."
    if recorded.resumed:
        yield "The run was resumed: the command that began it is run, and not what went on with it."
    if recorded.ranks:
        yield (
            f"{recorded.ranks + 1} processes logged the run together: the command of the first is "
            "run, without what started them."
        )
    if status != FINISHED:
        yield f"The run {'failed' if status == FAILED else 'did not finish'}, and may do so again."


def _some(names: list[str] | tuple[str, ...]) -> str:
    more = len(names) - _LISTED
    return ", ".join(names[:_LISTED]) + (f" and {more} more" if more > 0 else "")


def list_steps(plan: Plan, env: Env = "uv") -> list[str]:
    """The steps as lines for a shell in the repository, none where there is no command to run.

    They name the files of the run as its page gives them to download.
    """
    if not runs_code(plan.command):
        return []
    recorded, copy, lines = plan.recorded, f"../again-{plan.run_id[:8]}", []
    if plan.way == "git":
        lines.append(f"git worktree add --detach {copy} {recorded.commit}")
        if applies_diff(plan):
            lines.append(f"git -C {copy} apply < changes.diff")
    elif plan.way == "snapshot" and recorded.snapshot is not None:
        kept = f"runs/{plan.run_id}/artifacts/{quote(recorded.snapshot.path)}"
        lines.append(f'cp -r "$RUNFOLIO_STORE"/{kept} {copy}')
    lines += _make_environment(recorded, env, copy)
    if plan.way is not None:
        lines.append(f"cd {quote(_join(copy, plan.folder))}")
    return [*lines, show_command(plan.command, recorded.variables)]


def _make_environment(recorded: Recorded, env: Env, copy: str) -> list[str]:
    """Lines that make an environment with the recorded packages and enter it."""
    if env == "none" or not recorded.packages:
        return []
    version = recorded.python.rstrip("+") if recorded.python else ""
    place = f"{copy}/.venv"
    enter = f". {place}/bin/activate"
    if env == "pip":
        python = "python" + ".".join(version.split(".")[:2])
        return [f"{python} -m venv {place}", enter, "pip install -r requirements.txt"]
    wanted = f" --python {version}" if version else ""
    return [f"uv venv{wanted} {place}", enter, "uv pip install -r requirements.txt"]


def applies_diff(plan: Plan) -> bool:
    """Whether recorded changes are put on top of the commit."""
    recorded = plan.recorded
    whole = recorded.diff is not None and not recorded.diff_cut
    return plan.way == "git" and recorded.dirty and whole


def show_command(command: tuple[str, ...], variables: Mapping[str, str]) -> str:
    """A command for a shell, with the variables that it is to have."""
    said = [f"{name}={quote(value)}" for name, value in sorted(variables.items())]
    return " ".join([*said, *map(quote, command)])


def _join(copy: str, folder: str) -> str:
    return copy if folder == "." else f"{copy}/{folder}"


def with_reasons(
    plan: Plan, *, refusals: tuple[str, ...] = (), warnings: tuple[str, ...] = ()
) -> Plan:
    """The plan with what was found on this machine beside what its record tells."""
    return replace(plan, refusals=(*plan.refusals, *refusals), warnings=(*plan.warnings, *warnings))
