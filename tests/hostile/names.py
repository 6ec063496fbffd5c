"""Names of files that lead elsewhere, that a system keeps for itself, or that two files share."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from tests.hostile.cases import CANARY

CANARY_FILE: Final = "canary.txt"

UNSAFE: Final = (
    *("", ".", "..", "../x", "a/../../x", "a//b", "/etc/passwd", "//srv/share/x", "./x", "x/"),
    *(
        "..\\x",
        "\\x",
        "\\\\srv\\share\\x",
        "\\\\?\\C:\\x",
        "C:\\x",
        "C:/x",
        "C:x",
        "a:b",
        "a\\..\\x",
    ),
    *("a\0b", "a\nb", "a\x1b[31mb", "\ud800", "x" * 10_000, "a/" * 600 + "b", "é" * 200),
)
"""What `check_artifact_path` refuses."""

HARMLESS: Final = (
    *("%2e%2e%2fx", "%252e%252e%252fx", "a;..%2fx", "a#b", "a?b", "~", "~root/x", "$HOME/x"),
    *("CON", "nul.txt", "COM¹", "aux.", "a.", "a ", ".git/config", "index.html", "A", "b/A.TXT"),
    *("é", "e\u0301", "ß", "ss", "desktop.ini", ".htaccess", "_headers", "CNAME", "ab:c", "x.png "),
    *("file:___etc_passwd", "-rf", "*", "‮gnp.exe"),
)
"""Odd names that a run may use, since no file of a site is ever called so."""


def plant(*folders: Path) -> None:
    """Put the text that nobody may read into folders."""
    for folder in folders:
        folder.mkdir(parents=True, exist_ok=True)
        (folder / CANARY_FILE).write_text(CANARY, encoding="utf-8")


def names_of(target: Path) -> Iterator[str]:
    """What might lead to `target`, a file, from folders at any depth beside it."""
    for up in range(1, 8):
        climb = "../" * up
        yield f"{climb}{target.name}"
        yield f"{climb}{target.parent.name}/{target.name}"
    absolute = target.as_posix()
    once = f"..%2f..%2f..%2f..%2f{target.name}"
    yield from (absolute, f"/{absolute}", f"file://{absolute}", f"file://host{absolute}")
    yield from (f"file:{absolute}", f"FILE:///{absolute}", f"a/../../../../../{target.name}")
    yield from (once, once.replace("%", "%25"), once.replace(".", "%2e"))
    yield from (f"a;/../../../../{target.name}", f"a#/../../../../{target.name}")
    yield from (f"a?/../../../../{target.name}", f"..\\..\\..\\..\\{target.name}")
    yield from (f"C:{absolute}", f"\\\\localhost{absolute}", f"{absolute}\0.png", f"{absolute}/.")
    yield from (f"./{target.name}", f"..//..//..//..//{target.name}", f"....//....//{target.name}")
