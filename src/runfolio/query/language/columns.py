"""What evaluation reads: the runs of a search, column by column."""

from __future__ import annotations

import math
import re
from collections.abc import Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any, Final, Protocol

from runfolio.query.language.syntax import Field

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    Texts = NDArray[np.object_]
    Mask = NDArray[np.bool_]
    Numbers = tuple[NDArray[np.float64], Mask]

Dataset = tuple[str, str, str | None]
"""Name, digest and context of a data set a run used."""


class RunColumns(Protocol):
    """The runs that are searched, as columns of equal length in one order of runs.

    Callers keep what they return unchanged, so one array may be handed out many times.
    """

    @property
    def count(self) -> int:
        """The number of runs."""

    def text(self, field: Field) -> Texts:
        """The text of a parameter, tag or attribute for each run, None where it has none.

        Attributes are named as in `rules.ATTRIBUTES`; `git_dirty` is "true" or "false".
        """

    def numbers(self, field: Field) -> Numbers:
        """The number of a field for each run (any number where there is none), and where it is.

        The field is a metric (no aggregate means last), the duration in seconds, a time in
        microseconds since 1970, or a parameter, which counts only where it was logged as number:
        parameters that are text of a number are read by the evaluation itself.
        """

    def has_metric(self, key: str) -> bool:
        """Whether any run has a metric of that whole name."""

    def datasets(self) -> Sequence[Sequence[Dataset]]:
        """The data sets of each run."""


_NUMBER: Final = re.compile(r"[+-]?(?:[0-9]+(?:\.[0-9]*)?|\.[0-9]+)(?:[eE][+-]?[0-9]+)?")


def number_of_text(text: str) -> float | None:
    """The finite number that a text reads as, or None: the same texts in every language."""
    if not _NUMBER.fullmatch(text):
        return None
    number = float(text)
    return number if math.isfinite(number) else None


def numbers_of_param(field: Field, columns: RunColumns) -> Numbers:
    """A parameter as number: logged as one, or text that reads as one."""
    values, present = columns.numbers(field)
    if present.all():
        return values, present
    values, present = values.copy(), present.copy()
    known: dict[Any, float | None] = {None: None}
    texts = columns.text(field)
    for place in (~present).nonzero()[0].tolist():
        text = texts[place]
        if text not in known:
            known[text] = number_of_text(text)
        number = known[text]
        if number is not None:
            values[place], present[place] = number, True
    return values, present


def resolve(field: Field, columns: RunColumns) -> Field:
    """The field that is meant: ``loss.min`` is a whole name where a run has such a metric."""
    if field.aggregate is None or field.quoted:
        return field
    whole = f"{field.key}.{field.aggregate}"
    return replace(field, key=whole, aggregate=None) if columns.has_metric(whole) else field
