"""A small client for the JSON interfaces of hosts that take comments.

It waits and asks again where a host is busy or limits requests, never follows a redirect to another
host, and keeps the token out of every message.
"""

from __future__ import annotations

import json
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from http.client import HTTPException
from typing import Any, Final, TypeVar
from urllib.error import URLError
from urllib.parse import urljoin, urlsplit
from urllib.request import HTTPErrorProcessor, ProxyHandler, Request, build_opener

from runfolio.errors import CommentNotSent, CommentPlaceUnknown
from runfolio.review.waiting import Patience, find_limit, wait_after
from runfolio.version import __version__

TRIES: Final = 5
SECONDS: Final = 30.0
MOST_BYTES: Final = 64 * 1024 * 1024
MOST_REDIRECTS: Final = 3
MOST_SHOWN: Final = 300
_UNTRUSTED: Final = "its certificate is not trusted here"


class OutcomeUnknown(CommentNotSent):
    """A request that must not be repeated blindly broke off: it may have been carried out."""


@dataclass(frozen=True, slots=True)
class Answer:
    """What a host answered; the names of `headers` are in lower case."""

    status: int
    headers: Mapping[str, str]
    body: Any

    @property
    def message(self) -> str:
        """What the host says of itself, cut to a line."""
        found = self.body if isinstance(self.body, dict) else {}
        said = found.get("message") or found.get("error") or ""
        text = said if isinstance(said, str) else json.dumps(said, ensure_ascii=False)
        return " ".join(text.split())[:MOST_SHOWN]


Send = Callable[[Request, float], Answer]
Kind = TypeVar("Kind", dict[str, Any], list[Any])


@dataclass(frozen=True)
class Api:
    """The interface at `base`; `token` goes into the header Authorization, and nowhere else."""

    base: str
    token: str = field(repr=False)
    patience: Patience
    headers: Mapping[str, str] = field(default_factory=dict)
    send: Send = field(default_factory=lambda: send_request, repr=False)

    def call(
        self,
        method: str,
        path: str,
        data: Mapping[str, Any] | None = None,
        *,
        repeat: bool = True,
    ) -> Answer:
        """Send a request to a path, or to an address on the same host, and return the answer.

        Without `repeat` it is sent again only when the host refused it for its limits; where it may
        have been carried out, `OutcomeUnknown` is raised. Raises `CommentNotSent` when a host stays
        away.
        """
        for number in range(TRIES):
            answer = self._answer_within_limits(method, self._address(path), data)
            if isinstance(answer, Answer) and answer.status < 500:
                return answer
            failure = CommentNotSent if repeat else OutcomeUnknown
            problem = f"status {answer.status}" if isinstance(answer, Answer) else str(answer)
            if not repeat or answer == _UNTRUSTED or number + 1 == TRIES:
                break
            reason = f"{self.host!r} is away ({problem})"
            self.patience.wait(wait_after(number, self.patience.jitter), reason)
        raise failure(
            f"The comment could not be sent to {self.host!r}: {problem}. Try again later, or check "
            "the address that was given with --api."
        )

    def _answer_within_limits(
        self, method: str, address: str, data: Mapping[str, Any] | None
    ) -> Answer | str:
        """The answer to a request once the host takes it, or why there is none, in words."""
        while True:
            try:
                answer = self._follow(method, address, data)
            except (OSError, HTTPException) as error:
                return self.hide(_describe(error))
            seconds = find_limit(answer.status, answer.headers, answer.body, self.patience.now)
            if seconds is None:
                return answer
            self.patience.wait(seconds, f"{self.host!r} limits requests")

    def take(self, answer: Answer, kind: type[Kind]) -> Kind:
        """What an answer holds: an object (`dict`) or a list of objects."""
        body = answer.body
        if isinstance(body, kind) and (
            not isinstance(body, list) or all(isinstance(one, dict) for one in body)
        ):
            return body
        raise CommentNotSent(
            f"{self.host!r} does not answer as an interface for comments does. Check the address "
            "of the interface (--api)."
        )

    @property
    def host(self) -> str:
        """The host's name, with the port where one was given."""
        return urlsplit(self.base).netloc

    def hide(self, text: str) -> str:
        """A text without the token, should a host or a library have put it there."""
        return text.replace(self.token, "***") if self.token else text

    def _address(self, path: str) -> str:
        return path if "://" in path else f"{self.base.rstrip('/')}/{path.lstrip('/')}"

    def _follow(self, method: str, address: str, data: Mapping[str, Any] | None) -> Answer:
        """Send a request, and again to where the same host says it has to go."""
        for _ in range(MOST_REDIRECTS + 1):
            if _origin(address) != _origin(self.base):
                raise CommentNotSent(
                    f"{self.host!r} refers to another host, at {address[:MOST_SHOWN]!r}, which "
                    "gets no token of yours. Name the right address with --api."
                )
            answer = self.send(self._request(method, address, data), SECONDS)
            if answer.status not in (301, 302, 307, 308):
                return answer
            address = _join(address, answer.headers.get("location", ""))
        raise CommentNotSent(f"{self.host!r} redirects in circles. Name its address with --api.")

    def _request(self, method: str, address: str, data: Mapping[str, Any] | None) -> Request:
        body = None if data is None else json.dumps(data).encode()
        headers = {
            "Authorization": f"Bearer {self.token}",
            "User-Agent": f"runfolio/{__version__}",
            **({} if body is None else {"Content-Type": "application/json; charset=utf-8"}),
            **self.headers,
        }
        return Request(address, data=body, headers=headers, method=method)


def check_base(address: str) -> str:
    """The base address of an interface; only https, but for this machine, and no user in it."""
    try:
        parts = urlsplit(address)
        host, named = parts.hostname or "", parts.username is not None
        _ = parts.port
    except ValueError:
        host, named, parts = "", False, urlsplit("")
    if named:
        raise CommentPlaceUnknown(
            "The address of an interface holds a user or password. Give the token in the "
            "environment instead."
        )
    secure = parts.scheme == "https" or (parts.scheme == "http" and is_loopback(host))
    if not host or not secure or not _is_plain(address):
        raise CommentPlaceUnknown(
            f"{address!r} is no address that a token may be sent to. Write https://…"
        )
    return address


def check_token(token: str, name: str) -> str:
    """A token that fits into a header; the message never shows it."""
    bare = token.strip()
    if not bare.isascii() or not bare.isprintable() or " " in bare:
        raise CommentPlaceUnknown(
            f"The environment's {name} holds characters no token has. Set it again, without quotes "
            "or line breaks."
        )
    return bare


def is_loopback(host: str) -> bool:
    """Whether a host's name stands for this machine."""
    return host in ("localhost", "::1") or (host.startswith("127.") and host.count(".") == 3)


class _AnyStatus(HTTPErrorProcessor):
    """Takes every status as it is, redirects too: `Api` looks where they lead before it goes on."""

    def http_response(self, request: Request, response: Any) -> Any:  # noqa: ARG002
        return response

    https_response = http_response


def send_request(request: Request, seconds: float) -> Answer:
    """Send a request, through the environment's proxy unless it stays on this machine."""
    local = is_loopback(urlsplit(request.full_url).hostname or "")
    opener = build_opener(_AnyStatus, *([ProxyHandler({})] if local else []))
    with opener.open(request, timeout=seconds) as response:
        return _answer(response.status, response)


def _answer(status: int, response: Any) -> Answer:
    content = response.read(MOST_BYTES + 1)
    if len(content) > MOST_BYTES:
        raise OSError(f"the answer is larger than {MOST_BYTES:,} bytes")
    try:
        body = json.loads(content)
    except (ValueError, RecursionError):
        body = None
    headers = {name.lower(): value for name, value in response.headers.items()}
    return Answer(status, headers, body)


def _join(address: str, place: str) -> str:
    try:
        return urljoin(address, place)
    except ValueError:
        return place


def _origin(address: str) -> tuple[str, str | None, int | None] | None:
    """Scheme, host and port; None for what is no address, which is like no other."""
    try:
        parts = urlsplit(address)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:
        return None
    return (parts.scheme, parts.hostname, port) if _is_plain(address) else None


def _is_plain(address: str) -> bool:
    return address.isascii() and address.isprintable() and " " not in address


def _describe(error: OSError | HTTPException) -> str:
    reason = error.reason if isinstance(error, URLError) else error
    if isinstance(reason, ssl.SSLCertVerificationError):
        return _UNTRUSTED
    if isinstance(reason, TimeoutError):
        return f"no answer within {SECONDS:g} s"
    text = getattr(reason, "strerror", None) or str(reason)
    return " ".join(text.split())[:MOST_SHOWN] or type(reason).__name__
