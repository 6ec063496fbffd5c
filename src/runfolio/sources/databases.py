"""SQLite databases of strangers: opened without a write, and only their plain tables read."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any, Final

from runfolio.sources.reading import Reading
from runfolio.store.files import copy_plain

MAGIC: Final = b"SQLite format 3\0"

_JOURNAL_MAGIC: Final = bytes.fromhex("d9d505f920a163d7")
"""What a journal begins with, and ends with too where it names another one."""

_AS_IT_LIES: Final = "mode=ro&immutable=1"

_FIRST_PAGES: Final = 1 << 16

MAX_CELL: Final = 64 << 20
"""Bytes of one value that are read at most."""


@dataclass(frozen=True)
class Database:
    """An open database; what is damaged in it is skipped."""

    path: Path
    connection: sqlite3.Connection
    reading: Reading

    @cached_property
    def tables(self) -> dict[str, tuple[str, ...]]:
        """The columns of each table. Views and virtual tables, which run code, are left out."""
        made = self.connection.execute("SELECT name, sql FROM sqlite_master WHERE type = 'table'")
        return {name: self._columns(name) for name, sql in made.fetchall() if _is_plain(sql)}

    def _columns(self, table: str) -> tuple[str, ...]:
        columns = self.connection.execute(f"PRAGMA main.table_info({_quote(table)})").fetchall()
        return tuple(name for _, name, *_ in columns)

    def rows(self, table: str, *columns: str) -> Iterator[tuple[Any, ...]]:
        """Some columns of all rows as they were written, with None for columns that aren't there.

        Where the table is damaged the rows before the damage are yielded, and it is skipped.
        """
        there = self.tables.get(table, ())
        if not there:
            return
        names = ", ".join(_quote(one) if one in there else "NULL" for one in columns)
        try:
            # A damaged file may lead in circles; no row takes less than two bytes.
            limit = self.path.stat().st_size
            query = f"SELECT {names} FROM main.{_quote(table)} NOT INDEXED LIMIT {limit}"
            for row in self.connection.execute(query):  # noqa: UP028
                yield row  # `yield from` would close a cursor whose database may be closed
        except (sqlite3.Error, UnicodeDecodeError) as error:
            self.reading.skip(self.path, f"the table {table!r} is damaged ({error})")


def is_database(head: bytes) -> bool:
    """Whether the first bytes of a file are those of a SQLite database."""
    return head.startswith(MAGIC)


def mentions(path: Path, word: bytes) -> bool:
    """Whether a word is in the first pages of a file, as the schema of a damaged database is."""
    try:
        with path.open("rb") as file:
            return word in file.read(_FIRST_PAGES)
    except OSError:
        return False


def read_tables(path: Path, reading: Reading) -> dict[str, tuple[str, ...]]:
    """The columns of each table in a database; raises `OSError` or `sqlite3.Error`."""
    with _connect(path, _AS_IT_LIES) as connection:
        tables = Database(path, connection, reading).tables
    if tables or not _find_logs(path):
        return tables
    with open_database(path, reading) as database:  # a new one may be all in its log
        return database.tables


@contextmanager
def open_database(path: Path, reading: Reading) -> Iterator[Database]:
    """A database to read from; raises `OSError` or `sqlite3.Error`.

    Nothing is written beside it: where its last changes lie in a log of their own, both are
    copied and put together elsewhere.
    """
    logs = _find_logs(path)
    if not logs:
        with _connect(path, _AS_IT_LIES) as connection:
            yield Database(path, connection, reading)
        return
    with tempfile.TemporaryDirectory(prefix="runfolio-sqlite-") as spool:
        for one in (path, *logs):
            copy_part(one, Path(spool, one.name))
        with _connect(Path(spool, path.name), "mode=rw") as connection:
            yield Database(path, connection, reading)


def _find_logs(path: Path) -> list[Path]:
    beside = (path.with_name(f"{path.name}{end}") for end in ("-wal", "-journal"))
    return [one for one in beside if not one.is_symlink() and one.is_file() and one.stat().st_size]


def copy_part(source: Path, target: Path) -> None:
    """Copy a file of a database, or one that lies beside it, to open it there.

    A journal may end with the path of another one, that of a change to several databases. SQLite
    removes the file at that path, whichever it is, so such a journal isn't copied: its change
    counts as done, as it does where the other journal is gone.
    """
    copy_plain(source, target)
    with target.open("rb") as file:
        file.seek(max(target.stat().st_size - len(_JOURNAL_MAGIC), 0))
        names_another = file.read() == _JOURNAL_MAGIC
    if names_another:
        target.unlink()


@contextmanager
def _connect(path: Path, options: str) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(f"{path.as_uri()}?{options}", uri=True)
    try:
        connection.text_factory = lambda content: content.decode(errors="replace")
        connection.setlimit(sqlite3.SQLITE_LIMIT_LENGTH, MAX_CELL)
        connection.execute("PRAGMA trusted_schema = OFF")
        connection.execute("PRAGMA query_only = ON")
        yield connection
    except UnicodeDecodeError as error:  # in a name or a message of SQLite's own
        raise sqlite3.DatabaseError(f"a name in it is no text ({error.reason})") from None
    finally:
        connection.close()


def _is_plain(sql: Any) -> bool:
    return isinstance(sql, str) and sql[:13].upper() == "CREATE TABLE "


def _quote(name: str) -> str:
    return '"' + name.replace('"', '""') + '"'
