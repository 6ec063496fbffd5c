"""What a page shows of one kept model: what it is, how to call it, what is in it."""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from runfolio.models.calls import write_call
from runfolio.models.description import MLMODEL, PYFUNC
from runfolio.site.artifacts import ESTIMATOR_FILE
from runfolio.site.code import highlight
from runfolio.site.facts import Fact
from runfolio.site.models.folders import REQUIREMENTS
from runfolio.site.models.signatures import view_signature
from runfolio.site.numbers import format_bytes
from runfolio.site.pages import show_moment

if TYPE_CHECKING:
    from markupsafe import Markup

    from runfolio.site.models.entries import Registered
    from runfolio.site.models.estimators import Block
    from runfolio.site.models.folders import KeptModel
    from runfolio.site.models.signatures import FieldTable
    from runfolio.site.pages import Moment

MAX_FILES: Final = 200
MAX_METADATA: Final = 20
_MAX_TEXT: Final = 200


@dataclass(frozen=True, slots=True)
class FilePlace:
    """Where a file is shown and where its copy lies, from the site's root, if it has them."""

    page: str | None
    copy: str | None


NOWHERE: Final = FilePlace(None, None)


@dataclass(frozen=True, slots=True)
class FileRow:
    """A file of a model."""

    path: str
    name: str
    size: str
    place: FilePlace


@dataclass(frozen=True, slots=True)
class ModelCard:
    """One kept model; without facts it can't be read, and `failure` says why.

    `trust` says that loading it could run code. `requirements` are the lines of the packages that
    it needs, `mlmodel` its ``MLmodel`` file.
    """

    path: str
    anchor: str
    address: str
    flavor: str
    size: str
    saved: Moment | None
    failure: str | None
    facts: tuple[Fact, ...]
    metadata: tuple[Fact, ...]
    signature: tuple[FieldTable, ...]
    call: Markup
    trust: bool
    diagram: Block | None
    unseen_diagram: bool
    requirements: str | None
    mlmodel: Markup | None
    files: tuple[FileRow, ...]
    more_files: int
    registered: tuple[Registered, ...]


def view_card(
    kept: KeptModel,
    places: Mapping[str, FilePlace],
    *,
    number: int = 0,
    address: str | None = None,
    registered: Iterable[Registered] = (),
) -> ModelCard:
    """What a page shows of a kept model; `places` are those of its files, by path within it."""
    description = kept.description
    text = kept.read(MLMODEL)
    names = sorted(kept.files)
    return ModelCard(
        path=kept.path,
        anchor=f"model-{number}",
        address=address or kept.address,
        flavor=kept.flavor,
        size=format_bytes(kept.size),
        saved=show_moment(description.created) if description else None,
        failure=kept.failure,
        facts=_facts(kept),
        metadata=_metadata(description.metadata) if description else (),
        signature=view_signature(description.signature) if description else (),
        call=_call(kept, address or kept.address),
        trust=kept.pickled,
        diagram=kept.diagram,
        unseen_diagram=ESTIMATOR_FILE in kept.files and kept.diagram is None,
        requirements=kept.read(REQUIREMENTS),
        mlmodel=highlight(text, language="yaml") if text else None,
        files=tuple(_file(kept, name, places) for name in names[:MAX_FILES]),
        more_files=max(len(names) - MAX_FILES, 0),
        registered=tuple(one for one in registered if one.path == kept.path),
    )


def _call(kept: KeptModel, address: str) -> Markup:
    signature = kept.description.signature if kept.description is not None else None
    return highlight(write_call(address, kept.example, signature), language="python")


def _file(kept: KeptModel, name: str, places: Mapping[str, FilePlace]) -> FileRow:
    base = name.rpartition("/")[2]
    return FileRow(name, base, format_bytes(kept.files[name].size), places.get(name, NOWHERE))


def _facts(kept: KeptModel) -> tuple[Fact, ...]:
    """What is known of a model, in a few lines."""
    description = kept.description
    if description is None:
        return ()
    flavor = description.flavors.get(description.flavor, {})
    pyfunc = description.flavors.get(PYFUNC, {})
    facts = [
        Fact("flavour", " ".join(filter(None, (kept.flavor, _library_version(flavor))))),
        Fact("also loads as", ", ".join(one for one in description.flavors if one != PYFUNC)),
        Fact("format", _text(flavor.get("serialization_format"))),
        Fact("Python", _text(pyfunc.get("python_version"))),
        Fact("saved by", _saved_by(description.ours.get("runfolio_version"), description)),
        Fact("digest", description.digest or "", code=True),
        Fact("model id", description.model_id or "", code=True),
    ]
    alone = len([one for one in description.flavors if one != PYFUNC]) < 2
    return tuple(one for one in facts if one.value and not (alone and one.name == "also loads as"))


def _library_version(flavor: Mapping[str, Any]) -> str:
    """The version of its library, which flavours tell under names of their own."""
    told = (value for key, value in flavor.items() if key.endswith("_version") or key == "version")
    return next((_text(one) for one in told if isinstance(one, str)), "")


def _saved_by(ours: object, description: Any) -> str:
    if isinstance(ours, str):
        return f"Runfolio {_text(ours)}"
    theirs = description.mlflow_version
    return f"MLflow {_text(theirs)}" if theirs else ""


def _metadata(metadata: Mapping[str, Any]) -> tuple[Fact, ...]:
    """What its maker noted, each value on one line."""
    return tuple(
        Fact(_text(key), _text(value if isinstance(value, str) else _json(value)))
        for key, value in list(metadata.items())[:MAX_METADATA]
    )


def _json(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, default=str)


def _text(value: object) -> str:
    text = value if isinstance(value, str) else ""
    return text if len(text) <= _MAX_TEXT else f"{text[: _MAX_TEXT - 1]}…"
