"""What adds whole runs, to stores in folders and on object storage alike."""

from __future__ import annotations

from pathlib import Path

from runfolio.store.adding import Adder
from runfolio.store.layout import StorePath, is_address, locate_store
from runfolio.store.remote_adding import RemoteAdder


def open_adder(store: StorePath | None = None) -> Adder | RemoteAdder:
    """What adds whole runs to a store, a folder or an address, which is made one if it is none."""
    place = locate_store(store)
    if is_address(place):
        return RemoteAdder(place)
    return Adder(Path(place))
