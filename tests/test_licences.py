"""What Runfolio needs to run is under licences that let anyone use it."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.environment import licences
from tests.environment.licences import (
    KNOWN,
    MISSING,
    NONE,
    is_allowed,
    list_dependencies,
    main,
    read_licence,
)

ROOT = Path(__file__).parents[1]


def test_every_dependency_has_a_licence_that_is_allowed() -> None:
    found = list_dependencies((ROOT / "constraints.txt").read_text(encoding="utf-8"))
    names = {one.name for one in found}
    assert {"pyarrow", "nh3", "plotly", "s3fs", "distributed"} <= names
    assert "pytest" not in names
    assert [one for one in found if not is_allowed(one.licence)] == []
    assert len([one for one in found if one.licence == MISSING]) < 15


def test_what_is_known_by_hand_is_still_needed() -> None:
    found = {one.name for one in list_dependencies((ROOT / "constraints.txt").read_text("utf-8"))}
    assert set(KNOWN) <= found


def test_the_list_names_version_and_licence(capsys: pytest.CaptureFixture[str]) -> None:
    assert main() == 0
    lines = capsys.readouterr().out.splitlines()
    assert any(line.startswith("pyarrow ") and line.endswith("  Apache-2.0") for line in lines)
    assert any(line.startswith("tabulator-tables ") and line.endswith("  MIT") for line in lines)
    assert not [line for line in lines if "<-" in line]


def test_a_licence_that_is_not_allowed_fails(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(licences, "ALLOWED", licences.ALLOWED - {"Apache-2.0"})
    assert main() == 1
    (line,) = [one for one in capsys.readouterr().out.splitlines() if one.startswith("pyarrow ")]
    assert line.endswith("Apache-2.0  <- not among those allowed")


@pytest.mark.parametrize(
    ("expression", "text", "classifiers", "licence", "allowed"),
    [
        ("MIT", None, ["License :: Other"], "MIT", True),
        ("GPL-3.0-only", None, [], "GPL-3.0-only", False),
        ("MIT OR GPL-3.0-only", None, [], "MIT OR GPL-3.0-only", True),
        ("MIT AND GPL-3.0-only", None, [], "MIT AND GPL-3.0-only", False),
        (None, "MIT", [], "MIT", True),
        (None, "Apache License 2.0", [], "Apache-2.0", True),
        (None, "Copyright …\nA long text", ["License :: OSI Approved :: BSD License"], "BSD", True),
        (
            None,
            "MIT",
            ["License :: OSI Approved :: GNU General Public License v3 (GPLv3)"],
            "GNU General Public License v3 (GPLv3)",
            False,
        ),
        (
            None,
            "GPL",
            ["License :: OSI Approved :: GNU General Public License v3 (GPLv3)"],
            "GNU General Public License v3 (GPLv3)",
            False,
        ),
        (None, "my own", [], NONE, False),
        (None, None, ["License :: OSI Approved"], NONE, False),
        (None, None, [], NONE, False),
    ],
)
def test_a_licence_is_read_from_what_the_metadata_has(
    expression: str | None, text: str | None, classifiers: list[str], licence: str, allowed: bool
) -> None:
    assert read_licence(expression, text, classifiers) == licence
    assert is_allowed(licence) is allowed
