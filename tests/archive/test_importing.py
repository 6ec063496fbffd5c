"""An archive gives its store back, equal, into a new store or beside other runs."""

from __future__ import annotations

import errno
import hashlib
import shutil
from pathlib import Path

import pyarrow as pa
import pytest

import runfolio
from runfolio.archive import archive_store, import_archive
from runfolio.archive.keeping import as_sorted_tables, write_tables
from runfolio.archive.layout import MANIFEST
from runfolio.archive.manifest import encode_manifest
from runfolio.errors import ArchiveDamaged, ArchiveUnreadable, StoreNotFound, StoreWriteFailed
from runfolio.store import read_store
from tests.archive.conftest import Sample
from tests.archive.samples import ODD_NAME, rewrite, rows_of
from tests.archive.test_writing import unpack


def test_the_store_comes_back_equal(sample: Sample, tmp_path: Path) -> None:
    done = import_archive(sample.archive, store=tmp_path / "back")
    assert (done.added, done.known, done.deleted, done.artifacts) == (2, 0, 0, 6)
    assert rows_of(tmp_path / "back") == rows_of(sample.store)
    assert runfolio.verify(store=tmp_path / "back").problems == ()
    old, new = (
        root / "runs" / sample.ids["rich"] / "artifacts" for root in (sample.store, done.store)
    )
    assert (new / ODD_NAME).read_bytes() == (old / ODD_NAME).read_bytes()
    assert (new / "page.html").read_bytes() == (old / "page.html").read_bytes()


def test_from_a_folder(sample: Sample, tmp_path: Path) -> None:
    import_archive(unpack(sample.archive, tmp_path / "a"), store=tmp_path / "back")
    assert rows_of(tmp_path / "back") == rows_of(sample.store)


def test_an_archive_of_what_came_back_is_the_same(sample: Sample, tmp_path: Path) -> None:
    """So that an archive can be made again from an archive, by another version even."""
    import_archive(sample.archive, store=tmp_path / "back")
    archive_store(sample.store, tmp_path / "a.zip", title="Wine")
    archive_store(tmp_path / "back", tmp_path / "b.zip", title="Wine")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_again_there_is_nothing_new(sample: Sample, tmp_path: Path) -> None:
    import_archive(sample.archive, store=tmp_path / "back")
    before = sorted(path for path in (tmp_path / "back").rglob("*"))
    done = import_archive(sample.archive, store=tmp_path / "back")
    assert (done.added, done.known, done.artifacts) == (0, 2, 0)
    assert sorted(path for path in (tmp_path / "back").rglob("*")) == before


def test_beside_other_runs_and_what_was_said_there(sample: Sample, tmp_path: Path) -> None:
    store = tmp_path / "back"
    with runfolio.start_run(store=store, experiment="wine", name="mine", capture=False) as run:
        run.log_metric("loss", 7)
    runfolio.describe_experiment("wine", note="Mine", store=store)
    done = import_archive(sample.archive, store=store)
    assert done.added == 2
    tables = read_store(store)
    assert sorted(tables.runs["name"].to_pylist()) == ["a", "b", "mine"]
    wine = tables.experiments["wine"]
    assert (wine.note, wine.primary_metric, wine.direction) == ("Mine", "loss", "down")


def test_into_the_store_it_is_of(sample: Sample, tmp_path: Path) -> None:
    """Runs that are there stay as they are, with what was said since, and so do deleted ones."""
    store = Path(shutil.copytree(sample.store, tmp_path / "runs"))
    runfolio.note_run(sample.ids["rich"], "newest", store=store)
    runfolio.delete_runs([sample.ids["plain"]], store=store)
    before = rows_of(store)
    done = import_archive(sample.archive, store=store)
    assert (done.added, done.known, done.deleted) == (0, 1, 1)
    assert rows_of(store) == before


def test_a_run_that_is_gone_for_good_comes_back(sample: Sample, tmp_path: Path) -> None:
    store = Path(shutil.copytree(sample.store, tmp_path / "runs"))
    runfolio.delete_runs([sample.ids["rich"]], store=store)
    runfolio.gc(store=store, older_than=0)
    done = import_archive(sample.archive, store=store)
    assert (done.added, done.known) == (1, 1)
    assert runfolio.verify(store=store).problems == ()


def test_a_failure_adds_no_run_and_leaves_nothing_behind(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    def fail(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no room")

    store = tmp_path / "back"
    with runfolio.start_run(store=store, experiment="mine", capture=False) as run:
        run.log_text("mine", "mine.txt")
    before = sorted(store.rglob("*"))
    for name in ("write_tables", "sync_file"):
        with monkeypatch.context() as patch:
            patch.setattr(f"runfolio.archive.importing.{name}", fail)
            with pytest.raises((OSError, StoreWriteFailed), match=r"no room|the disk is full"):
                import_archive(sample.archive, store=store)
            with pytest.raises((OSError, StoreWriteFailed), match=r"no room|the disk is full"):
                import_archive(sample.archive, store=tmp_path / "new")
        assert sorted(store.rglob("*")) == before
        assert not (tmp_path / "new").exists()
    assert import_archive(sample.archive, store=store).added == 2


def test_what_a_killed_import_left_hinders_nobody(sample: Sample, tmp_path: Path) -> None:
    """As after `kill -9`, with files on their way and a pack that is half written."""
    import_archive(sample.archive, store=tmp_path / "once")
    (pack,) = (tmp_path / "once" / "packs").iterdir()
    store = tmp_path / "back"
    with runfolio.start_run(store=store, experiment="mine", capture=False):
        pass
    (store / "packs" / f".{pack.name}.tmp" / "tables").mkdir(parents=True)
    (store / ".import.1.tmp" / sample.ids["rich"]).mkdir(parents=True)
    assert runfolio.verify(store=store).problems == ()
    assert import_archive(sample.archive, store=store).added == 2
    assert runfolio.verify(store=store).problems == ()


def test_files_of_a_run_that_is_gone_are_written_again(sample: Sample, tmp_path: Path) -> None:
    store = tmp_path / "back"
    left = store / "runs" / sample.ids["rich"] / "artifacts" / "plots"
    left.mkdir(parents=True)
    (left / "pixel.png").write_bytes(b"half")
    import_archive(sample.archive, store=store)
    assert rows_of(store) == rows_of(sample.store)
    assert runfolio.verify(store=store).problems == ()


def test_a_damaged_archive_writes_nothing(sample: Sample, tmp_path: Path) -> None:
    archive = Path(shutil.copy(sample.archive, tmp_path / "report.zip"))
    damaged = rewrite(archive, {"index.html": b"x", "README.md": None, "a": b"", "b": b""})
    with pytest.raises(ArchiveDamaged, match=r"'README.md' \(it is missing\).* and 1 more\."):
        import_archive(damaged, store=tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_what_is_no_archive(tmp_path: Path) -> None:
    (tmp_path / "a.zip").write_bytes(b"PK\x03\x04")
    with pytest.raises(ArchiveUnreadable, match="is no whole ZIP file"):
        import_archive(tmp_path / "a.zip", store=tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_a_run_whose_id_leads_elsewhere_is_refused(sample: Sample, tmp_path: Path) -> None:
    archive = unpack(sample.archive, tmp_path / "a")
    tables = as_sorted_tables(read_store(archive / "store"))
    ids = pa.array(["../../../elsewhere"] * 2)
    tables["run"] = tables["run"].set_column(0, "run_id", ids)
    shutil.rmtree(archive / "store" / "packs")
    write_tables(archive / "store", tables)
    (archive / MANIFEST).unlink()
    files = [path for path in archive.rglob("*") if path.is_file()]
    digests = {
        path.relative_to(archive).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in files
    }
    (archive / MANIFEST).write_bytes(encode_manifest(digests))
    with pytest.raises(ArchiveUnreadable, match=r"'\.\./\.\./\.\./elsewhere', which is no id"):
        import_archive(archive, store=tmp_path / "back")
    assert not (tmp_path / "back").exists()


def test_into_an_address_is_refused(sample: Sample) -> None:
    with pytest.raises(StoreNotFound, match="is an address, and this works on a folder"):
        import_archive(sample.archive, store="memory://somewhere")


def test_tags_of_experiments_come_back(tmp_path: Path) -> None:
    from runfolio.archive.keeping import tags_of_experiments
    from runfolio.store import Edit, write_edit
    from runfolio.store.edited import read_said

    with runfolio.start_run(store=tmp_path / "runs", experiment="e", capture=False):
        pass
    write_edit(tmp_path / "runs", Edit(1, "experiment", "e", {"tags": {"team": "reds"}}))
    archive_store(tmp_path / "runs", tmp_path / "a.zip")
    import_archive(tmp_path / "a.zip", store=tmp_path / "back")
    assert tags_of_experiments(read_said(tmp_path / "back")) == {"e": {"team": "reds"}}
