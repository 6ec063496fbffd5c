"""conda.yaml, translated for pip."""

from __future__ import annotations

from pathlib import Path

import pytest

from runfolio.errors import ProjectInvalid
from runfolio.projects.conda import read_conda
from runfolio.projects.project import Declared

CONDA = """\
name: any
channels: [conda-forge]
dependencies:
  - python=3.9.7
  - pip=22
  - setuptools=65
  - conda-forge::numpy=1.20
  - scikit-learn>=1.0,<2
  - scipy==1.7.1=py38_0
  - pandas 1.5.*
  - pytorch
  - cudatoolkit=11.3
  - r-base
  - libgcc-ng
  - librosa
  - matplotlib=3|4
  - pip:
    - mlflow>=2
    - -r more.txt
"""


def read(folder: Path, text: str) -> Declared:
    (folder / "more.txt").write_text("tiny\n")
    (folder / "conda.yaml").write_text(text)
    return read_conda(folder / "conda.yaml")


def test_packages_go_by_their_names_and_the_pip_part_as_it_is(tmp_path: Path) -> None:
    found = read(tmp_path, CONDA)
    assert found.spec.python == "3.9.7"
    assert found.spec.build_packages == ("setuptools==65.*",)
    assert found.spec.packages == (
        *("numpy==1.20.*", "scikit-learn>=1.0,<2", "scipy==1.7.1", "pandas==1.5.*", "torch"),
        *("librosa", "mlflow>=2", "tiny"),
    )


def test_what_is_guessed_and_what_is_left_out_is_said(tmp_path: Path) -> None:
    guessed, left = read(tmp_path, CONDA).warnings
    assert "Taken from the package index by their names: numpy==1.20.*, " in guessed
    assert left == (
        "conda.yaml is translated for pip. "
        "Left out: cudatoolkit=11.3, r-base, libgcc-ng, matplotlib=3|4."
    )
    assert read(tmp_path, "dependencies: [python=3.11, pip, {pip: [tiny]}]").warnings == ()


@pytest.mark.parametrize(
    ("said", "python", "warned"),
    [
        ("python", None, False),
        ("python=3.11", "3.11", False),
        ("python==3.11.*", "3.11", False),
        ("python>=3.9,<3.12", "3.9", False),
        ("python=3.8.13=h123_0", "3.8.13", False),
        ("python<3.12", None, True),
    ],
)
def test_a_version_of_python_is_one_that_can_be_had(
    tmp_path: Path, said: str, python: str | None, warned: bool
) -> None:
    found = read(tmp_path, f"dependencies: ['{said}']")
    assert found.spec.python == python
    assert bool(found.warnings) == warned


def test_a_file_that_is_no_environment_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ProjectInvalid, match=r"'dependencies' of .* is no list"):
        read(tmp_path, "dependencies: numpy")
