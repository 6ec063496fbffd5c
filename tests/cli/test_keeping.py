"""``build-report --archive`` and ``--single-file``; ``verify`` and ``import`` of archives."""

from __future__ import annotations

import json
import zipfile
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import runfolio
from runfolio.cli.main import main
from runfolio.cli.report import main as build_report
from tests.archive.samples import rewrite, rows_of, write_sample


@pytest.fixture(scope="module")
def root(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("kept")
    write_sample(folder)
    done = build(folder / "runs", "--archive", folder / "report.zip", "--license", "MIT")
    assert done.exit_code == 0, done.output
    return folder


def build(*words: object) -> Result:
    return CliRunner().invoke(build_report, list(map(str, words)))


def call(*words: object) -> Result:
    return CliRunner().invoke(main, list(map(str, words)))


def test_an_archive_with_all_that_is_said_of_it(root: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.zip"
    done = build(
        *(root / "runs", "--archive", target, "--title", "Wine", "--license", "CC0-1.0"),
        *("--author", "Ada Example <0000-0002-1825-0097>", "--author", "B"),
        *("--citation", "https://doi.org/10.1/2", "--description", "About wine"),
    )
    assert done.exit_code == 0, done.output
    assert done.stdout.startswith("2 runs, 6 artifacts, ")
    assert str(target) in done.stdout
    assert "MB)" in done.stdout or "kB)" in done.stdout
    with zipfile.ZipFile(target) as file:
        readme = file.read("README.md").decode()
    assert "Ada Example (<https://orcid.org/0000-0002-1825-0097>), B" in readme
    assert "CC0-1.0" in readme


def test_verifying(root: Path, tmp_path: Path) -> None:
    done = call("verify", root / "report.zip")
    assert done.exit_code == 0
    assert done.stdout.endswith(": all is well.\n")
    (tmp_path / "a.zip").write_bytes((root / "report.zip").read_bytes())
    damaged = rewrite(tmp_path / "a.zip", {"README.md": None, "x\x1b[31m": b"", "index.html": b""})
    done = call("verify", damaged)
    assert done.exit_code == 1
    assert done.stderr.splitlines() == [
        "README.md: it is missing",
        "index.html: it doesn't match its checksum",
        r"x\x1b[31m: it is not in the manifest",
    ]
    assert "3 problems" in done.stdout
    told = json.loads(call("verify", damaged, "--json").stdout)
    assert (told["missing"], told["changed"]) == (["README.md"], ["index.html"])


def test_verifying_what_is_no_archive(root: Path, tmp_path: Path) -> None:
    done = call("verify", root / "runs")
    assert done.exit_code == 0
    assert "Checked 3 runs" in done.stdout
    assert call("verify", root / "runs", "--store", root / "runs").exit_code == 2
    (tmp_path / "cut.zip").write_bytes((root / "report.zip").read_bytes()[:999])
    done = call("verify", tmp_path / "cut.zip")
    assert done.exit_code == 1
    assert done.stderr.startswith("Error: ")
    assert "is no whole ZIP file" in done.stderr
    done = call("verify", tmp_path / "nowhere.zip")
    assert done.exit_code == 1
    assert "nowhere.zip': No such file or directory" in done.stderr
    (tmp_path / "bad.zip").write_bytes(b"?" + (root / "report.zip").read_bytes()[1:-30])
    assert "is no whole ZIP file" in call("verify", tmp_path / "bad.zip").stderr
    assert "No run store at" in call("verify", tmp_path / "nowhere").stderr


def test_importing(root: Path, tmp_path: Path) -> None:
    store = tmp_path / "back"
    done = call("import", root / "report.zip", "--store", store)
    assert done.exit_code == 0, done.output
    assert done.stdout == f"Archive: 2 new runs with 6 artifacts: {store}\n"
    assert rows_of(store) == rows_of(root / "runs")
    again = call("import", root / "report.zip", "--store", store)
    assert "0 new runs with 0 artifacts, 2 known and left as they are" in again.stdout
    told = json.loads(call("import", root / "report.zip", "--store", store, "--json").stdout)
    assert (told["added"], told["known"]) == (0, 2)
    assert call("import", root / "report.zip", "--experiment", "x").exit_code == 2


def test_importing_a_damaged_archive(root: Path, tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes((root / "report.zip").read_bytes())
    damaged = rewrite(tmp_path / "a.zip", {"index.html": b"x"})
    done = call("import", damaged, "--store", tmp_path / "back")
    assert done.exit_code == 1
    assert "'index.html' (it doesn't match its checksum). Nothing was imported." in done.stderr
    assert len(done.stderr.splitlines()) == 1
    assert not (tmp_path / "back").exists()


def test_a_single_file_says_its_size(root: Path, tmp_path: Path) -> None:
    target = tmp_path / "a.html"
    done = build(root / "runs", "--single-file", target, "--page", "experiment:wine")
    assert done.exit_code == 0, done.output
    assert " in one file of " in done.stdout
    assert done.stdout.strip().endswith(str(target))
    refused = build(
        *(root / "runs", "--single-file", tmp_path / "b.html", "--page", "experiment:wine"),
        *("--max-size", "100kB"),
    )
    assert refused.exit_code == 1
    assert "more than 100 kB" in refused.stderr
    assert len(refused.stderr.splitlines()) == 1


def test_a_page_has_to_be_chosen(root: Path, tmp_path: Path) -> None:
    done = build(root / "runs", "--single-file", tmp_path / "a.html")
    assert done.exit_code == 1
    assert "'experiment:new', 'experiment:wine'" in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--archive", "a.zip", "--single-file", "b.html"), "take one"),
        (("--archive", "a.zip", "--serve"), "write no site"),
        (("--archive", "a.zip", "--output", "site"), "write no site"),
        (("--single-file", "a.html", "--watch"), "write no site"),
        (("--archive", "a.zip", "--budget"), "write no site"),
        (("--archive", "a.zip", "--anonymous", "--author", "Ada"), "what --anonymous hides"),
        (("--license", "MIT"), "need --archive"),
        (("--page", "run:x"), "need --single-file"),
        (("--single-file", "a.html", "--max-size", "big"), "'big' is no size"),
    ],
)
def test_options_that_do_not_go_together(root: Path, words: tuple[str, ...], message: str) -> None:
    done = build(root / "runs", *words)
    assert done.exit_code == 2
    assert message in done.stderr


@pytest.mark.parametrize(
    ("words", "message"),
    [
        (("--author", "A <b@c.d>"), "The author 'A <b@c.d>' can't be read"),
        (("--license", "no such thing"), "The licence 'no such thing'"),
    ],
)
def test_what_can_not_be_read(
    root: Path, tmp_path: Path, words: tuple[str, ...], message: str
) -> None:
    done = build(root / "runs", "--archive", tmp_path / "a.zip", *words)
    assert done.exit_code == 1
    assert message in done.stderr
    assert list(tmp_path.iterdir()) == []


def test_the_same_in_python(root: Path, tmp_path: Path) -> None:
    done = runfolio.archive_store(root / "runs", tmp_path / "a.zip")
    assert runfolio.verify_archive(done.path).problems == []
    assert runfolio.import_archive(done.path, store=tmp_path / "back").added == 2
    page = runfolio.write_single_file(root / "runs", tmp_path / "a.html", page="experiment:wine")
    assert page.path.stat().st_size == page.bytes
