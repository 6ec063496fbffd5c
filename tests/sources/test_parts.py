"""Reading a foreign store in several places: the same runs in the same order as in one."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pytest

from runfolio.errors import LightningLogUnreadable
from runfolio.schema import WholeRun
from runfolio.sources import import_runs, parts
from runfolio.sources.kinds import KINDS, load_source
from runfolio.sources.opening import SourceOptions, open_foreign
from runfolio.spreading import Engine
from tests.samples import sample

HERE = Engine(1)
ENGINES = [Engine(2), Engine(2, "threading")]


@pytest.fixture(autouse=True)
def _small_shares(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(parts, "_SHARE", 2)


@pytest.fixture
def logs(tmp_path: Path) -> Path:
    """Nine runs of Lightning's CSVLogger, two of which can't be read."""
    for number in range(9):
        folder = tmp_path / "logs" / "net" / f"version_{number}"
        folder.mkdir(parents=True)
        rows = "".join(f"{step},{step * number}\n" for step in range(5))
        (folder / "metrics.csv").write_text(f"step,loss\n{rows}" if number % 4 != 3 else "a,b\n")
        (folder / "hparams.yaml").write_text(f"lr: 0.{number}\n")
    return tmp_path / "logs"


def plain(value: Any) -> Any:
    """A run as values that can be compared."""
    if isinstance(value, np.ndarray):
        return repr(value.tolist())
    if isinstance(value, (list, tuple)):
        return [plain(one) for one in value]
    names = getattr(type(value), "__dataclass_fields__", None)
    return {name: plain(getattr(value, name)) for name in names} if names else repr(value)


def read(path: Path, kind: str, engine: Engine) -> tuple[list[Any], list[Any]]:
    """The runs, and what was skipped."""
    foreign = open_foreign(path, SourceOptions(kind=kind))
    runs: list[WholeRun] = list(foreign.records(engine))
    return [plain(run) for run in runs], foreign.skipped


@pytest.mark.parametrize("engine", ENGINES, ids=str)
def test_runs_and_what_was_skipped_keep_their_order(logs: Path, engine: Engine) -> None:
    runs, skipped = read(logs, "lightning", HERE)
    assert (len(runs), len(skipped)) == (7, 2)
    assert read(logs, "lightning", engine) == (runs, skipped)


@pytest.mark.parametrize(
    ("folder", "owner", "kind"),
    [
        ("lightning_csv", "cr21", "lightning"),
        ("tensorboard", "cr21", "tensorboard"),
        ("tensorboard", "guildai", "tensorboard"),
    ],
)
def test_real_stores_are_read_the_same(folder: str, owner: str, kind: str) -> None:
    path = sample(folder, owner)
    assert read(path, kind, Engine(2, "threading")) == read(path, kind, HERE)


def test_the_kinds_that_are_read_in_parts() -> None:
    found = {kind for kind in KINDS if load_source(kind).parts is not None}
    assert found == {"keras", "lightning", "sacred", "tensorboard", "ultralytics"}


def test_what_can_not_be_read_ends_a_strict_import(logs: Path, store: Path) -> None:
    with pytest.raises(LightningLogUnreadable, match="Leave out --strict"):
        import_runs(logs, store=store, strict=True, engine=Engine(2))
    assert not store.exists()


def test_importing_again_adds_nothing(logs: Path, store: Path) -> None:
    first = import_runs(logs, store=store, engine=Engine(2))
    assert (first.added, len(first.skipped)) == (7, 2)
    second = import_runs(logs, store=store, engine=Engine(2))
    assert (second.added, second.unchanged) == (0, 7)
