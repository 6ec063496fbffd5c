"""Projects as their files describe them."""

from __future__ import annotations

from pathlib import Path

import pytest

from runfolio.errors import ProjectInvalid
from runfolio.projects.parameters import Parameter
from runfolio.projects.reading import read_project
from tests.projects.making import make_project

MLPROJECT = """\
name: demo
python_env: env.yaml
entry_points:
  main:
    parameters:
      alpha: float
      depth: {type: int, default: 3}
      label: {default: a}
    command: "python train.py {alpha} {depth} {label}"
  check:
    command: "python check.py"
"""

TABLE = """\
[project]
name = "demo-package"
version = "1"
dependencies = ["numpy>=1"]

[tool.runfolio]
python = "3.11"

[tool.runfolio.entry-points.main]
command = "python train.py --alpha {alpha}"
parameters = { alpha = { type = "float", default = 0.1 }, depth = "int" }
"""


def write_table(folder: Path, text: str) -> Path:
    folder.mkdir(exist_ok=True)
    (folder / "pyproject.toml").write_text(text)
    return folder


def test_an_mlproject_file_is_read(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "p", MLPROJECT)
    (folder / "requirements.txt").write_text("scipy>1  # why\n./lib\n")
    (folder / "env.yaml").write_text(
        'python: "3.11"\nbuild_dependencies: [pip==22, setuptools<80]\n'
        "dependencies: [numpy, -r requirements.txt]\n"
    )
    project = read_project(folder)
    assert project.name == "demo"
    assert list(project.entry_points) == ["main", "check"]
    assert project.entry_point("main").parameters == {
        "alpha": Parameter("alpha", "float"),
        "depth": Parameter("depth", "int", 3),
        "label": Parameter("label", None, "a"),
    }
    assert project.environment is not None
    assert project.environment.file == "env.yaml"
    spec = project.environment.spec
    assert (spec.python, spec.build_packages) == ("3.11", ("setuptools<80",))
    assert spec.packages == ("numpy", "scipy>1", str(folder / "lib"))


@pytest.mark.parametrize("name", ["mlproject", "MLPROJECT"])
def test_the_files_name_may_be_written_in_any_case(tmp_path: Path, name: str) -> None:
    make_project(tmp_path / "p")
    (tmp_path / "p" / name).write_text("name: any case")
    assert read_project(tmp_path / "p").name == "any case"


def test_an_environment_of_the_usual_name_is_found(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "p")
    assert read_project(folder).environment is None
    (folder / "conda.yaml").write_text("dependencies: [python=3.11, numpy]")
    found = read_project(folder).environment
    assert found is not None
    assert found.file == "conda.yaml"
    (folder / "python_env.yaml").write_text("python: 3.12")
    found = read_project(folder).environment
    assert found is not None
    assert (found.file, found.spec.python) == ("python_env.yaml", "3.12")


def test_a_script_is_an_entry_point_by_itself(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_project(tmp_path / "p", MLPROJECT.replace("python_env: env.yaml", ""))
    (folder / "my {script}.py").touch()
    (folder / "x.sh").touch()
    monkeypatch.setenv("SHELL", "/bin/mysh")
    project = read_project(folder)
    assert project.entry_point("my {script}.py").command == "python 'my {{script}}.py'"
    assert project.entry_point("x.sh").command == "/bin/mysh x.sh"
    with pytest.raises(
        ProjectInvalid, match=r"no entry point 'y.py' in .* It has: 'main', 'check'"
    ):
        project.entry_point("y.py")


def test_a_table_of_pyproject_is_read(tmp_path: Path) -> None:
    project = read_project(write_table(tmp_path / "p", TABLE))
    assert project.name == "demo-package"
    assert project.entry_point("main").parameters == {
        "alpha": Parameter("alpha", "float", 0.1),
        "depth": Parameter("depth", "int"),
    }
    assert project.environment is not None
    spec = project.environment.spec
    assert (spec.python, spec.packages, spec.local) == ("3.11", ("numpy>=1",), ())


def test_a_tables_own_dependencies_count_and_it_may_be_installed(tmp_path: Path) -> None:
    more = 'python = "3.11"\nname = "own"\ninstall = true\ndependencies = ["scipy"]\n'
    folder = write_table(tmp_path / "p", TABLE.replace('python = "3.11"\n', more))
    project = read_project(folder)
    assert project.name == "own"
    assert project.environment is not None
    assert project.environment.spec.packages == ("scipy",)
    assert project.environment.spec.local == (folder,)


def test_a_table_counts_before_an_mlproject(tmp_path: Path) -> None:
    folder = make_project(tmp_path / "p", "name: other")
    write_table(folder, '[tool.runfolio]\nname = "ours"\n')
    assert read_project(folder).name == "ours"
    assert read_project(folder).environment is None
    write_table(folder, '[tool.other]\nname = "x"\n')
    assert read_project(folder).name == "other"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("docker_env: {image: x}", r"runs in a container \(docker_env\)"),
        ("databricks_spark_job: {}", r"runs on Databricks \(databricks_spark_job\)"),
        ("python_env: a.yaml\nconda_env: b.yaml", "has both python_env and conda_env. Leave one"),
        ("conda_env: absent.yaml", "conda_env of the project is .*absent.yaml', which is no file"),
        ("entry_points: {main: {parameters: {}}}", "'main' of .* has no text 'command'"),
        ("entry_points: {main: x}", "'main' of .* has no text 'command'"),
        ("entry_points: [main]", "'entry_points' of .* is no table of names"),
        ("entry_points: {m: {command: x, parameters: {a: 3}}}", "'a' is described by 3. Write its"),
        ("- a", "is no table of names and values"),
        ("a: [", "can't be read: line 1"),
    ],
)
def test_mistakes_in_an_mlproject_are_one_line(tmp_path: Path, text: str, message: str) -> None:
    folder = make_project(tmp_path / "p", text)
    with pytest.raises(ProjectInvalid, match=message) as caught:
        read_project(folder)
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("runfolio = 3", r"\[tool.runfolio\] of pyproject.toml is 3, no table"),
        ("[tool.runfolio]\nshop = 1", r"the key 'shop'. It may have name, python, dependencies"),
        ("[tool.runfolio]\npython = 3.11", r"'python' in \[tool.runfolio\] .* Write a text"),
        ("[tool.runfolio.entry-points.m]", r"entry-points.m\] has no command. Write one"),
        (
            "[tool.runfolio.entry-points.m]\ncommand = 'x'\nparameters = { a = 'bool' }",
            "the type 'bool'. Choose from string, float, int, path, uri",
        ),
        ("[tool.runfolio]\ndependencies = [1]", "The dependencies in .* are no texts"),
        ("[tool", "can't be read"),
    ],
)
def test_mistakes_in_a_table_are_one_line(tmp_path: Path, text: str, message: str) -> None:
    text = text if text.startswith("[") else f"[tool]\n{text}"
    with pytest.raises(ProjectInvalid, match=message) as caught:
        read_project(write_table(tmp_path / "p", text))
    assert "\n" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("python: [3]", "'python' of .* is no version"),
        ("dependencies: numpy", "'dependencies' of .* is no list of texts"),
        ("dependencies: [-r absent.txt]", "The requirements .*absent.txt' can't be read: No such"),
    ],
)
def test_mistakes_in_an_environment_are_one_line(tmp_path: Path, text: str, message: str) -> None:
    folder = make_project(tmp_path / "p")
    (folder / "python_env.yaml").write_text(text)
    with pytest.raises(ProjectInvalid, match=message):
        read_project(folder)


def test_a_project_is_a_folder(tmp_path: Path) -> None:
    with pytest.raises(ProjectInvalid, match=r"There is no folder .*absent'. Name the folder"):
        read_project(tmp_path / "absent")
    (tmp_path / "train.py").touch()
    with pytest.raises(ProjectInvalid, match=r"is a file. Name its folder .* with -e train.py"):
        read_project(tmp_path / "train.py")
