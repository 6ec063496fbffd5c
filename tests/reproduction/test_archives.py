from __future__ import annotations

import json
import zipfile
from pathlib import Path
from typing import Any

import pytest

from runfolio.reproduction.archives import hold_the_same
from tests.environment.apart import run_apart

SAVES = """
import sys, keras
keras.utils.set_random_seed(int(sys.argv[1]))
model = keras.Sequential([keras.layers.Input((3,)), keras.layers.Dense(2)])
model.compile("adam", "mse")
model.save(sys.argv[2])
"""


def pack(path: Path, **members: Any) -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in members.items():
            file.writestr(
                f"{name}.json", content if isinstance(content, str) else json.dumps(content)
            )
    return path


def config(*addresses: int, units: int = 1, extra: Any = None) -> dict[str, Any]:
    layers = [{"units": units, "shared_object_id": one} for one in addresses]
    return {"metadata": {"date_saved": str(addresses), "keras_version": "3"}, "config": layers}


@pytest.mark.parametrize(
    ("one", "other", "same"),
    [
        (config(11, 12, 11), config(91, 92, 91), True),
        (config(11, 12, 11), config(91, 92, 92), False),  # the layers share something else
        (config(11), config(11, units=2), False),
        (config(11) | {"metadata": {}}, config(11), False),
        (config(11) | {"config": "[" * 100_000}, config(11), False),
        (config(11) | {"config": "no JSON"}, config(12) | {"config": "no JSON"}, False),
        ({"config": config(11)["config"]}, {"config": config(12)["config"]}, False),  # not Keras's
    ],
)
def test_dates_and_addresses_in_keras_files(
    tmp_path: Path, one: dict[str, Any], other: dict[str, Any], same: bool
) -> None:
    files = [pack(tmp_path / name, **told) for name, told in (("a", one), ("b", other))]
    assert hold_the_same(*files) == same


def test_a_damaged_archive_is_not_the_same(tmp_path: Path) -> None:
    one = pack(tmp_path / "a", **config(11))
    whole = one.read_bytes()
    for place in range(len(whole)):
        other = tmp_path / "b"
        other.write_bytes(whole[:place] + bytes([whole[place] ^ 255]) + whole[place + 1 :])
        hold_the_same(one, other)  # raises nothing
        other.write_bytes(whole[:place])
        assert not hold_the_same(one, other)


def test_keras_saves_the_same_model_twice(tmp_path: Path) -> None:
    for seed, name in ((1, "a"), (1, "b"), (2, "c")):
        path = str(tmp_path / f"{name}.keras")
        run_apart("frameworks", SAVES, str(seed), path, KERAS_BACKEND="torch")
    files = [tmp_path / f"{name}.keras" for name in "abc"]
    assert files[0].read_bytes() != files[1].read_bytes()
    assert hold_the_same(files[0], files[1])
    assert not hold_the_same(files[0], files[2])
