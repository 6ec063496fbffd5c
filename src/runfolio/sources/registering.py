"""What an import says of registered models: only what is new, and nothing that was said here.

An edit of an import is marked as such. What an import said of a version follows its tool, since
nobody else's import speaks of that version; so do aliases, as long as they lead to one of its
versions. What was said otherwise stays as it is, and so do models and versions that were deleted.
"""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final

from runfolio.sources.models import SaidModel
from runfolio.store.edits import Edit, write_edit
from runfolio.store.registry import MODEL, VERSION

IMPORTED: Final = "imported"
"""What an import says of a model holds, by this key, the kind of the tool it came from."""


@dataclass(frozen=True, slots=True)
class _Word:
    """The newest value of a key, and whether an import said so."""

    value: Any
    imported: bool


Words = dict[str, _Word]
Follows = Callable[[_Word], bool]
"""Whether what an import said before follows its tool."""


@dataclass(slots=True)
class _Subject:
    """What was said of one model or version, key by key."""

    values: Words = field(default_factory=dict)
    tags: Words = field(default_factory=dict)
    aliases: Words = field(default_factory=dict)

    def take(self, changes: Mapping[str, Any]) -> None:
        rest, imported = dict(changes), IMPORTED in changes
        for key, words in (("tags", self.tags), ("aliases", self.aliases)):
            told = rest.pop(key, None)
            if isinstance(told, dict):
                words.update({one: _Word(value, imported) for one, value in told.items()})
        self.values.update({key: _Word(value, imported) for key, value in rest.items()})

    def says(self, key: str) -> Any:
        word = self.values.get(key)
        return None if word is None else word.value


class Registering:
    """Adds models to the store at a place, in which `edits` were said before, the oldest first."""

    def __init__(self, place: Path | str, kind: str, edits: Iterable[Edit]) -> None:
        self._place = place
        self._kind = kind
        self._subjects: dict[tuple[str, str], _Subject] = {}
        for edit in edits:
            if edit.kind in (MODEL, VERSION):
                self._of(edit).take(edit.changes)

    def add(self, said: SaidModel) -> int:
        """Say what is new of a model and its versions; return the number of new versions."""
        subject = self._of(said.model)
        if subject.says("deleted") is True:
            return 0
        added = sum([self._add_version(edit) for edit in said.versions])

        def leads_back(word: _Word) -> bool:
            return word.value in said.known

        self._write(said.model, _find_news(said.model, subject, _never, leads_back))
        return added

    def _add_version(self, edit: Edit) -> bool:
        subject = self._of(edit)
        is_new = subject.says("model") is None
        gone = edit.changes.get("deleted") is True
        if subject.says("deleted") is True or (gone and (is_new or "deleted" in subject.values)):
            return False
        self._write(edit, edit.changes if gone else _find_news(edit, subject, _always, _never))
        return is_new

    def _of(self, edit: Edit) -> _Subject:
        return self._subjects.setdefault((edit.kind, edit.name), _Subject())

    def _write(self, edit: Edit, changes: Mapping[str, Any]) -> None:
        if changes:
            told = {**changes, IMPORTED: self._kind}
            write_edit(self._place, Edit(time.time_ns() // 1000, edit.kind, edit.name, told))


def _always(_: _Word) -> bool:
    return True


def _never(_: _Word) -> bool:
    return False


def _find_news(
    edit: Edit, subject: _Subject, follows: Follows, alias_follows: Follows
) -> dict[str, Any]:
    """What an edit says that is to be said now."""
    rest = dict(edit.changes)
    tags = _find_changes(rest.pop("tags", {}), subject.tags, follows)
    aliases = _find_changes(rest.pop("aliases", {}), subject.aliases, alias_follows)
    news = {
        key: value
        for key, value in _find_changes(rest, subject.values, follows).items()
        if value is not None or key == "note"
    }
    return news | ({"tags": tags} if tags else {}) | ({"aliases": aliases} if aliases else {})


def _find_changes(said: Mapping[str, Any], words: Words, follows: Follows) -> dict[str, Any]:
    """The values of keys that are new or follow, None where their tool has them no more."""
    fresh = {key: value for key, value in said.items() if key not in words}
    changed = {
        key: said.get(key)
        for key, word in words.items()
        if word.imported and word.value != said.get(key) and follows(word)
    }
    return fresh | changed
