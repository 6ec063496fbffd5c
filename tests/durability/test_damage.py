"""Damaged files: what is before the damage is read, the file is named, no other run is hidden."""

from __future__ import annotations

import shutil
from collections.abc import Iterable, Iterator
from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given, settings
from hypothesis import strategies as st

from runfolio.errors import StoreDamaged
from runfolio.schema import TABLES
from runfolio.site import build_report
from runfolio.store import StoreTables, read_overview, read_store
from runfolio.store.journal import read_journal
from runfolio.store.layout import RunFolder
from runfolio.store.manifest import read_manifest
from runfolio.store.sealed import read_sealed_tables
from runfolio.store.sealing import seal_run
from tests.store.samples import END, only_journal, write_run, write_sealed_run

from .programs import content_of, read_soundly
from .stores import add_journal

FILES = ("manifest.json", *(f"{name}.parquet" for name in TABLES))


def _rows_of(tables: StoreTables, run_id: str) -> dict[str, list[str]]:
    """The rows of one run, each as text."""
    named = {name: getattr(tables, "runs" if name == "run" else name) for name in TABLES}
    return {
        name: [repr(row) for row in table.to_pylist() if row["run_id"] == run_id]
        for name, table in named.items()
    }


def _cuts(data: bytes) -> Iterator[bytes]:
    for size in range(len(data)):
        yield data[:size]


def _flips(data: bytes, masks: Iterable[int], *, step: int = 1) -> Iterator[tuple[int, bytes]]:
    for offset in range(0, len(data), step):
        for mask in masks:
            flipped = bytearray(data)
            flipped[offset] ^= mask
            yield offset, bytes(flipped)


def _record_ends(path: Path) -> list[int]:
    """Where the records of a sound journal end, found by cutting it at every byte."""
    data = path.read_bytes()
    cut = path.with_suffix(".cut")
    ends = set()
    for piece in _cuts(data):
        cut.write_bytes(piece)
        ends.add(read_journal(cut).size)
    cut.unlink()
    return sorted({*ends, len(data)})


def _check_journal(
    store: Path, run: RunFolder, damaged: bytes, *, sound_to: int, end: int
) -> StoreTables:
    """Read a store with a damaged journal: the part before the damage, the rest told."""
    path = only_journal(run)
    path.write_bytes(damaged)
    journal = read_journal(path)
    assert journal.size == sound_to
    assert (journal.damage is None) == (sound_to == end)
    tables = read_store(store)
    shown = run.run_id in tables.runs["run_id"].to_pylist()
    assert shown == (sound_to > 0)
    if sound_to < end or not shown:
        (damage,) = tables.damage
        assert damage.run_id == run.run_id
        if shown:
            assert damage.path == str(path)
            dropped = f"{end - sound_to:,} byte"
            assert dropped in damage.reason
            assert f"from byte {sound_to:,} on" in damage.reason
    else:
        assert tables.damage == ()
    return tables


@pytest.fixture
def journals(tmp_path: Path) -> tuple[Path, RunFolder, RunFolder]:
    """A store with a sound and a live run, whose journal is to be damaged."""
    store = tmp_path / "runs"
    return store, write_sealed_run(store), write_run(store)


def test_a_journal_cut_at_every_byte_is_read_up_to_the_last_whole_record(
    journals: tuple[Path, RunFolder, RunFolder],
) -> None:
    store, sound, run = journals
    path = only_journal(run)
    data, ends = path.read_bytes(), _record_ends(path)
    whole = read_store(store)
    for size in range(len(data)):
        before = max(end for end in ends if end <= size)
        tables = _check_journal(store, run, data[:size], sound_to=before, end=size)
        assert _rows_of(tables, sound.run_id) == _rows_of(whole, sound.run_id)
        points, all_points = (_rows_of(one, run.run_id)["metrics"] for one in (tables, whole))
        assert points in ([], [all_points[0], all_points[2]], all_points)


@pytest.mark.parametrize("mask", [0x01, 0xFF])
def test_a_journal_with_any_byte_flipped_is_read_up_to_the_record_before(
    journals: tuple[Path, RunFolder, RunFolder], mask: int
) -> None:
    store, _, run = journals
    path = only_journal(run)
    data, ends = path.read_bytes(), _record_ends(path)
    for offset, flipped in _flips(data, [mask]):
        before = max(end for end in ends if end <= offset)
        _check_journal(store, run, flipped, sound_to=before, end=len(data))


@settings(max_examples=60, deadline=None)
@given(
    flips=st.lists(st.tuples(st.integers(0, 10**6), st.integers(1, 255)), min_size=2, max_size=6),
    tail=st.binary(max_size=30),
)
def test_several_flips_and_garbage_at_the_end_are_no_surprise(
    tmp_path_factory: pytest.TempPathFactory, flips: list[tuple[int, int]], tail: bytes
) -> None:
    store = tmp_path_factory.mktemp("store")
    sound, run = write_sealed_run(store), write_run(store)
    path = only_journal(run)
    whole, expected = path.read_bytes(), read_journal(path)
    data = bytearray(whole)
    for offset, mask in flips:
        data[offset % len(data)] ^= mask
    path.write_bytes(bytes(data) + tail)
    first = next(
        (at for at, pair in enumerate(zip(data, whole, strict=True)) if pair[0] != pair[1]),
        len(whole),
    )
    journal = read_journal(path)
    assert journal.size <= first
    assert journal.documents == expected.documents[: len(journal.documents)]
    tables = read_store(store)
    assert sound.run_id in tables.runs["run_id"].to_pylist()
    assert (tables.damage == ()) == (bytes(data) + tail == whole)


@pytest.mark.parametrize("offset", range(0, 700, 23))
def test_a_run_with_a_damaged_journal_is_sealed_as_it_was_read(tmp_path: Path, offset: int) -> None:
    run = write_run(tmp_path)
    path = only_journal(run)
    data = bytearray(path.read_bytes())
    data[offset % len(data)] ^= 0x20
    path.write_bytes(data)
    if read_journal(path).header is None:
        with pytest.raises(StoreDamaged, match="no readable journal"):
            seal_run(run, END)
        assert read_store(tmp_path).runs.num_rows == 0
    else:
        assert seal_run(run, END)
        read_soundly(tmp_path)
    for _ in range(2):
        assert path.read_bytes() == bytes(data)
        if run.is_sealed:
            assert seal_run(run)


def test_a_damaged_journal_of_one_rank_leaves_the_others(tmp_path: Path) -> None:
    run = write_run(tmp_path)
    add_journal(run, rank=1)
    whole = read_soundly(tmp_path)
    for path in run.journals.iterdir():
        data = path.read_bytes()
        path.write_bytes(data[: len(data) // 2])
        tables = read_store(tmp_path)
        assert [damage.path for damage in tables.damage] == [str(path)]
        assert 0 < tables.metrics.num_rows < whole.metrics.num_rows
        path.write_bytes(b"no journal")
        tables = read_store(tmp_path)
        assert [damage.path for damage in tables.damage] == [str(path)]
        assert 0 < tables.metrics.num_rows < whole.metrics.num_rows
        path.write_bytes(data)
    assert content_of(read_soundly(tmp_path)) == content_of(whole)


@pytest.fixture
def sealed(tmp_path: Path) -> tuple[Path, RunFolder, RunFolder]:
    """A store with two sealed runs, the second of which is to be damaged."""
    store = tmp_path / "runs"
    runs = [write_sealed_run(store) for _ in range(2)]
    return store, runs[0], runs[1]


def _check_table(store: Path, sound: RunFolder, run: RunFolder, path: Path) -> None:
    """A damaged file is named, its run hidden and the other one there."""
    tables = read_store(store)
    assert [(damage.run_id, damage.path) for damage in tables.damage] == [(run.run_id, str(path))]
    assert str(path) in tables.damage[0].reason
    for name in ("runs", "metrics", "params", "tags", "summaries"):
        assert set(getattr(tables, name)["run_id"].to_pylist()) == {sound.run_id}
    assert len(_rows_of(tables, sound.run_id)["metrics"]) == 4


@pytest.mark.parametrize("name", FILES)
def test_a_sealed_file_cut_anywhere_is_named(
    sealed: tuple[Path, RunFolder, RunFolder], name: str
) -> None:
    store, sound, run = sealed
    path = run.tables / name
    data = path.read_bytes()
    for size in {
        0,
        1,
        3,
        4,
        7,
        8,
        12,
        *range(0, len(data), 101),
        *range(len(data) - 12, len(data)),
    }:
        path.write_bytes(data[:size])
        _check_table(store, sound, run, path)
    for size in range(0, len(data), 5):  # and many more, without the other run
        path.write_bytes(data[:size])
        with pytest.raises(StoreDamaged) as raised:
            read_sealed_tables(run, read_manifest(run.manifest))
        assert raised.value.path == str(path)


@pytest.mark.parametrize("name", FILES)
def test_a_sealed_file_with_any_byte_flipped_is_named(
    sealed: tuple[Path, RunFolder, RunFolder], name: str
) -> None:
    store, sound, run = sealed
    path = run.tables / name
    data = path.read_bytes()
    for _, flipped in _flips(data, [0x04], step=97):
        path.write_bytes(flipped)
        _check_table(store, sound, run, path)
    for _, flipped in _flips(data, [0x01]):
        path.write_bytes(flipped)
        with pytest.raises(StoreDamaged) as raised:
            read_sealed_tables(run, read_manifest(run.manifest))
        assert raised.value.path == str(path)


def test_a_damaged_manifest_is_named_by_a_search_too(
    sealed: tuple[Path, RunFolder, RunFolder],
) -> None:
    store, sound, run = sealed
    data = run.manifest.read_bytes()
    for _, flipped in _flips(data, [0x02], step=31):
        run.manifest.write_bytes(flipped)
        found = read_overview(store)
        assert found.runs["run_id"].to_pylist() == [sound.run_id]
        assert [one.path for one in found.damage] == [str(run.manifest)]


@pytest.mark.parametrize("name", ["metrics.parquet", "manifest.json"])
def test_a_run_that_is_resumed_on_damaged_tables_hides_no_other(
    sealed: tuple[Path, RunFolder, RunFolder], name: str
) -> None:
    store, sound, run = sealed
    add_journal(run, turn=2, end=False)
    assert read_soundly(store).runs.num_rows == 2
    path = run.tables / name
    path.write_bytes(path.read_bytes()[:-9])
    _check_table(store, sound, run, path)
    assert read_overview(store).runs["run_id"].to_pylist() == [sound.run_id]
    with pytest.raises(StoreDamaged):
        seal_run(run)
    assert only_journal(run).exists()


def test_the_files_of_another_run_are_no_files_of_this(
    sealed: tuple[Path, RunFolder, RunFolder],
) -> None:
    store, sound, run = sealed
    shutil.rmtree(run.tables)
    shutil.copytree(sound.tables, run.tables)
    tables = read_store(store)
    assert tables.runs["run_id"].to_pylist() == [sound.run_id]
    assert [damage.run_id for damage in tables.damage] == [run.run_id]


@pytest.mark.parametrize("name", [*FILES, "journal"])
def test_the_report_shows_a_damaged_run_with_its_file_and_the_reason(
    tmp_path: Path, name: str
) -> None:
    store, output = tmp_path / "runs", tmp_path / "site"
    sound = write_sealed_run(store, name="the sound run")
    run = (write_run if name == "journal" else write_sealed_run)(store, name="the damaged run")
    path = only_journal(run) if name == "journal" else run.tables / name
    data = path.read_bytes()
    path.write_bytes(data[: 10 if name == "journal" else len(data) // 2])
    build_report(store, output=output, title="Project")
    page = BeautifulSoup((output / "index.html").read_text(), "html.parser")
    warning = page.select_one(".warning")
    assert warning is not None
    assert "1 file could not be read" in warning.text
    assert run.run_id in warning.text
    assert (str(path) if name != "journal" else run.run_id) in warning.text
    texts = [file.read_text() for file in (output / "experiments").glob("*.html")]
    assert any("the sound run" in text for text in texts)
    assert not any("the damaged run" in text for text in texts)
    assert sound.run_id != run.run_id
