"""Making an archive: the store anew, the site of that store, and what describes both.

The site is built from the very store that the archive holds, so that the two agree also when the
original was being logged to meanwhile, and so that nothing which is to be hidden can be in it.
Everything is made beside the target and put in its place in one step at the end.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Callable, Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runfolio.archive.about import About, last_activity
from runfolio.archive.citation import Citation
from runfolio.archive.crate import check_library
from runfolio.archive.describing import write_descriptions
from runfolio.archive.keeping import Kept, keep_store, tags_of_experiments
from runfolio.archive.layout import STORE, holds_archive, is_zip_name
from runfolio.archive.linking import link_to_store
from runfolio.archive.sources import keep_sources
from runfolio.archive.zips import write_zip
from runfolio.errors import OutputRefused, StoreWriteFailed
from runfolio.privacy import EVERYTHING, Disclosure, show
from runfolio.site import ReportSummary, build_report
from runfolio.site.memory import BuildMemory
from runfolio.site.narrative.locating import locate_reports
from runfolio.site.publish import MARKER
from runfolio.site.rendering import source_date
from runfolio.site.report import default_title
from runfolio.sources.opening import SourceOptions, read_anything
from runfolio.sources.reading import NO_COLUMNS, TableColumns
from runfolio.store import Damage, StoreTables
from runfolio.store.edited import read_said
from runfolio.store.files import absolute_path, sync_file
from runfolio.store.layout import is_address, locate_store
from runfolio.store.narrowing import check_experiments, only_experiments
from runfolio.store.swapping import WORK, remove_stale, replace_folder
from runfolio.version import __version__

if TYPE_CHECKING:
    from runfolio.archive.keeping import ExperimentTags

Progress = Callable[[int, int], None]


@dataclass(frozen=True, slots=True)
class ArchiveSummary:
    """What was archived and where; `flaws` is what could not be read or kept, or is not as logged.

    `files` and `bytes` are those of the archive's content, `size` is what the archive takes.
    `tool` is whose store was read, where it was none of our own, `mistakes` are those in narrative
    reports, and `unread` counts by ending the artifacts in which nothing could be masked.
    """

    path: Path
    runs: int
    experiments: int
    artifacts: int
    files: int
    bytes: int
    size: int
    flaws: tuple[Damage, ...]
    tool: str | None
    mistakes: tuple[str, ...]
    unread: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class _Wanted:
    store: Path | str
    target: Path
    title: str | None
    experiments: tuple[str, ...]
    citation: Citation
    disclosure: Disclosure
    source: SourceOptions
    site: Mapping[str, Any] = field(default_factory=dict)


def archive_store(
    store: str | os.PathLike[str] | None = None,
    target: str | os.PathLike[str] = "report.zip",
    *,
    title: str | None = None,
    experiments: Collection[str] = (),
    citation: Citation | None = None,
    disclosure: Disclosure | None = None,
    kind: str | None = None,
    strict: bool = False,
    columns: TableColumns = NO_COLUMNS,
    site: Mapping[str, Any] | None = None,
    progress: Progress | None = None,
) -> ArchiveSummary:
    """Keep the site of a store, its data and its artifacts in one archive that explains itself.

    `target` is a ZIP file when its name ends in ``.zip``, else a folder; an archive that is there
    is replaced. `citation` says who made it and how it may be used, `disclosure` what is shown and
    kept, and `site` holds further options of `build_report`. Repeated with the same store and
    version, the bytes are the same; the date is that of the store's last activity, or of
    ``SOURCE_DATE_EPOCH``. Raises a `RunfolioError`, and leaves what was there, when that can't be
    done.
    """
    check_library()
    if is_address(target):
        raise OutputRefused(
            f"An archive can't be written to the address {target!r}. Name a file or "
            "folder here with --archive, and copy it there."
        )
    wanted = _Wanted(
        store=locate_store(store),
        target=absolute_path(target),
        title=title,
        experiments=tuple(experiments),
        citation=citation or Citation(),
        disclosure=disclosure or EVERYTHING,
        source=SourceOptions(kind=kind, strict=strict, columns=columns),
        site=site or {},
    )
    _check_target(wanted.target)
    with _beside(wanted.target) as work:
        archive = work / "archive"
        about, built = _make_content(wanted, work, archive, progress)
        templates = wanted.site.get("templates")
        about, digests = write_descriptions(about, archive, templates)
        total = sum((archive / path).stat().st_size for path in digests)
        _put_in_place(archive, wanted.target, about.time, digests, work, progress)
    return ArchiveSummary(
        path=wanted.target,
        runs=about.tables.runs.num_rows,
        experiments=len(about.experiments),
        artifacts=len(about.files),
        files=len(digests),
        bytes=total,
        size=wanted.target.stat().st_size if is_zip_name(wanted.target) else total,
        flaws=about.flaws,
        tool=about.tables.tool,
        mistakes=tuple(map(str, built.mistakes)),
        unread=built.unread,
    )


def _check_target(target: Path) -> None:
    """Raise `OutputRefused` unless the target is free, an empty folder or an archive of ours."""
    if not target.exists() and not target.is_symlink():
        return
    is_folder = target.is_dir() and not target.is_symlink()
    if is_folder and not is_zip_name(target) and not any(target.iterdir()):
        return
    fits = is_folder != is_zip_name(target) and not target.is_symlink()
    if not fits or not holds_archive(target):
        raise OutputRefused(
            f"{str(target)!r} is there already and is no archive that build-report wrote. "
            "Name another file or folder with --archive."
        )


@contextmanager
def _beside(target: Path) -> Iterator[Path]:
    """A folder beside the target to work in, which is removed at the end."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        remove_stale(target)
        with tempfile.TemporaryDirectory(
            prefix=f".{target.name}.", suffix=WORK, dir=target.parent
        ) as folder:
            yield Path(folder)
    except (OSError, OutputRefused, StoreWriteFailed) as error:
        reason = error if isinstance(error, OSError) else error.__cause__
        if not isinstance(reason, OSError):
            raise
        raise OutputRefused(
            f"Couldn't write the archive {str(target)!r}: {reason.strerror or reason}. "
            "What was there is as it was. Name another place with --archive."
        ) from error


def _make_content(
    wanted: _Wanted, work: Path, archive: Path, progress: Progress | None
) -> tuple[About, ReportSummary]:
    """Write the store and the site, and return what is to be said of them."""
    options = dict(wanted.site)
    reports = locate_reports(wanted.store, options.pop("reports", None))
    with (
        read_anything(wanted.store, wanted.source) as whole,
        show(_narrow(whole, wanted), wanted.disclosure, reports=reports) as shown,
    ):
        title = wanted.title or shown.title(default_title(wanted.store))
        tags = _read_tags(whole, wanted)
        share = is_zip_name(wanted.target) and whole.tool is None  # others may write on
        kept = keep_store(shown.tables, work / STORE, tags=tags, share=share)
        built = build_report(
            work / STORE,
            output=archive,
            title=title,
            reports=shown.reports,
            strict=wanted.source.strict,
            progress=progress,
            memory=BuildMemory.once(is_passing=True),
            **options,
        )
        link_to_store(archive, kept.files)
        keep_sources(shown.reports, archive)
        (archive / MARKER).unlink()  # so that nobody's build-report takes it for a site to replace
        (work / STORE).rename(archive / STORE)
        return _say(wanted, title, shown.tables, kept), replace(built, unread=shown.unread)


def _narrow(tables: StoreTables, wanted: _Wanted) -> StoreTables:
    """The runs of the experiments that were asked for."""
    if not wanted.experiments:
        return tables
    check_experiments(tables, wanted.experiments, wanted.store)
    return only_experiments(tables, wanted.experiments)


def _read_tags(tables: StoreTables, wanted: _Wanted) -> ExperimentTags:
    """The tags of experiments, unless some things are not to be shown."""
    if tables.tool is not None or not wanted.disclosure.everything:
        return {}
    return tags_of_experiments(read_said(tables.root))


def _say(wanted: _Wanted, title: str, tables: StoreTables, kept: Kept) -> About:
    date = source_date()
    return About(
        title=title,
        time=last_activity(tables) if date is None else date,
        version=__version__,
        citation=wanted.citation,
        tables=tables,
        files=kept.files,
        flaws=(*tables.damage, *kept.missing),
    )


def _put_in_place(
    archive: Path,
    target: Path,
    moment: int,
    digests: Mapping[str, str],
    work: Path,
    progress: Progress | None,
) -> None:
    if not is_zip_name(target):
        replace_folder(archive, target)
        return
    done = iter(range(1, len(digests) + 1))

    def report() -> None:
        if progress is not None:
            progress(next(done), len(digests))

    packed = work / "packed.zip"
    write_zip(packed, archive, sorted(digests), time=moment, report=report)
    sync_file(packed)
    packed.replace(target)
