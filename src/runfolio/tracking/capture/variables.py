"""Environment variables that change what a program computes, so that it can be run again alike.

Only those of a list are kept, and those that the user names: an environment is full of secrets.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from pathlib import Path
from typing import Any, Final

from runfolio.tracking.capture.credentials import is_secret_name, redact_text

EXTRA: Final = "RUNFOLIO_VARIABLES"
"""The variable in which users name more of them, with commas between."""

_PYTHON_PATH: Final = "PYTHONPATH"
_THREADS: Final = (
    *("OMP_NUM_THREADS", "OMP_DYNAMIC", "OMP_PROC_BIND", "OMP_SCHEDULE", "MKL_NUM_THREADS"),
    *("MKL_DYNAMIC", "OPENBLAS_NUM_THREADS", "GOTO_NUM_THREADS", "BLIS_NUM_THREADS"),
    *("VECLIB_MAXIMUM_THREADS", "NUMEXPR_NUM_THREADS", "NUMBA_NUM_THREADS", "RAYON_NUM_THREADS"),
    *("LOKY_MAX_CPU_COUNT", "TOKENIZERS_PARALLELISM"),
)
_PYTHON: Final = (
    *("PYTHONHASHSEED", "PYTHONOPTIMIZE", "PYTHONUTF8", "PYTHONIOENCODING", "PYTHONWARNINGS"),
    *("PYTHONSAFEPATH", "PYTHONNOUSERSITE", _PYTHON_PATH),
)
_NUMERICS: Final = (
    *("CUDA_VISIBLE_DEVICES", "CUDA_DEVICE_ORDER", "CUDA_LAUNCH_BLOCKING", "HIP_VISIBLE_DEVICES"),
    *("CUBLAS_WORKSPACE_CONFIG", "NVIDIA_TF32_OVERRIDE", "TORCH_ALLOW_TF32_CUBLAS_OVERRIDE"),
    *("PYTORCH_CUDA_ALLOC_CONF", "PYTORCH_ENABLE_MPS_FALLBACK", "PL_GLOBAL_SEED"),
    *("TF_DETERMINISTIC_OPS", "TF_CUDNN_DETERMINISTIC", "TF_ENABLE_ONEDNN_OPTS", "TF_XLA_FLAGS"),
    *("XLA_FLAGS", "JAX_PLATFORMS", "JAX_ENABLE_X64", "JAX_DEFAULT_MATMUL_PRECISION"),
    *("KERAS_BACKEND", "MKL_CBWR", "MKL_ENABLE_INSTRUCTIONS", "OPENBLAS_CORETYPE"),
    *("NPY_DISABLE_CPU_FEATURES", "SCIPY_ARRAY_API", "MPLBACKEND"),
    *("HF_HUB_OFFLINE", "TRANSFORMERS_OFFLINE", "HF_DATASETS_OFFLINE"),
)
_LOCALE: Final = ("TZ", "LANG", "LC_ALL", "LC_NUMERIC", "LC_COLLATE", "LC_CTYPE")

RECORDED: Final = (*_THREADS, *_PYTHON, *_NUMERICS, *_LOCALE)

_MAX_LENGTH: Final = 2000


def read_variables(
    environment: Mapping[str, str] | None = None, *, root: Path | None = None
) -> dict[str, Any]:
    """The variables of the list: all their names, and the values of those that are set.

    What looks like a secret is in "withheld" by its name alone. Entries of ``PYTHONPATH`` below
    `root`, the folder of the code and by default the working directory, are relative to the latter.
    """
    said = os.environ if environment is None else environment
    names = sorted({*RECORDED, *_named_by_user(said)})
    present = {name: said[name] for name in names if name in said}
    kept = {name: value for name, value in present.items() if not _is_secret(name, value)}
    if _PYTHON_PATH in kept:
        kept[_PYTHON_PATH] = _move_path(kept[_PYTHON_PATH], root)
    withheld = sorted(present.keys() - kept.keys())
    told = [name for name in names if name not in withheld]
    values = {name: value.encode(errors="replace").decode() for name, value in kept.items()}
    found: dict[str, Any] = {"names": told, "values": values}
    return found | ({"withheld": withheld} if withheld else {})


def _named_by_user(said: Mapping[str, str]) -> list[str]:
    words = (word.strip() for word in said.get(EXTRA, "").split(","))
    return [word for word in words if word and word.isprintable() and "=" not in word]


def _is_secret(name: str, value: str) -> bool:
    long = len(value) > _MAX_LENGTH
    return long or is_secret_name(name) or redact_text(value) != value


def _move_path(value: str, root: Path | None) -> str:
    """A search path that holds on another copy of the code too."""
    try:
        here = Path.cwd()
    except OSError:  # it is gone
        return value
    inside = root or here
    return os.pathsep.join(
        os.path.relpath(entry, here) if entry and Path(entry).is_relative_to(inside) else entry
        for entry in value.split(os.pathsep)
    )
