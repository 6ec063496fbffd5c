"""The same project and parameters give the same command line as with ``mlflow run``."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from runfolio.errors import ProjectInvalid
from runfolio.projects.running import run_project
from tests.environment.apart import run_apart
from tests.projects.making import make_project

MLPROJECT = """\
name: agreement
entry_points:
  main:
    parameters:
      alpha: {type: float, default: 0.1}
      label: {type: string, default: "a 'b' \\"c\\""}
    command: "python show.py --alpha {alpha} -l {label} '{{x}}'"
  required:
    parameters: {alpha: float, depth: {default: 3}}
    command: "python show.py {depth} {alpha}"
  data:
    parameters: {data: path, where: uri}
    command: "python show.py {data} {where}"
  yes:
    parameters: {flag: {default: true}, odd: {type: shop, default: 1.50}}
    command: "python show.py {flag} {odd}"
"""

CASES: list[tuple[str, dict[str, str]]] = [
    ("main", {}),
    ("main", {"alpha": "1e-3", "label": "$HOME; echo `x`", "extra": "5"}),
    ("main", {"label": "", "weird": "it's", "b": "x y"}),
    ("required", {"alpha": "007"}),
    ("required", {}),
    ("data", {"data": "a file.txt", "where": "s3://bucket/x?y=1&z"}),
    ("data", {"data": "absent.txt", "where": "s3://bucket/x"}),
    ("data", {"data": "a file.txt", "where": "nowhere"}),
    ("yes", {}),
    ("show.py", {"alpha": "3", "then": "> out.json"}),
    ("absent.py", {}),
    ("absent", {}),
]

MLFLOW = """
import json, logging, sys, warnings
from pathlib import Path
import mlflow
from mlflow.exceptions import MlflowException

logging.disable()
mlflow.set_tracking_uri(f"sqlite:///{Path.cwd()}/mlflow.db")
results = []
for entry_point, parameters in json.loads(sys.argv[1]):
    out = Path("project/out.json")
    out.unlink(missing_ok=True)
    try:
        mlflow.projects.run("project", entry_point, parameters=parameters, env_manager="local")
    except MlflowException:
        pass
    results.append(out.read_text() if out.exists() else None)
print(json.dumps(results))
"""


@pytest.fixture
def project(tmp_path: Path) -> Path:
    (tmp_path / "a file.txt").touch()
    show = "import json, sys\nopen('out.json', 'w').write(json.dumps(sys.argv[1:]))\n"
    return make_project(tmp_path / "project", MLPROJECT, show=show)


def ours(project: Path, entry_point: str, parameters: dict[str, str], store: Path) -> Any:
    out = project / "out.json"
    out.unlink(missing_ok=True)
    try:
        run_project(project, entry_point, parameters, env="none", store=store)
    except ProjectInvalid:
        return None
    return out.read_text() if out.exists() else None


def test_commands_agree_with_mlflow(project: Path, tmp_path: Path, store: Path) -> None:
    printed = run_apart("peers", MLFLOW, json.dumps(CASES), cwd=tmp_path)
    theirs = json.loads(printed.splitlines()[-1])
    assert len([one for one in theirs if one is None]) >= 4
    for (entry_point, parameters), expected in zip(CASES, theirs, strict=True):
        found = ours(project, entry_point, parameters, store)
        assert found == expected, (entry_point, parameters)
