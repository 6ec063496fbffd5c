"""W&B's artifacts: files with a name, which a run keeps in numbered versions."""

from __future__ import annotations

import os
import shutil
import tempfile
import weakref
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import IO, Any, Self

from runfolio.compat.wandb.places import At
from runfolio.compat.wandb.refusals import refuse
from runfolio.errors import InvalidPath
from runfolio.tracking.run import Run

FilePath = str | os.PathLike[str]


class Artifact:
    """Files that belong together; `log_artifact` keeps them in ``NAME/v0``, ``v1`` and so on."""

    def __init__(
        self,
        name: str,
        type: str,
        description: str | None = None,
        metadata: Mapping[str, Any] | None = None,
        **options: Any,
    ) -> None:
        self.name = name
        self.type = type
        self.description = description
        self.metadata = dict(metadata or {})
        self.aliases: list[str] = []
        self.version: str | None = None
        self._files: dict[str, Path] = {}
        self._objects: dict[str, Any] = {}

    def add_file(self, local_path: FilePath, name: str | None = None, **options: Any) -> Self:
        """Add a file, under its own name or `name`."""
        path = Path(local_path)
        if not path.is_file():
            raise InvalidPath(f"No file at {str(local_path)!r} to add. Check the path.")
        self._files[name or path.name] = path.absolute()
        return self

    def add_dir(self, local_path: FilePath, name: str | None = None, **options: Any) -> None:
        """Add all files in a folder, at the top or below `name`."""
        folder = Path(local_path)
        if not folder.is_dir():
            raise InvalidPath(f"No folder at {str(local_path)!r} to add. Check the path.")
        for path in sorted(one for one in folder.rglob("*") if one.is_file()):
            inside = path.relative_to(folder).as_posix()
            self.add_file(path, f"{name}/{inside}" if name else inside)

    @contextmanager
    def new_file(
        self, name: str, mode: str = "x", encoding: str | None = None
    ) -> Iterator[IO[Any]]:
        """Open a new file of the artifact to write to."""
        folder = tempfile.mkdtemp(prefix="runfolio-artifact-")
        weakref.finalize(self, shutil.rmtree, folder, ignore_errors=True)
        path = Path(folder) / Path(name).name
        with path.open(mode, encoding=encoding) as file:
            yield file
        self._files[name] = path

    def add(self, obj: Any, name: str, **options: Any) -> Any:
        """Add a table, a picture or the like."""
        if not hasattr(obj, "keep"):
            raise refuse(f"Artifact.add({type(obj).__name__})", "Write it to a file and add that.")
        self._objects[name] = obj
        return obj

    def add_reference(self, uri: Any, *unused: Any, **options: Any) -> None:
        """Refuse: what lies elsewhere is not kept."""
        raise refuse("Artifact.add_reference", f"Log its address with log_input: {str(uri)!r}.")

    def wait(self, timeout: int | None = None) -> Self:
        """Return at once: what is logged is kept."""
        return self

    def keep_in(self, run: Run, aliases: Sequence[str]) -> None:
        """Keep the files in a folder of their own, with what is known of them."""
        self.aliases = list(aliases)
        folder = self._choose_folder(run)
        for name, path in self._files.items():
            with _named(path, name) as source:
                above = name.rpartition("/")[0]
                run.log_artifact(source, f"{folder}/{above}" if above else folder)
        for name, one in self._objects.items():
            one.keep(At(run, f"{folder}/{name}", 0))
        said = {"name": self.name, "type": self.type, "version": self.version}
        more = {"description": self.description, "aliases": self.aliases}
        run.log_dict(said | more | {"metadata": self.metadata}, f"{folder}/artifact.json")

    def _choose_folder(self, run: Run) -> str:
        number = 0
        while (run.folder / "artifacts" / self.name / f"v{number}").exists():
            number += 1
        self.version = f"v{number}"
        return f"{self.name}/{self.version}"


@contextmanager
def _named(path: Path, name: str) -> Iterator[Path]:
    """The path of the file, or of a copy called as the last part of `name`."""
    wanted = name.rpartition("/")[2]
    if path.name == wanted:
        yield path
        return
    with tempfile.TemporaryDirectory(prefix="runfolio-artifact-") as folder:
        yield Path(shutil.copyfile(path, Path(folder) / wanted))
