"""A sweep made ready to run: a new one, or one that was begun before."""

from __future__ import annotations

import secrets
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Any

from runfolio.errors import InvalidValue, ProjectInvalid
from runfolio.projects.fetching import fetched_project
from runfolio.projects.jobs import Job
from runfolio.projects.parameters import bind_parameters, name_values
from runfolio.projects.preparing import Prepared, Say, prepare
from runfolio.projects.space import Values, list_trials, make_space
from runfolio.projects.sweep_record import (
    Earlier,
    SweepRecord,
    digest_order,
    is_taken,
    read_sweep,
)


@dataclass(frozen=True, slots=True)
class SweepOptions:
    """What is tried, and how: as `runfolio.sweep` is told."""

    project: str | Path | None
    entry_point: str
    parameters: Mapping[str, Any]
    grid: Mapping[str, Sequence[Any]] | None = None
    random: Mapping[str, str | Sequence[Any]] | None = None
    trials: int | None = None
    seed: int | None = None
    version: str | None = None
    env: str | None = None
    resume: str | None = None


@dataclass(frozen=True, slots=True)
class ReadySweep:
    """A sweep to run: `trials` are all of it, `earlier` those that were run before, by number.

    `parameters` are the same in all, and `run_id` is the parent run where that is there already.
    """

    prepared: Prepared
    record: SweepRecord
    parameters: Mapping[str, Any]
    trials: tuple[Values, ...]
    store: str
    run_id: str | None = None
    earlier: Mapping[int, Earlier] = field(default_factory=dict)

    def with_environment(self, say: Say) -> ReadySweep:
        """The same with the project's environment made."""
        return replace(self, prepared=self.prepared.with_environment(say))

    def make_job(self, number: int, *, experiment: str | None, parent: str | None) -> Job:
        """What to run for the trial of a number, from 1."""
        values = {**self.parameters, **self.trials[number - 1]}
        entry = self.prepared.entry
        typed = bind_parameters(entry.parameters, values, entry_point=entry.name).typed
        return self.prepared.make_job(
            values,
            store=self.store,
            experiment=experiment,
            name=name_values({name: typed[name] for name in self.trials[number - 1]}),
            insist=("experiment",),
            parent=parent,
            context={"trial": number},
        )

    def open_numbers(self) -> list[int]:
        """The numbers of the trials that have to be run."""
        done = {number for number, one in self.earlier.items() if is_taken(one)}
        return [number for number in range(1, len(self.trials) + 1) if number not in done]


@contextmanager
def opened_sweep(options: SweepOptions, store: str) -> Iterator[ReadySweep]:
    """The sweep while its project is there; what is wrong with any trial is said at once."""
    if options.resume is None:
        with fetched_project(str(options.project or "."), options.version) as fetched:
            prepared = prepare(fetched, options.entry_point, options.env)
            yield _checked(_begin(prepared, options, store))
        return
    _check_nothing_said(options)
    run_id, record, earlier = read_sweep(options.resume, store)
    with fetched_project(str(options.project or record.project), record.version) as fetched:
        prepared = prepare(fetched, record.entry_point, options.env or record.env)
        ready = ReadySweep(
            prepared,
            record,
            record.parameters_with(options.parameters),
            _list_again(record),
            store,
            run_id,
        )
        yield replace(_checked(ready), earlier=_match(ready, earlier))


def _begin(prepared: Prepared, options: SweepOptions, store: str) -> ReadySweep:
    seed = secrets.randbits(32) if options.seed is None else options.seed
    space = make_space(options.grid, options.random, options.trials, seed)
    trials = tuple(list_trials(space))
    if both := sorted(options.parameters.keys() & trials[0].keys()):
        raise ProjectInvalid(f"{both[0]!r} is tried, and given a value too. Leave one out.")
    entry = prepared.entry
    bound = bind_parameters(
        entry.parameters, {**options.parameters, **trials[0]}, entry_point=entry.name
    ).redacted()
    texts = {**bound.texts, **bound.extra}
    record = SweepRecord(
        project=prepared.fetched.uri,
        entry_point=entry.name,
        version=prepared.fetched.version,
        env=prepared.env,
        space=space,
        order=digest_order(trials),
        trials=len(trials),
        parameters={name: texts[name] for name in options.parameters},
    )
    return ReadySweep(prepared, record, options.parameters, trials, store)


def _check_nothing_said(options: SweepOptions) -> None:
    said = (options.grid, options.random, options.trials, options.seed, options.version)
    if any(one is not None and one != {} for one in said):
        raise InvalidValue(
            "A sweep is resumed with the trials that it was begun with. Leave out grid, random, "
            "trials, seed and version, or begin another one."
        )


def _list_again(record: SweepRecord) -> tuple[Values, ...]:
    trials = tuple(list_trials(record.space))
    if digest_order(trials) != record.order:
        raise ProjectInvalid(
            "The sweep's trials can't be drawn again alike: another version of scikit-learn or "
            "SciPy is installed than when it was begun. Install that one, or begin another sweep."
        )
    return trials


def _checked(ready: ReadySweep) -> ReadySweep:
    for number in range(1, len(ready.trials) + 1):
        ready.make_job(number, experiment=None, parent=None)
    return ready


def _match(ready: ReadySweep, earlier: Sequence[Earlier]) -> dict[int, Earlier]:
    """The trials that were run before by their number; one that is done counts before others."""
    found: dict[int, Earlier] = {}
    for number, trial in enumerate(ready.trials, 1):
        job = ready.make_job(number, experiment=None, parent=None)
        texts = job.launch.context["project"]["parameters"]
        wanted = {name: texts[name] for name in trial}
        mine = [one for one in earlier if wanted.items() <= one.parameters.items()]
        if mine:
            found[number] = max(mine, key=lambda one: (is_taken(one), mine.index(one)))
    return found
