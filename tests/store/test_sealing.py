from __future__ import annotations

import hashlib
import json
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runfolio.errors import StoreDamaged, StoreWriteFailed
from runfolio.schema import TABLES, arrow_schema
from runfolio.store import files, sealing
from runfolio.store import journal as records
from runfolio.store.reading import read_store
from runfolio.store.replay import replay_run
from runfolio.store.sealing import seal_run

from .samples import END, START, begin_run, only_journal, write_run, write_sealed_run


def test_sealing_replaces_the_journal_with_tables(tmp_path: Path) -> None:
    folder = write_sealed_run(tmp_path)
    assert sorted(path.name for path in folder.path.iterdir()) == ["tables"]
    names = {f"{name}.parquet" for name in TABLES}
    assert {path.name for path in folder.tables.iterdir()} == names | {"manifest.json"}


def test_the_tables_say_what_the_journal_said(tmp_path: Path) -> None:
    folder = write_run(tmp_path)
    live = replay_run(folder).tables
    seal_run(folder)
    tables = read_store(tmp_path)
    for name, table in live.items():
        sealed = getattr(tables, "runs" if name == "run" else name)
        assert sealed.schema == arrow_schema(name)
        assert repr(sealed.to_pylist()) == repr(table.to_pylist())


def test_the_manifest_holds_every_files_size_and_digest(tmp_path: Path) -> None:
    folder = write_run(tmp_path)
    journal = only_journal(folder).name
    seal_run(folder)
    manifest = json.loads(folder.manifest.read_bytes())
    assert (manifest["format"], manifest["run_id"]) == (1, folder.run_id)
    assert manifest["journals"] == [journal]
    assert manifest["files"] == {
        path.name: {
            "size": path.stat().st_size,
            "sha256": hashlib.sha256(path.read_bytes()).hexdigest(),
        }
        for path in folder.tables.glob("*.parquet")
    }


def test_a_changed_byte_of_a_page_is_noticed(tmp_path: Path) -> None:
    folder, journal = begin_run(tmp_path)
    for step in range(3):
        journal.append_points(("loss",), step, START, [step / 7])
    journal.append(records.END, END)
    seal_run(folder)
    path = folder.tables / "metrics.parquet"
    column = pq.ParquetFile(path).metadata.row_group(0).column(4)
    data = bytearray(path.read_bytes())
    data[column.data_page_offset + column.total_compressed_size - 2] ^= 0x10
    path.write_bytes(data)
    assert pq.read_table(path).num_rows == 3  # Parquet's default reader does not notice.
    (damage,) = read_store(tmp_path).damage
    assert damage.run_id == folder.run_id


def test_sealing_twice_does_no_harm(tmp_path: Path) -> None:
    folder = write_sealed_run(tmp_path)
    before = folder.manifest.read_bytes()
    seal_run(folder)
    assert folder.manifest.read_bytes() == before


@pytest.mark.parametrize("broken", ["mkdir", "rename"])
def test_an_interrupted_sealing_leaves_the_journal(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, broken: str
) -> None:
    folder = write_run(tmp_path)

    def refuse(*args: object, **options: object) -> None:
        raise OSError(28, "No space left on device")

    with monkeypatch.context() as patched:
        patched.setattr(Path, broken, refuse)
        with pytest.raises(StoreWriteFailed, match="the disk is full"):
            seal_run(folder)

    assert [path.name for path in folder.path.iterdir()] == ["journal"]
    assert read_store(tmp_path).metrics.num_rows == 4
    seal_run(folder)
    assert read_store(tmp_path).metrics.num_rows == 4


@pytest.mark.parametrize("number", range(len(TABLES) + 2))
@pytest.mark.parametrize("error", [OSError(5, "Input/output error"), KeyboardInterrupt()])
def test_sealing_interrupted_at_any_file_loses_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, number: int, error: BaseException
) -> None:
    folder = write_run(tmp_path)
    written: list[Path] = []
    write = files.write_synced

    def write_some(path: Path, content: bytes) -> None:
        if len(written) == number:
            raise error
        written.append(path)
        write(path, content)

    monkeypatch.setattr(sealing, "write_synced", write_some)
    if number == len(TABLES) + 1:  # all tables and the manifest
        seal_run(folder)
    else:
        with pytest.raises((StoreWriteFailed, KeyboardInterrupt)):
            seal_run(folder)
        assert [path.name for path in folder.path.iterdir()] == ["journal"]
    tables = read_store(tmp_path)
    assert (tables.metrics.num_rows, tables.damage) == (4, ())


def test_a_journal_left_beside_the_tables_changes_nothing(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folder = write_run(tmp_path)
    monkeypatch.setattr(sealing, "_remove_journals", lambda *args: None)
    seal_run(folder)
    assert folder.journals.exists()
    tables = read_store(tmp_path)
    assert (tables.runs.num_rows, tables.metrics.num_rows, tables.damage) == (1, 4, ())


def test_a_damaged_journal_is_kept_beside_the_tables(tmp_path: Path) -> None:
    folder = write_run(tmp_path)
    path = only_journal(folder)
    data = bytearray(path.read_bytes())
    data[-3] ^= 1
    path.write_bytes(data)
    seal_run(folder, END)
    assert path.read_bytes() == bytes(data)
    assert read_store(tmp_path).runs["status"].to_pylist() == ["FINISHED"]


def test_a_run_without_a_readable_journal_cannot_be_sealed(tmp_path: Path) -> None:
    folder = write_run(tmp_path)
    only_journal(folder).write_bytes(b"")
    with pytest.raises(StoreDamaged, match="no readable journal"):
        seal_run(folder)


def test_an_ending_given_by_hand_counts(tmp_path: Path) -> None:
    folder, journal = begin_run(tmp_path)
    journal.close()
    seal_run(folder, {"status": "FAILED", "end_time": START + 5, "duration": 5e-6})
    (run,) = read_store(tmp_path).runs.to_pylist()
    assert (run["status"], run["duration"]) == ("FAILED", 5e-6)


_NAMES = st.text(min_size=1, max_size=20)
_POINTS = st.lists(
    st.tuples(
        st.lists(_NAMES, min_size=1, max_size=3, unique=True),
        st.integers(-(2**63), 2**63 - 1),
        st.integers(-(10**15), 10**16),
        st.floats() | st.integers(-(2**40), 2**40),
    ),
    max_size=30,
)


@settings(max_examples=40, deadline=None)
@given(
    points=_POINTS,
    tags=st.dictionaries(_NAMES, st.text(max_size=30), max_size=5),
)
def test_any_points_and_tags_survive_the_journal_and_sealing(
    tmp_path_factory: pytest.TempPathFactory,
    points: list[tuple[list[str], int, int, float]],
    tags: dict[str, str],
) -> None:
    store = tmp_path_factory.mktemp("store")
    folder, journal = begin_run(store)
    journal.append(records.TAGS, tags)
    expected = []
    for names, step, time, value in points:
        journal.append_points(tuple(names), step, time, [value] * len(names))
        expected += [(name, step, time, float(value)) for name in names]
    expected.sort(key=lambda row: row[0])
    journal.append(records.END, END)
    journal.close()
    for _ in range(2):
        tables = read_store(store)
        rows = tables.metrics.set_column(3, "time", tables.metrics["time"].cast(pa.int64()))
        found = [(r["key"], r["step"], r["time"], r["value"]) for r in rows.to_pylist()]
        assert repr(found) == repr(expected)
        assert {row["key"]: row["value"] for row in tables.tags.to_pylist()} == tags
        assert tables.damage == ()
        seal_run(folder)
