"""What lies at a place that sites are published to: one small file that lists the reports there.

It says which files are ours to replace, when each report was published, and what a list of them
shows. It is read as something that anybody may have changed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, field, replace
from typing import Any, Final

from runfolio.errors import InvalidPath, PublishRefused

CATALOGUE: Final = "runfolio-reports.json"
_GENERATOR: Final = "runfolio"
_PART: Final = re.compile(r"[\w@=+-][\w.@=+-]*")
_MOST_LETTERS: Final = 200


def check_report_path(path: str) -> str:
    """Return the path of a report below the place it is published to; "" is the place itself.

    Raises `InvalidPath` for what is absolute, climbs, begins with a dot or would need escaping in
    an address.
    """
    text = path.removesuffix("/")
    parts = text.split("/") if text else []
    if len(text) > _MOST_LETTERS or not all(map(_is_plain, parts)):
        raise InvalidPath(
            f"The path {path!r} can't be a report's. Use one such as 'pr/123': relative, of "
            "letters, digits and '-_+=@.', no part beginning or ending with a dot."
        )
    return text


def _is_plain(part: str) -> bool:
    return bool(_PART.fullmatch(part)) and not part.endswith(".")


@dataclass(frozen=True, slots=True)
class Report:
    """A report that was published: when (UTC, ISO 8601), its size and a digest of its files.

    `entries` are the files and folders of a report at the root, which others share with it.
    """

    title: str
    published: str
    files: int
    bytes: int
    digest: str
    entries: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Catalogue:
    """The reports of a place by path.

    `index` is the digest of the list of reports at its root, where there is one. `own` is true of
    a branch that holds nothing but reports from its first commit on.
    """

    reports: Mapping[str, Report] = field(default_factory=dict)
    index: str | None = None
    own: bool = False

    def with_report(self, path: str, report: Report) -> Catalogue:
        """The catalogue with one report more, or another at its path."""
        return replace(self, reports={**self.reports, path: report})

    def without(self, paths: tuple[str, ...]) -> Catalogue:
        """The catalogue without some reports."""
        left = {path: one for path, one in self.reports.items() if path not in paths}
        return replace(self, reports=left)

    def around(self, path: str) -> Iterator[str]:
        """The other reports that lie within `path`, or that it lies within; the root is neither."""
        for other in self.reports:
            if other and other != path and (_is_below(other, path) or _is_below(path, other)):
                yield other


def _is_below(path: str, folder: str) -> bool:
    return bool(folder) and path.startswith(f"{folder}/")


def render_catalogue(catalogue: Catalogue) -> bytes:
    """The file that lists the reports; the same for the same reports."""
    reports = {path: asdict(one) for path, one in catalogue.reports.items()}
    document = {
        "generator": _GENERATOR,
        "index": catalogue.index,
        "own": catalogue.own,
        "reports": reports,
    }
    return json.dumps(document, indent=1, sort_keys=True, ensure_ascii=False).encode() + b"\n"


def read_catalogue(content: bytes | None, *, place: str) -> Catalogue:
    """The catalogue in a file, empty where there is none."""
    if content is None:
        return Catalogue()
    try:
        return _parse(json.loads(content))
    except (ValueError, KeyError, TypeError, AttributeError, InvalidPath) as error:
        raise PublishRefused(
            f"The list of reports {CATALOGUE!r} of {place} can't be read. Restore it as it was, or "
            "remove it together with the reports."
        ) from error


def _parse(document: dict[str, Any]) -> Catalogue:
    if document["generator"] != _GENERATOR:
        raise ValueError(document["generator"])
    reports = {
        check_report_path(path): Report(
            str(one["title"]),
            str(one["published"]),
            int(one["files"]),
            int(one["bytes"]),
            str(one["digest"]),
            tuple(check_report_path(str(entry)) for entry in one["entries"]),
        )
        for path, one in document["reports"].items()
    }
    index = document["index"]
    return Catalogue(reports, None if index is None else str(index), document["own"] is True)
