"""A run's summary: the last value of each metric, or what `define_metric` or the program says."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from fnmatch import fnmatchcase
from typing import Any, Final

from runfolio.compat.wandb.nesting import look_up, nest
from runfolio.compat.wandb.refusals import warn_unsupported

OFFERED: Final = ("min", "max", "mean", "last", "first", "best", "none", "copy")


@dataclass(slots=True)
class Tally:
    """What is known of the values of one metric; NaN counts as no value but as the last one."""

    first: float = math.nan
    last: float = math.nan
    low: float = math.inf
    high: float = -math.inf
    total: float = 0.0
    count: int = 0

    def add(self, value: float) -> None:
        self.first = value if self.first != self.first else self.first
        self.last = value
        if value == value:
            self.low, self.high = min(self.low, value), max(self.high, value)
            self.total += value
            self.count += 1

    def tell(self, word: str, goal: str | None) -> float:
        if word == "best":
            word = "max" if goal == "maximize" else "min"
        known = {
            "min": self.low if self.count else math.nan,
            "max": self.high if self.count else math.nan,
            "mean": self.total / self.count if self.count else math.nan,
            "first": self.first,
        }
        return known.get(word, self.last)


@dataclass(frozen=True, slots=True)
class Definition:
    """What `define_metric` said of the metrics that a pattern names."""

    pattern: str
    summary: tuple[str, ...] = ()
    goal: str | None = None


@dataclass(slots=True)
class Known:
    """What a summary is made of."""

    tallies: dict[str, Tally] = field(default_factory=dict)
    told: dict[str, Any] = field(default_factory=dict)
    texts: dict[str, Any] = field(default_factory=dict)
    definitions: list[Definition] = field(default_factory=list)
    nested: set[str] = field(default_factory=set)
    """Dotted keys of values that stood in a dict."""

    def as_dict(self) -> dict[str, Any]:
        logged = {key: self._summarise(key, one) for key, one in list(self.tallies.items())}
        logged = {key: one for key, one in logged.items() if one is not None} | self.texts
        return nest(logged, self.nested) | self.told

    def forget(self, key: str) -> None:
        """Leave out what goes by a name, until it is logged again."""
        for known in (self.tallies, self.told, self.texts):
            for one in [one for one in known if one == key or one.startswith(f"{key}.")]:
                del known[one]

    def _summarise(self, key: str, tally: Tally) -> Any:
        for one in reversed(self.definitions):
            if fnmatchcase(key, one.pattern) and one.summary:
                wanted = [word for word in one.summary if word not in ("none", "copy")]
                if not wanted:
                    return None
                return {word: tally.tell(word, one.goal) for word in wanted}
        return tally.last


class Part(dict[str, Any]):
    """A dictionary within a summary; what is set here is logged as a part of it."""

    def __init__(self, values: dict[str, Any], keep: Callable[[dict[str, Any]], None]) -> None:
        super().__init__(values)
        self._keep = keep

    def __setitem__(self, key: str, value: Any) -> None:
        super().__setitem__(key, value)
        self._keep(dict(self))


class Summary:
    """A dictionary of what a run came to; what is set here is logged by `keep`."""

    def __init__(self, known: Known, keep: Callable[[str, Any], None]) -> None:
        self.__dict__["_known"] = known
        self.__dict__["_keep"] = keep

    def update(self, values: dict[str, Any] | None = None, **more: Any) -> None:
        """Set several values."""
        for key, value in ((values or {}) | more).items():
            self._keep(key, value)
            self._known.told[key] = value

    def get(self, key: str, default: Any = None) -> Any:
        """One value, or `default`."""
        try:
            return self[key]
        except KeyError:
            return default

    def keys(self) -> Any:
        """All names."""
        return self._known.as_dict().keys()

    def items(self) -> Any:
        """All names and values."""
        return self._known.as_dict().items()

    def __getitem__(self, key: str) -> Any:
        found = look_up(self._known.as_dict(), key)
        return Part(found, lambda part: self.update({key: part})) if type(found) is dict else found

    def __delitem__(self, key: str) -> None:
        warn_unsupported("summary", "what was logged stays in the store, and only this lacks it.")
        self._known.forget(key)

    def __setitem__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__"):
            raise AttributeError(key)
        try:
            return self[key]
        except KeyError:
            raise AttributeError(f"The summary has no {key!r}. Log it first.") from None

    def __setattr__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __delattr__(self, key: str) -> None:
        del self[key]

    def __contains__(self, key: object) -> bool:
        return key in self._known.as_dict()

    def __iter__(self) -> Iterator[str]:
        return iter(self._known.as_dict())

    def __len__(self) -> int:
        return len(self._known.as_dict())

    def __repr__(self) -> str:
        return repr(self._known.as_dict())
