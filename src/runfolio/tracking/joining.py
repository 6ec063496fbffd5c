"""Joining a run that is there already: to go on with it, or as another rank of it."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from runfolio.errors import (
    InvalidValue,
    RunAlreadyActive,
    RunNotFound,
    StoreDamaged,
    StoreNotFound,
    StoreUnreachable,
    StoreWriteFailed,
)
from runfolio.schema import Param, is_run_id
from runfolio.store.edited import read_said
from runfolio.store.journal import Journal, read_journal
from runfolio.store.layout import RunFolder, is_address, run_folder
from runfolio.store.liveness import is_here
from runfolio.store.opening import named_as, open_run
from runfolio.store.packs import PackIndex
from runfolio.store.replay import list_journals, rank_of, replay_run, turn_of
from runfolio.store.sealed import SealedForm, find_sealed
from runfolio.tracking.options import RunOptions

if TYPE_CHECKING:
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Joined:
    """What a writer has to know of the run it joins; `known` is False for a new one.

    Parameters and next steps are those of earlier turns: ranks that log side by side count alone.
    """

    run_id: str | None = None
    rank: int = 0
    known: bool = False
    turn: int = 1
    experiment: str | None = None
    name: str | None = None
    start_time: int | None = None
    parent_id: str | None = None
    params: dict[str, Param] = field(default_factory=dict)
    next_steps: dict[str, int] = field(default_factory=dict)
    series_steps: dict[tuple[str, str], int] = field(default_factory=dict)
    models: dict[str, str] = field(default_factory=dict)


def join_run(store: Path | str, options: RunOptions) -> Joined:
    """Find the run that `options` name; raise `RunNotFound` when it isn't there to be resumed.

    `store` is a folder or an address.
    """
    rank = _check_rank(options)
    if options.run_id is None:
        return Joined()
    try:
        root, run_id = _find(store, options.run_id)
    except (RunNotFound, StoreNotFound):
        if options.rank is None or not is_run_id(options.run_id):
            raise
        return Joined(options.run_id, rank)
    except (StoreUnreachable, StoreWriteFailed):
        # A rank begins all the same; a run that is resumed has to be read.
        if options.on_error == "raise" or options.rank is None or not is_run_id(options.run_id):
            raise
        return Joined(options.run_id, rank)
    with named_as(store, root):
        joined = _read(root, run_folder(root, run_id), rank)
    for word, said, kept in (
        ("experiment", options.experiment, joined.experiment),
        ("name", options.name, joined.name),
    ):
        if said is not None and said != kept:
            raise InvalidValue(
                f"The run {run_id!r} has the {word} {kept!r} and can't be resumed with {said!r}. "
                f"Leave {word} out."
            )
    return joined


def _find(store: Path | str, text: str) -> tuple[Path, str]:
    """A folder with the run that `text` is the id of, or the beginning of its id, and the id."""
    if is_address(store):
        from runfolio.store.remote_run import upload_leftovers

        # What a process that was killed here could not upload comes before what goes on.
        upload_leftovers(store, text, seal=False)
    return open_run(store, text)


def _check_rank(options: RunOptions) -> int:
    rank = options.rank
    if options.on_error not in ("raise", "warn"):
        raise InvalidValue(f"on_error is 'raise' or 'warn', not {options.on_error!r}.")
    if rank is None:
        return 0
    if isinstance(rank, bool) or not isinstance(rank, int) or rank < 0:
        raise InvalidValue(f"A rank is an integer from 0, not {rank!r}.")
    if options.run_id is None:
        raise InvalidValue(
            f"rank={rank} needs run_id: one id for all ranks, 16 hexadecimal digits such as "
            "secrets.token_hex(8)."
        )
    return rank


def _read(store: Path, folder: RunFolder, rank: int) -> Joined:
    """Read the run, and again when another rank has sealed it meanwhile."""
    while True:
        packs = PackIndex(store)
        form = find_sealed(folder, packs)
        try:
            joined = _join(store, folder, form, rank)
            if _same(form, find_sealed(folder, packs)):
                return joined
        except StoreDamaged:
            if _same(form, find_sealed(folder, packs)):
                raise


def _same(one: SealedForm | None, other: SealedForm | None) -> bool:
    return (one and one.journals) == (other and other.journals)


def _join(store: Path, folder: RunFolder, form: SealedForm | None, rank: int) -> Joined:
    journals = [one for one in map(read_journal, list_journals(folder)) if one.header is not None]
    if form is not None:
        journals = [one for one in journals if one.path.name not in form.journals]
    turn = _next_turn(journals, form, rank)
    _check_nobody_logs(folder, journals, rank)
    later = {one.path.name for one in journals if turn_of(one) >= turn}
    if form is None and len(later) == len(journals):
        return _alongside(folder, journals, rank, turn)
    merged = later | (form.journals if form is not None else frozenset())
    tables = replay_run(folder, base=form.base() if form else None, merged=merged).tables
    (run,) = tables["run"].to_pylist()
    _check_not_deleted(store, folder.run_id, run["experiment"])
    return Joined(
        run_id=folder.run_id,
        rank=rank,
        known=True,
        turn=turn,
        experiment=run["experiment"],
        name=run["name"],
        start_time=_microseconds(tables["run"], "start_time"),
        parent_id=run["parent_id"],
        params=_params(tables["params"]),
        next_steps=_next_steps(tables["metrics"]),
        series_steps=_series_steps(tables["artifacts"]),
        models=_models(tables["artifacts"]),
    )


def _alongside(folder: RunFolder, journals: list[Journal], rank: int, turn: int) -> Joined:
    """A rank that joins a run in the turn that began it."""
    header: dict[str, Any] = {}
    for journal in journals:
        header = journal.header or header
    return Joined(
        run_id=folder.run_id,
        rank=rank,
        known=True,
        turn=turn,
        experiment=header.get("experiment"),
        name=header.get("name"),
        start_time=header.get("start_time"),
        parent_id=header.get("parent_id"),
    )


def _next_turn(journals: list[Journal], form: SealedForm | None, rank: int) -> int:
    """One more than this rank had so far, and no less than others have."""
    mine = [turn_of(one) + 1 for one in journals if rank_of(one) == rank]
    sealed = [] if form is None else [form.turn + 1]
    return max([1, *sealed, *mine, *(turn_of(one) for one in journals)])


def _check_nobody_logs(folder: RunFolder, journals: list[Journal], rank: int) -> None:
    for journal in journals:
        writer = (journal.header or {}).get("writer", {})
        if rank_of(journal) == rank and not journal.has_ended and is_here(writer):
            raise RunAlreadyActive(
                f"The run {folder.run_id!r} is being logged by process {writer['pid']} as rank "
                f"{rank}. Finish it there first, or join it with another rank."
            )


def _check_not_deleted(store: Path, run_id: str, experiment: str) -> None:
    if read_said(store).deleted_since(run_id, experiment) is not None:
        raise RunNotFound(
            f"The run {run_id!r} was deleted. Restore it first: runfolio restore {run_id}"
        )


def _microseconds(table: pa.Table, column: str) -> int:
    import pyarrow as pa

    return int(table[column].cast(pa.int64())[0].as_py())


def _params(table: pa.Table) -> dict[str, Param]:
    rows = table.to_pylist()
    return {row["key"]: Param(row["kind"], row["text"], row["number"]) for row in rows}


def _next_steps(metrics: pa.Table) -> dict[str, int]:
    """The step after the one logged last, for each metric."""
    keys, steps = metrics["key"].to_pylist(), metrics["step"].to_pylist()
    return {key: step + 1 for key, step in zip(keys, steps, strict=True)}


def _models(artifacts: pa.Table) -> dict[str, str]:
    """The digest of each model that was logged, by its folder."""
    rows = [one for one in artifacts.to_pylist() if one["kind"] == "model"]
    if not rows:
        return {}
    from runfolio.models.description import digest_files, files_below, find_model_folders

    files = {one["path"]: one["sha256"] for one in rows}
    return {one: digest_files(files_below(files, one)) for one in find_model_folders(files)}


def _series_steps(artifacts: pa.Table) -> dict[tuple[str, str], int]:
    found: dict[tuple[str, str], int] = {}
    for row in artifacts.to_pylist():
        if row["key"] is not None and row["step"] is not None:
            series = row["kind"], row["key"]
            found[series] = max(found.get(series, 0), row["step"] + 1)
    return found
