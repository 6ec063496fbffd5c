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


def refuse(call: str, advice: str | None = None) -> UnsupportedCall:
    """The error for a call that can't be answered."""
    return UnsupportedCall(f"wandb.{call} has no counterpart. {advice or REFUSED[call]}")


def warn_unsupported(call: str, advice: str) -> None:
    """Warn once in a process that a call does nothing, or less than W&B's, and what to use."""
    if call not in _warned:
        _warned.add(call)
        warnings.warn(f"wandb.{call}: {advice}", stacklevel=3)


def forget_warnings() -> None:
    """Let each warning be given again."""
    _warned.clear()
