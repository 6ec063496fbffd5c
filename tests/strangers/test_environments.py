"""Whatever the machine is like, a run is logged, and one store gives the same site, to the byte.

A small program does both in one process, which has no variable but those of the case.
"""

from __future__ import annotations

import hashlib
import re
import shutil
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Final

import pytest

from tests.strangers.newcomer import ODD_NAME, Newcomer, is_root

NOBODY: Final = 54321
"""A user id without an entry in /etc/passwd."""

LOGGING: Final = """
import runfolio

with runfolio.start_run(experiment="Łódź", name="日本 é", params={"größe": 1}) as run:
    for step in range(12):
        run.log_metric("loss/größe", 1 / (step + 1), step=step)
    run.log_text("ü", "notes/u.txt")
    run.log_table({"größe": [1, 2], "名": ["a", "ü"]}, "table.parquet")
    run.set_note("Łódź **日本**")
if runfolio.search_runs("Łódź")["name"].tolist() != ["日本 é"]:
    raise SystemExit("What was logged can't be read.")
"""

BUILDING: Final = """
import sys
from runfolio.cli.report import main

main([sys.argv[2], "--output", sys.argv[3]])
"""


@dataclass(frozen=True, slots=True)
class Case:
    """A kind of machine: variables, what starts the program, options of Python, and a beginning."""

    variables: Mapping[str, str] = field(default_factory=dict)
    around: Sequence[str] = ()
    options: Sequence[str] = ()
    before: str = ""


PLAIN: Final = Case({"HOME": "{folder}/home"})

CASES: Final = {
    "no variables at all": Case(),
    "a home that is a file": Case({"HOME": "{folder}/file", "LC_ALL": "C"}),
    "a home that is a link": Case({"HOME": "{folder}/link", "TZ": "Nowhere/Land"}),
    "no home and no temporary folder": Case(
        {"HOME": "{folder}/nowhere", "TMPDIR": "{folder}/nowhere"}
    ),
    "ASCII everywhere": Case(
        {"LC_ALL": "POSIX", "PYTHONUTF8": "0", "PYTHONCOERCECLOCALE": "0"},
    ),
    "output in cp1252": Case({"PYTHONIOENCODING": "cp1252", "TZ": "Asia/Kathmandu"}),
    "few of everything": Case(
        before="import os, resource; os.umask(0o077); "
        "os.sched_setaffinity(0, {min(os.sched_getaffinity(0))}); "
        "resource.setrlimit(resource.RLIMIT_NOFILE, (64, 64))",
    ),
    "a clock in 1980": Case(
        before="import time; time.time = lambda: 315532800.0; "
        "time.time_ns = lambda: 315532800 * 10**9"
    ),
    "a clock in 2040": Case(
        before="import time; time.time = lambda: 2208988800.0; "
        "time.time_ns = lambda: 2208988800 * 10**9"
    ),
    "another way to start Python": Case(options=("-I", "-B", "-OO")),
    "a user that is unknown": Case(
        around=("setpriv", f"--reuid={NOBODY}", f"--regid={NOBODY}", "--clear-groups"),
    ),
    "no shared memory and no network": Case(
        around=("unshare", "--mount", "--net", "sh", "-c", 'umount -l /dev/shm; exec "$@"', "sh"),
    ),
}


@dataclass(frozen=True, slots=True)
class Given:
    """A store, and what its site is on a usual machine."""

    store: Path
    site: dict[str, str]


@pytest.fixture(scope="module")
def given(newcomer: Newcomer, public: Path) -> Given:
    folder = public / "given"
    folder.mkdir()
    store = folder / "runs"
    ended = newcomer.run("python", "-W", "error", "-c", LOGGING, cwd=folder)
    assert ended.code == 0, ended.said
    site = folder / "site"
    ended = newcomer.run("build-report", str(store), "-o", str(site), cwd=folder)
    assert ended.code == 0, ended.said
    return Given(store, digests(site))


def digests(site: Path) -> dict[str, str]:
    """The digest of every file of a site."""
    return {
        path.relative_to(site).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(site.rglob("*"))
        if path.is_file()
    }


def test_a_name_that_no_file_can_have_here_is_told(newcomer: Newcomer, tmp_path: Path) -> None:
    (tmp_path / "program.py").write_text(
        "import runfolio\n"
        "with runfolio.start_run() as run:\n"
        "    run.log_text('text', 'notes/\u00fc.txt')\n",
        encoding="utf-8",
    )
    ended = newcomer.run(
        "python", "program.py", cwd=tmp_path, variables=CASES["ASCII everywhere"].variables
    )
    assert ended.code == 1
    assert re.search(
        r"InvalidPath: The artifact path 'notes/.*\.txt' can't be a file's name here: this Python "
        r"writes names in 'ascii'\. Set PYTHONUTF8=1",
        ended.said,
    ), ended.said


@pytest.mark.parametrize("case", CASES.values(), ids=[*CASES])
def test_runs_are_logged_and_sites_are_the_same(
    newcomer: Newcomer, given: Given, public: Path, case: Case
) -> None:
    if case.around and (not is_root() or shutil.which(case.around[0]) is None):
        pytest.skip(f"{case.around[0]} is missing, or this user may not use it")
    folder = Path(tempfile.mkdtemp(prefix=ODD_NAME, dir=public))
    folder.chmod(0o777)
    (folder / "home").mkdir()
    (folder / "file").write_text("")
    (folder / "link").symlink_to(folder / "home")
    program = "\n".join(
        ("import sys", "exec(sys.argv[1])", "sys.argv[1] = ''", *LOGGING.splitlines(), BUILDING)
    )
    (folder / "program.py").write_text(program, encoding="utf-8")
    site = folder / "site"
    ended = newcomer.run(
        *("python", "-W", "error", *case.options, str(folder / "program.py")),
        *(case.before, str(given.store), str(site)),
        cwd=folder,
        variables={key: value.format(folder=folder) for key, value in case.variables.items()},
        around=[shutil.which(case.around[0]) or "", *case.around[1:]] if case.around else (),
    )
    assert ended.code == 0, ended.said
    assert "Traceback" not in ended.said
    assert re.search(r"^1 run, \d+ pages, .*index\.html$", ended.said, re.MULTILINE), ended.said
    assert digests(site) == given.site


def test_a_deep_folder_is_no_obstacle(newcomer: Newcomer, given: Given, tmp_path: Path) -> None:
    # The title of a report is the name of the folder in which its store lies.
    deep = tmp_path.joinpath(*["a rather long name of a folder"] * 9, given.store.parent.name)
    deep.mkdir(parents=True)
    shutil.copytree(given.store, deep / "runs")
    ended = newcomer.run("build-report", cwd=deep)
    assert ended.code == 0, ended.said
    assert digests(deep / "site") == given.site


@pytest.mark.skipif(not is_root(), reason="only root can become another user")
def test_a_folder_that_cannot_be_written_is_named(
    newcomer: Newcomer, given: Given, public: Path
) -> None:
    """Somebody else's project: a run can't be logged there, the report goes elsewhere."""
    project, elsewhere = public / "project", public / "elsewhere"
    project.mkdir()
    elsewhere.mkdir()
    elsewhere.chmod(0o777)
    nobody = CASES["a user that is unknown"].around
    around = [shutil.which(nobody[0]) or "", *nobody[1:]]
    logged = newcomer.run("python", "-c", LOGGING, cwd=project, around=around)
    assert logged.code == 1
    assert re.search(
        r"StoreWriteFailed: .*runs.*permission was denied; choose another", logged.said
    ), logged.said
    here = newcomer.run("build-report", str(given.store), cwd=project, around=around)
    assert here.code == 1
    assert re.match(r"Error: .*site.*[Pp]ermission denied.*\. ", here.said), here.said
    there = newcomer.run(
        "build-report", str(given.store), "-o", str(elsewhere / "site"), cwd=project, around=around
    )
    assert there.code == 0, there.said
    assert digests(elsewhere / "site") == given.site


def test_a_site_for_all_is_readable_by_all(
    newcomer: Newcomer, given: Given, tmp_path: Path
) -> None:
    """A web server is another user: the usual mask makes files that it can read."""
    ended = newcomer.run(
        *("python", "-c", "import os; os.umask(0o022)\n" + BUILDING),
        *("", str(given.store), str(tmp_path / "site")),
        cwd=tmp_path,
    )
    assert ended.code == 0, ended.said
    for path in (tmp_path / "site", *(tmp_path / "site").rglob("*")):
        assert path.stat().st_mode & 0o044 == 0o044, path
