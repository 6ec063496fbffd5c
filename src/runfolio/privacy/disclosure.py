"""What of a store may be shown: what to hide, and which parts to take or leave out."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from runfolio.errors import InvalidSelection

KINDS: Final = ("runs", "params", "tags", "metrics", "artifacts", "models")


@dataclass(frozen=True, slots=True)
class Disclosure:
    """What to show of a store: everything, unless it is said otherwise.

    `redact` masks credentials, home folders, e-mail addresses and names of users and machines;
    `anonymous` masks those, and whatever else tells whose work it is. `include` and `exclude` hold
    patterns such as ``params:lr*``, of one of `KINDS`; what both name is left out.
    """

    redact: bool = False
    anonymous: bool = False
    include: tuple[str, ...] = ()
    exclude: tuple[str, ...] = ()

    @property
    def everything(self) -> bool:
        """Whether all is shown as it is."""
        return not (self.masked or self.include or self.exclude)

    @property
    def masked(self) -> bool:
        """Whether texts are changed."""
        return self.redact or self.anonymous


EVERYTHING: Final = Disclosure()


@dataclass(frozen=True, slots=True)
class Pattern:
    """What to take or leave out: a filter expression for runs, a glob for all else."""

    option: str
    kind: str
    text: str

    def __str__(self) -> str:
        return f"{self.option} {self.kind}:{self.text}"


def read_patterns(option: str, texts: tuple[str, ...]) -> list[Pattern]:
    """The patterns of one option; raises `InvalidSelection` for a text that is none."""
    return [_read_pattern(option, text) for text in texts]


def _read_pattern(option: str, text: str) -> Pattern:
    kind, colon, pattern = text.partition(":")
    kind, pattern = kind.strip().lower(), pattern.strip()
    if not colon or kind not in KINDS or not pattern:
        raise InvalidSelection(
            f"{option} takes KIND:PATTERN, not {text!r}. KIND is one of {', '.join(KINDS)}: such "
            "as \"runs:status = 'FINISHED'\", 'params:lr*' or 'artifacts:model/*'."
        )
    return Pattern(option, kind, pattern)
