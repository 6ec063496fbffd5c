"""What is in artifacts: texts, documents, tables, pictures, and what can't be looked into."""

from __future__ import annotations

import io
import json
import struct
import zlib
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import given
from hypothesis import strategies as st

import runfolio
from runfolio.privacy import Disclosure, disclose
from runfolio.privacy import contents as module
from runfolio.privacy.contents import Content, mask_bytes, mask_file
from runfolio.privacy.masks import Masks, learn_hit
from runfolio.privacy.terms import Terms
from runfolio.store import StoreTables, read_store
from tests.privacy.samples import make_token

TOKEN = make_token("github", "contents")


def masks() -> Masks:
    return Masks(Terms())


def looked(data: bytes, path: str = "a.txt") -> Content:
    return mask_bytes(data, path, masks())


def disclosed(store: Path, folder: Path, **how: bool) -> StoreTables:
    folder.mkdir(exist_ok=True)
    return disclose(read_store(store), Disclosure(**how), scratch=folder)  # type: ignore[arg-type]


def content_of(tables: StoreTables, path: str) -> bytes:
    (run_id,) = tables.runs["run_id"].to_pylist()
    return tables.file_of(run_id, path)[1].read_bytes()


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_a_text_keeps_its_encoding(encoding: str) -> None:
    data = looked(f"é {TOKEN} ü".encode(encoding)).data
    assert data is not None
    assert data.decode(encoding) == "é [redacted] ü"


def test_bytes_that_are_no_utf_8_stay_as_they_are() -> None:
    assert looked(b"\xe9\xff " + TOKEN.encode()).data == b"\xe9\xff [redacted]"


def test_line_endings_stay() -> None:
    data = looked(f"a\r\npassword: Tr0ub4dor\r\nb\rc\n{TOKEN}".encode()).data
    assert data == b"a\r\npassword: [redacted]\r\nb\rc\n[redacted]"


def test_what_is_no_text_is_named_and_left() -> None:
    content = looked(b"\0\1" + TOKEN.encode(), "a.bin")
    assert (content.data, content.unread, content.hits) == (None, "no text", ())


def test_a_text_that_ends_as_something_else_is_masked() -> None:
    data = looked(f"use {TOKEN}\n".encode() + b"x\n" * 50_000 + b"\0\xff").data
    assert data == b"use [redacted]\n" + b"x\n" * 50_000 + b"\0\xff"


def test_json_keeps_its_form() -> None:
    text = json.dumps({"a": {"password": "Tr0ub\\u0034dor", "n": [1, 2.5, None]}}, indent=3) + "\n"
    data = looked(text.encode(), "a.json").data
    assert data == text.replace("Tr0ub\\\\u0034dor", "[redacted]").encode()


def test_escapes_in_json_hide_nothing() -> None:
    escaped = "".join(f"\\u{ord(letter):04x}" for letter in TOKEN)
    data = looked(f'{{"note": "{escaped}"}}'.encode(), "a.json").data
    assert data == b'{"note": "[redacted]"}'


def test_half_a_character_in_json_does_no_harm(store: Path, tmp_path: Path) -> None:
    text = '{"half": "\\ud83d", "password": "Tr0ub4dor"}'
    assert looked(text.encode(), "a.json").data == text.replace("Tr0ub4dor", "[redacted]").encode()
    with runfolio.start_run(store=store, capture=False) as run:
        run.set_tag("config", text)
    tables = disclosed(store, tmp_path / "masked", redact=True)
    assert json.loads(tables.tags["value"][0].as_py())["password"] == "[redacted]"


@pytest.mark.parametrize("text", ["{", "[1, 2", "[" * 100_000, "nan", ""])
def test_json_that_is_none_is_read_as_text(text: str) -> None:
    assert looked(text.encode(), "a.json") == Content()


def test_columns_of_csv_tell_what_is_below_them() -> None:
    text = 'a,api_key,user,"x,y"\r\n1,k3yk3y,alice,"p,q"\r\n2,,bob smith,r\r\n3\r\n'
    data = looked(text.encode(), "a.csv").data
    assert data is not None
    assert data.decode() == text.replace("k3yk3y", "[redacted]").replace("alice", "[user]")
    tabs = looked(b"password\tn\nTr0ub4dor\t1\n", "a.tsv").data
    assert tabs == b"password\tn\n[redacted]\t1\n"
    assert looked(b"a,b\n1,2\n", "a.csv") == Content()
    assert looked(b"", "a.csv") == Content()


PIECES = [
    *(
        "password",
        "=",
        ": ",
        '"',
        "'",
        "\\u00e9",
        "\\ud83d",
        "{",
        "}",
        "[",
        "]",
        ",",
        "\n",
        "\r",
        "\t",
    ),
    *(
        "/home/al",
        "/",
        "@",
        ".org",
        "user",
        TOKEN,
        "\ud83d",
        "\x1b[0m",
        "é",
        "-----BEGIN PRIVATE KEY",
    ),
]


@given(
    pieces=st.lists(st.sampled_from(PIECES) | st.text(max_size=3), max_size=12),
    suffix=st.sampled_from([".txt", ".py", ".json", ".jsonl", ".csv", ".tsv", ".ipynb", ".diff"]),
    tail=st.binary(max_size=4),
    anonymous=st.booleans(),
)
def test_no_content_does_harm(pieces: list[str], suffix: str, tail: bytes, anonymous: bool) -> None:
    data = "".join(pieces).encode("utf-8", "surrogatepass") + tail
    known = Masks(Terms(), anonymous=anonymous)
    content = mask_bytes(data, f"a{suffix}", known)
    for hit in content.hits:
        learn_hit(known, hit)
    again = mask_bytes(data, f"a{suffix}", known)
    assert TOKEN.encode() not in (
        data if again.data is None and again.unread is None else again.data or b""
    )


def write_parquet(path: Path, table: pa.Table) -> Path:
    pq.write_table(table, path)
    return path


def test_texts_in_a_table_are_masked_by_the_names_of_its_columns(tmp_path: Path) -> None:
    table = pa.table(
        {
            "api_key": ["x9y8z7w6", None],
            "note": pa.array([f"use {TOKEN}", "b"], pa.large_string()),
            "kind": pa.array([TOKEN, TOKEN]).dictionary_encode(),
            "list": [[TOKEN], []],
            "deep": [{"password": 839201}, {"password": 1}],
            "n": [1, 2],
            "raw": [b"\0", b"\1"],
        }
    )
    content = mask_file(write_parquet(tmp_path / "a.parquet", table), "a.parquet", masks())
    assert content.data is not None
    masked = pq.read_table(io.BytesIO(content.data))
    assert masked["api_key"].to_pylist() == ["[redacted]", None]
    assert masked["note"].to_pylist() == ["use [redacted]", "b"]
    assert masked["kind"].to_pylist() == ["[redacted]", "[redacted]"]
    assert masked["list"].to_pylist() == [["[redacted]"], []]
    assert "839201" not in str(masked["deep"].to_pylist())
    assert masked.select(["n", "raw"]).equals(table.select(["n", "raw"]))


def test_a_table_without_anything_to_hide_stays_as_it_is(tmp_path: Path) -> None:
    path = write_parquet(tmp_path / "a.parquet", pa.table({"a": ["x"], "b": [[1]]}))
    assert mask_file(path, "a.parquet", masks()) == Content()


def test_a_broken_table_is_not_looked_into(tmp_path: Path) -> None:
    path = tmp_path / "a.parquet"
    path.write_bytes(b"PAR1 and no more")
    assert mask_file(path, "a.parquet", masks()).unread == "no text"


def test_a_text_too_long_is_cut_where_it_is_masked(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(module, "MAX_BYTES", 1000)
    monkeypatch.setattr(module, "_HEAD", 100)
    path = tmp_path / "a.log"
    path.write_text("line\n" * 300 + TOKEN)
    content = mask_file(path, "a.log", masks())
    assert content.data is not None
    assert content.data.endswith(b"line\n\n[cut: the rest was too long to be looked into]\n")
    assert content.unread == "longer than what is looked into"


def png(*chunks: tuple[bytes, bytes]) -> bytes:
    body = [(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), *chunks]
    body += [(b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b"")]
    parts = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in body
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(parts)


def test_a_png_loses_what_is_written_beside_its_pixels() -> None:
    noted = png((b"tEXt", b"Author\0Jane"), (b"eXIf", b"MM\0*"), (b"pHYs", b"\0" * 9))
    assert looked(noted, "a.png").data == png((b"pHYs", b"\0" * 9))
    assert looked(png(), "a.png") == Content()


def test_a_jpeg_loses_its_exif() -> None:
    image = pytest.importorskip("PIL.Image")
    exif = image.Exif()
    exif[0x013B] = "Jane Doe"
    buffer = io.BytesIO()
    picture = image.fromarray(np.arange(192, dtype=np.uint8).reshape(8, 8, 3))
    picture.save(buffer, "JPEG", exif=exif, comment=b"by Jane")
    assert b"Jane" in buffer.getvalue()
    data = looked(buffer.getvalue(), "a.jpg").data
    assert data is not None
    assert b"Jane" not in data
    shown = np.asarray(image.open(io.BytesIO(data)))
    assert np.array_equal(shown, np.asarray(image.open(buffer)))


@pytest.mark.parametrize("data", [png()[:40], b"\xff\xd8\xff\xe1\x00\x09abc", b"\xff\xd8\xff\xda"])
def test_a_broken_picture_is_named(data: bytes) -> None:
    assert looked(data, "a.png").unread == "a broken picture"


def test_a_masked_file_gets_its_own_size_and_digest(store: Path, tmp_path: Path) -> None:
    import hashlib

    with runfolio.start_run(store=store, capture=False) as run:
        run.log_text(f"use {TOKEN}", "a.txt")
        run.log_text("nothing", "b.txt")
    tables = disclosed(store, tmp_path / "masked", redact=True)
    rows = {row["path"]: row for row in tables.artifacts.to_pylist()}
    content = content_of(tables, "a.txt")
    assert content == b"use [redacted]"
    assert rows["a.txt"]["size"] == len(content)
    assert rows["a.txt"]["sha256"] == hashlib.sha256(content).hexdigest()
    assert rows["b.txt"]["sha256"] == hashlib.sha256(b"nothing").hexdigest()
    assert content_of(tables, "b.txt") == b"nothing"
    before = run.folder / "artifacts" / "a.txt"
    masked = tables.file_of(run.id, "a.txt")[1]
    assert before.read_text() == f"use {TOKEN}"
    assert masked.stat().st_mtime_ns == before.stat().st_mtime_ns


def test_a_link_out_of_the_run_is_not_followed(store: Path, tmp_path: Path) -> None:
    (tmp_path / "outside.txt").write_text("outside")
    with runfolio.start_run(store=store, capture=False) as run:
        run.log_text("a", "a.txt")
        run.log_text("b", "deep/b.txt")
    (run.folder / "artifacts" / "a.txt").unlink()
    (run.folder / "artifacts" / "a.txt").symlink_to(tmp_path / "outside.txt")
    (tmp_path / "elsewhere").mkdir()
    (tmp_path / "elsewhere" / "b.txt").write_text("outside")
    (run.folder / "artifacts" / "deep" / "b.txt").unlink()
    (run.folder / "artifacts" / "deep").rmdir()
    (run.folder / "artifacts" / "deep").symlink_to(tmp_path / "elsewhere")
    tables = disclosed(store, tmp_path / "masked", redact=True)
    for path in ("a.txt", "deep/b.txt"):
        assert not tables.file_of(run.id, path)[1].exists()


def test_names_that_become_the_same_stay_apart(store: Path, tmp_path: Path) -> None:
    with runfolio.start_run(store=store, experiment="e", capture=False) as run:
        run.set_tags({"user": "alice", "creator.user": "bobby"})
        run.log_params({"path_alice": "1", "path_bobby": "2"})
        run.log_metrics({"loss/alice": 1.0, "loss/bobby": 2.0})
        run.log_text("x", "alice.txt")
        run.log_text("y", "bobby.txt")
    tables = disclosed(store, tmp_path / "masked", redact=True)
    params = {row["key"]: row["text"] for row in tables.params.to_pylist()}
    assert params == {"path_[user]": "1", "path_[user] (2)": "2"}
    points = {row["key"]: row["value"] for row in tables.metrics.to_pylist()}
    assert points == {"loss/[user]": 1.0, "loss/[user] (2)": 2.0}
    assert set(tables.summaries["key"].to_pylist()) == set(points)
    assert content_of(tables, "[user].txt") == b"x"
    assert content_of(tables, "[user] (2).txt") == b"y"


def test_experiments_keep_their_settings_under_masked_names(store: Path, tmp_path: Path) -> None:
    with runfolio.start_run(store=store, experiment="of alice", capture=False) as run:
        run.set_tag("user", "alice")
        run.log_metrics({"alice/loss": 1.0})
    runfolio.describe_experiment(
        "of alice", primary_metric="alice/loss", note="by alice", store=store
    )
    tables = disclosed(store, tmp_path / "masked", redact=True)
    assert set(tables.experiments) == set(tables.runs["experiment"].to_pylist()) == {"of [user]"}
    said = tables.experiments["of [user]"]
    assert (said.name, said.primary_metric, said.note) == ("of [user]", "[user]/loss", "by [user]")
