"""What is told of a store before it is published."""

from __future__ import annotations

from pathlib import Path

import runfolio
from runfolio.privacy import Finding, Masks, find_in_text, find_secrets, inspect_store
from runfolio.privacy.terms import Terms
from runfolio.store import read_store
from tests.privacy.samples import make_token

TOKEN = make_token("github", "findings")


def log(store: Path, name: str = "first", **params: object) -> str:
    with runfolio.start_run(store=store, experiment="e", name=name, capture=False) as run:
        run.log_params(params)
        run.log_text(f"one\ntwo\nuse {TOKEN}\n", "notes/a.txt")
    return run.id


def test_a_finding_says_where_it_is_and_shows_it_masked(store: Path) -> None:
    run_id = log(store, api_key="x9y8z7w6v5")
    assert find_secrets(store) == (
        Finding(
            "secret", "credential", f"run {run_id[:8]} 'first': parameter 'api_key'", "[redacted]"
        ),
        Finding(
            "secret",
            "GitHub Token",
            f"run {run_id[:8]} 'first': artifact 'notes/a.txt', line 3",
            "use [redacted]",
        ),
    )


def test_runs_that_have_the_same_are_told_once(store: Path) -> None:
    for number in range(3):
        log(store, name=f"run {number}")
    (found,) = find_secrets(read_store(store))
    assert found.places == 3
    assert found.place.endswith("artifact 'notes/a.txt', line 3")


def test_secrets_come_before_what_is_personal(store: Path) -> None:
    log(store, data="/home/somebody/x.csv", password="Tr0ub4dor")
    found = inspect_store(read_store(store))
    assert [one.severity for one in found.findings] == ["secret", "secret", "personal"]
    assert found.secrets == found.findings[:2]


def test_names_are_masked_in_the_place_as_well(store: Path) -> None:
    log(store, name=f"with {TOKEN}", **{f"key {TOKEN}": "/home/somebody/x"})
    told = " ".join(f"{one.place} {one.shown}" for one in find_secrets(store))
    assert TOKEN not in told
    assert "somebody" not in told
    assert "parameter 'key [redacted]'" in told


def test_a_long_line_is_shown_around_what_was_found(store: Path) -> None:
    log(store, note="word " * 100 + TOKEN + " word" * 100)
    shown = next(one.shown for one in find_secrets(store) if "parameter" in one.place)
    assert len(shown) < 110
    assert shown.startswith("…")
    assert shown.endswith("…")
    assert "[redacted]" in shown


def test_what_is_no_text_is_counted_by_its_ending(store: Path, tmp_path: Path) -> None:
    for name in ("a.bin", "b.BIN", "weights"):
        (tmp_path / name).write_bytes(b"\0\1")
    with runfolio.start_run(store=store, capture=False) as run:
        for name in ("a.bin", "b.BIN", "weights"):
            run.log_artifact(tmp_path / name)
    assert inspect_store(read_store(store)).unread == {".bin": 2, "weights": 1}


def test_a_text_that_goes_with_a_report_is_looked_at_too() -> None:
    terms = Terms()
    terms.learn("user", "somebody")
    found = find_in_text(f"# A\n\nby somebody\n{TOKEN}", where="reports/a.md", masks=Masks(terms))
    assert [(one.severity, one.place) for one in found] == [
        ("personal", "reports/a.md, line 3"),
        ("secret", "reports/a.md, line 4"),
    ]


def test_a_store_of_another_tool_is_looked_into(tmp_path: Path) -> None:
    (tmp_path / "results.csv").write_text(f"step,loss,api_key\n0,1,{TOKEN}\n1,2,{TOKEN}\n")
    assert any(one.severity == "secret" for one in find_secrets(tmp_path / "results.csv"))


def test_an_empty_store_has_nothing(store: Path) -> None:
    log(store)
    runfolio.delete_experiment("e", store=store)
    assert find_secrets(store) == ()
