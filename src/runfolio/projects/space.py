"""The parameters of a sweep: a grid, values drawn at random, or both, as a list of trials."""

from __future__ import annotations

import itertools
import math
import re
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Final

from runfolio.errors import ProjectInvalid
from runfolio.projects.parameters import to_text

MAX_TRIALS: Final = 100_000

_CALL: Final = re.compile(r"\s*([a-z]+)\s*\((.*)\)\s*")

Values = Mapping[str, str]
"""The parameters of one trial as text, in the order in which they were said."""


@dataclass(frozen=True, slots=True)
class Space:
    """What is tried: all combinations of `grid`, each with every draw of `random`.

    `random` are distributions as text: ``uniform(a, b)``, ``loguniform(a, b)``, ``randint(a, b)``
    (b itself excluded) and ``choice(a, b, …)``. `trials` is how often is drawn, with `seed`.
    """

    grid: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    random: Mapping[str, str] = field(default_factory=dict)
    trials: int | None = None
    seed: int = 0


def make_space(
    grid: Mapping[str, Sequence[Any]] | None,
    random: Mapping[str, str | Sequence[Any]] | None,
    trials: int | None,
    seed: int,
) -> Space:
    """A space of what the caller says; raise `ProjectInvalid` where that is none."""
    made = {name: tuple(map(to_text, values)) for name, values in (grid or {}).items()}
    drawn = {
        name: said if isinstance(said, str) else f"choice({', '.join(map(to_text, said))})"
        for name, said in (random or {}).items()
    }
    if not made and not drawn:
        raise ProjectInvalid(
            "A sweep needs something to try: --grid name=1,2,3 or "
            "--random 'name=uniform(0, 1)' with --trials."
        )
    for name, values in made.items():
        if not values:
            raise ProjectInvalid(f"The grid of {name!r} has no values. Write {name}=1,2,3.")
    if both := sorted(made.keys() & drawn.keys()):
        raise ProjectInvalid(f"{both[0]!r} is in the grid and drawn at random. Leave one out.")
    if bool(drawn) != (trials is not None):
        raise ProjectInvalid(
            "Values drawn at random need --trials, and --trials needs values to draw."
        )
    if trials is not None and trials < 1:
        raise ProjectInvalid(f"{trials} trials are none. Take at least one.")
    return Space(made, drawn, trials, seed)


def list_trials(space: Space) -> list[Values]:
    """The trials of a space, each once; the same space always gives the same list."""
    from sklearn.model_selection import ParameterGrid

    count = math.prod(len(values) for values in space.grid.values()) * (space.trials or 1)
    if count > MAX_TRIALS:
        raise ProjectInvalid(f"These are {count:,} trials. Take at most {MAX_TRIALS:,}.")
    points = list(ParameterGrid(dict(space.grid))) if space.grid else [{}]
    draws = _draw(space)
    names = (*space.grid, *space.random)
    found: dict[tuple[str, ...], Values] = {}
    for point, draw in itertools.product(points, draws):
        both = {**point, **draw}
        found.setdefault(tuple(both[name] for name in names), {name: both[name] for name in names})
    return list(found.values())


def _draw(space: Space) -> list[dict[str, str]]:
    from sklearn.model_selection import ParameterSampler

    if not space.random:
        return [{}]
    distributions = {name: _read(name, text) for name, text in space.random.items()}
    wanted = space.trials or 1
    if all(isinstance(one, list) for one in distributions.values()):
        wanted = min(wanted, math.prod(len(one) for one in distributions.values()))
    sampler = ParameterSampler(distributions, wanted, random_state=space.seed)
    return [{name: to_text(value) for name, value in one.items()} for one in sampler]


def _read(name: str, text: str) -> Any:
    """A distribution of scipy's, or a list of texts to choose from."""
    call = _CALL.fullmatch(text)
    words = [word.strip() for word in call[2].split(",")] if call else []
    if call and call[1] == "choice" and all(words):
        return words
    if call and call[1] in _MAKERS:
        try:
            low, high = map(float, words)
            if low < high and math.isfinite(high - low):
                return _MAKERS[call[1]](low, high)
        except (ValueError, TypeError):
            pass
    raise ProjectInvalid(
        f"{text!r} for {name!r} is no distribution. Write uniform(0, 1), loguniform(1e-4, 1e-1), "
        "randint(1, 10) or choice(a, b), the lower end first."
    )


def _uniform(low: float, high: float) -> Any:
    from scipy import stats

    return stats.uniform(low, high - low)


def _loguniform(low: float, high: float) -> Any:
    from scipy import stats

    if low <= 0:
        raise ValueError("a logarithm needs positive ends")
    return stats.loguniform(low, high)


def _randint(low: float, high: float) -> Any:
    from scipy import stats

    if low != int(low) or high != int(high):
        raise ValueError("integers have whole ends")
    return stats.randint(int(low), int(high))


_MAKERS: Final[Mapping[str, Callable[[float, float], Any]]] = {
    "uniform": _uniform,
    "loguniform": _loguniform,
    "randint": _randint,
}
