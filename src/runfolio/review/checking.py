"""Rules on the runs of a change, such as that no metric may get worse by more than a per cent."""

from __future__ import annotations

import math
from collections.abc import Collection, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Literal

from runfolio.analysis.numbers import count_noun
from runfolio.analysis.sides import Difference, compare_values
from runfolio.errors import InvalidRule
from runfolio.query.language.conditions import Condition, parse_condition
from runfolio.query.language.syntax import Field
from runfolio.review.choosing import Choice
from runfolio.review.comparing import direction_of
from runfolio.review.figures import (
    show_difference,
    show_interval,
    show_means,
    show_percent,
    show_value,
)
from runfolio.review.runs import Group
from runfolio.review.sides import Names, Sides, list_names, read_sides
from runfolio.store.layout import StorePath

Outcome = Literal["passed", "failed", "error", "skipped"]

FAILED: Final = 1
NOT_CHECKED: Final = 3
"""The exit codes of a check: a rule failed; none did, but one could not be checked."""

_CLOSE: Final = 1e-9
"""Numbers that are the same but for rounding, relative to their size."""


@dataclass(frozen=True, slots=True)
class Checked:
    """What a rule says of one experiment: why, in one sentence, and the numbers where there are."""

    experiment: str
    outcome: Outcome
    message: str
    difference: Difference | None = None


@dataclass(frozen=True, slots=True)
class RuleResult:
    """A rule with what it says of each experiment; `message` is why it could not be checked."""

    rule: str
    checked: tuple[Checked, ...]
    message: str | None = None

    @property
    def outcome(self) -> Outcome:
        """Failed where it failed for an experiment, else an error where there was one.

        Skipped where no experiment has a baseline yet.
        """
        found = {one.outcome for one in self.checked}
        if "failed" in found:
            return "failed"
        if "error" in found or self.message is not None:
            return "error"
        return "passed" if "passed" in found else "skipped"


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What all rules say; `base` is None where there is no baseline."""

    base: Choice | None
    head: Choice
    rules: tuple[RuleResult, ...]

    @property
    def exit_code(self) -> int:
        """0 when all rules passed, `FAILED` when one failed, else `NOT_CHECKED`."""
        found = {one.outcome for one in self.rules}
        return FAILED if "failed" in found else NOT_CHECKED if "error" in found else 0


def check_runs(
    rules: str | Sequence[str],
    *,
    baseline: str | None = None,
    head: str | None = None,
    experiments: Names = None,
    ignore_noise: bool = False,
    store: StorePath | None = None,
    base_store: StorePath | None = None,
    repository: Path | None = None,
    allow_empty_base: bool = False,
) -> CheckResult:
    """Check the runs of `head` against rules that say when to fail.

    A rule is ``metrics.NAME rises > 1%`` (or ``drops``, ``changes``; per cent of the baseline, or
    without the sign an amount), or on the head alone ``metrics.NAME < 0.9``; the metric may have an
    aggregate as in filters. Sides are those of `compare_runs`; `head` is by default ``git:HEAD``,
    beside `base_store` all runs. Each experiment is checked by itself, with the mean of its runs.
    A move within the 95 % interval of the difference counts only with `ignore_noise`; a head that
    ended in NaN or infinity always fails. With `allow_empty_base` a rule on a change is skipped
    where the baseline has no runs, or no such metric, yet; those on the head alone still count.
    Raises `InvalidRule` for a rule that can't be read.
    """
    conditions = [parse_condition(one) for one in ([rules] if isinstance(rules, str) else rules)]
    if not conditions:
        raise InvalidRule("No rule to check. Write one such as 'metrics.rmse rises > 1%'.")
    if base_store is not None:
        baseline, head = baseline or "", head or ""
    _check_baseline(conditions, baseline)
    with read_sides(
        baseline,
        "git:HEAD" if head is None else head,
        experiments=experiments,
        store=store,
        base_store=base_store,
        repository=repository,
        may_lack_base=allow_empty_base,
    ) as sides:
        results = tuple(_check(one, sides, ignore_noise=ignore_noise) for one in conditions)
        return CheckResult(None if baseline is None else sides.base, sides.head, results)


def _check_baseline(conditions: Sequence[Condition], baseline: str | None) -> None:
    for one in conditions:
        if one.move is not None and baseline is None:
            raise InvalidRule(f"The rule {one.text!r} needs a baseline to compare with. Name one.")


def _check(condition: Condition, sides: Sides, *, ignore_noise: bool) -> RuleResult:
    if condition.move is not None and sides.are_same:
        same = "Baseline and head are the same runs, so nothing can have moved."
        return RuleResult(condition.text, (), f"{same} Log runs for the head.")
    pairs = _choose_pairs(condition, sides)
    groups = [group for pair in pairs for group in pair]
    metric, aggregate = _find_metric(condition.field, groups)
    checked = tuple(
        _check_group(
            condition,
            _compare(metric, aggregate, base, head, sides),
            head,
            ignore_noise=ignore_noise,
            may_lack_base=sides.may_lack_base,
        )
        for base, head in pairs
        if metric in base.metrics or metric in head.metrics
    )
    if checked:
        return RuleResult(condition.text, checked)
    known = list_names({key for group in groups for key in group.metrics}) or "none"
    return RuleResult(condition.text, (), f"No run has the metric {metric!r}. There are: {known}.")


def _choose_pairs(condition: Condition, sides: Sides) -> list[tuple[Group, Group]]:
    """The groups a rule is about: of one that needs no baseline, all experiments of the head."""
    if condition.move is not None:
        return sides.pairs()
    return [
        (sides.base_groups.get(name, Group(name, (), 0)), group)
        for name, group in sorted(sides.head_groups.items())
    ]


def _find_metric(field: Field, groups: Collection[Group]) -> tuple[str, str]:
    """The metric and aggregate that a field means, as in filters."""
    if field.aggregate is None:
        return field.key, "last"
    whole = f"{field.key}.{field.aggregate}"
    if not field.quoted and any(whole in group.metrics for group in groups):
        return whole, "last"
    return field.key, field.aggregate


def _compare(metric: str, aggregate: str, base: Group, head: Group, sides: Sides) -> Difference:
    direction = direction_of(metric, sides.find_primary(base, head))
    column = ("max" if direction == "up" else "min") if aggregate == "best" else aggregate
    return compare_values(
        metric, base.values(metric, column), head.values(metric, column), direction=direction
    )


def _check_group(
    condition: Condition, difference: Difference, head: Group, **options: bool
) -> Checked:
    outcome, message = _judge(condition, difference, **options)
    return Checked(head.experiment, outcome, " ".join([message, *_say_runs(head)]), difference)


def _say_runs(head: Group) -> Iterator[str]:
    """What to know of the runs that a rule was checked with."""
    if head.left_out:
        yield f"Left out: {count_noun(head.left_out, 'run')} that failed or was killed."
    if head.running:
        yield f"Still running: {count_noun(head.running, 'run')}."


def _judge(
    condition: Condition, difference: Difference, *, ignore_noise: bool, may_lack_base: bool
) -> tuple[Outcome, str]:
    base, head = difference.base, difference.head
    if head.lost:
        return "failed", f"{head.lost} of {head.lost + head.count} runs ended in NaN or infinity."
    if head.mean is None:
        return "error", "The head has no such metric."
    if condition.move is None:
        failed = _holds(head.mean, condition.operator, condition.number)
        return "failed" if failed else "passed", f"It is {show_value(head.mean)}."
    if base.mean is None and not base.lost and may_lack_base:
        return "skipped", "There is no baseline to compare with yet."
    if base.mean is None:
        return "error", "The baseline has no finite value of this metric."
    return _judge_move(condition, difference, ignore_noise=ignore_noise)


def _judge_move(
    condition: Condition, difference: Difference, *, ignore_noise: bool
) -> tuple[Outcome, str]:
    change = difference.change
    if change is None:
        return "failed", "The difference is too large for a number."
    if condition.percent and difference.relative is None and change != 0:
        return "error", "The baseline is 0, which has no per cent. Write the rule without %."
    amount = (difference.relative or 0.0) * 100 if condition.percent else change
    moved = {"rises": amount, "drops": -amount, "changes": abs(amount)}[condition.move or "changes"]
    said = " ".join(_say_move(difference))
    if not _holds(moved, condition.operator, condition.number):
        return "passed", f"{said}."
    if difference.verdict == "noise" and not ignore_noise:
        return "passed", f"{said}, which is within noise."
    return "failed", f"{said}."


def _say_move(difference: Difference) -> Iterator[str]:
    yield " → ".join(show_means(difference))
    relative = difference.relative
    shown = show_difference(difference) if relative is None else show_percent(relative)
    interval = show_interval(difference.interval)
    yield f"({shown}{f', interval {interval}' if interval else ''})"


def _holds(value: float, operator: str, limit: float) -> bool:
    """Whether a comparison holds; numbers that differ by rounding alone are the same."""
    if math.isclose(value, limit, rel_tol=_CLOSE, abs_tol=1e-15):
        return operator in ("=", "<=", ">=")
    return {
        "=": False,
        "!=": True,
        "<": value < limit,
        "<=": value < limit,
        ">": value > limit,
        ">=": value > limit,
    }[operator]
