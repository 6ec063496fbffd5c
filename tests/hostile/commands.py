"""Everything that is done with somebody's store, and what may come of it."""

from __future__ import annotations

import os
import zipfile
from collections.abc import Iterator
from pathlib import Path

import click
from click.testing import CliRunner, Result

from runfolio.cli.main import main as runfolio_command
from runfolio.cli.report import main as report_command
from tests.hostile.cases import CANARY

KEPT_EXIT_CODES = (0, 1, 2)


def call(command: click.Command, *words: str | Path) -> Result:
    """Run a command; anything but an exit is raised, since users see no tracebacks."""
    result = CliRunner().invoke(command, [os.fspath(word) for word in words])
    if result.exception is not None and not isinstance(result.exception, SystemExit):
        raise result.exception
    assert result.exit_code in KEPT_EXIT_CODES, result.output
    assert CANARY not in result.output
    return result


def build(store: Path, output: Path, *options: str | Path) -> Result:
    """Build the report of a store."""
    return call(report_command, store, "--output", output, *options)


def run(*words: str | Path) -> Result:
    """Run a command of ``runfolio``."""
    return call(runfolio_command, *words)


def do_everything(store: Path, work: Path, *, native: bool) -> list[Result]:
    """Build the site and the archive of a store, keep it, and hand it on in other forms."""
    work.mkdir()
    done = [
        build(store, work / "site"),
        call(report_command, store, "--archive", work / "report.zip"),
        call(report_command, store, "--output", work / "masked", "--redact"),
    ]
    ours = store
    if not native:
        ours = work / "kept"
        done.append(run("import", store, "--store", ours))
    forms = ("mlflow", "tensorboard")
    done += [run("export", form, work / form, "--store", ours) for form in forms]
    return [*done, run("verify", "--store", ours)]


def leaks(folder: Path) -> list[str]:
    """The files below a folder, and the members of archives, that hold what nobody may read."""
    return [name for name, content in _contents(folder) if CANARY.encode() in content]


def _contents(folder: Path) -> Iterator[tuple[str, bytes]]:
    for path in sorted(folder.rglob("*")):
        if path.is_symlink():
            yield str(path), os.fsencode(path.readlink())
        elif path.is_file():
            yield str(path), path.read_bytes()
            if zipfile.is_zipfile(path):
                with zipfile.ZipFile(path) as archive:
                    for name in archive.namelist():
                        yield f"{path}!{name}", archive.read(name)


def tree(folder: Path) -> dict[str, bytes | None]:
    """What lies below a folder, to compare before and after."""
    return {
        str(path.relative_to(folder)): path.read_bytes() if path.is_file() else None
        for path in sorted(folder.rglob("*"))
    }
