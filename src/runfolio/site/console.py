"""What a run wrote to its terminal: lines as they stood in the end, colours as classes."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from markupsafe import Markup, escape

from runfolio.site.controls import show_controls
from runfolio.site.numbers import format_bytes, format_count

MAX_CONSOLE: Final = 400_000
MAX_INLINE: Final = 8_000
"""What is read from the end of a file, and how much of that the page itself holds."""

NAMES: Final = frozenset(
    {"output.log", "cout.txt", "console.txt", "console.log", "nohup.out"}
    | {f"{stream}{suffix}" for stream in ("stdout", "stderr") for suffix in ("", ".txt", ".log")}
)
"""As W&B ("output.log"), Sacred ("cout.txt") and people's own scripts name it."""

_ESCAPE: Final = re.compile(
    r"\x1b\[([0-9;:]{0,64})m"  # colours and weights, which are kept
    r"|\x1b(?:\[[0-?]{0,64}[ -/]{0,8}[@-~]|\][^\x07\x1b]{0,4096}(?:\x07|\x1b\\)|[@-Z\\-_])"
)
_COLOURS: Final = ("black", "red", "green", "yellow", "blue", "magenta", "cyan", "white")


def is_console(path: str) -> bool:
    """Whether an artifact of this path holds what a run wrote to its terminal."""
    return path.rpartition("/")[2].lower() in NAMES


@dataclass(frozen=True, slots=True)
class ConsoleText:
    """The end of what was written, its last lines for the page, and all that was read of it.

    `whole` is None when the page's lines are all; `caption` says how much there is.
    """

    last: Markup
    whole: Markup | None
    caption: str


def read_console(path: Path) -> ConsoleText:
    """Terminal output from the end of a file."""
    with path.open("rb") as file:
        size = file.seek(0, 2)
        start = max(0, size - MAX_CONSOLE)
        file.seek(start)
        text = settle(file.read().decode(errors="replace"))
    text = text.partition("\n")[2] or text if start else text
    lines = format_count(text.count("\n") + (not text.endswith("\n")))
    said = f"the last {lines} lines of {format_bytes(size)}" if start else f"{lines} lines"
    last = _last_lines(text)
    whole = None if len(last) == len(text) else render_console(text)
    return ConsoleText(render_console(last), whole, said)


def _last_lines(text: str) -> str:
    if len(text) <= MAX_INLINE:
        return text
    tail = text[-MAX_INLINE:]
    return tail.partition("\n")[2] or tail


def settle(text: str) -> str:
    """The lines as a terminal shows them in the end: of what was overwritten only the last."""
    return "\n".join(line.rstrip("\r").rpartition("\r")[2] for line in text.split("\n"))


def render_console(text: str) -> Markup:
    """Terminal output as a ``<pre>``, its sixteen colours and bold text as classes."""
    inner = Markup("").join(_pieces(text))
    return Markup('<pre class="code console" tabindex="0"><code>{}</code></pre>').format(inner)


def _pieces(text: str) -> Iterator[Markup]:
    style, place = _Style(), 0
    for found in _ESCAPE.finditer(text):
        yield style.mark(text[place : found.start()])
        place = found.end()
        if found[1] is not None:
            style.change(found[1])
    yield style.mark(text[place:])


class _Style:
    """How the text that follows is to look."""

    def __init__(self) -> None:
        self._bold = False
        self._colour: str | None = None

    def mark(self, text: str) -> Markup:
        shown = escape(show_controls(text))
        names = [f"ansi-{self._colour}"] if self._colour else []
        names += ["ansi-bold"] if self._bold else []
        if not names or not text:
            return shown
        return Markup('<span class="{}">{}</span>').format(" ".join(names), shown)

    def change(self, codes: str) -> None:
        numbers = iter([int(code or 0) for code in re.split("[;:]", codes) if len(code) < 6])
        for number in numbers:
            if number == 0:
                self._bold, self._colour = False, None
            elif number in (1, 22):
                self._bold = number == 1
            elif 30 <= number <= 37 or 90 <= number <= 97:
                self._colour = _COLOURS[number % 10]
            elif number == 39:
                self._colour = None
            elif number in (38, 48, 58):
                self._skip(numbers)

    def _skip(self, numbers: Iterator[int]) -> None:
        """Pass over a colour of 256 or of sixteen million, which a page has no class for."""
        kind = next(numbers, 0)
        for _ in range({5: 1, 2: 3}.get(kind, 0)):
            next(numbers, None)
