"""Requirements files as lines that mean the same anywhere."""

from __future__ import annotations

from pathlib import Path

import pytest

from runfolio.errors import ProjectInvalid
from runfolio.projects.requirements import names_package, read_requirements


def write(folder: Path, **texts: str) -> None:
    folder.mkdir(exist_ok=True)
    for name, text in texts.items():
        (folder / f"{name}.txt").write_text(text)


def test_nested_files_are_read_and_paths_are_absolute(tmp_path: Path) -> None:
    write(
        tmp_path / "a",
        requirements="# all\nnumpy >= 1  # newest\n-r ../b/more.txt\n-c limits.txt\n\n"
        "--find-links wheels\n-f https://example.org/wheels\n-e ./own[test]\n-e git+ssh://h/r#egg=x\n"
        "scipy \\\n  --hash=sha256:abc\n",
        limits="pandas<3\n",
    )
    write(tmp_path / "b", more="-rlast.txt\n../here.whl\n", last="last\n--requirement=end.txt\n")
    write(tmp_path / "b", end="end==1\n")
    found = read_requirements(tmp_path / "a" / "requirements.txt")
    assert found.packages == (
        "numpy >= 1",
        "last",
        "end==1",
        str(tmp_path / "here.whl"),
        f"--find-links {tmp_path}/a/wheels",
        "-f https://example.org/wheels",
        f"-e {tmp_path}/a/own[test]",
        "-e git+ssh://h/r#egg=x",
        "scipy    --hash=sha256:abc",
    )
    assert found.constraints == ("pandas<3",)


def test_files_that_name_each_other_are_refused(tmp_path: Path) -> None:
    write(tmp_path, a="-r b.txt", b="-r a.txt")
    with pytest.raises(ProjectInvalid, match="name each other"):
        read_requirements(tmp_path / "a.txt")


def test_a_line_names_its_package() -> None:
    assert names_package("Runfolio[archive]>=0.1", "runfolio")
    assert names_package("my_Package ; python_version > '3'", "my-package")
    assert not names_package("runfolio-extra", "runfolio")
    assert not names_package("--find-links runfolio", "runfolio")
