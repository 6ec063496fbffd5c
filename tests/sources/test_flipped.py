"""Files of text in which single bits are wrong: whatever they then say, no reader is thrown."""

from __future__ import annotations

from pathlib import Path

import pytest

from runfolio.errors import SourceUnreadable
from runfolio.sources.checking import Checker
from runfolio.sources.kinds import load_source
from runfolio.sources.place import open_place
from runfolio.sources.reading import Reading
from runfolio.sources.records import ForeignRun

STATE = '{"global_step": 2, "log_history": [{"step": 1, "loss": 0.5}, {"step": 2, "loss": 0.25}]}'

STORES = [
    ("keras", {"log.csv": "epoch,accuracy,loss\n0,0.5,1.25\n1,0.75,NA\n"}),
    ("trainer", {"trainer_state.json": STATE, "config.json": '{"model_type": "bert"}'}),
    (
        "ultralytics",
        {
            "results.csv": "  epoch,  train/box_loss,  metrics/mAP50(B)\n  0,  1.5,  0.25\n",
            "args.yaml": "task: detect\nlr0: 0.01\n",
        },
    ),
    ("table", {"sweep.csv": "name,lr,loss\na,0.1,0.5\nb,0.2,0.25\n"}),
    ("table", {"log.jsonl": '{"step": 1, "loss": 0.5}\n{"step": 2, "loss": {"a": 0.25}}\n'}),
    (
        "dvclive",
        {
            "dvclive/metrics.json": '{"train": {"loss": 0.25}, "step": 1}',
            "dvclive/params.yaml": "lr: 0.01\n",
            "dvclive/plots/metrics/train/loss.tsv": "step\tloss\n0\t0.5\n1\t0.25\n",
        },
    ),
]


def write(root: Path, files: dict[str, bytes]) -> None:
    for name, content in files.items():
        (root / name).parent.mkdir(parents=True, exist_ok=True)
        (root / name).write_bytes(content)


def read(kind: str, root: Path) -> tuple[int, bool]:
    """How many runs are read and found fit for a store, and whether anything was skipped."""
    source, place = load_source(kind), open_place(root)
    reading = Reading(source.error)
    checker = Checker(kind, place, reading)
    try:
        found = [one for one in source.read(place, reading) if isinstance(one, ForeignRun)]
    except SourceUnreadable:
        return 0, True
    return len([checker.check(run) for run in found]), bool(reading.skipped)


@pytest.mark.parametrize(("kind", "texts"), STORES, ids=lambda value: str(value)[:20])
def test_every_flipped_bit_is_read_or_skipped(
    tmp_path: Path, kind: str, texts: dict[str, str]
) -> None:
    files = {name: text.encode() for name, text in texts.items()}
    write(tmp_path, files)
    whole, skipped = read(kind, tmp_path)
    assert whole > 0
    assert not skipped
    told = 0
    for name, content in files.items():
        for place in range(len(content)):
            for bit in (0, 3, 7):
                flipped = bytearray(content)
                flipped[place] ^= 1 << bit
                write(tmp_path, {name: bytes(flipped)})
                runs, odd = read(kind, tmp_path)
                assert runs > 0 or odd or not load_source(kind).finds(open_place(tmp_path))
                told += odd
        write(tmp_path, {name: content})
    assert told > 0
    assert read(kind, tmp_path) == (whole, False)
