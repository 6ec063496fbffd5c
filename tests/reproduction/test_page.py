"""What the page of a run says of doing it again, and of its repetitions."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from bs4 import BeautifulSoup, Tag

from runfolio.privacy import Disclosure
from runfolio.schema import FileRecord, WholeRun
from runfolio.site import build_report
from runfolio.store.adding import Adder

COMMIT = "8f3c2a1" + "5" * 33
FIRST, SECOND, THIRD = (f"{number}f2a9c010d1e2b4a" for number in (1, 2, 3))
CONTEXT: dict[str, Any] = {
    "command": ["python", "train.py", "--lr", "0.1"],
    "source_kind": "script",
    "git": {"commit": COMMIT, "dirty": True, "remote": "https://example.org/a.git"},
    "folder": "src",
    "source_path": "src/train.py",
    "environment": {"python": "3.11.7", "packages": ["numpy==2.1.0"], "local": ["Own"]},
    "variables": {"names": ["OMP_NUM_THREADS"], "values": {"OMP_NUM_THREADS": "4"}},
}


def add(store: Path, run_id: str, tags: dict[str, str] | None = None, **changes: Any) -> None:
    context = {key: value for key, value in (CONTEXT | changes).items() if value is not None}
    diff = FileRecord("code/changes.diff", b"--- a/x\n+++ b/x\n", "code")
    run = WholeRun(run_id, "e", f"run of {run_id[0]}", 0, files=[diff], context=context)
    Adder(store).add(run if tags is None else WholeRun(**{**fields(run), "tags": tags}))


def fields(run: WholeRun) -> dict[str, Any]:
    return {name: getattr(run, name) for name in WholeRun.__dataclass_fields__}


def box(store: Path, site: Path, run_id: str = FIRST, **options: Any) -> Tag:
    build_report(store, output=site, **options)
    page = (site / "runs" / f"{run_id}.html").read_text()
    found = BeautifulSoup(page, "html.parser").select_one("#reproduce")
    assert found is not None
    return found


def test_the_steps_and_the_command(store: Path, tmp_path: Path) -> None:
    add(store, FIRST)
    found = box(store, tmp_path / "site")
    steps = found.select_one("[data-steps]")
    assert steps is not None
    assert steps.text.splitlines() == [
        f"git worktree add --detach ../again-1f2a9c01 {COMMIT}",
        "git -C ../again-1f2a9c01 apply < changes.diff",
        "uv venv --python 3.11.7 ../again-1f2a9c01/.venv",
        ". ../again-1f2a9c01/.venv/bin/activate",
        "uv pip install -r requirements.txt",
        "cd ../again-1f2a9c01/src",
        "OMP_NUM_THREADS=4 python train.py --lr 0.1",
    ]
    assert f"runfolio reproduce {FIRST} does it and compares both" in found.text
    assert "in a clone of https://example.org/a.git" in found.text
    assert "were installed: Own." in found.text
    assert [link["download"] for link in found.select("a[download]")] == [
        "requirements.txt",
        "changes.diff",
    ]


@pytest.mark.parametrize(
    ("changes", "told", "steps"),
    [
        ({"command": None}, "The command was not recorded, so there is nothing to run", False),
        ({"command": [], "source_kind": "notebook"}, "It ran in a notebook", False),
        ({"git": None}, "Neither a commit nor a source snapshot was recorded", True),
        ({"command": ["python", "a.py", "--token", "[redacted]"]}, "has a secret", True),
    ],
)
def test_what_makes_it_impossible_is_told(
    store: Path, tmp_path: Path, changes: dict[str, Any], told: str, steps: bool
) -> None:
    add(store, FIRST, **changes)
    found = box(store, tmp_path / "site")
    assert told in found.text
    assert "runfolio reproduce" not in found.text
    assert bool(found.select("[data-steps]")) == steps


def test_repetitions_and_their_run_link_to_each_other(store: Path, tmp_path: Path) -> None:
    add(store, FIRST)
    site = tmp_path / "site"
    assert "again as" not in box(store, site).text
    for run_id, verdict in ((SECOND, "same"), (THIRD, "different")):
        add(store, run_id, {"reproduces": FIRST, "reproduction": verdict})
    found = box(store, site)
    told = [line.text for line in found.select(".kin")]
    assert sorted(told) == ["Done again as run of 2: same", "Done again as run of 3: different"]
    assert {link["href"] for link in found.select(".kin a")} == {
        f"../runs/{run_id}.html" for run_id in (SECOND, THIRD)
    }
    assert box(store, site, SECOND).select_one(".kin").text == (  # type: ignore[union-attr]
        "This run repeats run of 1: same"
    )
    fresh = tmp_path / "fresh"
    build_report(store, output=fresh)
    for page in sorted((fresh / "runs").glob("*.html")):
        assert page.read_bytes() == (site / "runs" / page.name).read_bytes()


def test_a_repetition_of_a_run_that_is_not_there(store: Path, tmp_path: Path) -> None:
    add(store, SECOND, {"reproduces": "<b>gone", "reproduction": "<i>odd"})
    assert not box(store, tmp_path / "site", SECOND).select(".kin, i, b")


HOSTILE = "</code><script>alert(1)</script>"


def test_nothing_hostile_gets_through(store: Path, tmp_path: Path) -> None:
    add(
        store,
        FIRST,
        command=["python", HOSTILE, "; rm -rf /"],
        git={"commit": COMMIT, "dirty": False, "remote": HOSTILE},
        folder=f"a/{HOSTILE}",
        variables={"names": [HOSTILE], "values": {"A": "$(reboot)", HOSTILE: "x"}},
        environment={"packages": ["numpy==1", f"{HOSTILE}==1"], "local": [HOSTILE]},
    )
    found = box(store, tmp_path / "site")
    assert not found.select("script")
    steps = found.select_one("[data-steps]")
    assert steps is not None
    last = steps.text.splitlines()[-1]
    assert last == f"A='$(reboot)' python '{HOSTILE}' '; rm -rf /'"


def test_what_is_recorded_of_a_start_can_be_hidden(store: Path, tmp_path: Path) -> None:
    home = "/home/" + "mvandyke"
    values = {"PYTHONPATH": f"{home}/secretplace", "MINE": "m.vandyke@example" + ".edu"}
    add(
        store,
        FIRST,
        variables={"names": list(values), "values": values},
        folder="hidden-gem/work",
        user="mvandyke",
        project={"uri": f"{home}/p", "parameters": {"who": "mvandyke"}},
        snapshot={"path": "code/snapshot", "folder": "mvandyke", "files": 1},
    )
    for name, disclosure in (
        ("redacted", Disclosure(redact=True)),
        ("anonymous", Disclosure(anonymous=True)),
    ):
        site = tmp_path / name
        told = box(store, site, disclosure=disclosure).text
        for path in site.rglob("*"):
            if path.is_file():
                content = path.read_bytes()
                assert b"vandyke" not in content, path
                assert name == "redacted" or b"hidden-gem" not in content, path
        assert "train.py --lr 0.1" in told
        assert (COMMIT in told) == (name == "redacted")
    assert "The commit was recorded, but is hidden here." in told


def test_the_page_of_a_whole_record_stays_small(store: Path, tmp_path: Path) -> None:
    add(store, FIRST, git=CONTEXT["git"] | {"dirty": False})
    box(store, tmp_path / "site")
    size = (tmp_path / "site" / "runs" / f"{FIRST}.html").stat().st_size
    assert size <= 12_000
    document = json.loads((tmp_path / "site" / "runs" / f"{FIRST}.json").read_text())
    assert document["run"]["id"] == FIRST if "run" in document else document["id"] == FIRST
