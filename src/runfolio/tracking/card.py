"""A run and a list of runs as small pieces of HTML for a notebook.

A notebook shows them on a page of its own, light or dark, where no style sheet of ours is. So the
styles are inline and every colour is mixed with the text's own.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from html import escape
from typing import Any, Final

from runfolio.schema import SYSTEM_PREFIX

MAX_ENTRIES: Final = 24
MAX_ROWS: Final = 100
MAX_TEXT: Final = 60

_MARKS: Final = {
    "RUNNING": ("●", "#2563eb"),
    "FINISHED": ("✓", "#15803d"),
    "FAILED": ("✗", "#dc2626"),
    "KILLED": ("■", "#b45309"),
}
_FAINT: Final = "color-mix(in srgb,currentColor 65%,transparent)"
_LINE: Final = "1px solid color-mix(in srgb,currentColor 18%,transparent)"
_BOX: Final = "font:13px/20px system-ui,sans-serif;font-variant-numeric:tabular-nums;max-width:100%"
_TABLE: Final = (
    "border-collapse:collapse;border:0;margin:0;font:inherit;color:inherit;background:none"
)
_CELL: Final = f"padding:4px 24px 4px 0;border:0;border-bottom:{_LINE};background:none"
_MONOSPACED: Final = "font-family:ui-monospace,monospace;font-size:12px;background:none"


def render_run_card(
    *,
    name: str,
    experiment: str,
    status: str,
    run_id: str,
    params: Mapping[str, Any],
    metrics: Mapping[str, float],
    folder_url: str,
) -> str:
    """A run as HTML: what it is, its last metrics and its parameters. Everything is escaped."""
    shown = {key: value for key, value in metrics.items() if not key.startswith(SYSTEM_PREFIX)}
    lists = [
        _render_entries("metrics", {key: _number(value) for key, value in shown.items()}),
        _render_entries("parameters", {key: _short(value) for key, value in params.items()}),
    ]
    return (
        f'<div style="{_BOX}">'
        f'<div style="padding:4px 0 8px;border-bottom:{_LINE}">'
        f'<strong style="font-size:15px;font-weight:600">{escape(name)}</strong> '
        f'<span style="color:{_FAINT}">{escape(experiment)}</span><br>'
        f"{_render_status(status)} "
        f'<code style="{_MONOSPACED};color:{_FAINT}">{escape(run_id)}</code> '
        f"{_render_link(folder_url)}</div>"
        '<div style="display:flex;flex-wrap:wrap;align-items:flex-start;gap:12px 48px;'
        'padding-top:8px">'
        f"{''.join(lists) or _empty('Nothing logged yet.')}</div></div>"
    )


def render_runs_table(*, title: str, columns: Sequence[str], rows: Sequence[Sequence[str]]) -> str:
    """Runs as an HTML table with the first `MAX_ROWS` of `rows`; columns of numbers to the right.

    Everything is escaped.
    """
    count = f"{len(rows)} run" + ("" if len(rows) == 1 else "s")
    numeric = [_is_numeric([row[at] for row in rows]) for at in range(len(columns))]
    head = "".join(
        f'<th scope="col" style="{_CELL};{_align(right)};font-weight:600;color:{_FAINT}">'
        f"{escape(column)}</th>"
        for column, right in zip(columns, numeric, strict=True)
    )
    body = "".join(_render_row(row, numeric) for row in rows[:MAX_ROWS])
    table = (
        f'<div style="overflow-x:auto"><table style="{_TABLE}"><thead><tr style="background:none">'
        f"{head}</tr></thead><tbody>{body}</tbody></table></div>"
    )
    more = _empty(f"… and {len(rows) - MAX_ROWS} more.") if len(rows) > MAX_ROWS else ""
    return (
        f'<div style="{_BOX}"><div style="padding:4px 0 8px">'
        f'<strong style="font-size:15px;font-weight:600">{escape(title)}</strong> '
        f'<span style="color:{_FAINT}">{count}</span></div>'
        f"{table if rows else _empty('No runs yet.')}{more}</div>"
    )


def _render_row(row: Sequence[str], numeric: Sequence[bool]) -> str:
    cells = "".join(
        f'<td style="{_CELL};{_align(right)}">{_cell(text)}</td>'
        for text, right in zip(row, numeric, strict=True)
    )
    return f'<tr style="background:none">{cells}</tr>'


def _cell(text: str) -> str:
    return _render_status(text.upper()) if text.upper() in _MARKS else _short(text)


def _render_status(status: str) -> str:
    mark, colour = _MARKS.get(status, ("", "currentColor"))
    mixed = f"color-mix(in srgb,{colour} 65%,currentColor)"
    return f'<span style="color:{mixed};white-space:nowrap">{mark} {escape(status.lower())}</span>'


def _render_link(url: str) -> str:
    if not url.startswith(("file:", "http:", "https:")):
        return f'<span style="color:{_FAINT}">{escape(url)}</span>'
    address = escape(url)
    return f'<a href="{address}" title="{address}" style="color:inherit">folder</a>'


def _render_entries(caption: str, entries: Mapping[str, str]) -> str:
    """A table of names and values that are HTML already; nothing when there are none."""
    if not entries:
        return ""
    rows = "".join(
        f'<tr style="background:none"><th scope="row" style="{_CELL};{_align(False)};'
        f'font-weight:400;color:{_FAINT}">{_short(key)}</th>'
        f'<td style="{_CELL};{_align(caption == "metrics")};padding-right:0">{value}</td></tr>'
        for key, value in list(entries.items())[:MAX_ENTRIES]
    )
    more = len(entries) - MAX_ENTRIES
    return (
        f'<table style="{_TABLE}"><caption style="{_align(False)};padding:0 0 4px;'
        f'caption-side:top;font-weight:600;color:inherit">{caption}</caption>'
        f"<tbody>{rows}</tbody>"
        + (f"<tfoot><tr><td>… and {more} more</td></tr></tfoot>" if more > 0 else "")
        + "</table>"
    )


def _empty(text: str) -> str:
    return f'<p style="margin:4px 0;color:{_FAINT}">{text}</p>'


def _align(right: bool) -> str:
    return "text-align:right" if right else "text-align:left"


def _is_numeric(texts: Sequence[str]) -> bool:
    """Whether all that is said are numbers, and something is said."""
    said = [text for text in texts if text]
    try:
        return bool([float(text) for text in said])
    except ValueError:
        return False


def _number(value: float) -> str:
    """Four significant digits, with the full value as the title."""
    whole = math.isfinite(value) and value == int(value) and abs(value) < 1e6
    text = str(int(value)) if whole else f"{value:.4g}"
    return f'<span title="{escape(repr(value))}">{text}</span>'


def _short(value: Any) -> str:
    text = str(value)
    if len(text) <= MAX_TEXT:
        return escape(text)
    return f'<span title="{escape(text)}">{escape(text[: MAX_TEXT - 1])}…</span>'
