"""Folders of Hugging Face's ``save_pretrained``: loading and asking what is in them.

This file is also written into models, for MLflow to load them by: it must import nothing of
Runfolio.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

ABOUT = "runfolio.json"
"""What is in a folder beside what `save_pretrained` says of it: the task of a pipeline."""


def load_folder(path: Path, about: Mapping[str, Any], *, trust: bool = False) -> Any:
    """The pipeline of a task, or the model alone; without trust nothing but safetensors is read.

    `about` has the "class" of the model, and the "task" and "parts" of a pipeline.
    """
    import transformers

    told: dict[str, Any] = {"local_files_only": True, "trust_remote_code": trust}
    safe = {} if trust else {"use_safetensors": True}
    model = _model_class(about).from_pretrained(str(path), **told, **safe).eval()
    if about.get("task") is None:
        return model
    parts = {
        part: getattr(transformers, name).from_pretrained(str(path), **told)
        for part, name in PARTS.items()
        if part in about.get("parts", ())
    }
    return transformers.pipeline(about["task"], model=model, **parts)


def _model_class(about: Mapping[str, Any]) -> Any:
    """A class of models that transformers has itself, else one that the folder may bring."""
    import transformers

    found = getattr(transformers, str(about.get("class")), None)
    known = isinstance(found, type) and issubclass(found, transformers.PreTrainedModel)
    return found if known else transformers.AutoModel


def read_about(path: Path) -> dict[str, Any]:
    """What is noted of a folder, an empty dict where nothing is."""
    found = path / ABOUT
    said = json.loads(found.read_text(encoding="utf-8")) if found.is_file() else {}
    return said if isinstance(said, dict) else {}


PARTS = {
    "tokenizer": "AutoTokenizer",
    "image_processor": "AutoImageProcessor",
    "feature_extractor": "AutoFeatureExtractor",
}


def answer(model: Any, data: Any, params: Mapping[str, Any]) -> Any:
    """What a pipeline or a model gives.

    A pipeline gets each row: the value of a single column, else a dict by column. Rows of one dict
    each come back as a DataFrame, others as a list. A model gets arrays by argument, or one for its
    main input, and gives arrays by output.
    """
    if hasattr(model, "task") and hasattr(model, "preprocess"):
        return _rows(model, data, params)
    import numpy as np
    import torch

    if hasattr(data, "columns"):
        data = {name: np.stack(data[name].to_list()) for name in data.columns}
    if not isinstance(data, dict):
        data = {model.main_input_name: data}
    device = next(model.parameters()).device
    given = {name: torch.tensor(np.asarray(one)).to(device) for name, one in data.items()}
    training = model.training
    try:
        with torch.no_grad():
            said = model.eval()(**given, **params)
    finally:
        model.train(training)
    return {name: one.cpu().float().numpy() for name, one in said.items() if _is_tensor(one)}


def _is_tensor(one: Any) -> bool:
    return hasattr(one, "numpy") and hasattr(one, "cpu")


def _rows(pipeline: Any, data: Any, params: Mapping[str, Any]) -> Any:
    if hasattr(data, "columns"):
        data = {str(name): data[name].to_list() for name in data.columns}
    if isinstance(data, dict):
        names = list(data)
        rows = [dict(zip(names, one, strict=True)) for one in zip(*data.values(), strict=True)]
        given = [one[names[0]] for one in rows] if len(names) == 1 else rows
    else:
        given = data.ravel().tolist() if hasattr(data, "ravel") else list(data)
    said = [_single(one) for one in pipeline([_plain(one) for one in given], **params)]
    if not all(isinstance(one, dict) for one in said):
        return said
    import pandas as pd

    return pd.DataFrame(said)


def _plain(value: Any) -> Any:
    return value.item() if hasattr(value, "item") and getattr(value, "ndim", 1) == 0 else value


def _single(one: Any) -> Any:
    """The dict of a list that has only one."""
    alone = isinstance(one, list) and len(one) == 1 and isinstance(one[0], dict)
    return one[0] if alone else one


class _Wrapper:
    def __init__(self, model: Any) -> None:
        self.model = model

    def predict(self, data: Any, params: Mapping[str, Any] | None = None) -> Any:
        return answer(self.model, data, params or {})


def _load_pyfunc(path: str) -> _Wrapper:
    return _Wrapper(load_folder(Path(path), read_about(Path(path))))
