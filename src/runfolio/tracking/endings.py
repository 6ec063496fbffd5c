"""Which status a run gets from the way its code or its process ended."""

from __future__ import annotations

from runfolio.schema import FAILED, FINISHED, KILLED


def status_after(error: BaseException | None) -> str:
    """The status of a run whose code ended with `error`, or without one."""
    if error is None:
        return FINISHED
    if isinstance(error, KeyboardInterrupt):
        return KILLED
    if isinstance(error, SystemExit):
        return status_after_exit(error.code)
    return FINISHED if isinstance(error, GeneratorExit) else FAILED


def status_after_exit(code: object) -> str:
    """The status of a run whose process ended with exit code `code`; 130 and 143 are signals."""
    if code in (None, 0):
        return FINISHED
    return KILLED if code in (130, 143) else FAILED
