"""What callers give where a text or several are meant, checked before anything else is done."""

from __future__ import annotations

from runfolio.errors import InvalidValue


def check_text(value: object, what: str, advice: str) -> str:
    """Return `value` when it is a text; raise `InvalidValue` if not, with what to do.

    `what` begins the message, such as "A filter".
    """
    if isinstance(value, str):
        return value
    raise InvalidValue(f"{what} is a text, not {type(value).__name__}: {value!r:.200}. {advice}")


def list_texts(value: object, what: str, advice: str) -> list[str]:
    """The texts of one text or several; raise `InvalidValue` where `value` is neither."""
    if isinstance(value, str):
        return [value]
    try:
        found = list(value)  # type: ignore[call-overload]  # what can't be listed says so
    except TypeError:
        return [check_text(value, what, advice)]
    return [check_text(one, what, advice) for one in found]
