"""One page of a report as one file that holds everything it needs, for mail and chat."""

from __future__ import annotations

import os
import secrets
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from runfolio.errors import OutputRefused, PageTooLarge
from runfolio.site.inlining import inline_page
from runfolio.site.memory import BuildMemory
from runfolio.site.numbers import format_bytes, format_number
from runfolio.site.render import Renderer
from runfolio.site.report import build_report
from runfolio.site.shards import read_shard
from runfolio.site.single_pages import SinglePage, choose_page, gather_compared
from runfolio.site.site_files import SiteFiles
from runfolio.site.summary import ReportSummary
from runfolio.store.files import absolute_path
from runfolio.store.layout import is_address

MAX_SIZE: Final = 25_000_000
"""Bytes that a file may have unless another limit is set: what many a mail server lets through."""

_SPECS: Final = ("specs", "specs-lite")
_GENERATOR: Final = b'<meta name="generator" content="Runfolio'
_NAMED: Final = 3
_DRAWN: Final = tuple(
    f"data/{part}/" for part in ("experiments", "results", "histograms", "reports", "models")
)


@dataclass(frozen=True, slots=True)
class SingleFile:
    """What was written: the page of the site it is, its size, and the files that it lacks.

    `mistakes` are those in narrative reports, when it is one, and `unread` counts by ending the
    artifacts in which nothing could be masked.
    """

    path: Path
    page: str
    bytes: int
    left_out: tuple[str, ...]
    mistakes: tuple[str, ...] = ()
    unread: Mapping[str, int] = field(default_factory=dict)


def write_single_file(
    store: str | os.PathLike[str] | None = None,
    target: str | os.PathLike[str] = "report.html",
    *,
    page: str | None = None,
    site_url: str | None = None,
    max_size: int = MAX_SIZE,
    progress: Callable[[int, int], None] | None = None,
    **options: Any,
) -> SingleFile:
    """Write one page of a store's report as one file, with scripts, data and pictures inside.

    `page` is ``run:ID``, ``experiment:NAME``, ``compare:ID,ID``, ``report:NAME`` or ``model:NAME``;
    without it the only experiment. Links to other pages lead to the site published at `site_url`,
    or nowhere. `max_size` is in bytes, and further `options` are those of `build_report`. Raises
    `PageNotFound`, and `PageTooLarge` where the file would be larger than that.
    """
    if is_address(target):
        raise OutputRefused(
            f"A page can't be written to the address {target!r}. Name a file here with "
            "--single-file, and copy it there."
        )
    place = absolute_path(target)
    _check_target(place)
    with tempfile.TemporaryDirectory(prefix="runfolio-single-") as folder:
        site = Path(folder) / "site"
        memory = BuildMemory.once(is_passing=True)
        looks = {"site_url": site_url, "progress": progress, "memory": memory, **options}
        built = _build(place, store, site, looks)
        chosen = choose_page(site, page)
        files = SiteFiles(site, chosen.path)
        content = _render(site, chosen, files, site_url, options).encode()
        if len(content) > max_size:
            raise _refusal(chosen.path, len(content), max_size, files.sizes)
        _write(place, content)
    return SingleFile(
        path=place,
        page=chosen.path,
        bytes=len(content),
        left_out=tuple(sorted(files.left_out)),
        mistakes=tuple(map(str, built.mistakes)) if chosen.is_report else (),
        unread=built.unread,
    )


def _build(
    target: Path, store: str | os.PathLike[str] | None, site: Path, options: Mapping[str, Any]
) -> ReportSummary:
    try:
        return build_report(store, output=site, **options)
    except OutputRefused as error:
        if isinstance(error.__cause__, OSError):
            raise _failure(target, error.__cause__) from error
        raise


def _render(
    site: Path,
    chosen: SinglePage,
    files: SiteFiles,
    site_url: str | None,
    options: Mapping[str, Any],
) -> str:
    text = (site / chosen.path).read_text(encoding="utf-8")
    data = {f"data/{name}.js": files.read(f"data/{name}.js") for name in chosen.shards}
    libraries, body = _charts(site, data)
    body |= {"data-alone": "", "data-root": f"{site_url.rstrip('/')}/" if site_url else ""}
    if chosen.fragment:
        body["data-fragment"] = chosen.fragment
    return inline_page(
        text,
        files,
        data=data,
        libraries=libraries,
        body=body,
        site_url=site_url,
        instead=_tabulate(site, chosen, options) if chosen.runs else None,
    )


def _charts(site: Path, data: Mapping[str, str]) -> tuple[list[str], dict[str, str]]:
    """The scripts that charts load, where the page's data has anything to draw."""
    if not any(_is_drawn(path, script) for path, script in data.items()):
        return [], {}
    stems = ("vega", *_SPECS)
    paths = [next((site / "assets").glob(f"{stem}.*.js")) for stem in stems]
    return [path.relative_to(site).as_posix() for path in paths], {"data-vega": ""}


def _is_drawn(path: str, script: str) -> bool:
    if path.startswith("data/runs/"):
        return bool(read_shard(script).get("curves"))
    if path.endswith("-order.js"):  # the ranks of runs
        return False
    return path.startswith(_DRAWN)


def _tabulate(site: Path, chosen: SinglePage, options: Mapping[str, Any]) -> str:
    templates = options.get("templates")
    compared = gather_compared(site, chosen.runs)
    rows = [
        (title, [(key, [_show(one) for one in values]) for key, values in found])
        for title, found in compared["parts"]
        if found
    ]
    view = {"names": compared["names"], "parts": rows}
    renderer = Renderer(Path(templates).absolute() if templates is not None else None)
    return renderer.part("_partials/alone_compare.html", view)


def _show(value: Any) -> str:
    if value is None:
        return "—"
    return format_number(value) if isinstance(value, int | float) else str(value)


def _check_target(target: Path) -> None:
    """Raise `OutputRefused` unless the target is free, or a page that Runfolio wrote."""
    try:
        if target.is_symlink() or target.exists():
            if ours := target.is_dir() or target.is_file():  # a pipe would be waited for
                with target.open("rb") as file:
                    ours = _GENERATOR in file.read(1 << 16)
            if target.is_symlink() or not ours:
                raise OutputRefused(
                    f"{str(target)!r} is there already and is no page that build-report wrote. "
                    "Name another file with --single-file."
                )
    except OSError as error:
        raise _failure(target, error) from error


def _write(target: Path, content: bytes) -> None:
    beside = target.with_name(f".{target.name}.{secrets.token_hex(4)}.tmp")
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        try:
            beside.write_bytes(content)
            beside.replace(target)
        finally:
            beside.unlink(missing_ok=True)
    except OSError as error:
        raise _failure(target, error) from error


def _failure(target: Path, error: OSError) -> OutputRefused:
    return OutputRefused(
        f"Couldn't write the page {str(target)!r}: {error.strerror or error}. "
        "Name another file with --single-file."
    )


def _refusal(page: str, size: int, most: int, sizes: Mapping[str, int]) -> PageTooLarge:
    largest = sorted(sizes.items(), key=lambda one: -one[1])[:_NAMED]
    told = ", ".join(f"{path} ({format_bytes(taken)})" for path, taken in largest)
    return PageTooLarge(
        f"The page {page} would take {format_bytes(size)} in one file, more than "
        f"{format_bytes(most)}. Most of it is {told}. Allow more with --max-size, or choose a "
        "smaller page with --page."
    )
