"""Text to syntax tree: what `filter.lark` reads, with everything checked that it can't check."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import pairwise
from typing import TYPE_CHECKING, Final, cast

from runfolio.errors import InvalidFilter
from runfolio.query.language.fields import read_field
from runfolio.query.language.grammar import parse_tree
from runfolio.query.language.literals import read_values
from runfolio.query.language.mistakes import COMPARISON, Mistake
from runfolio.query.language.rules import PATTERNS, takes_patterns
from runfolio.query.language.syntax import MAX_DEPTH, And, Comparison, Node, Not, Or
from runfolio.schema import check_text

if TYPE_CHECKING:
    from lark import Token, Tree

    Branch = Tree[Token]
    Child = Branch | Token

_SIGNS: Final = {"==": "=", "<>": "!=", "!==": "!=", "=>": ">=", "=<": "<=", "===": "="}
_COMPARATORS: Final = ("=", "!=", "<", "<=", ">", ">=")
_PLAIN: Final = ("compare", "match", "among", "null")


def parse_filter(text: str) -> Node | None:
    """The syntax tree of a filter, or None for an empty one, which every run matches.

    Raises `InvalidFilter` with the column of what can't be read and what was expected there.
    """
    check_text(text, "A filter", "Write one such as metrics.loss < 0.1.")
    if not text.strip():
        return None
    try:
        (tree,) = parse_tree(text, "filter").children
        return _read_filter(_branch(tree))
    except Mistake as mistake:
        raise InvalidFilter(mistake.sentence("The filter"), mistake.column) from None


def _read_filter(disjunction: Branch) -> Node | None:
    """The whole filter: what MLflow reads may have too many or too few ANDs, and be only ANDs."""
    if len(disjunction.children) == 1 and _is_mlflow(_branch(disjunction.children[0])):
        terms = [one for one in _branch(disjunction.children[0]).children if _type(one) != "AND"]
        nodes = tuple(_read_term(_branch(term), 0) for term in terms)
        return And(nodes) if len(nodes) > 1 else next(iter(nodes), None)
    return _read_disjunction(disjunction, 0)


def _is_mlflow(conjunction: Branch) -> bool:
    """Whether MLflow would read comparisons so joined; IS NULL needs an AND before it there.

    After another IS NULL it does not.
    """
    kinds = [_type(one) for one in conjunction.children]
    unjoined = any(
        kind not in ("AND", "null") and next_ == "null" for kind, next_ in pairwise(kinds)
    )
    return not unjoined and {*kinds} <= {"AND", *_PLAIN}


def _read_disjunction(tree: Branch, depth: int) -> Node:
    nodes = tuple(_read_conjunction(_branch(one), depth) for one in tree.children[::2])
    return Or(nodes) if len(nodes) > 1 else nodes[0]


def _read_conjunction(tree: Branch, depth: int) -> Node:
    _check_ands(tree)
    nodes = tuple(_read_term(_branch(one), depth) for one in tree.children[::2])
    return And(nodes) if len(nodes) > 1 else nodes[0]


def _check_ands(tree: Branch) -> None:
    """Raise `Mistake` unless one AND stands between each two terms and nowhere else."""
    for number, child in enumerate(tree.children):
        if number % 2 == 0 and _type(child) == "AND":
            raise Mistake(_place(child), _first(child), COMPARISON)
        if number % 2 == 1 and _type(child) != "AND":
            raise Mistake(_place(child), _first(child), "AND or OR between two comparisons")
    if len(tree.children) % 2 == 0:
        last = tree.children[-1]
        raise Mistake(_place(last), _first(last), f"{COMPARISON} after it")


def _read_term(tree: Branch, depth: int) -> Node:
    if tree.data not in ("negation", "group"):
        return _READERS[tree.data](tree)
    if depth == MAX_DEPTH:
        expected = f"at most {MAX_DEPTH} parentheses and NOTs inside each other"
        raise Mistake(_place(tree), _first(tree), expected)
    inner = _branch(tree.children[1])
    if tree.data == "negation":
        return Not(_read_term(inner, depth + 1))
    return _read_disjunction(inner, depth + 1)


def _read_compare(tree: Branch) -> Comparison:
    field, comparator, value = tree.children
    sign = str(comparator)
    if sign not in _COMPARATORS:
        hint = f"Write {_SIGNS[sign]}." if sign in _SIGNS else ""
        raise Mistake(_place(comparator), sign, "one of =, !=, <, <=, >, >=", hint)
    return _comparison(field, sign, [value])


def _read_words(tree: Branch) -> Comparison:
    """A comparison whose operator is a word or two, and its values what follows."""
    field, *others = tree.children
    words = [_first(one) for one in others if _type(one) in _WORDS]
    operator = " ".join(word.upper() for word in words)
    return _comparison(field, operator, [one for one in others if _type(one) == "literal"], words)


def _comparison(
    name: Child, operator: str, literals: Sequence[Child], words: Sequence[Token] = ()
) -> Comparison:
    field = read_field(_first(name))
    if operator in PATTERNS and not takes_patterns(field):
        hint = "Only texts are matched by patterns."
        raise Mistake(_place(words[0]), operator, "a comparison of numbers", hint)
    return Comparison(field, operator, read_values(field, operator, [*map(_first, literals)]))


def _type(child: Child) -> str:
    """The name of a token's terminal, or of the rule that a tree comes from."""
    return str(getattr(child, "type", None) or cast("Branch", child).data)


def _branch(child: Child) -> Branch:
    return cast("Branch", child)


def _first(child: Child) -> Token:
    """The first token of a tree, or the token itself."""
    while not hasattr(child, "type"):
        child = _branch(child).children[0]
    return cast("Token", child)


def _place(child: Child) -> int:
    return _first(child).start_pos or 0


_WORDS: Final = ("NOT", "LIKE", "ILIKE", "CONTAINS", "BETWEEN", "IN", "IS", "NULL")

_READERS: Final = {
    "compare": _read_compare,
    "match": _read_words,
    "between": _read_words,
    "among": _read_words,
    "null": _read_words,
}
