"""Reading a store on object storage: what is needed of it is brought into a folder and read there.

The folder has the ordinary layout. It lasts as long as the process, so that a second reading only
fetches what has changed; a listing tells that. Objects that went while they were fetched are a sign
that a run was sealed or packed at this moment: then the store is listed again.
"""

from __future__ import annotations

import atexit
import os
import shutil
import tempfile
import threading
from collections.abc import Callable, Collection, Iterable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final, Literal

from runfolio.errors import RunNotFound, StoreDamaged, StoreNotFound
from runfolio.schema import is_run_id
from runfolio.store.columns import OVERVIEW
from runfolio.store.files import read_plain
from runfolio.store.finding import find_run_id
from runfolio.store.layout import MARKER, run_folder
from runfolio.store.manifest import NAME, Manifest, read_manifest
from runfolio.store.packs import ORIGINS, PackIndex
from runfolio.store.parts import journal_of
from runfolio.store.remote import RemoteStore, StoredObject

Needed = Literal["overview", "everything"]

_POINTS: Final = ("metrics", NAME.partition(".")[0])
"""What is needed of a pack to read points: the table, and the manifest."""

_ATTEMPTS: Final = 5
_SCOPES: Final = ("runs", "packs", "edits", MARKER)
"""What is listed, in this order: a run is in its pack before its own tables go."""

_INDEX_TABLES: Final = frozenset({ORIGINS, *OVERVIEW})

Pick = Callable[[], Iterable[str]]


class Mirror:
    """A folder with some objects of a store, each as it was when the store was last listed."""

    def __init__(self, remote: RemoteStore, root: Path) -> None:
        self.remote = remote
        self.root = root
        self._listed: dict[str, StoredObject] = {}
        self._here: dict[str, StoredObject] = {}
        self._kept: set[str] = set()

    @property
    def listed(self) -> dict[str, StoredObject]:
        """What the store held when it was listed last, as far as it was."""
        return self._listed

    def keep(self, journal: str) -> None:
        """Don't fetch a journal that is here already."""
        self._kept.add(journal)

    def bring(self, needed: Needed) -> None:
        """Bring what a search needs, or the whole store with its artifacts."""
        picks = [self._all] if needed == "everything" else [self._index, self._bases]
        self._bring(_SCOPES, picks)
        if MARKER not in self._listed:
            raise StoreNotFound(
                f"No run store at {self.remote.url!r}. Log a run there first, or check the address."
            )

    def bring_run(self, run_id: str, *, packs: bool = True) -> None:
        """Bring all of one run but its artifacts, the store's edits, and where it was packed."""
        scopes = [f"runs/{run_id}", *(["packs"] if packs else []), "edits", MARKER]
        self._bring(scopes, [self._small_of_run, lambda: self._pack_of(run_id)])

    def bring_part(self, packs: Iterable[str], run_ids: Iterable[str]) -> None:
        """Bring the points of some packs, and all files of some runs."""
        scopes = {f"packs/{one}" for one in packs}
        runs = {f"runs/{one}" for one in run_ids}

        def pick() -> Iterator[str]:
            for path in self._listed:
                folder = "/".join(path.split("/")[:2])
                table = path.rpartition("/")[2].partition(".")[0]
                if folder in runs or (folder in scopes and table in _POINTS):
                    yield path

        self._bring([*sorted(scopes), *sorted(runs)], [pick])

    def bring_artifacts(self, run_id: str, folder: str, names: Iterable[str]) -> None:
        """Bring artifacts that lie in one folder of a run, "" for the top; no others are listed."""
        below = "/".join(one for one in (f"runs/{run_id}/artifacts", folder) if one)
        wanted = [f"{below}/{name}" for name in names]
        self._bring([below], [lambda: wanted])

    def find_run(self, text: str) -> str:
        """Bring the run that `text` is the id or the beginning of, and return its id."""
        if not is_run_id(text):
            self.bring("overview")
            try:
                text = find_run_id(self.root, text)
            except RunNotFound as error:
                raise RunNotFound(str(error).replace(str(self.root), self.remote.url)) from None
        self.bring_run(text)
        if not run_folder(self.root, text).path.is_dir():
            with suppress(RunNotFound):
                return find_run_id(self.root, text)
            raise RunNotFound(
                f"No run {text!r} in {self.remote.url!r}. `runfolio ls` lists the runs."
            )
        return text

    def _bring(self, scopes: Collection[str], picks: Iterable[Pick]) -> None:
        """List, then fetch in stages, and again from the start while the store changes under it."""
        before: dict[str, StoredObject] | None = None
        for _ in range(_ATTEMPTS):
            self._list(scopes)
            settled = [self._get(pick()) for pick in picks]
            if all(settled) or self._listed == before:
                return
            before = dict(self._listed)

    def _list(self, scopes: Collection[str]) -> None:
        for scope in scopes:
            found = self.remote.list(scope)
            kept = {path: one for path, one in self._listed.items() if not _lies_in(path, scope)}
            self._listed = kept | found
        for path, one in list(self._here.items()):
            if self._listed.get(path) != one:
                del self._here[path]
                _remove(self.root / path, self.root)

    def _get(self, paths: Iterable[str]) -> bool:
        """Fetch what isn't here; False where something is gone or was never there."""
        wanted = [path for path in dict.fromkeys(paths) if _journal_name(path) not in self._kept]
        known = {path: self._listed[path] for path in wanted if path in self._listed}
        missing = self.remote.fetch(
            [one for path, one in known.items() if self._here.get(path) != one], self.root
        )
        for path, one in known.items():
            if path in missing:
                _remove(self.root / path, self.root)
            else:
                self._here[path] = one
        return not missing and len(known) == len(wanted)

    def _all(self) -> Iterator[str]:
        """All there is, but for packs that are being written: their manifest comes last."""
        yield from (path for path in self._listed if self._is_told(path))
        manifests = [path for path in self._listed if path.endswith(f"/tables/{NAME}")]
        self._get(manifests)
        for path in manifests:
            yield from _named(self.root, path)

    def _is_told(self, path: str) -> bool:
        return not path.startswith("packs/") or f"{path.rpartition('/')[0]}/{NAME}" in self._listed

    def _index(self) -> Iterator[str]:
        """What tells of all runs: manifests, journals, packs' small tables and edits."""
        yield from (path for path in self._listed if _is_index(path))
        manifests = [path for path in self._listed if path.endswith(f"/tables/{NAME}")]
        self._get(manifests)
        for path in manifests:
            if path.startswith("packs/"):
                yield from _named(self.root, path, _INDEX_TABLES)
            elif not _has_overview(self.root / path):
                yield from _named(self.root, path)

    def _small_of_run(self) -> Iterator[str]:
        """The same of one run, and its tables."""
        yield from (path for path in self._listed if _is_index(path))
        manifests = [path for path in self._listed if path.endswith(f"/tables/{NAME}")]
        self._get(manifests)
        for path in manifests:
            yield from _named(self.root, path, {ORIGINS} if path.startswith("packs/") else None)

    def _bases(self) -> Iterator[str]:
        """The tables that journals come on top of, in the run's own folder or in a pack."""
        live = _journals(self._listed)
        if not live:
            return
        packs = PackIndex(self.root)
        for run_id, journals in live.items():
            folder = run_folder(self.root, run_id)
            path = f"runs/{run_id}/tables/{NAME}"
            manifest = _read(folder.manifest) if path in self._listed else None
            origin = packs.find(run_id)
            if manifest is not None and not journals <= set(manifest.journals):
                yield from _named(self.root, path)
            if origin is not None and not journals <= origin.journals:
                yield from _named(self.root, f"packs/{origin.pack.pack_id}/tables/{NAME}")

    def _pack_of(self, run_id: str) -> Iterator[str]:
        """The tables of the pack that tells a run, unless its own folder does."""
        origin = PackIndex(self.root).find(run_id)
        manifest = _read(run_folder(self.root, run_id).manifest)
        if origin is not None and (manifest is None or manifest.standing < origin.standing):
            yield from _named(self.root, f"packs/{origin.pack.pack_id}/tables/{NAME}")


def _lies_in(path: str, scope: str) -> bool:
    return not scope or path == scope or path.startswith(f"{scope}/")


def _is_index(path: str) -> bool:
    parts = path.split("/")
    if parts[0] in (MARKER, "edits"):
        return True
    return (len(parts) == 4 and parts[2] == "journal") or parts[2:] == ["tables", NAME]


def _journals(listed: Iterable[str]) -> dict[str, set[str]]:
    """The journals of each run that has any."""
    found: dict[str, set[str]] = {}
    for path in listed:
        parts = path.split("/")
        if len(parts) == 4 and parts[0] == "runs" and parts[2] == "journal":
            found.setdefault(parts[1], set()).add(journal_of(parts[3]))
    return found


def _journal_name(path: str) -> str:
    return journal_of(path.rpartition("/")[2])


def _read(path: Path) -> Manifest | None:
    try:
        return read_manifest(path)
    except StoreDamaged:
        return None


def _has_overview(manifest: Path) -> bool:
    """Whether a manifest repeats the small tables; where it can't be read, they don't help."""
    try:
        return b'"overview"' in read_plain(manifest)
    except OSError:
        return True


def _named(root: Path, manifest: str, tables: Collection[str] | None = None) -> Iterator[str]:
    """The paths of all or some tables that a manifest names."""
    found = _read(root / manifest)
    for name in found.files if found is not None else ():
        if tables is None or name.partition(".")[0] in tables:
            yield f"{manifest.rpartition('/')[0]}/{name}"


def _remove(path: Path, root: Path) -> None:
    """Remove a file, and the folders that it leaves empty."""
    path.unlink(missing_ok=True)
    with suppress(OSError):
        for folder in path.parents:
            if folder == root:
                return
            folder.rmdir()


_mirrors: dict[tuple[int, str], tuple[Mirror, threading.Lock]] = {}
_making = threading.Lock()


def mirror(url: str, needed: Needed = "overview") -> Path:
    """A folder with what is `needed` of the store at `url`, as it is now."""
    one, lock = _mirror_of(url)
    with lock:
        one.bring(needed)
    return one.root


def mirror_run(url: str, text: str) -> tuple[Path, str]:
    """A folder with the run that `text` is the id of, or the beginning of its id, and the id."""
    one, lock = _mirror_of(url)
    with lock:
        return one.root, one.find_run(text)


def mirror_runs(url: str, packs: Iterable[str], run_ids: Iterable[str]) -> Path:
    """A folder that has at least the points of some packs, and all files of some runs, at `url`."""
    one, lock = _mirror_of(url)
    with lock:
        one.bring_part(sorted(packs), sorted(run_ids))
    return one.root


def mirror_artifacts(url: str, run_id: str, folder: str, names: Iterable[str]) -> Path:
    """A folder that has, of a run at `url`, at least the artifacts `names` below `folder`."""
    one, lock = _mirror_of(url)
    with lock:
        one.bring_artifacts(run_id, folder, names)
    return one.root


def _mirror_of(url: str) -> tuple[Mirror, threading.Lock]:
    key = os.getpid(), url
    with _making:
        if key not in _mirrors:
            remote = RemoteStore(url)
            root = Path(tempfile.mkdtemp(prefix="runfolio-mirror-"))
            atexit.register(_forget, key, root)
            _mirrors[key] = Mirror(remote, root), threading.Lock()
        return _mirrors[key]


def _forget(key: tuple[int, str], root: Path) -> None:
    """Remove a mirror, from the process that made it and not from one forked of it."""
    if key[0] == os.getpid():
        shutil.rmtree(root, ignore_errors=True)
