"""Guessing directions and the primary metric."""

from __future__ import annotations

from itertools import permutations

import pytest

from runfolio.query.directions import Primary, choose_primary, guess_direction
from runfolio.store import ExperimentSettings

DOWN = """
    loss val/loss validation_loss valLoss train.rmse RMSE trainRMSE mse MAE val-nll perplexity WER
    cer fid fid_score latency latency_ms time fit_time duration_seconds error_rate log_loss
    mean_squared_error root_mean_squared_error brier_score hamming_loss fpr val_per cost_per_token
    seconds_per_step time_to_accuracy accuracy_error loss/1 loss@final neg_log_likelihood
    val:loss top5_error mape smape median_absolute_error KL test/ece
"""
UP = """
    accuracy acc val/acc valAccuracy Accuracy f1 f1_score F1Score macro-f1 r2 R2 r^2 R² val_r2 auc
    roc_auc AUROC mAP map50 mAP50-95 mAP@0.5 bleu BLEU4 sacrebleu rouge rouge1 rougeL rougeLsum
    precision recall recall@10 recall_at_5 score inception_score iou mIoU dice episode_reward
    mean_return ndcg@10 psnr SSIM neg_mean_squared_error tokens_per_second images/per/sec
    throughput top1 top5_acc kappa mcc hits@1 exact_match_em
"""
UNKNOWN = [
    "lr",
    "learning_rate",
    "grad_norm",
    "epoch",
    "reward_std",
    "std_test_score",
    "rank_test_score",
    "loss_variance",
    "system/loss",
    "!",
    "größe",
    "",
]


@pytest.mark.parametrize("metric", DOWN.split())
def test_lower_is_better(metric: str) -> None:
    assert guess_direction(metric) == "down"


@pytest.mark.parametrize("metric", UP.split())
def test_higher_is_better(metric: str) -> None:
    assert guess_direction(metric) == "up"


@pytest.mark.parametrize("metric", UNKNOWN)
def test_no_direction(metric: str) -> None:
    assert guess_direction(metric) is None


@pytest.mark.parametrize(
    ("metrics", "chosen"),
    [
        ({"train/loss": 5, "val/loss": 5, "lr": 5}, "val/loss"),
        ({"rmse": 24, "r2": 24, "fit_seconds": 24}, "rmse"),
        ({"rmse": 24, "valid_rmse": 3}, "rmse"),
        ({"train_loss": 9, "test_accuracy": 9}, "test_accuracy"),
        ({"test_accuracy": 9, "val_accuracy": 9}, "val_accuracy"),
        ({"loss": 4, "accuracy": 4}, "loss"),
        ({"latency": 4, "foo": 4}, "latency"),
        ({"latency": 4, "recall": 4}, "recall"),
        ({"system/cpu": 9, "foo": 1}, "foo"),
        ({"b": 2, "a": 2}, "a"),
        ({"loss": 2, "bleu": 8}, "bleu"),
    ],
)
def test_primary_is_chosen_whatever_the_order(metrics: dict[str, int], chosen: str) -> None:
    for order in permutations(metrics.items()):
        primary = choose_primary(dict(order), setting=None)
        assert primary == Primary(chosen, guess_direction(chosen) or "down", guessed=True)


def test_setting_wins() -> None:
    setting = ExperimentSettings("e", primary_metric="lr", direction="up")
    assert choose_primary({"loss": 3}, setting=setting) == Primary("lr", "up", guessed=False)


@pytest.mark.parametrize(("metric", "direction"), [("accuracy", "up"), ("lr", "down")])
def test_direction_is_guessed_when_the_setting_has_none(metric: str, direction: str) -> None:
    primary = choose_primary({"loss": 1}, setting=ExperimentSettings("e", primary_metric=metric))
    assert primary is not None
    assert (primary.metric, primary.direction, primary.guessed) == (metric, direction, True)


def test_setting_without_a_metric_leads_to_one_of_its_direction() -> None:
    setting = ExperimentSettings("e", direction="up")
    assert choose_primary({"loss": 9, "bleu": 9}, setting=setting) == Primary("bleu", "up", False)


@pytest.mark.parametrize("setting", [None, ExperimentSettings("e", primary_metric="loss")])
def test_no_metrics_no_primary(setting: ExperimentSettings | None) -> None:
    assert choose_primary({}, setting=setting) is None
    assert choose_primary({"system/cpu": 2}, setting=None) is None
