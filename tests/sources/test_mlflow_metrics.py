"""The lines of MLflow's metric files, and its ``meta.yaml`` files, well formed and not."""

from __future__ import annotations

import math
from contextlib import suppress
from pathlib import Path
from typing import Any

import numpy as np
import pytest
import yaml
from hypothesis import given
from hypothesis import strategies as st

from runfolio.documents import parse_yaml
from runfolio.errors import MlflowUnreadable
from runfolio.sources.mlflow.meta import parse_meta, read_meta
from runfolio.sources.mlflow.metrics import Lines, read_files, read_lines

T = 1_700_000_000_000


def points(lines: Lines) -> list[tuple[int, float, int]]:
    series = lines.series("m")
    return [
        (int(step), float(value), int(time))
        for step, value, time in zip(series.steps, series.values, series.times, strict=True)
    ]


@pytest.mark.parametrize(
    ("content", "expected"),
    [
        (f"{T} 0.5 3\n{T + 1} 1e-3 -4\n", [(3, 0.5, T * 1000), (-4, 1e-3, T * 1000 + 1000)]),
        (f"{T} 0.5\n{T} 0.25\n", [(0, 0.5, T * 1000), (1, 0.25, T * 1000)]),
        ("1560000000 0.5\n", [(0, 0.5, 1_560_000_000_000_000)]),
        ("7 0.5 0\n", [(0, 0.5, 7000)]),
        (f"{T} 0.5 3 wine 12ab\n", [(3, 0.5, T * 1000)]),
        (f"{T} 0.5 3 red wine 12ab\n{T} 1 4\n", [(3, 0.5, T * 1000), (4, 1.0, T * 1000)]),
        (f"{T} 0.5 3 {'a' * 32}\n", [(3, 0.5, T * 1000)]),
        (f"{T} 0.5 3\r\n{T} 1 4\r\n", [(3, 0.5, T * 1000), (4, 1.0, T * 1000)]),
        (f"{T} 0.5\n{T} 1 4\n", [(0, 0.5, T * 1000), (4, 1.0, T * 1000)]),
        ("", []),
    ],
)
def test_lines_of_every_version(content: str, expected: list[tuple[int, float, int]]) -> None:
    lines = read_lines(content.encode())
    assert points(lines) == expected
    assert lines.problem is None


def test_nan_and_infinities_stay() -> None:
    lines = read_lines(f"{T} nan 0\n{T} inf 1\n{T} -inf 2\n".encode())
    assert math.isnan(lines.values[0])
    assert list(lines.values[1:]) == [math.inf, -math.inf]


@pytest.mark.parametrize(
    ("line", "problem"),
    [
        ("", "line 2 has 0 fields instead of 3"),
        (f"{T}", "line 2 has 1 fields instead of 3"),
        (f"{T} 0.5 1.5", "line 2 has the step '1.5', which is no whole number"),
        (f"{T} x 1", "line 2 has the value 'x', which is no number"),
        (f"{T} None 1", "line 2 has the value 'None', which is no number"),
        ("soon 0.5 1", "line 2 has the time 'soon', which is no whole number"),
        (f"{T} 0.5 {2**63}", f"line 2 has the step {2**63}, which is too large"),
        (f"{10**20} 0.5 1", f"line 2 has the time {10**20}, which no calendar has"),
        ("999999999999999 0.5 1", "line 2 has the time 999999999999999, which no calendar has"),
        ("\0", "line 2 has 1 fields instead of 3"),
    ],
)
def test_a_line_that_is_no_point_is_left_out(line: str, problem: str) -> None:
    lines = read_lines(f"{T} 0.5 0\n{line}\n{T} 0.25 2\n".encode())
    assert [(step, value) for step, value, _ in points(lines)] == [(0, 0.5), (2, 0.25)]
    assert lines.problem == problem


def test_lines_with_fields_of_one_another_are_not_mixed_up() -> None:
    lines = read_lines(f"{T} 0.5\n{T} 0.25 1 7\n{T} 0.125 2\n".encode())
    assert [(step, value) for step, value, _ in points(lines)] == [(0, 0.5), (1, 0.25), (2, 0.125)]


def test_many_wrong_lines_are_told_of_once() -> None:
    assert read_lines(b"a\nb\nc\n").problem == (
        "line 1 has 1 fields instead of 3, and 2 more are wrong"
    )


@pytest.mark.parametrize("cut", range(1, 20))
def test_a_file_cut_anywhere_in_its_last_line_keeps_the_lines_before(cut: int) -> None:
    content = f"{T} 0.5 10\n{T} 0.25 11\n".encode()
    lines = read_lines(content[:-cut])
    assert points(lines) == [(10, 0.5, T * 1000)]
    assert lines.problem == "its last line is cut off"


@given(st.binary(max_size=300) | st.text("0123456789 .-\nein", max_size=300).map(str.encode))
def test_arbitrary_bytes_are_points_or_problems(content: bytes) -> None:
    lines = read_lines(content)
    assert len(lines.times) == len(lines.values) == len(lines.steps)
    assert len(lines.times) <= content.count(b"\n")
    assert lines.problem or len(lines.times) == content.count(b"\n")


@given(
    st.lists(
        st.tuples(st.integers(0, 2 * T), st.floats(), st.integers(-(2**63), 2**63 - 1)), max_size=30
    )
)
def test_points_come_back_as_they_were_written(written: list[tuple[int, float, int]]) -> None:
    lines = read_lines(b"".join(b"%d %s %d\n" % (t, repr(v).encode(), s) for t, v, s in written))
    assert lines.problem is None
    assert list(lines.times) == [time for time, _, _ in written]
    assert list(lines.steps) == [step for _, _, step in written]
    np.testing.assert_array_equal(lines.values, [value for _, value, _ in written])


LINES = st.sampled_from(
    (
        f"{T} 0.5 1|{T} nan 2|{T} -inf -3|{T} 1e-7 4|{T} 1e400 5|{T} 2|{T} 0.1 6 wine 1a|1 1 1|"
        f"| {T} 1 2|{T}  1|{T} 1_0 2|0x1 1 2|{T} infinity 1|{T} fan 1|{T} 1 2\r|{T} 1 2\r{T} 1 2|"
        f"\ufeff{T} 1 2|{10**17} 1 1|{T} +1 +1|-1 1 1|01 01 01|{T} . 1|{T} 1 -|{T} .5 1|{T} 5. 1"
    ).split("|")
)


@given(st.lists(st.lists(LINES, max_size=3), max_size=4), st.booleans())
def test_files_that_are_read_together_are_read_as_each_alone(
    files: list[list[str]], torn: bool
) -> None:
    contents = ["".join(f"{line}\n" for line in lines).encode() for lines in files]
    contents = [content[:-1] for content in contents] if torn else contents
    together = read_files(contents)
    for content, found in zip(contents, together, strict=True):
        alone = read_lines(content)
        assert repr(points(found)) == repr(points(alone))
        assert found.problem == alone.problem


@given(
    st.lists(
        st.lists(st.tuples(st.integers(0, 2 * T), st.floats(), st.integers(-(2**63), 2**63 - 1))),
        max_size=4,
    )
)
def test_many_files_come_back_as_they_were_written(
    files: list[list[tuple[int, float, int]]],
) -> None:
    contents = ["".join(f"{t} {v} {s}\n" for t, v, s in rows).encode() for rows in files]
    for rows, lines in zip(files, read_files(contents), strict=True):
        assert lines.problem is None
        assert [list(column) for column in (lines.times, lines.steps)] == [
            [time for time, _, _ in rows],
            [step for _, _, step in rows],
        ]
        np.testing.assert_array_equal(lines.values, [value for _, value, _ in rows])


# PyYAML itself reads a \x85 that it wrote as a space.
TEXTS = st.text(st.characters(exclude_categories=["Cs"], exclude_characters="\x85"), max_size=40)
VALUES = st.none() | st.integers() | st.booleans() | TEXTS | st.floats()
KEYS = st.sampled_from(["run_id", "run_name", "name", "status", "artifact_uri"])
WORDS = st.from_regex(r"[a-zA-Z0-9_./:% \-]{1,30}", fullmatch=True)
SINGLE = st.text(alphabet="0123456789abcdefx_.:-", min_size=1, max_size=34)


@given(st.dictionaries(KEYS, VALUES | WORDS | SINGLE, min_size=1))
def test_meta_files_that_a_yaml_writer_wrote_come_back(written: dict[str, Any]) -> None:
    text = yaml.safe_dump(written, allow_unicode=True)
    assert repr(parse_meta(text)) == repr(dict(sorted(written.items())))


@given(st.lists(st.tuples(KEYS, WORDS | SINGLE), min_size=1, max_size=4))
def test_meta_files_that_were_written_by_hand_are_what_yaml_says(
    lines: list[tuple[str, str]],
) -> None:
    text = "".join(f"{key}: {value}\n" for key, value in lines)
    try:
        expected = parse_yaml(text)
    except ValueError:
        with pytest.raises(ValueError, match="no YAML"):
            parse_meta(text)
        return
    assert repr(parse_meta(text)) == repr(expected)


@given(st.binary(max_size=200))
def test_arbitrary_meta_files_are_read_or_refused(content: bytes) -> None:
    with suppress(ValueError):
        assert isinstance(parse_meta(content.decode(errors="replace")), dict)


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "it is empty"),
        ("name: a", "it is empty"),
        ("# nothing\n", "it is empty"),
        ("- 1\n", "it doesn't hold keys with values"),
        ("a: [\n", "it is no YAML"),
        ("[" * 5000 + "\n", "it is no YAML"),
        ("a\x7f: 1\n", "it is no YAML"),
        ("a: !!int ''\n", "it is no YAML"),
        ("a: !!timestamp x\n", "it is no YAML"),
    ],
)
def test_a_meta_file_without_keys_is_refused(tmp_path: Path, content: str, reason: str) -> None:
    path = tmp_path / "meta.yaml"
    path.write_text(content)
    with pytest.raises(MlflowUnreadable, match=reason):
        read_meta(path)


def test_no_object_is_made_of_a_meta_file() -> None:
    text = "name: !!python/object/apply:os.system ['touch made']\n"
    assert parse_meta(text) == {"name": ["touch made"]}
    assert not Path("made").exists()
