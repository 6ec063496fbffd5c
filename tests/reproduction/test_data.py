"""Data that git doesn't track: linked, copied, missing, or another by now."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import runfolio
from runfolio.errors import InvalidValue, NotReproducible

from .recording import TRAIN, commit, git, make_repository, reproduce, run, verdicts, write

READS = TRAIN.replace(
    "    run.log_text",
    "    path = sys.argv[1]\n    run.log_text(open(path).read(), 'copy.txt')\n    run.log_text",
)
LOGS = READS.replace("    path =", "    run.log_input(sys.argv[1], name='wine')\n    path =")


def make_project(folder: Path, program: str, data: str = "wine.csv") -> Path:
    make_repository(folder, train_py=program)
    (folder / ".gitignore").write_text("*.csv\ndata\n")
    path = folder / data
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("a,b\n1,2\n")
    commit(folder)
    return folder


def test_data_is_linked_where_it_is_the_same(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_project(tmp_path / "project", LOGS, "data/wine.csv")
    before = run(folder, store, "train.py", "data/wine.csv")
    monkeypatch.chdir(folder)
    done = reproduce(before, store)
    assert (done.verdict, verdicts(done)["wine"]) == ("same", "same")
    place = folder / "data" / "wine.csv"
    assert done.warnings == (
        f"'data/wine.csv' is not part of the recorded code: it is linked from {str(place)!r}.",
    )
    assert git(folder, "status", "--porcelain") == ""


def test_data_that_has_changed_is_told_before(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_project(tmp_path / "project", LOGS)
    before = run(folder, store, "train.py", "wine.csv")
    (folder / "wine.csv").write_text("a,b\n1,3\n")
    monkeypatch.chdir(folder)
    checked = runfolio.check_reproduction(before.id, store=store, env="none")
    assert checked.plan.refusals == ()
    assert checked.plan.warnings[0] == (
        f"The data 'wine' is another now: {str(folder / 'wine.csv')!r} has changed."
    )
    done = reproduce(before, store)
    assert (done.verdict, verdicts(done)["wine"]) == ("different", "different")


@pytest.mark.parametrize("absolute", [False, True])
def test_data_that_is_gone_makes_it_impossible(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch, absolute: bool
) -> None:
    folder = make_project(tmp_path / "project", LOGS)
    name = str(folder / "wine.csv") if absolute else "wine.csv"
    before = run(folder, store, "train.py", name)
    (folder / "wine.csv").unlink()
    monkeypatch.chdir(folder)
    place = "" if absolute else f" in {str(folder)!r}"
    told = f"The data 'wine' is missing: there is no {name!r}{place}."
    with pytest.raises(NotReproducible, match=re.escape(told)):
        reproduce(before, store)


def test_a_source_that_is_no_path_is_nothing_to_look_for(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inputs = "run.log_input({'x': [1]}, source=source, name=source)"
    sources = "for source in ('sklearn.datasets', 's3://bucket/x.csv', 'team/set'):"
    program = TRAIN.replace("    run.log_text", f"    {sources} {inputs}\n    run.log_text")
    folder = make_repository(tmp_path / "project", train_py=program)
    before = run(folder, store)
    monkeypatch.chdir(folder)
    checked = runfolio.check_reproduction(before.id, store=store, env="none")
    assert (checked.plan.refusals, checked.plan.warnings, checked.brought) == ((), (), ())


def test_a_table_named_by_its_file_may_be_missing(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    logs = "run.log_input({'x': [1]}, source='wine.csv', name='wine')"
    program = TRAIN.replace("    run.log_text", f"    {logs}\n    run.log_text")
    folder = make_repository(tmp_path / "project", train_py=program)
    before = run(folder, store)
    monkeypatch.chdir(folder)
    with pytest.raises(NotReproducible, match="The data 'wine' is missing"):
        reproduce(before, store)


def test_a_file_of_the_command_is_copied_and_may_be_overwritten(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = READS + "    open(path, 'a').write('more')\n"
    folder = make_project(tmp_path / "project", program)
    before = run(folder, store, "train.py", "wine.csv")
    (folder / "wine.csv").write_text("a,b\n1,2\n")
    monkeypatch.chdir(folder)
    done = reproduce(before, store)
    assert done.verdict == "same"
    assert "it is copied, as it is now, from" in done.warnings[0]
    assert (folder / "wine.csv").read_text() == "a,b\n1,2\n"


def test_a_folder_is_brought_where_that_is_asked_for(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = READS.replace("path = sys.argv[1]", "path = sys.argv[1] + '/wine.csv'")
    folder = make_project(tmp_path / "project", program, "data/wine.csv")
    before = run(folder, store, "train.py", "data")
    monkeypatch.chdir(folder)
    (told,) = runfolio.check_reproduction(before.id, store=store, env="none").plan.warnings
    assert told.endswith("won't be there: --link data brings it.")
    assert reproduce(before, store, link=["data"]).verdict == "same"
    assert reproduce(before, store, link=[str(folder / "data")]).verdict == "same"
    with pytest.raises(InvalidValue, match="There is no 'nothing' to link in"):
        reproduce(before, store, link=["nothing"])


def test_data_beside_the_repository_is_linked_beside_the_copy(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_project(tmp_path / "a" / "project", LOGS)
    write(tmp_path, wine_csv="x\n")
    write(tmp_path / "a", more_csv="y\n")
    first = run(folder, store, "train.py", "../../wine.csv")
    second = run(folder, store, "train.py", "../more.csv")
    monkeypatch.chdir(folder)
    assert reproduce(first, store).verdict == "same"
    assert reproduce(second, store).verdict == "same"


def test_a_store_in_the_work_tree_is_no_data(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_repository(tmp_path / "project", train_py=TRAIN)
    store = folder / "runs"
    before = run(folder, store, "train.py", "--store", "runs")
    monkeypatch.chdir(folder)
    done = reproduce(before, store)
    assert (done.verdict, done.warnings) == ("same", ())


def test_data_of_code_outside_git(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = LOGS.replace("    run.log_text(repr", "    run.log_code()\n    run.log_text(repr")
    folder = tmp_path / "plain"
    write(folder, train_py=program, wine_csv="a\n")
    before = run(folder, store, "train.py", "wine.csv")
    monkeypatch.chdir(folder)
    done = reproduce(before, store)
    assert done.verdict == "same"
    assert "it is linked from" in done.warnings[0]
