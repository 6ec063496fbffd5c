"""Where each page and file of the site lies. Names are made of ids and hashes only."""

from __future__ import annotations

import hashlib
from typing import Final

INDEX: Final = "index.html"
COMPARE: Final = "compare.html"
EXPERIMENTS_CSV: Final = "data/experiments.csv"
EXPERIMENTS_PARQUET: Final = "data/experiments.parquet"


def experiment_id(name: str) -> str:
    """An id for an experiment: the first 12 hexadecimal digits of its name's SHA-256."""
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def experiment_page(identifier: str) -> str:
    """The page of an experiment, from the site's root."""
    return f"experiments/{identifier}.html"


def run_page(run_id: str) -> str:
    """The page of a run, from the site's root."""
    return f"runs/{run_id}.html"


def content_hash(content: bytes) -> str:
    """A short digest of a file's content, to tell versions of it apart."""
    return hashlib.sha256(content).hexdigest()[:10]
