"""Pins name what is installed of what a model needs."""

from __future__ import annotations

import importlib.metadata
import json
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
import yaml

from runfolio.models.flavors.pickling import find_modules
from runfolio.models.requirements import find_distributions, pin_packages, write_environment


def version_of(name: str) -> str:
    """An installed version."""
    return importlib.metadata.version(name).partition("+")[0]


def test_packages_are_pinned_with_their_stack() -> None:
    names = ("numpy", "scikit-learn", "scipy", "skops")
    expected = [f"{name}=={version_of(name)}" for name in names]
    assert pin_packages(["skops", "scikit-learn", "scikit_learn", "no-such-package"]) == expected
    assert pin_packages([]) == []


def test_modules_are_found_in_their_distributions() -> None:
    modules = ["sklearn.linear_model", "yaml", "json", "__main__", "os.path", "no_such_module"]
    assert [one.lower() for one in find_distributions(modules)] == ["pyyaml", "scikit-learn"]
    assert find_distributions([]) == ()


def test_the_environment_is_told_three_times() -> None:
    files = write_environment(["joblib"])
    pin = f"joblib=={version_of('joblib')}"
    assert files["requirements.txt"] == f"{pin}\n"
    python = yaml.safe_load(files["python_env.yaml"])
    assert python["python"] == ".".join(map(str, sys.version_info[:3]))
    assert python["dependencies"] == ["-r requirements.txt"]
    conda = yaml.safe_load(files["conda.yaml"])
    assert conda["dependencies"][-1] == {"pip": [pin]}


def use_yaml(data: Any) -> Any:
    """A function that imports when it is called."""
    import yaml

    return yaml.safe_load(data)


def use_json(data: Any) -> Any:
    """A function that uses what its module imports."""
    return json.loads(data), pytest


def test_functions_need_what_they_import() -> None:
    assert "yaml" in find_modules(use_yaml)
    assert {"json", "pytest"} <= find_modules(use_json)
    assert "sklearn" not in {one.partition(".")[0] for one in find_modules(use_json)}


def test_code_of_neighbouring_modules_is_taken_along(tmp_path: Path) -> None:
    (tmp_path / "inner.py").write_text("FACTOR = 3\ndef double(x):\n    return x * FACTOR\n")
    (tmp_path / "helper.py").write_text(
        "import inner\nimport colorsys\ndef ask(data):\n"
        "    return [inner.double(one) for one in data], colorsys.__name__\n"
    )
    (tmp_path / "script.py").write_text(
        "import runfolio, inner, helper\n"
        "from helper import ask\n"
        "runfolio.save_model(ask, 'model')\n"
        "import cloudpickle\n"
        "assert not cloudpickle.list_registry_pickle_by_value()\n"
    )
    subprocess.run([sys.executable, "script.py"], check=True, cwd=tmp_path)
    for name in ("inner.py", "helper.py"):
        (tmp_path / name).unlink()
    code = "import pickle; print(pickle.load(open('model/function.pkl', 'rb'))([1, 2]))"
    done = subprocess.run(
        [sys.executable, "-c", code], check=False, capture_output=True, text=True, cwd=tmp_path
    )
    assert done.stdout == "([3, 6], 'colorsys')\n", done.stderr


def test_packages_in_a_folder_of_the_user_stay_packages(tmp_path: Path) -> None:
    """As after ``pip install --user``, or in an environment that borrows another's packages."""
    packages = tmp_path / "lib" / "site-packages"
    packages.mkdir(parents=True)
    (packages / "borrowed.py").write_text("def double(x):\n    return 2 * x\n")
    (tmp_path / "script.py").write_text(
        "import sys\n"
        "sys.path.append('lib/site-packages')\n"
        "import borrowed, runfolio\n"
        "def ask(data):\n"
        "    return [borrowed.double(one) for one in data]\n"
        "runfolio.save_model(ask, 'model')\n"
    )
    subprocess.run([sys.executable, "script.py"], check=True, cwd=tmp_path)
    kept = (tmp_path / "model" / "function.pkl").read_bytes()
    assert b"borrowed" in kept
    assert b"site-packages" not in kept


def test_a_module_with_two_names_is_given_back_once(tmp_path: Path) -> None:
    (tmp_path / "helper.py").write_text("def ask(data):\n    return data\n")
    (tmp_path / "other.py").touch()
    (tmp_path / "script.py").write_text(
        "import sys, cloudpickle, helper, runfolio\n"
        "sys.modules['alias'] = helper\n"
        "import other\n"
        "runfolio.save_model(helper.ask, 'model')\n"
        "assert not cloudpickle.list_registry_pickle_by_value()\n"
    )
    subprocess.run([sys.executable, "script.py"], check=True, cwd=tmp_path)
