"""DVCLive's folders: the ones that lie there, and those in the experiments that DVC keeps in git.

Source: ``dvclive/live.py`` and ``dvclive/plots``; for experiments ``dvc/repo/experiments/refs.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Final

from runfolio.errors import DvcliveUnreadable
from runfolio.sources.columns import file_time
from runfolio.sources.dvclive.experiments import Experiment, find_refs, read_experiments
from runfolio.sources.dvclive.folder import (
    Fingerprint,
    Folder,
    find_folders,
    is_wanted,
    open_folders,
)
from runfolio.sources.place import Place
from runfolio.sources.reading import Reading
from runfolio.sources.records import ForeignRun, Source

_DEFAULT: Final = "dvclive"
"""What DVCLive calls its folder unless it is told otherwise."""


def finds(place: Place) -> bool:
    """Whether there is a folder of DVCLive, or a repository with experiments of DVC."""
    return bool(find_folders(_paths(place), place.folder.name) or find_refs(place))


def read(place: Place, reading: Reading) -> Iterator[ForeignRun]:
    """The experiments by time, then one run for each folder that is in none of them."""
    kept: set[Fingerprint] = set()
    for experiment in read_experiments(place, reading):
        yield from _read_experiment(experiment, place, reading, kept)
    files = _paths(place)
    for folder in open_folders(files, place.folder.name, str(place.folder)):
        if not kept or folder.fingerprint() not in kept:
            with reading.skipping(place.folder / folder.at, ValueError):
                yield _read_folder(folder, place, reading)


def _paths(place: Place) -> dict[str, Path | bytes]:
    """The files that matter, by their path below the place."""
    found: dict[str, Path | bytes] = {}
    for file in place.files:
        path = place.relative(file)
        if is_wanted(path):
            found[path] = file
    return found


def _read_folder(folder: Folder, place: Place, reading: Reading) -> ForeignRun:
    newest = max((file_time(file) for file in folder.paths()), default=0)
    content = folder.read(reading, newest)
    parts = [part for part in folder.at.split("/") if part not in ("", ".", _DEFAULT)]
    return ForeignRun(
        identity="\n".join([folder.at, *content.first_row]),
        experiment=place.name,
        name="/".join(parts) or folder.at or place.name,
        params=content.params,
        metrics=content.metrics,
        files=content.files,
        timed=content.timed,
        guessed=True,
    )


def _read_experiment(
    experiment: Experiment, place: Place, reading: Reading, kept: set[Fingerprint]
) -> Iterator[ForeignRun]:
    folders = open_folders(experiment.files, "", experiment.label)
    if not folders:
        reading.skip(experiment.label, "git has no files of DVCLive for it")
    for folder in folders:
        kept.add(folder.fingerprint())
        content = folder.read(reading, experiment.time)
        context = {"git_commit": experiment.baseline, "user": experiment.author}
        yield ForeignRun(
            identity=f"{experiment.commit}\n{folder.at}",
            experiment=place.name,
            name=experiment.name if len(folders) == 1 else f"{experiment.name}/{folder.at}",
            end_time=None if content.timed else experiment.time,
            note=experiment.note,
            params=content.params,
            tags={"dvc.commit": experiment.commit},
            metrics=content.metrics,
            files=content.files,
            context=context,
            timed=content.timed,
        )


SOURCE = Source("dvclive", "DVCLive", DvcliveUnreadable, finds, read)
