"""Serve a built site on this machine as hosts do: under a sub-path, with headers of their own."""

from __future__ import annotations

import gzip
import mimetypes
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from functools import partial
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from threading import Thread
from urllib.parse import unquote, urlsplit

SUB_PATH = "/job/train/42/report/"

JENKINS = {
    "Content-Security-Policy": "sandbox; default-src 'none'; img-src 'self'; style-src 'self';"
}
"""What Jenkins sends by default with what its HTML publisher shows: no script runs at all."""

JENKINS_WITH_SCRIPTS = {
    "Content-Security-Policy": (
        "sandbox allow-scripts; default-src 'none'; "
        "img-src 'self'; style-src 'self'; script-src 'self'"
    )
}
"""The policy of a Jenkins that lets reports run their own scripts, in an origin of their own."""


@contextmanager
def served(
    site: Path, *, headers: Mapping[str, str] | None = None, compress: bool = False
) -> Iterator[str]:
    """Serve `site` on a free port; gives the address of its folder, with a slash at the end."""
    handler = partial(_Handler, site.resolve(), headers or {}, compress)
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}{SUB_PATH}"
        finally:
            server.shutdown()
            thread.join()


class _Handler(BaseHTTPRequestHandler):
    """Answers with a file below the sub-path; there is nothing else on this host."""

    protocol_version = "HTTP/1.1"
    timeout = 5

    def __init__(
        self, site: Path, headers: Mapping[str, str], compress: bool, *connection: object
    ) -> None:
        self._site, self._headers, self._compress = site, headers, compress
        super().__init__(*connection)  # type: ignore[arg-type]  # what the server passes on

    def do_GET(self) -> None:
        path = self._file()
        if path is None:
            self.send_error(HTTPStatus.NOT_FOUND)
            return
        kind = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
        is_text = kind.startswith("text/") or kind.endswith(("xml", "json", "javascript"))
        content = path.read_bytes()
        self.send_response(HTTPStatus.OK)
        for name, value in self._headers.items():
            self.send_header(name, value)
        if self._compress and is_text and "gzip" in self.headers.get("Accept-Encoding", ""):
            content = gzip.compress(content, 6)
            self.send_header("Content-Encoding", "gzip")
        self.send_header("Content-Type", f"{kind}; charset=utf-8" if is_text else kind)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def _file(self) -> Path | None:
        """The file that is asked for, if it is one of the site's."""
        path = unquote(urlsplit(self.path).path)
        if not path.startswith(SUB_PATH):
            return None
        file = (self._site / path.removeprefix(SUB_PATH)).resolve()
        file = file / "index.html" if file.is_dir() else file
        return file if file.is_file() and file.is_relative_to(self._site) else None

    def log_message(self, *_: object) -> None:
        """Keep what is asked for out of the tests' output."""
