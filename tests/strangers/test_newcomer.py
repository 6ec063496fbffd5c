"""What README.md says is done word for word, on a bare machine, by somebody who knows only that."""

from __future__ import annotations

import re
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

import pytest

from tests.browser.conftest import CHROMIUM_OPTIONS
from tests.environment.tools import find_chromium, require
from tests.strangers.newcomer import (
    ODD_NAME,
    PYTHON_BLOCKS,
    README,
    ROOT,
    Newcomer,
    readme,
    shell_lines,
    words_of,
)

if TYPE_CHECKING:
    from playwright.sync_api import Page

CLUSTER: Final = "tests/spreading/test_dask.py and tests/remote/test_cluster.py start clusters"

LEFT_OUT: Final = {
    "make demo": "test_fresh_clone.py does it",
    "make test": "it is what runs this test",
    "pip install 'runfolio[archive]'": "it needs a network; the packages are there",
    "runfolio publish s3 s3://bucket/reports --store runs": "it needs a network",
    "build-report s3://bucket/team/runs --output s3://bucket/site": "it needs a network",
    "runfolio compare git:main git:HEAD --format markdown | runfolio comment": "it needs a host",
    "dask scheduler --host 127.0.0.1 --port 8786 &": CLUSTER,
    "dask worker tcp://127.0.0.1:8786 --nworkers 3 --nthreads 1 &": CLUSTER,
    "runfolio recover --store runs --backend dask --scheduler tcp://127.0.0.1:8786": CLUSTER,
    "build-report runs --backend dask --scheduler tcp://127.0.0.1:8786": CLUSTER,
}
"""Command lines of README.md that are not run here, and why."""

NO_GIT: Final = r"Error: .*git.* Install git, or name the "
NO_CODE: Final = (
    r"(?s).*(Not possible:|Error: The run '\w+' can't be done again\.) .*Neither a commit nor a "
    r"source snapshot was recorded: log in a git repository, or call run\.log_code\(\)\."
)

SAYS: Final = {
    "runfolio reproduce 3f2a --dry-run": (1, NO_CODE),
    "runfolio reproduce 3f2a": (1, NO_CODE),
    "runfolio publish gh-pages --store runs --path pr/123": (1, NO_GIT),
    "runfolio compare git:main git:HEAD": (1, NO_GIT),
    "runfolio compare git:main git:HEAD --format markdown -o body.md": (1, NO_GIT),
    'runfolio check --baseline git:main --fail-if "metrics.rmse rises > 1%" '
    '--fail-if "metrics.acc < 0.9"': (3, NO_GIT),
    "build-report runs --exclude 'params:*path*' --exclude 'artifacts:model/*' "
    "--include \"runs:status = 'FINISHED'\"": (
        1,
        r"Error: --exclude params:\*path\* matches nothing\. The parameters: 'alpha', ",
    ),
    "runfolio import mlruns --store runs": (0, r"MLflow: \d+ new runs"),
    "runfolio verify report.zip": (0, r".*all is well"),
}
"""What lines of README.md come to where there is no git: the exit code and what is said."""


pytestmark = pytest.mark.timeout(1200)  # what is set up first takes its time


@dataclass(frozen=True, slots=True)
class Visit:
    """What a newcomer has done and seen: a folder, and what each line of README.md said."""

    folder: Path
    said: dict[str, tuple[int, str]]


@pytest.fixture(scope="module")
def visit(newcomer: Newcomer, tmp_path_factory: pytest.TempPathFactory) -> Visit:
    """All of README.md, done in order: the Python first, then the commands."""
    folder = tmp_path_factory.mktemp("visit") / ODD_NAME
    home = folder / "home"
    home.mkdir(parents=True)
    (folder / "bin").mkdir()
    (folder / "bin" / "sh").symlink_to("/bin/sh")  # a shell, but no git, make or compiler
    bare = {"HOME": str(home), "PATH": f"{newcomer.program('')}:{folder / 'bin'}"}
    text = readme()
    python = newcomer.run(
        *("python", "-W", "error", "-c", PYTHON_BLOCKS, str(README)),
        cwd=folder,
        variables=bare | {"PYTHONPATH": str(ROOT), "MPLBACKEND": "Agg"},
    )
    assert python.code == 0, python.said
    run_id = min(path.name for path in (folder / "runs" / "runs").iterdir())
    said = {}
    # The MLflow folder that README.md speaks of is one that Runfolio has written.
    for line in ("build-report", "runfolio export mlflow mlruns", *shell_lines(text)):
        if line in LEFT_OUT:
            continue
        words = [word.replace("3f2a", run_id[:6]) for word in words_of(line)]
        words = [word.replace("/srv/", str(folder / "srv") + "/") for word in words]
        ended = newcomer.run(*words, cwd=folder, variables=bare | {"PYTHONWARNINGS": "error"})
        said[line] = ended.code, ended.said
    return Visit(folder, said)


def test_every_command_of_the_readme_does_what_it_says(visit: Visit) -> None:
    wrong = []
    for line, (code, said) in visit.said.items():
        expected, pattern = SAYS.get(line, (0, ""))
        if "Traceback" in said or code != expected or not re.match(pattern, said):
            wrong.append(f"{line}: {code}, {said}")
    assert wrong == []


def test_what_is_left_out_is_in_the_readme() -> None:
    assert set(LEFT_OUT) | set(SAYS) <= set(shell_lines(readme()))


def test_nothing_is_warned_of(visit: Visit) -> None:
    for line, (_, said) in visit.said.items():
        assert "Warning:" not in said.replace("Warning: the report names people", ""), line


def test_the_pages_open_from_an_odd_path(visit: Visit) -> None:
    """Chromium opens them from disk, and a script draws the charts."""
    executable = require(find_chromium())
    from playwright.sync_api import sync_playwright

    index = visit.folder / "site" / "index.html"
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=executable, args=CHROMIUM_OPTIONS)
        page = browser.new_page()
        errors: list[str] = []
        page.on("pageerror", lambda error: errors.append(str(error)))
        page.on("requestfailed", lambda request: errors.append(request.url))
        page.goto(index.as_uri())
        _follow(page, "wine-quality")
        page.wait_for_selector(".chart-canvas svg", timeout=60_000)
        assert "wine-quality" in page.title()
        browser.close()
    assert not errors


def _follow(page: Page, text: str) -> None:
    page.get_by_role("link", name=text).first.click()
    page.wait_for_load_state()


def test_nothing_is_left_in_the_home_but_a_cache(visit: Visit) -> None:
    assert {path.name for path in (visit.folder / "home").iterdir()} <= {".cache"}


MISTAKES: Final = {
    ("build-report",): r'Error: No run store at .*runs["\']\. Log a run there first, or name the ',
    ("runfolio", "ls"): r'Error: No run store at .*runs["\']\. Log a run there first, or name ',
    ("build-report", "nowhere"): r"Error: .*nowhere.*\. ",
    ("build-report", "here.txt"): r"Error: .*here\.txt.*\. ",
    ("runfolio", "import", "nowhere"): r"Error: .*nowhere.* Check the path\.",
    ("runfolio", "verify", "nowhere.zip"): r"Error: .*nowhere\.zip.*\. ",
    ("runfolio", "run", "nowhere"): r"Error: .*nowhere.*\. ",
}
"""What somebody types who has logged nothing yet, and what is answered: thing, value, next step."""


@pytest.mark.parametrize("words", MISTAKES, ids=" ".join)
def test_who_begins_at_the_wrong_end_is_told_where_to_begin(
    newcomer: Newcomer, tmp_path: Path, words: tuple[str, ...]
) -> None:
    (tmp_path / "here.txt").write_text("no store\n")
    ended = newcomer.run(*words, cwd=tmp_path)
    assert ended.code in {1, 2}
    assert re.search(MISTAKES[words], ended.said), ended.said
    assert "Traceback" not in ended.said
