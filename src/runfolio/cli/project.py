"""``runfolio run``: a project's entry point as a tracked run."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import click

from runfolio.cli.ending import Command
from runfolio.cli.output import json_option, print_json, printable
from runfolio.cli.words import one_line_errors, store_option
from runfolio.errors import CommandFailed

if TYPE_CHECKING:
    from runfolio.projects.running import ProjectPlan, ProjectRun

_PROJECT_OPTIONS = [
    click.option(
        "--entry-point", "-e", default="main", show_default=True, help="What of the project to run."
    ),
    click.option(
        "--param",
        "-P",
        "parameters",
        multiple=True,
        metavar="NAME=VALUE",
        help="A parameter of the entry point; may repeat. What it doesn't declare is added to the "
        "command as --NAME VALUE.",
    ),
    click.option(
        "--version", metavar="REVISION", help="Branch, tag or commit of the project's repository."
    ),
    click.option(
        "--env",
        type=click.Choice(["uv", "pip", "none"]),
        help="What makes the project's environment; none is this Python.  [default: uv, else pip; "
        "none where the project asks for nothing]",
    ),
    click.option(
        "--experiment",
        metavar="NAME",
        help="Experiment of the run.  [default: as the program says, else the project's name]",
    ),
    click.option("--name", metavar="NAME", help="Name of the run."),
]


def project_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that say what of a project is run, and how."""
    for option in reversed(_PROJECT_OPTIONS):
        command = option(command)
    return command


@click.command("run", cls=Command)
@click.argument("project", default=".")
@project_options
@click.option("--dry-run", is_flag=True, help="Only say what would be run.")
@store_option
@json_option
def run_command(
    project: str,
    entry_point: str,
    parameters: tuple[str, ...],
    version: str | None,
    env: str | None,
    experiment: str | None,
    name: str | None,
    dry_run: bool,
    store: str | None,
    as_json: bool,
) -> None:
    """Run PROJECT, a folder or the address of a git repository, as a tracked run.

    A project has an MLproject file as for MLflow, or a table [tool.runfolio] in its pyproject.toml;
    without either, -e names a script. The exit code is that of the program.
    """
    from runfolio.projects.running import plan_project, run_project

    wanted: dict[str, Any] = {
        "version": version,
        "env": env,
        "experiment": experiment,
        "name": name,
        "store": store,
    }
    with one_line_errors():
        given = read_parameters(parameters)
        if dry_run:
            plan = plan_project(project, entry_point, given, **wanted)
            print_json(plan) if as_json else _print_plan(plan)
            return
        with passed_exit_code():
            done = run_project(
                project, entry_point, given, echo=make_echo(error=as_json), say=say, **wanted
            )
        print_json(done) if as_json else click.echo(_describe(done))


def read_parameters(words: tuple[str, ...], form: str = "-P name=value") -> dict[str, str]:
    """Parameters by name; a usage error, which names the form, for words that are none."""
    found: dict[str, str] = {}
    for word in words:
        name, equals, value = word.partition("=")
        if not name or not equals:
            raise click.UsageError(f"{word!r} is no parameter. Write {form}.")
        if name in found:
            raise click.UsageError(f"The parameter {name!r} is given twice. Give it once.")
        found[name] = value
    return found


@contextmanager
def passed_exit_code() -> Iterator[None]:
    """End this command with the exit code of a program that failed."""
    try:
        yield
    except CommandFailed as error:
        click.echo(f"Error: {printable(error)}", err=True)
        sys.exit(error.code)


def make_echo(*, error: bool) -> Callable[[bytes, bool], None]:
    """Shows what a program prints as it comes; with `error` all of it on standard error."""

    def echo(chunk: bytes, on_error: bool) -> None:
        click.echo(chunk, nl=False, err=error or on_error)

    return echo


def say(text: str) -> None:
    """Say what is done beside, where results don't stand."""
    click.echo(printable(text), err=True)


def _print_plan(plan: ProjectPlan) -> None:
    for warning in plan.warnings:
        say(warning)
    environment = plan.environment
    how = (
        "this Python" if environment["manager"] == "none" else f"made with {environment['manager']}"
    )
    asked = f" as {environment['file']} asks" if environment.get("file") else ""
    click.echo(printable(f"command: {plan.command}"))
    click.echo(printable(f"folder: {plan.folder}"))
    click.echo(printable(f"environment: {how}{asked}"))
    for name, value in plan.parameters.items():
        click.echo(printable(f"parameter {name}: {value!r}"))
    click.echo(printable(f"experiment: {plan.experiment}"))
    click.echo(printable(f"store: {plan.store}"))


def _describe(done: ProjectRun) -> str:
    from runfolio.charts.numbers import format_duration

    return printable(
        f"Run {done.run_id} of {done.experiment!r}: {done.status}, {format_duration(done.seconds)}."
    )
