"""Sealing, killed between any two calls to the system, leaves the journals or the tables."""

from __future__ import annotations

import os
from pathlib import Path

import pytest

from .programs import run_program
from .stores import UNSEALED

pytestmark = pytest.mark.skipif(os.name != "posix", reason="signals and forks as POSIX has them")


@pytest.mark.parametrize("scenario", UNSEALED)
def test_sealing_killed_at_any_call_loses_nothing(tmp_path: Path, scenario: str) -> None:
    found = run_program("sealing_kills", tmp_path, scenario)
    assert [one for one in found if one["code"] not in (0, -9)] == []
    assert [one for one in found if not one["same"]] == []
    assert [one for one in found if not one["again"] or one["journals"]] == []
    forms = {tuple(one["forms"]) for one in found}
    assert (False, False) not in forms
    assert (False, True) in forms
    assert found[-1]["code"] == 0
    assert len(found) > 2 * 40
