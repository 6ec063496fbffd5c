"""What a run wrote to its terminal, settled and safe."""

from __future__ import annotations

from pathlib import Path

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from runfolio.site.console import (
    MAX_CONSOLE,
    MAX_INLINE,
    is_console,
    read_console,
    render_console,
    settle,
)


@pytest.mark.parametrize("path", ["output.log", "cout.txt", "logs/stdout", "a/STDERR.log"])
def test_consoles_are_known_by_name(path: str) -> None:
    assert is_console(path)


@pytest.mark.parametrize("path", ["model.log", "stdout/readme.md", "my_output.log"])
def test_other_files_are_none(path: str) -> None:
    assert not is_console(path)


def test_what_was_overwritten_is_gone() -> None:
    assert settle("10%\r50%\r100%\ndone\r\n") == "100%\ndone\n"


def test_colours_become_classes_and_other_codes_go() -> None:
    html = render_console("a \x1b[1;31mbad\x1b[0m \x1b[92mgood\x1b[39m\x1b[2K\x1b]0;title\x07 <b>")
    soup = BeautifulSoup(html, "html.parser")
    assert soup.text == "a bad good <b>"
    assert [span["class"] for span in soup.find_all("span")] == [
        ["ansi-red", "ansi-bold"],
        ["ansi-green"],
    ]


def test_colours_of_many_are_passed_over() -> None:
    html = render_console("\x1b[38;5;31mone\x1b[38;2;1;31;32mtwo")
    assert BeautifulSoup(html, "html.parser").find("span") is None
    assert ">onetwo<" in html


def test_the_page_gets_the_end_of_a_long_output(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_text("".join(f"line {number}\n" for number in range(5000)))
    text = read_console(path)
    assert text.caption == "5,000 lines"
    assert len(text.last) < MAX_INLINE + 200
    assert "line 4999" in text.last
    assert text.whole is not None
    assert ">line 0\n" in text.whole


def test_a_short_output_is_whole(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_text("one\ntwo")
    text = read_console(path)
    assert (text.caption, text.whole) == ("2 lines", None)


def test_a_huge_output_says_how_much_of_it_is_read(tmp_path: Path) -> None:
    path = tmp_path / "output.log"
    path.write_bytes(b"x" * 99 + b"\n" * 1 + b"0123456789\n" * (MAX_CONSOLE // 5))
    text = read_console(path)
    assert text.caption.startswith("the last 36,363 lines of ")
    assert len(str(text.whole)) < MAX_CONSOLE * 1.1


@given(st.text(alphabet="\x1b[]()0123456789;:mKABab<&\r\n\x07\\", max_size=120))
def test_no_output_becomes_markup(text: str) -> None:
    soup = BeautifulSoup(render_console(settle(text)), "html.parser")
    assert {tag.name for tag in soup.find_all(True)} <= {"pre", "code", "span"}
    assert "\x1b" not in soup.text
