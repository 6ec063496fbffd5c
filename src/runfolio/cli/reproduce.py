"""``runfolio reproduce``: do a run again and tell whether it comes out the same."""

from __future__ import annotations

import signal
import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from runfolio.cli.ending import Command
from runfolio.cli.output import count, json_option, print_json, print_table, printable
from runfolio.cli.words import PLACE, one_line_errors, store_option

if TYPE_CHECKING:
    from runfolio.reproduction.checking import Checked
    from runfolio.reproduction.comparing import Compared, Comparison
    from runfolio.reproduction.reproducing import Reproduction

SHOWN_DIGEST = 12
SHOWN_ID = 8


@click.command(cls=Command)
@click.argument("run")
@click.option(
    "--env",
    type=click.Choice(["uv", "pip", "none"]),
    help="What makes the recorded environment; none takes this Python.  "
    "[default: uv where it is found, else pip]",
)
@click.option("--dry-run", is_flag=True, help="Only say how it would be done, and what is missing.")
@click.option(
    "--tolerance",
    type=click.FloatRange(0),
    default=1e-6,
    show_default=True,
    help="By which share of its value a number may differ.",
)
@click.option(
    "--ignore",
    multiple=True,
    metavar="PATTERN",
    help="Don't compare what has such a name, such as 'time/*'; may repeat.",
)
@click.option(
    "--repository",
    type=PLACE,
    help="Where the commit is.  [default: the repository here, or that of the store]",
)
@click.option(
    "--link",
    multiple=True,
    metavar="PATH",
    help="Bring a file or folder of the work tree that git doesn't track; may repeat.",
)
@click.option("--keep", is_flag=True, help="Leave the copy of the code, and say where it is.")
@store_option
@json_option
def reproduce(run: str, dry_run: bool, as_json: bool, **options: Any) -> None:
    """Do RUN again with its code, environment and command, and compare; exit code 1 if it differs.

    The code is checked out apart, so your work tree stays as it is. The new run is kept in the same
    store. This runs what the store says: have it only do runs that you trust.
    """
    with one_line_errors():
        if dry_run:
            _show_plan(run, options, as_json)
        else:
            _reproduce(run, options, as_json)


def _show_plan(run: str, options: dict[str, Any], as_json: bool) -> None:
    from runfolio.reproduction.reproducing import check_reproduction

    known = ("store", "env", "repository", "link")
    checked = check_reproduction(run, **{name: options[name] for name in known})
    refusals = checked.plan.refusals
    if as_json:
        print_json(_document(checked))
    else:
        _print_plan(checked, click.echo)
        for reason in refusals:
            click.echo(f"Not possible: {printable(reason)}")
    if refusals:
        sys.exit(1)


def _document(checked: Checked) -> dict[str, Any]:
    from runfolio.reproduction.plan import list_steps

    plan = checked.plan
    return {
        "run_id": plan.run_id,
        "possible": not plan.refusals,
        "refusals": plan.refusals,
        "warnings": plan.warnings,
        "env": checked.env,
        "steps": list_steps(plan, checked.env),
        "command": plan.command,
        "folder": plan.folder,
        "variables": plan.recorded.variables,
        "unset": plan.recorded.unset,
    }


def _print_plan(checked: Checked, say: Callable[[str], None]) -> None:
    from runfolio.reproduction.plan import list_steps

    for line in list_steps(checked.plan, checked.env):
        say(f"  {printable(line)}")
    for warning in checked.plan.warnings:
        say(f"Note: {printable(warning)}")


def _reproduce(run: str, options: dict[str, Any], as_json: bool) -> None:
    from runfolio.reproduction.reproducing import reproduce_run

    def say(text: str) -> None:
        click.echo(text, err=as_json)

    def before(checked: Checked) -> None:
        say(f"Doing the run {checked.plan.run_id} again, in a copy of its code:")
        _print_plan(checked, say)

    stream = (sys.stderr if as_json else sys.stdout).buffer

    def output(chunk: bytes) -> None:
        stream.write(chunk)
        stream.flush()

    with _ended_by_signal():
        done = reproduce_run(
            run,
            before=before,
            say=lambda text: say(printable(text)),
            output=output,
            **options,
        )
    if as_json:
        print_json(done)
    else:
        _print_result(done)
    if done.verdict == "different":
        sys.exit(1)


@contextmanager
def _ended_by_signal() -> Iterator[None]:
    """Let what a terminal or a scheduler ends leave nothing behind, as Ctrl-C does."""

    def leave(number: int, frame: object) -> None:  # noqa: ARG001
        sys.exit(128 + number)

    before = signal.signal(signal.SIGTERM, leave)
    try:
        yield
    finally:
        signal.signal(signal.SIGTERM, signal.SIG_DFL if before is None else before)


def _print_result(done: Reproduction) -> None:
    rows = [_row(one) for one in done.comparison.rows]
    click.echo("")
    if rows:
        print_table(["", "name", "", "before", "now", "deviation"], rows)
    click.echo("")
    click.echo(f"The new run {done.repeated} came out {_say_verdict(done)}.")
    if done.others:
        others = count(done.others, "other run")
        click.echo(f"The command logged {others}, not kept here: {_whose(done)}.")
    if done.kept is not None:
        click.echo(printable(f"The copy of the code stays: {done.kept}"))


def _whose(done: Reproduction) -> str:
    return "each is a run to repeat by itself" if done.others > 1 else "repeat it by itself"


def _say_verdict(done: Reproduction) -> str:
    """The verdict on all, and how many values it goes by."""
    told = f"{done.verdict}: {_count(done.comparison, done.verdict)}"
    return f"{told} of {len(done.comparison.rows):,} values"


def _count(comparison: Comparison, verdict: Any) -> str:
    return f"{comparison.count(verdict):,}"


def _row(one: Compared) -> list[Any]:
    values = [_short(one, value) for value in (one.before, one.after)]
    deviation = f"{one.deviation:.3g}" if one.deviation else one.detail
    return [one.kind, one.name, one.verdict, *values, deviation]


def _short(one: Compared, value: str | None) -> str:
    if value is None:
        return ""
    lengths = {"data": SHOWN_DIGEST, "artifact": SHOWN_DIGEST, "run": SHOWN_ID}
    return value[: lengths.get(one.kind)]
