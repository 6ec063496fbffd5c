"""Models that lie in their ``MLmodel`` file, made of files that run code when they are opened."""

from __future__ import annotations

import os
import pickle
from pathlib import Path
from typing import Any

import yaml


class Bomb:
    """An object whose pickle makes a file when it is opened."""

    def __init__(self, target: Path) -> None:
        self.target = target

    def __reduce__(self) -> Any:
        return os.mkdir, (str(self.target),)


def make_hostile(folder: Path, target: Path) -> Path:
    """A folder full of files that make the folder `target` when they are opened or imported."""
    (folder / "data").mkdir(parents=True)
    (folder / "code").mkdir()
    attack = pickle.dumps(Bomb(target))
    for name in ("model.pkl", "model.skops", "model.joblib", "function.pkl", "python_model.pkl"):
        (folder / name).write_bytes(attack)
    for name in ("model.pth", "state_dict.pth", "model.keras"):
        (folder / "data" / name).write_bytes(attack)
    (folder / "program").mkdir()
    (folder / "program" / "model.pt2").write_bytes(attack)
    (folder / "bert").mkdir()
    (folder / "bert" / "pytorch_model.bin").write_bytes(attack)
    (folder / "bert" / "config.json").write_text('{"model_type": "bert"}')
    evil = f"import os\nos.mkdir({str(target)!r})\ndef _load_pyfunc(path): return None\n"
    (folder / "code" / "evil_loader.py").write_text(evil)
    (folder.parent / "outside.pkl").write_bytes(attack)
    (folder.parent / "outside.py").write_text(evil)
    return folder


def describe(folder: Path, **flavors: Any) -> Path:
    (folder / "MLmodel").write_text(yaml.safe_dump({"flavors": flavors}))
    return folder


SKLEARN = {"loader_module": "mlflow.sklearn", "model_path": "model.pkl"}
LIES: dict[str, dict[str, Any]] = {
    "a pickle": {"sklearn": {"pickled_model": "model.pkl"}},
    "a pickle by MLflow": {"sklearn": {"pickled_model": "model.pkl"}, "python_function": SKLEARN},
    "no format": {"sklearn": {"pickled_model": "model.pkl", "serialization_format": None}},
    "an odd format": {"sklearn": {"pickled_model": "model.pkl", "serialization_format": "json"}},
    "a list as format": {"sklearn": {"pickled_model": "model.pkl", "serialization_format": []}},
    "cloudpickle": {"sklearn": {"pickled_model": "model.pkl", "serialization_format": "cloud"}},
    "joblib": {"sklearn": {"pickled_model": "model.joblib", "serialization_format": "joblib"}},
    "skops that is a pickle": {
        "sklearn": {"pickled_model": "model.skops", "serialization_format": "skops"}
    },
    "skops that vouches for itself": {
        "sklearn": {
            "pickled_model": "model.skops",
            "serialization_format": "skops",
            "skops_trusted_types": ["posix.mkdir", "os.mkdir"],
        }
    },
    "outside": {"sklearn": {"pickled_model": "../outside.pkl"}},
    "outside as skops": {
        "sklearn": {"pickled_model": "../outside.pkl", "serialization_format": "skops"}
    },
    "far outside": {"python_function": SKLEARN | {"model_path": "../../x"}},
    "code outside": {
        "sklearn": {"pickled_model": "model.skops", "serialization_format": "skops"},
        "python_function": SKLEARN | {"code": ".."},
    },
    "a module": {"python_function": {"loader_module": "os"}},
    "a module of its own": {"python_function": {"loader_module": "evil_loader", "code": "code"}},
    "a module of its own beside sklearn": {
        "sklearn": {
            "pickled_model": "model.skops",
            "serialization_format": "skops",
            "code": "code",
        },
        "python_function": {"loader_module": "evil_loader", "code": "code"},
    },
    "a module outside": {"python_function": {"loader_module": "outside", "code": ".."}},
    "MLflow's PythonModel": {
        "python_function": {
            "loader_module": "mlflow.pyfunc.model",
            "python_model": "python_model.pkl",
        }
    },
    "MLflow's model from code": {
        "python_function": {
            "loader_module": "mlflow.pyfunc.model",
            "model_code_path": "code/evil_loader.py",
        }
    },
    "a function": {"function": {"pickled_model": "function.pkl"}},
    "a function that is no pickle": {
        "function": {"pickled_model": "function.pkl", "serialization_format": "skops"}
    },
    "xgboost": {"xgboost": {"data": "model.pkl", "model_class": "xgboost.core.Booster"}},
    "xgboost's class": {"xgboost": {"data": "model.pkl", "model_class": "evil_loader.Model"}},
    "lightgbm": {"lightgbm": {"data": "model.pkl"}},
    "lightgbm's estimator": {
        "lightgbm": {"data": "model.pkl", "model_class": "lightgbm.sklearn.LGBMRegressor"}
    },
    "lightgbm's skops": {
        "lightgbm": {
            "data": "model.skops",
            "serialization_format": "skops",
            "model_class": "lightgbm.sklearn.LGBMRegressor",
        }
    },
    "keras": {"keras": {"data": "data", "keras_version": "3.0.0"}},
    "pytorch": {"pytorch": {"model_data": "data", "pytorch_version": "2.0.0"}},
    "pytorch's program": {"pytorch": {"model_data": "program", "pytorch_version": "2.0.0"}},
    "onnx": {"onnx": {"data": "model.pkl"}},
    "huggingface": {"huggingface": {"data": "bert", "model_class": "BertModel", "task": "x"}},
    "an absolute path": {"sklearn": {"pickled_model": "/dev/null"}},
    "a flavour nobody knows": {"catboost": {"data": "model.pkl"}, "python_function": SKLEARN},
    "a null byte": {"sklearn": {"pickled_model": "model\0.pkl"}},
    "a list as file": {"sklearn": {"pickled_model": ["model.pkl"]}},
    "the folder as file": {"sklearn": {"pickled_model": "."}},
    "a very long file": {"sklearn": {"pickled_model": "x" * 5000}},
    "artifacts outside": {
        "python_function": {
            "loader_module": "mlflow.pyfunc.model",
            "artifacts": {"a": {"path": "../outside.pkl"}},
        }
    },
}
