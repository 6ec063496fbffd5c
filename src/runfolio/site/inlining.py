"""A page of a built site as one file: styles, scripts, data and pictures are inside it.

The page is read tag by tag and written again: what it loads is put in its place, what leads to
other pages leads to the published site or nowhere, and its policy allows exactly the scripts and
styles that are in it, by their SHA-256.
"""

from __future__ import annotations

import base64
import hashlib
import re
from collections.abc import Iterable, Mapping
from html import escape
from html.parser import HTMLParser
from typing import Final

from runfolio.site.numbers import format_bytes
from runfolio.site.site_files import SiteFiles, stand_in

MAX_PICTURE: Final = 8 << 20
MAX_DOWNLOAD: Final = 1 << 20
"""Files up to these sizes are put into a page: what it shows, and what it offers."""

_OF_SITES: Final = frozenset(("data-find", "data-copy-link"))
"""What is marked so works in a site only, and is left out of a page that stands alone."""

_ELSEWHERE: Final = "data-elsewhere"
"""What is marked so leads to other pages, and is left out where there are none."""

_VOID: Final = frozenset(("img", "source", "link", "meta", "input", "br", "hr"))
_SOURCES: Final = {"src", "srcset", "poster"}
_LINKING: Final = frozenset(("href", "rel", "download", "target", "title"))
_WEB: Final = re.compile(r"(?:https?|mailto|data):", re.IGNORECASE)
_POLICY: Final = (
    "default-src 'none'; script-src {scripts}; style-src {styles}; img-src data: blob:; "
    "media-src data:; connect-src 'none'; frame-src 'none'; object-src 'none'; "
    "base-uri 'none'; form-action 'none'; require-trusted-types-for 'script'; "
    "trusted-types runfolio"
)
_PICTURED: Final = re.compile(r'\s(?:src|srcset)="([^"]+)"')
_IN_DATA: Final = re.compile(r"(?:\.\./)?((?:artifacts|charts)/[0-9a-zA-Z/._-]{1,200}\.[a-z0-9]+)")
_PICTURES: Final = ("png", "jpg", "gif", "webp", "svg")

Attributes = list[tuple[str, str | None]]


def inline_page(
    text: str,
    files: SiteFiles,
    *,
    data: Mapping[str, str],
    libraries: Iterable[str],
    body: Mapping[str, str],
    site_url: str | None,
    instead: str | None = None,
) -> str:
    """The page `text` with everything inside.

    `data` are the scripts that register data, by path, and `libraries` the paths of scripts that
    charts load when they are drawn. `body` are attributes of the body, `instead` is HTML for the
    page's first ``noscript``.
    """
    inliner = _Inliner(files, text, body=body, site_url=site_url, instead=instead)
    inliner.feed(text)
    inliner.close()
    return inliner.finish(data, [files.read(path) for path in libraries])


class _Inliner(HTMLParser):
    def __init__(
        self,
        files: SiteFiles,
        text: str,
        *,
        body: Mapping[str, str],
        site_url: str | None,
        instead: str | None,
    ) -> None:
        super().__init__(convert_charrefs=False)
        self._files = files
        self._body = body
        self._site_url = site_url.rstrip("/") if site_url else None
        self._left_out = _OF_SITES if site_url else _OF_SITES | {_ELSEWHERE}
        self._instead = instead
        self._out: list[str] = []
        self._policy: int | None = None
        self._end: int | None = None
        self._scripts: list[str] = []
        self._styles: list[str] = []
        self._skipped: tuple[str, int] | None = None
        self._after: list[str] = []
        self._pictured = {
            found[0]
            for address in _PICTURED.findall(text)
            if (found := files.locate(address)) is not None
        }

    def finish(self, data: Mapping[str, str], libraries: list[str]) -> str:
        """The whole page; its scripts stand at the end of the body, where they find all of it."""
        first, rest = self._scripts[:1], self._scripts[1:]
        registered = [_embed_files(script, self._files) for script in data.values()]
        scripts = [_safe(one) for one in (*first, *registered, *libraries, *rest)]
        end = len(self._out) if self._end is None else self._end
        self._out.insert(end, "".join(f"<script>{one}</script>\n" for one in scripts))
        if self._policy is not None:
            policy = _POLICY.format(scripts=_sources(scripts), styles=_sources(self._styles))
            self._out[self._policy] = _tag(
                "meta", [("http-equiv", "Content-Security-Policy"), ("content", policy)]
            )
        return "".join(self._out)

    def handle_starttag(self, tag: str, attributes: Attributes) -> None:
        if self._skips(tag, attributes):
            return
        handle = getattr(self, f"_start_{tag}", self._start_any)
        self._out.append(handle(tag, attributes))

    def handle_startendtag(self, tag: str, attributes: Attributes) -> None:
        self.handle_starttag(tag, attributes)

    def handle_endtag(self, tag: str) -> None:
        if self._skipped is not None:
            self._leave(tag)
            return
        if tag == "script" and self._out and self._out[-1] == "":
            return
        if tag == "body":
            self._end = len(self._out)
        self._out.append(f"</{tag}>")
        if tag == "a" and self._after:
            self._out.append(self._after.pop())

    def handle_data(self, data: str) -> None:
        self._write(data)

    def handle_entityref(self, name: str) -> None:
        self._write(f"&{name};")

    def handle_charref(self, name: str) -> None:
        self._write(f"&#{name};")

    def handle_decl(self, decl: str) -> None:
        self._write(f"<!{decl}>")

    def _write(self, text: str) -> None:
        if self._skipped is None:
            self._out.append(text)

    def _skips(self, tag: str, attributes: Attributes) -> bool:
        """Whether a tag begins, or is within, what a page that stands alone leaves out."""
        if self._skipped is not None:
            if tag == self._skipped[0]:
                self._skipped = (tag, self._skipped[1] + 1)
            return True
        replaced = tag == "noscript" and self._instead is not None
        if replaced:
            self._out.append(self._instead or "")
            self._instead = None
        if replaced or self._left_out & {name for name, _ in attributes}:
            self._skipped = None if tag in _VOID else (tag, 1)
            return True
        return False

    def _leave(self, tag: str) -> None:
        assert self._skipped is not None
        if tag == self._skipped[0]:
            left = self._skipped[1] - 1
            self._skipped = (tag, left) if left else None

    def _start_any(self, tag: str, attributes: Attributes) -> str:
        if not any(name in _SOURCES for name, _ in attributes):
            return self.get_starttag_text() or ""
        return _tag(tag, [self._source(name, value) for name, value in attributes])

    def _source(self, name: str, value: str | None) -> tuple[str, str | None]:
        """A picture, film or sound as a ``data:`` address."""
        found = self._files.locate(value) if name in _SOURCES and value else None
        if found is None:
            return name, value
        embedded = self._files.embed(found[0], most=MAX_PICTURE)
        return name, embedded or stand_in(self._files.size(found[0]) or 0)

    def _start_meta(self, tag: str, attributes: Attributes) -> str:
        if dict(attributes).get("http-equiv") != "Content-Security-Policy":
            return self._start_any(tag, attributes)
        self._policy = len(self._out)
        return ""

    def _start_link(self, tag: str, attributes: Attributes) -> str:
        """The icon and the style sheet; a page that stands alone has no other form."""
        given = dict(attributes)
        found = self._files.locate(given.get("href") or "")
        if found is None or given.get("rel") not in ("stylesheet", "icon"):
            return ""
        if given["rel"] == "icon":
            address = self._files.embed(found[0], most=MAX_PICTURE)
            return _tag(tag, [*((k, v) for k, v in attributes if k != "href"), ("href", address)])
        style = self._files.read(found[0]).replace("</style", "<\\/style")
        self._styles.append(style)
        return f"<style>{style}</style>"

    def _start_script(self, tag: str, attributes: Attributes) -> str:
        source = dict(attributes).get("src")
        found = self._files.locate(source) if source else None
        if found is None:
            return self._start_any(tag, attributes)
        self._scripts.append(self._files.read(found[0]))
        return ""

    def _start_body(self, tag: str, attributes: Attributes) -> str:
        return _tag(
            tag, [*((k, v) for k, v in attributes if k not in self._body), *self._body.items()]
        )

    def _start_a(self, tag: str, attributes: Attributes) -> str:
        given = dict(attributes)
        href = given.get("href")
        found = self._files.locate(href) if href else None
        if found is None and (href is None or _WEB.match(href)):
            self._after.append("")
            return self.get_starttag_text() or ""
        leads, note = self._lead(*found) if found is not None else (None, "")
        self._after.append(note)
        if leads is None:
            return _tag(tag, [(name, value) for name, value in attributes if name not in _LINKING])
        changed: dict[str, str | None] = given | {"href": leads}
        if leads.startswith("data:") and not changed.get("download"):
            changed["download"] = (href or "").rpartition("/")[2]
        return _tag(tag, list(changed.items()))

    def _lead(self, path: str, fragment: str) -> tuple[str | None, str]:
        """Where a link leads from here, and what is to be said after it."""
        ending = f"#{fragment}" if fragment else ""
        if path == self._files.page:
            return ending or "#", ""
        size = self._files.size(path)
        if not path.endswith(".html") and size is not None and path not in self._pictured:
            embedded = self._files.embed(path, most=MAX_DOWNLOAD)
            if embedded is not None:
                return embedded, ""
        if self._site_url is not None:
            return f"{self._site_url}/{path}{ending}", ""
        large = path in self._files.left_out
        told = f"({format_bytes(size or 0)}, not in this file)" if large else ""
        return None, f' <span class="aside">{told}</span>' if told else ""


def _embed_files(script: str, files: SiteFiles) -> str:
    """Data with the pictures it names inside it."""

    def embed(found: re.Match[str]) -> str:
        path = found[1]
        if path.rpartition(".")[2] not in _PICTURES or files.size(path) is None:
            return found[0]
        return files.embed(path, most=MAX_PICTURE) or stand_in(files.size(path) or 0)

    return _IN_DATA.sub(embed, script)


def _safe(script: str) -> str:
    """A script that nothing in it ends early, and that a browser reads as it was hashed."""
    text = script.replace("\r\n", "\n").replace("\r", "\n")
    return re.sub(r"<(?=/script|!--)", r"\\x3c", text, flags=re.IGNORECASE)


def _sources(texts: Iterable[str]) -> str:
    """Texts as the sources of a policy, by their SHA-256."""
    digests = [base64.b64encode(hashlib.sha256(one.encode()).digest()).decode() for one in texts]
    return " ".join(f"'sha256-{one}'" for one in digests) or "'none'"


def _tag(tag: str, attributes: Attributes) -> str:
    told = "".join(
        f" {name}" if value is None else f' {name}="{escape(value)}"' for name, value in attributes
    )
    return f"<{tag}{told}>"
