"""Front matter: what is read, and what is wrong with what can't be."""

from __future__ import annotations

import re
from datetime import date

import pytest

from runfolio.site.narrative.front_matter import (
    MAX_ABSTRACT,
    MAX_AUTHORS,
    MAX_TITLE,
    Author,
    FrontMatter,
    Passage,
    split_front_matter,
)


def read(block: str) -> FrontMatter:
    return split_front_matter(f"---\n{block}\n---\ntext\n")[0]


def test_everything_that_can_be_said() -> None:
    front, body = split_front_matter(
        "---\ntitle: Wine  and\n  numbers\nauthors:\n- Ada\n- {name: Bob, affiliation: Here}\n"
        "date: 2026-11-23\nabstract: |\n  One.\n\n  Two.\norder: 2\nlayout: post\n---\n\n# Text\n"
    )
    assert front == FrontMatter(
        title="Wine and numbers",
        authors=(Author("Ada"), Author("Bob", "Here")),
        date=date(2026, 11, 23),
        abstract=Passage("One.\n\nTwo.", 9),
        order=2,
    )
    assert not front.mistakes
    assert body == Passage("\n# Text\n", 15)


def test_a_report_needs_none() -> None:
    assert split_front_matter("# Title\n") == (FrontMatter(), Passage("# Title\n", 1))
    assert split_front_matter("---\n---\nx") == (FrontMatter(), Passage("x", 3))
    assert split_front_matter("text\n\n---\n\nmore\n\n---\n")[1].line == 1


@pytest.mark.parametrize(
    ("block", "authors"),
    [
        ("author: Ada", (Author("Ada"),)),
        ("authors: Ada and Bob", (Author("Ada and Bob"),)),
        ("authors: [Ada, Bob]", (Author("Ada"), Author("Bob"))),
        ("authors: {name: Ada, affiliation: [A, B], orcid: 1}", (Author("Ada", "A; B"),)),
        ("authors: []", ()),
        ("title: x", ()),
    ],
)
def test_authors(block: str, authors: tuple[Author, ...]) -> None:
    front = read(block)
    assert front.authors == authors
    assert not front.mistakes


@pytest.mark.parametrize("said", ["2026-11-23", "'2026-11-23'", "2026-11-23 10:00:00"])
def test_dates(said: str) -> None:
    front = read(f"date: {said}")
    assert front.date == date(2026, 11, 23)
    assert not front.mistakes


def test_a_description_is_an_abstract() -> None:
    assert read("title: x\ndescription: Short.").abstract == Passage("Short.", 3)
    assert read("description: no\nabstract: yes it is").abstract == Passage("yes it is", 3)


@pytest.mark.parametrize(
    ("block", "line", "said"),
    [
        ("title: a: b", 2, r"The front matter is no YAML: .*stand in quotes"),
        ("x: 1\ny: [", 4, "The front matter is no YAML"),
        ('title: "open', 3, r"end of stream\. A quote or a bracket isn't closed\."),
        ("title: \tx", 2, r"Indent with blanks, not with a tab\."),
        ("- a\n- b", 2, "The front matter has lines such as 'title: …'"),
        ("titel: x", 2, "'titel' is not known in the front matter. Did you mean 'title'"),
        ("x: 1\nauthros: x", 3, "'authros' is not known .*mean 'authors'"),
        ("title: [a, b]", 2, "'title' is one text"),
        (f"title: {'x' * (MAX_TITLE + 1)}", 2, "'title' has 301 characters"),
        ("title: x\ndate: soon", 3, "'date' is a date such as 2026-11-23, not 'soon'"),
        ("date: 2026-13-45", 1, "The front matter is no YAML: month must be in"),
        ("authors: [1]", 2, "'authors' is a list of names"),
        ("authors: [{affiliation: x}]", 2, "'authors' is a list of names"),
        ("author: ''", 2, "'author' is a list of names"),
        (f"authors: [{'a,' * (MAX_AUTHORS + 1)}]", 2, "'authors' has 201 entries"),
        ("abstract: [x]", 2, "'abstract' is a text"),
        (f"abstract: {'x' * (MAX_ABSTRACT + 1)}", 2, "'abstract' has 5,001 characters"),
        ("order: first", 2, "'order' is a number, not 'first'"),
        ("order: true", 2, "'order' is a number"),
        ("order: .nan", 2, "'order' is a number"),
        ("title: !!python/object:os.system x\ndate: x", 3, "'date' is a date"),
    ],
)
def test_mistakes_name_their_line(block: str, line: int, said: str) -> None:
    (mistake,) = read(block).mistakes
    assert mistake.line == line
    assert re.search(said, str(mistake)), str(mistake)


def test_one_mistake_leaves_the_rest() -> None:
    front = read("title: Kept\ndate: x\norder: y")
    assert front.title == "Kept"
    assert [one.line for one in front.mistakes] == [3, 4]


def test_front_matter_without_an_end() -> None:
    front, body = split_front_matter("---\ntitle: x\n\ntext\n")
    (mistake,) = front.mistakes
    assert (mistake.line, str(mistake)[:30]) == (1, "The front matter has no end: p")
    assert body.line == 1
    assert not split_front_matter("---\n\nA paragraph between rules: this.\n")[0].mistakes


def test_what_aliases_make_large_is_told_in_short() -> None:
    levels = [
        f"{b}: &{b} [*{a},*{a},*{a},*{a},*{a},*{a}]" for a, b in zip("abcde", "bcdef", strict=True)
    ]
    front = read("\n".join(["a: &a [x]", *levels, "title: *f"]))
    (mistake,) = front.mistakes
    assert mistake.line == 8
    assert len(str(mistake)) < 1000
