"""--jobs, --backend and --scheduler of the commands that spread their work."""

from __future__ import annotations

from pathlib import Path

import pytest
from click.testing import CliRunner

from runfolio.cli.main import main
from runfolio.store.liveness import describe_writer
from tests.store.samples import begin_run

COMMANDS = (("recover",), ("pack",), ("import", "."))


@pytest.mark.parametrize("command", COMMANDS, ids="".join)
@pytest.mark.parametrize(
    ("options", "code", "message"),
    [
        (("--jobs", "0"), 2, "0 is not in the range x>=1"),
        (("--backend", "spark"), 2, "'spark' is not one of"),
        (("--scheduler", "tcp://x"), 1, "A scheduler is Dask's, and the backend is 'loky'"),
    ],
)
def test_a_mistake_is_told_in_a_line(
    command: tuple[str, ...], options: tuple[str, ...], code: int, message: str, tmp_path: Path
) -> None:
    result = CliRunner().invoke(main, [*command, "--store", str(tmp_path / "runs"), *options])
    assert result.exit_code == code
    assert message in result.stderr
    assert "Traceback" not in result.stderr


def test_recover_and_pack_take_jobs(store: Path) -> None:
    _, journal = begin_run(store, writer=describe_writer() | {"boot": "an earlier one"})
    journal.close()
    recovered = CliRunner().invoke(main, ["recover", "--store", str(store), "-j", "2"])
    assert "Recovered 1 run." in recovered.stdout
    packed = CliRunner().invoke(
        main, ["pack", "--store", str(store), "--jobs", "2", "--backend", "threading"]
    )
    assert "Packed 1 run; the store has 1 pack." in packed.stdout
