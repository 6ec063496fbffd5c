"""A sweep: an entry point run over many parameters, each trial a child of one parent run.

The parent run records the space, the order and the seed, so that a sweep which was interrupted can
be gone on with: trials that are finished are not run again.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from runfolio.projects.entry_points import MAIN
from runfolio.projects.parameters import name_values
from runfolio.projects.preparing import Say, find_place, silent
from runfolio.projects.ranking import Direction, Ranking, make_ranking
from runfolio.projects.stopping import StopFile, noted_signals
from runfolio.projects.sweep_opening import ReadySweep, SweepOptions, opened_sweep
from runfolio.projects.sweep_record import KEY
from runfolio.projects.trials import Finished, Task, Trial, run_trial
from runfolio.query.record import get_run
from runfolio.schema import FAILED, FINISHED, KILLED
from runfolio.spreading import Engine
from runfolio.store.layout import StorePath
from runfolio.tracking.active import active_run, start_with
from runfolio.tracking.capture.source import Source, read_command
from runfolio.tracking.options import RunOptions
from runfolio.tracking.run import Run

TABLE = "trials"

OnTrial = Callable[[Trial, int, int], None]
"""Told of each trial that has ended, with how many have and how many there are."""


@dataclass(frozen=True, slots=True)
class Sweep:
    """A sweep that is over: its parent run, its trials in their order, and the best of them.

    `interrupted` says that it was stopped, and can be resumed by `run_id`.
    """

    run_id: str
    experiment: str
    store: str
    trials: tuple[Trial, ...]
    metric: str | None
    direction: Direction | None
    best: Trial | None
    interrupted: bool


@dataclass(frozen=True, slots=True)
class SweepPlan:
    """What a sweep would run: how many trials there are, and the commands still to run."""

    trials: int
    seed: int
    commands: tuple[str, ...]
    warnings: tuple[str, ...]


def sweep(
    project: str | Path | None = None,
    entry_point: str = MAIN,
    parameters: Mapping[str, Any] | None = None,
    *,
    grid: Mapping[str, Sequence[Any]] | None = None,
    random: Mapping[str, str | Sequence[Any]] | None = None,
    trials: int | None = None,
    seed: int | None = None,
    jobs: int = 1,
    backend: str = "loky",
    scheduler: str | None = None,
    resume: str | None = None,
    metric: str | None = None,
    direction: Direction | None = None,
    version: str | None = None,
    env: str | None = None,
    experiment: str | None = None,
    name: str | None = None,
    store: StorePath | None = None,
    say: Say = silent,
    on_trial: OnTrial | None = None,
) -> Sweep:
    """Run an entry point of a project once for each of many parameters; see `run_project`.

    `grid` has values by parameter, of which all combinations are tried. `random` has distributions
    such as "uniform(0, 1)", "loguniform(1e-4, 1e-1)", "randint(1, 10)" and "choice(a, b)", or lists
    to choose from, of which `trials` are drawn with `seed`. `parameters` are the same in all.

    `jobs` trials run at a time, in processes ("loky"), threads ("threading"), on a Dask cluster
    ("dask", at `scheduler`) or with Ray ("ray"). Each is a child of one parent run, and kept when
    it fails. `resume` goes on with the sweep of a parent run: only trials that have not finished
    are run. `metric` and `direction` ("up" or "down") say which trial is best, by default what the
    experiment says, else a guess.
    """
    engine = Engine(jobs, backend, scheduler)
    place = find_place(store)
    options = SweepOptions(
        project=project,
        entry_point=entry_point,
        parameters=parameters or {},
        grid=grid,
        random=random,
        trials=trials,
        seed=seed,
        version=version,
        env=env,
        resume=resume,
    )
    with opened_sweep(options, place) as ready:
        made = ready.with_environment(say)
        with _start(made, experiment, name) as run:
            ranking = make_ranking(place, run.experiment, metric, direction)
            return _Sweeping(made, run, ranking, on_trial).run(engine)


def plan_sweep(
    project: str | Path | None = None,
    entry_point: str = MAIN,
    parameters: Mapping[str, Any] | None = None,
    *,
    store: StorePath | None = None,
    **options: Any,
) -> SweepPlan:
    """What `sweep` would run with the same arguments."""
    wanted = SweepOptions(project, entry_point, parameters or {}, **options)
    with opened_sweep(wanted, find_place(store)) as ready:
        jobs = [
            ready.make_job(number, experiment=None, parent=None) for number in ready.open_numbers()
        ]
        declared = ready.prepared.project.environment
        return SweepPlan(
            trials=len(ready.trials),
            seed=ready.record.space.seed,
            commands=tuple(job.recorded for job in jobs),
            warnings=() if declared is None else declared.warnings,
        )


def _start(ready: ReadySweep, experiment: str | None, name: str | None) -> Run:
    """The parent run: a new one that records the sweep, or the one that is resumed."""
    if ready.run_id is not None:
        resumed = RunOptions(run_id=ready.run_id, store=ready.store, capture=False)
        return Run(resumed, start=start_with)
    project, entry = ready.prepared.project, ready.prepared.entry
    file = project.file or project.folder / entry.name
    options = RunOptions(
        experiment=experiment or project.name,
        name=name or f"sweep of {', '.join(ready.trials[0])}",
        store=ready.store,
        source=Source(project.name, file, "script", read_command()),
    )
    outer = active_run()
    run = Run(options, start=start_with, parent_id=None if outer is None else outer.id)
    run.describe({KEY: ready.record.as_facts(), "project": ready.prepared.describe()})
    return run


@contextmanager
def _stopping(stop: StopFile) -> Iterator[None]:
    """Ask the trials that run elsewhere to end where this fails; they look for the file."""
    try:
        yield
    except BaseException:
        stop.ask()
        raise


class _Sweeping:
    """Runs the trials of a sweep, and says of them in the parent run."""

    def __init__(
        self, ready: ReadySweep, run: Run, ranking: Ranking, on_trial: OnTrial | None
    ) -> None:
        self._ready = ready
        self._run = run
        self._ranking = ranking
        self._on_trial = on_trial
        self._ended = len(ready.trials) - len(ready.open_numbers())
        self._trials = {
            number: Trial(number, values) for number, values in enumerate(ready.trials, 1)
        }
        for number, earlier in ready.earlier.items():
            self._trials[number] = replace(
                self._trials[number],
                run_id=earlier.run_id,
                status=earlier.status,
                exit_code=0 if earlier.status == FINISHED else None,
                seconds=earlier.seconds,
            )
            if earlier.status == FINISHED:
                ranking.note(number, earlier.metrics)

    def run(self, engine: Engine) -> Sweep:
        """Run what is open, and finish the parent run."""
        folder = Path(tempfile.mkdtemp(prefix="runfolio-sweep-"))
        stop = StopFile(folder / "stop")
        tasks = [
            Task(number, self._make_job(number), folder / "stop", os.getpid())
            for number in self._ready.open_numbers()
        ]
        with noted_signals(lambda _: stop.ask()):
            if tasks:
                self._run_all(engine, tasks, stop)
        interrupted = stop.asked() > 0
        shutil.rmtree(folder, ignore_errors=True)
        return self._finish(interrupted=interrupted)

    def _run_all(self, engine: Engine, tasks: Sequence[Task], stop: StopFile) -> None:
        # A trial is a process of its own, which its worker waits for.
        with engine.map(run_trial, tasks, waiting=True) as results, _stopping(stop):
            for finished in results:
                self._take(finished)

    def _make_job(self, number: int) -> Any:
        run = self._run
        return self._ready.make_job(number, experiment=run.experiment, parent=run.id)

    def _take(self, finished: Finished) -> None:
        if finished.status is None:
            return
        number = finished.number
        if finished.status == FINISHED and finished.run_id is not None:
            metrics = get_run(finished.run_id, store=self._ready.store).metrics
            self._ranking.note(number, metrics)
        self._trials[number] = replace(
            self._trials[number],
            run_id=finished.run_id,
            status=finished.status,
            exit_code=finished.exit_code,
            seconds=finished.seconds,
            value=self._ranking.value(number),
            said=finished.said,
        )
        self._ended += 1
        if self._on_trial is not None:
            self._on_trial(self._trials[number], self._ended, len(self._trials))

    def _finish(self, *, interrupted: bool) -> Sweep:
        ranking = self._ranking
        trials = tuple(
            replace(one, value=ranking.value(one.number)) for one in self._trials.values()
        )
        number = ranking.best()
        best = None if number is None else trials[number - 1]
        self._run.log_table([self._row(one) for one in trials], TABLE)
        if best is not None:
            self._run.set_tags(
                {"best_run": best.run_id, "best_parameters": name_values(best.parameters)}
            )
        finished = any(one.status == FINISHED for one in trials)
        self._run.finish(KILLED if interrupted else FINISHED if finished else FAILED)
        return Sweep(
            run_id=self._run.id,
            experiment=self._run.experiment,
            store=self._ready.store,
            trials=trials,
            metric=ranking.metric,
            direction=ranking.direction,
            best=best,
            interrupted=interrupted,
        )

    def _row(self, trial: Trial) -> dict[str, Any]:
        """A trial in the table that the parent run keeps; parameters have their types."""
        launch = self._make_job(trial.number).launch
        typed = {name: launch.params[name] for name in trial.parameters}
        value = {} if self._ranking.metric is None else {self._ranking.metric: trial.value}
        return {
            "trial": trial.number,
            "run": trial.run_id,
            "status": trial.status or "not started",
            **typed,
            **value,
            "seconds": trial.seconds,
            "exit code": trial.exit_code,
            "said": trial.said,
        }
