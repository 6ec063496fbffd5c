"""The files of a run that a repetition starts from, as they were kept: the diff and the code."""

from __future__ import annotations

import hashlib
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from runfolio.errors import InvalidPath, NotReproducible
from runfolio.query.runs import Artifact
from runfolio.store.artifacts import check_artifact_path
from runfolio.store.files import read_plain
from runfolio.store.layout import is_address


@dataclass(frozen=True, slots=True)
class KeptCode:
    """The artifacts of kind "code" of one run; `folder` is where they lie, as in its store."""

    run_id: str
    folder: Path | None

    def read(self, artifact: Artifact) -> bytes:
        """The content of a file; raises `NotReproducible` where it isn't what was kept."""
        path = artifact.file if self.folder is None else self.folder / artifact.path
        try:
            content = read_plain(path, within=self.folder or artifact.folder)
        except OSError as error:
            raise self._refuse(artifact, error.strerror or str(error)) from error
        if hashlib.sha256(content).hexdigest() != artifact.sha256:
            raise self._refuse(artifact, "it doesn't match its checksum")
        return content

    def _refuse(self, artifact: Artifact, reason: str) -> NotReproducible:
        return NotReproducible(
            f"Couldn't read {artifact.path!r} of the run {self.run_id!r}: {reason}. "
            "`runfolio verify` names all files that are damaged."
        )

    def unpack(self, files: Iterable[tuple[str, Artifact]], into: Path) -> None:
        """Write files to their paths below a folder, which they can't leave."""
        for name, artifact in files:
            target = into / _checked(name)
            content = self.read(artifact)
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(content)


def _checked(name: str) -> str:
    try:
        return check_artifact_path(name)
    except InvalidPath as error:
        raise NotReproducible(f"The source snapshot is refused: {error}") from error


@contextmanager
def open_code(place: Path | str, run_id: str) -> Iterator[KeptCode]:
    """The code that a run of a store keeps, fetched where the store is an address."""
    if not is_address(place):
        yield KeptCode(run_id, None)
        return
    from runfolio.store.remote import RemoteStore

    remote, under = RemoteStore(place), f"runs/{run_id}/artifacts"
    with tempfile.TemporaryDirectory(prefix="runfolio-code-") as folder:
        remote.fetch(remote.list(f"{under}/code").values(), Path(folder))
        yield KeptCode(run_id, Path(folder, under))
