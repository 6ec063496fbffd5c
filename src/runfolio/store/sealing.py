"""Sealing: a finished run's journals become plain Parquet tables.

The tables are written into a folder beside their place, synced, and renamed there in one step, so
that at any instant either the journals or the tables tell the whole run. The manifest among the
tables holds each file's size and SHA-256, and names the journals that went into it.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from typing import Any

from runfolio.schema import FORMAT_VERSION
from runfolio.store.files import reported_writes, sync_folder, write_synced
from runfolio.store.layout import RunFolder
from runfolio.store.parquet import encode_table
from runfolio.store.replay import replay_run


def seal_run(folder: RunFolder, ending: dict[str, Any] | None = None) -> None:
    """Write the tables of an ended run from its journals, then remove the journals.

    `ending` is how it ended where that could not be written to the journal. Journals that can be
    read only in part are kept beside the tables. Sealing twice does no harm.
    """
    if folder.is_sealed:
        return
    replayed = replay_run(folder, ending)
    files = {
        f"{name}.parquet": encode_table(table, name) for name, table in replayed.tables.items()
    }
    manifest = {
        "format": FORMAT_VERSION,
        "run_id": folder.run_id,
        "journals": sorted(path.name for path in folder.journals.iterdir()),
        "files": {name: _describe(content) for name, content in files.items()},
    }
    files["manifest.json"] = json.dumps(manifest, indent=1, sort_keys=True).encode() + b"\n"
    beside = folder.path / f".tables.{os.urandom(4).hex()}.tmp"
    with reported_writes(folder.tables):
        try:
            beside.mkdir()
            for name, content in files.items():
                write_synced(beside / name, content)
            sync_folder(beside)
            beside.rename(folder.tables)
        except BaseException:
            shutil.rmtree(beside, ignore_errors=True)
            raise
        sync_folder(folder.path)
    if not replayed.damage:
        shutil.rmtree(folder.journals, ignore_errors=True)


def _describe(content: bytes) -> dict[str, Any]:
    return {"size": len(content), "sha256": hashlib.sha256(content).hexdigest()}
