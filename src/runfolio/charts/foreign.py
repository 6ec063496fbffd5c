"""Vega-Lite specs that people logged, drawn apart from this process and without any address.

A spec is somebody's program: it is drawn by a process of its own, which is given a time, a memory
and no more, and one that names an address for its data or pictures is not drawn at all. Once a few
specs have taken all of it, no others are drawn.
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from functools import lru_cache
from typing import Any, Final

SECONDS: Final = 20
MAX_SPEC: Final = 2_000_000
MAX_SVG: Final = 2_000_000
MAX_MEMORY: Final = 3 << 29
"""Bytes of memory that drawing a spec takes at most, where the system can hold it to that."""

MAX_BROKEN: Final = 5
_REFUSED: Final = 3
_broken: Final[dict[str, str]] = {}
"""What became of specs that took all they were given; a report of such charts would take days."""


def is_vega_lite(document: Any) -> bool:
    """Whether a parsed JSON document says that it is a Vega-Lite spec."""
    schema = document.get("$schema") if isinstance(document, dict) else None
    return isinstance(schema, str) and "/vega-lite/" in schema


def draw_vega_lite(text: str) -> str:
    """The SVG of a Vega-Lite spec. Raises ValueError for one that can't or mustn't be."""
    if text in _broken:
        raise ValueError(_broken[text])
    if len(_broken) >= MAX_BROKEN:
        raise ValueError(f"{MAX_BROKEN} other charts took all they were given: no more are drawn.")
    return _draw(text)


@lru_cache(maxsize=64)
def _draw(text: str) -> str:
    if len(text) > MAX_SPEC:
        raise ValueError("the spec is too long to draw.")
    address = _find_address(json.loads(text))
    if address is not None:
        raise ValueError(f"the spec loads from {address[:200]!r}, which a report never does.")
    try:
        done = subprocess.run(
            [sys.executable, "-m", "runfolio.charts.foreign"],
            input=text,
            capture_output=True,
            encoding="utf-8",
            timeout=SECONDS,
            env=os.environ | {"PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
    except subprocess.TimeoutExpired as error:
        _broken[text] = f"drawing it took longer than {SECONDS} seconds."
        raise ValueError(_broken[text]) from error
    except OSError as error:
        raise ValueError("drawing needs a process of its own, which can't be started.") from error
    if done.returncode == _REFUSED:
        raise ValueError(done.stderr.strip()[:300])
    if done.returncode != 0:
        _broken[text] = "drawing it took more memory than there is, or broke down."
        raise ValueError(_broken[text])
    return done.stdout


def _find_address(part: Any) -> str | None:
    """The first address in a spec, rows of data aside."""
    if isinstance(part, list):
        return next((found for one in part if (found := _find_address(one)) is not None), None)
    if not isinstance(part, dict):
        return None
    if "url" in part and not _is_channel(part["url"]):
        return str(part["url"])
    sets = part.get("datasets")
    named = list(sets.values()) if isinstance(sets, dict) else []
    inner = [value for key, value in part.items() if key not in ("values", "datasets")]
    return _find_address([*inner, *(one for one in named if not isinstance(one, list))])


def _is_channel(value: Any) -> bool:
    """Whether "url" is an encoding from a field of the data: that of pictures, drawn as links."""
    return isinstance(value, dict) and "field" in value


def _draw_from_input() -> None:
    """Read a spec from standard input and write its SVG, or exit with a line that says why not."""
    import vl_convert

    _confine()
    sys.stdin.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    sys.stdout.reconfigure(encoding="utf-8")  # type: ignore[union-attr]
    try:
        drawing = vl_convert.vegalite_to_svg(sys.stdin.read(), allowed_base_urls=[])
    except ValueError as error:
        lines = [line.strip() for line in str(error).splitlines() if line.strip()]
        told = [line for line in lines if not line.startswith("at ")]
        sys.stderr.write(told[-1].removeprefix("Error: ") if told else "it is no valid spec.")
        sys.exit(_REFUSED)
    if len(drawing) > MAX_SVG:
        sys.stderr.write("its picture is too large.")
        sys.exit(_REFUSED)
    sys.stdout.write(drawing)


def _confine() -> None:
    """Give this process no more memory and time than a spec may take, where that is known."""
    try:
        import resource
    except ImportError:  # on Windows
        return
    resource.setrlimit(resource.RLIMIT_DATA, (MAX_MEMORY, MAX_MEMORY))
    resource.setrlimit(resource.RLIMIT_CPU, (2 * SECONDS, 2 * SECONDS))


if __name__ == "__main__":
    _draw_from_input()
