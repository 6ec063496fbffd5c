"""Names and links that would lead out of a store, and files that are none."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator

import runfolio
from tests.hostile import native
from tests.hostile.cases import Case, Ground
from tests.hostile.databases import name_another_journal
from tests.hostile.names import HARMLESS, names_of, plant
from tests.hostile.texts import MARK
from tests.sources.test_mlflow_sqlite import make_database


def write(ground: Ground) -> Iterator[Case]:
    """Artifacts of all such names, a table that names a run by a path, links, pipes, a journal."""
    canary = ground.outside / "canary.txt"
    plant(ground.folder, ground.folder / "names-evil")
    yield _names(ground)
    yield _strangers(ground)
    yield _links(ground)
    yield _journal(ground)
    store = ground.folder / "linked"
    native.make_run(store)
    shutil.rmtree(store / "runs")
    (store / "runs").symlink_to(ground.outside)
    yield Case("paths-linked", store, said=("is a link",), refused=True)
    assert canary.exists()


def _names(ground: Ground) -> Case:
    store = ground.folder / "names"
    with runfolio.start_run(experiment=MARK, name="names", store=store, capture=False) as run:
        for path in HARMLESS:
            run.log_text(MARK, path)
    plant(store)
    native.list_artifacts(
        native.make_run(store),
        [*names_of(ground.outside / "canary.txt"), *names_of(ground.folder / "canary.txt")],
    )
    return Case("paths-names", store, shown=("CON", "index.html", "outside the run"))


def _strangers(ground: Ground) -> Case:
    store = ground.folder / "strangers"
    native.make_run(store, name="the good one")
    folder = native.make_run(store)
    wanted = os.fspath(ground.outside)
    native.change_tables(folder, lambda _, table: native.with_column(table, "run_id", wanted))
    return Case("paths-strangers", store, shown=("the good one",), said=("damaged",))


def _journal(ground: Ground) -> Case:
    """A database that would have the file outside removed."""
    store = ground.folder / "journal"
    store.mkdir()
    name_another_journal(make_database(store / "mlflow.db"), ground.outside / "canary.txt")
    return Case("paths-journal", store, shown=("first",))


def _links(ground: Ground) -> Case:
    store = ground.folder / "links"
    native.make_run(store, name="the good one")
    canary = ground.outside / "canary.txt"
    kept = native.make_run(store).artifacts / native.KEPT
    kept.unlink()
    kept.symlink_to(canary)
    shutil.rmtree((behind := native.make_run(store)).artifacts)
    behind.artifacts.symlink_to(ground.outside)
    native.list_artifacts(behind, [canary.name])
    if hasattr(os, "mkfifo"):
        pipe = native.make_run(store)
        (pipe.artifacts / native.KEPT).unlink()
        os.mkfifo(pipe.artifacts / native.KEPT)
        manifest = native.make_run(store).manifest
        manifest.unlink()
        os.mkfifo(manifest)
    (store / "runs" / ("f" * 16)).symlink_to(ground.outside)
    return Case("paths-links", store, shown=("the good one", "no plain file"), said=("damaged",))
