"""Small files that would fill any memory: left out by name, while all else is shown."""

from __future__ import annotations

import io
import shutil
import struct
import subprocess
import sys
import tracemalloc
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any, Final

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

import runfolio
from runfolio.errors import StoreDamaged
from runfolio.site.preview import Preview, preview_artifact
from runfolio.store import page_sizes, parquet, read_parquet, read_parquet_head, read_store
from runfolio.store.footers import UNCOMPRESSED, ColumnChunk, RowGroup, read_row_groups
from runfolio.store.journal import GROUP, HEADER, POINTS, read_journal
from runfolio.store.layout import PackFolder, RunFolder
from runfolio.store.packing import pack_store
from runfolio.store.page_sizes import read_page_sizes
from runfolio.store.unpacking import MAX_COLUMNS, MAX_UNPACKED, weigh
from tests.hostile import bombs
from tests.hostile.confined import ROOT

MEGABYTES: Final = 512
"""What a build may take beside what it needs for a report of one small run."""

HIDDEN: Final = "too much for any memory"

ARTIFACTS: Final = dict(bombs.artifacts())


@pytest.fixture(scope="module")
def watched() -> Iterator[Callable[[], int]]:
    """The most bytes that Arrow and Python took since the last time it was asked."""
    usual = pa.default_memory_pool()
    pool = pa.proxy_memory_pool(usual)
    pa.set_memory_pool(pool)
    tracemalloc.start()
    try:
        yield lambda: pool.max_memory() + tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
        pa.set_memory_pool(usual)


def make_run(store: Path, name: str) -> RunFolder:
    with runfolio.start_run(experiment="e", name=name, store=store, capture=False) as run:
        run.log_metrics({"loss": 0.5}, step=1)
        run.log_params({"lr": 0.1, "model": "small"})
    return RunFolder(store / "runs" / run.id)


def preview(path: Path) -> Preview:
    return preview_artifact(
        path, name=path.name, media_type="", size=path.stat().st_size, read_table=read_parquet_head
    )


@pytest.mark.parametrize("name", ARTIFACTS)
def test_no_artifact_takes_much_memory(
    tmp_path: Path, name: str, watched: Callable[[], int]
) -> None:
    path = tmp_path / name
    path.write_bytes(ARTIFACTS[name])
    tracemalloc.reset_peak()
    shown = preview(path)
    assert shown.weight < 3_000_000
    assert watched() < 4 * MAX_UNPACKED


@pytest.mark.parametrize(
    ("name", "said"),
    [
        ("text.parquet", "unpacks to"),
        ("page.parquet", "unpacks to"),
        ("list.parquet", "unpacks to"),
        ("wide.parquet", f"has 21,000 columns, of which {MAX_COLUMNS:,} are read at most"),
        ("wide.png", "pixels"),
        ("long.png", "1 × 100000001 pixels"),
        ("wide.gif", "pixels"),
        ("wide.jpg", "65535 × 65535 pixels"),
    ],
)
def test_the_page_says_why_a_bomb_is_not_shown(tmp_path: Path, name: str, said: str) -> None:
    path = tmp_path / name
    path.write_bytes(ARTIFACTS[name])
    shown = preview(path)
    assert shown.kind == "failed"
    assert shown.caption is not None
    assert said in shown.caption


def test_the_first_rows_of_a_large_table_are_shown_even_so(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    table = pa.table({"text": bombs.repeated("x" * 50_000, 60_000), "n": range(60_000)})
    path.write_bytes(bombs.parquet(table))
    head, rows, columns = read_parquet_head(path, 50)
    assert (head.num_rows, rows, columns) == (50, 60_000, 2)
    assert head.schema.types == [pa.string(), pa.int64()]
    with pytest.raises(StoreDamaged, match=r"unpacks to 3,0\d\d,\d\d\d,\d\d\d bytes or more"):
        read_parquet(path)


def test_texts_that_are_repeated_honestly_are_read(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    words = pa.array([f"a rather long name of a metric, number {n % 900}" for n in range(300_000)])
    nested = pa.array([{"a": [str(n % 7)], "b": "same"} for n in range(3000)] * 100)
    table = pa.table({"words": words, "nested": nested})
    path.write_bytes(bombs.parquet(table))
    assert read_parquet(path).equals(table)
    assert read_parquet_head(path, 3)[0].equals(table.slice(0, 3))


def test_lying_page_headers_are_noticed(tmp_path: Path) -> None:
    path = tmp_path / "x.parquet"
    content = bytearray(bombs.parquet(pa.table({"n": [1, 2, 3]}), use_dictionary=False))
    content[4:8] = b"\xff\xff\xff\xff"
    path.write_bytes(content)
    with pytest.raises(StoreDamaged, match="no readable Parquet file"):
        read_parquet(path)


@pytest.mark.parametrize(
    "chunk", [b"\x15", b"\x15" + b"\xff" * 20, b"\x1c" * 50, b"\x19\x00", b"\x15\x00\x15\x01\x00"]
)
def test_page_headers_of_another_form_are_refused(chunk: bytes) -> None:
    with pytest.raises(ValueError, match=r"page|description"):
        list(read_page_sizes(reading(chunk), 0, len(chunk)))


def reading(content: bytes) -> Callable[[int, int], bytes]:
    return lambda start, size: content[start : start + size]


@pytest.mark.parametrize("near", [1, 7, 30, 4096])
def test_page_headers_are_found_however_few_bytes_are_read_at_each(
    near: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    table = pa.table({"text": [f"{n % 97}" * 200 for n in range(5000)], "n": range(5000)})
    content = bombs.parquet(table, data_page_size=2000)
    columns = pq.ParquetFile(pa.BufferReader(content)).metadata.row_group(0)
    asked: list[int] = []

    def read(start: int, size: int) -> bytes:
        asked.append(size)
        return content[start : start + size]

    for place in range(2):
        chunk = columns.column(place)
        start = chunk.dictionary_page_offset or chunk.data_page_offset
        where = start, chunk.total_compressed_size
        monkeypatch.setattr(page_sizes, "NEAR", len(content))
        expected = list(page_sizes.read_page_sizes(reading(content), *where))
        asked.clear()
        monkeypatch.setattr(page_sizes, "NEAR", near)
        assert list(page_sizes.read_page_sizes(read, *where)) == expected
        assert sum(one.values for one in expected if not one.dictionary) == 5000
        assert len(expected) > 2


def test_what_pages_hold_is_not_read(tmp_path: Path) -> None:
    content = bombs.parquet(pa.table({"n": np.random.default_rng(0).random(1_000_000)}))
    chunk = pq.ParquetFile(pa.BufferReader(content)).metadata.row_group(0).column(0)
    asked: list[int] = []

    def read(start: int, size: int) -> bytes:
        asked.append(size)
        return content[start : start + size]

    start = chunk.dictionary_page_offset or chunk.data_page_offset
    sizes = list(page_sizes.read_page_sizes(read, start, chunk.total_compressed_size))
    assert sum(one.values for one in sizes if not one.dictionary) == 1_000_000
    assert sum(asked) < chunk.total_compressed_size / 50


@pytest.mark.parametrize("cut", [1, 5, 40])
def test_a_chunk_that_ends_too_soon_is_refused(cut: int) -> None:
    content = bombs.parquet(pa.table({"n": [1, 2, 3]}), use_dictionary=False)
    chunk = pq.ParquetFile(pa.BufferReader(content)).metadata.row_group(0).column(0)
    short = reading(content[: chunk.data_page_offset + cut])
    with pytest.raises(ValueError, match="cut off"):
        list(read_page_sizes(short, chunk.data_page_offset, 10_000))


def test_a_table_that_unpacks_to_gigabytes_hides_only_its_run(tmp_path: Path) -> None:
    store = tmp_path / "runs"
    make_run(store, "good")
    bad = make_run(store, "bad")
    bombs.replace_table(bad, "params", bombs.params_bomb(bad.run_id))
    tables = read_store(store)
    assert tables.runs["name"].to_pylist() == ["good"]
    (damage,) = tables.damage
    assert damage.run_id == bad.run_id
    assert "params.parquet' unpacks to 2,0" in damage.reason


def test_many_tables_that_unpack_to_a_little_less_are_read_no_further(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    store = tmp_path / "runs"
    for number in range(4):
        bad = make_run(store, f"run {number}")
        bombs.replace_table(bad, "params", bombs.params_bomb(bad.run_id, 30))
    monkeypatch.setattr("runfolio.store.parquet.MAX_TOGETHER", 70 << 20)
    tables = read_store(store)
    assert tables.runs.num_rows == 2
    assert len(tables.damage) == 2


def test_a_pack_that_unpacks_to_gigabytes_is_left_out(tmp_path: Path) -> None:
    store = tmp_path / "runs"
    made = [make_run(store, "packed") for _ in range(3)]
    pack_store(store)
    (pack,) = (store / "packs").iterdir()
    bombs.replace_table(PackFolder(pack), "params", bombs.params_bomb(made[0].run_id))
    make_run(store, "good")
    tables = read_store(store)
    assert tables.runs["name"].to_pylist() == ["good"]
    assert tables.damage


def frame(payload: bytes) -> bytes:
    return struct.pack("<II", len(payload), zlib.crc32(payload)) + payload


@pytest.mark.parametrize(
    "record",
    [
        struct.pack("<II", 0xFFFF_FFFF, 0) + b"x",
        struct.pack("<II", 1 << 30, 0),
        frame(bytes([GROUP]) + b"[" * 100_000),
        frame(bytes([GROUP]) + b'[0, {"a": 1}]'),
        frame(bytes([GROUP]) + b'[[0], ["a"]]'),
        frame(bytes([GROUP]) + b'[0, ["' + b"x" * 100_000 + b'"]]'),
        frame(bytes([POINTS]) + b"\xff" * 40),
        frame(bytes([99]) + b"9" * 100_000),
    ],
    ids=["4 GB", "1 GB", "deep", "no names", "no number", "long name", "no group", "digits"],
)
def test_a_journal_is_read_up_to_a_record_that_claims_too_much(
    tmp_path: Path, record: bytes
) -> None:
    path = tmp_path / "x.journal"
    head = frame(bytes([HEADER]) + b'{"start_time": 0}')
    path.write_bytes(head + record + head)
    journal = read_journal(path)
    assert journal.records == 1
    assert journal.size == len(head)
    assert journal.damage is not None


def limited(megabytes: int, *words: Any) -> subprocess.CompletedProcess[str]:
    command = [sys.executable, "-m", "tests.hostile.limited", str(megabytes), *map(str, words)]
    return subprocess.run(command, cwd=ROOT, capture_output=True, text=True, timeout=280)


def test_a_store_of_bombs_is_built_with_little_memory(tmp_path: Path) -> None:
    store, site = tmp_path / "runs", tmp_path / "site"
    make_run(store, "the good run")
    hidden = [make_run(store, f"{HIDDEN} {number}") for number in range(2)]
    bombs.replace_table(hidden[0], "params", bombs.params_bomb(hidden[0].run_id))
    page = pa.table({"text": ["x" * (600 << 20)]})
    bombs.replace_table(hidden[1], "tags", bombs.parquet(page, use_dictionary=False))
    del page
    live = make_run(store, "live")
    shutil.rmtree(live.tables)
    live.journals.mkdir(exist_ok=True)
    (live.journals / "x.journal").write_bytes(struct.pack("<II", 0xFFFF_FFFF, 0))
    with runfolio.start_run(experiment="e", name="files", store=store, capture=False) as run:
        for name, content in ARTIFACTS.items():
            run.log_text("x", name)
            (store / "runs" / run.id / "artifacts" / name).write_bytes(content)
    done = limited(MEGABYTES, store, "--output", site)
    assert done.returncode == 0, done.stderr
    assert "Traceback" not in done.stderr
    assert "3 damaged" in done.stdout + done.stderr
    index = "".join(path.read_text() for path in site.glob("experiments/*.html"))
    assert "the good run" in index
    assert HIDDEN not in index


def test_columns_that_share_their_bytes_earn_no_higher_limit() -> None:
    chunk = ColumnChunk(1, UNCOMPRESSED, b"n", 100, 5000, 4, None, None)
    schema = pq.ParquetFile(pa.BufferReader(encode_columns(3))).schema
    groups = [RowGroup(100, (chunk,) * 3)]
    weight = weigh(groups, schema, lambda *_: b"", size=6000, places=range(3))
    assert weight.packed == 6000
    assert weight.sure == 3 * (5000 + 100 * 8)


def encode_columns(count: int) -> bytes:
    sink = io.BytesIO()
    pq.write_table(pa.table({f"c{number}": [1] for number in range(count)}), sink)
    return sink.getvalue()


def test_the_limit_of_memory_is_one() -> None:
    allocate = "import sys, tests.hostile.limited as limited; limited.limit(64); bytes(200 << 20)"
    done = subprocess.run(
        [sys.executable, "-c", allocate], capture_output=True, text=True, cwd=ROOT
    )
    assert done.returncode == 1
    assert "MemoryError" in done.stderr


@pytest.mark.parametrize("content_is_file", [True, False])
def test_columns_that_claim_the_same_bytes_again_and_again_are_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, content_is_file: bool
) -> None:
    """Else the pages of each would be looked at once more."""
    path = tmp_path / "x.parquet"
    path.write_bytes(bombs.parquet(pa.table({"n": range(1000)})))

    def claim(*told: Any) -> tuple[RowGroup, ...]:
        (group,) = read_row_groups(*told)
        return (RowGroup(group.rows, group.columns * 1000),)

    read = partial(read_parquet, path) if content_is_file else partial(read_parquet_head, path, 5)
    read()
    parquet._read_known_groups.cache_clear()
    monkeypatch.setattr(parquet, "read_row_groups", claim)
    with pytest.raises(StoreDamaged, match="claim more bytes than it has"):
        read()
    parquet._read_known_groups.cache_clear()
