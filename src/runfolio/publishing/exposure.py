"""What a report would give away: credentials, which stop it, and names of people and machines."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterable, Iterator
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any, Final

from runfolio.privacy import (
    Disclosure,
    Finding,
    Masks,
    disclose,
    find_in_text,
    find_secrets,
    learn_masks,
)
from runfolio.publishing.built import BuiltFile, BuiltSite
from runfolio.sources.opening import SourceOptions, read_anything
from runfolio.store.narrowing import only_experiments

SECRET: Final = "secret"
_TEXTS: Final = frozenset({".html", ".txt", ".csv", ".json", ".md", ".xml"})
_LOOKED_AT: Final = 2_000_000
_WRITTEN: Final = "reports/"
"""Where the pages of narrative reports are."""


@dataclass(frozen=True, slots=True)
class Exposure:
    """What was found, in lines for people: `secrets` stop a publication, `warnings` don't."""

    secrets: tuple[str, ...] = ()
    warnings: tuple[str, ...] = ()


def find_exposure(
    site: BuiltSite,
    store: str | os.PathLike[str] | None,
    disclosure: Disclosure,
    build: dict[str, Any],
) -> Exposure:
    """Search what is shown of a store, and the texts that were written about it.

    Where all that is found in the store is masked, the texts are left to search.
    """
    known = {name: build[name] for name in ("kind", "strict", "columns") if name in build}
    with (
        read_anything(store, SourceOptions(**known)) as tables,
        tempfile.TemporaryDirectory(prefix="runfolio-shown-") as scratch,
    ):
        masks = learn_masks(tables)
        written = [one for one in site.files if one.path.startswith(_WRITTEN)]
        findings = list(_search(written, masks))
        if not disclosure.masked:
            names = build.get("experiments")
            chosen = only_experiments(tables, names) if names else tables
            findings += find_secrets(disclose(chosen, disclosure, scratch=Path(scratch)))
        return tell_findings(findings)


def find_exposure_of_site(site: BuiltSite) -> Exposure:
    """Search the pages, tables and texts of a site that was built before, up to 2 MB of each."""
    found: dict[tuple[str, str], Finding] = {}
    for one in _search(site.files, None):
        known = found.setdefault((one.rule, one.shown), replace(one, places=0))
        found[one.rule, one.shown] = replace(known, places=known.places + 1)
    return tell_findings(found.values())


def _search(files: Iterable[BuiltFile], masks: Masks | None) -> Iterator[Finding]:
    for one in files:
        if one.source.suffix in _TEXTS:
            yield from find_in_text(_read_start(one.source), where=one.path, masks=masks)


def _read_start(file: Path) -> str:
    with file.open("rb") as content:
        return content.read(_LOOKED_AT).decode(errors="replace")


def tell_findings(findings: Iterable[Finding]) -> Exposure:
    """Findings in words, a line each."""
    told = [(one.severity == SECRET, _tell(one)) for one in findings]
    return Exposure(
        tuple(line for is_secret, line in told if is_secret),
        tuple(line for is_secret, line in told if not is_secret),
    )


def _tell(one: Finding) -> str:
    more = f" and {one.places - 1:,} more" if one.places > 1 else ""
    return f"{one.place}{more}: {one.rule}: {one.shown}"
