"""What a model card tells machines: the YAML at its top, as Hugging Face's library makes it."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator
from typing import TYPE_CHECKING, Any, Final

from runfolio.models.card_facts import MOST, CardFacts, CardInput, some
from runfolio.models.description import PYFUNC, ModelDescription
from runfolio.models.markdown import one_line

if TYPE_CHECKING:
    from huggingface_hub import EvalResult, ModelCardData

_LIBRARIES: Final = {
    "huggingface": "transformers",
    "keras": "keras",
    "lightgbm": "lightgbm",
    "onnx": "onnx",
    "pytorch": "pytorch",
    "sklearn": "sklearn",
    "tensorflow": "keras",
    "transformers": "transformers",
    "xgboost": "xgboost",
}
"""What Hugging Face calls the libraries of flavours."""

LICENSE: Final = "license"
"""The tag that tells a model's licence."""

_EVALUATED: Final = ("test", "testing", "evaluation", "eval", "validation", "valid", "val")
"""Contexts of data sets that metrics are measured on, the more telling first."""

_LICENCE: Final = re.compile(r"[a-z0-9][a-z0-9.+-]{0,40}")
_TASK: Final = re.compile(r"[a-z0-9]+(?:-[a-z0-9]+)*")


def card_data(facts: CardFacts) -> ModelCardData:
    """What stands in the card for machines, as the library of Hugging Face keeps it."""
    from huggingface_hub import ModelCardData

    results = list(_evaluate(facts))
    inputs = facts.run.inputs if facts.run is not None else ()
    return ModelCardData(
        library_name=_library(facts.description),
        license=_licence(facts)[0],
        license_name=_licence(facts)[1],
        pipeline_tag=find_task(facts.description),
        tags=["runfolio", *(_word(f"{key}:{value}") for key, value in _tags(facts))],
        datasets=_unique(one.name for one in inputs) or None,
        metrics=_unique(name for name, _ in _metrics(facts)) or None,
        model_name=_word(facts.name),
        eval_results=results or None,
        runfolio=_base_facts(facts),
    )


def card_document(facts: CardFacts) -> dict[str, Any]:
    """The same as plain data."""
    document: dict[str, Any] = card_data(facts).to_dict()  # type: ignore[no-untyped-call]
    return document


def _tags(facts: CardFacts) -> list[tuple[str, str]]:
    return [pair for pair in some(facts.tags) if pair[0] != LICENSE]


def _base_facts(facts: CardFacts) -> dict[str, object]:
    told = {
        "model": _word(facts.name),
        "version": facts.version,
        "digest": _word(facts.digest) if facts.digest else None,
        "run": _word(facts.run.id) if facts.run is not None else None,
    }
    return {key: value for key, value in told.items() if value is not None}


def _library(description: ModelDescription | None) -> str | None:
    if description is None or description.flavor in (PYFUNC, "function"):
        return None
    return _LIBRARIES.get(description.flavor, _word(description.flavor))


def _licence(facts: CardFacts) -> tuple[str | None, str | None]:
    """The licence by its short name; another one is "other" and has its name beside."""
    said = one_line(facts.tags.get(LICENSE, ""))
    if not said:
        return None, None
    return (said.lower(), None) if _LICENCE.fullmatch(said.lower()) else ("other", said)


def find_task(description: ModelDescription | None) -> str | None:
    """The task as Hugging Face calls it, where a model or its flavour tells it; None otherwise."""
    if description is None:
        return None
    for entry in (description.ours, *description.flavors.values()):
        task, kind = entry.get("task"), entry.get("model_class")
        if isinstance(task, str) and _TASK.fullmatch(task):
            return task
        if isinstance(kind, str) and kind.endswith("Classifier"):
            return "tabular-classification"
        if isinstance(kind, str) and kind.endswith("Regressor"):
            return "tabular-regression"
    return None


def _evaluate(facts: CardFacts) -> Iterator[EvalResult]:
    from huggingface_hub import EvalResult

    if facts.run is None:
        return
    data = _evaluated_on(facts.run.inputs)
    name = _word(data.name if data is not None else facts.run.experiment)
    for metric, value in _metrics(facts):
        if math.isfinite(value):
            yield EvalResult(
                task_type=find_task(facts.description) or "other",
                dataset_type=name,
                dataset_name=name,
                dataset_revision=_word(data.digest) if data is not None else None,
                metric_type=metric,
                metric_value=value,
            )


def _evaluated_on(inputs: tuple[CardInput, ...]) -> CardInput | None:
    """The data set that metrics are of: one used for tests, or the only one."""
    for context in _EVALUATED:
        for one in inputs:
            if (one.context or "").lower() == context:
                return one
    return inputs[0] if len(inputs) == 1 else None


def _metrics(facts: CardFacts) -> list[tuple[str, float]]:
    measured = facts.run.metrics if facts.run is not None else {}
    return [(_word(name), float(value)) for name, value in some(measured)]


def _unique(names: Any) -> list[str]:
    return list(dict.fromkeys(map(_word, names)))[:MOST]


def _word(text: str) -> str:
    """A text on one line, of which YAML gives the same back."""
    return one_line(text) or "unnamed"
