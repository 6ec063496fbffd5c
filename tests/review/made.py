"""Comparisons made by hand, of any number of experiments, metrics and parameters."""

from __future__ import annotations

from collections.abc import Sequence

from runfolio.analysis.sides import compare_values
from runfolio.query import RunRecord
from runfolio.review.averages import CurvePair
from runfolio.review.changes import Change
from runfolio.review.choosing import Choice
from runfolio.review.comparing import Comparison, ExperimentComparison
from runfolio.review.runs import ComparedRun, Group


def make_run(number: int, *, experiment: str, name: str) -> ComparedRun:
    record = RunRecord(
        id=f"{number:016x}",
        experiment=experiment,
        name=name,
        status="FINISHED",
        start_time=0,
        end_time=1,
        duration=1.0,
        parent_id=None,
        note=None,
        context={},
        params={},
        param_texts={},
        tags={},
        artifacts=(),
        inputs=(),
    )
    return ComparedRun(record, {}, {})


def make_comparison(
    experiments: Sequence[str],
    *,
    metrics: Sequence[str] = ("rmse",),
    params: Sequence[str] = (),
    runs: int = 1,
    side: str = "git:main",
) -> Comparison:
    """Every metric of every experiment gets better, and has a curve; every parameter changed."""
    choice = Choice(side, tuple(f"{number:016x}" for number in range(runs)))
    made = [_make_experiment(name, metrics, params, runs) for name in experiments]
    return Comparison(choice, choice, tuple(made), (), (), True, False)


def _make_experiment(
    name: str, metrics: Sequence[str], params: Sequence[str], runs: int
) -> ExperimentComparison:
    members = tuple(make_run(number, experiment=name, name=name) for number in range(runs))
    changes = tuple(Change(one, (one,), (name, one)) for one in params)
    curve = (4.0, 3.0, 2.0)
    return ExperimentComparison(
        base=Group(name, members, 0),
        head=Group(name, members, 0),
        primary=metrics[0] if metrics else None,
        metrics=tuple(
            compare_values(one, [1.0, 1.01], [0.5, 0.51], direction="down") for one in metrics
        ),
        params=changes,
        environment=changes,
        packages=changes,
        base_varied=tuple(params),
        head_varied=(),
        curves=tuple(CurvePair(one, (0, 1, 2), curve, curve, curve, curve) for one in metrics),
    )
