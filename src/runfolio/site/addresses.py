"""Where each page and file of the site lies. Names are made of ids and hashes only."""

from __future__ import annotations

import hashlib
import re
from typing import Final
from urllib.parse import urlsplit

from runfolio.errors import InvalidValue

INDEX: Final = "index.html"
COMPARE: Final = "compare.html"
MODELS: Final = "models.html"
EXPERIMENTS_CSV: Final = "data/experiments.csv"
EXPERIMENTS_PARQUET: Final = "data/experiments.parquet"
INDEX_JSON: Final = "data/index.json"
INDEX_SCHEMA: Final = "data/index.schema.json"
RUN_SCHEMA: Final = "data/run.schema.json"
FEED: Final = "feed.xml"
LLMS: Final = "llms.txt"
REPORTS: Final = "reports"

_VERSION_ID: Final = re.compile("[0-9a-f]{16}")


def experiment_id(name: str) -> str:
    """An id for an experiment: the first 12 hexadecimal digits of its name's SHA-256."""
    return hashlib.sha256(name.encode()).hexdigest()[:12]


def experiment_page(identifier: str) -> str:
    """The page of an experiment, from the site's root."""
    return f"experiments/{identifier}.html"


def run_page(run_id: str) -> str:
    """The page of a run, from the site's root."""
    return f"runs/{run_id}.html"


def report_page(slug: str) -> str:
    """The page of a narrative report, from the site's root."""
    return f"{REPORTS}/{slug}.html"


def model_id(name: str) -> str:
    """An id for a registered model, made of its name as those of experiments are."""
    return experiment_id(name)


def model_page(identifier: str) -> str:
    """The page of a registered model, from the site's root."""
    return f"models/{identifier}.html"


def version_page(version_id: str) -> str:
    """The page of a version of a model, from the site's root.

    A store may give a version any id, even one that leads elsewhere.
    """
    if _VERSION_ID.fullmatch(version_id) is None:
        version_id = hashlib.sha256(version_id.encode(errors="replace")).hexdigest()[:16]
    return f"models/{version_id}.html"


def version_card(version_id: str) -> str:
    """The card of a version, beside its page."""
    return version_page(version_id).removesuffix(".html") + ".md"


def run_document(run_id: str) -> str:
    """A run as JSON, beside its page."""
    return f"runs/{run_id}.json"


def experiment_data(identifier: str, blocks: int = 1) -> dict[str, str]:
    """The tables of an experiment beside the pages, by what they hold.

    The points of a large experiment are in several files: `points_parquet_001` and so on.
    """
    stem = f"data/experiments/{identifier}"
    points = {
        "points_parquet" + (f"_{number + 1:03}" if blocks > 1 else ""): points_file(
            identifier, number, blocks
        )
        for number in range(blocks)
    }
    return {"runs_csv": f"{stem}.csv", "runs_parquet": f"{stem}.parquet", **points}


def points_file(identifier: str, number: int, blocks: int) -> str:
    """The table of the points of one block of an experiment's runs; `number` counts from 0."""
    part = f"-{number + 1:03}" if blocks > 1 else ""
    return f"data/experiments/{identifier}-points{part}.parquet"


def content_hash(content: bytes) -> str:
    """A short digest of a file's content, to tell versions of it apart."""
    return hashlib.sha256(content).hexdigest()[:10]


def check_site_url(url: str) -> str:
    """The address that a site is published at, ending in a slash. Raises `InvalidValue`."""
    try:
        parts = urlsplit(url)
        known = parts.scheme in ("http", "https") and parts.hostname is not None
    except ValueError:
        known = False
    extra = known and (parts.username or parts.query or parts.fragment)
    if not known or extra or not url.isascii() or not url.isprintable():
        raise InvalidValue(
            f"{url!r} is no address of a site. Write it as https://example.org/reports/."
        )
    return url if url.endswith("/") else url + "/"
