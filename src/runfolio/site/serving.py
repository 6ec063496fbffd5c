"""Serving a built site on this machine, for a look at it over HTTP."""

from __future__ import annotations

import functools
import json
import re
import sys
import threading
import time
from collections.abc import Collection
from http import HTTPStatus
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlsplit

from runfolio.errors import OutputRefused
from runfolio.site.details import templates_folder

LIVE_SCRIPT: Final = "/runfolio-live.js"
HELD: Final = 20.0
"""Seconds that a page waits for an answer at most."""

MOST_CHANGED: Final = 500
"""Of a change to more files than this, pages are told that it may concern them all."""

_ASKED: Final = re.compile(r"/data/live/([0-9]+)/[0-9]+\.js")
_TRIES: Final = 5
_BEGUN: Final = "</head>"


class Live:
    """The version of a site that is built again and again, and what changed to come to it."""

    def __init__(self) -> None:
        self._changes = threading.Condition()
        self._from = 0
        self._changed: list[str] | None = None
        self.version = time.time_ns() // 1_000_000

    def advance(self, changed: Collection[str]) -> None:
        """Tell all pages that wait that these files of the site have changed."""
        with self._changes:
            self._from = self.version
            self.version = max(self.version + 1, time.time_ns() // 1_000_000)
            few = len(changed) <= MOST_CHANGED
            self._changed = [f"/{path}" for path in changed] if few else None
            self._changes.notify_all()

    def wait(self, seen: int, seconds: float) -> str:
        """The script that tells a page of the version after the one it has `seen`."""
        with self._changes:
            self._changes.wait_for(lambda: self.version != seen, seconds)
            known = self._changed if self._from == seen else None
            told = {"from": str(seen), "to": str(self.version), "changed": known}
        return f"runfolio.live({json.dumps(told)});\n"


class _Handler(SimpleHTTPRequestHandler):
    """Sends files with headers that keep a browser from guessing types and from caching.

    Pages of a site that is `live` get a script which shows them anew when they have changed.
    """

    def __init__(self, *args: Any, live: Live | None = None, **options: Any) -> None:
        self._live = live
        super().__init__(*args, **options)

    def do_GET(self) -> None:
        live, path = self._live, urlsplit(self.path).path
        if live is None:
            super().do_GET()
        elif path == LIVE_SCRIPT:
            script = templates_folder() / "assets" / "js" / "serve" / "live.js"
            self._send("text/javascript", script.read_bytes())
        elif asked := _ASKED.fullmatch(path):
            self._send("text/javascript", live.wait(int(asked[1]), HELD).encode())
        elif (page := self._read_page(path)) is not None:
            self._send("text/html", _with_script(page, live.version))
        else:
            super().do_GET()

    def _read_page(self, path: str) -> bytes | None:
        """The page at a path, where it is one; a site that is exchanged is gone for a moment."""
        place = Path(self.translate_path(f"{path}index.html" if path.endswith("/") else path))
        if place.suffix != ".html":
            return None
        for _ in range(_TRIES):
            try:
                return place.read_bytes()
            except OSError:
                time.sleep(0.02)
        return None

    def _send(self, media_type: str, content: bytes) -> None:
        self.send_response(HTTPStatus.OK)
        self.send_header("Content-Type", f"{media_type}; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def end_headers(self) -> None:
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing for each request."""


def _with_script(page: bytes, version: int) -> bytes:
    script = f'<script src="{LIVE_SCRIPT}?version={version}" defer></script>\n{_BEGUN}'
    return page.replace(_BEGUN.encode(), script.encode(), 1)


class _Server(ThreadingHTTPServer):
    def handle_error(self, request: Any, client_address: Any) -> None:
        """Say nothing of pages that were left before they had all they asked for."""
        if not isinstance(sys.exception(), ConnectionError):
            super().handle_error(request, client_address)


def make_server(folder: Path, *, port: int, live: Live | None = None) -> ThreadingHTTPServer:
    """A server of `folder` for this machine only; port 0 takes any free one.

    Pages are shown anew in the browser whenever `live` advances.
    """
    handler = functools.partial(_Handler, directory=str(folder), live=live)
    try:
        return _Server(("127.0.0.1", port), handler)
    except OSError as error:
        raise OutputRefused(
            f"Couldn't serve on port {port}: {error.strerror}. Choose another one with --port."
        ) from error
