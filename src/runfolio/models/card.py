"""A model card in the format of Hugging Face: facts about one version, as YAML and Markdown.

The card is made of plain facts alone: nothing is read, and nothing is asked of any network.
"""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from typing import Final

from runfolio.models.calls import write_call
from runfolio.models.card_data import card_data
from runfolio.models.card_facts import MOST, CardFacts, some
from runfolio.models.description import PYFUNC, ModelDescription
from runfolio.models.markdown import code_block, one_line, plain, quoted, table
from runfolio.models.signature import Column, Field, Parameter, describe_type

_EPOCH: Final = datetime(1970, 1, 1, tzinfo=UTC)


def write_card(facts: CardFacts) -> str:
    """The card as text: YAML between lines of dashes, then Markdown."""
    parts = [part for part in _write_parts(facts) if part]
    return f"---\n{card_data(facts).to_yaml()}\n---\n\n" + "\n\n".join(parts) + "\n"


def _write_parts(facts: CardFacts) -> Iterator[str]:
    yield f"# {plain(facts.name)}, version {facts.version}"
    yield _introduce(facts)
    yield from (quoted(note) for note in facts.notes if note.strip())
    signature = facts.description.signature if facts.description is not None else None
    yield "## Use it"
    yield code_block(write_call(facts.address, facts.example, signature), "python")
    risk = facts.description.risk if facts.description is not None else None
    if risk is not None:
        yield (
            f"It has to be trusted to be loaded, with `trust=True`, as {plain(risk)}. "
            "Load it only if you trust whoever made it."
        )
    yield from _write_signature(facts)
    yield from _write_results(facts)
    yield from _write_environment(facts)
    yield "## Where it comes from"
    yield table(("what", "value"), _provenance(facts))


def _introduce(facts: CardFacts) -> str:
    kind = facts.description.flavor if facts.description is not None else None
    what = f"A model of the flavour {plain(kind)}" if kind else "A model"
    called = f", called {', '.join(map(plain, facts.aliases))}" if facts.aliases else ""
    unread = "" if facts.description is not None else " Its MLmodel file can't be read."
    return f"{what}: version {facts.version} of {plain(facts.name)}{called}.{unread}"


def _write_signature(facts: CardFacts) -> Iterator[str]:
    signature = facts.description.signature if facts.description is not None else None
    if signature is None:
        return
    if signature.inputs:
        yield "## Input"
        yield table(("name", "type", "required"), map(_describe_input, signature.inputs), MOST)
    if signature.outputs:
        yield "## Output"
        rows = [(one.name or "", describe_type(one)) for one in signature.outputs]
        yield table(("name", "type"), rows, MOST)
    if signature.params:
        yield "## Parameters of predict"
        params = [(one.name, describe_type(one), _default(one)) for one in signature.params]
        yield table(("name", "type", "default"), params, MOST)


def _describe_input(field: Field) -> tuple[str, str, str]:
    required = "no" if isinstance(field, Column) and not field.required else "yes"
    return field.name or "", describe_type(field), required


def _default(parameter: Parameter) -> str:
    return "" if parameter.default is None else repr(parameter.default)


def _write_results(facts: CardFacts) -> Iterator[str]:
    run = facts.run
    if run is None:
        return
    if run.metrics:
        yield "## Metrics"
        rows = [(name, f"{value:.6g}") for name, value in sorted(run.metrics.items())]
        yield table(("metric", "last value"), rows, MOST)
    if run.params:
        yield "## Parameters"
        yield table(("parameter", "value"), sorted(run.params.items()), MOST)
    if run.inputs:
        yield "## Data"
        listed = [(one.name, one.context or "", one.digest, one.source or "") for one in run.inputs]
        yield table(("data set", "used for", "digest", "source"), listed, MOST)


def _write_environment(facts: CardFacts) -> Iterator[str]:
    python = _python_version(facts.description)
    if python is None and not facts.requirements:
        return
    yield "## Environment"
    if python is not None:
        yield f"Python {plain(python)}" + (", and:" if facts.requirements else ".")
    if facts.requirements:
        lines = [one_line(line) for line in facts.requirements[: 2 * MOST]]
        yield code_block("\n".join(lines), "text")


def _python_version(description: ModelDescription | None) -> str | None:
    said = description.flavors.get(PYFUNC, {}).get("python_version") if description else None
    return said if isinstance(said, str) else None


def _provenance(facts: CardFacts) -> Iterator[tuple[str, object]]:
    run = facts.run
    told = (
        ("run", f"{run.name} ({run.id})" if run is not None else None),
        ("experiment", run.experiment if run is not None else None),
        ("commit", run.commit if run is not None else None),
        ("program", run.source if run is not None else None),
        ("source", facts.source),
        ("registered", _moment(facts.time)),
        ("registered by", facts.user),
        ("SHA-256 of the files", facts.digest),
        ("size", f"{facts.size:,} bytes" if facts.size is not None else None),
        *((f"tag {key}", value) for key, value in some(facts.tags)),
    )
    yield from ((key, value) for key, value in told if value)


def _moment(time: int | None) -> str | None:
    try:
        moment = _EPOCH + timedelta(microseconds=time or 0)
    except OverflowError:
        return None
    return f"{moment:%Y-%m-%d %H:%M:%S} UTC" if time is not None else None
