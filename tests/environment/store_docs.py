"""Render what README.md says about the store's tables: ``… -m tests.environment.store_docs``.

The text between the two markers comes from `runfolio.schema`, so that it can't go stale.
"""

from __future__ import annotations

import sys
from pathlib import Path

from runfolio.schema import FORMAT_VERSION, TABLES, Column

BEGIN = "<!-- store:begin -->"
END = "<!-- store:end -->"

ARROW_TYPES = {
    "string": "string",
    "int64": "int64",
    "double": "double",
    "bool": "bool",
    "time": "timestamp, microseconds, UTC",
}


def render_store_docs() -> str:
    """The tables of the store in Markdown: each column with its type and meaning."""
    tables = "\n\n".join(_render_table(name, columns) for name, columns in TABLES.items())
    return f"Store format {FORMAT_VERSION}.\n\n{tables}"


def replace_store_docs(text: str) -> str:
    """`text` with what stands between the markers written anew."""
    if text.count(BEGIN) != 1 or text.count(END) != 1:
        raise ValueError(
            f"Couldn't place the store's tables: {BEGIN!r} and {END!r} must occur once."
        )
    before, rest = text.split(BEGIN)
    after = rest.split(END)[1]
    return f"{before}{BEGIN}\n{render_store_docs()}\n{END}{after}"


def _render_table(name: str, columns: tuple[Column, ...]) -> str:
    lines = [f"**`{name}.parquet`**", "", "| column | type | meaning |", "|---|---|---|"]
    lines += [f"| `{one.name}` | {ARROW_TYPES[one.type]} | {one.meaning} |" for one in columns]
    return "\n".join(lines)


if __name__ == "__main__":
    readme = Path(sys.argv[1])
    readme.write_text(replace_store_docs(readme.read_text(encoding="utf-8")), encoding="utf-8")
