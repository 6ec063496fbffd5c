"""Previews of artifacts: useful for sound files, harmless for broken and hostile ones."""

from __future__ import annotations

import base64
import io
import json
import math
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from PIL import Image

from runfolio.site.preview import MAX_HTML, MAX_READ, MAX_TEXT, Preview, preview_artifact
from runfolio.store import read_parquet_head
from runfolio.store.parquet import encode_table

POLYGLOT = "'\"><img src=x onerror=PWN()><svg onload=PWN()></script></title></textarea><!--"


def preview(folder: Path, name: str, content: bytes | str, media_type: str = "") -> Preview:
    path = folder / "artifact"
    path.write_bytes(content.encode() if isinstance(content, str) else content)
    return preview_artifact(
        path,
        name=name,
        media_type=media_type or "application/octet-stream",
        size=path.stat().st_size,
        read_table=read_parquet_head,
    )


def picture(form: str, size: tuple[int, int] = (7, 5), **options: Any) -> bytes:
    buffer = io.BytesIO()
    Image.new("RGB", size, "red").save(buffer, form, **options)
    return buffer.getvalue()


@pytest.mark.parametrize(
    ("name", "content"),
    [
        ("a.png", picture("PNG")),
        ("a.JPG", picture("JPEG")),
        ("progressive.jpeg", picture("JPEG", progressive=True, exif=b"Exif\0\0" + b"x" * 900)),
        ("a.gif", picture("GIF")),
        ("lossy.webp", picture("WEBP")),
        ("lossless.webp", picture("WEBP", lossless=True)),
        ("extended.webp", picture("WEBP", exif=b"Exif\0\0MM")),
        ("no ending", picture("PNG")),
    ],
)
def test_pictures_with_their_size(tmp_path: Path, name: str, content: bytes) -> None:
    shown = preview(tmp_path, name, content)
    assert (shown.kind, shown.width, shown.height) == ("image", 7, 5)
    assert shown.media_type in ("image/png", "image/jpeg", "image/gif", "image/webp")


def test_a_picture_is_told_by_its_content(tmp_path: Path) -> None:
    shown = preview(tmp_path, "x.png", picture("JPEG"), "image/png")
    assert (shown.kind, shown.media_type) == ("image", "image/jpeg")


@pytest.mark.parametrize(
    ("name", "content", "reason"),
    [
        ("x.png", "<html><script>PWN()</script>", "does not hold a PNG, JPEG, GIF or WebP picture"),
        ("x.jpg", picture("JPEG")[:20], "picture is broken"),
        ("x.png", b"\x89PNG\r\n\x1a\n", "picture is broken"),
        ("x.webp", b"RIFF\0\0\0\0WEBPVP9 ", "picture is broken"),
        ("x.gif", b"GIF89a\0\0\0\0", "0 × 0 pixels"),
        ("x.png", b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + b"\0\1\0\0" * 2, "65536 × 65536 pixels"),
        ("x.svg", "<p>no picture</p>", "does not hold an SVG picture"),
        ("x.svg", '<!DOCTYPE x [<!ENTITY a "b">]><svg>&a;</svg>', "declares entities"),
        ("x.parquet", b"PAR1 nothing PAR1", "no readable Parquet file"),
        ("x.parquet", "text", "no readable Parquet file"),
        ("x.ipynb", "{", "Expecting property name"),
        ("x.ipynb", "[]", "no notebook of format 4"),
        ("x.ipynb", "[" * 200_000, "recursion"),
    ],
)
def test_broken_files_say_why(tmp_path: Path, name: str, content: bytes | str, reason: str) -> None:
    shown = preview(tmp_path, name, content)
    assert shown.kind == "failed"
    assert reason in str(shown.caption)


def test_a_missing_file(tmp_path: Path) -> None:
    shown = preview_artifact(
        tmp_path / "gone.txt", name="gone.txt", media_type="", size=3, read_table=read_parquet_head
    )
    assert (shown.kind, "No such file" in str(shown.caption)) == ("failed", True)


def test_svg_stays_apart(tmp_path: Path) -> None:
    content = '<?xml version="1.0"?>\n<!DOCTYPE svg PUBLIC "x" "y">\n<svg onload="PWN()"/>'
    shown = preview(tmp_path, "x.svg", content)
    assert (shown.kind, shown.html, shown.text) == ("svg", None, None)


@pytest.mark.parametrize("content", [b"\x80\x04\x95\0\0", b"\0" * 99, bytes(range(256)) * 4])
def test_binary_files_show_nothing(tmp_path: Path, content: bytes) -> None:
    for name in ("model.pkl", "x.py", "x.csv", "x.json", "x.html"):
        assert preview(tmp_path, name, content).kind == "none"


def test_an_empty_file(tmp_path: Path) -> None:
    shown = preview(tmp_path, "x.csv", b"")
    assert (shown.kind, shown.caption) == ("none", "The file is empty.")


def test_text(tmp_path: Path) -> None:
    shown = preview(tmp_path, "log.txt", f"{POLYGLOT}\n\x1b[0mtwo\n")
    assert (shown.kind, shown.text, shown.html) == ("text", f"{POLYGLOT}\n␛[0mtwo\n", None)
    assert shown.caption == "2 lines"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16"])
def test_text_with_a_byte_order_mark(tmp_path: Path, encoding: str) -> None:
    shown = preview(tmp_path, "x.log", "größe\n".encode(encoding))
    assert (shown.kind, shown.text, shown.caption) == ("text", "größe\n", "1 line")


def test_long_text_is_cut_between_letters(tmp_path: Path) -> None:
    shown = preview(tmp_path, "x.txt", "a" + "ü" * 60_000)
    assert shown.caption == "first 100 kB of 120 kB"
    assert shown.text == "a" + "ü" * ((MAX_TEXT - 1) // 2)


def test_code(tmp_path: Path) -> None:
    shown = preview(tmp_path, "source/train.py", "import os  # <b>\n")
    assert (shown.kind, shown.caption) == ("code", "1 line")
    assert "&lt;b&gt;" in str(shown.html)
    assert '<span class="kn">import</span>' in str(shown.html)


def test_json_is_an_outline(tmp_path: Path) -> None:
    shown = preview(tmp_path, "x.json", '{"b": [1, NaN], "a": "<ü>"}')
    assert (shown.kind, shown.caption, shown.html) == ("json", "2 keys", None)
    assert shown.outline is not None
    assert [one.text for one in shown.outline.children] == ["[1, NaN]", '"<ü>"']
    assert shown.weight > 60


def test_json_with_too_many_values_is_coloured_text(tmp_path: Path) -> None:
    rows = [{"a": number, "b": "<ü>"} for number in range(150)]
    shown = preview(tmp_path, "x.json", json.dumps({str(n): rows for n in range(9)}))
    assert (shown.kind, shown.outline) == ("json", None)
    assert "&lt;ü&gt;" in str(shown.html)


@pytest.mark.parametrize(
    "content", ["{", "[" * 100_000, '{"a": ' * 50_000, "9" * 5000, f"[{'1,' * 150_000}1]"]
)
def test_json_that_is_none_or_too_long_is_text(tmp_path: Path, content: str) -> None:
    shown = preview(tmp_path, "x.json", content)
    assert shown.kind in ("code", "text")
    assert shown.text is not None
    assert content.startswith(shown.text)


def test_json_with_a_lone_surrogate(tmp_path: Path) -> None:
    shown = preview(tmp_path, "x.json", r'["\ud800"]')
    assert shown.outline is not None
    assert shown.outline.text == '["�"]'


def test_sound_film_and_pdf_keep_an_ending_of_ours(tmp_path: Path) -> None:
    shown = preview(tmp_path, "x.mp3", b"RIFF\0\0\0\0WAVEfmt ", "audio/mpeg")
    assert (shown.kind, shown.media_type, shown.suffix) == ("audio", "audio/wav", "wav")
    assert preview(tmp_path, "x", b"\0\0\0\x20ftypisom").kind == "video"
    paper = preview(tmp_path, "x.pdf", b"%PDF-1.4 /Type /Pages /Count 2")
    assert (paper.kind, paper.caption) == ("pdf", "PDF 1.4, 2 pages")
    assert preview(tmp_path, "x.mp4", b"<script>").suffix is None


def test_numpy_files_say_what_they_hold(tmp_path: Path) -> None:
    stream = io.BytesIO()
    np.save(stream, np.arange(4).reshape(2, 2))
    shown = preview(tmp_path, "x.npy", stream.getvalue())
    assert (shown.kind, shown.caption) == ("array", "int64, 2 × 2, C order")
    assert shown.rows == (("0", "1"), ("2", "3"))
    np.savez(tmp_path / "x.npz", one=np.zeros(3))
    content = (tmp_path / "x.npz").read_bytes()
    assert preview(tmp_path, "x.npz", content).caption == "1 array"
    assert preview(tmp_path, "x.npz", content[:40]).kind == "failed"


VEGA_LITE = json.dumps(
    {"$schema": "https://vega.github.io/schema/vega-lite/v6.json", "mark": "bar"}
)


def test_a_chart_that_can_be_drawn_and_one_that_cannot(tmp_path: Path) -> None:
    def refuse(_text: str) -> str:
        raise ValueError("it is <no> chart")

    path = tmp_path / "x.vl.json"
    path.write_text(VEGA_LITE)
    options: Any = {"media_type": "", "size": len(VEGA_LITE), "read_table": read_parquet_head}
    drawn = preview_artifact(path, name=path.name, draw=lambda _: "<svg/>", **options)
    assert (drawn.kind, drawn.drawing) == ("chart", "<svg/>")
    refused = preview_artifact(path, name=path.name, draw=refuse, **options)
    assert (refused.kind, refused.drawing) == ("chart", None)
    assert refused.caption == "Not drawn: it is <no> chart"
    assert "vega-lite" in str(refused.html)


def test_markdown_and_html(tmp_path: Path) -> None:
    assert preview(tmp_path, "x.md", "# <b>\n").html == "<h3>&lt;b&gt;</h3>\n"
    shown = preview(tmp_path, "x.html", POLYGLOT)
    assert (shown.kind, shown.text, shown.html) == ("html", "'\"&gt;<img>", None)
    assert preview(tmp_path, "x.html", "a" * (MAX_HTML + 1)).caption == "A page of 1 MB."


def test_the_media_type_helps_names_without_ending(tmp_path: Path) -> None:
    assert preview(tmp_path, "report", "<p>", "text/html").kind == "html"
    assert preview(tmp_path, "table", "a,b\n1,2\n", "text/csv").kind == "table"


def test_separated_values(tmp_path: Path) -> None:
    lines = ['"fixed acidity";"quality"', *(f"{i / 7};{i}" for i in range(4898))]
    shown = preview(tmp_path, "wine.csv", "\n".join(lines) + "\n")
    assert shown.kind == "table"
    assert shown.caption == "first 50 of 4,898 rows, 2 columns"
    assert shown.columns == ("fixed acidity", "quality")
    assert shown.rows[1] == ("0.1429", "1")
    assert (len(shown.rows), shown.row_count, shown.column_count) == (50, 4898, 2)
    assert shown.numeric == (True, True)


@pytest.mark.parametrize(
    ("name", "content", "columns", "rows"),
    [
        ("x.tsv", "a\tb\n1,5\t2\n", ("a", "b"), (("1,5", "2"),)),
        ("x.csv", "a|b\nx|y\n", ("a", "b"), (("x", "y"),)),
        ("x.csv", "a\n00501\n", ("a",), (("00501",),)),
        ("x.csv", "1,2\n3,4\n", ("column 1", "column 2"), (("1", "2"), ("3", "4"))),
        ("x.csv", 'a,b\n"x\ny",\n', ("a", "b"), (("x\ny", ""),)),
        ("x.csv", "a,b\n1,2,3\n\n4\n", ("a", "b", ""), (("1", "2", "3"), ("4", "", ""))),
        ("x.csv", "a,b\n", ("a", "b"), ()),
        ("x.csv", f"v\n{POLYGLOT}\n", ("v",), ((POLYGLOT,),)),
        ("x.csv", "v\n1.10\n2025.12.31\n0.123456789\nnan\n1e5\n", ("v",), (
            ("1.10",), ("2025.12.31",), ("0.1235",), ("nan",), ("1e5",),
        )),
    ],
)  # fmt: skip
def test_separated_values_of_many_kinds(
    tmp_path: Path,
    name: str,
    content: str,
    columns: tuple[str, ...],
    rows: tuple[tuple[str, ...], ...],
) -> None:
    shown = preview(tmp_path, name, content)
    assert (shown.kind, shown.columns, shown.rows) == ("table", columns, rows)


def test_separated_values_beyond_what_is_read(tmp_path: Path) -> None:
    shown = preview(tmp_path, "x.csv", "a,b\n" + "1,2\n" * (MAX_READ // 4))
    assert (shown.row_count, shown.caption) == (None, "first 50 rows, 2 columns")


def test_wide_values_and_long_cells(tmp_path: Path) -> None:
    header = ",".join(f"c{i}" for i in range(45))
    shown = preview(tmp_path, "x.csv", header + "\n" + ",".join(["y" * 999] * 45) + "\n")
    assert shown.caption == "1 row, first 30 of 45 columns"
    assert (len(shown.columns), len(shown.rows[0]), len(shown.rows[0][0])) == (30, 30, 200)


def test_one_endless_field_is_text(tmp_path: Path) -> None:
    assert preview(tmp_path, "x.csv", '"' + "x" * 200_000).kind == "text"


def test_parquet(tmp_path: Path) -> None:
    table = pa.table(
        {
            "id": [10**15, None],
            "x": [0.123456, math.nan],
            "flag": [True, False],
            "text": [POLYGLOT, "y" * 500],
            "raw": [b"12345", b"1"],
            "list": [[1, 2], [None]],
            "day": [date(2026, 1, 2), None],
            "time": [datetime(2026, 1, 2, 3, 4, 5, tzinfo=UTC), None],
        }
    )
    shown = preview(tmp_path, "x.parquet", encode_table(table))
    assert (shown.kind, shown.caption) == ("table", "2 rows, 8 columns")
    assert shown.numeric == (True, True, *[False] * 6)
    assert shown.rows[0] == (
        *("1000000000000000", "0.1235", "true", POLYGLOT, "5 bytes", "[1, 2]"),
        *("2026-01-02", "2026-01-02 03:04:05+00:00"),
    )
    assert shown.rows[1][:3] == ("—", "NaN", "false")
    assert len(shown.rows[1][3]) == 200


def test_parquet_with_what_python_cannot_hold(tmp_path: Path) -> None:
    far = pa.array([2**62, None], pa.timestamp("us"))
    table = pa.table([far, pa.array([1, 2])], names=["same", "same"])
    shown = preview(tmp_path, "x.parquet", encode_table(table))
    assert (shown.kind, shown.columns) == ("table", ("same", "same"))
    assert [row[1] for row in shown.rows] == ["1", "2"]
    assert shown.rows[0][0].startswith("<value out of range")
    assert shown.rows[1][0] == "—"


def test_empty_parquet(tmp_path: Path) -> None:
    shown = preview(tmp_path, "x.parquet", encode_table(pa.table({"a": pa.array([], pa.int64())})))
    assert (shown.kind, shown.columns, shown.caption) == ("table", ("a",), "0 rows, 1 column")


def test_notebook(tmp_path: Path) -> None:
    notebook = {
        "nbformat": 4,
        "metadata": {"language_info": {"name": "python"}},
        "cells": [
            {"cell_type": "markdown", "source": ["# Title\n", "<script>"]},
            {
                "cell_type": "code",
                "source": "import os\n",
                "outputs": [
                    {"output_type": "stream", "text": ["one\n", "<b>\n"]},
                    {
                        "output_type": "execute_result",
                        "data": {"text/html": "<i>", "text/plain": "2"},
                    },
                    {"output_type": "error", "ename": "ValueError", "evalue": "no"},
                ],
            },
            {"cell_type": "raw", "source": "<raw>"},
            "nonsense",
        ],
    }
    shown = preview(tmp_path, "x.ipynb", json.dumps(notebook))
    html = str(shown.html)
    assert shown.kind == "notebook"
    assert "<h3>Title</h3>" in html
    assert '<span class="kn">import</span>' in html
    assert "one\n&lt;b&gt;\n2\nValueError: no\n" in html
    assert "&lt;raw&gt;" in html
    assert "<script" not in html
    assert "<i>" not in html


def test_a_notebook_shows_its_pictures_and_colours(tmp_path: Path) -> None:
    pixel = base64.b64encode(picture("PNG")).decode()
    outputs: list[Any] = [
        {"output_type": "stream", "text": "\x1b[31mred\x1b[0m"},
        {"data": {"image/png": [pixel[:20] + "\n", pixel[20:]], "text/plain": "<Figure>"}},
        {"data": {"image/png": '"><script>', "text/plain": "kept"}},
        {"data": {"image/svg+xml": "<svg onload=PWN()>"}},
        {"data": {"image/png": ["AA", 7]}},
    ]
    notebook = {"cells": [{"cell_type": "code", "source": "", "outputs": outputs}]}
    html = str(preview(tmp_path, "x.ipynb", json.dumps(notebook)).html)
    assert f'<img src="data:image/png;base64,{pixel}" alt=' in html
    assert '<span class="ansi-red">red</span>' in html
    assert html.count("<img") == 1
    assert "Figure" not in html
    assert "kept" in html
    assert "svg" not in html
    assert "script" not in html


def test_odd_names_are_only_names(tmp_path: Path) -> None:
    for name in ("../../etc/passwd", "a\0b", "x.png\0.py", POLYGLOT, "", "a/"):
        assert preview(tmp_path, name, "text\n").kind in ("text", "code")


SUFFIXES = "npy npz wav mp3 pdf png jpg gif webp svg parquet csv tsv json ipynb md html py yaml txt"
CONTENT = st.binary(max_size=300) | st.text(max_size=300).map(
    lambda text: text.encode(errors="surrogatepass")
)
HEADS = [
    b"\x89PNG\r\n\x1a\n",
    b"\xff\xd8\xff\xc0",
    b"GIF89a",
    b"RIFF0000WEBPVP8X",
    b"PAR1",
    b"\x93NUMPY\1\0",
    b"PK\3\4",
    b"%PDF-",
    b"{",
    b"",
]


@settings(suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    head=st.sampled_from(HEADS),
    content=CONTENT,
    suffix=st.sampled_from(SUFFIXES.split()),
)
def test_no_content_raises(tmp_path: Path, head: bytes, content: bytes, suffix: str) -> None:
    shown = preview(tmp_path, f"x.{suffix}", head + content)
    assert shown.kind != "failed" or str(shown.caption).startswith("Not shown: ")
    for text in (shown.html, shown.text, shown.caption, *shown.columns, *sum(shown.rows, ())):
        (text or "").encode()
