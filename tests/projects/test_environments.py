"""Environments that are made once and kept, with real uv and pip and no network."""

from __future__ import annotations

import platform
import shutil
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest

from runfolio.errors import EnvironmentFailed
from runfolio.projects import managers
from runfolio.projects.environments import EnvironmentSpec, make_environment
from runfolio.projects.managers import Manager, choose_manager, find_reason
from runfolio.projects.own_package import find_own_package
from runfolio.query.record import get_run
from tests.projects.wheels import make_needs, make_wheel

BOTH = pytest.mark.parametrize("manager", ["uv", "pip"])


def ask(python: Path, code: str) -> str:
    """What Python code prints in an environment."""
    done = subprocess.run([python, "-c", code], capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip()


def bare(*packages: str, **options: Any) -> EnvironmentSpec:
    return EnvironmentSpec(packages=packages, runfolio="bare", **options)


def kept(tmp_path: Path) -> list[str]:
    """The names of what is in the cache."""
    return sorted(one.name for one in (tmp_path / "cache/runfolio/environments").iterdir())


@BOTH
def test_packages_are_installed_and_runfolio_is_there(wheels: Path, manager: Manager) -> None:
    make_wheel(wheels, "tiny", "1.0")
    make_wheel(wheels, "tiny", "2.0", needs=("deeper",))
    make_wheel(wheels, "deeper", "3.0")
    python = make_environment(bare("tiny<2"), manager)
    code = "import tiny, runfolio, sys; print(tiny.__version__, runfolio.__version__, sys.prefix)"
    version, own, prefix = ask(python, code).split()
    assert (version, own) == ("1.0", find_own_version())
    assert prefix == str(python.parent.parent)
    newest = make_environment(bare("tiny"), manager)
    assert newest != python
    assert ask(newest, "import tiny, deeper; print(tiny.__version__, deeper.__version__)") == (
        "2.0 3.0"
    )


def find_own_version() -> str:
    from importlib import metadata

    return metadata.version("runfolio")


def test_a_python_without_pip_makes_one(wheels: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    make_wheel(wheels, "tiny")
    monkeypatch.setattr(managers, "_own_pip", lambda: None)
    ask(make_environment(bare("tiny"), "pip"), "import tiny, pip")


@BOTH
def test_a_program_there_logs_runs(wheels: Path, manager: Manager, store: Path) -> None:
    make_needs(wheels)
    python = make_environment(EnvironmentSpec(), manager)
    run_id = ask(
        python,
        "import runfolio\n"
        f"with runfolio.start_run(store={str(store)!r}, experiment='e') as run:\n"
        "    run.log_metric('loss', 0.5)\nprint(run.id)",
    )
    run = get_run(run_id, store=store)
    assert run.metrics == {"loss": 0.5}
    packages = run.context["environment"]["packages"]
    assert f"runfolio=={find_own_version()}" in packages
    installed = ask(python, "import os, numpy; print(os.path.dirname(numpy.__file__))")
    assert Path(installed).is_dir()
    listed = subprocess.run(
        [python.parent / "runfolio", "--version"], capture_output=True, text=True, check=True
    )
    assert find_own_version() in listed.stdout


def test_only_what_logging_needs_comes_with_runfolio(wheels: Path) -> None:
    own = find_own_package()
    assert {line.split(">")[0] for line in own.needed_to_log} == {"numpy", "pyarrow"}
    make_wheel(wheels, "numpy", "99")
    make_wheel(wheels, "pyarrow", "99")
    make_wheel(wheels, "tiny")
    make_environment(EnvironmentSpec(packages=("tiny",)))
    with pytest.raises(EnvironmentFailed, match="altair"):
        make_environment(EnvironmentSpec(packages=("tiny", "runfolio>=0.0.1")))


def test_it_is_made_once(wheels: Path, tmp_path: Path) -> None:
    make_wheel(wheels, "tiny")
    said: list[str] = []
    first = make_environment(bare("tiny"), say=said.append)
    assert make_environment(bare("tiny"), say=said.append) == first
    assert said == [
        f"Making an environment with uv: Python {platform.python_version()}, 1 packages listed."
    ]
    assert len(kept(tmp_path)) == 2
    shutil.rmtree(first.parent.parent)
    again = make_environment(bare("tiny"))
    assert again != first
    assert again.is_file()


def test_many_at_once_agree_on_one(wheels: Path, tmp_path: Path) -> None:
    make_wheel(wheels, "tiny")
    code = (
        "from runfolio.projects.environments import *\n"
        "print(make_environment(EnvironmentSpec(packages=('tiny',), runfolio='bare')))"
    )
    started = [
        subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE, text=True)
        for _ in range(3)
    ]
    made = [one.communicate()[0].strip() for one in started]
    for python in made:
        ask(Path(python), "import tiny, runfolio")
    pointers = [name for name in kept(tmp_path) if "-" not in name]
    assert len(pointers) == 1
    assert str(make_environment(bare("tiny"))) in made


def test_a_build_that_was_killed_leaves_nothing_that_counts(wheels: Path, tmp_path: Path) -> None:
    make_wheel(wheels, "tiny")
    code = (
        "import os, signal\n"
        "from runfolio.projects import managers\n"
        "from runfolio.projects.environments import *\n"
        "managers._Uv.install_local = lambda *a, **k: os.kill(os.getpid(), signal.SIGKILL)\n"
        "make_environment(EnvironmentSpec(packages=('tiny',), runfolio='bare'))\n"
    )
    done = subprocess.run([sys.executable, "-c", code], check=False)
    assert done.returncode == -9
    (half,) = kept(tmp_path)
    python = make_environment(bare("tiny"))
    ask(python, "import tiny")
    assert half not in kept(tmp_path)
    assert len(kept(tmp_path)) == 2


def test_a_build_that_fails_leaves_nothing(wheels: Path, tmp_path: Path) -> None:
    with pytest.raises(EnvironmentFailed):
        make_environment(bare("absent"))
    assert kept(tmp_path) == []


@BOTH
def test_a_package_that_is_not_to_be_had_is_named(wheels: Path, manager: Manager) -> None:
    make_wheel(wheels, "tiny")
    with pytest.raises(EnvironmentFailed, match=r"can't be made: .*tiny==3") as caught:
        make_environment(bare("tiny==3"), manager)
    assert "\n" not in str(caught.value)
    assert "take --env none" in str(caught.value)


@BOTH
def test_constraints_narrow(wheels: Path, manager: Manager) -> None:
    make_wheel(wheels, "tiny", "1.0")
    make_wheel(wheels, "tiny", "2.0")
    python = make_environment(bare("tiny", constraints=("tiny<2", "other<3")), manager)
    assert ask(python, "import tiny; print(tiny.__version__)") == "1.0"


@BOTH
def test_local_wheels_come_as_they_are(wheels: Path, tmp_path: Path, manager: Manager) -> None:
    wheel = make_wheel(tmp_path / "own", "mine", "1.0", needs=("absent",))
    spec = bare(local=(wheel,))
    python = make_environment(spec, manager)
    assert ask(python, "import mine; print(mine.__version__)") == "1.0"
    make_wheel(tmp_path / "own", "mine", "1.0", {"mine.py": "__version__ = 'changed'"})
    changed = make_environment(spec, manager)
    assert ask(changed, "import mine; print(mine.__version__)") == "changed"


def test_hashes_are_checked_without_asking_them_of_runfolios_needs(wheels: Path) -> None:
    import hashlib

    make_needs(wheels)
    digest = hashlib.sha256(make_wheel(wheels, "tiny").read_bytes()).hexdigest()
    for manager in managers.MANAGERS:
        spec = EnvironmentSpec(packages=(f"tiny==1.0 --hash=sha256:{digest}",))
        ask(make_environment(spec, manager), "import tiny, runfolio, numpy")
    with pytest.raises(EnvironmentFailed, match=r"(?i)hash"):
        make_environment(EnvironmentSpec(packages=(f"tiny==1.0 --hash=sha256:{'0' * 64}",)))


@BOTH
def test_this_version_of_python_is_found(wheels: Path, manager: Manager) -> None:
    python = make_environment(bare(python="{}.{}".format(*sys.version_info)), manager)
    assert ask(python, "import sys; print(sys.version_info[:2])") == str(sys.version_info[:2])


@pytest.mark.parametrize(
    ("manager", "message"),
    [
        ("pip", "There is no 'python3.2' on the PATH .* take --env uv"),
        ("uv", r"can't be made: .*3\.2"),
    ],
)
def test_a_python_that_is_not_here_is_named(wheels: Path, manager: Manager, message: str) -> None:
    with pytest.raises(EnvironmentFailed, match=message):
        make_environment(bare(python="3.2.6"), manager)


def test_without_uv_it_is_said_how_to_get_it(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PATH", "/nowhere")
    monkeypatch.setitem(sys.modules, "uv", None)
    assert choose_manager() == "pip"
    with pytest.raises(EnvironmentFailed, match=r"pip install 'runfolio\[environments\]'"):
        make_environment(EnvironmentSpec(), "uv")
    monkeypatch.undo()
    assert choose_manager() == "uv"


def test_variables_that_lead_to_other_packages_are_left_out(
    wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    make_wheel(wheels, "tiny")
    (tmp_path / "shadow/tiny-1.0.dist-info").mkdir(parents=True)
    (tmp_path / "shadow/tiny-1.0.dist-info/METADATA").write_text("Name: tiny\nVersion: 1.0\n")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path / "shadow"))
    python = make_environment(bare("tiny"), "pip")
    monkeypatch.delenv("PYTHONPATH")
    ask(python, "import tiny")


def test_a_cache_that_cant_be_written_is_one_line(
    wheels: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / "file").touch()
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "file"))
    with pytest.raises(EnvironmentFailed, match=r"made in .*/file/.* Set \$XDG_CACHE_HOME"):
        make_environment(bare())


NEWER = "No solution found: Because of x, y."
OLDER = "No solution found: Because x is 1 and you want 2, no."


@pytest.mark.parametrize(
    ("output", "reason"),
    [
        ("error: No solution found\n  cause: Because of x, y.\n\nhint: no", NEWER),
        ("  × No solution found:\n  ╰─▶ Because x is 1 and\n      you want 2, no.\n", OLDER),
        ("Looking\nERROR: a\nERROR: No matching distribution found for x\n[notice] new", None),
        ("error: https://me:secret@host/simple is down", "https://host/simple is down"),
        ("", "it said nothing"),
    ],
)
def test_the_telling_line_is_found(output: str, reason: str | None) -> None:
    assert find_reason(output) == (reason or "No matching distribution found for x")
