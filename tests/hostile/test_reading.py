"""Commands that read a store run nothing of it, ask nobody, and write where they are told to."""

from __future__ import annotations

import os
import pickle
import subprocess
import sys
from pathlib import Path

import pytest

import runfolio
from tests.hostile.cases import Ground
from tests.hostile.confined import ROOT
from tests.hostile.parts.secrets import plant_mlflow
from tests.hostile.texts import MARK, polyglot


class Bomb:
    """What unpickles it writes a file."""

    def __reduce__(self) -> tuple[object, tuple[str]]:
        return os.system, (f"echo {MARK} > unpickled.txt",)


@pytest.fixture(scope="module")
def ground(tmp_path_factory: pytest.TempPathFactory) -> Ground:
    """A store with markup for texts, and with files that run when they are loaded."""
    folder = tmp_path_factory.mktemp("reading")
    (folder / "loaded").mkdir()
    for name in ("model.pkl", "model.joblib", "weights.pt", "array.npy"):
        (folder / "loaded" / name).write_bytes(pickle.dumps(Bomb()))
    (folder / "loaded" / "conf.yaml").write_text(
        f"!!python/object/apply:os.system ['echo {MARK} > loaded.txt']\n"
    )
    for number in range(2):
        with runfolio.start_run(
            experiment=polyglot("experiment"),
            name=polyglot("run"),
            tags={"number": str(number), polyglot("tag"): polyglot("value")},
            store=folder / "runs",
            capture=False,
        ) as run:
            run.log_metrics({"loss": number + 0.5, polyglot("metric"): 1}, step=0)
            run.log_params({"number": number, "url": "http://127.0.0.1:9/param"})
            run.log_artifacts(folder / "loaded")
    plant_mlflow(folder / "mlruns")
    for one in (folder / "mlruns").glob("1/*/artifacts"):
        (one / "model.pkl").write_bytes(pickle.dumps(Bomb()))
    return Ground(folder, folder / "outside")


@pytest.mark.parametrize(
    "words",
    [
        ("ls",),
        ("ls", "--json"),
        ("search", "params.number = 1"),
        ("search", f"tags.\"{MARK}\" = 'x' or metrics.loss < 9"),
        ("show", "RUN"),
        ("compare", "tags.number = '0'", "tags.number = '1'"),
        ("compare", "tags.number = '0'", "tags.number = '1'", "--format", "html"),
        ("secrets", "STORE"),
        ("verify", "STORE"),
        ("du",),
        ("export", "csv", "OUT/csv"),
        ("export", "mlflow", "OUT/mlflow"),
        ("import", "MLRUNS", "--store", "OUT/imported"),
        ("recover",),
    ],
    ids=" ".join,
)
def test_a_command_that_reads_runs_nothing_and_asks_nobody(
    words: tuple[str, ...], ground: Ground, tmp_path: Path
) -> None:
    store, out, report = ground.folder / "runs", tmp_path / "out", tmp_path / "report"
    out.mkdir()
    (run,) = runfolio.search_runs(filter="params.number = 1", store=store)["run_id"]
    places = {"STORE": str(store), "MLRUNS": str(ground.folder / "mlruns"), "RUN": run}
    arguments = [places.get(word, word.replace("OUT", str(out))) for word in words]
    command = [sys.executable, "-m", "tests.hostile.confined", str(report), str(out)]
    done = subprocess.run(
        [*command, "--", "runfolio", *arguments],
        cwd=ROOT,
        env=os.environ | {"RUNFOLIO_STORE": str(store), "TMPDIR": str(out), "PYTHONUTF8": "1"},
        capture_output=True,
        encoding="utf-8",
    )
    assert report.read_text(encoding="utf-8") == ""
    assert "Traceback" not in done.stderr
    assert done.returncode in (0, 1), done.stderr
    assert done.returncode == 0 or words[0] in ("secrets", "verify")
    for name in ("unpickled.txt", "loaded.txt"):
        assert not (ROOT / name).exists()
        assert not (out / name).exists()
