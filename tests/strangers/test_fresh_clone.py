"""``make demo`` in a fresh clone, in a folder whose name make and shells stumble over."""

from __future__ import annotations

import os
import shutil
import subprocess
from pathlib import Path

import pytest

from tests.environment.tools import in_ci
from tests.strangers.newcomer import ODD_NAME, ROOT

INSTALLING = ("PIP_", "SSL_", "REQUESTS_", "HTTP_", "HTTPS_", "NO_PROXY", "http_", "https_")
"""How variables begin that say from where packages are fetched on this machine."""


@pytest.fixture
def clone(tmp_path: Path) -> Path:
    """The files of the checkout that are, or would be, in the repository."""
    words = ["git", "-C", str(ROOT), "ls-files", "-z", "--cached", "--others", "--exclude-standard"]
    listed = subprocess.run(words, capture_output=True, check=True).stdout.decode().split("\0")
    folder = tmp_path / ODD_NAME / "run folio"
    for name in filter(None, listed):
        if (ROOT / name).is_file():
            (folder / name).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy2(ROOT / name, folder / name)
    return folder


def bare(clone: Path) -> dict[str, str]:
    """A home folder with nothing in it, a PATH, and from where packages come."""
    home = clone.parent / "home"
    home.mkdir()
    given = {key: value for key, value in os.environ.items() if key.startswith(INSTALLING)}
    return given | {"HOME": str(home), "PATH": os.environ["PATH"]}


def test_make_works_in_an_odd_folder(clone: Path) -> None:
    """What it would do, and its own help, without installing anything."""
    variables = bare(clone)
    for words in (("--dry-run", "demo"), ("help",)):
        done = subprocess.run(
            ["make", *words], cwd=clone, env=variables, capture_output=True, check=False
        )
        assert done.returncode == 0, done.stderr
        assert not done.stderr
    assert b"make demo" in done.stdout


@pytest.mark.skipif(not in_ci(), reason="it installs everything again: only with CI=true")
@pytest.mark.timeout(1200)
def test_the_demo_is_made(clone: Path) -> None:
    done = subprocess.run(
        ["make", "demo"], cwd=clone, env=bare(clone), capture_output=True, check=False
    )
    said = done.stdout.decode() + done.stderr.decode()
    assert done.returncode == 0, said
    index = clone / "demo" / "site" / "index.html"
    assert said.splitlines()[-1] == f"Open {index}"
    written = index.read_text(encoding="utf-8")
    assert ">diabetes<" in written
    assert ">digits<" in written
    assert "Traceback" not in said
