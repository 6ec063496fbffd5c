"""``build-report`` from the command line: what it says, what it refuses, and how it ends."""

from __future__ import annotations

import shutil
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import runfolio
from runfolio.cli.report import main


def build(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def log_runs(store: Path, count: int = 2) -> None:
    for number in range(count):
        with runfolio.start_run(
            experiment="first", name=f"run {number}", store=store, capture=False
        ) as run:
            run.log_params({"alpha": number})
            for step in range(3):
                run.log_metrics({"loss": 1 / (number + step + 1)}, step=step)


def test_it_ends_with_one_line_that_counts(store: Path, tmp_path: Path) -> None:
    log_runs(store)
    result = build(store, "--output", tmp_path / "site")
    assert result.exit_code == 0, result.output
    assert result.output.count("\n") == 1
    assert "2 runs, 5 pages" in result.output
    assert "(0 unchanged)" in result.output
    assert str(tmp_path / "site" / "index.html") in result.output


def test_building_again_finds_everything_unchanged(store: Path, tmp_path: Path) -> None:
    log_runs(store)
    build(store, "--output", tmp_path / "site")
    result = build(store, "--output", tmp_path / "site")
    files = sum(path.is_file() for path in (tmp_path / "site").rglob("*"))
    assert f"{files} files ({files} unchanged)" in result.output


def test_the_store_comes_from_the_environment(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_runs(store)
    monkeypatch.setenv("RUNFOLIO_STORE", str(store))
    assert build("--output", tmp_path / "site").exit_code == 0


def test_one_experiment_can_be_reported_alone(store: Path, tmp_path: Path) -> None:
    log_runs(store)
    with runfolio.start_run(experiment="second", store=store, capture=False) as run:
        run.log_metric("loss", 1)
    result = build(store, "--output", tmp_path / "site", "--experiment", "second")
    assert result.output.startswith("1 run, ")
    assert "first" not in (tmp_path / "site" / "index.html").read_text()


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["nowhere"], "No run store at .*nowhere"),
        (["STORE", "--experiment", "third"], "No experiment 'third'.*'first'"),
        (["STORE", "--output", "TAKEN"], "did not write"),
        (["STORE", "--templates", "nowhere"], "No folder of templates"),
    ],
)
def test_bad_input_gets_one_line_and_leaves_nothing(
    arguments: list[str], message: str, store: Path, tmp_path: Path
) -> None:
    import re

    log_runs(store)
    taken = tmp_path / "taken"
    taken.mkdir()
    (taken / "thesis.txt").write_text("x")
    places = {"STORE": str(store), "TAKEN": str(taken)}
    words = [places.get(word, word) for word in arguments]
    if "--output" not in words:
        words += ["--output", str(tmp_path / "site")]
    result = build(*words)
    assert result.exit_code == 1
    assert re.search(message, result.output), result.output
    assert result.output.count("\n") == 1
    assert not (tmp_path / "site").exists()
    assert [path.name for path in taken.iterdir()] == ["thesis.txt"]


def test_a_template_of_ones_own_comes_first(store: Path, tmp_path: Path) -> None:
    log_runs(store)
    own = tmp_path / "own"
    own.mkdir()
    (own / "index.html").write_text("{{ view.heading }} has {{ view.run_count }} runs")
    build(store, "--output", tmp_path / "site", "--templates", own, "--title", "Mine")
    assert (tmp_path / "site" / "index.html").read_text() == "Mine has 2 runs"


def test_a_broken_template_is_one_line(store: Path, tmp_path: Path) -> None:
    log_runs(store)
    own = tmp_path / "own"
    own.mkdir()
    (own / "index.html").write_text("{{ view.no_such_value }}")
    result = build(store, "--output", tmp_path / "site", "--templates", own)
    assert result.exit_code == 1
    assert "index.html" in result.output
    assert "no_such_value" in result.output


LOOK = Path(__file__).parents[2] / "examples" / "look"


def test_a_template_may_extend_the_shipped_one(store: Path, tmp_path: Path) -> None:
    log_runs(store)
    build(store, "--output", tmp_path / "site", "--templates", LOOK)
    for path in (tmp_path / "site").rglob("*.html"):
        text = path.read_text()
        assert "Example Lab, internal report." in text, path
        assert "by <span" in text, path


def test_a_theme_has_the_last_word(store: Path, tmp_path: Path) -> None:
    log_runs(store)
    build(store, "--output", tmp_path / "site", "--theme", LOOK / "ocean.css")
    (style,) = (tmp_path / "site" / "assets").glob("site.*.css")
    assert style.read_text().endswith((LOOK / "ocean.css").read_text())


def test_a_theme_that_can_not_be_read_is_one_line(store: Path, tmp_path: Path) -> None:
    log_runs(store)
    result = build(store, "--output", tmp_path / "site", "--theme", tmp_path / "none.css")
    assert result.exit_code == 1
    assert "none.css" in result.output
    assert "No such file" in result.output
    assert not (tmp_path / "site").exists()


def test_a_damaged_run_is_counted_and_the_rest_built(store: Path, tmp_path: Path) -> None:
    log_runs(store)
    table = next(store.glob("runs/*/tables/metrics.parquet"))
    table.write_bytes(table.read_bytes()[:40])
    result = build(store, "--output", tmp_path / "site")
    assert result.exit_code == 0
    assert "1 damaged" in result.output
    assert "could not be read" in (tmp_path / "site" / "index.html").read_text()


def test_the_site_of_a_store_is_the_same_from_everywhere(
    store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_runs(store)
    build(store, "--output", tmp_path / "one", "--title", "Same")
    shutil.copytree(store, tmp_path / "copy")
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TZ", "Asia/Tokyo")
    build("copy", "--output", "two", "--title", "Same")

    def content(folder: Path) -> dict[str, bytes]:
        files = (path for path in folder.rglob("*") if path.is_file())
        return {path.relative_to(folder).as_posix(): path.read_bytes() for path in files}

    assert content(tmp_path / "one") == content(tmp_path / "two")


def write_report(folder: Path, text: str, name: str = "one.md") -> None:
    folder.mkdir(exist_ok=True)
    (folder / name).write_text(text, encoding="utf-8")


def test_reports_beside_the_store_are_built_and_counted(store: Path, tmp_path: Path) -> None:
    log_runs(store)
    write_report(tmp_path / "reports", "# One\n\n{{ best(metrics.loss) }}\n")
    result = build(store, "--output", tmp_path / "site")
    assert result.exit_code == 0, result.output
    assert "2 runs, 1 report, 6 pages" in result.stdout
    assert not result.stderr


def test_mistakes_in_reports_are_told_by_file_and_line(store: Path, tmp_path: Path) -> None:
    log_runs(store)
    write_report(tmp_path / "texts", "# One\n\n{{ bst(metrics.loss) }}\n\n$\\frac$\n")
    result = build(store, "--output", tmp_path / "site", "--reports", tmp_path / "texts")
    assert result.exit_code == 0, result.output
    assert "1 report with 2 mistakes" in result.stdout
    first, second = result.stderr.splitlines()
    assert first.startswith("texts/one.md:3: The expression fails at column 4: there is no")
    assert second.startswith("texts/one.md:5: The formula")


def test_strict_lists_all_mistakes_of_reports_and_builds_nothing(
    store: Path, tmp_path: Path
) -> None:
    log_runs(store)
    write_report(tmp_path / "reports", "# One\n\n{{ x() }} [y](z.md)\n")
    write_report(tmp_path / "reports", "---\ndate: \x1b[31m\n---\n", "two.md")
    result = build(store, "--output", tmp_path / "site", "--strict")
    assert result.exit_code == 1
    *mistakes, last = result.stderr.splitlines()
    assert [line.partition(" ")[0] for line in mistakes] == [
        "reports/one.md:3:",
        "reports/one.md:3:",
        "reports/two.md:1:",
    ]
    assert "\x1b" not in result.stderr
    assert last.startswith("Error: 3 mistakes in 2 reports, and no site was written.")
    assert not (tmp_path / "site").exists()


def test_a_folder_of_reports_has_to_be_there(store: Path, tmp_path: Path) -> None:
    log_runs(store)
    result = build(store, "--output", tmp_path / "site", "--reports", tmp_path / "none")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: No folder of reports at ")
    assert not (tmp_path / "site").exists()


def test_the_budget_is_told_after_the_site_was_built(store: Path, tmp_path: Path) -> None:
    log_runs(store)
    result = build(store, "--output", tmp_path / "site", "--budget")
    assert result.exit_code == 0, result.output
    lines = result.output.splitlines()
    assert lines[0].startswith("2 runs, 5 pages")
    assert lines[1].split() == ["files", "bytes", "a", "run"]
    (pages,) = (line for line in lines if line.startswith("run pages"))
    assert pages.split()[2] == "2"
    (whole,) = (line for line in lines if line.startswith("in all"))
    assert int(whole.split()[2]) == sum(path.is_file() for path in (tmp_path / "site").rglob("*"))


def test_a_site_over_the_budget_is_built_and_fails(store: Path, tmp_path: Path) -> None:
    log_runs(store)
    assert build(store, "--output", tmp_path / "site", "--budget", "100MB").exit_code == 0
    result = build(store, "--output", tmp_path / "site", "--budget", "100kB")
    assert result.exit_code == 1
    assert result.stderr.startswith("Error: The site has ")
    assert result.stderr.count("\n") == 1
    assert (tmp_path / "site" / "index.html").is_file()


def test_a_budget_is_a_size(store: Path, tmp_path: Path) -> None:
    result = build("--budget", store)
    assert result.exit_code == 2
    assert f"{str(store)!r} is no size" in result.output
