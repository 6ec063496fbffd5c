"""The specs that the package ships are those that Altair builds."""

from __future__ import annotations

import subprocess
import sys

from runfolio.charts import read_lite_specs, read_specs
from runfolio.charts.specs import build_lite_specs, build_specs
from tests.environment.compile_specs import specs_files


def test_the_shipped_specs_are_current() -> None:
    for path, text in specs_files().items():
        assert path.read_text(encoding="utf-8") == text, "run `make specs`"


def test_the_shipped_specs_are_read_as_they_were_built() -> None:
    assert read_specs() == build_specs()
    assert read_lite_specs() == build_lite_specs()


def test_reading_them_loads_no_altair() -> None:
    code = "import sys; from runfolio.charts import read_specs; read_specs()"
    check = "assert 'altair' not in sys.modules; assert 'pandas' not in sys.modules"
    subprocess.run([sys.executable, "-c", f"{code}; {check}"], check=True)
