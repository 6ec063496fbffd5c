"""Fakes of GitHub's and GitLab's interfaces: real servers on this machine with comments to keep."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from threading import Thread
from typing import Any
from urllib.parse import parse_qs, unquote, urlsplit

TOKEN = "sesame-4711"


@dataclass(frozen=True)
class Reply:
    """What a server answers out of turn; `after` says that the request is carried out before."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)
    after: bool = False
    drop: bool = False


@dataclass
class FakeHost:
    """A host with comments as dictionaries, the requests it got, and replies out of turn.

    `turns` holds for a method and a piece of a path the replies that are still due.
    """

    comments: list[dict[str, Any]] = field(default_factory=list)
    requests: list[tuple[str, str]] = field(default_factory=list)
    tokens: set[str] = field(default_factory=set)
    turns: list[tuple[str, str, Reply]] = field(default_factory=list)
    login: str = "github-actions[bot]"
    app: bool = True
    page_size: int = 100
    pulls: list[dict[str, Any]] = field(default_factory=list)
    url: str = ""

    def expect(self, method: str, piece: str, *replies: Reply) -> None:
        """Answer the next requests of this kind with these replies."""
        self.turns += [(method, piece, reply) for reply in replies]

    def bodies(self) -> list[str]:
        """The texts of all comments."""
        return [one["body"] for one in self.comments]

    def made(self, method: str) -> int:
        """How many requests of a method it got."""
        return sum(one == method for one, _ in self.requests)

    def take_turn(self, method: str, path: str) -> Reply | None:
        for turn in self.turns:
            if turn[0] == method and turn[1] in path:
                self.turns.remove(turn)
                return turn[2]
        return None


Route = Callable[[FakeHost, str, str, Any], Reply]


@contextmanager
def serving(host: FakeHost, route: Route) -> Iterator[FakeHost]:
    """Serve a fake on a port of its own, on this machine."""

    class Handler(BaseHTTPRequestHandler):
        def answer(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            data = json.loads(self.rfile.read(length)) if length else None
            host.requests.append((self.command, self.path))
            host.tokens.add(self.headers.get("Authorization") or "")
            turn = host.take_turn(self.command, self.path)
            usual = None
            if turn is None or turn.after:
                usual = route(host, self.command, self.path, data)
            reply = turn or usual
            assert reply is not None
            if reply.drop:
                self.close_connection = True
                self.connection.close()
                return
            content = b"" if reply.body is None else json.dumps(reply.body).encode()
            self.send_response(reply.status)
            for name, value in reply.headers.items():
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(content)))
            self.end_headers()
            self.wfile.write(content)

        do_GET = do_POST = do_PATCH = do_PUT = answer  # noqa: N815

        def log_message(self, *args: object) -> None:
            pass

        def finish(self) -> None:
            with suppress(OSError, ValueError):
                super().finish()

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    thread = Thread(target=server.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True)
    thread.start()
    host.url = f"http://127.0.0.1:{server.server_address[1]}"
    try:
        yield host
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


def github(host: FakeHost, method: str, path: str, data: Any) -> Reply:
    """What GitHub answers for pull request 7 of octo/cats."""
    parts = urlsplit(path)
    query = parse_qs(parts.query)
    bare = parts.path.removeprefix("/api/v3")
    if bare == "/user":
        if host.app:
            return Reply(403, {"message": "Resource not accessible by integration"})
        return Reply(200, {"login": host.login})
    if method == "POST" and parts.path.endswith("/graphql"):
        return Reply(200, {"data": {"viewer": {"login": host.login}}})
    if bare == "/repos/octo/cats/pulls":
        wanted = query["head"][0]
        return Reply(200, [one for one in host.pulls if one["head"]["label"] == wanted])
    if bare == "/repos/octo/cats/issues/7/comments":
        if method == "POST":
            return Reply(201, _add(host, data, "user", "login"))
        page = int(query.get("page", ["1"])[0])
        return _page(host, page, lambda number: _link(host, bare, number))
    if found := re.fullmatch(r"/repos/octo/cats/issues/comments/(\d+)", bare):
        return _change(host, int(found[1]), data)
    return Reply(404, {"message": "Not Found"})


def gitlab(host: FakeHost, method: str, path: str, data: Any) -> Reply:
    """What GitLab answers for merge request 7 of the project octo/cats."""
    parts = urlsplit(path)
    notes = "/api/v4/projects/octo/cats/merge_requests/7/notes"
    bare = unquote(parts.path)
    if bare == "/api/v4/user":
        return Reply(200, {"id": 1, "username": host.login})
    if bare == notes:
        if method == "POST":
            return Reply(201, _add(host, data, "author", "username"))
        page = int(parse_qs(parts.query).get("page", ["1"])[0])
        return _page(host, page, lambda number: {"X-Next-Page": str(number or "")})
    if found := re.fullmatch(notes + r"/(\d+)", bare):
        return _change(host, int(found[1]), data)
    return Reply(404, {"message": "404 Not found"})


def _add(host: FakeHost, data: Any, role: str, name: str) -> dict[str, Any]:
    comment = {
        "id": len(host.comments) + 1,
        role: {name: host.login},
        "body": data["body"],
        "html_url": f"https://host.example/comment-{len(host.comments) + 1}",
    }
    host.comments.append(comment)
    return comment


def _change(host: FakeHost, number: int, data: Any) -> Reply:
    comment = next(one for one in host.comments if one["id"] == number)
    comment["body"] = data["body"]
    return Reply(200, comment)


def _page(host: FakeHost, page: int, links: Callable[[int | None], dict[str, str]]) -> Reply:
    start = (page - 1) * host.page_size
    more = start + host.page_size < len(host.comments)
    found = host.comments[start : start + host.page_size]
    return Reply(200, found, links(page + 1 if more else None))


def _link(host: FakeHost, path: str, page: int | None) -> dict[str, str]:
    first = f'<{host.url}{path}?page=1>; rel="first"'
    return {
        "Link": first if page is None else f'<{host.url}{path}?page={page}>; rel="next", {first}'
    }
