"""List what Runfolio needs, with its licences: ``python -m tests.environment.licences``.

Read from the metadata of what is installed, for the project with all extras that are pinned, and
from the list of the browser libraries that are shipped. A package whose licence isn't known, or is
none of `ALLOWED`, ends this with code 1.
"""

from __future__ import annotations

import json
import re
import sys
from dataclasses import dataclass
from importlib.metadata import PackageNotFoundError, distribution

from packaging.requirements import Requirement

from tests.environment.pins import Pin, parse_pins, select_pins
from tests.environment.tools import ROOT

ALLOWED = frozenset(
    {
        *("MIT", "MIT-0", "MIT-CMU", "ISC", "0BSD", "Zlib", "BSD", "BSD-2-Clause", "BSD-3-Clause"),
        *("Apache-2.0", "PSF-2.0", "MPL-2.0", "ZPL-2.1", "CC0-1.0"),
    }
)
"""Licences under which anyone may use a dependency beside code of any licence."""

KNOWN = {
    "aim-ui": "Apache-2.0",  # the pages of aim, whose licence it has; its metadata says nothing
    "skops": "MIT",  # its metadata has the text alone
}
"""Licences of packages whose metadata names none."""

CLASSIFIERS = {
    "MIT License": "MIT",
    "BSD License": "BSD",
    "Apache Software License": "Apache-2.0",
    "Python Software Foundation License": "PSF-2.0",
    "Mozilla Public License 2.0 (MPL 2.0)": "MPL-2.0",
    "ISC License (ISCL)": "ISC",
}
SPELLINGS = {
    "Apache License 2.0": "Apache-2.0",
    "Apache License, Version 2.0": "Apache-2.0",
    "Apache 2.0": "Apache-2.0",
}
VENDORED = ROOT / "templates" / "assets" / "vendor" / "vendor.json"
FIELDS = ("License-Expression", "License")
MISSING = "not installed here"
NONE = "no licence"


@dataclass(frozen=True, slots=True)
class Dependency:
    """A package that Runfolio needs, alone or with an extra."""

    name: str
    version: str
    licence: str


def main() -> int:
    """Print a line for each dependency; return an exit code."""
    dependencies = list_dependencies((ROOT / "constraints.txt").read_text(encoding="utf-8"))
    dependencies += list_vendored(VENDORED.read_text(encoding="utf-8"))
    refused = [one for one in dependencies if not is_allowed(one.licence)]
    width = max(len(f"{one.name} {one.version}") for one in dependencies)
    for one in dependencies:
        mark = "  <- not among those allowed" if one in refused else ""
        print(f"{f'{one.name} {one.version}':{width}}  {one.licence}{mark}")
    return int(bool(refused))


def list_dependencies(constraints: str) -> list[Dependency]:
    """Every pinned package that the project or one of its extras needs, in the pins' order."""
    return [_describe(pin) for pin in parse_pins(select_pins(constraints, []))]


def list_vendored(text: str) -> list[Dependency]:
    """The packages that the shipped browser libraries were made of."""
    libraries = json.loads(text)["libraries"]
    packages = [package for library in libraries for package in library["sources"]]
    return [Dependency(one["name"], one["version"], one["licence"]) for one in packages]


def _describe(pin: Pin) -> Dependency:
    requirement = Requirement(pin.lines[0].rstrip(" \\"))
    version = str(requirement.specifier).removeprefix("==")
    try:
        metadata = distribution(pin.name).metadata
    except PackageNotFoundError:
        needed = requirement.marker is None or requirement.marker.evaluate()
        return Dependency(pin.name, version, NONE if needed else MISSING)
    expression, text = ((metadata.get_all(one) or [None])[0] for one in FIELDS)
    licence = read_licence(expression, text, metadata.get_all("Classifier") or [])
    return Dependency(pin.name, version, KNOWN.get(pin.name, licence))


def read_licence(expression: str | None, text: str | None, classifiers: list[str]) -> str:
    """The licence that a package's metadata tells; of several classifiers, each binds."""
    if expression:
        return expression
    names = [one.rpartition(" :: ")[2] for one in classifiers if one.startswith("License :: ")]
    told = [CLASSIFIERS.get(one, one) for one in names if one != "OSI Approved"]
    if told:
        return " AND ".join(told)
    text = (text or "").strip()
    named = SPELLINGS.get(text, text)
    return named if named and all(one in ALLOWED for one in _names(named)) else NONE


def is_allowed(licence: str) -> bool:
    """Whether every licence that binds is allowed: one side of an OR, both of an AND."""
    if licence == MISSING:
        return True
    either = re.split(r"\s+OR\s+", licence)
    return any(all(name in ALLOWED for name in _names(one)) for one in either)


def _names(expression: str) -> list[str]:
    return [one.strip("() ") for one in re.split(r"\s+(?:AND|OR)\s+", expression)]


if __name__ == "__main__":
    sys.exit(main())
