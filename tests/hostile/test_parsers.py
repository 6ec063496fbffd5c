"""Every parser that meets text of a store reads 50 kB of the worst there is in under a second."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import suppress
from pathlib import Path
from typing import Final

import pytest
from markupsafe import escape

from runfolio.analysis.grid import place_dimension
from runfolio.archive.citation import read_author
from runfolio.archive.manifest import decode_manifest
from runfolio.charts.fitting import fit_texts
from runfolio.documents import flatten, microseconds, parse_json, parse_yaml
from runfolio.errors import InvalidFilter, RunfolioError
from runfolio.models.markdown import code_block, one_line, plain
from runfolio.privacy.contents import mask_bytes
from runfolio.privacy.masks import Masks
from runfolio.privacy.terms import Terms
from runfolio.projects.requirements import parse_requirements
from runfolio.publishing.references import read_markdown, read_page, read_style
from runfolio.query.directions import guess_direction
from runfolio.query.language import parse_filter, parse_order
from runfolio.query.language.grammar import MAX_LENGTH
from runfolio.query.language.syntax import MAX_DEPTH
from runfolio.query.language.times import parse_duration, parse_time
from runfolio.reproduction.repository import find_added, find_untold
from runfolio.review.escaping import markdown_code, mermaid_text, show_hidden
from runfolio.schema.params import read_param
from runfolio.site.cells import parse_cells
from runfolio.site.code import find_lexer, highlight, highlight_diff
from runfolio.site.console import render_console
from runfolio.site.controls import show_controls
from runfolio.site.documents import quieten
from runfolio.site.media import describe_pdf
from runfolio.site.models.estimators import parse_diagram
from runfolio.site.narrative.documents import make_slug
from runfolio.site.narrative.expressions import parse_expression
from runfolio.site.narrative.front_matter import split_front_matter
from runfolio.site.narrative.maths import render_formula
from runfolio.site.narrative.panels.blocks import read_block
from runfolio.site.narrative.reading import report_cleaner, report_parser
from runfolio.site.nodes import parse_nodes
from runfolio.site.notebooks import render_notebook
from runfolio.site.notes import render_markdown
from runfolio.site.outline import outline
from runfolio.sources.mlflow.meta import parse_meta
from runfolio.sources.protobuf import Message
from runfolio.store.image_sizes import read_image_head
from runfolio.tracking.capture.credentials import redact_text
from runfolio.tracking.capture.git import strip_credentials
from tests.hostile.worst import count_up, slow_text

LIMIT: Final = 1.0
"""Seconds of a processor that no parser may take."""

PIECES: Final = {
    "words": ("a", " ", "\n", "a ", "ab.", "A", "9", "\u0130", "a\n\n", "\t", "\r"),
    "brackets": (
        "(",
        "[",
        "{",
        "<",
        "((a)",
        "[[a]",
        "}",
        ")",
        "[{",
        '{"a":',
        "[1,",
        "<a>",
        "{{ a(",
    ),
    "markup": (
        *("<div>", "<b><i>", "<a href='", "<!--", "<![CDATA[", "<svg>", "<math>", "&", "&#", "</"),
        *("<table><tr><td>", "<p><p>", "<blockquote>", "<details>", "<!DOCTYPE", "<?", "<a b='c' "),
    ),
    "Markdown": (
        *(
            ">",
            "> ",
            "> - ",
            "* ",
            "- ",
            "  - a\n",
            "*a ",
            "**a",
            "_a",
            "*a_",
            "`",
            "```\n",
            "``` a ",
        ),
        *(
            "[a](",
            "![",
            "![a](b",
            "[a]: b\n",
            "^[",
            "[^a]",
            "[^a]: b\n",
            "|a",
            "|-|\n",
            "| a | b |\n|-|-|\n",
        ),
        *(
            "\\",
            "\\`",
            "~~",
            "$",
            "$$",
            "$a$",
            "$$\n",
            "#",
            "# a\n",
            "===\n",
            "1. ",
            "<http://a",
            "://a",
        ),
        *("a|\n", "-|-\n", "[]()", "[a][b]", "&amp;", "]", "](", "\n> a\n", "***", "a*b*"),
    ),
    "code": (
        *(
            "'",
            '"',
            "'''",
            '"""',
            "\\n",
            "/*",
            "//",
            "# ",
            "f'{",
            "$(",
            "${",
            "`$(",
            "<<E\n",
            "def a(\n",
        ),
        *(
            "a=",
            "a:",
            "a: [",
            "- - ",
            "&a *a ",
            "!!a ",
            "? ",
            "|\n ",
            "%a",
            "@@ -1 +1 @@\n",
            "+",
            "--- a/b\n",
        ),
        *("diff --git a/b b/b\n", "\x1b[", "\x1b[1m", "\x1b]8;;", "\x1b[1;", "a\r", "\b", "\x00"),
    ),
    "secrets": (
        *(
            "password=",
            "key: ",
            "--token ",
            "a@b.",
            "https://a:b@",
            "/home/a/",
            "AKIA",
            "ghp_a1",
            "eyJ",
        ),
        *(
            "-----BEGIN PRIVATE KEY",
            "Bearer ",
            "curl -u ",
            "sk-",
            "C:\\Users\\",
            "a.b.c.",
            "xoxb-1-",
        ),
    ),
    "formulas": (
        *(
            "\\frac{",
            "\\sqrt{",
            "a^",
            "a_{",
            "\\left(",
            "\\begin{a}",
            "&",
            "\\\\",
            "\\operatorname{",
        ),
        *("\\text{", "\\a", "{a}", "\\begin{matrix}", "a'", "^{^{", "\\color{a}"),
    ),
    "filters": (
        *(
            "NOT ",
            "a = 1 OR ",
            "a = 1 AND ",
            "params.a = '",
            "a IN (1,",
            "metrics.`",
            "a = 1 ",
            "-1 ",
        ),
        *(
            "a = 1 OR NOT (",
            "params.a LIKE '%",
            "1 year ",
            "a. ",
            "=",
            "!",
            "1e9",
            ".",
            "''",
            "b.c,",
        ),
    ),
}


def note(text: str) -> object:
    """A whole report: front matter, and the text in the report's own Markdown."""
    front, passage = split_front_matter(f"---\ntitle: a\n---\n{text}")
    html = report_parser(footnotes=True).render(text, {"mark": lambda part: ""})
    return front, passage, report_cleaner().clean(html)


def document(text: str) -> object:
    """A JSON document with the text as its values and keys, unfolded."""
    return outline({text: [text, {text[:100]: [text]}]})


def notebook(text: str) -> object:
    cells = [
        {"cell_type": "markdown", "source": text},
        {
            "cell_type": "code",
            "source": [text],
            "outputs": [{"output_type": "stream", "text": text}],
        },
    ]
    return render_notebook({"nbformat": 4, "cells": cells, "metadata": {}})


def masked(text: str) -> object:
    """The text as any file, looked through for secrets; so that nothing is remembered, anew."""
    return mask_bytes(text.encode(), "a.txt", Masks(Terms(), anonymous=True))


def requirements(text: str) -> object:
    return parse_requirements(text.splitlines(), Path())


PARSERS: Final[dict[str, Callable[[str], object]]] = {
    "filter": parse_filter,
    "order": lambda text: parse_order([text]),
    "time": lambda text: (parse_time(text), parse_duration(text)),
    "markdown": render_markdown,
    "report": note,
    "front matter": split_front_matter,
    "block": lambda text: read_block("chart: curves\n" + text, {"curves": ["metric"]}),
    "expression": parse_expression,
    "formula": lambda text: render_formula(text, display=True),
    "slug": make_slug,
    "console": render_console,
    "diff": highlight_diff,
    "table": parse_cells,
    "page": quieten,
    "controls": show_controls,
    "notebook": notebook,
    "document": document,
    "nodes": lambda text: parse_nodes(f"<p>{escape(text)}</p>"),
    "diagram": parse_diagram,
    "pdf": lambda text: describe_pdf(text.encode()),
    "picture": lambda text: read_image_head(b"\xff\xd8\xff" + text.encode()),
    "svg": fit_texts,
    "json": parse_json,
    "yaml": parse_yaml,
    "meta": parse_meta,
    "flat": lambda text: flatten({"a": {text: text}}),
    "moment": microseconds,
    "message": lambda text: Message(text.encode()),
    "param": read_param,
    "masks": masked,
    "credentials": redact_text,
    "address": strip_credentials,
    "direction": guess_direction,
    "natural order": lambda text: place_dimension([text, text + "a", "b"]),
    "requirements": requirements,
    "added": lambda text: (find_added(text.encode()), find_untold(text.encode())),
    "manifest": lambda text: decode_manifest(text.encode()),
    "author": read_author,
    "links": lambda text: (
        read_page(f"<p>{escape(text)}</p>"),
        read_style(text),
        read_markdown(text),
    ),
    "comment": lambda text: (markdown_code(text), mermaid_text(text), show_hidden(text)),
    "card": lambda text: (plain(text), one_line(text), code_block(text)),
}

LANGUAGES: Final = (
    *(
        "python",
        "json",
        "yaml",
        "toml",
        "ini",
        "bash",
        "xml",
        "html",
        "css",
        "javascript",
        "markdown",
    ),
    *("diff", "sql", "r", "julia", "docker", "c", "cpp", "latex"),
)


def find_slow(parse: Callable[[str], object], kind: str) -> str | None:
    """How a text of a kind begins that keeps a parser busy, or None."""

    def read(text: str) -> None:
        with suppress(RunfolioError, ValueError):
            parse(text)

    def texts(size: int) -> Iterator[str]:
        for piece in PIECES[kind]:
            yield piece * (size // len(piece)) + "!"

    slow = slow_text(read, texts, LIMIT)
    return None if slow is None else f"{slow[:30]!r}…{slow[-5:]!r}"


@pytest.mark.parametrize("kind", PIECES)
@pytest.mark.parametrize("name", PARSERS)
def test_no_text_keeps_a_parser_busy(name: str, kind: str) -> None:
    assert find_slow(PARSERS[name], kind) is None


@pytest.mark.parametrize("language", LANGUAGES)
def test_no_text_keeps_a_lexer_busy(language: str) -> None:
    assert find_lexer(language=language) is not None
    for kind in ("brackets", "code", "markup"):
        assert find_slow(lambda text: highlight(text, language=language), kind) is None


def test_a_slow_parser_is_noticed() -> None:
    assert find_slow(lambda text: count_up(len(text) ** 2 // 40), "words")


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("(" * 50_000, "expected a comparison"),
        ("(" * 101 + "a = 1" + ")" * 101, f"at most {MAX_DEPTH} parentheses and NOTs"),
        ("NOT " * 12_000 + "a = 1", f"at most {MAX_DEPTH} parentheses and NOTs"),
        ("NOT (" * 60 + "a = 1" + ")" * 60, f"at most {MAX_DEPTH} parentheses and NOTs"),
        ("a = 1 OR " * 6000, f"expected at most {MAX_LENGTH} characters"),
    ],
)
def test_a_filter_too_deep_or_long_is_one_line(text: str, said: str) -> None:
    with pytest.raises(InvalidFilter, match=said) as caught:
        parse_filter(text)
    assert "\n" not in str(caught.value)
    assert len(str(caught.value)) < 400


def test_a_filter_may_be_as_deep_and_long_as_it_is_said() -> None:
    assert parse_filter("(" * MAX_DEPTH + "metrics.a = 1" + ")" * MAX_DEPTH)
    assert parse_filter(" OR ".join(["metrics.a = 1"] * 2900))


@pytest.mark.parametrize("text", ["9" * 50_000, "-" + "9" * 50_000, "1e" + "9" * 50_000])
def test_large_numbers_are_texts_or_refused(text: str) -> None:
    assert read_param(text).text == text
    with suppress(ValueError):
        assert parse_json(text) is not None
