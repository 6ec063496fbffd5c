"""Words that several kinds of panels say."""

from __future__ import annotations

from collections.abc import Sequence

from runfolio.analysis.numbers import count_noun
from runfolio.site.numbers import format_count


def count_shown(shown: int, among: int, noun: str, *, ranked: bool = True) -> str:
    """ "12 runs", or "the best 10 of 12 runs" where not all are shown."""
    if shown == among:
        return count_noun(among, noun)
    return f"the {'best' if ranked else 'first'} {format_count(shown)} of {count_noun(among, noun)}"


def capital(words: str) -> str:
    """The words with a capital at their start, and the rest as it is."""
    return words[:1].upper() + words[1:]


def end_sentence(words: str) -> str:
    """The words with a full stop, unless they end with a mark of their own."""
    return words if words[-1:] in ".?!…:" else f"{words}."


def show_relative(relative: float) -> str:
    """A relative change with its sign: "+4.1 %", "−23.0 %", "±0 %"."""
    if relative == 0:
        return "±0 %"
    return f"{'+' if relative > 0 else '−'}{abs(relative) * 100:.1f} %"


def note_broken(off: int) -> tuple[str, ...]:
    """What is to be said where runs are left out because they broke off."""
    if not off:
        return ()
    return (
        f"{count_noun(off, 'run')} that failed or stopped {'is' if off == 1 else 'are'} left out.",
    )


def join_words(words: Sequence[str]) -> str:
    """ "a", "a and b", "a, b and c"."""
    if len(words) < 2:
        return "".join(words)
    return f"{', '.join(words[:-1])} and {words[-1]}"
