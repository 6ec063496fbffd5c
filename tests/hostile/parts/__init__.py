"""The hostile corpus, a module for each kind of content; `write_all` makes the whole of it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import replace
from typing import Final

from tests.hostile.cases import CANARY, Case, Ground
from tests.hostile.parts import archives, documents, paths, secrets, sizes, words

Part = Callable[[Ground], Iterable[Case]]

PARTS: Final[dict[str, Part]] = {
    "secrets": secrets.write,
    "words": words.write,
    "paths": paths.write,
    "archives": archives.write,
    "documents": documents.write,
    "sizes": sizes.write,
}


def write_all(ground: Ground) -> Iterator[Case]:
    """Write every part into a folder of its own and give its cases."""
    ground.outside.mkdir(parents=True, exist_ok=True)
    (ground.outside / "canary.txt").write_text(CANARY, encoding="utf-8")
    for name, write in PARTS.items():
        folder = ground.folder / name
        folder.mkdir(parents=True)
        yield from write(replace(ground, folder=folder))
