"""Every regular expression of the package, found by reading its source."""

from __future__ import annotations

import ast
import importlib
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache
from itertools import chain
from pathlib import Path
from types import ModuleType
from typing import Final

SOURCE: Final = Path(__file__).parents[2] / "src"
FUNCTIONS: Final = frozenset(
    {"compile", "match", "search", "fullmatch", "sub", "subn", "split", "findall", "finditer"}
)
METHODS: Final = tuple(sorted(FUNCTIONS - {"compile"}))


@dataclass(frozen=True, slots=True)
class Found:
    """A call of `re`: its module and line, and the expression with the methods it is used with.

    `compiled` is None where the pattern is made from what only a running program has.
    """

    module: str
    line: int
    call: str
    compiled: re.Pattern[str] | re.Pattern[bytes] | None
    methods: tuple[str, ...]

    @property
    def place(self) -> str:
        """Where it stands and what it is."""
        pattern = self.call if self.compiled is None else repr(self.compiled.pattern)
        return f"{self.module}:{self.line} {pattern[:80]}"


@cache
def find_patterns() -> tuple[Found, ...]:
    """All calls of the module `re` in the package that take a pattern."""
    trees = {path: ast.parse(path.read_bytes()) for path in sorted(SOURCE.rglob("*.py"))}
    uses = _uses(trees.values())
    return tuple(one for path, tree in trees.items() for one in _in_module(path, tree, uses))


def _uses(trees: Iterable[ast.Module]) -> dict[str, set[str]]:
    """By each name, what is called on it in these modules."""
    uses: defaultdict[str, set[str]] = defaultdict(set)
    for tree in trees:
        for node in ast.walk(tree):
            if isinstance(node, ast.Attribute) and isinstance(node.value, ast.Name):
                uses[node.value.id].add(node.attr)
    return uses


def _in_module(path: Path, tree: ast.Module, uses: dict[str, set[str]]) -> Iterator[Found]:
    calls = [node for node in ast.walk(tree) if _takes_pattern(node)]
    if not calls:
        return
    name = ".".join(path.relative_to(SOURCE).with_suffix("").parts).removesuffix(".__init__")
    module = importlib.import_module(name)
    names, own = _named(tree), _uses([tree])
    for call in calls:
        assert isinstance(call, ast.Call)
        assert isinstance(call.func, ast.Attribute)
        bound = names.get(call, "")
        known = own if bound.startswith("_") else uses
        used = known[bound] if call.func.attr == "compile" else {call.func.attr}
        # One that is handed on is used as its module uses any.
        any_of_them = chain.from_iterable(own[name] for name in own if name != "re")
        passed = used & set(METHODS) or {*any_of_them} & set(METHODS)
        methods = tuple(sorted(passed)) or METHODS
        yield Found(name, call.lineno, ast.unparse(call), _compile(call, module), methods)


def _takes_pattern(node: ast.AST) -> bool:
    return (
        isinstance(node, ast.Call)
        and isinstance(node.func, ast.Attribute)
        and isinstance(node.func.value, ast.Name)
        and node.func.value.id == "re"
        and node.func.attr in FUNCTIONS
    )


def _named(tree: ast.Module) -> dict[ast.AST, str]:
    """The calls whose result gets a name of its module."""
    names: dict[ast.AST, str] = {}
    for node in tree.body:
        if isinstance(node, ast.AnnAssign) and isinstance(node.target, ast.Name) and node.value:
            names[node.value] = node.target.id
        elif isinstance(node, ast.Assign) and isinstance(node.targets[0], ast.Name):
            names[node.value] = node.targets[0].id
    return names


def _compile(call: ast.Call, module: ModuleType) -> re.Pattern[str] | re.Pattern[bytes] | None:
    """The expression of a call, from what its module holds."""
    flags = [word.value for word in call.keywords if word.arg == "flags"]
    if isinstance(call.func, ast.Attribute) and call.func.attr == "compile":
        flags += call.args[1:]
    try:
        return re.compile(_value(call.args[0], module), *(_value(one, module) for one in flags))
    except NameError:
        return None


def _value(node: ast.expr, module: ModuleType):  # type: ignore[no-untyped-def]
    return eval(compile(ast.Expression(node), module.__name__, "eval"), dict(vars(module)))
