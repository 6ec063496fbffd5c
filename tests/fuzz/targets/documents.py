"""Files of plain data: JSON, YAML, results, histograms, projects and their requirements, diffs."""

from __future__ import annotations

import json
from collections.abc import Sequence
from contextlib import suppress
from typing import Final

from runfolio.documents import flatten, microseconds, parse_json, parse_yaml, write_yaml
from runfolio.errors import InvalidPath, InvalidValue, ProjectInvalid, PublishRefused
from runfolio.projects.conda import read_conda
from runfolio.projects.parameters import bind_parameters
from runfolio.projects.python_env import read_python_env
from runfolio.projects.reading import read_project
from runfolio.projects.requirements import read_requirements
from runfolio.publishing.catalogue import check_report_path, read_catalogue, render_catalogue
from runfolio.reproduction.repository import find_added, find_untold
from runfolio.schema.results import ConfusionMatrix, ResultCurve, encode_result, read_result
from runfolio.site.histograms import read_histogram
from runfolio.site.outline import outline
from runfolio.store.artifacts import check_artifact_path
from tests.fuzz.target import Target, fresh_folder, join_pieces, split_pieces, write_files


def _check_yaml(data: bytes) -> None:
    """What is read is plain data, of a size that its text can account for."""
    text = data.decode(errors="replace")
    with suppress(ValueError):
        document = parse_yaml(text)
        assert _is_plain(document)
        flatten(document)


def _is_plain(value: object, depth: int = 0) -> bool:
    kinds = (str, int, float, bool, bytes, type(None), dict, list, set, tuple)
    if depth > 50:
        return True
    inner = [*value, *value.values()] if isinstance(value, dict) else value
    if isinstance(inner, list | tuple | set):
        return all(_is_plain(one, depth + 1) for one in inner)
    return isinstance(value, kinds) or type(value).__module__ == "datetime"


def _check_json(data: bytes) -> None:
    with suppress(ValueError):
        document = parse_json(data)
        with suppress(ValueError):
            flatten(document)
        outline(document)


def _check_time(data: bytes) -> None:
    found = microseconds(data.decode(errors="replace"))
    assert found is None or isinstance(found, int)


def _check_result(data: bytes) -> None:
    with suppress(InvalidValue):
        result = read_result(data)
        assert read_result(encode_result(result)) == result


def _check_histogram(data: bytes) -> None:
    file = fresh_folder("histogram") / "a.json"
    file.write_bytes(data)
    read_histogram(file)


_PROJECT: Final = (
    "MLproject",
    "conda.yaml",
    "python_env.yaml",
    "requirements.txt",
    "pyproject.toml",
)


def _check_project(data: bytes) -> None:
    """Pieces are the files of a project; what can be read can be given parameters."""
    folder = write_files(
        fresh_folder("project"), dict(zip(_PROJECT, split_pieces(data), strict=False))
    )
    with suppress(ProjectInvalid):
        project = read_project(folder)
        for entry in project.entry_points.values():
            with suppress(ProjectInvalid):
                bind_parameters(entry.parameters, {"alpha": "1"}, entry_point="main")
    for name, read in (("conda.yaml", read_conda), ("python_env.yaml", read_python_env)):
        if (folder / name).exists():
            with suppress(ProjectInvalid):
                read(folder / name)
    if (folder / "requirements.txt").exists():
        with suppress(ProjectInvalid):
            read_requirements(folder / "requirements.txt")


def _projects() -> Sequence[bytes]:
    mlproject = (
        b"name: wine\npython_env: python_env.yaml\nentry_points:\n  main:\n    parameters:\n"
        b"      alpha: {type: float, default: 0.5}\n      data: path\n      url: uri\n"
        b'    command: "python train.py --alpha {alpha} {data}"\n'
    )
    conda = (
        b"name: x\nchannels: [conda-forge]\ndependencies:\n  - python=3.11\n  - numpy>=1.2,<2\n"
        b"  - pip\n  - pip:\n    - mlflow==2.0\n    - -r requirements.txt\n"
    )
    env = b'python: "3.11"\nbuild_dependencies: [pip]\ndependencies:\n  - -r requirements.txt\n'
    lines = (
        b"numpy==1.0 \\\n  --hash=sha256:00 # x\n-e .[test]\n-c c.txt\n./a.whl\ngit+https://x/y@z\n"
    )
    table = (
        b'[project]\nname = "x"\n[tool.runfolio]\nname = "y"\n[tool.runfolio.entry-points.main]\n'
        b'command = "python a.py {n}"\n[tool.runfolio.entry-points.main.parameters.n]\n'
        b'type = "int"\ndefault = 3\n'
    )
    return [
        join_pieces([mlproject, conda, env, lines]),
        join_pieces([mlproject, conda, env, lines, table]),
        join_pieces([mlproject.replace(b"python_env", b"conda_env"), conda]),
    ]


def _check_diff(data: bytes) -> None:
    for path in (*find_untold(data), *find_added(data)):
        assert isinstance(path, str)


_DIFF: Final = (
    b"diff --git a/x.py b/x.py\nnew file mode 100644\nindex 0000000..1111111\n--- /dev/null\n"
    b'+++ b/x.py\n@@ -0,0 +1 @@\n+a\ndiff --git "a/\\303\\251 b" "b/\\303\\251 b"\n'
    b"Binary files a/y and b/y differ\nSubproject commit 00\n"
)


def _check_path(data: bytes) -> None:
    """A path that is let through stays below its folder on any system."""
    text = data.decode(errors="surrogateescape")
    with suppress(InvalidPath):
        path = check_artifact_path(text)
        assert ".." not in path.split("/")
        assert not path.startswith("/")
        assert "\\" not in path
        assert "\0" not in path
    with suppress(InvalidPath):
        assert ".." not in check_report_path(text)


def _check_catalogue(data: bytes) -> None:
    with suppress(PublishRefused):
        render_catalogue(read_catalogue(data, place="here"))


_YAML_WORDS: Final = (
    *(
        b"!!python/object/apply:os.system [x]",
        b"!!binary |",
        b"!!timestamp",
        b"!!set {a, b}",
        b"!!omap",
    ),
    *(
        b"&a ",
        b"*a",
        b"<<: *a",
        b"? ",
        b"- ",
        b": ",
        b"|+2\n",
        b">-\n",
        b"---\n",
        b"...\n",
        b"%YAML 1.1\n",
    ),
    *(
        b"2026-01-01T00:00:00.5+99:99",
        b"0001-01-01",
        b"190:20:30",
        b"0b1",
        b"0o7",
        b".inf",
        b"=",
        b"~",
    ),
    *(b"[*a, *a, *a]", b"{", b"}", b"'", b'"\\x', b'"\\UFFFFFFFF"', b"\t", b"#", b"!<tag:x> "),
)
_JSON: Final = b'{"a": [1, 2.5, -0.0, true, null, "x\\u00e9\\ud83d"], "b": {"c": {}}, "": []}'
_RESULT_WORDS: Final = (
    *(b',"name":""', b',"name":"' + b"c" * 300 + b'"', b'"counts"', b'"labels"', b'"scores"'),
    *(b'"x"', b'"version": 1'),
)
_CURVE: Final = ResultCurve("c", (0.0, 1.0), (0.0, 1.0), kind="roc", label="l", scores={"auc": 0.5})
_MATRIX: Final = ConfusionMatrix("m", ("a", "b"), ((1, 2), (3, 4)))
_CATALOGUE: Final = json.dumps(
    {
        "generator": "runfolio",
        "index": "x",
        "own": True,
        "reports": {
            "a/b": {
                "title": "t",
                "published": "2026",
                "files": 1,
                "bytes": 2,
                "digest": "0",
                "entries": ["index.html"],
            }
        },
    }
).encode()

TARGETS: Final = (
    Target(
        "yaml",
        _check_yaml,
        lambda: [
            write_yaml({"a": [1, {"b": "c"}], "d": None}).encode(),
            b"a: &x [1]\nb: [*x, *x]\n",
        ],
        _YAML_WORDS,
        400,
    ),
    Target("json", _check_json, lambda: [_JSON], examples=200),
    Target("time", _check_time, lambda: [b"2026-01-01T00:00:00.123456+01:00", b"0001-01-01"]),
    Target(
        "result",
        _check_result,
        lambda: [encode_result(_CURVE), encode_result(_MATRIX)],
        (
            b',"name":""',
            b',"name":"' + b"c" * 300 + b'"',
            b'"counts"',
            b'"labels"',
            b'"x"',
            b'"scores"',
            b'"version": 1',
        ),
        200,
    ),
    Target(
        "histogram",
        _check_histogram,
        lambda: [b'{"edges": [0, 1, 2], "counts": [3, 4]}', b'{"runfolio": "histogram"}'],
    ),
    Target("project", _check_project, _projects, _YAML_WORDS, 200),
    Target("diff", _check_diff, lambda: [_DIFF], (b'"a/\\', b"GIT binary patch\n", b"old mode ")),
    Target(
        "path",
        _check_path,
        lambda: [b"a/b.txt", b"../x", "é/e\u0301.txt".encode()],
        (b"/", b"\\", b"..", b"C:", b"CON", b"%2e", b"\0", b".", b" "),
        250,
    ),
    Target("catalogue", _check_catalogue, lambda: [_CATALOGUE]),
)
