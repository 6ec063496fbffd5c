"""Folders, addresses, remotes and authors in lines of text."""

from __future__ import annotations

from pathlib import Path

import pytest

from runfolio.privacy import learn_masks
from runfolio.privacy.masks import Masks
from runfolio.privacy.terms import Terms
from runfolio.schema import WholeRun
from runfolio.store import read_store
from runfolio.store.adding import Adder

REDACTED = [
    ("/home/alice/x.csv", "~/x.csv"),
    ("open('/Users/alice/data/x')", "open('~/data/x')"),
    ("C:\\Users\\alice\\x", "~\\x"),
    ('"C:\\\\Users\\\\alice\\\\x"', '"~\\\\x"'),
    ("c:/Users/Alice Smith/x", "~/x"),
    ("file:///home/alice/mlruns", "file://~/mlruns"),
    ("/mnt/nfs/home/alice/x", "~/x"),
    ("PATH=/home/alice/bin:/usr/bin", "PATH=~/bin:/usr/bin"),
    ("https://example.org/home/alice/x", "https://example.org/home/alice/x"),
    ("the home/alice folder", "the home/alice folder"),
    ("mail a.b+c@uni.example.edu.", "mail [e-mail]."),
    ("<alice@example.org>", "<[e-mail]>"),
    ("<a href='mailto:a.b&#64;uni.example.edu'>", "<a href='mailto:[e-mail]'>"),
    ("a.b&#x40;uni.example.edu or a.b [at] uni.example.edu", "[e-mail] or [e-mail]"),
    ("?mail=a.b%40uni.example.edu&x=1", "?mail=[e-mail]&x=1"),
    ("git@github.com:a/b.git", "git@github.com:a/b.git"),
    ("x = logits@weights.mean()", "x = logits@weights.mean()"),
    ("q@k.transpose", "q@k.transpose"),
    ("icon@2x.png", "icon@2x.png"),
    ("pip install a@1.2.3", "pip install a@1.2.3"),
    ("/data/shared/x.csv", "/data/shared/x.csv"),
    ("user: alice", "user: [user]"),
    ("hostname=gpu7", "hostname=[host]"),
    ("host: localhost", "host: localhost"),
    ("user_id: 42", "user_id: 42"),
    ("users: many", "users: many"),
]

ANONYMOUS = [
    ("/data/lab/secret/x.csv", "…/x.csv"),
    ("cd /data/lab/secret", "cd …/secret"),
    ("/usr/bin/python", "/usr/bin/python"),
    ("/dev/null", "/dev/null"),
    ("/home/alice/x.csv", "…/x.csv"),
    ("D:\\lab\\data\\x.csv", "…/x.csv"),
    ("a/b/c.py", "a/b/c.py"),
    ("https://example.org/a/b", "https://example.org/a/b"),
    ("</a></b>", "</a></b>"),
    ("1/2/3", "1/2/3"),
    ("git@host.example:group/thing.git", "[repository]"),
    ("https://github.com/group/thing/blob/x", "https://github.com/[repository]/blob/x"),
    ("Author: Jane Doe <jane@example.org>", "Author: [author] <[e-mail]>"),
    ("Signed-off-by: Jane Doe <x>", "Signed-off-by: [author] <x>"),
    ("# Copyright (c) 2020-2024 Jane Doe", "# Copyright (c) 2020-2024 [author]"),
    (
        "# Copyright 2024 by Jane Doe. All rights reserved.",
        "# Copyright 2024 by [author]. All rights reserved.",
    ),
    ("from torch import nn", "from torch import nn"),
    ("index 1234567..89abcde 100644", "index 0000000..0000000 100644"),
    ("at " + "a1" * 20, "at [commit]"),
    ("sha256 " + "a1" * 32, "sha256 " + "a1" * 32),
    ("commit: a1b2c3d4", "commit: [commit]"),
    ("entity: vision-lab", "entity: [author]"),
    ("repo_url: ssh://host/group/x", "repo_url: [repository]"),
]


@pytest.mark.parametrize(("line", "masked"), REDACTED)
def test_what_is_personal_is_masked(line: str, masked: str) -> None:
    assert Masks(Terms()).mask(line) == masked


@pytest.mark.parametrize(("line", "masked"), ANONYMOUS)
def test_what_tells_whose_it_is_is_masked_where_it_is_asked_for(line: str, masked: str) -> None:
    assert Masks(Terms(), anonymous=True).mask(line) == masked


@pytest.mark.parametrize(
    "line", [line for line, _ in ANONYMOUS if "home" not in line and "@example" not in line]
)
def test_redacting_alone_leaves_the_source_told(line: str) -> None:
    assert Masks(Terms()).mask(line) == line


@pytest.mark.parametrize(
    ("remote", "told"),
    [
        ("https://github.com/group-x/thing.git", "fork of group-x"),
        ("git@gitlab.uni.example:group-x/thing.git", "see gitlab.uni.example"),
        ("ssh://git@gitlab.uni.example:2222/group-x/thing", "by GROUP-X"),
    ],
)
def test_the_owner_of_the_remote_is_sought_everywhere(remote: str, told: str) -> None:
    terms = Terms()
    terms.learn("origin", remote)
    masked = Masks(terms, anonymous=True).mask(told)
    assert "group-x" not in masked.lower()
    assert "uni.example" not in masked


def test_a_commit_is_known_by_its_beginning() -> None:
    terms = Terms()
    terms.learn("revision", "9f1c2e3d4b5a69788796a5b4c3d2e1f001122334")
    assert Masks(terms, anonymous=True).mask("built 9f1c2e3d4 now") == "built [commit] now"


@pytest.mark.parametrize("text", ["", "12", "v1.0", "zzz"])
def test_what_is_no_commit_is_not_sought(text: str) -> None:
    terms = Terms()
    terms.learn("revision", text)
    assert len(terms) == 0


@pytest.mark.parametrize("text", ["gpu7.lab.example.edu", "a.b@mail.example.edu"])
def test_the_domain_of_a_machine_or_address_is_sought(text: str) -> None:
    terms = Terms()
    terms.learn_domain(text)
    masked = Masks(terms, anonymous=True).mask(
        "see pypi.example.edu, example.edu.org, an-example.edu"
    )
    assert masked == "see [host], example.edu.org, an-example.edu"


def test_the_domain_of_a_country_has_three_parts() -> None:
    terms = Terms()
    terms.learn_domain("ada@cs.college.ac.uk")
    masked = Masks(terms, anonymous=True).mask("www.college.ac.uk or www.other.ac.uk")
    assert masked == "[host] or www.other.ac.uk"


@pytest.mark.parametrize(
    "text", ["ada@gmail.com", "gpu7", "gpu7.local", "10.0.0.1", "runner.github.com"]
)
def test_a_domain_that_says_nothing_is_not_sought(text: str) -> None:
    terms = Terms()
    terms.learn_domain(text)
    assert len(terms) == 0


def test_an_anonymous_store_has_the_domain_of_its_addresses_masked(tmp_path: Path) -> None:
    tags = {"contact": "ada@mail.example.edu", "index": "https://pypi.example.edu/simple"}
    Adder(tmp_path / "runs").add(WholeRun("0123456789abcdef", "a", "b", 0, tags=tags))
    tables = read_store(tmp_path / "runs")
    assert learn_masks(tables, anonymous=True).mask(tags["index"]) == "https://[host]/simple"
    assert learn_masks(tables).mask(tags["index"]) == tags["index"]
