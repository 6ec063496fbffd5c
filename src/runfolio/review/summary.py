"""The summary of a job on GitHub: a file whose Markdown is shown on the page of the run."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import Final

from runfolio.errors import CommentNotSent, CommentPlaceUnknown, InvalidValue
from runfolio.review.posting import Action, Posted, cut_text, make_marker

VARIABLE: Final = "GITHUB_STEP_SUMMARY"
PLACE: Final = "the job summary"
LIMIT: Final = 1024 * 1024
"""Bytes that GitHub takes of a step's summary; a larger one it drops whole."""

_LINES: Final = 4


def write_summary(text: str, *, environment: Mapping[str, str], marker: str) -> Posted:
    """Add the text to the job's summary, or put it in the place of what this marker has there."""
    path = find_summary(environment)
    try:
        before = path.read_text(encoding="utf-8") if path.exists() else ""
        after, cut = put_section(before, text, marker=marker)
        path.write_text(after, encoding="utf-8")
    except (OSError, UnicodeDecodeError) as error:
        raise CommentNotSent(
            f"The job summary {str(path)!r} can't be written: {error}. Check {VARIABLE}."
        ) from error
    action: Action = "unchanged" if before == after else "updated"
    return Posted(
        action="created" if make_marker(marker) not in before else action,
        place=PLACE,
        url=None,
        characters=len(text),
        cut=cut,
    )


def find_summary(environment: Mapping[str, str]) -> Path:
    """The file of the job summary; raises `CommentPlaceUnknown` outside of a workflow."""
    name = environment.get(VARIABLE)
    if not name:
        raise CommentPlaceUnknown(
            f"There is no job summary here: {VARIABLE} is not set. Run it in a workflow of GitHub, "
            "or set it to a file."
        )
    return Path(name)


def put_section(summary: str, text: str, *, marker: str) -> tuple[str, bool]:
    """A summary with the text between its markers, at its end or where they were.

    The second value says whether the text had to be cut.
    """
    begin = make_marker(marker)
    end = begin.replace("<!-- ", "<!-- /")
    head, found, rest = summary.partition(f"{begin}\n")
    _, closed, tail = rest.partition(f"\n{end}\n")
    if not found or not closed:
        head, tail = summary, ""
        head += "\n" if head and not head.endswith("\n") else ""
    taken = len(f"{head}{begin}{end}{tail}".encode()) + _LINES
    section, cut = fit_section(text, room=LIMIT - taken)
    return f"{head}{begin}\n{section}\n{end}\n{tail}", cut


def fit_section(text: str, *, room: int) -> tuple[str, bool]:
    """The text, cut to the bytes there are; raises `InvalidValue` for an empty one."""
    bare = text.strip("\n")
    if not bare.strip():
        raise InvalidValue("There is nothing to add: the text is empty. Give a file with text.")
    section = cut_text(bare, limit=room, stated=LIMIT, unit="bytes")
    if len(section.encode()) > room:
        raise CommentNotSent(
            f"The job summary is full: it takes {LIMIT:,} bytes a step. Write to it in a step of "
            "its own."
        )
    return section, section != bare
