"""Saving models: a folder with the model's files and an ``MLmodel`` file, which MLflow loads."""

from __future__ import annotations

import errno
import json
import os
import shutil
import warnings
from collections.abc import Mapping
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

from runfolio.documents import write_yaml
from runfolio.errors import InvalidPath, InvalidValue
from runfolio.models.description import MLMODEL, OURS, ModelDescription, parse_description
from runfolio.models.examples import Example, read_example
from runfolio.models.flavors.flavor import Flavor, Loading, SaveOptions
from runfolio.models.flavors.kinds import choose_flavor
from runfolio.models.inference import infer_fields, infer_params
from runfolio.models.mlmodel import ModelFacts, describe_model
from runfolio.models.requirements import write_environment
from runfolio.models.signature import Field, Signature
from runfolio.models.words import show
from runfolio.store.files import write_failure

_FULL: Final = (errno.ENOSPC, errno.EDQUOT, errno.EFBIG, errno.EROFS)
"""What a disk says that has no room, or takes nothing."""


@dataclass(frozen=True, slots=True)
class ModelOptions:
    """What `save_model` and `log_model` are told of a model, under the names that they have."""

    signature: Any = None
    input_example: Any = None
    flavor: str | None = None
    metadata: Mapping[str, Any] | None = None


def save_model(
    model: Any,
    path: str | os.PathLike[str],
    *,
    signature: Any = None,
    input_example: Any = None,
    flavor: str | None = None,
    metadata: Mapping[str, Any] | None = None,
) -> ModelDescription:
    """Save a model to a new or empty folder, as `Run.log_model` keeps it; whole or not at all.

    See there for the options. Raises `InvalidPath` where something is in the folder already.
    """
    folder = Path(path)
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise InvalidPath(f"There is something at {str(folder)!r} already. Choose a new folder.")
    options = ModelOptions(signature, input_example, flavor, metadata)
    folder.parent.mkdir(parents=True, exist_ok=True)
    beside = folder.with_name(f".{folder.name}-{os.urandom(4).hex()}")
    beside.mkdir()
    try:
        described = write_model(model, beside, options)
        if folder.exists():
            folder.rmdir()
        beside.rename(folder)
    finally:
        shutil.rmtree(beside, ignore_errors=True)
    return described


def write_model(
    model: Any,
    folder: Path,
    options: ModelOptions,
    *,
    run_id: str | None = None,
    name: str | None = None,
    created: datetime | None = None,
) -> ModelDescription:
    """Write a model into an empty folder; what was written when an error comes is left there."""
    try:
        return _write(model, folder, options, run_id=run_id, name=name, created=created)
    except OSError as error:
        if error.errno not in _FULL:
            raise
        raise write_failure(folder, error) from None


def _write(
    model: Any,
    folder: Path,
    options: ModelOptions,
    *,
    created: datetime | None,
    **place: str | None,
) -> ModelDescription:
    chosen, form = choose_flavor(model, options.flavor)
    metadata = _check_metadata(options.metadata)
    example = read_example(options.input_example)
    signature = read_signature(options.signature) or _infer_inputs(example)
    given = options.input_example if example is None or example.params is None else example.given
    saved = chosen.save(model, folder, SaveOptions(signature, given, form))
    if options.signature is None and example is not None and signature is not None and saved.pyfunc:
        outputs = _infer_outputs(chosen, model, example)
        signature = Signature(signature.inputs, outputs, signature.params)
    packages = saved.packages if example is None else (*saved.packages, *_packages_of(example))
    files = {**write_environment(packages), **(example.files if example else {})}
    for file, text in files.items():
        (folder / file).write_text(text, encoding="utf-8")
    facts = ModelFacts(
        flavor=chosen.name,
        saved=saved,
        created=created or datetime.now(UTC),
        risk=chosen.risk(Loading(folder, saved.entry, saved.pyfunc)),
        signature=signature,
        example=example.info if example else None,
        metadata=metadata,
        **place,
    )
    document = describe_model(folder, facts)
    (folder / MLMODEL).write_text(write_yaml(document), encoding="utf-8")
    return parse_description(document)


def read_signature(said: Any) -> Signature | None:
    """A signature that was given: one of ours, or of MLflow's; raises `InvalidValue`."""
    if said is None or isinstance(said, Signature):
        return said
    tell = getattr(said, "to_dict", None)
    told = said if isinstance(said, Mapping) else tell() if callable(tell) else None
    try:
        signature = Signature.parse(told)
    except (ValueError, TypeError) as error:
        raise InvalidValue(
            f"The signature can't be read: {error}. Use infer_signature(…)."
        ) from None
    if signature is None:
        raise InvalidValue(
            f"A signature can't be a {type(said).__qualname__}. Use runfolio.infer_signature(…)."
        )
    return signature


def _check_metadata(metadata: Any) -> Mapping[str, Any] | None:
    """The user's metadata as plain data; raises `InvalidValue`."""
    if metadata is None:
        return None
    if not isinstance(metadata, Mapping) or OURS in metadata:
        raise InvalidValue(
            f"Metadata of a model is a dict without the key {OURS!r}, not {show(metadata, 80)}."
        )
    try:
        plain: dict[str, Any] = json.loads(json.dumps(dict(metadata)))
    except (TypeError, ValueError) as error:
        raise InvalidValue(
            f"Metadata of a model must be plain data: {error}. Use texts, numbers, lists and dicts."
        ) from None
    return plain


def _infer_inputs(example: Example | None) -> Signature | None:
    if example is None:
        return None
    params = infer_params(example.params) if example.params else None
    return Signature(infer_fields(example.given), None, params)


def _infer_outputs(flavor: Flavor, model: Any, example: Example) -> tuple[Field, ...] | None:
    """What the model gives for its example; None, with a warning, where it gives nothing known."""
    import numpy as np
    import pandas as pd

    try:
        found = flavor.predict(model, deepcopy(example.asked), example.params or {})
        if isinstance(found, np.ndarray) and found.ndim == 1 and not _is_array(example.given):
            found = pd.Series(found)  # an answer for each row of a table
        return infer_fields(found)
    except Exception as error:  # noqa: BLE001 - whatever the model raises
        reason = " ".join(f"{type(error).__name__}: {error}".split())[:200]
        warnings.warn(
            "The signature of the model says what it takes, not what it gives, as it gave nothing "
            f"for its input example: {reason}",
            stacklevel=4,
        )
        return None


def _is_array(data: Any) -> bool:
    """Whether a signature has data as arrays, not as columns."""
    import numpy as np

    values = list(data.values()) if isinstance(data, dict) else [data]
    return bool(values) and all(
        isinstance(one, np.ndarray) or type(one).__module__.startswith("scipy.sparse")
        for one in values
    )


def _packages_of(example: Example) -> tuple[str, ...]:
    return ("pandas",) if hasattr(example.asked, "iloc") else ("numpy",)
