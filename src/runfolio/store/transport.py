"""How fsspec is driven: connecting, many calls at once, and what its errors mean."""

from __future__ import annotations

import asyncio
import os
import threading
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import dataclass, field
from datetime import UTC, datetime
from typing import Any, Final, TypeVar

from runfolio.errors import MissingDependency, StoreNotFound

T = TypeVar("T")

CONNECTIONS: Final = 32
"""How many requests are on their way at once."""

_CONNECTING: Final = ("AWS_", "FSSPEC_", "GOOGLE_", "AZURE_")


@dataclass(frozen=True, slots=True)
class Call:
    """A call of a file system's method."""

    method: str
    arguments: tuple[Any, ...]
    options: Mapping[str, Any] = field(default_factory=dict)


_opened: dict[tuple[int, str, frozenset[tuple[str, str]]], tuple[Any, str]] = {}


def open_filesystem(url: str) -> tuple[Any, str]:
    """The fsspec file system of an address, and the path of the address on it.

    It is shared by all that use the address, until a variable that says how to connect changes.
    """
    said = ((key, value) for key, value in os.environ.items() if key.startswith(_CONNECTING))
    key = os.getpid(), url, frozenset(said)
    if key not in _opened:
        _opened[key] = _open(url)
    filesystem, root = _opened[key]
    if getattr(filesystem, "async_impl", False) and not threading.main_thread().is_alive():
        _outlive_the_interpreter(filesystem.loop)
    return filesystem, root


def forget_filesystem(url: str) -> None:
    """Connect anew the next time, after a failure."""
    for key in [key for key in list(_opened) if key[1] == url]:
        _opened.pop(key, None)


def _open(url: str) -> tuple[Any, str]:
    """Make a file system of its own, which no one else shares.

    Raises `MissingDependency` where the protocol needs a library that isn't installed.
    """
    protocol = url.partition("://")[0]
    try:
        from fsspec.config import conf
        from fsspec.core import url_to_fs

        options: dict[str, Any] = {"skip_instance_cache": True}
        if protocol in ("s3", "s3a"):
            said = conf.get(protocol, {}).get("config_kwargs", {})
            options["config_kwargs"] = {"max_pool_connections": CONNECTIONS, **said}
        filesystem, root = url_to_fs(url, **options)
    except ImportError as error:
        install = "runfolio[s3]" if protocol in ("s3", "s3a") else "fsspec[full]"
        raise MissingDependency(
            f"The store {url!r} needs a library that is not installed ({error}). "
            f"Install it with: pip install '{install}'"
        ) from error
    except ValueError as error:
        raise StoreNotFound(
            f"Couldn't open the store {url!r}: {error}. Name a folder, or an address such as "
            "s3://bucket/runs."
        ) from error
    return filesystem, str(root).rstrip("/")


def at_once(filesystem: Any, calls: Sequence[Call]) -> list[BaseException | None]:
    """Call methods of a file system, side by side where it can; return how each failed, or None."""
    if not getattr(filesystem, "async_impl", False):
        return [_try(filesystem, call) for call in calls]
    from fsspec.asyn import sync

    async def all_of_them() -> list[BaseException | None]:
        slots = asyncio.Semaphore(CONNECTIONS)
        broken: list[Exception] = []

        async def one(call: Call) -> None:
            async with slots:
                if broken:  # the connection, which the others need too
                    raise broken[0]
                try:
                    await getattr(filesystem, f"_{call.method}")(*call.arguments, **call.options)
                except (FileNotFoundError, PermissionError):
                    raise
                except Exception as error:
                    broken.append(error)
                    raise

        return await asyncio.gather(*map(one, calls), return_exceptions=True)

    failures: list[BaseException | None] = sync(filesystem.loop, all_of_them)
    return failures


def _try(filesystem: Any, call: Call) -> Exception | None:
    try:
        getattr(filesystem, call.method)(*call.arguments, **call.options)
    except Exception as error:  # noqa: BLE001, handed to the caller, as gather does
        return error
    return None


class _ThreadPerCall(ThreadPoolExecutor):
    """Runs each call in a thread of its own, which works while the interpreter ends too."""

    def submit(self, fn: Callable[..., T], /, *args: Any, **kwargs: Any) -> Future[T]:
        future: Future[T] = Future()

        def work() -> None:
            try:
                future.set_result(fn(*args, **kwargs))
            except BaseException as error:  # noqa: BLE001, raised where the result is asked for
                future.set_exception(error)

        threading.Thread(target=work, daemon=True).start()
        return future


def _outlive_the_interpreter(loop: asyncio.AbstractEventLoop) -> None:
    """Let fsspec's loop look up host names at exit, when Python refuses its pools new work.

    A run that nobody finished is finished then.
    """
    loop.call_soon_threadsafe(loop.set_default_executor, _ThreadPerCall())


def tag_of(details: Mapping[str, Any]) -> str:
    """What of a listed object changes with its content: its ETag or the like."""
    for key in ("ETag", "etag", "md5Hash", "content_md5", "version", "mtime", "created"):
        if details.get(key) is not None:
            return str(details[key])
    return ""


def modified_of(details: Mapping[str, Any]) -> float:
    """When a listed object was written, in seconds since 1970; now where the listing says not."""
    for key in ("LastModified", "last_modified", "updated", "mtime", "created"):
        value = details.get(key)
        if isinstance(value, str):
            value = datetime.fromisoformat(value)
        if isinstance(value, datetime):
            return value.timestamp()
        if isinstance(value, int | float):
            return float(value)
    return datetime.now(UTC).timestamp()


def explain(error: BaseException) -> str:
    """Why a storage library failed, and what to do, as the end of a sentence."""
    said = str(error).strip().splitlines()[0].rstrip(".") if str(error).strip() else ""
    name = type(error).__name__
    if "Credentials" in name:
        return "no credentials were found. Set AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY."
    if isinstance(error, PermissionError):
        return f"access was denied ({said}). Check the credentials and their rights."
    if isinstance(error, FileNotFoundError):
        return f"it isn't there ({said}). Check the address, or make the bucket first."
    if "connect" in name.lower() or "connect" in said.lower() or "timeout" in name.lower():
        return f"{said or name}. Check the network and AWS_ENDPOINT_URL."
    return f"{said or 'it failed'} ({name})."
