"""A small store with runs in every form, for tests of how sites are made."""

from __future__ import annotations

from pathlib import Path

import pytest

import runfolio


def split_finely(monkeypatch: pytest.MonkeyPatch, runs: int = 3) -> None:
    """Let blocks and tasks have few runs."""
    monkeypatch.setattr("runfolio.site.partition.MAX_RUNS", runs)
    monkeypatch.setattr("runfolio.site.planning.MAX_RUNS", runs)


def write_store(store: Path | str, runs: int = 14) -> list[str]:
    """Two experiments, packed runs and others, files, an edit, a deleted run."""
    ids = [log_run(store, number) for number in range(runs - 3)]
    runfolio.pack(store=store)
    ids += [log_run(store, number) for number in range(runs - 3, runs)]
    runfolio.tag_runs(ids[2], {"later": "said"}, store=store)
    runfolio.delete_runs(ids[5], store=store)
    return ids


def log_run(store: Path | str, number: int) -> str:
    """Log one run, which has files where its number is even."""
    with runfolio.start_run(
        experiment="small" if number % 5 == 4 else "large",
        name=f"run {number}",
        store=store,
        capture=False,
    ) as run:
        run.log_params({"rate": number / 7, "kind": "ab"[number % 2]})
        for step in range(4):
            run.log_metrics({"loss": 1 / (number + step + 1), "speed": number * step}, step=step)
        if number % 2 == 0:
            run.log_text(f"note {number}", "notes.txt")
            run.log_text("the same in all", "same.txt")
    return run.id


def read_site(folder: Path) -> dict[str, bytes]:
    """All files of a site by path."""
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}
