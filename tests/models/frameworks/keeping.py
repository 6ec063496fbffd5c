"""What programs with the frameworks use: keeping models and their answers, looking at files.

They run in an environment without pytest.
"""

from __future__ import annotations

import io
import pickle
import pickletools
import zipfile
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from runfolio.documents import read_yaml, write_yaml
from runfolio.errors import RunfolioError
from runfolio.models.loading import LoadedModel, load_model
from runfolio.models.saving import save_model


def keep(model: Any, folder: Path, *data: Any, trust: bool = False, **options: Any) -> LoadedModel:
    """Save a model, load it, and keep what it answers beside its folder, for MLflow to agree."""
    save_model(model, folder, **options)
    loaded = load_model(folder, trust=trust)
    remember(loaded, folder, *data)
    return loaded


def remember(loaded: LoadedModel, folder: Path, *data: Any, **params: Any) -> list[Any]:
    """Keep what a model answers to each of some data, and return it."""
    cases = [(one, params or None, loaded.predict(one, params or None)) for one in data]
    Path(f"{folder}.cases").write_bytes(pickle.dumps(cases))
    return [answer for _, _, answer in cases]


def refused(action: Callable[[], Any]) -> str:
    """The error of an action, which has to have one line: its class and message."""
    try:
        action()
    except RunfolioError as error:
        said = f"{type(error).__name__}: {error}"
    else:
        raise AssertionError("nothing was refused")
    assert "\n" not in said, said
    return said


def damage(folder: Path, file: str) -> list[str]:
    """What loading says of a model when a file is cut, empty, something else, or gone.

    The checksums that would tell so are left out, as in a model that MLflow saved.
    """
    forget_checksums(folder)
    path = folder / file
    whole = path.read_bytes()
    said = []
    for content in (whole[: len(whole) // 2], b"", b"something else" * 20):
        path.write_bytes(content)
        said.append(refused(lambda: load_model(folder, trust=True)))
    path.unlink()
    said.append(refused(lambda: load_model(folder, trust=True)))
    path.write_bytes(whole)
    load_model(folder, trust=True)
    return said


def forget_checksums(folder: Path) -> None:
    """Take out of an ``MLmodel`` file what Runfolio adds."""
    document = read_yaml(folder / "MLmodel")
    document.pop("metadata", None)
    (folder / "MLmodel").write_text(write_yaml(document))


def find_pickles(folder: Path) -> list[str]:
    """The files of a folder, and of ZIP files in it, that are pickles."""
    paths = (one for one in sorted(folder.rglob("*")) if one.is_file() and one.suffix != ".cases")
    named = ((one.relative_to(folder).as_posix(), one.read_bytes()) for one in paths)
    return [name for path, content in named for name in _pickles(path, content)]


def _pickles(name: str, content: bytes) -> Iterator[str]:
    if zipfile.is_zipfile(io.BytesIO(content)):
        with zipfile.ZipFile(io.BytesIO(content)) as archive:
            for one in archive.namelist():
                yield from _pickles(f"{name}:{one}", archive.read(one))
        return
    try:
        found = {opcode.name for opcode, _, _ in pickletools.genops(content)}
    except Exception:  # noqa: BLE001 - no pickle
        return
    if found & {"PROTO", "GLOBAL", "STACK_GLOBAL", "REDUCE"}:
        yield name


class Evil:
    """Makes a file when it is unpickled."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def __reduce__(self) -> tuple[Any, ...]:
        return Path.touch, (self.path,)
