"""Narrative reports as they may be shown: a masked copy of their folder."""

from __future__ import annotations

import os
import re
import shutil
from collections.abc import Iterator
from pathlib import Path
from typing import Any, Final

from runfolio.documents import parse_yaml
from runfolio.privacy.contents import is_plain_file, mask_file
from runfolio.privacy.masks import Masks

_MARKDOWN: Final = (".md", ".markdown")
_PICTURES: Final = (".png", ".jpg", ".jpeg", ".gif", ".webp", ".svg")

_FRONT: Final = re.compile(
    r"\A(\ufeff?---[ \t]*\r?\n)(.*?)^(?=(?:---|\.\.\.)[ \t]*\r?$)", re.S | re.M
)
_AUTHORS: Final = re.compile(
    r"^[\"']?(?:authors?|affiliations?|institutions?|e-?mails?|orcid|contact)[\"']?[ \t]*:[^\n]*\n"
    r"(?:(?:[ \t-][^\n]*)?\n)*",
    re.I | re.M,
)
_MASK: Final = re.compile(r"\[([a-z-]+)\]")


def copy_reports(folder: Path, masks: Masks, target: Path) -> dict[Path, Path]:
    """Copy the reports of a folder and their pictures, masked; tell which file each copy is of.

    Anonymous ones lose their authors.
    """
    return {_copy(path, folder, masks, target): path for path in _find_files(folder)}


def learn_authors(folder: Path, masks: Masks) -> None:
    """Have the names of all reports' authors masked, in the store's texts too."""
    for name in (name for path in _find_files(folder) for name in _read_authors(path)):
        masks.terms.learn("author", name)


def _find_files(folder: Path) -> list[Path]:
    return [path for path in sorted(folder.rglob("*")) if _belongs(path, folder)]


def _belongs(path: Path, folder: Path) -> bool:
    return path.suffix.lower() in (*_MARKDOWN, *_PICTURES) and is_plain_file(path, folder)


def _copy(path: Path, folder: Path, masks: Masks, target: Path) -> Path:
    copy = target.joinpath(*map(masks.mask, path.relative_to(folder).parts))
    copy.parent.mkdir(parents=True, exist_ok=True)
    if path.suffix.lower() in _MARKDOWN:
        text = path.read_text(encoding="utf-8", errors="surrogateescape")
        masked = _mask_report(text, masks)
        copy.write_text(masked, encoding="utf-8", errors="surrogateescape")
        return copy
    content = mask_file(path, path.name, masks)
    if content.data is not None:
        copy.write_bytes(content.data)
    else:
        _link(path, copy)
    return copy


def _link(path: Path, copy: Path) -> None:
    try:
        os.link(path, copy)
    except OSError:
        shutil.copyfile(path, copy)


def _mask_report(text: str, masks: Masks) -> str:
    """The text masked; what YAML would take for a list stands in parentheses at its top."""
    front = _FRONT.match(text)
    if front is None:
        return masks.mask(text)
    said = front[2]
    if masks.anonymous:
        said = _AUTHORS.sub(lambda lines: "\n" * lines[0].count("\n"), said)
    masked = masks.mask(said)
    if masked != said:
        masked = _MASK.sub(r"(\1)", masked)
    return front[1] + masked + masks.mask(text[front.end() :])


def _read_authors(path: Path) -> Iterator[str]:
    """The names of people and places in the front matter's lines on authors."""
    if path.suffix.lower() not in _MARKDOWN:
        return
    front = _FRONT.match(path.read_text(encoding="utf-8", errors="replace"))
    for lines in _AUTHORS.findall(front[2]) if front else ():
        try:
            yield from _texts_in(parse_yaml(lines))
        except ValueError:
            continue


def _texts_in(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield from (part.strip() for part in re.split(r"[,;&]| and ", value))
    elif isinstance(value, dict):
        for one in value.values():
            yield from _texts_in(one)
    elif isinstance(value, list):
        for one in value:
            yield from _texts_in(one)
