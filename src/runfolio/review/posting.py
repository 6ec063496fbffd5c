"""One sticky comment: written once, found again by its marker, and updated from then on."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from typing import Final, Literal, Protocol

from runfolio.errors import CommentNotSent, InvalidValue
from runfolio.review.rest import TRIES, OutcomeUnknown
from runfolio.review.waiting import Patience, wait_after

DEFAULT_MARKER: Final = "report"
_MARKER = re.compile(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}")
_FENCE = re.compile(r" {0,3}(`{3,80}|~{3,80})")
_ROOM_TO_CLOSE: Final = 400

Action = Literal["created", "updated", "unchanged"]


@dataclass(frozen=True, slots=True)
class Comment:
    """A comment as its host keeps it."""

    id: str
    author: str
    body: str
    url: str | None = None


@dataclass(frozen=True, slots=True)
class Posted:
    """What came of a comment: `action`, where it is, and how much of the text is in it."""

    action: Action
    place: str
    url: str | None
    characters: int
    cut: bool


class Host(Protocol):
    """Where comments are written: a pull request, a merge request."""

    @property
    def place(self) -> str:
        """The place in words."""

    @property
    def limit(self) -> int:
        """How many characters a comment may have, counted in units of UTF-16."""

    def find_author(self) -> str:
        """Who the token writes as."""

    def find_comments(self) -> Iterator[Comment]:
        """All comments, the oldest first."""

    def create_comment(self, body: str) -> Comment:
        """Write a comment; `OutcomeUnknown` when that may or may not have happened."""

    def update_comment(self, comment: Comment, body: str) -> Comment:
        """Give a comment another text."""


def make_marker(name: str) -> str:
    """The hidden line a comment begins with; raises `InvalidValue` for a name that can't be one."""
    if not _MARKER.fullmatch(name):
        raise InvalidValue(
            f"A marker has up to 64 letters, digits, '.', '_' and '-', not {name!r}. Write report."
        )
    return f"<!-- runfolio:{name} -->"


def make_body(text: str, *, marker: str, limit: int) -> tuple[str, bool]:
    """The text under its marker, cut to the limit; whether it had to be cut."""
    head = f"{make_marker(marker)}\n"
    bare = text.strip("\n")
    if not bare.strip():
        raise InvalidValue("There is nothing to comment: the text is empty. Give a file with text.")
    kept = cut_text(bare, limit=limit - len(head), stated=limit)
    return head + kept, kept != bare


def post_comment(text: str, *, host: Host, marker: str, patience: Patience) -> Posted:
    """Write the text as a comment, or into the one that was written before.

    Only comments of the token's own user that begin with the marker count. When a request to write
    breaks off, the comment is looked for before it is written again.
    """
    body, cut = make_body(text, marker=marker, limit=host.limit)
    author = host.find_author()
    for number in range(TRIES):
        try:
            action, comment = _write(body, host=host, author=author, marker=marker)
        except OutcomeUnknown:
            if number + 1 == TRIES:
                raise
            patience.wait(wait_after(number, patience.jitter), "The comment broke off")
        else:
            return Posted(action, host.place, comment.url, len(body), cut)
    raise CommentNotSent(f"No comment could be written to {host.place}. Try again later.")


def _write(body: str, *, host: Host, author: str, marker: str) -> tuple[Action, Comment]:
    found = find_own(host.find_comments(), author=author, marker=marker)
    if found is None:
        return "created", host.create_comment(body)
    if _plain(found.body) == _plain(body):
        return "unchanged", found
    return "updated", host.update_comment(found, body)


def find_own(comments: Iterator[Comment], *, author: str, marker: str) -> Comment | None:
    """The first comment of this author that begins with the marker."""
    line, name = make_marker(marker), author.casefold()
    own = (one for one in comments if one.author.casefold() == name)
    return next((one for one in own if one.body.lstrip().startswith(line)), None)


def _plain(body: str) -> str:
    """A text as hosts keep it: they may change line ends and drop blanks at the end."""
    return body.replace("\r\n", "\n").rstrip()


def cut_text(text: str, *, limit: int, stated: int, unit: str = "characters") -> str:
    """Markdown cut after a whole line, with a note, and what it left open closed.

    The limit counts units of UTF-16, or bytes of UTF-8 where `unit` is "bytes"; the note names the
    `stated` one, of which something else has a part.
    """
    if _size(text, unit) <= limit:
        return text
    note = f"_The rest is left out: no more than {stated:,} {unit} fit here._"
    room = limit - _size(note, unit) - _ROOM_TO_CLOSE
    kept: list[str] = []
    for line in text.split("\n"):
        room -= _size(line, unit) + 1
        if room < 0:
            break
        kept.append(line)
    return "\n".join([*kept, *_close(kept), "", note])


def _size(text: str, unit: str) -> int:
    encoded = text.encode("utf-8" if unit == "bytes" else "utf-16-le", "surrogatepass")
    return len(encoded) if unit == "bytes" else len(encoded) // 2


def _close(lines: list[str]) -> list[str]:
    """The lines that end a block of code and folded parts which would swallow what follows."""
    fence, folded = "", 0
    for line in lines:
        found = _FENCE.match(line)
        if found and not fence:
            fence = found[1]
        elif fence:
            ends = found and found[1].startswith(fence) and not line[found.end() :].strip()
            fence = "" if ends else fence
        else:
            folded = max(0, folded + line.count("<details") - line.count("</details>"))
    closing = ["", *["</details>"] * min(folded, 20)] if folded else []
    return [*([fence] if fence else []), *closing]
