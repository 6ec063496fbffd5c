"""Sealing on object storage: a run's journals are fetched, sealed in a folder, and put as tables.

The manifest is the last object that is put, and decides: until then readers take the journals. The
tables have names of their own, so that two who seal at once can't mix them.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from pathlib import Path
from typing import Any, Final

from runfolio.errors import RunNotFound, StoreDamaged
from runfolio.store.layout import RunFolder, run_folder
from runfolio.store.liveness import SILENCE
from runfolio.store.manifest import NAME, Manifest, decode_manifest
from runfolio.store.mirror import Mirror
from runfolio.store.packs import PackIndex
from runfolio.store.parts import journal_of
from runfolio.store.remote import RemoteStore, Upload
from runfolio.store.replay import list_journals
from runfolio.store.sealing import seal_run

_ATTEMPTS: Final = 5


def seal_remote(
    remote: RemoteStore,
    run_id: str,
    ending: dict[str, Any] | None = None,
    *,
    journal: Path | None = None,
    packed: bool = True,
    silence: float = SILENCE,
) -> bool:
    """Seal a run of a store on object storage, as `runfolio.store.sealing.seal_run` does.

    Returns False while another writer is live. `journal` is the own one, wholly uploaded, which
    need not be fetched, and `ending` how it ended. With `packed=False` nobody looks for the run in
    packs, where a run that was never resumed can't be.
    """
    for _ in range(_ATTEMPTS):
        with tempfile.TemporaryDirectory(prefix="runfolio-seal-") as folder:
            work = Mirror(remote, Path(folder))
            sealed = _seal(work, run_id, ending, journal, packed=packed, silence=silence)
        if sealed is not None:
            return sealed
    raise StoreDamaged(
        f"The run {run_id!r} in {remote.url!r} changed while it was sealed, {_ATTEMPTS} times. "
        "Try again."
    )


def _seal(
    work: Mirror,
    run_id: str,
    ending: dict[str, Any] | None,
    journal: Path | None,
    *,
    packed: bool,
    silence: float,
) -> bool | None:
    """Seal once; None where others have changed the run in the meantime."""
    folder = run_folder(work.root, run_id)
    if journal is not None:
        work.keep(journal.name)
    work.bring_run(run_id, packs=packed)
    if not folder.path.is_dir() and journal is None:
        raise RunNotFound(f"No run {run_id!r} in {work.remote.url!r} to seal.")
    if journal is not None:
        folder.journals.mkdir(parents=True, exist_ok=True)
        _copy(journal, folder.journals / journal.name)
    before = manifest_content(folder)
    folder.tables.mkdir(parents=True, exist_ok=True)  # so that the tables get names of their own
    packs = PackIndex(work.root) if packed else None
    writer = journal.name if journal is not None else None
    if not seal_run(folder, ending, writer=writer, packs=packs, silence=silence):
        return False
    return True if put_tables(work, folder, before) else None


def put_tables(work: Mirror, folder: RunFolder, before: bytes | None) -> bool:
    """Put the tables in the place of journals or older tables; False where others were faster."""
    remote, prefix = work.remote, f"runs/{folder.run_id}"
    after = manifest_content(folder)
    place = f"{prefix}/tables/{NAME}"
    old = _names(before, folder)
    new = _names(after, folder)
    if after is not None and after != before:
        if remote.read(place) != before:
            return False
        tables = {f"{prefix}/tables/{name}": folder.tables / name for name in new - old}
        remote.put_all(Upload(path, file) for path, file in tables.items())
        remote.put(after, place)
        if remote.read(place) != after:
            remote.delete(list(tables))
            return False
        remote.delete([f"{prefix}/tables/{name}" for name in old - new])
    left = {path.name for path in list_journals(folder)}
    remote.delete([path for path in _journal_parts(work, prefix) if _journal(path) not in left])
    return True


def _journal(path: str) -> str:
    return journal_of(path.rpartition("/")[2])


def _journal_parts(work: Mirror, prefix: str) -> list[str]:
    return [path for path in work.listed if path.startswith(f"{prefix}/journal/")]


def manifest_content(folder: RunFolder) -> bytes | None:
    try:
        return folder.manifest.read_bytes()
    except FileNotFoundError:
        return None


def _names(manifest: bytes | None, folder: RunFolder) -> set[str]:
    if manifest is None:
        return set()
    decoded: Manifest = decode_manifest(manifest, folder.manifest)
    return set(decoded.files)


def _copy(source: Path, target: Path) -> None:
    try:
        os.link(source, target)
    except OSError:
        shutil.copyfile(source, target)
