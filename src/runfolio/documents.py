"""JSON and YAML files of strangers, read as plain data: nothing in them is executed."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any, Final

import yaml

MAX_DOCUMENT: Final = 64 << 20
"""Bytes of a JSON or YAML file that are read at most."""

MAX_YAML: Final = 1 << 20
"""Bytes of a YAML file that are read at most, which is slow work."""

MAX_VALUES: Final = 200_000
"""Values that a YAML document stands for at most, with its aliases written out."""

_TEXT: Final = 100
"""Characters of a text that count as one more value."""

_MAX_FLOW: Final = 100
"""Brackets within brackets at most: the time that YAML's reader takes for each grows with them."""

_MAX_DIGITS: Final = 1000
"""Signs of a whole number at most; longer ones Python reads, but doesn't write."""


def read_text(path: Path, *, limit: int = MAX_DOCUMENT) -> str:
    """The text of a file, with marks for what is no UTF-8; `ValueError` past `limit` bytes."""
    with path.open("rb") as file:
        content = file.read(limit + 1)
    if len(content) > limit:
        raise ValueError(f"it has more than {limit:,} bytes")
    return content.decode("utf-8-sig", errors="replace")


def read_json(path: Path) -> Any:
    """The content of a JSON file; NaN and Infinity are numbers. Raises `ValueError`."""
    return parse_json(read_text(path))


def parse_json(text: str | bytes) -> Any:
    """What a JSON text holds; raises `ValueError` for what is none, too deep ones included."""
    try:
        return json.loads(text)
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def read_yaml(path: Path) -> Any:
    """The content of a YAML file as plain data; raises `ValueError`.

    Tags that would make Python objects give their plain content. A document whose aliases make it
    much larger than its text is refused.
    """
    return parse_yaml(read_text(path, limit=MAX_YAML))


def parse_yaml(text: str) -> Any:
    """What a YAML text holds, as `read_yaml` does."""
    try:
        loader = _PlainLoader(text)
        node = loader.get_single_node()
        if node is None:
            return None
        _measure(node, {})
        return loader.construct_document(node)
    except yaml.YAMLError as error:
        raise ValueError(_say_mistake(error)) from None
    except RecursionError:
        raise ValueError("it is nested too deeply") from None
    except (
        TypeError,
        AttributeError,
        LookupError,
        OverflowError,
    ) as error:  # a date of no calendar, say
        raise ValueError(f"a value can't be read: {error}") from None


def _say_mistake(error: yaml.YAMLError) -> str:
    """What is wrong in a YAML text, and in which line, without the text itself."""
    if isinstance(error, yaml.MarkedYAMLError) and error.problem_mark is not None:
        return f"line {error.problem_mark.line + 1}: {error.problem or error.context}"
    return " ".join(str(error).split())


def _measure(node: yaml.Node, known: dict[int, int]) -> int:
    """How many values a node stands for with its aliases written out; raises past a limit."""
    if id(node) in known:
        return known[id(node)]
    known[id(node)] = MAX_VALUES + 1  # met again inside itself, it would have no end
    size = 1 + (len(node.value) // _TEXT if isinstance(node, yaml.ScalarNode) else 0)
    if isinstance(node, yaml.MappingNode):
        size += sum(_measure(key, known) + _measure(value, known) for key, value in node.value)
    elif isinstance(node, yaml.SequenceNode):
        size += sum(_measure(item, known) for item in node.value)
    if size > MAX_VALUES:
        raise ValueError(f"it stands for more than {MAX_VALUES:,} values")
    known[id(node)] = size
    return size


class _PlainLoader(yaml.SafeLoader):
    """Makes plain data of everything, whatever type a tag asks for."""

    flow_level: int  # of the reader it inherits from

    def fetch_flow_collection_start(self, token: type[yaml.Token]) -> None:
        if self.flow_level >= _MAX_FLOW:
            raise ValueError("it is nested too deeply")
        super().fetch_flow_collection_start(token)


def _plain(loader: yaml.SafeLoader, suffix: str, node: yaml.Node) -> Any:  # noqa: ARG001
    if isinstance(node, yaml.MappingNode):
        return loader.construct_mapping(node, deep=True)
    if isinstance(node, yaml.SequenceNode):
        return loader.construct_sequence(node, deep=True)
    return loader.construct_scalar(node)  # type: ignore[arg-type]


def _whole(loader: yaml.SafeLoader, node: yaml.ScalarNode) -> Any:
    if len(node.value) > _MAX_DIGITS:
        raise ValueError(f"a number has more than {_MAX_DIGITS:,} digits")
    return loader.construct_yaml_int(node)


_PlainLoader.add_multi_constructor("", _plain)
_PlainLoader.add_constructor("tag:yaml.org,2002:int", _whole)


def write_yaml(document: Any) -> str:
    """Plain data as YAML, keys in their order."""
    return yaml.safe_dump(document, sort_keys=False, allow_unicode=True)


def flatten(value: Any, prefix: str = "", *, separator: str = ".") -> dict[str, Any]:
    """Nested dicts as one, with their keys joined; lists and empty dicts stay as they are.

    Raises `ValueError` where they are nested too deeply.
    """
    try:
        return dict(_leaves(value, prefix, separator))
    except RecursionError:
        raise ValueError("it is nested too deeply") from None


def _leaves(value: Any, prefix: str, separator: str) -> Iterator[tuple[str, Any]]:
    if not isinstance(value, dict) or (prefix and not value):
        if prefix:
            yield prefix, value
        return
    for key, inner in value.items():
        yield from _leaves(inner, f"{prefix}{separator}{key}" if prefix else str(key), separator)


def microseconds(moment: Any) -> int | None:
    """Microseconds since 1970 of a datetime or ISO text, UTC where it names no zone, else None."""
    if isinstance(moment, str):
        try:
            moment = datetime.fromisoformat(moment)
        except ValueError:
            return None
    if not isinstance(moment, datetime):
        return None
    aware = moment if moment.tzinfo is not None else moment.replace(tzinfo=UTC)
    return round(aware.timestamp() * 1e6)
