"""Models of Hugging Face's transformers: a folder as ``save_pretrained`` writes it."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from runfolio.documents import read_json
from runfolio.models.flavors.code_loader import read_source, write_loader
from runfolio.models.flavors.flavor import Loading, Saved, SaveOptions
from runfolio.models.flavors.opening import (
    check_kind,
    class_names,
    demand_trust,
    file_in,
    first_line,
    reading,
    unsaved,
)
from runfolio.models.flavors.transformers_loader import ABOUT, answer, load_folder, read_about

DATA: Final = "model"
MODEL: Final = "transformers.modeling_utils.PreTrainedModel"
TOKENIZER: Final = "transformers.tokenization_utils_base.PreTrainedTokenizerBase"
PIPELINE: Final = "transformers.pipelines.base.Pipeline"
CODE_KEYS: Final = frozenset({"auto_map", "auto_mapping", "custom_pipelines"})
"""Keys of a configuration that name code to import."""

TASKS: Final = {
    "ForSequenceClassification": "text-classification",
    "ForTokenClassification": "token-classification",
    "ForMaskedLM": "fill-mask",
    "ForCausalLM": "text-generation",
    "LMHeadModel": "text-generation",
    "ForImageClassification": "image-classification",
    "ForAudioClassification": "audio-classification",
}
"""The task of a model by the end of its class's name."""

LEFT_OUT: Final = (
    *("checkpoint-*", ".git*", ".cache", "optimizer*", "scheduler*", "scaler*", "rng_state*"),
    *("training_args.bin", "trainer_state.json", "runs"),
)
"""What a training leaves in such a folder, which no model needs."""

OTHER_WEIGHTS: Final = ("*.bin", "*.bin.index.json", "*.h5", "*.msgpack", "*.pt", "*.pth", "*.onnx")
"""Weights in other forms, which are left out where safetensors are there."""


class HuggingFaceFlavor:
    """A model, a model with its tokenizer as a tuple, a pipeline, or a folder with them.

    With a tokenizer or another part that prepares data, a model of a known task is loaded as a
    pipeline, else alone.
    """

    name = "huggingface"

    def fits(self, model: Any) -> bool:
        """Whether the model is one of transformers, or a folder that it wrote."""
        if isinstance(model, (str, os.PathLike)):
            return Path(model, "config.json").is_file()
        if isinstance(model, tuple):
            rest = model[1:]
            return bool(rest) and self.fits(model[0]) and all(map(_is_tokenizer, rest))
        return not class_names(model).isdisjoint({MODEL, PIPELINE})

    def save(self, model: Any, folder: Path, options: SaveOptions) -> Saved:  # noqa: ARG002
        """Write the folder, its weights as safetensors unless a folder has other ones."""
        check_kind(self, model)
        import transformers

        data = folder / DATA
        _write(model, data)
        try:
            about = _describe(data, getattr(model, "task", None))
        except (OSError, ValueError, AttributeError) as error:
            advice = "Give a folder that save_pretrained wrote"
            raise unsaved(model, first_line(error), advice) from None
        (data / ABOUT).write_text(json.dumps(about, indent=2) + "\n", encoding="utf-8")
        entry = {"data": DATA, "transformers_version": transformers.__version__, **about}
        loader = write_loader(folder, self.name, read_source("transformers_loader"))
        packages = ("transformers", "torch", "safetensors")
        return Saved(entry, {**loader, "data": DATA}, packages)

    def risk(self, loading: Loading) -> str | None:
        """Code in the folder or named by it, and weights that PyTorch reads with pickle."""
        folder = _data(loading)
        paths = sorted(one for one in folder.rglob("*") if one.is_file())
        for path in paths:
            if path.suffix == ".py":
                return f"{path.name!r} is Python code"
            if path.name.endswith("config.json") and _names_code(path):
                return f"{path.name!r} names code to run"
        if any(one.suffix == ".safetensors" for one in paths):
            return None  # nothing else is read for weights
        other = next((one for one in paths if any(map(one.match, OTHER_WEIGHTS))), None)
        return f"its weights are no safetensors but in {other.name!r}" if other else None

    def load(self, loading: Loading) -> Any:
        """The pipeline, or the model alone."""
        demand_trust(self, loading)
        folder = _data(loading)
        with reading("transformers", folder):
            return load_folder(folder, read_about(folder), trust=loading.trust)

    def predict(self, model: Any, data: Any, params: Mapping[str, Any]) -> Any:
        """A pipeline's results by row, or a model's outputs by name."""
        if isinstance(model, (str, os.PathLike)):
            model = load_folder(Path(model), _describe(Path(model), None))
        elif isinstance(model, tuple):
            model = _make_pipeline(*model)
        return answer(model, data, params)


def _is_tokenizer(part: Any) -> bool:
    return TOKENIZER in class_names(part)


def _data(loading: Loading) -> Path:
    return file_in(loading.folder, loading.entry.get("data", DATA))


def _write(model: Any, folder: Path) -> None:
    if isinstance(model, (str, os.PathLike)):
        source = Path(model)
        plain = any(source.glob("*.safetensors"))
        left_out = shutil.ignore_patterns(*LEFT_OUT, *(OTHER_WEIGHTS if plain else ()))
        shutil.copytree(source, folder, ignore=left_out)
        return
    try:
        for part in model if isinstance(model, tuple) else (model,):
            part.save_pretrained(folder)
    except Exception as error:  # noqa: BLE001 - whatever a model that its library can't write raises
        advice = "See whether its save_pretrained works"
        raise unsaved(model, first_line(error), advice) from None


def _describe(folder: Path, task: str | None) -> dict[str, Any]:
    """What is in a folder: the model's class, the parts that prepare data, and the task."""
    classes = read_json(folder / "config.json").get("architectures") or [None]
    parts = sorted(_find_parts(folder))
    found = task or _task_of(str(classes[0]))
    return {"class": classes[0], "task": found if parts else None, "parts": parts}


def _task_of(name: str) -> str | None:
    return next((task for end, task in TASKS.items() if name.endswith(end)), None)


def _find_parts(folder: Path) -> Iterator[str]:
    if (folder / "tokenizer_config.json").is_file():
        yield "tokenizer"
    path = folder / "preprocessor_config.json"
    said = read_json(path) if path.is_file() else {}
    for part in ("image_processor", "feature_extractor"):
        if f"{part}_type" in said:
            yield part


def _make_pipeline(model: Any, *tokenizers: Any) -> Any:
    """The pipeline that a model with its tokenizer will be loaded as."""
    task = _task_of(type(model).__name__)
    if task is None:
        return model
    import transformers

    return transformers.pipeline(task, model=model, tokenizer=tokenizers[0])


def _names_code(path: Path) -> bool:
    try:
        return _has_code(read_json(path))
    except (OSError, ValueError):
        return False  # damaged, which loading says


def _has_code(config: Any) -> bool:
    """Whether a configuration names code: modules of its own, or kernels of a repository."""
    if isinstance(config, list):
        return any(map(_has_code, config))
    if not isinstance(config, dict):
        return False
    return any(
        key in CODE_KEYS or (key.endswith("_implementation") and "/" in str(one)) or _has_code(one)
        for key, one in config.items()
    )


FLAVOR: Final = HuggingFaceFlavor()
