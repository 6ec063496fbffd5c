"""A real S3 protocol server on this machine, and a bucket of its own for each test."""

from __future__ import annotations

import itertools
import os
import threading
import warnings
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

_numbers = itertools.count()


class Server:
    """moto's S3 server; it can go away, and come back on the same port with what it held."""

    def __init__(self) -> None:
        self._server: Any = None
        self._thread: threading.Thread | None = None
        self.port = 0

    def start(self) -> None:
        from moto.moto_server.werkzeug_app import DomainDispatcherApplication, create_backend_app
        from werkzeug.serving import make_server

        app = DomainDispatcherApplication(create_backend_app)
        self._server = make_server("127.0.0.1", self.port, app, threaded=True)
        self.port = self._server.server_address[1]
        self._thread = threading.Thread(target=self._server.serve_forever, args=(0.05,))
        self._thread.daemon = True
        self._thread.start()

    def stop(self) -> None:
        self._server.shutdown()
        self._server.server_close()

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}"


@pytest.fixture(scope="session")
def _server() -> Iterator[Server]:
    import logging

    logging.getLogger("werkzeug").setLevel(logging.ERROR)
    server = Server()
    with warnings.catch_warnings():
        # moto and botocore still use what later Pythons and libraries have renamed.
        warnings.simplefilter("ignore", DeprecationWarning)
        server.start()
    yield server
    server.stop()


@pytest.fixture(autouse=True)
def _own_spool(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """No test leaves anything in the user's cache."""
    monkeypatch.setenv("RUNFOLIO_SPOOL", str(tmp_path / "spool"))


@pytest.fixture
def server(_server: Server, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Server:
    """The server, with an environment that leads there and nowhere else."""
    for name in list(os.environ):
        if name.lower().endswith("_proxy") or name.startswith("AWS_"):
            monkeypatch.delenv(name)
    monkeypatch.setenv("AWS_ACCESS_KEY_ID", "test")
    monkeypatch.setenv("AWS_SECRET_ACCESS_KEY", "test")
    monkeypatch.setenv("AWS_DEFAULT_REGION", "us-east-1")
    monkeypatch.setenv("AWS_EC2_METADATA_DISABLED", "true")
    monkeypatch.setenv("AWS_CONFIG_FILE", str(tmp_path / "no-config"))
    monkeypatch.setenv("AWS_SHARED_CREDENTIALS_FILE", str(tmp_path / "no-credentials"))
    monkeypatch.setenv("AWS_MAX_ATTEMPTS", "1")
    monkeypatch.setenv("AWS_ENDPOINT_URL", _server.url)
    return _server


@pytest.fixture
def bucket(server: Server) -> str:
    """The name of an empty bucket."""
    import s3fs

    name = f"bucket-{next(_numbers)}"
    s3fs.S3FileSystem(skip_instance_cache=True).mkdir(name)
    return name


@pytest.fixture
def url(bucket: str) -> str:
    """An address for a store; nothing is there yet."""
    return f"s3://{bucket}/team/runs"


@pytest.fixture
def spool(tmp_path: Path) -> Path:
    """Where runs are spooled."""
    return tmp_path / "spool"
