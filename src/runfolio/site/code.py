"""Code and diffs in colour, as classes that one style sheet gives for light and dark pages."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase
from functools import cache, lru_cache
from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from markupsafe import Markup, escape

from runfolio.site.controls import show_controls

if TYPE_CHECKING:
    from pygments.lexer import Lexer

MAX_COLOURED: Final = 40_000
MAX_COLOURED_DIFF: Final = 300_000
MAX_COLOURED_LINE: Final = 1_000
_LONG_BLANK: Final = re.compile(r"\s{1000}")
"""Beyond these a text is shown plain: many lexers take time quadratic in what they can't match,
a file of blank lines among it; that of diffs goes line by line."""

LANGUAGES: Final = frozenset(
    (
        *("python", "python2", "pycon", "pytb", "json", "jsonld", "yaml", "toml", "ini", "bash"),
        *("batch", "powershell", "console", "sql", "sqlite3", "postgresql", "mysql", "splus"),
        *("rconsole", "julia", "jlcon", "matlab", "octave", "scala", "kotlin", "c", "cpp", "go"),
        *("rust", "swift", "javascript", "jsx", "css", "scss", "html", "xml", "xslt", "markdown"),
        *("tex", "bibtex", "docker", "diff", "cmake", "perl", "ruby", "lua", "fortran"),
    )
)
"""Languages that are coloured, by Pygments' first name for each.

A store chooses the language and the text, and others of Pygments' six hundred lexers take minutes
for a text of fifty thousand characters that is made for them; these were tried (`tests/hostile`).
"""

COLOURS: Final[dict[str, tuple[str, str]]] = {
    "comment": ("#57606a", "#8d96a0"),
    "keyword": ("#b3202c", "#ff7b72"),
    "name": ("#6639ba", "#d2a8ff"),
    "number": ("#0550ae", "#79c0ff"),
    "string": ("#0a3069", "#a5d6ff"),
    "tag": ("#116329", "#7ee787"),
    "variable": ("#8a3600", "#ffa657"),
    "wrong": ("#82071e", "#ffa198"),
}
"""A colour for light and one for dark pages, each at least 4.5:1 on #f6f8fa and #161b22."""

_TOKENS: Final = {
    "Comment": "comment",
    "Comment.Preproc": "keyword",
    "Error": "wrong",
    "Generic.Deleted": "wrong",
    "Generic.Error": "wrong",
    "Generic.Heading": "number",
    "Generic.Inserted": "tag",
    "Generic.Prompt": "comment",
    "Generic.Subheading": "name",
    "Generic.Traceback": "wrong",
    "Keyword": "keyword",
    "Literal.Number": "number",
    "Literal.String": "string",
    "Literal.String.Doc": "comment",
    "Name.Attribute": "number",
    "Name.Builtin": "number",
    "Name.Class": "variable",
    "Name.Constant": "number",
    "Name.Decorator": "name",
    "Name.Exception": "variable",
    "Name.Function": "name",
    "Name.Tag": "tag",
    "Name.Variable": "variable",
    "Operator.Word": "keyword",
}


def highlight(text: str, *, filename: str | None = None, language: str | None = None) -> Markup:
    """Text as a ``<pre class="code">``, coloured when the language or the file's name tells how."""
    return _render(text, find_lexer(filename=filename, language=language))


def highlight_diff(text: str) -> Markup:
    """A unified diff as a ``<pre class="code">``."""
    return highlight(text, language="diff")


@lru_cache(maxsize=256)
def find_lexer(*, filename: str | None = None, language: str | None = None) -> Lexer | None:
    """The lexer of a language's short name, or of a file's name; None when none is used."""
    from pygments.lexers import TextLexer, get_lexer_by_name, get_lexer_for_filename
    from pygments.util import ClassNotFound

    options: dict[str, Any] = {"stripnl": False, "ensurenl": False}
    names = [language] if language else _find_languages(filename) if filename else []
    try:
        if not names:
            return None
        if len(names) == 1:
            lexer = get_lexer_by_name(names[0], **options)
        else:
            lexer = get_lexer_for_filename(str(filename), **options)
    except ClassNotFound:
        return None
    known = not isinstance(lexer, TextLexer) and lexer.aliases[0] in LANGUAGES
    return lexer if known else None


def _find_languages(filename: str) -> list[str]:
    """The languages that a file's name may tell; Pygments takes a thousand expressions for it."""
    from pygments.lexers import get_all_lexers

    name = PurePath(filename).name
    return [
        aliases[0]
        for _, aliases, patterns, _ in get_all_lexers(plugins=False)
        if aliases and any(_is_named(name, pattern) for pattern in patterns)
    ]


def _is_named(name: str, pattern: str) -> bool:
    plain = pattern.removeprefix("*")
    if "*" in plain or "[" in plain or "?" in plain:
        return fnmatchcase(name, pattern)
    return name.endswith(plain) if plain != pattern else name == pattern


@cache
def code_css() -> str:
    """The style sheet for highlighted code: colours as variables, light, dark and by choice."""
    light = _variables(0)
    dark = _variables(1)
    by_system = "@media screen and (prefers-color-scheme: dark)"
    rules = [
        f":root {{ {light} }}",
        f"{by_system} {{ :root:not([data-theme=light]) {{ {dark} }} }}",
        f"@media screen {{ :root[data-theme=dark] {{ {dark} }} }}",
    ]
    for colour, classes in _classes().items():
        selectors = ", ".join(f".code .{name}" for name in classes)
        rules.append(f"{selectors} {{ color: var(--code-{colour}); }}")
    rules.append(".code .gh, .code .gu, .code .gs { font-weight: 600; }")
    return "\n".join(rules) + "\n"


def _variables(theme: int) -> str:
    return " ".join(f"--code-{name}: {pair[theme]};" for name, pair in COLOURS.items())


def _classes() -> dict[str, list[str]]:
    """Pygments' short class names by colour; a token without one takes its parent's."""
    from pygments.token import STANDARD_TYPES

    found: dict[str, list[str]] = {name: [] for name in COLOURS}
    for token, name in STANDARD_TYPES.items():
        families = (".".join(token[:length]) for length in range(len(token), 0, -1))
        colour = next((_TOKENS[family] for family in families if family in _TOKENS), None)
        if name and colour:
            found[colour].append(name)
    return {colour: sorted(names) for colour, names in found.items()}


@lru_cache(maxsize=64)
def _render(text: str, lexer: Lexer | None) -> Markup:
    text = show_controls(text)
    inner = escape(text) if lexer is None or _is_too_much(text, lexer) else _coloured(text, lexer)
    return Markup('<pre class="code" tabindex="0"><code>{}</code></pre>').format(inner)


def _is_too_much(text: str, lexer: Lexer) -> bool:
    if len(text) > (MAX_COLOURED_DIFF if "diff" in lexer.aliases else MAX_COLOURED):
        return True
    return max(map(len, text.split("\n"))) > MAX_COLOURED_LINE or bool(_LONG_BLANK.search(text))


def _coloured(text: str, lexer: Lexer) -> Markup:
    from pygments import highlight as colour
    from pygments.formatters import HtmlFormatter

    formatter: HtmlFormatter[str] = HtmlFormatter(nowrap=True)
    coloured = colour(text, lexer, formatter)  # Pygments escapes the text
    return Markup(coloured if text.endswith("\n") else coloured.removesuffix("\n"))
