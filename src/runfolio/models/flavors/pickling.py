"""Pickles by cloudpickle that hold the user's own code, and which modules an object needs."""

from __future__ import annotations

import dis
import os
import pickle
import sys
import sysconfig
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from functools import cache
from pathlib import Path
from types import BuiltinFunctionType, CodeType, FunctionType, ModuleType
from typing import Any, Final

OURS: Final = "runfolio"

_PACKAGES: Final = frozenset({"site-packages", "dist-packages"})
"""What folders of installed packages are called, wherever they lie."""


def dump_with_code(model: Any) -> bytes:
    """Pickle `model`; classes and functions of the script and its neighbours are taken along.

    What is imported from installed packages is kept by name. Where code of a neighbouring module
    can't be taken along, its name is kept as well. Raises `pickle.PicklingError`.
    """
    import cloudpickle

    with suppress(Exception), _by_value():
        return bytes(cloudpickle.dumps(model))
    try:
        return bytes(cloudpickle.dumps(model))
    except Exception as error:  # noqa: BLE001 - a part of it may raise what it likes
        raise pickle.PicklingError(str(error) or type(error).__name__) from None


def find_modules(model: Any) -> frozenset[str]:
    """The names of the modules that unpickling `model` and running its code imports."""
    import cloudpickle
    import numpy as np

    found: set[str] = set()

    class Looking(cloudpickle.Pickler):  # type: ignore[misc]
        def persistent_id(self, one: Any) -> str | None:
            found.update(_modules_of(one))
            if isinstance(one, np.ndarray) and not one.dtype.hasobject:
                found.add("numpy")
                return "array"  # its content says nothing
            return None

    with suppress(Exception), _by_value():
        Looking(_Nowhere()).dump(model)
    return frozenset(found)


def _modules_of(one: Any) -> Iterator[str]:
    if isinstance(one, ModuleType):
        yield one.__name__
    elif isinstance(one, type | FunctionType | BuiltinFunctionType):
        name = getattr(one, "__module__", None)
        if isinstance(name, str):
            yield name
    elif isinstance(one, CodeType):
        steps = dis.get_instructions(one)
        yield from (step.argval for step in steps if step.opname == "IMPORT_NAME" and step.argval)


class _Nowhere:
    """A file that forgets what is written."""

    def write(self, content: bytes) -> int:
        return len(content)


@contextmanager
def _by_value() -> Iterator[None]:
    """Let cloudpickle take along the code of modules that are no installed packages."""
    import cloudpickle

    kept = cloudpickle.list_registry_pickle_by_value()
    # By their names: a module may stand in `sys.modules` under several.
    own = {one.__name__: one for one in list(sys.modules.values()) if _is_own(one)}
    added = [one for name, one in own.items() if name not in kept]
    for one in added:
        cloudpickle.register_pickle_by_value(one)
    try:
        yield
    finally:
        for one in added:
            cloudpickle.unregister_pickle_by_value(one)


def _is_own(module: object) -> bool:
    """Whether a module is a file of the user's: not of Python, a package or Runfolio itself."""
    file = getattr(module, "__file__", None)
    name = getattr(module, "__name__", None)
    if not isinstance(module, ModuleType) or not file or not name or sys.modules.get(name) is None:
        return False
    if name == "__main__" or name.partition(".")[0] == OURS:
        return False
    path = os.path.abspath(file)  # noqa: PTH100 - quick
    # Packages also lie in a user's folder, in Debian's, and in those of a base environment.
    return not path.startswith(_installed()) and _PACKAGES.isdisjoint(Path(path).parts)


@cache
def _installed() -> tuple[str, ...]:
    """Where Python and packages lie, as beginnings of paths."""
    paths = sysconfig.get_paths()
    kinds = ("stdlib", "platstdlib", "purelib", "platlib")
    own = {paths[one] for one in kinds} | {sys.prefix, sys.base_prefix, sys.exec_prefix}
    return tuple(os.path.join(one, "") for one in own)  # noqa: PTH118 - with a slash at the end
