"""Markup in every text that a person or a program may choose."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, Final

import numpy as np
import pandas as pd
import pyarrow as pa

import runfolio
from runfolio.documents import write_yaml
from runfolio.schema import TABLES, FileRecord, InputRecord, Series, WholeRun, derive_run_id
from runfolio.schema.params import encode_param
from runfolio.store import Edit, write_edit
from runfolio.store.adding import Adder
from runfolio.store.layout import run_folder
from runfolio.store.records import artifact_row, make_tables
from runfolio.store.registry import MODEL, VERSION
from runfolio.store.sealing import write_sealed
from tests.hostile.cases import Case, Ground
from tests.hostile.texts import BREAKS, DECEIVING, MARK, ODD_NAMES, polyglot

Hostile = Callable[[str], str]
"""Makes a hostile text of a tag, which tells where it was put."""

START: Final = 1_767_225_600_000_000
CLOSED: Final = frozenset(
    {("run", "run_id"), ("run", "status"), ("run", "parent_id"), ("run", "context")}
    | {("params", "kind"), ("artifacts", "sha256"), ("artifacts", "media_type")}
    | {("artifacts", "kind"), ("inputs", "schema"), ("inputs", "profile")}
    | {(table, "run_id") for table in TABLES}
)
"""Columns that hold words of a fixed form, which only a store made by hand breaks."""

ATTACKED: Final = tuple(
    (table, column.name)
    for table, columns in TABLES.items()
    for column in columns
    if column.type == "string" and ((table, column.name) in CLOSED)
)


def flavours(ground: Ground) -> dict[str, Hostile]:
    """The ways in which a text can be hostile."""
    return {
        "markup": lambda tag: polyglot(tag, ground.beacon),
        "address": lambda tag: (
            f"javascript:hostile=5//{MARK} {tag} {ground.beacon}/{tag}<!--<script>"
        ),
        "deceiving": lambda tag: f"{MARK} {tag} {DECEIVING}.",
    }


def write(ground: Ground) -> Iterator[Case]:
    """A store with all words hostile, one with each column broken, and others' logs of the same."""
    project = ground.folder / "project"
    store = project / "runs"
    made = flavours(ground)
    for number, (flavour, hostile) in enumerate(made.items()):
        write_runs(store, flavour, number, hostile)
        log_run(store, hostile)
        runfolio.describe_experiment(
            hostile("experiment"),
            primary_metric=hostile("metric"),
            direction="up",
            note=hostile("experiment note"),
            store=store,
        )
        write_models(store, hostile, number)
    write_failure(store, made["markup"])
    write_reports(project / "reports", made)
    title = made["markup"]("title")
    options = ("--title", title, "--site-url", "https://example.org/site/")
    yield Case("words", store, options, shown=(title, *words_shown(made)))
    one = (
        "--single-file",
        "{site}/index.html",
        "--page",
        f"run:{derive_run_id('hostile', 'markup 0')}",
    )
    yield Case("one-file", store, one, shown=(made["markup"]("whole"), made["markup"]("host")))
    broken = ground.folder / "columns" / "runs"
    write_broken(broken, made["markup"])
    yield Case("columns", broken, shown=("run.status", "run.parent_id"), said=("damaged",))
    for tool, flavour in (("mlflow", "markup"), ("tensorboard", "address")):
        wanted = derive_run_id("hostile", f"{flavour} 0")
        target = ground.folder / tool
        runfolio.export_runs(tool, target, filter=f"run_id = '{wanted}'", store=store)
        yield Case(tool, target, shown=(made[flavour]("param value"),))
    write_lightning(ground.folder / "lightning", made["markup"])
    said = ("Skipped lightning_logs/version_0/hparams.yaml",)
    yield Case("lightning", ground.folder / "lightning", (), (made["markup"]("metric"),), said)
    table = ground.folder / "table.csv"
    table.write_text(make_table(made["markup"]), encoding="utf-8")
    yield Case("table", table, shown=(made["markup"]("csv param"), made["markup"]("csv value")))


def words_shown(made: dict[str, Hostile]) -> Iterator[str]:
    """What some page of the main store shows as it is."""
    for hostile in made.values():
        for tag in ("experiment", "whole", "tag", "tag value", "param", "param value", "metric"):
            yield hostile(tag)
        for tag in ("host", "user", "branch", "package", "input", "source", "axis", "label"):
            yield hostile(tag)
        for tag in ("model", "alias", "version tag", "version source"):
            yield hostile(tag)
        for tag in ("column", "cell"):
            yield hostile(tag)[:150]  # cells are cut
        for tag in ("note", "experiment note", "model note", "version note", "text"):
            yield hostile(tag).partition("{{")[0]  # where Markdown has a meaning for what follows
        yield path_of(hostile, "artifact")
    yield made["markup"]("panel")
    yield from ODD_NAMES


def path_of(hostile: Hostile, tag: str, ending: str = ".txt") -> str:
    """A hostile text as the path of an artifact, with a folder where it closes elements."""
    return hostile(tag).replace("//", "∕∕").replace("\\", "＼") + ending


def write_runs(store: Path, flavour: str, number: int, hostile: Hostile) -> None:
    """Two runs with each text of a record hostile, as an import could bring them."""
    adder = Adder(store)
    for turn in range(2):
        identity = derive_run_id("hostile", f"{flavour} {turn}")
        adder.add(make_run(identity, hostile, number * 10 + turn))


def make_run(identity: str, hostile: Hostile, number: int) -> WholeRun:
    """A run whose texts are hostile, all of them."""
    steps = np.arange(4)
    times = START + steps * 1_000_000
    return WholeRun(
        id=identity,
        experiment=hostile("experiment"),
        name=hostile("whole"),
        start_time=START + number * 60_000_000,
        end_time=START + number * 60_000_000 + 5_000_000,
        duration=5.0,
        note=hostile("note"),
        params={
            hostile("param"): encode_param(hostile("param value")),
            hostile("list"): encode_param([hostile("entry"), {hostile("key"): hostile("of")}]),
            "breaks": encode_param(BREAKS + DECEIVING),
            "number": encode_param(number),
            **{name: encode_param(number) for name in ODD_NAMES},
        },
        tags={hostile("tag"): hostile("tag value"), **dict.fromkeys(ODD_NAMES, hostile("odd"))},
        metrics=[
            Series(key, steps, times, steps * 0.5 + number)
            for key in (hostile("metric"), f"system/{hostile('system')}", *ODD_NAMES)
        ],
        files=list(make_files(hostile)),
        inputs=[
            InputRecord(
                name=hostile("input"),
                digest=hostile("digest")[:60],
                source=hostile("input source"),
                context=hostile("input context"),
                schema={hostile("input column"): hostile("type")},
                profile={"rows": 3, hostile("profile"): hostile("profile value")},
            )
        ],
        context=make_context(hostile),
    )


def make_context(hostile: Hostile) -> dict[str, Any]:
    """What is captured of a run, with nothing of it as it should be."""
    return {
        **{name: hostile(name) for name in ("host", "user", "os", "source")},
        **{name: hostile(name) for name in ("source_path", "source_kind", "folder")},
        **{name: hostile(name) for name in ("git_commit", "git_branch", "process", "number")},
        "git_dirty": True,
        "command": [hostile("command"), f"--{hostile('argument')}"],
        "git": {
            **{name: hostile(name) for name in ("root", "commit", "branch", "remote", "message")},
            "dirty": hostile("dirty"),
        },
        "environment": {
            **{name: hostile(name) for name in ("python", "implementation", "platform")},
            "cpu_count": hostile("cpus"),
            "packages": [f"{hostile('package')}==1", hostile("another package")],
            "local": [hostile("package")],
            hostile("fact"): hostile("fact value"),
        },
        "variables": {hostile("variable"): hostile("variable value")},
        "imported": {"kind": hostile("kind"), "identity": hostile("identity")},
        "writers": [hostile("writer")],
        "sweep": {hostile("sweep"): hostile("sweep value"), "seed": hostile("seed")},
        "snapshot": {hostile("snapshot"): hostile("snapshot value")},
        hostile("captured"): hostile("captured value"),
    }


def make_files(hostile: Hostile) -> Iterator[FileRecord]:
    """Files whose names and contents are hostile."""
    text = hostile("content")
    yield FileRecord(path_of(hostile, "artifact"), text.encode())
    yield FileRecord(path_of(hostile, "code", ".py"), f"# {text}\nx = '{text}'\n".encode())
    yield FileRecord("cells.csv", pd.DataFrame({hostile("csv column"): [text]}).to_csv().encode())
    yield FileRecord("tree.json", json.dumps({hostile("json key"): [hostile("json")]}).encode())
    yield FileRecord("code/changes.diff", f"--- a\n+++ b\n@@ -1 +1 @@\n-{text}\n+{text}\n".encode())
    console = f"\x1b[31m{text}\x1b[0m\n\x1b]8;;javascript:hostile=6\x07{text}\x1b]8;;\x07\n\x1b[2J"
    yield FileRecord("output.log", console.encode())
    yield FileRecord("traceback.txt", f"Traceback\n  {text}\nValueError: {text}\n".encode())
    for step in range(2):
        path = f"series/{step}.txt"
        yield FileRecord(path, text.encode(), kind="text", key=hostile("series"), step=step)


def log_run(store: Path, hostile: Hostile) -> None:
    """A run by the verbs, with what only they make: tables, pictures, results."""
    with runfolio.start_run(
        experiment=hostile("experiment"), name=hostile("run"), store=store, capture=False
    ) as run:
        run.set_note(hostile("note"))
        run.log_params({hostile("param"): hostile("another value"), "number": 9})
        run.log_table(
            pd.DataFrame({hostile("column"): [hostile("cell")], "__proto__": ["then"]}), "t.parquet"
        )
        run.log_dict({hostile("key"): hostile("value")}, "document.yaml")
        for step in range(3):
            run.log_metrics({hostile("metric"): step * 0.5, "loss": 1 / (step + 1)}, step=step)
            run.log_histogram([0.0, 1.0, step], hostile("histogram"), step=step)
            run.log_image(np.zeros((4, 4), np.uint8), key=hostile("picture"), step=step)
        run.log_confusion_matrix(matrix=[[3, 1], [0, 2]], labels=[hostile("label"), "__proto__"])
        run.log_roc_curve([0, 1, 0, 1], [0.1, 0.9, 0.3, 0.2], label=hostile("roc"))
        run.log_curve(
            "curve",
            [0, 1],
            [0, 1],
            x_title=hostile("axis"),
            y_title=hostile("other axis"),
            label=hostile("curve"),
        )


def write_models(store: Path, hostile: Hostile, number: int) -> None:
    """A model all of whose words are hostile, with versions of a run, without files, without a run.

    The verbs refuse most of it, so it is written as the edits of a store made by hand.
    """
    identity = derive_run_id("hostile", f"model {number}")
    column = {"type": hostile("type"), "name": hostile("column of model"), "required": False}
    document = {
        "flavors": {hostile("flavor"): {hostile("option"): hostile("set to")}},
        "signature": {"inputs": json.dumps([column]), "params": json.dumps([column])},
        "metadata": {hostile("fact"): hostile("told"), "runfolio": {"digest": hostile("digest")}},
    }
    files = {
        "model/MLmodel": write_yaml(document),
        "model/requirements.txt": f"{hostile('required')}==1\n",
        "model/estimator.html": f"<div class='sk-item'>{hostile('estimator')}</div>",
        "model/input_example.json": json.dumps({hostile("example"): hostile("value")}),
    }
    records = [FileRecord(path, text.encode(), "model") for path, text in files.items()]
    run = make_run(identity, hostile, number * 10 + 5)
    Adder(store).add(dataclasses.replace(run, files=records))
    model = hostile("model")
    said = {"user": hostile("version user"), "note": hostile("version note")}
    said |= {"source": hostile("version source")}
    for place, run_id in enumerate((identity, None)):
        version: dict[str, Any] = {
            "model": model,
            "number": place + 1,
            "path": "model",
            "run_id": run_id,
            **said,
        }
        version["tags"] = {hostile("version tag"): hostile("version tag value"), "then": "odd"}
        write_edit(store, Edit(0, VERSION, f"{hostile('version')}{place}", version))
    aliases = dict.fromkeys((hostile("alias"), "__proto__"), f"{hostile('version')}0")
    told = {"aliases": aliases, "note": hostile("model note"), "tags": {"constructor": "odd"}}
    write_edit(store, Edit(0, MODEL, model, told))


def write_failure(store: Path, hostile: Hostile) -> None:
    """A run that failed with words of its own."""
    try:
        with runfolio.start_run(
            experiment=hostile("experiment"), name="failed", store=store, capture=False
        ):
            raise ValueError(hostile("failure"))
    except ValueError:
        pass


def write_reports(folder: Path, made: dict[str, Hostile]) -> None:
    """Reports with hostile words wherever a report takes one, most of them mistakes."""
    folder.mkdir(parents=True)
    for flavour, hostile in made.items():
        (folder / f"{hostile('report')[:30]}-{flavour}.md".replace("/", "∕")).write_text(
            make_report(hostile), encoding="utf-8"
        )
    (folder / "broken.md").write_text(
        f"---\ntitle: {made['markup']('title of report')}\nauthors: [{{\n---\n{{{{ best("
        f"\n\n```runfolio\n{made['markup']('no block')}\n```\n\n$$ \\{MARK} {{ $$\n",
        encoding="utf-8",
    )


def make_report(hostile: Hostile) -> str:
    """A report whose front matter, values, links and panels are hostile."""
    from runfolio.site.narrative.panels import KINDS
    from runfolio.site.narrative.panels.blocks import COMMON

    author = {"name": hostile("author"), "affiliation": hostile("affiliation")}
    front: dict[str, Any] = {
        name: hostile(name) for name in ("date", "abstract", "description", "order", "other")
    }
    front |= {"title": hostile("title of report"), "authors": [author, hostile("another author")]}
    metric = f"metrics.`{hostile('metric')}`"
    usual = {"chart": "bars", "metric": metric, "title": hostile("panel")}
    blocks = [usual | {"caption": hostile("caption")}, {"chart": hostile("chart")}]
    for kind, options in KINDS.items():
        wrong = {option: hostile(option) for option in (*options, *COMMON)}
        blocks += [{"chart": kind, **wrong}, {"chart": kind, "experiment": hostile("experiment")}]
    fences = [f"```runfolio\n{json.dumps(block)}\n```" for block in blocks]
    values = [f"{{{{ {call} }}}}" for call in (hostile("call"), f"best({metric})", "count()")]
    links = [f"[{hostile('link')}](run:{MARK})", f"[x](<{hostile('target')}>)"]
    texts = [hostile("text"), *values, *links, f"$\\text{{{hostile('maths')}}}$", *fences]
    return "\n\n".join([f"---\n{json.dumps(front)}\n---", *texts])


def write_broken(store: Path, hostile: Hostile) -> None:
    """A run for each column of a fixed form whose values are hostile instead."""
    Adder(store).add(make_run(derive_run_id("hostile", "as it should be"), hostile, 0))
    for number, (table, column) in enumerate(ATTACKED, 1):
        run = make_run(derive_run_id("hostile", f"{table} {column}"), hostile, number)
        run = dataclasses.replace(run, name=f"{table}.{column}", experiment="columns", files=[])
        run = dataclasses.replace(run, metrics=run.metrics[:1])
        rows = [artifact_row(run, one) for one in make_files(hostile)]
        tables = make_tables([(run, rows)])
        values = pa.array([hostile(column)] * tables[table].num_rows, pa.string())
        place = tables[table].schema.get_field_index(column)
        field = tables[table].schema.field(place)
        tables[table] = tables[table].set_column(place, field, values)
        folder = run_folder(store, run.id)
        folder.path.mkdir()
        write_sealed(folder, tables)


def make_table(hostile: Hostile) -> str:
    """A table of runs whose header and cells are hostile."""
    rows = {
        "run": [hostile("csv run"), "__proto__"],
        hostile("csv param"): [hostile("csv value"), "then"],
        hostile("csv metric"): [0.5, 0.25],
    }
    return pd.DataFrame(rows).to_csv(index=False)


def write_lightning(project: Path, hostile: Hostile) -> None:
    """What Lightning's logger wrote of a hostile metric, and one that can't be read."""
    for number in range(2):
        folder = project / "lightning_logs" / f"version_{number}"
        folder.mkdir(parents=True)
        frame = pd.DataFrame({"step": [0, 1], hostile("metric"): [0.5, 0.25]})
        frame.to_csv(folder / "metrics.csv", index=False)
        text = write_yaml({hostile("param"): hostile("value")})
        (folder / "hparams.yaml").write_text(text if number else "rate: [1, 2")
