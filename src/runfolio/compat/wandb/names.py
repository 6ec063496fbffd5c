"""Names of W&B's module that change as runs come and go, and those that have no counterpart."""

from __future__ import annotations

from typing import Any, NoReturn

from runfolio.compat.wandb.active import current, required
from runfolio.compat.wandb.integrations import INTEGRATIONS
from runfolio.compat.wandb.refusals import REFUSED, UnknownName, refuse_name
from runfolio.errors import NoActiveRun


class Unstarted:
    """Stands for the config or the summary before there is a run; to use it needs one."""

    def __init__(self, name: str) -> None:
        self.__dict__["_name"] = name

    def _refuse(self, *unused: Any) -> NoReturn:
        name = self.__dict__["_name"]
        required(name)
        raise NoActiveRun(f"This is wandb.{name} of before wandb.init(). Take wandb.{name} again.")

    def __getattr__(self, key: str) -> Any:
        if key.startswith("__"):
            raise AttributeError(key)
        self._refuse()

    __setattr__ = __getitem__ = __setitem__ = __contains__ = __len__ = __iter__ = _refuse

    def __bool__(self) -> bool:
        return False

    def __repr__(self) -> str:
        return f"<wandb.{self._name} before wandb.init()>"


def find_name(name: str) -> Any:
    """What `name` stands for now: the current run, or its config or summary.

    Raises `UnsupportedCall`, which is an AttributeError too, for what Runfolio has not.
    """
    if name == "run":
        return current()
    if name in ("config", "summary"):
        run = current()
        return Unstarted(name) if run is None else getattr(run, name)
    if name in REFUSED or name in INTEGRATIONS:
        raise refuse_name(name, INTEGRATIONS.get(name))
    raise UnknownName(
        f"module 'runfolio.compat.wandb' has no attribute {name!r}: Runfolio takes W&B's calls "
        "that log, and this is none of them. Leave it out."
    )
