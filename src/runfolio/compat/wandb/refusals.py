"""What W&B does and Runfolio doesn't: one warning, or an error where going on would lose data."""

from __future__ import annotations

import warnings
from typing import Final

from runfolio.errors import UnsupportedCall

REFUSED: Final = {
    "Api": "Read runs with runfolio.search_runs() and runfolio.get_run().",
    "agent": "Run the sweep with Optuna and runfolio.optuna, or in a loop of init() and finish().",
    "controller": "Run the sweep with Optuna and runfolio.optuna.",
    "link_artifact": "Use log_artifact(): a run keeps its artifacts, and there is no registry.",
    "link_model": "Use log_model(): a run keeps its artifacts, and there is no registry.",
    "plot_table": "Draw it with matplotlib, Altair or Plotly and log the figure.",
    "restore": "Copy the file from the folder of the run that logged it.",
    "sweep": "Run the sweep with Optuna and runfolio.optuna, or in a loop of init() and finish().",
    "use_artifact": "Read the files from the folder of the run that logged them; "
    "runfolio.get_run(id).artifacts says where they are.",
    "use_model": "Read the files from the folder of the run that logged them.",
}
"""Calls whose result the program goes on with, and what to use instead."""

_warned: set[str] = set()
_skipped: set[tuple[str, str]] = set()


class UnknownName(UnsupportedCall, AttributeError):  # noqa: N818
    """W&B has a name and Runfolio has not; `hasattr` takes it for an AttributeError."""


def refuse(call: str, advice: str) -> UnsupportedCall:
    """The error for a call that can't be answered."""
    return UnsupportedCall(f"wandb.{call} has no counterpart. {advice}")


def refuse_name(name: str, advice: str | None = None) -> UnknownName:
    """The error for a name that stands for nothing here."""
    return UnknownName(f"wandb.{name} has no counterpart. {advice or REFUSED[name]}")


def warn_unsupported(call: str, advice: str) -> None:
    """Warn once in a process that a call does nothing, or less than W&B's, and what to use."""
    if call not in _warned:
        _warned.add(call)
        warnings.warn(f"wandb.{call}: {advice}", stacklevel=3)


def warn_skipped(call: str, key: str, reason: object) -> None:
    """Warn once for each name that a value of it is not kept, and why."""
    shown = key if len(key) <= 80 else f"{key[:80]}…"
    warning = f"wandb.{call}: {shown!r} is not kept, and the rest is. {reason}"
    if (call, key) not in _skipped:
        _skipped.add((call, key))
        warnings.warn(warning, stacklevel=4)


def forget_warnings() -> None:
    """Let each warning be given again."""
    _warned.clear()
    _skipped.clear()
