"""Imports point one way, without cycles, and each library has one owner."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.imports import Architecture, find_modules, find_violations, read_imports

SOURCE = Path(__file__).parents[1] / "src" / "runfolio"

RUNFOLIO = Architecture(
    package="runfolio",
    ranks={
        "version": 0,
        "errors": 0,
        "schema": 1,
        "documents": 1,
        "spreadsheets": 1,
        "spreading": 1,
        "store": 2,
        "models": 3,
        "tracking": 4,
        "sources": 4,
        "query": 4,
        "upkeep": 4,
        "compat": 5,
        "exports": 5,
        "keras": 5,
        "lightning": 5,
        "transformers": 5,
        "xgboost": 5,
        "lightgbm": 5,
        "optuna": 5,
        "sklearn": 5,
        "analysis": 5,
        "privacy": 5,
        "projects": 5,
        "charts": 6,
        "reproduction": 6,
        "site": 7,
        "review": 7,
        "archive": 8,
        "publishing": 8,
        "cli": 9,
        "__init__": 9,
    },
    owners={
        "pyarrow.parquet": "store",
        "fsspec": "store",
        "altair": "charts",
        "vl_convert": "charts",
        "jinja2": "site",
        "markdown_it": "site",
        "nh3": "site",
        "orjson": "site",
        "pygments": "site",
        "latex2mathml": "site",
        "mdit_py_plugins": "site",
        "detect_secrets": "privacy",
        "rocrate": "archive",
        "click": "cli",
        "rich": "cli",
        "sklearn": ("analysis", "models", "projects", "sklearn", "tracking"),
        "skops": "models",
        "cloudpickle": "models",
        "huggingface_hub": "models",
        "torch": ("models", "lightning"),
        "onnx": "models",
        "onnxruntime": "models",
        "joblib": ("models", "spreading"),
        "scipy": ("analysis", "projects"),
        "distributed": "spreading",
        "ray": "spreading",
        "tsdownsample": "analysis",
        "psutil": "tracking",
        "lark": "query",
        "yaml": "documents",
        "mlflow": "compat",
        "lightning": "lightning",
        "keras": ("keras", "models"),
        "transformers": ("models", "transformers"),
        "xgboost": ("models", "xgboost"),
        "lightgbm": ("lightgbm", "models"),
        "optuna": "optuna",
    },
)


def test_runfolio_keeps_its_architecture() -> None:
    violations = find_violations(SOURCE, RUNFOLIO)
    assert not violations, "\n".join(violations)


LAYERS = Architecture(
    package="tiny",
    ranks={"__init__": 3, "low": 1, "left": 2, "right": 2},
    owners={"pyarrow.parquet": "low"},
)


def write_package(root: Path, files: dict[str, str]) -> Path:
    """The package `tiny` with `files` by path, beside an empty module in every part."""
    for name, text in ({"__init__.py": "", "low.py": "", "right.py": ""} | files).items():
        path = root / "tiny" / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return root / "tiny"


def test_imports_of_lower_parts_and_of_the_own_part_are_fine(tmp_path: Path) -> None:
    files = {
        "low.py": "import pyarrow.parquet as pq\nfrom pyarrow import parquet\n",
        "left/__init__.py": "from tiny.left.one import x\n",
        "left/one.py": "from tiny import low\nfrom .two import y\nimport pyarrow as pa\n",
        "left/two.py": "import tiny.low\n",
        "__init__.py": "from tiny.left import x\n",
    }
    assert find_violations(write_package(tmp_path, files), LAYERS) == []


@pytest.mark.parametrize(
    ("name", "text", "line", "message"),
    [
        ("low.py", "import tiny.right\n", 1, "tiny.low imports tiny.right: 'low' has rank 1"),
        ("low.py", "\nfrom tiny import right\n", 2, "may not import 'right' of rank 2"),
        ("low.py", "from . import right\n", 1, "may not import 'right' of rank 2"),
        ("low.py", "from tiny import x\n", 1, "may not import '__init__' of rank 3"),
        ("low.py", "def f():\n    from tiny.right import x\n", 2, "'right' of rank 2"),
        ("low.py", "if TYPE_CHECKING:\n    from .right import x\n", 2, "'right' of rank 2"),
        ("left/one.py", "from tiny.right import x\n", 1, "'left' has rank 2 and may not"),
        ("left/one.py", "from ..right import x\n", 1, "'left' has rank 2 and may not"),
        ("right.py", "import pyarrow.parquet\n", 1, "only 'low' may import pyarrow.parquet"),
        ("right.py", "from pyarrow import parquet\n", 1, "only 'low' may import pyarrow.parquet"),
        ("right.py", "from pyarrow.parquet import x\n", 1, "only 'low' may import"),
        ("odd.py", "", 1, "the part 'odd' has no rank"),
    ],
)
def test_a_forbidden_import_is_named(
    tmp_path: Path, name: str, text: str, line: int, message: str
) -> None:
    root = write_package(tmp_path, {name: text})
    (violation,) = find_violations(root, LAYERS)
    assert violation.startswith(f"{root / name}:{line}: ")
    assert message in violation


def test_a_cycle_is_named(tmp_path: Path) -> None:
    files = {
        "left/__init__.py": "",
        "left/one.py": "from tiny.left import two\n",
        "left/two.py": "from tiny.left.three import x\n",
        "left/three.py": "def f():\n    import tiny.left.one\n",
    }
    root = write_package(tmp_path, files)
    (violation,) = find_violations(root, LAYERS)
    cycle = "tiny.left.one → tiny.left.two → tiny.left.three → tiny.left.one"
    assert violation == f"{root / 'left/one.py'}:1: import cycle {cycle}"


def test_no_source_knows_another_format() -> None:
    """What several formats share lies beside them in `sources`, not within one of them."""
    from runfolio.sources.kinds import KINDS

    formats = {"tables" if kind == "table" else kind for kind in KINDS}
    modules = find_modules(SOURCE / "sources", "runfolio.sources")
    for name, path in modules.items():
        own = name.split(".")[2:3]
        for one in read_imports(name, path, modules):
            part = one.target.removeprefix("runfolio.sources.").partition(".")[0]
            foreign = one.target.startswith("runfolio.sources.") and part in formats
            assert not foreign or [part] == own, f"{one.place}: {name} imports {one.target}"
