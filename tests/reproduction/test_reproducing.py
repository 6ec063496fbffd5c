"""Runs that are done again for real: from git, changed, moved about, and outside git."""

from __future__ import annotations

import shutil
import subprocess
from pathlib import Path

import pytest

import runfolio
from runfolio.errors import CommandFailed, NotReproducible

from .recording import (
    TRAIN,
    commit,
    git,
    make_repository,
    read,
    reproduce,
    run,
    run_ids,
    verdicts,
    write,
)

EXAMPLE = Path(__file__).parents[2] / "examples" / "wine_quality.py"


@pytest.fixture(autouse=True)
def _own_temporary_folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Copies of code go where the test sees what is left of them."""
    place = tmp_path / "temporary"
    place.mkdir()
    monkeypatch.setenv("TMPDIR", str(place))
    monkeypatch.setattr("tempfile.tempdir", None)


@pytest.fixture
def project(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository with a program, which is the working directory."""
    folder = make_repository(tmp_path / "project", train_py=TRAIN)
    monkeypatch.chdir(folder)
    return folder


def left(tmp_path: Path) -> list[str]:
    return [path.name for path in (tmp_path / "temporary").iterdir()]


@pytest.mark.parametrize("changed", [False, True])
def test_the_example_comes_out_the_same(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch, changed: bool
) -> None:
    trials = "trials = list_trials(task, quick=options.quick)"
    text = EXAMPLE.read_text().replace(trials, f"{trials}[::4]")
    folder = make_repository(tmp_path / "wine", wine_py=text)
    if changed:
        (folder / "wine.py").write_text(text.replace("SEED = 42", "SEED = 43"))
    run(folder, store, "wine.py", "--quick", "--store", str(store))
    git(folder, "checkout", "-q", ".")
    monkeypatch.chdir(folder)
    registered = runfolio.get_model("diabetes", store=store)
    found = runfolio.search_runs(filter="params.model = 'gradient boosting'", store=store)
    before = read(store, str(found["run_id"][0]))
    assert before.params["seed"] == (43 if changed else 42)
    done = reproduce(before, store)
    assert (done.verdict, done.others) == ("same", 3)
    assert set(verdicts(done).values()) == {"same"}
    assert {"rmse", "r2", "train/rmse", "learning_rate", "importances.parquet"} <= set(
        verdicts(done)
    )
    after = read(store, done.repeated)
    assert after.tags["reproduces"] == before.id
    assert after.tags["reproduction"] == "same"
    assert (after.name, after.experiment, after.params) == (before.name, "diabetes", before.params)
    assert runfolio.get_model("diabetes", store=store) == registered, "no alias has moved"
    assert len(run_ids(store)) == 5
    assert git(folder, "status", "--porcelain") == ""


def test_nothing_of_the_work_tree_is_touched(project: Path, store: Path, tmp_path: Path) -> None:
    hook = project / ".git" / "hooks" / "post-checkout"
    hook.write_text("#!/bin/sh\ntouch hooked\n")
    hook.chmod(0o755)
    before = run(project, store)
    write(project, train_py=TRAIN.replace("0.5", "0.25"), new_py="x = 1")
    git(project, "add", "new.py")
    state = git(project, "status", "--porcelain"), git(project, "for-each-ref")
    assert reproduce(before, store).verdict == "same"
    assert (git(project, "status", "--porcelain"), git(project, "for-each-ref")) == state
    assert len(git(project, "worktree", "list").splitlines()) == 1
    assert not list(tmp_path.rglob("hooked"))
    assert left(tmp_path) == []


def test_recorded_changes_are_applied(project: Path, store: Path) -> None:
    changed = TRAIN.replace("0.5", "0.25").replace("import sys", "import sys\nimport helper")
    write(project, train_py=changed, helper_py="# new")
    git(project, "add", "helper.py")  # from here on it is in the diff
    before = run(project, store)
    git(project, "reset", "-q", "--hard")
    done = reproduce(before, store)
    assert done.verdict == "same"
    assert read(store, done.repeated).params == {"rate": 0.25}


def test_a_script_that_git_does_not_track_is_restored(project: Path, store: Path) -> None:
    write(project, other_py=TRAIN.replace("0.5", "0.125"))
    before = run(project, store, "other.py")
    (project / "other.py").unlink()
    done = reproduce(before, store)
    assert done.verdict == "same"
    assert "'other.py' is not as in the commit: the file that was kept is used." in done.warnings


def test_folders_with_odd_names(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_repository(tmp_path / "mit Leerzeichen und ü", a__läufe_1__train_py=TRAIN)
    inside = folder / "a" / "läufe_1"
    before = run(inside, store, "train.py", "--name", "it's, so; $HOME", "ü")
    assert before.context["folder"] == "a/läufe_1"
    monkeypatch.chdir(folder / "a")
    done = reproduce(before, store)
    assert (done.verdict, verdicts(done)["arguments.txt"]) == ("same", "same")


def test_a_repository_of_sha_256(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = make_repository(tmp_path / "project", "--object-format=sha256", train_py=TRAIN)
    monkeypatch.chdir(folder)
    before = run(folder, store)
    assert len(before.context["git_commit"]) == 64
    assert reproduce(before, store).verdict == "same"


@pytest.mark.parametrize("started", ["absolute", "outside", "module"])
def test_the_code_of_the_commit_runs_however_it_was_started(
    project: Path, store: Path, tmp_path: Path, started: str
) -> None:
    script = str(project / "train.py")
    words = {"absolute": (script,), "outside": ("project/train.py",), "module": ("-m", "train")}
    before = run(tmp_path if started == "outside" else project, store, *words[started])
    (project / "train.py").write_text("raise SystemExit('the code of now')\n")
    done = reproduce(before, store)
    assert done.verdict == "same"
    outside = "The working directory was outside the code: it runs at the top instead."
    assert (outside in done.warnings) == (started == "outside")


def test_a_name_of_a_store_in_the_command_counts_for_nothing(project: Path, store: Path) -> None:
    program = TRAIN.replace("start_run(", "start_run(store=sys.argv[1], ")
    write(project, train_py=program)
    commit(project)
    before = run(project, store, "train.py", str(store))
    done = reproduce(before, store)
    assert done.verdict == "same"
    assert set(run_ids(store)) == {before.id, done.repeated}
    assert f"The command names absolute paths, which it reads and writes: {store}." in done.warnings


def test_a_run_that_differs_is_told_and_kept(project: Path, store: Path) -> None:
    random = 'run.log_metric("noise", __import__("random").random())\n    run.log_text('
    write(project, train_py=TRAIN.replace("run.log_text(", random))
    commit(project)
    before = run(project, store)
    done = reproduce(before, store)
    assert done.verdict == "different"
    assert verdicts(done) | {"noise": ""} == {
        "rate": "same",
        "loss": "same",
        "noise": "",
        "arguments.txt": "same",
        "code/train.py": "same",
    }
    (noise,) = (row for row in done.comparison.rows if row.name == "noise")
    assert noise.before != noise.after
    assert noise.deviation is not None
    assert read(store, done.repeated).tags["reproduction"] == "different"
    assert reproduce(before, store, tolerance=1.0).verdict == "within tolerance"
    assert reproduce(before, store, ignore=["noi*"]).verdict == "same"


def test_variables_are_as_they_were(
    project: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    shown = "repr([os.environ.get(name) for name in ('OMP_NUM_THREADS', 'TZ', 'MINE', 'PATHS')])"
    write(project, train_py=f"import os\n{TRAIN}".replace("repr(sys.argv[1:])", shown))
    commit(project)
    for name in ("OMP_NUM_THREADS", "TZ"):
        monkeypatch.delenv(name, raising=False)
    named = {"OMP_NUM_THREADS": "1", "MINE": "a b", "RUNFOLIO_VARIABLES": "MINE"}
    before = run(project, store, variables=named)
    monkeypatch.setenv("TZ", "Asia/Tokyo")  # was not set, and so it isn't then
    monkeypatch.setenv("OMP_NUM_THREADS", "7")
    assert reproduce(before, store).verdict == "same"


def test_code_beside_git_through_its_snapshot(
    tmp_path: Path, store: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    program = "from helper import RATE\n" + TRAIN.replace("RATE = 0.5\n", "").replace(
        "run.log_text", "run.log_code()\n    run.log_text"
    )
    folder = tmp_path / "plain"
    write(folder, train_py=program, helper_py="RATE = 0.125\n")
    monkeypatch.chdir(tmp_path)
    before = run(folder, store)
    shutil.rmtree(folder)
    done = reproduce(before, store)
    assert done.verdict == "same"
    assert verdicts(done)["code/snapshot/helper.py"] == "same"
    assert read(store, done.repeated).context["snapshot"] == before.context["snapshot"]
    assert left(tmp_path) == []


def test_the_snapshot_stands_in_for_a_commit_that_is_gone(
    project: Path, store: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(project, train_py=TRAIN.replace("run.log_text", "run.log_code(); run.log_text"))
    gone = commit(project)
    before = run(project, store)
    monkeypatch.chdir(make_repository(tmp_path / "other", x="y"))
    done = reproduce(before, store, repository=".")
    assert done.verdict == "same"
    (told,) = (one for one in done.warnings if "The source snapshot is used." in one)
    assert told.startswith(f"The commit {gone[:12]} is not in ")


def test_runs_within_come_along_and_others_do_not(project: Path, store: Path) -> None:
    write(
        project,
        train_py="""
        import runfolio
        with runfolio.start_run(experiment="a", name="first") as first: first.log_metric("x", 1)
        with runfolio.start_run(experiment="a", name="outer") as outer:
            with runfolio.start_run(name="middle", nested=True) as middle:
                middle.log_metric("x", 2)
                for name in "12":
                    with runfolio.start_run(name=name, nested=True) as run: run.log_metric("x", 3)
        """.replace("\n        ", "\n"),
    )
    commit(project)
    run(project, store)
    ids = {read(store, one).name: one for one in run_ids(store)}
    done = reproduce(read(store, ids["middle"]), store)
    assert (done.verdict, done.others) == ("same", 1)
    added = [read(store, one) for one in run_ids(store) if one not in ids.values()]
    assert sorted(one.name for one in added) == ["1", "2", "middle", "outer"]
    by_name = {one.name: one for one in added}
    assert by_name["1"].parent_id == by_name["middle"].id == done.repeated
    assert by_name["middle"].parent_id == by_name["outer"].id
    told = {one.name: (one.tags["reproduces"], one.tags.get("reproduction")) for one in added}
    assert told == {
        "outer": (ids["outer"], None),  # not all of it is there
        **{name: (ids[name], "same") for name in ("middle", "1", "2")},
    }
    rows = [(row.name, row.verdict, row.detail) for row in done.comparison.rows]
    assert rows[-2:] == [(name, "same", "2 of 2 values") for name in "12"]


def test_a_run_within_that_differs_counts(project: Path, store: Path) -> None:
    write(
        project,
        train_py="""
        import os, runfolio
        again = "AGAIN" in os.environ
        with runfolio.start_run(experiment="a", name="outer") as outer:
            for name in ("same", "other", *(["new"] if again else ["old"])):
                with runfolio.start_run(name=name, nested=True) as run:
                    run.log_metric("x", again and name == "other")
                    run.log_param("kind", name if name in ("old", "new") else "")
        """.replace("\n        ", "\n"),
    )
    commit(project)
    outer = run(project, store)
    assert outer.name == "outer"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AGAIN", "1")
        done = reproduce(outer, store)
    assert done.verdict == "different"
    within = [(row.name, row.verdict, row.detail) for row in done.comparison.rows[-4:]]
    assert within == [
        ("same", "same", "3 of 3 values"),
        ("other", "different", "1 of 3 values"),
        ("old", "different", "only before"),
        ("new", "different", "only now"),
    ]
    tags = {one.name: one.tags for one in (read(store, run_id) for run_id in run_ids(store)[4:])}
    assert tags["outer"]["reproduction"] == tags["other"]["reproduction"] == "different"
    assert tags["same"]["reproduction"] == "same"
    assert tags["new"] == {}


def test_another_end_is_another_result(project: Path, store: Path) -> None:
    write(
        project,
        train_py=TRAIN + "    if 'OKAY' not in __import__('os').environ: raise SystemExit(3)\n",
    )
    commit(project)
    with pytest.raises(subprocess.CalledProcessError):
        run(project, store)
    before = read(store, run_ids(store)[0])
    assert before.status == "FAILED"
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("OKAY", "1")
        done = reproduce(before, store)
    assert done.verdict == "different"
    assert (verdicts(done).pop("status"), verdicts(done)["loss"]) == ("different", "same")


@pytest.mark.parametrize("name", ["results", "a/b"])
def test_a_folder_that_git_does_not_keep_is_made(project: Path, store: Path, name: str) -> None:
    folder = project / name
    folder.mkdir(parents=True)
    before = run(folder, store, str(project / "train.py"))
    folder.rmdir()
    assert reproduce(before, store).verdict == "same"


def test_a_folder_that_cannot_be_is_told(project: Path, store: Path) -> None:
    (project / "new").mkdir()
    before = run(project / "new", store, "../train.py")
    (project / "new").rmdir()
    write(project, new="a file")
    gone = commit(project)
    git(project, "replace", str(before.context["git_commit"]), gone)  # stands in for it from now on
    with pytest.raises(NotReproducible, match="'new', in which the run was started, can't be in"):
        reproduce(before, store)


def test_everything_of_a_run_comes_along(project: Path, store: Path) -> None:
    write(
        project,
        train_py="""
        import runfolio, numpy
        with runfolio.start_run(tags={"team": "a"}, note="**so**") as run:
            run.log_params({"text": "1", "number": 1, "flag": True, "list": [1]})
            run.log_param("nan", float("nan"))
            run.log_metric("loss", float("nan")); run.log_metric("loss", float("inf"))
            run.log_input({"x": numpy.arange(3)}, name="d", context="training")
            run.log_histogram([1, 2], "h", step=3)
        """.replace("\n        ", "\n"),
    )
    commit(project)
    before = run(project, store)
    done = reproduce(before, store)
    assert done.verdict == "same"
    one, other = (runfolio.get_run(which, store=store) for which in (before.id, done.repeated))
    assert repr(one.params) == repr(other.params)
    assert other.note == "**so**"
    assert other.tags["team"] == "a"
    assert other.inputs == one.inputs
    kinds = [[(a.path, a.kind, a.key, a.step) for a in each.artifacts] for each in (one, other)]
    assert kinds[0] == kinds[1]
    assert repr(other.metric_history("loss")["value"].tolist()) == "[nan, inf]"


def test_a_command_that_fails_keeps_nothing(project: Path, store: Path, tmp_path: Path) -> None:
    mark = tmp_path / "mark"
    write(project, train_py=TRAIN + f"    open({str(mark)!r}, 'x')\n")
    commit(project)
    before = run(project, store)
    said: list[bytes] = []
    with pytest.raises(
        CommandFailed, match=r"'python train.py' ended with exit code 1.*FileExistsError"
    ) as caught:
        reproduce(before, store, output=said.append)
    assert caught.value.code == 1
    assert b"FileExistsError" in b"".join(said)
    assert run_ids(store) == [before.id]
    assert left(tmp_path) == []
    assert len(git(project, "worktree", "list").splitlines()) == 1


def test_a_command_that_logs_nothing_any_more(project: Path, store: Path) -> None:
    once = "import os, sys\nif 'AGAIN' in os.environ: sys.exit()\n"
    write(project, train_py=once + TRAIN)
    commit(project)
    before = run(project, store)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("AGAIN", "1")
        with pytest.raises(NotReproducible, match="The command logged no run"):
            reproduce(before, store)


def test_the_copy_can_be_kept(project: Path, store: Path) -> None:
    before = run(project, store)
    done = reproduce(before, store, keep=True)
    assert (done.kept / "train.py").is_file()
    assert str(done.kept) in git(project, "worktree", "list")
    git(project, "worktree", "remove", str(done.kept))
    assert reproduce(before, store).kept is None


def test_a_repetition_can_be_repeated(project: Path, store: Path) -> None:
    before = run(project, store)
    second = reproduce(before, store)
    third = reproduce(read(store, second.repeated), store)
    assert third.verdict == "same"
    assert read(store, third.repeated).tags["reproduces"] == second.repeated


def test_a_package_of_the_repository_is_that_of_the_commit(project: Path, store: Path) -> None:
    """It was installed from its folder, which holds other code now."""
    stated = '[project]\nname = "Own.Package"\nversion = "1"\n'
    program = "from own import RATE\n" + TRAIN.replace("RATE = 0.5\n", "")
    write(project, src__own_py="RATE = 0.25\n", tool__train_py=program)
    (project / "pyproject.toml").write_text(stated)
    commit(project)
    before = run(project, store, "tool/train.py", variables={"PYTHONPATH": str(project / "src")})
    assert before.context["variables"]["values"]["PYTHONPATH"] == "src"
    write(project, src__own_py="RATE = 0.5\n")
    assert reproduce(before, store).verdict == "same"
