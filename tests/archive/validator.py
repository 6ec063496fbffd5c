"""The RO-Crate validator without a network, run in the environment ``crates``.

It would fetch the terms of RO-Crate. Here it gets those that the package `rocrate` ships, which
are of RO-Crate 1.3 and hold those of 1.1; every other address, and every connection, is refused.
"""

from __future__ import annotations

import json
import socket
import sys
import tempfile
from importlib import import_module
from pathlib import Path
from typing import Any

CONTEXT = "https://w3id.org/ro/crate/1.1/context"


def refuse(*_: object, **__: object) -> None:
    raise OSError("no network here")


def answer(_: object, url: str, **__: object) -> Any:
    import requests
    import rocrate

    terms = Path(rocrate.__file__).parent / "data" / "ro-crate.jsonld"
    response = requests.Response()
    response.url = url
    response.status_code = 200 if url == CONTEXT else 404
    response._content = terms.read_bytes() if url == CONTEXT else b""
    response.headers["Content-Type"] = "application/ld+json"
    return response


def main(archive: str, severity: str) -> None:
    """Print as JSON how many checks ran and what they found."""
    for name in ("create_connection", "getaddrinfo"):
        setattr(socket, name, refuse)
    socket.socket.connect = refuse  # type: ignore[method-assign]
    import_module("rocrate_validator.utils.http").HttpRequester.get = answer
    with tempfile.TemporaryDirectory() as folder:
        settings = {
            "rocrate_uri": archive,
            "profile_identifier": "process-run-crate",
            "requirement_severity": severity,
            "offline": True,
            "cache_path": Path(folder) / "cache",
        }
        result = import_module("rocrate_validator.services").validate(settings)
    issues = [f"{one.check.identifier}: {one.message}" for one in result.get_issues()]
    print(json.dumps({"checks": len(result.executed_checks), "issues": sorted(set(issues))}))


if __name__ == "__main__":
    main(*sys.argv[1:])
