"""What event files hold beside scalars, as files: pictures, sound, text, histograms and more."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from typing import Any, Final, NamedTuple

from runfolio.schema import FileRecord
from runfolio.sources.histograms import histogram_of_rows
from runfolio.sources.logged import safe_path
from runfolio.sources.protobuf import Message
from runfolio.sources.tensorboard.histograms import read_old_histogram
from runfolio.sources.tensorboard.tensors import STRING, read_numbers, read_shape, read_strings

_PICTURES: Final = ((b"\x89PNG\r\n\x1a\n", ".png"), (b"\xff\xd8\xff", ".jpg"), (b"GIF8", ".gif"))
_CURVES: Final = (
    "true_positives",
    "false_positives",
    "true_negatives",
    "false_negatives",
    "precision",
    "recall",
)


class Moment(NamedTuple):
    """The step and time (microseconds since 1970) that an event's values belong to."""

    step: int
    time: int


def read_files(value: Message, plugin: str, moment: Moment) -> Iterator[FileRecord]:
    """The files in a value of a summary; raises `ValueError` for one that can't be read."""
    tag = value.text(1)
    if 4 in value:
        yield _picture(value.message(4).content(4), tag, moment)
    elif 5 in value:
        yield _histogram(read_old_histogram(value.message(5)), tag, moment)
    elif 6 in value:
        sound = value.message(6)
        yield _sound(sound.content(4), sound.text(5), tag, moment)
    elif 8 in value and plugin in _READERS:
        yield from _READERS[plugin](value.content(8), tag, moment)


def holds_files(value: Message, plugin: str) -> bool:
    """Whether `read_files` would find something in a value."""
    return any(number in value for number in (4, 5, 6)) or (8 in value and plugin in _READERS)


def _series(value: bytes, kind: str, folder: str, suffix: str, tag: str, at: Moment) -> FileRecord:
    path = f"{folder}/{safe_path(tag)}/{at.step}{suffix}"
    return FileRecord(path, value, kind, tag, at.step, at.time)


def _picture(content: bytes, tag: str, moment: Moment) -> FileRecord:
    for start, suffix in _PICTURES:
        if content.startswith(start):
            return _series(content, "image", "images", suffix, tag, moment)
    raise ValueError("the picture is no PNG, JPEG or GIF")


def _histogram(document: dict[str, Any], tag: str, moment: Moment) -> FileRecord:
    content = json.dumps(document).encode()
    return _series(content, "histogram", "histograms", ".json", tag, moment)


def _sound(content: bytes, media_type: str, tag: str, moment: Moment) -> FileRecord:
    suffix = ".wav" if content.startswith(b"RIFF") or "wav" in media_type else ".bin"
    return _series(content, "file", "audio", suffix, tag, moment)


def _pictures(tensor: bytes, tag: str, moment: Moment) -> Iterator[FileRecord]:
    """The strings of a tensor: width, height, and one or more pictures."""
    yield from _each(_picture, read_strings(Message(tensor))[2:], tag, moment)


def _sounds(tensor: bytes, tag: str, moment: Moment) -> Iterator[FileRecord]:
    """The strings of a tensor: one sound a row, with a label beside it in the older form."""
    message = Message(tensor)
    labelled = len(read_shape(message)) == 2
    sounds = read_strings(message)[:: 2 if labelled else 1]
    yield from _each(lambda *one: _sound(one[0], "", *one[1:]), sounds, tag, moment)


def _each(
    make: Callable[[bytes, str, Moment], FileRecord], found: list[bytes], tag: str, moment: Moment
) -> Iterator[FileRecord]:
    """One file as the tag itself; several of one step as series of their own."""
    for number, content in enumerate(found):
        yield make(content, tag if len(found) == 1 else f"{tag}/{number}", moment)


def _text(tensor: bytes, tag: str, moment: Moment) -> Iterator[FileRecord]:
    message = Message(tensor)
    if message.whole(1) != STRING:
        raise ValueError("the text is no text")
    strings = [one.decode(errors="replace") for one in read_strings(message)]
    shape = read_shape(message)
    content = (_table(strings, shape[1]) if len(shape) == 2 else "\n\n".join(strings)).encode()
    name = tag.removesuffix("/text_summary")
    yield _series(content, "text", "text", ".md", name, moment)


def _table(cells: list[str], columns: int) -> str:
    """Cells as a Markdown table without a head, as TensorBoard shows them."""
    if not 0 < columns <= len(cells):
        raise ValueError(f"a table of {len(cells)} cells can't have {columns} columns")
    rows = [cells[start : start + columns] for start in range(0, len(cells), columns)]
    lines = ["| " * columns + "|", "|---" * columns + "|"]
    lines += ["| " + " | ".join(cell.replace("\n", " ") for cell in row) + " |" for row in rows]
    return "\n".join(lines)


def _new_histogram(tensor: bytes, tag: str, moment: Moment) -> Iterator[FileRecord]:
    yield _histogram(histogram_of_rows(read_numbers(tensor)), tag, moment)


def _curves(tensor: bytes, tag: str, moment: Moment) -> Iterator[FileRecord]:
    """A precision-recall curve: six rows of numbers, one column for each threshold."""
    rows = read_numbers(tensor)
    if rows.ndim != 2 or len(rows) != len(_CURVES):
        raise ValueError(f"a precision-recall curve has the shape {rows.shape}")
    content = json.dumps(dict(zip(_CURVES, rows.tolist(), strict=True))).encode()
    yield _series(content, "dict", "pr_curves", ".json", tag, moment)


_READERS: Final[dict[str, Callable[[bytes, str, Moment], Iterator[FileRecord]]]] = {
    "images": _pictures,
    "audio": _sounds,
    "text": _text,
    "histograms": _new_histogram,
    "pr_curves": _curves,
}
