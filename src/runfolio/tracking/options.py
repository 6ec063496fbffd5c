"""What `start_run` was told."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Literal, Protocol

from runfolio.store.layout import StorePath
from runfolio.tracking.capture.source import Source
from runfolio.tracking.context import Capture

OnError = Literal["raise", "warn"]


class ParentRun(Protocol):
    """What a child needs to know of the run it is nested in."""

    @property
    def id(self) -> str: ...

    @property
    def experiment(self) -> str: ...


@dataclass(frozen=True, slots=True)
class RunOptions:
    """Everything `start_run` was told, so that a decorated function can start run after run."""

    experiment: str | None = None
    name: str | None = None
    tags: Mapping[str, str] | None = None
    params: Mapping[str, Any] | None = None
    note: str | None = None
    parent: ParentRun | str | None = None
    nested: bool = False
    store: StorePath | None = None
    capture: Capture | None = None
    system_metrics: bool | float = False
    run_id: str | None = None
    rank: int | None = None
    sync: float | None = 1.0
    on_error: OnError = "raise"
    source: Source | None = None
    """What the run is of, where that is not this process's own script."""
