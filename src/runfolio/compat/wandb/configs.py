"""A run's config: settings by name, as items and as attributes, which become parameters."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING, Any

from runfolio.compat.wandb.nesting import look_up
from runfolio.compat.wandb.options import read_config
from runfolio.compat.wandb.refusals import warn_skipped, warn_unsupported
from runfolio.compat.wandb.rows import UNUSABLE
from runfolio.errors import ParameterConflict

if TYPE_CHECKING:
    from runfolio.tracking.run import Run


class Config:
    """Settings that are logged as parameters when they are set; nested ones with dotted keys."""

    def __init__(self, run: Run, known: dict[str, Any], *, changeable: bool = False) -> None:
        self.__dict__["_run"] = run
        self.__dict__["_items"] = dict(known)
        self.__dict__["_changeable"] = changeable

    def update(self, config: Any = None, allow_val_change: bool | None = None, **more: Any) -> None:
        """Set several; one that is set to another value needs `allow_val_change`."""
        fresh = read_config(config) | more
        allowed = self._changeable if allow_val_change is None else allow_val_change
        for key, value in fresh.items():
            self._log(key, value, allowed=allowed)
            self._items[key] = value

    def setdefaults(self, config: Any) -> None:
        """Set those that aren't set yet."""
        self.update({k: v for k, v in read_config(config).items() if k not in self._items})

    def _log(self, key: str, value: Any, *, allowed: bool) -> None:
        for name, one in flatten(key, value):
            try:
                self._run.log_param(name, one)
            except UNUSABLE as error:
                warn_skipped("config", name, error)
            except ParameterConflict:
                if not allowed:
                    raise
                self._run.set_tag(f"config.{name}", one)
                warn_unsupported(
                    "config", "a parameter keeps its first value; the new one is kept as a tag "
                    f"such as {f'config.{name}'!r}."
                )  # fmt: skip

    def get(self, key: str, default: Any = None) -> Any:
        """The value of a setting, or `default`."""
        try:
            return look_up(self._items, key)
        except KeyError:
            return default

    def as_dict(self) -> dict[str, Any]:
        """All settings."""
        return dict(self._items)

    def keys(self) -> Any:
        """The names of all settings."""
        return self._items.keys()

    def values(self) -> Any:
        """The values of all settings."""
        return self._items.values()

    def items(self) -> Any:
        """All settings as pairs."""
        return self._items.items()

    def __getitem__(self, key: str) -> Any:
        return look_up(self._items, key)

    def __setitem__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __getattr__(self, key: str) -> Any:
        try:
            return self.__dict__["_items"][key]
        except KeyError:
            raise AttributeError(f"The config has no {key!r}. Set it with wandb.config.") from None

    def __setattr__(self, key: str, value: Any) -> None:
        self.update({key: value})

    def __contains__(self, key: object) -> bool:
        return key in self._items

    def __iter__(self) -> Iterator[str]:
        return iter(self._items)

    def __len__(self) -> int:
        return len(self._items)

    def __repr__(self) -> str:
        return repr(self._items)


def flatten(key: str, value: Any) -> Iterator[tuple[str, Any]]:
    """A value that may be nested as pairs of dotted keys and values."""
    if isinstance(value, dict) and value:
        for inner, one in value.items():
            yield from flatten(f"{key}.{inner}", one)
    else:
        yield key, value
