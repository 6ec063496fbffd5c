"""A sticky comment: its marker, its length, and whose it is."""

from __future__ import annotations

import hypothesis.strategies as st
import pytest
from hypothesis import example, given

from runfolio.errors import CommentNotSent, InvalidValue
from runfolio.review.posting import Comment, cut_text, find_own, make_body, make_marker
from runfolio.review.waiting import Patience, find_limit, wait_after


def units(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def test_a_comment_begins_with_its_marker() -> None:
    assert make_body("\n# Better\n", marker="report", limit=100) == (
        "<!-- runfolio:report -->\n# Better",
        False,
    )


@pytest.mark.parametrize("name", ["", "a b", "x-->", "-x", "ü", "a" * 65])
def test_a_marker_is_a_plain_word(name: str) -> None:
    with pytest.raises(InvalidValue, match=r"A marker has up to 64 letters.*Write report"):
        make_marker(name)


def test_nothing_is_no_comment() -> None:
    with pytest.raises(InvalidValue, match="the text is empty"):
        make_body(" \n\n", marker="report", limit=100)


def comment(number: str, author: str, body: str) -> Comment:
    return Comment(number, author, body)


def test_only_an_own_comment_that_begins_with_the_marker_is_it() -> None:
    mark = make_marker("report")
    comments = [
        comment("1", "mallory", f"{mark}\nmine?"),
        comment("2", "bot", f"> {mark}\n> quoted"),
        comment("3", "bot", "<!-- runfolio:report-2 -->\nanother one"),
        comment("4", "Bot", f"{mark}\nfirst"),
        comment("5", "bot", f"{mark}\nsecond"),
    ]
    found = find_own(iter(comments), author="bot", marker="report")
    assert found is not None
    assert found.id == "4"
    assert find_own(iter(comments[:3]), author="bot", marker="report") is None


def test_a_long_text_is_cut_after_a_line_and_says_so() -> None:
    text = "\n".join(f"| {number} | value |" for number in range(10_000))
    cut = cut_text(text, limit=5_000, stated=5_000)
    *lines, gap, note = cut.split("\n")
    assert text.startswith("\n".join(lines))
    assert lines[-1].endswith("|")
    assert gap == ""
    assert note == "_The rest is left out: no more than 5,000 characters fit here._"
    assert 4_000 < units(cut) <= 5_000


def test_what_the_cut_leaves_open_is_closed() -> None:
    text = "<details>\n<summary>x</summary>\n<details>\n````text\n" + "```\nline\n" * 1_000
    lines = cut_text(text, limit=2_000, stated=2_000).split("\n")
    assert lines[-6:-2] == ["````", "", "</details>", "</details>"]


def test_what_is_closed_stays_so() -> None:
    text = "```\n<details>\n```\n<details></details>\n" + "line\n" * 1_000
    assert cut_text(text, limit=2_000, stated=2_000).split("\n")[-3] == "line"


@given(st.text(st.sampled_from("a😀\n`~<details> |é"), max_size=3_000), st.integers(600, 2_000))
@example("😀" * 600, 1_000)
@example("x" * 5_000, 600)
def test_a_cut_text_never_exceeds_its_limit(text: str, limit: int) -> None:
    assert units(cut_text(text, limit=limit, stated=limit)) <= limit
    assert len(cut_text(text, limit=limit, stated=limit, unit="bytes").encode()) <= limit
    if units(text) <= limit:
        assert cut_text(text, limit=limit, stated=limit) == text


NOW = 1_700_000_000.0


@pytest.mark.parametrize(
    ("status", "headers", "message", "seconds"),
    [
        (429, {"retry-after": "7"}, "", 7.0),
        (429, {}, "", 60.0),
        (429, {"retry-after": "0"}, "", 1.0),
        (429, {"retry-after": "Tue, 14 Nov 2023 22:13:30 GMT"}, "", 10.0),
        (429, {"ratelimit-remaining": "0", "ratelimit-reset": "1700000005"}, "", 6.0),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000090"}, "", 91.0),
        (403, {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "soon"}, "", 60.0),
        (403, {}, "You have exceeded a secondary rate limit", 60.0),
        (403, {"retry-after": "3"}, "You have exceeded a secondary rate limit", 3.0),
        (403, {"x-ratelimit-remaining": "41", "x-ratelimit-reset": "1700000090"}, "No", None),
        (403, {}, "Resource not accessible by integration", None),
        (404, {"retry-after": "7"}, "", None),
        (200, {}, "", None),
    ],
)
def test_a_limit_says_how_long_to_wait(
    status: int, headers: dict[str, str], message: str, seconds: float | None
) -> None:
    assert find_limit(status, headers, {"message": message}, NOW) == seconds
    assert message or find_limit(status, headers, None, NOW) == seconds


def test_waits_double_and_are_scattered() -> None:
    assert [wait_after(number, lambda: 0.5) for number in range(7)] == [1, 2, 4, 8, 16, 30, 30]
    assert wait_after(0, lambda: 0.0) == 0.5
    assert wait_after(0, lambda: 0.999) == pytest.approx(1.499)


def test_patience_ends() -> None:
    slept: list[float] = []
    patience = Patience(most=10, sleep=slept.append)
    patience.wait(6, "it limits requests")
    with pytest.raises(
        CommentNotSent, match=r"it limits requests: it would take another 5 s, .* is 10 s.*max-wait"
    ):
        patience.wait(5, "it limits requests")
    assert slept == [6]
