"""Build the committed demo report: ``python -m tests.environment.demo_site site``.

Nothing of this machine may show in it: the tests compare it byte for byte.
"""

from __future__ import annotations

import os
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
DEMO_STORE = ROOT / "examples" / "demo-store"
DEMO_SITE = ROOT / "site"
TITLE = "Runfolio demo"


def build_demo_site(output: Path) -> None:
    """Build the report of the demo store into `output`, the same on every machine."""
    from runfolio.site import build_report

    os.environ.pop("SOURCE_DATE_EPOCH", None)
    build_report(DEMO_STORE, output=output, title=TITLE)


if __name__ == "__main__":
    build_demo_site(Path(sys.argv[1]))
    print(f"Built {Path(sys.argv[1]).resolve() / 'index.html'}")
