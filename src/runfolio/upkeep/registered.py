"""Checking that the versions of registered models still are what was registered."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping

from runfolio.models.description import MLMODEL, digest_files, files_below
from runfolio.models.registry import find_users
from runfolio.store.registry import ModelVersion, RegisteredModel


def check_versions(
    models: Iterable[RegisteredModel],
    runs: Collection[str],
    listed: Mapping[str, Mapping[str, str]],
) -> Iterator[tuple[ModelVersion, str]]:
    """The versions whose run or files are gone, or other than they were, each with the reason.

    `runs` are the ids of all runs there are, `listed` the artifacts of those that can be read: the
    SHA-256 by path. Whether the files are as listed is checked elsewhere.
    """
    for run_id, versions in find_users(models).items():
        for one in versions:
            if run_id not in runs:
                yield one, f"{_name(one)} is a model of this run, which is gone"
            elif run_id in listed:
                reason = _check(one, listed[run_id])
                if reason is not None:
                    yield one, reason


def _check(version: ModelVersion, artifacts: Mapping[str, str]) -> str | None:
    files = files_below(artifacts, version.path)
    if MLMODEL not in files:
        return f"{_name(version)} was registered from here, and the run has no such model"
    if version.digest is not None and digest_files(files) != version.digest:
        return f"{_name(version)} was registered with other files"
    return None


def _name(version: ModelVersion) -> str:
    return f"version {version.number} of the model {version.model!r}"
