"""What a report shows of a store, and of the texts that go with it."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from runfolio.privacy.choosing import choose_parts
from runfolio.privacy.disclosing import learn_masks, mask_store
from runfolio.privacy.disclosure import Disclosure
from runfolio.privacy.masks import Masks
from runfolio.privacy.narratives import copy_reports, learn_authors

if TYPE_CHECKING:
    from runfolio.store import StoreTables


@dataclass(frozen=True, slots=True)
class Shown:
    """A store as it may be shown; without `masks` its texts are as they were.

    `reports` is the folder of narrative reports as they may be shown, where there is one. `unread`
    counts by their ending the artifacts that are no text, and stay as they are.
    """

    tables: StoreTables
    masks: Masks | None = None
    unread: dict[str, int] = field(default_factory=dict)
    reports: Path | None = None
    _origins: dict[Path, Path] = field(default_factory=dict)

    def title(self, text: str) -> str:
        """A title that was not chosen but found, such as a folder's name."""
        if self.masks is None:
            return text
        return "Runs" if self.masks.anonymous else self.masks.mask(text)

    def origin(self, file: Path) -> Path:
        """The file that a masked copy of a report was made from."""
        return self._origins.get(file, file)


@contextmanager
def show(
    tables: StoreTables, disclosure: Disclosure, *, reports: Path | None = None
) -> Iterator[Shown]:
    """What may be shown of a store, and of the narrative reports in the folder `reports`.

    Changed files are there within the block.
    """
    chosen = choose_parts(tables, disclosure)
    if not disclosure.masked:
        yield Shown(chosen, reports=reports)
        return
    with tempfile.TemporaryDirectory(prefix="runfolio-masked-") as name:
        folder = Path(name)
        artifacts = folder / "artifacts"
        artifacts.mkdir()
        masks = learn_masks(tables, anonymous=disclosure.anonymous)
        if reports is not None and disclosure.anonymous:
            learn_authors(reports, masks)
        masked, unread = mask_store(chosen, masks, scratch=artifacts)
        copied, origins = _copy_reports(reports, masks, folder / "reports")
        yield Shown(masked, masks, unread, copied, origins)


def _copy_reports(
    reports: Path | None, masks: Masks, target: Path
) -> tuple[Path | None, dict[Path, Path]]:
    if reports is None:
        return None, {}
    target.mkdir()
    return target, copy_reports(reports, masks, target)
