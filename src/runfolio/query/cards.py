"""The model card of a registered version, from the run that made it and the files it kept."""

from __future__ import annotations

from collections.abc import Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from runfolio.errors import ModelNotFound, ModelUnreadable, RunNotFound
from runfolio.models.calls import EXAMPLE_FILES, read_example
from runfolio.models.card import write_card
from runfolio.models.card_facts import CardFacts, CardInput, CardRun
from runfolio.models.kept import KeptModel, find_kept
from runfolio.models.naming import VersionName, find_model, find_version
from runfolio.query.runs import RunRecord, find_runs
from runfolio.schema import SYSTEM_PREFIX
from runfolio.store.layout import StorePath, locate_store
from runfolio.store.opening import open_store
from runfolio.store.registry import ModelVersion, RegisteredModel, read_registry
from runfolio.store.single import read_run

if TYPE_CHECKING:
    from runfolio.models.description import ModelDescription
    from runfolio.store import StoreTables

_REQUIREMENTS: Final = "requirements.txt"


def model_card(
    name: str, version: VersionName = "latest", *, store: StorePath | None = None
) -> str:
    """The model card of a version (a number, an alias or "latest") in the format of Hugging Face.

    That is YAML for machines and Markdown for people: signature, example, metrics, parameters,
    data, environment, and where the model comes from. What can't be read is left out. Raises
    `ModelNotFound`.
    """
    return write_card(read_card_facts(name, version, store=store))


def read_card_facts(
    name: str, version: VersionName = "latest", *, store: StorePath | None = None
) -> CardFacts:
    """What `model_card` tells, as plain facts."""
    place = locate_store(store)
    model = find_model(read_registry(open_store(place, "overview")), name, place)
    return _gather(place, model, find_version(model, version))


def _gather(place: Path | str, model: RegisteredModel, version: ModelVersion) -> CardFacts:
    if version.run_id is None:
        return card_facts(model, version)
    try:
        tables = read_run(version.run_id, store=place).tables
    except RunNotFound:
        return card_facts(model, version)
    (run,) = find_runs(tables)
    told = describe_run(run, last_values(tables))
    try:
        kept = find_kept(place, version.run_id, tables.artifacts, version.path)
    except ModelNotFound:
        return card_facts(model, version, run=told)
    return card_facts(model, version, run=told, kept=kept)


def card_facts(
    model: RegisteredModel,
    version: ModelVersion,
    *,
    run: CardRun | None = None,
    kept: KeptModel | None = None,
) -> CardFacts:
    """The facts for the card of a version; of the files that can't be read nothing is told."""
    return CardFacts(
        name=model.name,
        version=version.number,
        aliases=version.aliases,
        notes=tuple(note for note in (model.note, version.note) if note),
        tags={**model.tags, **version.tags},
        digest=version.digest,
        time=version.time,
        user=version.user,
        source=version.source,
        run=run,
        **(_read_files(kept) if kept is not None else {}),
    )


def _read_files(kept: KeptModel) -> dict[str, Any]:
    description = _describe(kept)
    names = [*EXAMPLE_FILES, description.example if description is not None else None]
    examples = (read_example(content) for name in names if name and (content := _read(kept, name)))
    requirements = _read(kept, _REQUIREMENTS).decode(errors="replace").splitlines()
    return {
        "description": description,
        "size": kept.size,
        "requirements": tuple(line for line in requirements if line.strip()),
        "example": next((one for one in examples if one is not None), None),
    }


def _describe(kept: KeptModel) -> ModelDescription | None:
    try:
        return kept.describe()
    except ModelUnreadable:
        return None


def _read(kept: KeptModel, name: str) -> bytes:
    try:
        return kept.read(name) or b""
    except ModelUnreadable:
        return b""


def describe_run(run: RunRecord, metrics: Mapping[str, float]) -> CardRun:
    """What a card says of a run; measurements of the machine are left out."""
    shown = {key: one for key, one in metrics.items() if not key.startswith(SYSTEM_PREFIX)}
    inputs = (CardInput(one.name, one.digest, one.source, one.context) for one in run.inputs)
    return CardRun(
        id=run.id,
        name=run.name,
        experiment=run.experiment,
        params=run.param_texts,
        metrics=shown,
        inputs=tuple(inputs),
        commit=_text(run.context.get("git_commit")),
        source=_text(run.context.get("source")),
    )


def last_values(tables: StoreTables) -> dict[str, float]:
    """The last value of each metric of a single run."""
    columns = (tables.summaries[name].to_pylist() for name in ("key", "last"))
    return dict(zip(*columns, strict=True))


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
