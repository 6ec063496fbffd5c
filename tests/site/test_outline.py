"""JSON as an outline to fold."""

from __future__ import annotations

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.site.outline import MAX_CHILDREN, Node, outline


def tree(document: Any) -> Node:
    found = outline(document)
    assert found is not None
    return found


def test_containers_say_what_they_hold_and_values_stand_as_written() -> None:
    root = tree({"a": {"b": None, "c": [1, 2.5, "x"]}, "d": True, "e": []})
    assert (root.text, root.unfolded) == ("3 keys", True)
    inner, flag, nothing = root.children
    assert (inner.key, inner.text, inner.kind) == ("a", "2 keys", "container")
    assert [child.text for child in inner.children] == ["null", '[1, 2.5, "x"]']
    assert (flag.kind, flag.text, nothing.text) == ("word", "true", "[]")


def test_long_lists_show_their_beginning() -> None:
    root = tree([{"n": number} for number in range(MAX_CHILDREN + 7)])
    assert (len(root.children), root.more, root.text) == (MAX_CHILDREN, 7, "207 items")
    assert root.children[3].key == "3"


@pytest.mark.parametrize(
    "document",
    [
        {str(number): {"a": 1, "b": {}} for number in range(2000)},
        [[str(number) * 9] * 190 for number in range(190)],
    ],
)
def test_what_is_too_large_is_no_outline(document: Any) -> None:
    if isinstance(document, dict):
        document = [document] * 20
    assert outline(document) is None


def test_what_is_too_deep_is_no_outline() -> None:
    document: Any = {"x": 1}
    for _ in range(30):
        document = {"x": document}
    assert outline(document) is None


def test_texts_are_cut_and_cleaned() -> None:
    root = tree({"\u202ekey": "y" * 5000})
    (child,) = root.children
    assert child.key == "⟨U+202E⟩key"
    assert len(child.text) == 2001


JSON = st.recursive(
    st.none() | st.booleans() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text(), inner, max_size=4),
)


@given(JSON)
def test_any_document_has_an_outline_that_can_be_written(document: Any) -> None:
    def check(node: Node) -> None:
        (node.text + (node.key or "")).encode()
        for child in node.children:
            check(child)

    found = outline(document)
    if found is not None:
        check(found)
