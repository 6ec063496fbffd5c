"""The wheel works on its own, and anyone who builds it of the same sources gets the same bytes."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import sysconfig
import tarfile
import zipfile
from dataclasses import dataclass
from pathlib import Path

import pytest

from runfolio.version import __version__

ROOT = Path(__file__).parents[1]

TRAINING = """
import runfolio

assert "site-packages" in runfolio.__file__, runfolio.__file__
with runfolio.start_run(experiment="wheel", name="first", params={"rate": 0.1}) as run:
    for epoch in range(5):
        run.log_metrics({"loss": 1 / (epoch + 1)}, step=epoch)
"""


@dataclass(frozen=True, slots=True)
class Installed:
    """An environment that holds the wheel, and nothing of the checkout."""

    folder: Path

    def run(self, program: str, *arguments: str, cwd: Path) -> str:
        """Run a program of the environment; return what it printed."""
        hidden = {"PYTHONPATH", "PYTHONHOME", "VIRTUAL_ENV", "RUNFOLIO_STORE"}
        done = subprocess.run(
            [self.folder / "bin" / program, *arguments],
            cwd=cwd,
            env={name: value for name, value in os.environ.items() if name not in hidden},
            capture_output=True,
            text=True,
            timeout=120,
        )
        assert done.returncode == 0, done.stdout + done.stderr
        return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("dist")
    build = [sys.executable, "-m", "build", "--wheel", "--no-isolation"]
    command = [*build, "--outdir", str(folder), str(ROOT)]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stdout + done.stderr
    (built,) = folder.glob("*.whl")
    return built


@pytest.fixture(scope="module")
def installed(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Installed:
    """The wheel in a new environment, which borrows its dependencies from this one."""
    folder = tmp_path_factory.mktemp("elsewhere") / "venv"
    make = [sys.executable, "-m", "venv", "--without-pip", str(folder)]
    subprocess.run(make, check=True, capture_output=True)
    pip = [sys.executable, "-m", "pip", "--python", str(folder / "bin" / "python"), "install"]
    subprocess.run([*pip, "--quiet", "--no-deps", "--no-index", str(wheel)], check=True)
    paths = {"base": str(folder), "platbase": str(folder)}
    packages = Path(sysconfig.get_path("purelib", "venv", vars=paths))
    # A path listed here comes after the environment's own packages, and its .pth files, which
    # lead to the checkout, are not read.
    (packages / "borrowed.pth").write_text(sysconfig.get_path("purelib") + "\n")
    return Installed(folder)


def test_the_wheel_holds_what_it_needs_and_no_more(wheel: Path) -> None:
    with zipfile.ZipFile(wheel) as archive:
        names = set(archive.namelist())
    templates = {
        f"runfolio/{path.relative_to(ROOT)}"
        for pattern in ("*.html", "*.css", "*.js")
        for path in (ROOT / "templates").rglob(pattern)
        if "node_modules" not in path.parts and not path.name.endswith("-entry.js")
    }
    assert "runfolio/templates/base.html" in templates
    assert templates <= names
    assert {"runfolio/py.typed", "runfolio/__init__.py"} <= names
    assert not {name for name in names if "node_modules" in name or name.startswith("tests")}
    assert {name.partition("/")[0] for name in names} == {
        "runfolio",
        f"runfolio-{__version__}.dist-info",
    }


def copy_sources(target: Path, *, backwards: bool) -> Path:
    """What a build reads, in a folder of its own, written in one order or the other."""
    names = ("pyproject.toml", ".gitignore", "README.md", "CHANGELOG.md", "LICENSE")
    paths = [ROOT / name for name in names]
    for folder in ("src", "templates"):
        paths += [path for path in (ROOT / folder).rglob("*") if path.is_file()]
    ignored = {"node_modules", "__pycache__"}
    for path in sorted(paths, reverse=backwards):
        place = target / path.relative_to(ROOT)
        if not ignored & set(place.parts):
            place.parent.mkdir(parents=True, exist_ok=True)
            shutil.copyfile(path, place)
    return target


def build_both(folder: Path, *, umask: int, **variables: str) -> dict[str, bytes]:
    """The source archive of `folder`, and the wheel that is made of that archive."""
    command = [sys.executable, "-m", "build", "--no-isolation", "--outdir", "dist", "."]
    done = subprocess.run(
        command,
        cwd=folder,
        env=os.environ | {"SOURCE_DATE_EPOCH": "1700000000"} | variables,
        umask=umask,
        capture_output=True,
        text=True,
        timeout=240,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    return {path.name: path.read_bytes() for path in (folder / "dist").iterdir()}


def test_the_same_sources_give_the_same_bytes_anywhere(tmp_path: Path) -> None:
    here = copy_sources(tmp_path / "here", backwards=False)
    there = copy_sources(tmp_path / "an other" / "plåce", backwards=True)
    first = build_both(here, umask=0o022, TZ="UTC", PYTHONHASHSEED="1", LC_ALL="C")
    second = build_both(there, umask=0o077, TZ="Asia/Kathmandu", PYTHONHASHSEED="2")
    assert sorted(first) == [
        f"runfolio-{__version__}-py3-none-any.whl",
        f"runfolio-{__version__}.tar.gz",
    ]
    assert {name: hash(content) for name, content in first.items()} == {
        name: hash(content) for name, content in second.items()
    }
    with tarfile.open(here / "dist" / f"runfolio-{__version__}.tar.gz") as archive:
        members = archive.getmembers()
    assert {one.mtime for one in members} == {1700000000}
    assert {(one.uid, one.uname) for one in members} == {(0, "")}
    with zipfile.ZipFile(here / "dist" / f"runfolio-{__version__}-py3-none-any.whl") as archive:
        assert {one.date_time for one in archive.infolist()} == {(2023, 11, 14, 22, 13, 20)}


def test_the_installed_commands_tell_their_version(installed: Installed, tmp_path: Path) -> None:
    assert __version__ in installed.run("runfolio", "--version", cwd=tmp_path)
    assert __version__ in installed.run("build-report", "--version", cwd=tmp_path)


def test_the_installed_package_logs_and_reports(installed: Installed, tmp_path: Path) -> None:
    (tmp_path / "train.py").write_text(TRAINING)
    installed.run("python", "train.py", cwd=tmp_path)
    installed.run("build-report", "--output", "report", cwd=tmp_path)
    index = (tmp_path / "report" / "index.html").read_text(encoding="utf-8")
    assert "wheel" in index
    assert "href" in index
    assert len(list((tmp_path / "report" / "runs").glob("*.html"))) == 1
