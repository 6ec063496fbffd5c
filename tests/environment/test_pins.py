"""The pins are whole, hashed, without addresses, and those of pyproject.toml."""

from __future__ import annotations

import json
import re
import tomllib
from pathlib import Path

import pytest

from tests.environment.pins import PROJECT, parse_pins, select_pins

ROOT = Path(__file__).parents[2]
LOCK_FILES = [
    path
    for folder in ("tests", "templates")
    for path in sorted((ROOT / folder).rglob("package-lock.json"))
    if "node_modules" not in path.parts
]
CONSTRAINTS = (ROOT / "constraints.txt").read_text()

PINS = """\
# made by hand
app==1.0 \\
    --hash=sha256:00
    # via runfolio (pyproject.toml)
checker==2.0 ; python_version < '3.12' \\
    --hash=sha256:01 \\
    --hash=sha256:02
    # via runfolio (pyproject.toml:dev)
part==3.0 \\
    --hash=sha256:03
    # via
    #   app
    #   checker
piece==4.0 \\
    --hash=sha256:04
    # via part
tool==5.0 \\
    --hash=sha256:05
    # via checker
"""


def test_a_selection_follows_what_asked_for_what() -> None:
    assert [pin.name for pin in parse_pins(select_pins(PINS, []))] == ["app", "part", "piece"]
    names = [pin.name for pin in parse_pins(select_pins(PINS, ["dev"]))]
    assert names == ["app", "checker", "part", "piece", "tool"]


def test_a_selection_keeps_markers_and_hashes() -> None:
    lines = select_pins(PINS, ["dev"]).splitlines()
    assert lines[2:5] == [
        "checker==2.0 ; python_version < '3.12' \\",
        "    --hash=sha256:01 \\",
        "    --hash=sha256:02",
    ]


def test_every_pin_has_a_hash() -> None:
    pins = parse_pins(CONSTRAINTS)
    assert len(pins) > 50
    for pin in pins:
        assert re.match(r"[a-z0-9.-]+==\S+", pin.lines[0]), pin.name
        assert any("--hash=sha256:" in line for line in pin.lines), pin.name


def test_the_pins_are_those_of_the_project() -> None:
    project = tomllib.loads((ROOT / "pyproject.toml").read_text())
    extras = project["project"]["optional-dependencies"].items()
    pinned = [one for name, extra in extras if name != "ray" for one in extra]
    wanted = [*project["project"]["dependencies"], *pinned]
    assert direct_pins(PROJECT) == names_of(wanted)
    groups = project["dependency-groups"]
    for group in ("build", "node", "pins"):
        assert direct_pins(f"runfolio (pyproject.toml:{group})") == names_of(groups[group])
    development = names_of(groups["test"]) | names_of(groups["lint"])
    assert direct_pins("runfolio (pyproject.toml:dev)") == development


def direct_pins(asker: str) -> set[str]:
    return {pin.name for pin in parse_pins(CONSTRAINTS) if asker in pin.wanted_by}


def names_of(requirements: list[str]) -> set[str]:
    names = (re.split(r"[^A-Za-z0-9._-]", one, maxsplit=1)[0] for one in requirements)
    return {re.sub(r"[-_.]+", "-", name).lower() for name in names}


@pytest.mark.parametrize("path", LOCK_FILES, ids=lambda path: str(path.relative_to(ROOT)))
def test_lock_files_of_npm_name_no_address(path: Path) -> None:
    packages = json.loads(path.read_text())["packages"]
    assert [name for name, entry in packages.items() if "resolved" in entry] == []
    assert [name for name, entry in packages.items() if name and "integrity" not in entry] == []


def test_the_pins_name_no_address() -> None:
    assert LOCK_FILES
    assert re.findall(r"\w+://|index-url|find-links", CONSTRAINTS) == []
