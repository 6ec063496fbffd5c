"""``build-report --archive`` and ``--single-file``: a report as one file to keep or to send."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from typing import TYPE_CHECKING, Any, Final

import click
from click.core import ParameterSource

from runfolio.cli.output import count, printable
from runfolio.cli.privacy import read_disclosure, say_unread
from runfolio.cli.sources import read_source_options
from runfolio.cli.words import FilePath, read_size

if TYPE_CHECKING:
    from runfolio.archive import ArchiveSummary, Citation
    from runfolio.site.single_file import SingleFile

OF_ARCHIVES: Final = ("licence", "authors", "citation", "description")
OF_PAGES: Final = ("page", "max_size")
OF_SITES: Final = ("output", "budget")
NAMES: Final = ("archive", "single_file", *OF_ARCHIVES, *OF_PAGES)
_LISTED: Final = 10

Progress = Callable[[int, int], None]

_OPTIONS = [
    click.option(
        "--archive",
        metavar="PATH",
        type=FilePath(path_type=str),
        help="Keep site, data and artifacts in one archive instead: a ZIP file, or a folder where "
        "the name doesn't end in .zip.",
    ),
    click.option(
        "--license",
        "licence",
        metavar="NAME",
        help="Licence of the archive: a name of the SPDX list such as CC-BY-4.0, or an address.",
    ),
    click.option(
        "--author",
        "authors",
        multiple=True,
        metavar="NAME",
        help="An author of the archive, such as 'Ada Example <0000-0002-1825-0097>' with an ORCID; "
        "may repeat.",
    ),
    click.option(
        "--citation", metavar="TEXT", help="How to cite the archive: a text, or a DOI's address."
    ),
    click.option("--description", metavar="TEXT", help="What the archive is, in a sentence."),
    click.option(
        "--single-file",
        metavar="FILE",
        type=FilePath(path_type=str),
        help="Write one page as one file with everything inside instead, for mail and chat.",
    ),
    click.option(
        "--page",
        metavar="KIND:NAME",
        help="The page for --single-file: run:ID, experiment:NAME, compare:ID,ID, report:NAME or "
        "model:NAME.  [default: the only experiment]",
    ),
    click.option(
        "--max-size",
        metavar="SIZE",
        default="25MB",
        show_default=True,
        callback=read_size,
        help="How large the file of --single-file may be.",
    ),
]


def keeping_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Add the options that keep a report as one file."""
    for option in reversed(_OPTIONS):
        command = option(command)
    return command


def is_kept(options: Mapping[str, Any], *, live: bool) -> bool:
    """Whether the report is to be kept as one file; a usage error where options don't go together.

    `live` is whether the site is to be served, watched or opened.
    """
    archive, single = options["archive"] is not None, options["single_file"] is not None
    given = click.get_current_context().get_parameter_source
    names = (*NAMES, *OF_SITES)
    typed = {name for name in names if given(name) == ParameterSource.COMMANDLINE}
    if archive and single:
        raise click.UsageError("--archive and --single-file write different files: take one.")
    if (archive or single) and (live or typed & set(OF_SITES)):
        raise click.UsageError(
            "--archive and --single-file write no site, so leave out --output, --open, --watch, "
            "--serve and --budget."
        )
    if options["anonymous"] and typed & {"authors", "citation"}:
        raise click.UsageError("--author and --citation tell what --anonymous hides: take one.")
    if not archive and typed & set(OF_ARCHIVES):
        raise click.UsageError("--license, --author, --citation and --description need --archive.")
    if not single and typed & set(OF_PAGES):
        raise click.UsageError("--page and --max-size need --single-file.")
    return archive or single


def keep_report(
    store: str | None, options: Mapping[str, Any], look: Iterable[str], progress: Progress
) -> tuple[str, ...]:
    """Keep a report as the options say, and tell what was written.

    `look` names the options that `build_report` takes as they are. Returns the mistakes in its
    narrative reports.
    """
    started = time.monotonic()
    chosen = {name: options[name] for name in look}
    if options["archive"] is not None:
        kept = _archive(store, options, chosen, progress)
        _warn(kept.unread)
        click.echo(_say_archive(kept, time.monotonic() - started))
        return kept.mistakes
    page = _write_page(store, options, chosen, progress)
    _warn(page.unread)
    click.echo(_say_page(page))
    return page.mistakes


def _warn(unread: Mapping[str, int]) -> None:
    """Say which artifacts nothing was masked in."""
    if told := say_unread(unread):
        click.echo(f"{told} They stay as they are; --exclude leaves them out.", err=True)


def _archive(
    store: str | None, options: Mapping[str, Any], look: dict[str, Any], progress: Progress
) -> ArchiveSummary:
    from runfolio.archive import archive_store

    return archive_store(
        store,
        options["archive"],
        title=look.pop("title"),
        experiments=look.pop("experiments"),
        citation=_read_citation(options),
        disclosure=read_disclosure(dict(options)),
        site=look,
        progress=progress,
        **read_source_options(dict(options)),
    )


def _read_citation(options: Mapping[str, Any]) -> Citation:
    from runfolio.archive import Citation, read_author

    return Citation(
        authors=tuple(map(read_author, options["authors"])),
        licence=options["licence"],
        text=options["citation"],
        description=options["description"],
    )


def _write_page(
    store: str | None, options: Mapping[str, Any], look: dict[str, Any], progress: Progress
) -> SingleFile:
    from runfolio.site.single_file import write_single_file

    return write_single_file(
        store,
        options["single_file"],
        page=options["page"],
        max_size=options["max_size"],
        disclosure=read_disclosure(dict(options)),
        progress=progress,
        **look,
        **read_source_options(dict(options)),
    )


def _say_archive(kept: ArchiveSummary, seconds: float) -> str:
    from runfolio.site.numbers import format_bytes

    for one in kept.flaws:
        run = f"run {one.run_id}: " if one.run_id else ""
        click.echo(printable(f"Not whole: {run}{one.path}: {one.reason}"), err=True)
    whose = f" of {kept.tool}" if kept.tool else ""
    flaws = f", {len(kept.flaws):,} not whole" if kept.flaws else ""
    return printable(
        f"{count(kept.runs, 'run')}{whose}, {count(kept.artifacts, 'artifact')}{flaws}, "
        f"{format_bytes(kept.bytes)} in {count(kept.files, 'file')}, {seconds:.1f} s: {kept.path} "
        f"({format_bytes(kept.size)})"
    )


def _say_page(page: SingleFile) -> str:
    from runfolio.site.numbers import format_bytes

    for path in page.left_out[:_LISTED]:
        click.echo(printable(f"Left out {path}: too large for the page"), err=True)
    if len(page.left_out) > _LISTED:
        click.echo(f"and {len(page.left_out) - _LISTED:,} more", err=True)
    return printable(f"{page.page} in one file of {format_bytes(page.bytes)}: {page.path}")
