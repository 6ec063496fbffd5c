"""A server that notes who asks it for anything."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread


@dataclass
class Beacon:
    """Where it listens, and every request that came: method and path."""

    address: str
    asked: list[str] = field(default_factory=list)


@contextmanager
def listening() -> Iterator[Beacon]:
    """A beacon on a free port of this machine, until the block ends."""

    class Handler(BaseHTTPRequestHandler):
        timeout = 5

        def note(self) -> None:
            beacon.asked.append(f"{self.command} {self.path}")
            self.send_response(HTTPStatus.NO_CONTENT)
            self.end_headers()

        do_GET = do_POST = do_HEAD = do_PUT = do_OPTIONS = note  # noqa: N815  # the server's names

        def log_message(self, *_: object) -> None:
            """What was asked is in `asked`."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Handler) as server:
        beacon = Beacon(f"http://127.0.0.1:{server.server_port}")
        thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05})
        thread.start()
        try:
            yield beacon
        finally:
            server.shutdown()
            thread.join()
