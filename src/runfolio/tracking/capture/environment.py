"""The Python environment and the machine a run uses."""

from __future__ import annotations

import functools
import os
import re
import sys
from typing import Any, NamedTuple


class Package(NamedTuple):
    """An installed package as ``name==version``; `local` where it came from no index.

    That is from a folder, an archive or a repository, which pip and uv note beside it (PEP 610).
    """

    name: str
    text: str
    local: bool


def read_environment() -> dict[str, Any]:
    """Python's version and implementation, the platform, the CPU count, and the packages.

    `packages` are texts such as ``numpy==2.1.0``, sorted by name; "local", where it is there, are
    the names of those that came from no index.
    """
    import platform

    local = [one.name for one in read_installed() if one.local]
    return {
        "python": platform.python_version(),
        "implementation": platform.python_implementation(),
        "platform": read_platform(),
        "cpu_count": os.cpu_count(),
        "packages": list(read_packages()),
    } | ({"local": local} if local else {})


def read_host() -> dict[str, str | None]:
    """The machine's name, the user's, and the operating system; None for what is not known."""
    import socket

    return {
        "host": _clean(socket.gethostname()),
        "user": _clean(_read_user()),
        "os": read_platform(),
    }


def read_platform() -> str:
    """The operating system, its release and the processor type, such as ``Linux 6.1.0 x86_64``."""
    import platform

    parts = (platform.system(), platform.release(), platform.machine())
    return " ".join(part for part in parts if part) or sys.platform


def read_packages() -> tuple[str, ...]:
    """All installed packages as ``name==version``, sorted; those Python would import, once each."""
    return tuple(one.text for one in read_installed())


@functools.cache
def read_installed() -> tuple[Package, ...]:
    """All installed packages by name.

    Read once per process: it takes about a tenth of a second with many packages.
    """
    from importlib import metadata

    found: dict[str, Package] = {}
    for distribution in metadata.distributions():
        try:
            headers = _read_headers(distribution)
            name, version = headers.get("name"), headers.get("version")
            normal = re.sub(r"[-_.]+", "-", name or "").lower()
            if name and normal not in found:
                local = distribution.read_text("direct_url.json") is not None
                text = f"{name}=={version}" if version else name
                found[normal] = Package(name, text, local)
        except (OSError, ValueError):
            continue  # removed meanwhile, or no text
    return tuple(found[name] for name in sorted(found))


def _read_headers(distribution: Any) -> dict[str, str]:
    """The name and version; parsing the whole metadata as a message takes five times as long."""
    text = distribution.read_text("METADATA") or distribution.read_text("PKG-INFO") or ""
    headers: dict[str, str] = {}
    for line in text.splitlines():
        if not line.strip():
            break
        key, colon, value = line.partition(":")
        if colon and key.lower() in ("name", "version"):
            headers.setdefault(key.lower(), value.strip())
    return headers


def _read_user() -> str | None:
    import getpass

    try:
        return getpass.getuser()
    except (KeyError, OSError, ImportError):
        # A container may run under a user id that no passwd entry names.
        return None


def _clean(text: str | None) -> str | None:
    return text.encode(errors="replace").decode() if text else None
