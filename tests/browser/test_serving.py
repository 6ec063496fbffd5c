"""The host of the tests gives out a site as asked, and nothing beside it."""

from __future__ import annotations

import gzip
from collections.abc import Mapping
from contextlib import closing
from dataclasses import dataclass
from email.message import Message
from http.client import HTTPConnection
from pathlib import Path
from urllib.parse import urlsplit

import pytest

from tests.browser.serving import JENKINS, SUB_PATH, served


@dataclass(frozen=True)
class Answer:
    """What a host answered."""

    status: int
    headers: Message
    body: bytes


def fetch(address: str, path: str, headers: Mapping[str, str] | None = None) -> Answer:
    with closing(HTTPConnection(urlsplit(address).netloc, timeout=10)) as connection:
        connection.request("GET", path, headers=dict(headers or {}))
        answer = connection.getresponse()
        return Answer(answer.status, answer.headers, answer.read())


@pytest.fixture
def site(tmp_path: Path) -> Path:
    folder = tmp_path / "site"
    folder.mkdir()
    (folder / "index.html").write_text("hello")
    (folder / "image.png").write_bytes(b"x")
    (tmp_path / "secret.txt").write_text("secret")
    return folder


def test_the_headers_of_the_host_come_with_every_file(site: Path) -> None:
    with served(site, headers=JENKINS) as address:
        for name, kind in (("", "text/html; charset=utf-8"), ("image.png", "image/png")):
            answer = fetch(address, SUB_PATH + name)
            assert answer.status == 200
            assert answer.headers["Content-Type"] == kind
            assert JENKINS.items() <= dict(answer.headers).items()


@pytest.mark.parametrize("path", ["/index.html", "/favicon.ico", SUB_PATH + "../secret.txt"])
def test_nothing_beside_the_site_is_given_out(site: Path, path: str) -> None:
    with served(site) as address:
        assert fetch(address, path).status == 404


def test_text_is_compressed_for_those_who_take_it(site: Path) -> None:
    accepting = {"Accept-Encoding": "gzip"}
    with served(site, compress=True) as address:
        assert gzip.decompress(fetch(address, SUB_PATH, accepting).body) == b"hello"
        assert fetch(address, SUB_PATH).body == b"hello"
        assert fetch(address, SUB_PATH + "image.png", accepting).body == b"x"
