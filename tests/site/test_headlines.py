"""Which numbers a run's page begins with."""

from __future__ import annotations

import pytest

from runfolio.query.directions import is_counter, order_by_interest
from runfolio.site.standing import choose_headlines


@pytest.mark.parametrize(
    ("metrics", "primary", "chosen"),
    [
        (["epoch", "step", "lr", "loss"], None, ["loss"]),
        (["epoch", "train/loss", "val/loss", "val/acc"], None,
         ["val/loss", "val/acc", "train/loss"]),
        (["accuracy", "loss", "zeta"], "zeta", ["zeta", "loss", "accuracy"]),
        (["runtime", "train_runtime", "grad_norm", "eval_loss"], None,
         ["eval_loss", "grad_norm", "runtime", "train_runtime"]),
        (["learning_rate", "epoch"], None, ["epoch", "learning_rate"]),
        (["epoch", "loss"], "epoch", ["epoch", "loss"]),
        (["a", "b", "c", "d", "e"], None, ["a", "b", "c", "d"]),
        ([], None, []),
    ],
)  # fmt: skip
def test_results_come_before_costs_and_counters(
    metrics: list[str], primary: str | None, chosen: list[str]
) -> None:
    assert choose_headlines(metrics, primary=primary) == chosen


@pytest.mark.parametrize(
    "metric", ["epoch", "global_step", "lr-Adam", "learning_rate", "trial/seed"]
)
def test_counters_and_settings(metric: str) -> None:
    assert is_counter(metric)


@pytest.mark.parametrize("metric", ["loss_per_step", "error_rate", "epoch_loss", "accuracy"])
def test_results_are_no_counters(metric: str) -> None:
    assert not is_counter(metric)


def test_the_order_does_not_depend_on_how_the_names_came() -> None:
    names = ["b", "a", "val/loss", "train/loss", "epoch"]
    assert order_by_interest(names, primary=None) == order_by_interest(names[::-1], primary=None)
