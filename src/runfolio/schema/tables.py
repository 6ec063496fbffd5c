"""The store's schema, format 1: the tables, their columns, the rules for names and ids.

Each run is sealed into seven Parquet tables of these schemas, so that any reader can take a whole
store with a glob such as ``*/*/tables/metrics*.parquet``. Every column carries its meaning as
Arrow field metadata, from which the store's documentation in the README is made.

Format history:

* 1: first format. Stores of its first days have no ``summaries``; readers work them out.
"""

from __future__ import annotations

import hashlib
import os
import re
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TYPE_CHECKING, Any, Final

from runfolio.errors import InvalidName

if TYPE_CHECKING:
    import pyarrow as pa

FORMAT_VERSION: Final = 1
MAX_NAME_LENGTH: Final = 250

RUNNING: Final = "RUNNING"
FINISHED: Final = "FINISHED"
FAILED: Final = "FAILED"
KILLED: Final = "KILLED"
STATUSES: Final = (RUNNING, FINISHED, FAILED, KILLED)
END_STATUSES: Final = (FINISHED, FAILED, KILLED)

SYSTEM_PREFIX: Final = "system/"
"""Metrics whose name starts with this are measurements of the machine, shown on their own."""

TRACEBACK: Final = "traceback.txt"
"""The artifact that holds the traceback of a run that failed."""

STEPS: Final = range(-(2**63), 2**63)
"""The steps that a point can have."""

SECONDS: Final = range(-62_135_596_800, 253_402_300_800)
"""Seconds since 1970 of the years 1 to 9999, which is what a datetime holds."""

PARAM_KINDS: Final = ("int", "float", "bool", "string", "json")


@dataclass(frozen=True, slots=True)
class Column:
    """One column of a table: its name, Arrow type in words, and meaning."""

    name: str
    type: str
    meaning: str


TABLES: Final[dict[str, tuple[Column, ...]]] = {
    "run": (
        Column("run_id", "string", "16 hexadecimal digits, unique for ever"),
        Column("experiment", "string", "name of the experiment the run belongs to"),
        Column("name", "string", "name for people; need not be unique"),
        Column("status", "string", "RUNNING, FINISHED, FAILED or KILLED"),
        Column("start_time", "time", "when the run started, UTC"),
        Column("end_time", "time", "when the run ended, UTC; null while it runs"),
        Column("duration", "double", "seconds from start to end by a clock that never steps back"),
        Column("parent_id", "string", "id of the run this one is nested in, or null"),
        Column("note", "string", "a note in Markdown, or null"),
        Column("host", "string", "name of the machine, or null when not captured"),
        Column("user", "string", "name of the user, or null when not captured"),
        Column("source", "string", "script or notebook that logged the run, or null"),
        Column("git_commit", "string", "commit checked out when the run started, or null"),
        Column("git_branch", "string", "branch checked out when the run started, or null"),
        Column("git_dirty", "bool", "whether tracked files differed from the commit, or null"),
        Column("context", "string", "all that was captured, as a JSON object"),
    ),
    "params": (
        Column("run_id", "string", "the run"),
        Column("key", "string", "name of the parameter"),
        Column("kind", "string", "int, float, bool, string or json"),
        Column("text", "string", "the value as text: exact, and JSON for all kinds but string"),
        Column("number", "double", "the value as a number for int and float, else null"),
    ),
    "tags": (
        Column("run_id", "string", "the run"),
        Column("key", "string", "name of the tag"),
        Column("value", "string", "the text"),
    ),
    "metrics": (
        Column("run_id", "string", "the run"),
        Column("key", "string", "name of the metric"),
        Column("step", "int64", "the step the value belongs to; may repeat and be negative"),
        Column("time", "time", "when it was logged, UTC"),
        Column("value", "double", "the value; NaN and infinities are kept"),
    ),
    "summaries": (
        Column("run_id", "string", "the run"),
        Column("key", "string", "name of the metric"),
        Column("count", "int64", "number of points"),
        Column("first", "double", "the value logged first"),
        Column("last", "double", "the value at the greatest step, the latest where that repeats"),
        Column("last_step", "int64", "the greatest step"),
        Column("last_time", "time", "when that value was logged, UTC"),
        Column("min", "double", "the smallest value, NaN left out; null where all are NaN"),
        Column("min_step", "int64", "the step where it was logged first"),
        Column("max", "double", "the greatest value, NaN left out; null where all are NaN"),
        Column("max_step", "int64", "the step where it was logged first"),
        Column("mean", "double", "mean of the finite values; null where there is none"),
        Column("nan_count", "int64", "number of points that are NaN"),
        Column("first_time", "time", "when the first point was logged, UTC"),
    ),
    "artifacts": (
        Column("run_id", "string", "the run"),
        Column("path", "string", "path under the run's artifacts folder, with forward slashes"),
        Column("size", "int64", "bytes"),
        Column("sha256", "string", "SHA-256 of the content in hexadecimal"),
        Column("media_type", "string", "media type, such as image/png"),
        Column(
            "kind",
            "string",
            "file, text, dict, table, image, figure, histogram, curve, confusion-matrix, "
            "model or code",
        ),
        Column("key", "string", "name of the series the file belongs to, or null"),
        Column("step", "int64", "step within the series, or null"),
        Column("time", "time", "when it was logged, UTC"),
    ),
    "inputs": (
        Column("run_id", "string", "the run"),
        Column("name", "string", "name of the data set"),
        Column("digest", "string", "short digest of the data"),
        Column("source", "string", "where the data came from, or null"),
        Column("context", "string", "what it was used for, such as training, or null"),
        Column("schema", "string", "columns and types as JSON, or null"),
        Column("profile", "string", "rows, columns and the like as JSON, or null"),
    ),
}


PACK_TABLES: Final[dict[str, tuple[Column, ...]]] = {
    "origins": (
        Column("run_id", "string", "a run of the pack"),
        Column("turn", "int64", "how often it was begun or resumed before it was packed"),
        Column("journals", "string", "names of the journals that are part of it, as a JSON list"),
    ),
}
"""What a pack holds beside the tables of its runs."""

FILLED: Final[Mapping[str, tuple[str, ...]]] = {
    "run": ("run_id", "experiment", "name", "status"),
    "params": ("run_id", "key", "kind", "text"),
    "tags": ("run_id", "key", "value"),
    "metrics": ("run_id", "key", "step", "time"),
    "summaries": ("run_id", "key", "count", "nan_count"),
    "artifacts": ("run_id", "path"),
    "inputs": ("run_id", "name", "digest"),
    "origins": ("run_id", "turn", "journals"),
}
"""The columns that every row fills: a table in which one is null was not written by Runfolio."""


@cache
def arrow_schema(table: str) -> pa.Schema:
    """The Arrow schema of a table; each field's metadata holds its meaning."""
    import pyarrow as pa

    types: dict[str, Any] = {
        "string": pa.string(),
        "int64": pa.int64(),
        "double": pa.float64(),
        "bool": pa.bool_(),
        "time": pa.timestamp("us", tz="UTC"),
    }
    return pa.schema(
        [
            pa.field(column.name, types[column.type], metadata={"meaning": column.meaning})
            for column in (TABLES | PACK_TABLES)[table]
        ],
        metadata={"runfolio.format": str(FORMAT_VERSION), "runfolio.table": table},
    )


_RUN_ID = re.compile(r"[0-9a-f]{16}")


def new_run_id() -> str:
    """A new run id: 64 random bits as 16 hexadecimal digits."""
    return os.urandom(8).hex()


def is_run_id(text: str) -> bool:
    """Whether `text` has the form of a run id."""
    return _RUN_ID.fullmatch(text) is not None


def derive_run_id(kind: str, identity: str) -> str:
    """The id for ever of a run that another tool of this `kind` knows by `identity`."""
    digest = hashlib.sha256(f"{kind}\0{identity}".encode(errors="surrogatepass"))
    return digest.hexdigest()[:16]


def check_name(name: object, what: str) -> str:
    """Return `name` when it may name a `what` (such as "metric"); raise `InvalidName` if not."""
    a = "An" if what[0] in "aeiou" else "A"
    if not isinstance(name, str):
        raise InvalidName(
            f"{a} {what} name must be text, not {type(name).__name__}: {name!r}. Use str(…)."
        )
    if not name.strip():
        raise InvalidName(f"{a} {what} name can't be empty: {name!r}. Give it at least one letter.")
    if len(name) > MAX_NAME_LENGTH:
        raise InvalidName(
            f"{a} {what} name has at most {MAX_NAME_LENGTH} characters, this one has {len(name)}: "
            f"{name[:40] + '…'!r}. Shorten it."
        )
    try:
        name.encode()
    except UnicodeEncodeError:
        raise InvalidName(
            f"{a} {what} name must be valid Unicode: {name!r} holds a lone surrogate. "
            "Decode the text with errors='replace'."
        ) from None
    return name


def is_name(name: object) -> bool:
    """Whether `name` may name something, as `check_name` says."""
    try:
        check_name(name, "name")
    except InvalidName:
        return False
    return True
