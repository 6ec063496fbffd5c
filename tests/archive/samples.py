"""A store with a bit of everything that an archive has to keep, or to leave out."""

from __future__ import annotations

import math
import zipfile
from pathlib import Path
from typing import Any

import runfolio
from runfolio.schema import TABLES
from runfolio.store import StoreTables, read_store

PIXEL = bytes.fromhex(
    "89504e470d0a1a0a0000000d49484452000000010000000108060000001f15c4890000000d49444154789c63f8cf"
    "c0f01f0005000201c2b2d4a30000000049454e44ae426082"
)
PAGE = "<!doctype html><title>x</title><script>alert(1)</script>"
ODD_NAME = "ünï code/100 % #1?.txt"


def write_sample(root: Path) -> dict[str, str]:
    """Write the store; the ids of its runs by what they are."""
    store = root / "runs"
    ids = {"rich": _log_rich(store, root)}
    with runfolio.start_run(store=store, experiment="old", name="b", capture=False) as run:
        run.log_metrics({"loss": math.inf, "acc": 0.5}, step=3)
        run.log_text("the same words", "words.txt")
    ids["plain"] = run.id
    with runfolio.start_run(store=store, experiment="wine", name="gone", capture=False) as run:
        run.log_text("a deleted secret", "secret.txt")
        run.log_param("deleted_param", 1)
    ids["deleted"] = run.id
    runfolio.describe_experiment(
        "wine", note="About *wine*", primary_metric="loss", direction="down", store=store
    )
    runfolio.note_run(ids["rich"], "a later note", store=store)
    runfolio.tag_runs([ids["plain"]], {"kept": "yes"}, store=store)
    runfolio.rename_experiment("old", "new", store=store)
    runfolio.delete_runs([ids["deleted"]], store=store)
    return ids


def _log_rich(store: Path, root: Path) -> str:
    (root / "pixel.png").write_bytes(PIXEL)
    with runfolio.start_run(store=store, experiment="wine", name="a", capture=False) as run:
        run.log_params({"lr": 0.1, "layers": 3, "name": "<b>x</b>", "flag": True, "list": [1, 2]})
        run.set_tags({"team": "reds"})
        for step in range(20):
            run.log_metric("loss", 1 / (step + 1), step=step)
        run.log_metric("loss", math.nan, step=20)
        run.log_artifact(root / "pixel.png", "plots")
        run.log_text(PAGE, "page.html")
        run.log_text("print(1)\n", "train.py")
        run.log_text("odd", ODD_NAME)
        run.log_dict({"a": 1}, "config.json")
    return run.id


def as_rows(tables: StoreTables) -> dict[str, Any]:
    """What tables say, in a form in which NaN equals itself."""
    names = {name: "runs" if name == "run" else name for name in TABLES}
    return {name: repr(getattr(tables, field).to_pylist()) for name, field in names.items()} | {
        "experiments": tables.experiments
    }


def rows_of(store: Path) -> dict[str, Any]:
    """What a store says."""
    return as_rows(read_store(store))


def names_in(archive: Path) -> set[str]:
    """The files of a ZIP file."""
    with zipfile.ZipFile(archive) as file:
        return {name for name in file.namelist() if not name.endswith("/")}


def rewrite(archive: Path, change: dict[str, bytes | None]) -> Path:
    """The archive again with some files changed, added, or with None left out."""
    target = archive.with_name("rewritten.zip")
    with zipfile.ZipFile(archive) as old, zipfile.ZipFile(target, "w") as new:
        for member in old.infolist():
            content = change.get(member.filename, old.read(member))
            if content is not None:
                new.writestr(member, content)
        for name in sorted(set(change) - set(old.namelist())):
            new.writestr(name, change[name] or b"")
    return target
