"""``runfolio sweep``: a project's entry point over a grid or random list of parameters."""

from __future__ import annotations

import sys
from typing import TYPE_CHECKING, Any

import click

from runfolio.cli.ending import Command
from runfolio.cli.output import count, json_option, print_json, printable
from runfolio.cli.project import project_options, read_parameters, say
from runfolio.cli.spreading import jobs_option, place_options
from runfolio.cli.words import one_line_errors, store_option

if TYPE_CHECKING:
    from runfolio.projects.sweeping import Sweep, SweepPlan
    from runfolio.projects.trials import Trial

_INTERRUPTED = 130


@click.command("sweep", cls=Command)
@click.argument("project", required=False)
@project_options
@click.option(
    "--grid",
    "grids",
    multiple=True,
    metavar="NAME=V1,V2,…",
    help="Values of a parameter; all combinations of all grids are tried.",
)
@click.option(
    "--random",
    "randoms",
    multiple=True,
    metavar="NAME=DISTRIBUTION",
    help="uniform(0, 1), loguniform(1e-4, 1e-1), randint(1, 10) or choice(a, b); needs --trials.",
)
@click.option("--trials", type=click.IntRange(1), help="How often to draw from --random.")
@click.option("--seed", type=click.IntRange(0, 2**32 - 1), help="Seed of the draws.")
@jobs_option(default=1)
@place_options
@click.option("--resume", metavar="RUN", help="Go on with the sweep of this parent run.")
@click.option("--metric", metavar="NAME", help="The metric that says which trial is best.")
@click.option("--direction", type=click.Choice(["up", "down"]), help="Where it gets better.")
@click.option("--dry-run", is_flag=True, help="Only list the trials.")
@store_option
@json_option
def sweep_command(
    project: str | None,
    grids: tuple[str, ...],
    randoms: tuple[str, ...],
    parameters: tuple[str, ...],
    entry_point: str,
    dry_run: bool,
    as_json: bool,
    **options: Any,
) -> None:
    """Run an entry point of PROJECT over many parameters, each trial a child of one run.

    The parent run records what is tried: --resume goes on with it. PROJECT is as for runfolio run,
    by default this folder, or with --resume the project of that sweep.
    """
    from runfolio.projects.sweeping import plan_sweep, sweep

    with one_line_errors():
        grid = read_parameters(grids, "--grid name=1,2,3")
        options |= {
            "grid": {name: text.split(",") for name, text in grid.items()},
            "random": read_parameters(randoms, "--random 'name=uniform(0, 1)'"),
        }
        given = read_parameters(parameters)
        if dry_run:
            wanted = {name: options[name] for name in _OF_PLANS}
            plan = plan_sweep(project, entry_point, given, **wanted)
            print_json(plan) if as_json else _print_plan(plan)
            return
        done = sweep(project, entry_point, given, say=say, on_trial=_print_trial, **options)
        print_json(done) if as_json else _print_sweep(done)
    if done.interrupted:
        sys.exit(_INTERRUPTED)
    if not any(one.status == "FINISHED" for one in done.trials):
        sys.exit(1)


_OF_PLANS = ("grid", "random", "trials", "seed", "version", "env", "resume", "store")


def _print_plan(plan: SweepPlan) -> None:
    for warning in plan.warnings:
        say(warning)
    for command in plan.commands:
        click.echo(printable(command))
    say(f"{count(len(plan.commands), 'trial')} of {plan.trials:,} to run, seed {plan.seed}.")


def _print_trial(trial: Trial, ended: int, total: int) -> None:
    from runfolio.analysis.numbers import format_number
    from runfolio.charts.numbers import format_duration

    values = ", ".join(f"{name}={value}" for name, value in trial.parameters.items())
    told = [str(trial.status)]
    told += [] if trial.value is None else [format_number(trial.value)]
    told += [] if trial.seconds is None else [format_duration(trial.seconds)]
    told += [trial.said[:200]] if trial.said else []
    say(f"{ended:,} of {total:,}: {values}: {', '.join(told)}")


def _print_sweep(done: Sweep) -> None:
    from runfolio.analysis.numbers import format_number

    finished = sum(one.status == "FINISHED" for one in done.trials)
    click.echo(
        printable(
            f"Sweep {done.run_id} of {done.experiment!r}: "
            f"{finished:,} of {count(len(done.trials), 'trial')} finished."
        )
    )
    if done.best is not None and done.best.value is not None:
        values = ", ".join(f"{name}={value}" for name, value in done.best.parameters.items())
        click.echo(
            printable(
                f"Best: {values}, {done.metric} {format_number(done.best.value)} "
                f"(run {done.best.run_id})"
            )
        )
    if finished < len(done.trials):
        click.echo(f"Go on with: runfolio sweep --resume {done.run_id}")
