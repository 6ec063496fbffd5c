"""Serving a built site on this machine, for a look at it over HTTP."""

from __future__ import annotations

import functools
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from runfolio.errors import OutputRefused


class _Handler(SimpleHTTPRequestHandler):
    """Sends files with headers that keep a browser from guessing types and from caching."""

    def end_headers(self) -> None:
        self.send_header("X-Content-Type-Options", "nosniff")
        self.send_header("Referrer-Policy", "no-referrer")
        self.send_header("Cache-Control", "no-cache")
        super().end_headers()

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002
        """Say nothing for each request."""


def make_server(folder: Path, *, port: int) -> ThreadingHTTPServer:
    """A server of `folder` for this machine only; port 0 takes any free one."""
    handler = functools.partial(_Handler, directory=str(folder))
    try:
        return ThreadingHTTPServer(("127.0.0.1", port), handler)
    except OSError as error:
        raise OutputRefused(
            f"Couldn't serve on port {port}: {error.strerror}. Choose another one with --port."
        ) from error
