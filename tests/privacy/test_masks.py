"""Masking lines, values and documents of JSON."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.privacy.masks import Hit, Masks, style_of
from runfolio.privacy.spans import Span, join_spans, mask_spans
from runfolio.privacy.terms import Terms
from tests.privacy.samples import make_key, make_random, make_token

TOKEN = make_token("github", "masks")


def masks(**learnt: str) -> Masks:
    terms = Terms()
    for meaning, text in learnt.items():
        terms.learn(meaning, text)  # type: ignore[arg-type]
    return Masks(terms)


def test_a_private_key_is_masked_line_by_line() -> None:
    key, lines = make_key("here")
    text = f"before\n{key}\nafter it comes more\n"
    masked = masks().mask(text)
    assert not [line for line in lines if line in masked]
    assert masked.count("\n") == text.count("\n")
    assert masked.startswith("before\n")
    assert masked.endswith("after it comes more\n")


def test_a_private_key_without_an_end_is_masked_as_well() -> None:
    key, lines = make_key("cut")
    masked = masks().mask("\n".join(key.split("\n")[:3]))
    assert not [line for line in lines if line in masked]


@pytest.mark.parametrize("sign", ["+", "-", " "])
def test_a_private_key_in_a_diff_is_masked(sign: str) -> None:
    key, lines = make_key("diff")
    masked = masks().mask("\n".join(sign + line for line in key.split("\n")))
    assert not [line for line in lines if line in masked]


def test_files_of_a_diff_have_their_own_style() -> None:
    text = (
        "--- a/x.py\n+++ b/x.py\n+password = config.password\n+token = other_token2\n"
        "--- a/.env\n+++ b/.env\n+password=Tr0ub4dor\n"
    )
    masked = masks().mask(text)
    assert "+token = other_token2\n" in masked
    assert "+password=[redacted]\n" in masked


@pytest.mark.parametrize(
    ("path", "style"),
    [("a.py", "code"), ("x/b.CPP", "code"), ("a.yaml", "config"), ("log", "config")],
)
def test_the_name_of_a_file_tells_how_it_writes_texts(path: str, style: str) -> None:
    assert style_of(path) == style


def test_a_secret_learnt_somewhere_is_masked_everywhere_however_it_is_written() -> None:
    secret = 'p&ss"wörd/42'
    known = masks(secret=secret)
    for text in (
        f"it is {secret}.",
        json.dumps({"x": secret}),
        "p&amp;ss&quot;wörd/42",
        "x=p%26ss%22w%C3%B6rd%2F42",
    ):
        masked = known.mask(text)
        assert "[redacted]" in masked
        assert "42" not in masked


def test_a_short_password_is_masked_only_where_it_stands() -> None:
    known = masks(secret="cat1")
    assert known.mask("password: cat1") == "password: [redacted]"
    assert known.mask("cat1 of the catalogue") == "cat1 of the catalogue"


def test_a_password_that_is_a_word_is_masked_only_where_it_stands() -> None:
    known = masks(secret="required")
    assert known.mask("password: required") == "password: [redacted]"
    assert known.mask("no GPU is required") == "no GPU is required"


@pytest.mark.parametrize(
    ("text", "masked"),
    [
        ("by alice", "by [user]"),
        ("Alice's run", "[user]'s run"),
        ("/data/alice/x", "/data/[user]/x"),
        ("loss_alice", "loss_[user]"),
        ("?u=%2Falice%2F", "?u=%2F[user]%2F"),
        ("malice and alices", "malice and alices"),
        ("alice2", "alice2"),
        ("\x1b[32malice\x1b[0m", "\x1b[32m[user]\x1b[0m"),
    ],
)
def test_a_user_is_masked_as_a_word_of_its_own(text: str, masked: str) -> None:
    assert masks(user="alice").mask(text) == masked


@pytest.mark.parametrize("name", ["root", "ubuntu", "max", "al", "runner", "1000"])
def test_names_that_are_anybodys_are_not_sought(name: str) -> None:
    assert len(masks(user=name).terms) == 0


def test_a_machine_is_known_by_its_short_name_too() -> None:
    known = masks(host="gpu7.lab.example.edu")
    assert (
        known.mask("gpu7: ok, gpu7.lab.example.edu: ok, gpu77") == "[host]: ok, [host]: ok, gpu77"
    )


def test_the_full_name_of_a_machine_known_by_its_short_one_is_masked_whole() -> None:
    known = masks(host="gpu7")
    assert known.mask("gpu7.lab.example.edu: ok, gpu7.csv") == "[host]: ok, [host].csv"


def test_json_is_masked_by_the_names_of_its_fields() -> None:
    document = {
        "db": {"password": "Tr0ub4dor", "port": 5432},
        "args": ["--token", make_random("t", 20), "--lr", "0.1"],
        "user": "alice",
        "max_tokens": 512,
        "list": [{"api_key": "x9y8z7w6"}],
        "ok": True,
        "nothing": None,
    }
    assert masks().mask_json(document) == {
        "db": {"password": "[redacted]", "port": 5432},
        "args": ["--token", "[redacted]", "--lr", "0.1"],
        "user": "[user]",
        "max_tokens": 512,
        "list": [{"api_key": "[redacted]"}],
        "ok": True,
        "nothing": None,
    }


def test_lines_of_a_notebook_are_looked_at_together() -> None:
    key, lines = make_key("cell")
    source = [*(f"{line}\n" for line in key.split("\n")), "x = 1"]
    masked = masks().mask_json({"source": source})
    assert not [line for line in lines if line in json.dumps(masked)]
    assert masked["source"][-1] == "x = 1"
    assert len(masked["source"]) == len(source)


def test_what_is_found_is_reported_with_its_line_and_never_shown() -> None:
    hits: list[Hit] = []
    masks().mask(f"a\nuse {TOKEN} and {TOKEN}\n", report=hits.append)
    assert [(hit.line, hit.found) for hit in hits] == [(2, TOKEN), (2, TOKEN)]
    assert {hit.shown for hit in hits} == {"use [redacted] and [redacted]"}


JSON = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False) | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text("ab", max_size=3), inner),
    max_leaves=8,
)


@given(document=JSON)
def test_a_document_without_anything_to_hide_stays_as_it_is(document: Any) -> None:
    assert masks().mask_json(document) == document


@given(text=st.text(max_size=60))
def test_masking_twice_is_masking_once(text: str) -> None:
    known = masks(user="alice", secret=TOKEN)
    once = known.mask(f"{text} token={TOKEN} /home/alice/x {text}")
    assert known.mask(once) == once
    assert TOKEN not in once
    assert "alice" not in once


SPANS = st.lists(
    st.tuples(st.integers(0, 20), st.integers(1, 9), st.sampled_from(["secret", "personal"])),
    max_size=6,
)


@given(places=SPANS)
def test_spans_that_overlap_hide_all_that_any_of_them_does(
    places: list[tuple[int, int, Any]],
) -> None:
    text = "".join(chr(0x100 + number) for number in range(40))
    spans = [Span(start, start + length, kind, "rule", "#") for start, length, kind in places]
    masked = mask_spans(text, join_spans(spans))
    hidden = {place for span in spans for place in range(span.start, span.end)}
    assert {one for one in masked if one != "#"} == {
        one for place, one in enumerate(text) if place not in hidden
    }


def test_a_secret_wins_over_what_is_personal() -> None:
    spans = [Span(0, 9, "personal", "a", "~"), Span(3, 5, "secret", "b", "[redacted]")]
    assert [span.rule for span in join_spans(spans)] == ["b"]
