"""The readers by name; each module has those of one kind."""

from __future__ import annotations

from typing import Final

from tests.fuzz.target import Target
from tests.fuzz.targets import archives, documents, filters, foreign, models, pages, privacy, stores

TARGETS: Final[dict[str, Target]] = {
    target.name: target
    for module in (stores, foreign, filters, pages, archives, documents, models, privacy)
    for target in module.TARGETS
}
