"""Read a package's imports from its source and check them against an architecture."""

from __future__ import annotations

import ast
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Architecture:
    """Ranks of the parts of `package` (a part is its first folder or file), owners of libraries."""

    package: str
    ranks: Mapping[str, int]
    owners: Mapping[str, str | tuple[str, ...]] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Import:
    """One import: the module it stands in, where, and the module it names."""

    module: str
    place: str
    target: str


def find_violations(root: Path, architecture: Architecture) -> list[str]:
    """Everything in the package at `root` that `architecture` forbids, one line for each."""
    modules = find_modules(root, architecture.package)
    imports = [one for name, path in modules.items() for one in read_imports(name, path, modules)]
    steps = [(one, step) for one in imports if (step := _wrong_step(one, architecture))]
    return [
        *(f"{one.place}: {one.module} imports {one.target}: {step}" for one, step in steps),
        *_unranked_parts(modules, architecture),
        *_cycles(imports, modules),
    ]


def find_modules(root: Path, package: str) -> dict[str, Path]:
    """Every module below `root` by its dotted name."""
    modules = {}
    for path in sorted(root.rglob("*.py")):
        parts = [package, *path.relative_to(root).with_suffix("").parts]
        modules[".".join(parts[:-1] if parts[-1] == "__init__" else parts)] = path
    return modules


def read_imports(name: str, path: Path, modules: Mapping[str, Path]) -> Iterator[Import]:
    """All imports of a file: at the top, inside functions and for type checking alike."""
    is_package = path.name == "__init__.py"
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            targets = [alias.name for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            base = _base_of(node, name, is_package=is_package)
            targets = [_target(f"{base}.{alias.name}", base, modules) for alias in node.names]
        else:
            continue
        yield from (Import(name, f"{path}:{node.lineno}", target) for target in targets)


def _base_of(node: ast.ImportFrom, name: str, *, is_package: bool) -> str:
    if not node.level:
        return node.module or ""
    parts = name.split(".")
    parts = parts[: len(parts) - node.level + (1 if is_package else 0)]
    return ".".join([*parts, node.module] if node.module else parts)


def _target(full: str, base: str, modules: Mapping[str, Path]) -> str:
    """What ``from base import name`` names: for our own package the module, else the full name."""
    if base.partition(".")[0] not in {name.partition(".")[0] for name in modules}:
        return full
    return full if full in modules else base


def part_of(module: str) -> str:
    """The part a module belongs to; the package itself is the part ``__init__``."""
    parts = module.split(".")
    return parts[1] if len(parts) > 1 else "__init__"


def _wrong_step(one: Import, architecture: Architecture) -> str | None:
    """Why the import is forbidden, or None."""
    here = part_of(one.module)
    if one.target.partition(".")[0] != architecture.package:
        for library, owner in architecture.owners.items():
            owners = (owner,) if isinstance(owner, str) else owner
            if f"{one.target}.".startswith(f"{library}.") and here not in owners:
                return f"only {' and '.join(map(repr, owners))} may import {library}"
        return None
    there = part_of(one.target)
    low, high = architecture.ranks.get(here), architecture.ranks.get(there)
    if here == there or low is None or high is None or high < low:
        return None
    return f"{here!r} has rank {low} and may not import {there!r} of rank {high}"


def _unranked_parts(modules: Mapping[str, Path], architecture: Architecture) -> list[str]:
    parts = {part_of(module): path for module, path in modules.items()}
    return [
        f"{path}:1: the part {part!r} has no rank; give it one in the architecture"
        for part, path in parts.items()
        if part not in architecture.ranks
    ]


def _cycles(imports: list[Import], modules: Mapping[str, Path]) -> list[str]:
    """Import cycles between modules, each reported once, with the line of its first import."""
    edges: dict[str, dict[str, str]] = {name: {} for name in modules}
    for one in imports:
        if one.target in modules and one.target != one.module:
            edges[one.module].setdefault(one.target, one.place)
    found: list[str] = []
    done: set[str] = set()

    def visit(name: str, trail: list[str]) -> None:
        if name in trail:
            cycle = [*trail[trail.index(name) :], name]
            found.append(f"{edges[cycle[0]][cycle[1]]}: import cycle {' → '.join(cycle)}")
        elif name not in done:
            for target in edges[name]:
                visit(target, [*trail, name])
            done.add(name)

    for name in edges:
        visit(name, [])
    return found
