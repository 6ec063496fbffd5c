"""git's trees, read and written without an index or a work tree of the repository's own."""

from __future__ import annotations

import tempfile
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runfolio.publishing.built import BuiltFile
from runfolio.publishing.catalogue import CATALOGUE, read_catalogue
from runfolio.publishing.git import Git
from runfolio.publishing.held import is_within

_SUBMODULE: Final = "160000 "


@dataclass(frozen=True, slots=True)
class Entry:
    """A file or folder in a tree."""

    mode: str
    kind: str
    id: str


class HeldTree:
    """The files of a commit's tree."""

    def __init__(self, git: Git, tree: str) -> None:
        self._git = git
        self._tree = tree

    def names(self, path: str) -> frozenset[str]:
        """The files and folders in a folder."""
        answer = self._git.ask(
            "ls-tree", "-z", "--name-only", "--full-tree", f"{self._tree}:{path}"
        )
        found = answer.output.split(b"\0") if answer.status == 0 else []
        return frozenset(one.decode(errors="surrogateescape") for one in found if one)

    def read(self, path: str) -> bytes | None:
        """A file's content; another repository that lies there counts as an empty file."""
        answer = self._git.ask("cat-file", "blob", f"{self._tree}:{path}")
        if answer.status == 0:
            return answer.output
        entry = self._git.ask("ls-tree", "--full-tree", self._tree, path)
        return b"" if entry.text.startswith(_SUBMODULE) else None

    def size(self, *, without: Collection[str]) -> int:
        """The bytes of all files but those at or below some paths.

        A clone that leaves contents with the remote knows of those in the list of reports only,
        and asks for nothing to be fetched.
        """
        if self._git.ask("config", "--get-regexp", r"^remote\..*\.promisor$").status == 0:
            return self._listed_size(without)
        listed = self._git.run("ls-tree", "-r", "-l", "-z", "--full-tree", self._tree).output
        total = 0
        for line in filter(None, listed.split(b"\0")):
            facts, _, path = line.partition(b"\t")
            size = facts.split()[3]
            if size.isdigit() and not is_within(path.decode(errors="surrogateescape"), without):
                total += int(size)
        return total

    def _listed_size(self, without: Collection[str]) -> int:
        catalogue = read_catalogue(self.read(CATALOGUE), place="the branch")
        kept = (
            one
            for path, one in catalogue.reports.items()
            if not is_within(path, without) and not set(one.entries) & set(without)
        )
        return sum(one.bytes for one in kept)


def write_files(git: Git, files: Iterable[BuiltFile]) -> str:
    """Keep files as objects, exactly as they are, and return the id of their tree."""
    listed = tuple(files)
    given = "\n".join(str(one.source.absolute()) for one in listed)
    ids = git.run("hash-object", "-w", "--no-filters", "--stdin-paths", given=given.encode())
    lines = zip(ids.text.split("\n"), listed, strict=True)
    entries = "".join(f"100644 {blob}\t{one.path}\0" for blob, one in lines)
    with tempfile.TemporaryDirectory(prefix="runfolio-index-") as folder:
        own = {"GIT_INDEX_FILE": str(Path(folder) / "index")}
        git.run("update-index", "-z", "--index-info", given=entries.encode(), variables=own)
        return git.run("write-tree", variables=own).text


def write_blob(git: Git, content: bytes) -> Entry:
    """Keep a file's content as an object."""
    written = git.run("hash-object", "-w", "--no-filters", "--stdin", given=content)
    return Entry("100644", "blob", written.text)


def as_folder(tree: str) -> Entry:
    """A tree as an entry of another."""
    return Entry("040000", "tree", tree)


def read_tree(git: Git, tree: str) -> dict[str, Entry]:
    """The entries of a tree by name."""
    entries = {}
    for line in filter(None, git.run("ls-tree", "-z", "--full-tree", tree).output.split(b"\0")):
        facts, _, name = line.partition(b"\t")
        entries[name.decode(errors="surrogateescape")] = Entry(*facts.decode().split())
    return entries


def write_tree(git: Git, entries: Mapping[str, Entry]) -> str:
    """Keep a tree; objects that only the remote has are not looked for."""
    lines = "".join(
        f"{one.mode} {one.kind} {one.id}\t{name}\0" for name, one in sorted(entries.items())
    )
    return git.run("mktree", "-z", "--missing", given=lines.encode(errors="surrogateescape")).text


def change_tree(git: Git, tree: str | None, changes: Mapping[str, Entry | None]) -> str | None:
    """A tree with entries at some paths put or, where they are None, removed.

    Folders that are left empty go too; None stands for a tree without entries.
    """
    entries = read_tree(git, tree) if tree else {}
    below: dict[str, dict[str, Entry | None]] = {}
    for path, entry in changes.items():
        name, _, rest = path.partition("/")
        if rest:
            below.setdefault(name, {})[rest] = entry
        elif entry is None:
            entries.pop(name, None)
        else:
            entries[name] = entry
    for name, inner in below.items():
        old = entries.pop(name, None)
        old_tree = old.id if old is not None and old.kind == "tree" else None
        if old is not None and old_tree is None and not any(inner.values()):
            entries[name] = old  # a file, below which there was nothing to remove
        elif changed := change_tree(git, old_tree, inner):
            entries[name] = as_folder(changed)
    return write_tree(git, entries) if entries else None
