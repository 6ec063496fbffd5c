"""What people give by mistake, for each type that an option or argument may have."""

from __future__ import annotations

import os
import shutil
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import click

TEXTS: Final = {
    "empty": "",
    "long": "x" * 10_000,
    "nul": "a\0b",
    "surrogate": "a\ud800b",
    "no utf-8": os.fsdecode(b"caf\xe9"),
    "controls": "a\x1b[31mb\n",
    "turned": "\u202etxt",
    "brackets": "(" * 3000,
    "filter": "metrics.loss <",
    "pattern": "params:[",
    "parent": "../../x",
    "root": "/",
    "date": "31.02.2026",
    "unknown": "deadbeef",
    "address": "http://127.0.0.1:9/",
    "nan": "nan",
    "digits": "9" * 400,
    "version": "@@/@",
    "dashes": "--",
    "quotes": "'\"",
    "pair": "a=",
}

FEW: Final = (
    "empty",
    "long",
    "nul",
    "no utf-8",
    "controls",
    "brackets",
    "pattern",
    "parent",
    "pair",
)
"""Those that are tried where each call builds a report."""

NUMBERS: Final = ("", "x", "nan", "-1", "1e400", "9" * 400, "1.5", "inf", "\u0661", "0x10")
IMPOSSIBLE: Final = ("nul", "surrogate")
"""What no program can be given on a command line, but a caller of the library may give."""


@dataclass(frozen=True)
class Mistake:
    """A text for a parameter; `refused` says that it can't be right for any of this type."""

    name: str
    text: str
    refused: bool = False


def list_mistakes(
    parameter: click.Parameter, places: dict[str, str], *, few: bool = False
) -> list[Mistake]:
    """What to try for a parameter; raises `LookupError` for a type that nobody thought of here."""
    kind = parameter.type
    if isinstance(kind, click.Path):
        return [
            Mistake(name, text, name in ("empty", *IMPOSSIBLE)) for name, text in places.items()
        ]
    if isinstance(kind, click.IntRange | click.FloatRange):
        return [Mistake(text[:9], text, not _is_number(kind, text)) for text in NUMBERS]
    if isinstance(kind, click.Choice):
        return [
            Mistake(name, TEXTS[name], True) for name in ("empty", "long", "no utf-8", "quotes")
        ]
    if isinstance(kind, click.types.StringParamType):
        names = FEW if few else TEXTS
        return [Mistake(name, TEXTS[name], name in IMPOSSIBLE) for name in names]
    raise LookupError(
        f"{parameter.name!r} is of the type {kind!r}: say in list_mistakes what is wrong for it"
    )


def _is_number(kind: click.IntRange | click.FloatRange, text: str) -> bool:
    try:
        number = float(text) if isinstance(kind, click.FloatRange) else int(text)
    except ValueError:
        return False
    least, most = kind.min, kind.max
    return (least is None or number >= least) and (most is None or number <= most)


def make_places(folder: Path, store: Path) -> dict[str, str]:
    """Paths where something else is than was meant, made in `folder`; `store` is a sound one."""
    folder.mkdir()
    places = {
        "missing": folder / "no such place",
        "file": _file(folder / "file.txt", b"text\n"),
        "below a file": folder / "file.txt" / "below",
        "empty file": _file(folder / "empty", b""),
        "garbage": _file(folder / "garbage.bin", bytes(range(256)) * 40),
        "empty folder": folder / "nothing",
        "folder of garbage": folder / "rubbish",
        "newer": folder / "newer",
        "no format": folder / "unmarked",
        "damaged": folder / "damaged",
        "files for folders": folder / "flat",
        "folder for a file": folder / "deep",
        "endless link": folder / "loop",
    }
    places["empty folder"].mkdir()
    places["folder of garbage"].mkdir()
    _file(places["folder of garbage"] / "x.bin", bytes(range(256)) * 20)
    for name in ("newer", "no format", "damaged"):
        shutil.copytree(store, places[name])
    (places["newer"] / "runfolio.json").write_text('{"format": 999}', encoding="utf-8")
    (places["no format"] / "runfolio.json").write_bytes(b"\xff\x00")
    for table in places["damaged"].rglob("*.parquet"):
        table.write_bytes(table.read_bytes()[:50])
    for manifest in places["damaged"].rglob("manifest.json"):
        manifest.write_bytes(b'{"a":')
    places["files for folders"].mkdir()
    shutil.copy(store / "runfolio.json", places["files for folders"])
    for name in ("runs", "packs", "edits"):
        _file(places["files for folders"] / name, b"x")
    (places["folder for a file"] / "runfolio.json").mkdir(parents=True)
    places["endless link"].symlink_to(places["endless link"])
    os.mkfifo(folder / "pipe")
    return {
        **{name: str(path) for name, path in places.items()},
        "pipe": str(folder / "pipe"),
        "nothing at all": os.devnull,
        "endless": "/dev/zero",
        "disk": "/",
        "nobody's home": "~nobody-of-this-name/runs",
        "unknown scheme": "bogus://bucket/x",
        "closed port": "http://127.0.0.1:9/x",
        **{name: TEXTS[name] for name in ("empty", "long", "nul", "surrogate", "no utf-8")},
    }


def _file(path: Path, content: bytes) -> Path:
    path.write_bytes(content)
    return path
