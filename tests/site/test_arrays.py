"""NumPy files by their headers: facts and first values, and nothing unpickled or unpacked whole."""

from __future__ import annotations

import io
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.site import arrays
from runfolio.site.arrays import MAGIC, list_arrays, read_array_head, read_values


def as_npy(array: np.ndarray[Any, Any], **options: Any) -> bytes:
    stream = io.BytesIO()
    np.save(stream, array, **options)
    return stream.getvalue()


@pytest.mark.parametrize(
    ("array", "caption"),
    [
        (np.zeros((3, 224, 224), np.float32), "float32, 3 × 224 × 224, C order"),
        (np.asfortranarray(np.zeros((2, 5000))), "float64, 2 × 5,000, Fortran order"),
        (np.array(7), "int64, one value, C order"),
        (np.array(["a", "bc"]), "<U2, 2, C order"),
        (np.zeros(2, [("x", "<f4"), ("y", "<i8")]), "[('x', '<f4'), ('y', '<i8')], 2, C order"),
    ],
)
def test_the_header_says_shape_type_and_order(array: np.ndarray[Any, Any], caption: str) -> None:
    assert read_array_head(as_npy(array)).caption == caption


def test_objects_are_told_and_never_unpickled() -> None:
    class Trap:
        def __reduce__(self) -> Any:
            return (pytest.fail, ("unpickled",))

    content = as_npy(np.array([Trap()], dtype=object), allow_pickle=True)
    head = read_array_head(content)
    assert head.type_name == "object"
    assert read_values(head, content) is None


@pytest.mark.parametrize("order", ["C", "F"])
def test_first_values_in_either_order(order: Any) -> None:
    array = np.array([[1.5, 2, 3], [4, 5, np.nan]], order=order)
    content = as_npy(array)
    cells = read_values(read_array_head(content), content)
    assert cells is not None
    assert cells.rows == (("1.5", "2", "3"), ("4", "5", "NaN"))
    assert cells.columns == ("0", "1", "2")


def test_values_beyond_what_was_read_are_left_out() -> None:
    content = as_npy(np.arange(100_000, dtype=np.int64).reshape(1000, 100))
    cells = read_values(read_array_head(content), content[:2000])
    assert cells is not None
    assert (len(cells.rows), cells.row_count, len(cells.columns)) == (3, 1000, 30)
    assert cells.rows[1][0] == "100"


@pytest.mark.parametrize(
    "header",
    [
        "{'descr': '<f8'}",
        "__import__('os')",
        "[" * 5000,
        "x" * 60_000,
        "{'shape': (1e9,)}",
        "{'descr': '<f8', 'fortran_order': False, 'shape': (-3,)}",
    ],
)
def test_a_hostile_header_is_an_error_and_runs_nothing(header: str) -> None:
    text = header.encode()
    content = MAGIC + b"\1\0" + len(text).to_bytes(2, "little") + text
    with pytest.raises(ValueError):
        read_array_head(content)


def test_an_archive_lists_its_arrays(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    np.savez_compressed(path, weights=np.zeros((4, 4), np.float16), bias=np.zeros(4))
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("readme.txt", "text")
    cells = list_arrays(path)
    assert cells.rows[0][:4] == ("weights", "4 × 4", "float16", "C")
    assert cells.rows[2][:3] == ("readme.txt", "—", "no array")


def test_only_what_numpy_packs_is_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    with zipfile.ZipFile(path, "w", zipfile.ZIP_LZMA) as archive:
        archive.writestr("x.npy", as_npy(np.zeros((50, 50))))
    content = bytearray(path.read_bytes())
    content[60:80] = b"\xff" * 20
    path.write_bytes(content)
    (row,) = list_arrays(path).rows
    assert row[0] == "x"
    assert row[2] == "packed as NumPy doesn't"


def test_a_bomb_is_listed_without_being_unpacked(tmp_path: Path) -> None:
    path = tmp_path / "x.npz"
    head = as_npy(np.zeros(0))
    with (
        zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive,
        archive.open("huge.npy", "w", force_zip64=True) as member,
    ):
        member.write(head)
        for _ in range(64):
            member.write(bytes(1 << 20))
    (row,) = list_arrays(path).rows
    assert row[0] == "huge"
    assert row[4] == "67.1 MB"


def test_an_endless_list_of_members_is_refused(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "x.npz"
    with zipfile.ZipFile(path, "w") as archive:
        for number in range(30):
            archive.writestr(f"a{number}.npy", as_npy(np.zeros(1)))
    monkeypatch.setattr(arrays, "MAX_DIRECTORY", 1000)
    with pytest.raises(ValueError, match="its list of members takes 1"):
        list_arrays(path)


@given(st.binary(max_size=200))
def test_no_content_breaks_the_reader(content: bytes) -> None:
    try:
        head = read_array_head(MAGIC + content)
    except ValueError:
        return
    read_values(head, MAGIC + content)
