"""The package's public names: all there, found lazily, nothing more."""

from __future__ import annotations

import subprocess
import sys

import pytest

import runfolio


def test_every_public_name_is_there() -> None:
    for name in runfolio.__all__:
        assert getattr(runfolio, name) is not None
    assert dir(runfolio) == sorted(runfolio.__all__)


def test_an_unknown_name_is_an_attribute_error() -> None:
    with pytest.raises(AttributeError, match="no attribute 'log_everything'"):
        runfolio.log_everything  # noqa: B018


def test_importing_it_loads_nothing_of_the_package_but_itself() -> None:
    code = (
        "import sys, runfolio; "
        "print(*(name for name in sys.modules if name.startswith('runfolio.')), sep=',')"
    )
    loaded = subprocess.run(
        [sys.executable, "-c", code], check=True, capture_output=True, text=True
    )
    assert loaded.stdout.strip() == ""
