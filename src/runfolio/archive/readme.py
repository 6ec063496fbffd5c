"""The README of an archive, for the person who opens it in twenty years."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from runfolio.analysis.numbers import count_noun
from runfolio.archive.about import About
from runfolio.archive.crate import NO_LICENCE
from runfolio.archive.keeping import name_pack
from runfolio.archive.layout import CITATION, CRATE, MANIFEST, PREVIEW, SOURCES, STORE
from runfolio.schema import FORMAT_VERSION, TABLES
from runfolio.site.numbers import format_bytes
from runfolio.site.times import format_date

_SPECIAL: Final = re.compile(r"[\\`*\[\]<>&~|]|(?<!\w)_|_(?!\w)|^(?:[-+#=]|\d+(?=[.)]))")
_CONTROLS: Final = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028\u2029\u202a-\u202e\u2066-\u2069]+")
_MAX_LISTED: Final = 100

_WHAT: Final = """\
This archive holds the runs of a machine-learning project as they were logged, a report of them to
read in a browser, and this description. It is complete: nothing in it needs a network, a server,
or the software that made it.

## To look at it

Open `index.html` in any web browser. The pages are plain HTML with pictures; where the browser
runs their scripts, tables sort and charts answer. They ask for nothing from anywhere.
"""

_LAYOUT: Final = f"""\
## What is where

| place | what it is |
|---|---|
| `index.html`, `compare.html`, `experiments/`, `runs/`, `reports/` | the report |
| `llms.txt`, `feed.xml` | the same for programs |
| `data/` | what the pages draw, and the runs of each experiment as CSV and Parquet |
| `assets/`, `charts/`, `artifacts/` | what its pages are made of, and files they offer |
| `{STORE}/packs/*/tables/*.parquet` | all data: seven tables, described below; not `origins` |
| `{STORE}/runs/RUN/artifacts/` | the files that the run with this id left, as they were |
| `{STORE}/edits/` | what was said of experiments and models: notes, aliases; JSON, a line each |
| `{SOURCES}/` | the written reports as Markdown, if there are any, with their pictures |
| `{CRATE}`, `{PREVIEW}` | this description for machines, an RO-Crate 1.1, and as a page |
| `{MANIFEST}` | the SHA-256 of every other file |
"""

_READING: Final = """\
## To read the data

The tables are Apache Parquet files, compressed with Zstandard: open formats with public
specifications. The pages need none of them, and `data/` has the same runs as CSV, which any program
opens. For example, with DuckDB:

    SELECT run_id, key, step, value FROM 'TABLES/metrics.parquet' ORDER BY run_id, key, step;

or with Python and pandas:

    import pandas
    pandas.read_parquet("TABLES/metrics.parquet")

A row belongs to a run by its `run_id`, 16 hexadecimal digits. Times are in UTC, in microseconds
since 1970. Texts are UTF-8. The tables and their columns are:
"""

_CHECKING: Final = f"""\
## To check that nothing has changed

Each line of `{MANIFEST}` is a SHA-256 in hexadecimal, two spaces and a path. In the unpacked
archive:

    sha256sum --check --quiet {MANIFEST}

`runfolio verify report.zip` also names what was added, and reads the archive without unpacking it.
`runfolio import report.zip --store runs` gives the store back.
"""


def write_readme(about: About) -> str:
    """The text of the README, in Markdown that also reads as plain text."""
    parts = [
        f"# {_plain(about.title)}",
        _describe(about),
        _WHAT,
        "\n".join(_list_experiments(about)),
        "\n".join(_list_models(about)),
        _LAYOUT,
        _READING.replace("TABLES", _tables_folder(about)),
        *(_describe_table(name) for name in TABLES),
        _CHECKING,
        "\n".join(_list_versions(about)),
        "\n".join(_list_flaws(about)),
    ]
    return "\n\n".join(part.strip("\n") for part in parts if part.strip()) + "\n"


def _tables_folder(about: About) -> str:
    return f"{STORE}/packs/{name_pack(about.tables.runs['run_id'].to_pylist())}/tables"


def _describe(about: About) -> str:
    citation = about.citation
    lines = [_plain(about.description), ""]
    if citation.authors:
        people = [
            _plain(one.name) + (f" (<{one.orcid}>)" if one.orcid else "")
            for one in citation.authors
        ]
        lines.append(f"- Authors: {', '.join(people)}")
    lines.append(f"- Date: {format_date(about.time)}")
    lines.append(f"- Licence: {_plain(citation.licence) if citation.licence else NO_LICENCE}")
    if citation.text:
        lines.append(f"- To cite it: {_plain(citation.text)}")
    if citation.authors:
        lines.append(f"- For citation managers: `{CITATION}`")
    return "\n".join(lines)


def _list_experiments(about: About) -> Iterator[str]:
    names = about.tables.runs["experiment"].to_pylist()
    yield "## What was logged"
    yield ""
    for name in about.experiments[:_MAX_LISTED]:
        yield f"- {_plain(name)}: {count_noun(names.count(name), 'run')}"
    if len(about.experiments) > _MAX_LISTED:
        yield f"- and {len(about.experiments) - _MAX_LISTED:,} more experiments"
    total = format_bytes(sum(one.size for one in about.files))
    yield ""
    yield (
        f"In all {len(names):,} runs, {about.tables.metrics.num_rows:,} points of metrics and "
        f"{len(about.files):,} files of {total}. Runs that had been deleted are not among them."
    )


def _list_models(about: About) -> Iterator[str]:
    """The registered models: which files each version is, and what it is called."""
    if not about.tables.models:
        return
    yield "## Registered models"
    yield ""
    for model in about.tables.models[:_MAX_LISTED]:
        yield f"- {_plain(model.name)}: {count_noun(len(model.versions), 'version')}"
        for one in model.versions[-_MAX_LISTED:]:
            called = f", called {', '.join(map(_plain, one.aliases))}" if one.aliases else ""
            place = f"{STORE}/runs/{one.run_id}/artifacts/{one.path}" if one.run_id else one.source
            yield f"  - version {one.number}{called}: {_plain(place or 'not kept')}"
    if len(about.tables.models) > _MAX_LISTED:
        yield f"- and {len(about.tables.models) - _MAX_LISTED:,} more models"


def _describe_table(name: str) -> str:
    rows = [f"| `{one.name}` | {one.type} | {one.meaning} |" for one in TABLES[name]]
    return "\n".join([f"### {name}", "", "| column | type | meaning |", "|---|---|---|", *rows])


def _list_versions(about: About) -> Iterator[str]:
    yield "## Versions"
    yield ""
    yield (
        f"Written by Runfolio {about.version}; store format {FORMAT_VERSION}; Parquet 2; "
        "RO-Crate 1.1; Process Run Crate 0.5."
    )


def _list_flaws(about: About) -> Iterator[str]:
    if not about.flaws:
        return
    yield "## What is missing or changed"
    yield ""
    yield "When this archive was made, these parts of the store were not whole:"
    yield ""
    for one in about.flaws[:_MAX_LISTED]:
        run = f"run {one.run_id}: " if one.run_id else ""
        yield f"- {_plain(run + one.path)}: {_plain(one.reason)}"
    if len(about.flaws) > _MAX_LISTED:
        yield f"- and {len(about.flaws) - _MAX_LISTED:,} more"


def _plain(text: str) -> str:
    """Text from a store as one line of Markdown that shows nothing but that text."""
    words = " ".join(_CONTROLS.sub(" ", text).split())
    return _SPECIAL.sub(_escape, words)


def _escape(found: re.Match[str]) -> str:
    return f"{found[0]}\\" if found[0].isdigit() else f"\\{found[0]}"
