"""Drivers are ranked once: what was kept answers equal questions, and nothing else does."""

from __future__ import annotations

from pathlib import Path

import pytest

import runfolio
from runfolio.analysis.drivers import Driver, Drivers, choose_rows
from runfolio.site import known_drivers
from runfolio.site.experiment_facts import ExperimentFacts
from runfolio.site.experiment_files import FreshExperiment, ask_drivers
from runfolio.site.kept import Shelf
from runfolio.site.known_drivers import Question, Questions, answer_all, keep_answer, rank_once
from runfolio.site.library import make_library
from runfolio.store import read_store

FOUND = Drivers((Driver("depth", 0.75, "higher depth → lower loss"),), 0.5, 8, "By a forest.")


class Ranking:
    """Counts how often drivers are ranked."""

    def __init__(self, found: Drivers | None) -> None:
        self.found, self.times = found, 0

    def __call__(self, *_: object, **__: object) -> Drivers | None:
        self.times += 1
        return self.found


@pytest.fixture(autouse=True)
def cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path / "cache" / "runfolio" / "drivers"


@pytest.fixture
def ranking(monkeypatch: pytest.MonkeyPatch) -> Ranking:
    counted = Ranking(FOUND)
    monkeypatch.setattr(known_drivers, "rank_drivers", counted)
    return counted


def ask(said: str) -> Drivers | None:
    """Ask as a new process would, which has nothing in mind."""
    known_drivers._answers.clear()
    return rank_once(Question(said, {"depth": [1, 2]}, [0.5, 0.25], "down", "loss", 30))


def test_an_equal_question_is_answered_by_what_was_kept(ranking: Ranking) -> None:
    assert [ask("a"), ask("a")] == [FOUND, FOUND]
    assert ranking.times == 1
    assert ask("b") == FOUND
    assert ranking.times == 2


def test_that_nothing_is_to_be_found_is_kept_as_well(ranking: Ranking) -> None:
    ranking.found = None
    assert [ask("a"), ask("a")] == [None, None]
    assert ranking.times == 1


@pytest.mark.parametrize("damage", [b"", b"nothing", b"\xff\xfe", b"0\nnull"])
def test_what_is_damaged_is_ranked_again(ranking: Ranking, cache: Path, damage: bytes) -> None:
    ask("a")
    (kept,) = cache.iterdir()
    whole = kept.read_bytes()
    kept.write_bytes(damage or whole[:-1])
    assert ask("a") == FOUND
    assert ranking.times == 2
    assert kept.read_bytes() == whole


def test_another_program_ranks_anew(ranking: Ranking, monkeypatch: pytest.MonkeyPatch) -> None:
    ask("a")
    monkeypatch.setattr("runfolio.site.kept._program", lambda: "another")
    ask("a")
    assert ranking.times == 2


def test_a_cache_that_cannot_be_written_is_done_without(ranking: Ranking, cache: Path) -> None:
    cache.parent.parent.write_text("a file in its place")
    assert [ask("a"), ask("a")] == [FOUND, FOUND]
    assert ranking.times == 2


def test_only_the_last_ones_are_kept(
    ranking: Ranking, cache: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(known_drivers, "MAX_KEPT", 2)
    monkeypatch.setattr(known_drivers, "_shelf", Shelf("drivers", 2))
    for said in "abc":
        ask(said)
    assert len(list(cache.iterdir())) == 2
    ask("c")
    assert ranking.times == 3


def test_equal_questions_are_asked_once_and_not_too_many(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for experiment in ("one", "copy", "other"):
        for number in range(8):
            with runfolio.start_run(
                experiment=experiment, store=tmp_path / "runs", capture=False
            ) as run:
                run.log_params({"depth": number, "width": number % 3})
                run.log_metric("loss", 2.0 * number + (experiment == "other") * number**2)
    tables = read_store(tmp_path / "runs")
    library = make_library(tables, title="")
    fresh = [
        FreshExperiment(ExperimentFacts(one), (), "", (), "", "") for one in library.experiments
    ]
    asked = ask_drivers(fresh)
    assert len(asked) == len({one.said for one in asked}) == 2
    answers = answer_all(Questions(asked))
    assert [one.said for one in answers.found] == [one.said for one in asked]
    keep_answer(answers.found[0])
    assert ask_drivers(fresh) == asked[1:]
    known_drivers._answers.clear()
    monkeypatch.setattr("runfolio.site.experiment_files.MOST_ASKED", 0)
    assert ask_drivers(fresh) == ()


def test_a_further_run_seldom_changes_which_runs_are_ranked_by() -> None:
    import numpy as np

    rng = np.random.default_rng(3)
    names = [f"{number:016x}" for number in rng.integers(0, 2**62, 4001)]
    target = rng.random(4001)
    target[::7] = np.nan
    later = [name for name in names if name > sorted(names)[2000]]
    for name in later[:20]:
        place = names.index(name)
        others = [*names[:place], *names[place + 1 :]]
        rest = np.delete(target, place)
        drawn = {names[row] for row in choose_rows(target, names=names)}
        assert drawn == {others[row] for row in choose_rows(rest, names=others)}
        assert len(drawn) == 1000
