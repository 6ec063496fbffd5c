"""The table of caps in SECURITY.md says what the code does."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from runfolio import documents
from runfolio.privacy import contents
from runfolio.query.language import grammar, syntax
from runfolio.schema import MAX_NAME_LENGTH
from runfolio.site import (
    artifacts,
    cells,
    code,
    comparing,
    console,
    notebooks,
    notes,
    outline,
    preview,
)
from runfolio.site.narrative import documents as reports
from runfolio.site.narrative import front_matter, images, maths
from runfolio.sources import databases, rows
from runfolio.sources.tensorboard import records as tensorboard
from runfolio.sources.wandb import records as wandb
from runfolio.store import artifacts as kept
from runfolio.store import journal, unpacking

ROOT: Final = Path(__file__).parents[2]


def size(count: int) -> str:
    """Bytes in the largest unit that is exact."""
    units = {10**6: "MB", 10**3: "kB", 1 << 30: "GiB", 1 << 20: "MiB", 1 << 10: "KiB", 1: "bytes"}
    unit = next(unit for unit in units if count % unit == 0)
    return f"{count // unit:,} {units[unit]}"


CAPS: Final = (
    (
        "Any Parquet file, one of a store's own too",
        (
            f"{size(unpacking.MAX_UNPACKED)} unpacked, and {unpacking.MAX_SWELLING} bytes more "
            f"for each byte of "
            f"the file (of a large pack: of a row group); {unpacking.MAX_COLUMNS:,} columns"
        ),
        "the run, the part of a pack, or the preview is left out and named",
    ),
    (
        "One table of all sealed runs together",
        (
            f"{size(unpacking.MAX_TOGETHER)} unpacked, and {unpacking.MAX_SWELLING} bytes more "
            f"for each byte of the files"
        ),
        "the runs beyond it are left out and named",
    ),
    (
        "A record of a journal",
        f"{size(journal.MAX_RECORD)}; a metric's name {journal.MAX_NAME:,} characters",
        "the journal is read up to it, and the rest is named",
    ),
    (
        "Names and paths",
        (
            f"{MAX_NAME_LENGTH} characters of a name; {kept.MAX_PATH_LENGTH:,} of a path, "
            f"{kept.MAX_PART_BYTES} bytes of a part of it"
        ),
        "refused when they are logged",
    ),
    (
        "Preview of a table",
        (
            f"{cells.MAX_ROWS} rows, {cells.MAX_COLUMNS} columns, {cells.MAX_CELL} characters "
            f"of a cell; "
            f"{size(preview.MAX_PARQUET)} of a Parquet file, {size(unpacking.MAX_UNPACKED)} for "
            f"what is unpacked of it, "
            f"{size(preview.MAX_READ)} of another"
        ),
        "the caption says how much is shown",
    ),
    (
        "Preview of a picture",
        f"{preview.MAX_PIXELS:,} pixels by its first bytes; {size(artifacts.MAX_SVG)} of an SVG",
        "the caption says how many it has",
    ),
    (
        "Preview of a text or a JSON document",
        (
            f"{size(preview.MAX_TEXT)} of a text, {code.MAX_COLOURED:,} characters in colour; "
            f"{size(preview.MAX_JSON)} of JSON, "
            f"{outline.MAX_NODES:,} values to unfold, {outline.MAX_DEPTH} levels"
        ),
        "cut with a caption, or shown as plain text",
    ),
    (
        "Preview of HTML, a notebook, an archive of arrays",
        (
            f"{size(preview.MAX_HTML)}; {size(preview.MAX_NOTEBOOK)}, {notebooks.MAX_CELLS} "
            f"cells; {size(preview.MAX_ARCHIVE)}"
        ),
        "the caption gives the size",
    ),
    (
        "A run's artifacts",
        (
            f"{artifacts.MAX_LISTED:,} listed, {artifacts.MAX_PREVIEWS} previewed, copies up to "
            f"{size(artifacts.MAX_COPY)}"
        ),
        "the page says how many there are",
    ),
    (
        "A note, the console",
        f"{size(notes.MAX_NOTE)}; {size(console.MAX_CONSOLE)}",
        "cut, and the page says so",
    ),
    (
        "A report",
        (
            f"{size(reports.MAX_REPORT)}, {reports.MAX_REPORTS} of them; "
            f"{front_matter.MAX_AUTHORS} authors; "
            f"{size(images.MAX_IMAGE)} of an image; {maths.MAX_FORMULA:,} characters of a "
            f"formula, {maths.MAX_DEPTH} levels"
        ),
        "a mistake with its line",
    ),
    (
        "A filter",
        (
            f"{grammar.MAX_LENGTH:,} characters, {syntax.MAX_DEPTH} parentheses and NOTs inside "
            f"each other"
        ),
        "a mistake with its column, in Python and in the browser",
    ),
    (
        "What the compare page loads of a run",
        (
            f"{size(comparing.MAX_RUN)}, {comparing.MAX_ROWS:,} rows and "
            f"{comparing.MAX_COLUMNS} columns of a table"
        ),
        "the page names what is left out",
    ),
    (
        "JSON and YAML of other tools",
        (
            f"{size(documents.MAX_DOCUMENT)}; {size(documents.MAX_YAML)} and "
            f"{documents.MAX_VALUES:,} values with aliases written out"
        ),
        "skipped and named",
    ),
    (
        "Records and databases of other tools",
        (
            f"{size(tensorboard.MAX_RECORD)} of a TensorBoard record, {size(wandb.MAX_RECORD)} "
            f"of one of W&B; "
            f"{size(databases.MAX_CELL)} of a value in SQLite"
        ),
        "skipped and named",
    ),
    (
        "Separated values of other tools",
        f"{size(rows.MAX_LINE)} of a line, {rows.MAX_COLUMNS:,} columns",
        "skipped and named",
    ),
    (
        "What is looked through for secrets",
        f"{size(contents.MAX_BYTES)} of a file",
        "named as not looked into",
    ),
)
"""What is capped, at how much, and what becomes of the rest."""


@pytest.mark.parametrize("cap", CAPS, ids=lambda cap: cap[0])
def test_the_caps_are_those_that_are_stated(cap: tuple[str, str, str]) -> None:
    stated = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
    assert f"| {' | '.join(cap)} |" in stated
