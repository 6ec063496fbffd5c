"""``runfolio recover``, ``pack``, ``verify``, ``gc`` and ``du``: looking after a store."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import click

from runfolio.cli.ending import Command
from runfolio.cli.output import count, json_option, print_json, print_table, printable
from runfolio.cli.progress import Bar
from runfolio.cli.spreading import engine_options, read_engine
from runfolio.cli.words import PLACE, one_line_errors, read_duration, store_option

if TYPE_CHECKING:
    from collections.abc import Iterable

    from runfolio.store import Damage


@click.command(cls=Command)
@click.option(
    "--older-than",
    callback=read_duration,
    metavar="DURATION",
    default="1d",
    show_default=True,
    help="How long a process on another host has to be silent to count as gone.",
)
@engine_options
@store_option
@json_option
def recover(older_than: float, store: str | None, as_json: bool, **options: Any) -> None:
    """Seal the runs whose process was killed, or whose machine went away."""
    from runfolio.upkeep.recovery import recover as recover_store

    with one_line_errors():
        found = recover_store(store=store, silence=older_than, engine=read_engine(options))
        if as_json:
            print_json(found)
            return
        rows = [[one.id, one.name, one.experiment, one.status, one.points] for one in found.runs]
        if rows:
            print_table(["run", "name", "experiment", "status", "points"], rows)
        running = f", {len(found.running)} still running" if found.running else ""
        click.echo(f"Recovered {count(len(rows), 'run')}{running}.")
        _print_damage(found.damaged)


@click.command(cls=Command)
@engine_options
@store_option
@json_option
def pack(store: str | None, as_json: bool, **options: Any) -> None:
    """Gather the runs that have ended into a few large files."""
    from runfolio.upkeep.packing import pack as pack_store

    with one_line_errors():
        packed = pack_store(store=store, engine=read_engine(options))
        if as_json:
            print_json(packed)
            return
        edits = f" and {count(packed.edits, 'edit')}" if packed.edits else ""
        click.echo(
            f"Packed {count(packed.runs, 'run')}{edits}; "
            f"the store has {count(packed.packs, 'pack')}."
        )
        _print_damage(packed.damaged)


@click.command(cls=Command)
@click.argument("path", required=False, type=PLACE)
@store_option
@json_option
def verify(path: str | None, store: str | None, as_json: bool) -> None:
    """Check every digest, table and journal; the exit code is 1 when something is wrong.

    PATH is a store, or an archive that build-report wrote, of which every missing, changed or extra
    file is named.
    """
    from runfolio.archive.layout import is_archive, is_zip_name
    from runfolio.upkeep.verification import verify as verify_store

    if path is not None and store is not None:
        raise click.UsageError("Name the store as PATH or with --store, not both.")
    if path is not None and (is_archive(path) or is_zip_name(path)):
        _verify_archive(path, as_json)
        return
    with one_line_errors():
        found = verify_store(store=path or store)
    if as_json:
        print_json(found)
    else:
        checked = ", ".join(
            (
                count(found.runs, "run"),
                count(found.artifacts, "artifact"),
                count(found.packs, "pack"),
            )
        )
        wrong = count(len(found.problems), "problem") if found.problems else "all is well"
        click.echo(f"Checked {checked}: {wrong}.")
        _print_damage(found.problems)
    if found.problems:
        raise SystemExit(1)


def _verify_archive(path: str, as_json: bool) -> None:
    from runfolio.archive import verify_archive
    from runfolio.site.numbers import format_bytes

    with one_line_errors(), Bar("Checking files") as bar:
        found = verify_archive(path, progress=bar.show)
    if as_json:
        print_json(found)
    else:
        for name, reason in found.problems:
            click.echo(printable(f"{name}: {reason}"), err=True)
        wrong = count(len(found.problems), "problem") if found.problems else "all is well"
        click.echo(f"Checked {count(found.files, 'file')} of {format_bytes(found.bytes)}: {wrong}.")
    if found.problems:
        raise SystemExit(1)


@click.command(cls=Command)
@click.option(
    "--older-than",
    callback=read_duration,
    metavar="DURATION",
    default="30d",
    show_default=True,
    help="How long ago a run has to be deleted.",
)
@click.option("--dry-run", is_flag=True, help="Say what would be removed, and remove nothing.")
@store_option
@json_option
def gc(older_than: float, dry_run: bool, store: str | None, as_json: bool) -> None:
    """Remove for good the runs that were deleted some time ago. This can't be undone."""
    from runfolio.site.numbers import format_bytes
    from runfolio.upkeep.garbage import find_held
    from runfolio.upkeep.garbage import gc as collect

    with one_line_errors():
        found = collect(store=store, older_than=older_than, dry_run=dry_run)
        held = find_held(store=store, older_than=older_than)
        if as_json:
            print_json({"dry_run": dry_run, "runs": found, "held": held})
            return
        if found:
            rows = [[one.id, one.name, one.experiment, format_bytes(one.bytes)] for one in found]
            print_table(["run", "name", "experiment", "size"], rows)
        removed = "Would remove" if dry_run else "Removed"
        click.echo(f"{removed} {count(len(found), 'run')}.")
        if held:
            runs = count(len({one.run_id for one in held}), "deleted run")
            named = ", ".join(f"{one.model}/{one.number}" for one in held[:5])
            more = " and more" if len(held) > 5 else ""
            click.echo(printable(f"Left {runs} that registered models need: {named}{more}."))


@click.command(cls=Command)
@store_option
@json_option
def du(store: str | None, as_json: bool) -> None:
    """Say what a store takes on disk."""
    from runfolio.site.numbers import format_bytes
    from runfolio.upkeep.usage import du as measure

    with one_line_errors():
        usage = measure(store=store)
        if as_json:
            print_json({**vars_of(usage), "total": usage.total})
            return
        rows: list[list[object]] = [
            [
                one.experiment,
                one.runs,
                *map(format_bytes, (one.tables, one.journals, one.artifacts)),
            ]
            for one in usage.experiments
        ]
        if rows:
            print_table(["experiment", "runs", "tables", "journals", "artifacts"], rows)
        parts = {"packs": usage.packs, "edits": usage.edits, "other": usage.other}
        shown = ", ".join(f"{format_bytes(size)} in {name}" for name, size in parts.items() if size)
        click.echo(f"{format_bytes(usage.total)} in all" + (f", {shown}" if shown else "") + ".")


def vars_of(usage: object) -> dict[str, object]:
    """The fields of a record as a dictionary."""
    from dataclasses import fields

    return {one.name: getattr(usage, one.name) for one in fields(usage)}  # type: ignore[arg-type]


def _print_damage(problems: Iterable[Damage]) -> None:
    for one in problems:
        whose = f"run {one.run_id}: " if one.run_id else ""
        where = "" if one.path in one.reason else f"{one.path}: "
        click.echo(printable(f"{whose}{where}{one.reason}"), err=True)
