"""A sample store and its archive, made once."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

import pytest

from runfolio.archive import Author, Citation, archive_store
from tests.archive.samples import write_sample

CITATION = Citation(
    authors=(Author("Ada Example", "https://orcid.org/0000-0002-1825-0097"), Author("B. Sample")),
    licence="CC-BY-4.0",
    text="https://doi.org/10.5281/zenodo.1234567",
    description="Two runs about wine.",
)


@dataclass(frozen=True, slots=True)
class Sample:
    """A store, the ids of its runs by what they are, and its archive."""

    store: Path
    ids: dict[str, str]
    archive: Path


@pytest.fixture(scope="session")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Sample:
    root = tmp_path_factory.mktemp("sample")
    ids = write_sample(root)
    archive_store(root / "runs", root / "report.zip", title="Wine", citation=CITATION)
    return Sample(root / "runs", ids, root / "report.zip")
