"""Authors, licences and citations, as they are written and kept."""

from __future__ import annotations

import pytest
import yaml

from runfolio.archive import Author, Citation, read_author
from runfolio.archive.citation import write_cff
from runfolio.errors import InvalidValue

ORCID = "https://orcid.org/0000-0002-1825-0097"


@pytest.mark.parametrize(
    ("text", "author"),
    [
        ("Ada Example", Author("Ada Example")),
        ("Ada Example <0000-0002-1825-0097>", Author("Ada Example", ORCID)),
        (f"  Ada Example <{ORCID}> ", Author("Ada Example", ORCID)),
        ("Åsa Ö <0000-0001-5000-000X>", Author("Åsa Ö", "https://orcid.org/0000-0001-5000-000X")),
    ],
)
def test_an_author(text: str, author: Author) -> None:
    assert read_author(text) == author


@pytest.mark.parametrize("text", ["", " ", "<0000-0002-1825-0097>", "A <12>", "A <b@c.d>", "A\nB"])
def test_what_is_no_author(text: str) -> None:
    with pytest.raises(InvalidValue, match=r"The author .* can't be read"):
        read_author(text)


def test_a_licence_has_an_address() -> None:
    assert Citation(licence="MIT").licence_address == "https://spdx.org/licenses/MIT"
    assert Citation(licence="https://a.org/l").licence_address == "https://a.org/l"
    assert Citation().licence_address is None


@pytest.mark.parametrize("licence", ["", "MIT or so", "javascript:alert(1)", "https://a b"])
def test_what_is_no_licence(licence: str) -> None:
    with pytest.raises(InvalidValue, match=r"The licence .* CC-BY-4\.0"):
        Citation(licence=licence)


def test_citation_cff_is_yaml_that_says_it_all() -> None:
    citation = Citation(
        authors=(Author('Ada "The" Example: x', ORCID), Author("B")),
        licence="MIT",
        text="https://doi.org/10.1/2",
        description="# no comment",
    )
    told = yaml.safe_load(write_cff(citation, title="A: b #c", date="2026-11-26"))
    assert told["cff-version"] == "1.2.0"
    assert (told["title"], told["date-released"]) == ("A: b #c", "2026-11-26")
    assert told["authors"] == [{"name": 'Ada "The" Example: x', "orcid": ORCID}, {"name": "B"}]
    assert (told["license"], told["abstract"]) == ("MIT", "# no comment")
    assert told["preferred-citation"]["url"] == "https://doi.org/10.1/2"
    other = write_cff(Citation(licence="https://a.org/l"), title="t", date="2026-11-26")
    assert yaml.safe_load(other)["license-url"] == "https://a.org/l"
