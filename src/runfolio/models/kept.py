"""A model as a run keeps it: a folder of files among its artifacts, in a folder or at an address.

What is read of it is checked: that the run lists the file, with this content, and that it lies
where it should. Nothing is loaded, and at an address only the files that are asked for are fetched.
"""

from __future__ import annotations

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Final

from runfolio.documents import MAX_YAML, parse_yaml
from runfolio.errors import InvalidPath, ModelNotFound, ModelUnreadable
from runfolio.models.description import (
    MLMODEL,
    ModelDescription,
    digest_files,
    files_below,
    find_model_folders,
    parse_description,
)
from runfolio.models.words import name_all
from runfolio.store.artifacts import check_artifact_path
from runfolio.store.files import open_plain
from runfolio.store.layout import is_address, run_folder

if TYPE_CHECKING:
    import pyarrow as pa

DEFAULT: Final = "model"
"""The folder that a model is kept in where nobody says another."""


@dataclass(frozen=True, slots=True)
class KeptModel:
    """The model in the folder `path` of a run's artifacts; `store` is a folder or an address.

    `files` has the size and SHA-256 of each of its files as the run lists them, by path within it.
    """

    store: Path | str
    run_id: str
    path: str
    files: Mapping[str, tuple[int, str]]

    @property
    def digest(self) -> str:
        """The digest of all its files but the ``MLmodel`` file."""
        return digest_files({name: sha256 for name, (_, sha256) in self.files.items()})

    @property
    def size(self) -> int:
        """The bytes of all its files."""
        return sum(size for size, _ in self.files.values())

    def read(self, name: str, *, limit: int = MAX_YAML) -> bytes | None:
        """The content of a file, None where the model has none of that name.

        Raises `ModelUnreadable` where it is larger than `limit` bytes, gone, or not what was kept.
        """
        if name not in self.files:
            return None
        size, sha256 = self.files[name]
        path = f"{self.path}/{name}" if self.path else name
        try:
            if size > limit:
                raise ValueError(f"it has more than {limit:,} bytes")
            content = self._fetch(check_artifact_path(path), size)
            if hashlib.sha256(content).hexdigest() != sha256:
                raise ValueError("it doesn't match its checksum")
        except (OSError, ValueError, InvalidPath) as error:
            reason = (error.strerror if isinstance(error, OSError) else None) or str(error)
            raise ModelUnreadable(
                f"Couldn't read {path!r} of the run {self.run_id!r}: {reason}. "
                "`runfolio verify` names all files that are damaged."
            ) from error
        return content

    def _fetch(self, path: str, size: int) -> bytes:
        if not is_address(self.store):
            root = Path(self.store)
            return _read_inside(root, run_folder(root, self.run_id).artifacts, path, size)
        from runfolio.store.remote import RemoteStore

        content = RemoteStore(self.store).read(f"runs/{self.run_id}/artifacts/{path}")
        if content is None:
            raise ValueError("it is gone")
        return content

    def describe(self) -> ModelDescription:
        """What its ``MLmodel`` file says; raises `ModelUnreadable`."""
        content = self.read(MLMODEL) or b""
        try:
            return parse_description(parse_yaml(content.decode("utf-8-sig", errors="replace")))
        except ValueError as error:
            raise ModelUnreadable(
                f"Couldn't read the model {self.path!r} of the run {self.run_id!r}: {error}. "
                "Log the model again."
            ) from error


def _read_inside(within: Path, folder: Path, path: str, size: int) -> bytes:
    """A byte more than `size` at most of a file; no link from the store on leads anywhere."""
    with open_plain(folder / path, within=within) as opened:
        return opened.read(size + 1)


def find_kept(
    store: Path | str, run_id: str, artifacts: pa.Table, path: str | None = None
) -> KeptModel:
    """The model in a folder of a run's artifacts: by default ``model``, or the only one there is.

    Raises `ModelNotFound` and says which there are.
    """
    folders = find_model_folders(artifacts["path"].to_pylist())
    chosen = _choose(folders, path)
    if chosen is None:
        raise ModelNotFound(_say_missing(run_id, folders, path))
    paths, sizes, sums = (artifacts[one].to_pylist() for one in ("path", "size", "sha256"))
    listed = dict(zip(paths, zip(sizes, sums, strict=True), strict=True))
    return KeptModel(store, run_id, chosen, files_below(listed, chosen))


def _choose(folders: Sequence[str], path: str | None) -> str | None:
    if path is not None:
        wanted = path.strip("/")
        return wanted if wanted in folders else None
    if DEFAULT in folders:
        return DEFAULT
    return folders[0] if len(folders) == 1 else None


def _say_missing(run_id: str, folders: Sequence[str], path: str | None) -> str:
    if not folders:
        return f"The run {run_id!r} has no model. Log one with run.log_model(model)."
    listed = name_all(folders)
    if path is None:
        return f"The run {run_id!r} has several models. Say which with path=…: {listed}."
    return f"The run {run_id!r} has no model in {path!r}. It has {listed}."
