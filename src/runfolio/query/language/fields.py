"""Fields as they are written: an entity and a key, quoted or not, or an attribute alone."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

from runfolio.query.language.mistakes import Mistake, nearest
from runfolio.query.language.rules import ATTRIBUTES, DATASET_KEYS, ENTITIES, SYNONYMS
from runfolio.query.language.syntax import AGGREGATES, Field

if TYPE_CHECKING:
    from lark import Token

_QUOTED: Final = re.compile(
    r"""(`(?:``|[^`])*`|'(?:''|\\'|[^'])*'|"(?:""|\\"|[^"])*")(?:\.(.*))?"""
)
_ENTITIES: Final = ("metrics", "params", "tags", "attributes", "datasets")
_ENTITY_WORDS: Final = "metrics, params, tags, attributes or datasets"


def unquote(text: str) -> str:
    """What stands between two quotes, where a doubled quote stands for one."""
    return text[1:-1].replace(text[0] * 2, text[0])


def read_field(token: Token) -> Field:
    """The field that a token names; raises `Mistake` for one that does not exist."""
    if token.type != "PATH":
        name = str(token) if token.type == "WORD" else unquote_name(token)
        return _attribute(token, name)
    word, _, key = token.partition(".")
    entity = ENTITIES.get(word.strip("`"))
    if entity is None:
        raise Mistake(_place(token), token, f"{_ENTITY_WORDS} before the dot", _guess_entity(token))
    if entity == "metric":
        return _metric(token, key)
    name = _plain_key(token, key)
    if entity == "attribute":
        return _attribute(token, name)
    if entity == "dataset" and name not in DATASET_KEYS:
        raise Mistake(_place(token), token, "datasets.name, datasets.digest or datasets.context")
    return Field(entity, name)


def unquote_name(quoted: str) -> str:
    """A name out of its quotes. As in MLflow, backticks inside other quotes go as well."""
    name = unquote(quoted)
    ticked = quoted[0] != "`" and len(name) > 1 and name[0] == name[-1] == "`"
    return name[1:-1] if ticked else name


def _metric(token: Token, key: str) -> Field:
    quoted = _QUOTED.fullmatch(key)
    if quoted is None:
        name, _, last = key.rpartition(".")
        return Field("metric", name, last) if name and last in AGGREGATES else Field("metric", key)
    name, aggregate = unquote_name(quoted[1]), quoted[2]
    if aggregate is None:
        return Field("metric", _check_key(token, name))
    if aggregate not in AGGREGATES:
        expected = f"one of {', '.join(AGGREGATES)} after the quoted name"
        hint = f"A name with a dot is quoted as a whole: metrics.`{name}.{aggregate}`."
        raise Mistake(_place(token) + len(token) - len(aggregate), aggregate, expected, hint)
    return Field("metric", _check_key(token, name), aggregate, quoted=True)


def _plain_key(token: Token, key: str) -> str:
    quoted = _QUOTED.fullmatch(key)
    if quoted is None:
        return key
    if quoted[2] is not None:
        place = _place(token) + len(token) - len(quoted[2]) - 1
        hint = "A name with a dot is quoted as a whole, dot and all."
        raise Mistake(place, "." + quoted[2], "an operator after the quoted name", hint)
    return _check_key(token, unquote_name(quoted[1]))


def _check_key(token: Token, name: str) -> str:
    if not name:
        raise Mistake(_place(token), token, "a name between the quotes")
    return name


def _attribute(token: Token, name: str) -> Field:
    name = SYNONYMS.get(name, name)
    if name not in ATTRIBUTES:
        raise Mistake(_place(token), token, "an attribute of runs", _guess_attribute(token, name))
    return Field("attribute", name)


def _guess_attribute(token: Token, name: str) -> str:
    like = nearest(name, [*ATTRIBUTES, *SYNONYMS])
    if like:
        return f"Did you mean {like}?"
    if token.type == "PATH":
        return f"Attributes are {', '.join(ATTRIBUTES)}."
    entity, _, key = name.partition(".")
    if key and entity in ENTITIES:
        return f"Put only the name in quotes: {entity}.`{key}`."
    key = name if re.fullmatch(r"\w+", name) else f"`{name}`"
    return f"Write metrics.{key} for a metric, params.{key} for a parameter, tags.{key} for a tag."


def _guess_entity(token: Token) -> str:
    word, _, key = token.partition(".")
    like = nearest(word, _ENTITIES)
    if like:
        return f"Did you mean {like}.{key}?"
    return f"Did you mean metrics.{token}?" if len(token) < 40 else ""


def _place(token: Token) -> int:
    return token.start_pos or 0
