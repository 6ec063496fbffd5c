"""Stores with credentials and names in every place, to be masked."""

from __future__ import annotations

import io
import json
import pickle
import struct
import zlib
from collections.abc import Iterator
from pathlib import Path

import runfolio
from tests.hostile.cases import Case, Ground
from tests.privacy.samples import EMAIL, HOME, HOST, USER, Planted, plant
from tests.sources.test_wandb import begin, row, write_run


def write(ground: Ground) -> Iterator[Case]:
    """A store with something to hide in every place, shown with masks."""
    plant_native(ground.folder / "runs")
    yield Case(
        "secrets",
        ground.folder / "runs",
        ("--redact",),
        shown=("[redacted]", "[user]", "[host]"),
        said=("Not looked into, as they are no text: 1 .bin, 1 .h5, 1 .pkl, 1 .zip.",),
    )


def plant_native(store: Path) -> Planted:
    """The store of the tests of masks, and a run with files that are no text."""
    planted = plant(store)
    with runfolio.start_run(experiment="files", store=store, capture=False) as run:
        for name, content in files(planted).items():
            run.log_text(content, name) if isinstance(content, str) else _log(run, name, content)
    return planted


def _log(run: runfolio.Run, name: str, content: bytes) -> None:
    path = run.folder.parent.parent / name
    path.write_bytes(content)
    run.log_artifact(path)
    path.unlink()


def files(planted: Planted) -> dict[str, bytes | str]:
    """Files by name; what `BINARY` names can't be masked, and is shown as bytes alone."""
    token = planted.token
    picture = picture_with(token("PNG text").encode(), token("PNG compressed text").encode())
    return {
        "picture.png": picture,
        "photo.jpg": photo_with(f"{USER} {token('EXIF')}"),
        "weights.pkl": pickle.dumps({"password": "in-the-pickle-1c9d"}),
        "weights.h5": b"\x89HDF\r\n\x1a\n\0\0in-the-hdf-1c9d\0",
        "archive.zip": b"PK\x03\x04\0\0in-the-zip-1c9d",
    }


BINARY = ("in-the-pickle-1c9d", "in-the-hdf-1c9d", "in-the-zip-1c9d")


def picture_with(text: bytes, compressed: bytes) -> bytes:
    """A PNG of one pixel, with texts beside it."""
    parts = [
        (b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)),
        (b"tEXt", b"Comment\0" + text),
        (b"zTXt", b"Title\0\0" + zlib.compress(compressed)),
        (b"iTXt", b"Author\0\0\0\0\0" + text),
        (b"IDAT", zlib.compress(b"\0\0")),
        (b"IEND", b""),
    ]
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


def photo_with(text: str) -> bytes:
    """A JPEG with a text in its EXIF data and in a comment."""
    from PIL import Image

    exif = Image.Exif()
    exif[0x013B] = text
    buffer = io.BytesIO()
    Image.new("RGB", (8, 8), "red").save(buffer, "JPEG", exif=exif, comment=text.encode())
    return buffer.getvalue()


def plant_mlflow(folder: Path) -> Planted:
    """A file store of MLflow, with what it notes without asking and what programs log."""
    planted = Planted()
    run = folder / "1" / ("ab" * 16)
    for name in ("params", "metrics", "tags", "artifacts"):
        (run / name).mkdir(parents=True)
    (folder / "1" / "meta.yaml").write_text(
        "artifact_location: file:///nowhere\nexperiment_id: '1'\n"
        f"lifecycle_stage: active\nname: by {USER}\n"
    )
    (run / "meta.yaml").write_text(
        f"artifact_uri: https://x:{planted.token('address')}@example.org/1\n"
        "end_time: 1700000001000\nentry_point_name: ''\nexperiment_id: '1'\n"
        f"lifecycle_stage: active\nrun_id: {'ab' * 16}\nrun_name: first\nsource_name: ''\n"
        f"source_type: 4\nstart_time: 1700000000000\nstatus: 3\ntags: []\nuser_id: {USER}\n"
    )
    tags = {
        "mlflow.user": USER,
        "mlflow.source.name": f"{HOME}/train.py",
        "mlflow.source.git.repoURL": f"https://{planted.token('repository')}@github.com/a/b.git",
        "mlflow.note.content": f"Ask {EMAIL}; token {planted.token('note')}",
        "slack_token": planted.word("tag"),
    }
    for name, value in tags.items():
        (run / "tags" / name).write_text(value)
    (run / "params" / "db_password").write_text(planted.word("parameter"))
    (run / "params" / "uri").write_text(f"postgresql://me:{planted.word('URI')}@db.example.org/x")
    (run / "metrics" / "loss").write_text("1700000000000 0.5 0\n")
    (run / "artifacts" / "conf.json").write_text(
        json.dumps({"api_key": planted.word("JSON"), "path": HOME})
    )
    return planted


def plant_wandb(folder: Path) -> tuple[Path, Planted]:
    """A run of W&B, with credentials in its configuration, its output and what is beside it."""
    planted = Planted()
    config = {
        "api_key": planted.word("config"),
        "nested": {"password": planted.word("nested config")},
        "data": f"{HOME}/x.csv",
        "bare": planted.token("bare config"),
    }
    files = {
        "output.log": f"login {planted.token('output')} at {HOST}\n",
        "wandb-metadata.json": json.dumps(
            {
                "host": HOST,
                "username": USER,
                "email": EMAIL,
                "program": f"{HOME}/train.py",
                "args": ["--token", planted.word("arguments")],
                "git": {"remote": f"https://{planted.token('remote')}@github.com/a/b.git"},
            }
        ),
    }
    return write_run(folder, [begin(**config), row(0, loss=0.5)], **files), planted
