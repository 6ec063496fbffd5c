"""Where the files of a kept model are shown, and where their copies lie."""

from __future__ import annotations

from typing import TYPE_CHECKING

from runfolio.site.addresses import run_page
from runfolio.site.artifacts import MAX_LISTED, find_copy, list_alone
from runfolio.site.models.cards import MAX_FILES, FilePlace

if TYPE_CHECKING:
    from runfolio.site.library import RunEntry
    from runfolio.site.models.folders import KeptModel


def locate_files(run: RunEntry, kept: KeptModel) -> dict[str, FilePlace]:
    """The places of the files of a model, by their path within it, on the page of its run."""
    numbers = {one.path: number for number, one in enumerate(list_alone(run)[:MAX_LISTED])}
    return {
        name: FilePlace(
            f"{run_page(run.id)}#artifact-{numbers[artifact.path]}",
            find_copy(run, artifact, numbers[artifact.path]),
        )
        for name, artifact in sorted(kept.files.items())[:MAX_FILES]
        if artifact.path in numbers
    }
