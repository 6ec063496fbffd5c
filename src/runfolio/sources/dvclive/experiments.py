"""The experiments that DVC keeps in a git repository, under ``refs/exps``.

The repository is a stranger's: its configuration could name programs for git to run. So its refs
are read as files, and its objects by a git that works in an empty folder of our own and is only
told where the objects lie. Nothing is checked out or written.
"""

from __future__ import annotations

import re
import shutil
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runfolio.sources.dvclive.folder import MAX_FILE, is_wanted
from runfolio.sources.dvclive.objects import ObjectReader, parse_tree
from runfolio.sources.place import Place
from runfolio.sources.reading import Reading

_REF = re.compile(r"refs/exps/([0-9a-f]{2})/([0-9a-f]{38}|[0-9a-f]{62})/([^/\0\n]+)")
_ID = re.compile(r"[0-9a-f]{40}|[0-9a-f]{64}")
_AUTHOR = re.compile(r"^author (.*?) ?<", re.MULTILINE)
_COMMITTED = re.compile(r"^committer .* (\d{1,11}) [+-]\d{4}$", re.MULTILINE)
_TREE = re.compile(r"^tree ([0-9a-f]+)$", re.MULTILINE)
_MADE_UP: Final = "dvc: commit experiment"
_MAX_PACKED: Final = 64 << 20
_MAX_DEPTH: Final = 16
_MAX_TREES: Final = 20_000


@dataclass(frozen=True, slots=True)
class Ref:
    """Where an experiment's last commit is: its name, and the commit it started from."""

    name: str
    baseline: str
    commit: str


@dataclass(frozen=True, slots=True)
class Experiment:
    """One experiment: its commit's time in microseconds, and the files of it that matter."""

    name: str
    baseline: str
    commit: str
    time: int
    author: str
    note: str | None
    label: str
    files: dict[str, Path | bytes]


def find_refs(place: Place) -> list[Ref]:
    """The experiments of the repository whose top folder the place is."""
    folder = place.folder / ".git"
    if not place.path.is_dir() or not place.holds(folder) or not folder.is_dir():
        return []
    named = dict(_read_packed(folder / "packed-refs", place)) | dict(_read_loose(folder, place))
    found = []
    for ref, commit in sorted(named.items()):
        match = _REF.fullmatch(ref)
        if match and _ID.fullmatch(commit):
            found.append(Ref(match[3], match[1] + match[2], commit))
    return found


def _read_packed(file: Path, place: Place) -> Iterator[tuple[str, str]]:
    if not place.holds(file) or not file.is_file():
        return
    for line in place.head(file, _MAX_PACKED).decode(errors="replace").splitlines():
        commit, _, ref = line.partition(" ")
        if ref.startswith("refs/exps/"):
            yield ref, commit


def _read_loose(folder: Path, place: Place) -> Iterator[tuple[str, str]]:
    exps = folder / "refs" / "exps"
    if place.holds(exps):
        for file in Place(exps).files:
            commit = place.head(file, 100).decode(errors="replace").strip()
            yield file.relative_to(folder).as_posix(), commit


def read_experiments(place: Place, reading: Reading) -> Iterator[Experiment]:
    """The experiments with their files, by the time of their commits."""
    refs = find_refs(place)
    objects = place.folder / ".git" / "objects"
    if not refs:
        return
    git = shutil.which("git")
    if git is None:
        reading.skip(objects.parent, "git is needed to read its experiments and is not installed")
    elif not _lie_inside(objects, place):
        reading.skip(objects, "its objects lie in another place, which is not read")
    else:
        with ObjectReader(git, objects) as reader:
            yield from _read_all(refs, reader, reading)


def _lie_inside(objects: Path, place: Place) -> bool:
    """Whether no link and no list of alternates leads git to objects in another place."""
    if not place.holds(objects) or (objects / "info" / "alternates").exists():
        return False
    packs = objects / "pack"
    inside = [*objects.iterdir(), *(packs.iterdir() if packs.is_dir() else ())]
    return not any(one.is_symlink() for one in inside)


def _read_all(refs: list[Ref], reader: ObjectReader, reading: Reading) -> Iterator[Experiment]:
    commits = reader.read([ref.commit for ref in refs], "commit", 1 << 20)
    texts = {name: content.decode(errors="replace") for name, content in commits.items()}
    trees: dict[str, bytes] = {}
    for ref in sorted(refs, key=lambda one: (_time(texts.get(one.commit, "")), one.name)):
        label = f"refs/exps/{ref.baseline[:2]}/{ref.baseline[2:]}/{ref.name}"
        root = _TREE.search(texts.get(ref.commit, ""))
        if root is None:
            reading.skip(label, f"git can't read its commit {ref.commit}")
            continue
        with reading.skipping(label, ValueError):
            files = _read_files(root[1], reader, trees, label, reading)
            yield _make_experiment(ref, texts[ref.commit], label, files)


def _make_experiment(ref: Ref, text: str, label: str, files: dict[str, Path | bytes]) -> Experiment:
    header, _, message = text.partition("\n\n")
    author = _AUTHOR.search(header)
    note = None if message.startswith(_MADE_UP) else message.strip() or None
    return Experiment(
        ref.name,
        ref.baseline,
        ref.commit,
        _time(header),
        author[1] if author else "",
        note,
        label,
        files,
    )


def _time(text: str) -> int:
    committed = _COMMITTED.search(text.partition("\n\n")[0])
    return int(committed[1]) * 1_000_000 if committed else 0


def _read_files(
    root: str, reader: ObjectReader, trees: dict[str, bytes], label: str, reading: Reading
) -> dict[str, Path | bytes]:
    found = dict(_find_files(root, reader, trees, label, reading))
    blobs = reader.read(list(found.values()), "blob", MAX_FILE)
    for path, name in found.items():
        if name not in blobs:
            reading.skip(f"{label}:{path}", "git can't read it, or it is too large")
    return {path: blobs[name] for path, name in found.items() if name in blobs}


def _find_files(
    root: str, reader: ObjectReader, trees: dict[str, bytes], label: str, reading: Reading
) -> Iterator[tuple[str, str]]:
    """The paths and names of the blobs that matter, one level of folders after the other."""
    level = [("", root)]
    for _ in range(_MAX_DEPTH):
        trees |= reader.read([name for _, name in level if name not in trees], "tree", MAX_FILE)
        if len(trees) > _MAX_TREES:
            raise ValueError(f"its repository has more than {_MAX_TREES:,} folders")
        below = []
        for folder, name in level:
            if name not in trees:
                reading.skip(f"{label}:{folder}", "git can't read this folder")
                continue
            for mode, entry, inner in parse_tree(trees[name], len(name) // 2):
                if mode == "40000":
                    below.append((f"{folder}{entry}/", inner))
                elif mode.startswith("100") and is_wanted(f"{folder}{entry}"):
                    yield f"{folder}{entry}", inner
        level = below
        if not level:
            return
