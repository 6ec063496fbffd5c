"""Which way a metric gets better, and which metric an experiment is judged by."""

from __future__ import annotations

import re
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Final, Literal

from runfolio.schema import SYSTEM_PREFIX

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping
    from typing import Protocol

    class Setting(Protocol):
        """What `runfolio.store.ExperimentSettings` says about the primary metric."""

        @property
        def primary_metric(self) -> str | None: ...
        @property
        def direction(self) -> str | None: ...


Direction = Literal["down", "up"]


def _set(words: str) -> frozenset[str]:
    return frozenset(words.split())


_COSTS: Final = _set(
    "time duration latency seconds second secs sec ms minutes hours elapsed runtime memory mem "
    "cost size flops params energy co2 carbon"
)
_DOWN: Final = _COSTS | _set(
    "loss losses error errors err rmse rmsle mse msle mae mape smape medae rmsd nll bce ce "
    "crossentropy entropy perplexity ppl wer cer ter per fid kid lpips kl kld divergence distance "
    "dist brier logloss deviance residual residuals eer ece fpr fnr regret violation violations "
    "misclassification hinge huber bpc bpb aic bic fad chamfer"
)
_UP: Final = _set(
    "accuracy acc f1 f2 fbeta r2 auc auroc auprc roc prauc map ap bleu sacrebleu chrf rouge "
    "rougel rougelsum meteor cider spice precision recall sensitivity specificity tpr tnr ppv npv "
    "iou miou jaccard dice reward rewards return returns ndcg mrr hits hit psnr ssim kappa mcc "
    "likelihood elbo evidence throughput fps correlation corr pearson spearman kendall winrate "
    "success wins win gain lift silhouette purity ari nmi homogeneity completeness vmeasure "
    "coverage profit revenue sharpe em elo pass top speedup efficiency utilization "
    "utilisation"
)
_WEAK_UP: Final = _set("score scores rating")
_SPREAD: Final = _set("std stdev stddev var variance sem iqr")
_ABOUT: Final = _set("std stdev stddev sem iqr rank")
"""Before a metric, these make a number about it that is no better for being high or low."""

_NEGATED: Final = _set("neg negative minus")
_TIME_UNITS: Final = _set("s sec secs second seconds min minute minutes hour hours")
_CUTS: Final = _set("per to at until")

_SPLIT: Final[tuple[tuple[frozenset[str], int], ...]] = (
    (_set("val valid validation dev eval heldout cv"), 0),
    (_set("test testing holdout"), 1),
    (_set("train training fit"), 3),
)
_UNSPLIT: Final = 2

_COUNTERS: Final = _set(
    "epoch epochs step steps iteration iterations iter iters batch batches batchsize lr lrs "
    "wd momentum seed trial fold timestamp counter"
)
"""What numbers count or set rather than measure; ``learning_rate`` is told by its two words."""

_HEADLINES: Final = (
    *("loss", "rmse", "accuracy", "acc", "f1", "auc", "auroc", "mae", "mse", "r2", "error", "nll"),
    *("perplexity", "map", "iou", "dice", "bleu", "rouge", "wer", "reward", "return", "score"),
)

_KNOWN: Final = 4096
"""Names whose meaning is remembered: a report asks for the same ones again and again."""

_PIECE = re.compile(r"[^\W_]+")
_WORD = re.compile(r"[A-Z]+\d*(?![a-z])|[A-Z]?[a-z]+\d*|\d+|[^\W\d_A-Za-z]+")


@dataclass(frozen=True, slots=True)
class Primary:
    """The metric an experiment is judged by; `guessed` when nobody said the direction."""

    metric: str
    direction: Direction
    guessed: bool


@lru_cache(maxsize=_KNOWN)
def guess_direction(metric: str) -> Direction | None:
    """Guess from a metric's name whether lower ("down") or higher ("up") is better.

    The last word that tells wins: ``val/accuracy_error`` is an error. None when no word tells,
    and for measurements of the machine.
    """
    if metric.startswith(SYSTEM_PREFIX):
        return None
    tokens = _tokens(metric)
    if tokens and (tokens[-1] in _SPREAD or tokens[0] in _ABOUT):
        return None
    measured, unit = _measured(tokens)
    direction = _direction_of(measured)
    if direction is None and unit in _TIME_UNITS:
        return "up"
    return direction


def choose_primary(metrics: Mapping[str, int], *, setting: Setting | None) -> Primary | None:
    """Choose the metric to judge runs by from the names and how many runs have each.

    The experiment's setting wins. Otherwise the choice goes, in this order, by: logged in at least
    half as many runs as the commonest metric, direction known, validation before test before
    unnamed before training, usual headline names, number of runs, shortest name. None without
    metrics.
    """
    wanted = _known(setting.direction) if setting else None
    names = [name for name in metrics if not name.startswith(SYSTEM_PREFIX)]
    if setting and setting.primary_metric and metrics:
        return _primary(setting.primary_metric, wanted)
    if not names:
        return None
    most = max(metrics[name] for name in names)
    return _primary(min(names, key=lambda name: _rank(name, metrics[name], most, wanted)), wanted)


def order_by_interest(metrics: Iterable[str], *, primary: str | None) -> list[str]:
    """The names of metrics by how much they tell of a run.

    The primary metric comes first, then what has a better direction, what has none, what a run
    costs, and what only counts or sets (``epoch``, ``learning_rate``). Within each, validation
    comes before test before unnamed before training, and usual headline names before others.
    """
    return list(_order(tuple(metrics), primary))


@lru_cache(maxsize=_KNOWN)
def _order(metrics: tuple[str, ...], primary: str | None) -> list[str]:
    return sorted(metrics, key=lambda name: (name != primary, *_interest(name)))


@lru_cache(maxsize=_KNOWN)
def is_counter(metric: str) -> bool:
    """Whether a name is that of a counter or a setting, which says nothing of how good a run is."""
    tokens = _tokens(metric)
    if guess_direction(metric) is not None and _COSTS.isdisjoint(tokens):
        return False
    return not _COUNTERS.isdisjoint(tokens) or {"learning", "rate"} <= set(tokens)


@lru_cache(maxsize=_KNOWN)
def _interest(name: str) -> tuple[bool, bool, bool, int, int, str]:
    costs = not _COSTS.isdisjoint(_tokens(name))
    unknown = guess_direction(name) is None
    return is_counter(name), costs, unknown, _split_rank(name), _headline_rank(name), name


def _primary(metric: str, wanted: Direction | None) -> Primary:
    return Primary(metric, wanted or guess_direction(metric) or "down", guessed=wanted is None)


def _known(direction: str | None) -> Direction | None:
    if direction == "up":
        return "up"
    return "down" if direction == "down" else None


def _rank(
    name: str, runs: int, most: int, wanted: Direction | None
) -> tuple[bool, bool, bool, int, int, int, int, str]:
    direction = guess_direction(name)
    return (
        runs * 2 < most,
        wanted is not None and direction != wanted,
        direction is None,
        _split_rank(name),
        _headline_rank(name),
        -runs,
        len(name),
        name,
    )


def _split_rank(name: str) -> int:
    tokens = frozenset(_tokens(name))
    return next((rank for words, rank in _SPLIT if words & tokens), _UNSPLIT)


def _headline_rank(name: str) -> int:
    tokens = _tokens(name)
    found = [_HEADLINES.index(token) for token in tokens if token in _HEADLINES]
    if found:
        return min(found)
    return len(_HEADLINES) + any(token in _COSTS for token in tokens)


def _measured(tokens: list[str]) -> tuple[list[str], str | None]:
    """The words before "per", "to" or "at", and the word after: ``images_per_second``."""
    for place, token in enumerate(tokens):
        if token in _CUTS and 0 < place < len(tokens) - 1:
            return tokens[:place], tokens[place + 1]
    return tokens, None


def _direction_of(tokens: list[str]) -> Direction | None:
    direction: Direction | None = None
    for token in reversed(tokens):
        if token in _DOWN or token in _UP:
            direction = "down" if token in _DOWN else "up"
            break
    if direction is None and not _WEAK_UP.isdisjoint(tokens):
        direction = "up"
    if direction and not _NEGATED.isdisjoint(tokens):
        return "up" if direction == "down" else "down"
    return direction


def _tokens(metric: str) -> list[str]:
    """The words of a name in lower case: ``valLoss``, ``val/loss`` and ``val-loss`` are alike."""
    plain = metric.replace("^", "").replace("²", "2")
    return [word for piece in _PIECE.findall(plain) for word in _words(piece)]


def _words(piece: str) -> list[str]:
    lowered = piece.lower()
    if _is_term(lowered):
        return [_term(lowered)]
    return [_term(word.lower()) for word in _WORD.findall(piece)]


def _is_term(word: str) -> bool:
    return any(term in _DOWN | _UP | _WEAK_UP for term in (word, word.rstrip("0123456789")))


def _term(word: str) -> str:
    """Drop the number behind a known name (``map50``, ``rouge1``), not one within (``r2``)."""
    if word in _DOWN | _UP:
        return word
    bare = word.rstrip("0123456789")
    return bare if bare in _DOWN | _UP else word
