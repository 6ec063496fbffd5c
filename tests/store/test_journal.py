from __future__ import annotations

import os
import struct
import threading
import zlib
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.errors import InvalidValue, RunFinished, StoreDamaged, StoreWriteFailed
from runfolio.store import journal as records
from runfolio.store.journal import Journal, JournalWriter, encode_document, read_journal

from .samples import only_journal, write_run


@pytest.fixture
def journal(tmp_path: Path) -> JournalWriter:
    return JournalWriter(tmp_path / "a.journal", {"format": 1})


def _points(journal: Journal) -> list[tuple[str, int, int, float]]:
    found = []
    for group in journal.groups:
        for payload in group.payloads:
            _, _, step, time, *values = struct.unpack(f"<BIqq{len(group.names)}d", payload)
            found += [(name, step, time, v) for name, v in zip(group.names, values, strict=True)]
    return found


def test_what_is_appended_is_read_back(journal: JournalWriter) -> None:
    journal.append(records.TAGS, {"a": "b"})
    journal.append_points(("x", "y"), -3, 17, [1.0, 2.0])
    journal.append_points(("y",), 4, 18, [3.0])
    journal.append_points(("x", "y"), -3, 19, [5.0, 6.0])

    read = read_journal(journal.path)

    assert read.damage is None
    assert read.header == {"format": 1}
    assert (records.TAGS, {"a": "b"}) in read.documents
    assert _points(read) == [
        ("x", -3, 17, 1.0),
        ("y", -3, 17, 2.0),
        ("x", -3, 19, 5.0),
        ("y", -3, 19, 6.0),
        ("y", 4, 18, 3.0),
    ]
    assert read.groups[0].orders == [3, 6]


def test_every_record_is_in_the_file_when_the_call_returns(journal: JournalWriter) -> None:
    sizes = [journal.path.stat().st_size]
    for step in range(5):
        journal.append_points(("x",), step, 0, [0.0])
        sizes.append(journal.path.stat().st_size)
    assert sizes == sorted(set(sizes))


@given(
    documents=st.lists(
        st.recursive(
            st.none() | st.booleans() | st.integers() | st.text(),
            lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
            max_leaves=8,
        )
    )
)
def test_any_document_survives(
    tmp_path_factory: pytest.TempPathFactory, documents: list[object]
) -> None:
    writer = JournalWriter(tmp_path_factory.mktemp("journal") / "a.journal", {})
    for document in documents:
        writer.append(records.CONTEXT, document)
    writer.close()

    read = read_journal(writer.path)

    assert read.damage is None
    assert [content for kind, content in read.documents if kind == records.CONTEXT] == documents


def test_a_lone_surrogate_becomes_a_question_mark(journal: JournalWriter) -> None:
    journal.append(records.NOTE, "caf\udce9")
    assert read_journal(journal.path).documents[-1] == (records.NOTE, "caf?")


def test_a_record_too_long_to_be_read_is_refused(
    journal: JournalWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(records, "MAX_RECORD", 100)
    with pytest.raises(InvalidValue, match="Keep it as an artifact"):
        journal.append(records.NOTE, "x" * 200)
    journal.append(records.NOTE, "short")
    assert read_journal(journal.path).documents[-1] == (records.NOTE, "short")


def test_a_value_that_is_no_number_writes_nothing(journal: JournalWriter) -> None:
    before = journal.path.read_bytes()
    with pytest.raises(struct.error):
        journal.append_points(("x", "y"), 0, 0, [1.0, None])  # type: ignore[list-item]
    with pytest.raises(struct.error):
        journal.append_points(("x",), 2**63, 0, [1.0])
    assert journal.path.read_bytes() == before


def test_a_group_interrupted_before_it_is_remembered_keeps_its_number(
    journal: JournalWriter,
) -> None:
    journal.append_points(("x",), 0, 0, [1.0])
    journal._groups.clear()
    journal.append_points(("y",), 0, 0, [2.0])
    journal.append_points(("x",), 1, 0, [3.0])
    assert [(name, value) for name, _, _, value in _points(read_journal(journal.path))] == [
        ("x", 1.0),
        ("y", 2.0),
        ("x", 3.0),
    ]


def test_threads_share_a_journal(journal: JournalWriter) -> None:
    def log(number: int) -> None:
        for step in range(100):
            journal.append_points((f"m{number}",), step, 0, [float(step)])

    threads = [threading.Thread(target=log, args=[number]) for number in range(8)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    points = _points(read_journal(journal.path))
    for number in range(8):
        mine = [(step, value) for name, step, _, value in points if name == f"m{number}"]
        assert mine == [(step, float(step)) for step in range(100)]


def test_a_short_write_goes_on_where_it_stopped(
    journal: JournalWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: write(fd, data[:3]))
    journal.append(records.NOTE, "in many small pieces")
    assert read_journal(journal.path).documents[-1] == (records.NOTE, "in many small pieces")


@pytest.mark.parametrize("error", [OSError(28, "No space left"), KeyboardInterrupt()])
def test_a_half_written_record_is_cut_back(
    journal: JournalWriter, monkeypatch: pytest.MonkeyPatch, error: BaseException
) -> None:
    write = os.write
    pieces = iter([b"half"])

    def write_half(descriptor: int, data: bytes) -> int:
        if next(pieces, None) is None:
            raise error
        return write(descriptor, data[: len(data) // 2])

    whole = journal.path.read_bytes()
    monkeypatch.setattr(os, "write", write_half)
    with pytest.raises((StoreWriteFailed, KeyboardInterrupt)):
        journal.append(records.NOTE, "lost")
    assert journal.path.read_bytes() == whole

    monkeypatch.setattr(os, "write", write)
    journal.append(records.NOTE, "kept")
    read = read_journal(journal.path)
    assert (read.documents[-1], read.damage) == ((records.NOTE, "kept"), None)


def test_a_full_disk_is_one_clear_error(
    journal: JournalWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    def refuse(descriptor: int, data: bytes) -> int:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "write", refuse)
    with pytest.raises(StoreWriteFailed, match=r"Couldn't write .*a\.journal.*the disk is full"):
        journal.append(records.NOTE, "lost")


def test_a_record_that_cannot_be_cut_back_ends_the_journal(
    journal: JournalWriter, monkeypatch: pytest.MonkeyPatch
) -> None:
    write = os.write
    pieces = iter([b"half"])

    def write_half(descriptor: int, data: bytes) -> int:
        if next(pieces, None) is None:
            raise OSError(5, "Input/output error")
        return write(descriptor, data[:4])

    def refuse(descriptor: int, length: int) -> None:
        raise OSError(5, "Input/output error")

    monkeypatch.setattr(os, "write", write_half)
    monkeypatch.setattr(os, "ftruncate", refuse)
    for _ in range(2):
        with pytest.raises(StoreWriteFailed, match="Input/output error"):
            journal.append(records.NOTE, "lost")
    read = read_journal(journal.path)
    assert len(read.documents) == 1
    assert read.damage == "the last record is incomplete; 4 bytes from byte 21 on can't be read"


def test_a_closed_journal_refuses(journal: JournalWriter) -> None:
    journal.close()
    journal.close()
    with pytest.raises(RunFinished, match="its run has ended"):
        journal.append_points(("x",), 0, 0, [1.0])


def test_a_journal_cut_at_any_byte_reads_up_to_the_last_whole_record(tmp_path: Path) -> None:
    path = only_journal(write_run(tmp_path / "runs"))
    data, whole = path.read_bytes(), read_journal(path)
    assert whole.size == len(data)
    ends = set()
    for size in range(len(data)):
        path.write_bytes(data[:size])
        read = read_journal(path)
        ends.add(read.size)
        assert read.documents == whole.documents[: len(read.documents)]
        assert read.size <= size
        assert (read.damage is None) == (read.size == size)
        assert repr(_points(whole)).startswith(repr(_points(read)).rstrip("]"))
    assert len(ends) == len(whole.documents) + 2


def test_any_flipped_byte_is_noticed_and_what_is_before_it_read(tmp_path: Path) -> None:
    path = only_journal(write_run(tmp_path / "runs"))
    data, whole = path.read_bytes(), read_journal(path)
    for offset in range(len(data)):
        for mask in (0x01, 0x80, 0xFF):
            flipped = bytearray(data)
            flipped[offset] ^= mask
            path.write_bytes(flipped)
            read = read_journal(path)
            assert read.damage is not None
            assert read.size <= offset
            assert read.documents == whole.documents[: len(read.documents)]


@pytest.mark.parametrize(
    "payload",
    [
        b"\x06not json",
        b"\x02{}",
        b"\x02[1]",
        b"\x02[[],[]]",
        b"\x03",
        struct.pack("<BIqqd", records.POINTS, 7, 0, 0, 1.0),
        b"\x06" + b"[" * 100_000,
        b"\x06\xff\xfe",
    ],
)
def test_a_sound_frame_with_nonsense_in_it_ends_the_readable_part(
    journal: JournalWriter, payload: bytes
) -> None:
    with journal.path.open("ab") as file:
        file.write(struct.pack("<II", len(payload), zlib.crc32(payload)) + payload)
    read = read_journal(journal.path)
    assert read.header == {"format": 1}
    assert "can't be understood" in str(read.damage)


@given(data=st.binary(max_size=200))
def test_any_bytes_are_read_without_a_foreign_error(
    tmp_path_factory: pytest.TempPathFactory, data: bytes
) -> None:
    path = tmp_path_factory.mktemp("journal") / "a.journal"
    path.write_bytes(data)
    assert read_journal(path).size <= len(data)


def test_a_journal_that_cannot_be_read_says_so(tmp_path: Path) -> None:
    with pytest.raises(StoreDamaged, match="Couldn't read"):
        read_journal(tmp_path)


def test_a_document_names_its_kind() -> None:
    assert encode_document(records.NOTE, "é") == b'\x06"\xc3\xa9"'
