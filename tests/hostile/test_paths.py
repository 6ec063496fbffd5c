"""Names that a store gives to files lead nowhere but to its own files."""

from __future__ import annotations

import ast
import json
import sqlite3
from collections.abc import Callable, Sequence
from pathlib import Path
from urllib.parse import quote

import pytest

import runfolio
from runfolio.errors import InvalidPath, RunfolioError
from runfolio.exports.tensorboard.events import frame_all, version_event
from runfolio.models.places import find_place
from runfolio.schema import is_run_id
from runfolio.sources.aim.repositories import _copy as aim_copy
from runfolio.sources.place import Place
from runfolio.store.artifacts import check_artifact_path
from runfolio.store.edits import Edit, write_edit
from runfolio.store.layout import list_run_folders
from runfolio.store.manifest import Manifest, encode_manifest, read_manifest
from runfolio.store.pack_writing import make_origins, write_pack
from runfolio.store.packs import ORIGINS
from runfolio.store.registry import VERSION
from runfolio.store.sealed import read_sealed_tables
from tests.hostile import commands, native
from tests.hostile.cases import CANARY
from tests.hostile.databases import name_another_journal
from tests.hostile.names import HARMLESS, UNSAFE, names_of, plant
from tests.sources import mlflow_writing, test_neptune, test_sacred, test_trackio, test_wandb
from tests.sources import test_dvclive_experiments as dvc
from tests.sources import test_tensorboard_values as tensorboard
from tests.sources.mlflow_migrations import RUN
from tests.sources.test_mlflow_sqlite import change, make_database

SRC = Path(runfolio.__file__).parent

PICTURE = b"\x89PNG\r\n\x1a\n and no more"

Write = Callable[[Path, Sequence[str]], None]


def _native_tables(store: Path, names: Sequence[str]) -> None:
    native.list_artifacts(native.make_run(store), names)


def _native_journal(store: Path, names: Sequence[str]) -> None:
    native.log_artifacts(store, names)


def _native_pack(store: Path, names: Sequence[str]) -> None:
    native.list_artifacts(native.make_run(store), names)
    runfolio.pack(store=store)


def _plant_runs(store: Path, names: Sequence[str]) -> list[tuple[str, str]]:
    """The id of a run for each name, and where it says that its artifacts lie: outside they do."""
    runs = []
    for number, name in enumerate(names):
        run_id = f"{number:032x}"
        runs.append((run_id, f"{name.removesuffix('/canary.txt')}/{run_id}/artifacts"))
        for folder in (store.parents[1] / "outside", store.parent / "store-evil"):
            plant(folder / run_id / "artifacts")
    return runs


def _mlflow(store: Path, names: Sequence[str]) -> None:
    """A run for each name, which says that its artifacts lie there."""
    mlflow_writing.write_experiment(store)
    for run_id, address in _plant_runs(store, names):
        meta = f"run_id: '{run_id}'\nexperiment_id: '7'\nrun_name: r\nstatus: 3\n"
        text = (
            f"{meta}start_time: 1\nend_time: 2\nlifecycle_stage: active\n"
            f"artifact_uri: {json.dumps(address)}\n"
        )
        mlflow_writing.write(store / "7" / run_id / "meta.yaml", text)
        mlflow_writing.write(store / "7" / run_id / "params" / "p", "1")


def _mlflow_database(store: Path, names: Sequence[str]) -> None:
    """Runs, logged models, data sets and registered versions that say they lie there."""
    store.mkdir()
    path = make_database(store / "mlflow.db")
    runs = _plant_runs(store, names)
    with sqlite3.connect(path) as database:
        database.execute("DELETE FROM model_versions")
        database.execute("ALTER TABLE model_versions ADD COLUMN storage_location")
        for (run_id, address), name in zip(runs, names, strict=True):
            database.execute(
                "INSERT INTO runs (run_uuid, experiment_id, name, status, lifecycle_stage,"
                " artifact_uri) VALUES (?, 7, ?, 'FINISHED', 'active', ?)",
                (run_id, name, address),
            )
            database.execute(
                "INSERT INTO logged_models (model_id, name, artifact_location, source_run_id,"
                " experiment_id, lifecycle_stage) VALUES (?, ?, ?, ?, 7, 'active')",
                (name, name, name, run_id),
            )
        database.executemany(
            "INSERT INTO model_versions (name, version, run_id, source, storage_location)"
            " VALUES ('net', ?, ?, ?, ?)",
            [(number, RUN, name, name) for number, name in enumerate(names, 1)],
        )
        database.executemany(
            "INSERT INTO datasets (dataset_uuid, name, digest, dataset_source) VALUES (?, ?, ?, ?)",
            [(run_id, name, name, name) for (run_id, _), name in zip(runs, names, strict=True)],
        )
        database.executemany(
            "INSERT INTO inputs (input_uuid, source_type, source_id, destination_type,"
            " destination_id) VALUES (?, 'DATASET', ?, 'RUN', ?)",
            [(run_id, run_id, run_id) for run_id, _ in runs],
        )


def _mlflow_registry(store: Path, names: Sequence[str]) -> None:
    mlflow_writing.write_run(mlflow_writing.write_experiment(store))
    model = store / "models" / "net"
    mlflow_writing.write(model / "meta.yaml", "name: '../../canary'\n")
    for number, name in enumerate(names, 1):
        said = {"name": name, "version": number, "source": name, "storage_location": name}
        told = {**said, "run_id": mlflow_writing.RUN, "model_id": name}
        lines = "".join(f"{key}: {json.dumps(value)}\n" for key, value in told.items())
        mlflow_writing.write(model / f"version-{number}" / "meta.yaml", lines)


def _tensorboard(store: Path, names: Sequence[str]) -> None:
    """Tags become the names of files."""
    events = [
        tensorboard.event(name[:80], tensorboard.field(4, tensorboard.field(4, PICTURE)))
        for name in names
    ]
    content = frame_all([version_event(tensorboard.START), *events])
    mlflow_writing.write(store / "events.out.tfevents.1700000000.x", content)


def _dvclive(store: Path, names: Sequence[str]) -> None:
    """An experiment in git whose folders are called so, which git itself would refuse."""
    store.mkdir()
    dvc.git(store, "init", "-q")
    content = store / "content"

    def put(kind: str, told: bytes) -> str:
        content.write_bytes(told)
        return dvc.git(store, "hash-object", "-t", kind, "--literally", "-w", content.name)

    def folder(*entries: tuple[str, str, str]) -> str:
        lines = [f"{m} {n}\0".encode() + bytes.fromhex(one) for m, n, one in entries]
        return put("tree", b"".join(lines))

    values = ("100644", "loss.tsv", put("blob", b"step\tloss\n0\t1.5\n"))
    picture, link = put("blob", PICTURE), put("blob", str(store.parent / "canary.txt").encode())
    parts = [part for name in names for part in name.split("/") if part and "\0" not in part]
    images = [("100644", part, picture) for part in dict.fromkeys(parts)]
    images += [("120000", "link.png", link)]
    above = ("40000", "..", folder(("100644", "evil.png", picture)))
    plots = folder(
        ("40000", "images", folder(*images, above)), ("40000", "metrics", folder(values))
    )
    tree = folder(("40000", "dvclive", folder(("40000", "plots", plots))))
    commit = dvc.git(store, "commit-tree", tree, "-m", "x")
    dvc.git(store, "update-ref", f"refs/exps/ab/{'c' * 38}/x", commit)
    content.write_bytes(b"")


def _wandb(store: Path, names: Sequence[str]) -> None:
    rows = [
        test_wandb.row(step, file={"_type": "image-file", "path": name}, loss=1.0)
        for step, name in enumerate(names)
    ]
    many = test_wandb.row(
        len(names), many={"_type": "images/separated", "filenames": list(names), "count": 1}
    )
    test_wandb.write_run(store, [test_wandb.begin(), *rows, many, test_wandb.END])


def _sacred(store: Path, names: Sequence[str]) -> None:
    sources = [["kept.py", name] for name in names] + [[name, name] for name in names]
    experiment = {"name": "e", "mainfile": "/etc/passwd", "sources": sources}
    test_sacred._make(store / "1", artifacts=list(names), experiment=experiment)


def _neptune(store: Path, names: Sequence[str]) -> None:
    rows = [
        test_neptune._row("sys/id", "string", string_value="WIN-1"),
        *(
            test_neptune._row(f"f{number}", kind, file_value={"path": name})
            for number, name in enumerate(names)
            for kind in ("file", "file_set")
        ),
        *(test_neptune._row(name, "file", file_value={"path": name}) for name in names if name),
        *(
            test_neptune._row(name, "string_series", 0, string_value="text")
            for name in names
            if name
        ),
    ]
    test_neptune._write(store / "data" / test_neptune.FOLDER / "WIN-1_part_0.parquet", rows)


def _trackio(store: Path, names: Sequence[str]) -> None:
    store.mkdir()
    (store / "media").mkdir()
    rows = [
        (test_trackio.TIME, name or "run", 0, json.dumps({name or "i": value, "x": 1}).encode())
        for name in names
        for value in [{"_type": "trackio.image", "file_path": name}]
    ]
    test_trackio._rows(store / "p.db", *rows)


READERS: dict[str, Write] = {
    "native-tables": _native_tables,
    "native-journal": _native_journal,
    "native-pack": _native_pack,
    "mlflow": _mlflow,
    "mlflow-database": _mlflow_database,
    "mlflow-registry": _mlflow_registry,
    "tensorboard": _tensorboard,
    "dvclive": _dvclive,
    "wandb": _wandb,
    "sacred": _sacred,
    "neptune": _neptune,
    "trackio": _trackio,
}


@pytest.mark.parametrize("reader", READERS)
def test_no_name_in_a_store_leads_out_of_it(reader: str, tmp_path: Path) -> None:
    """Sites, archives, imports and exports have no byte of a file that lies outside."""
    store, outside = tmp_path / "ground" / "store", tmp_path / "outside"
    plant(outside, tmp_path, store.parent, store.parent / "store-evil")
    targets = (outside / "canary.txt", store.parent / "store-evil" / "canary.txt")
    names = [name for target in targets for name in names_of(target)]
    odd = [name for name in (*UNSAFE, *HARMLESS) if "\ud800" not in name]
    READERS[reader](store, list(dict.fromkeys([*names, *odd])))
    before = commands.tree(outside)
    work = tmp_path / "ground" / "work"
    commands.do_everything(store, work, native=reader.startswith("native"))
    assert commands.leaks(work) == []
    assert commands.tree(outside) == before
    assert {path.name for path in tmp_path.iterdir()} == {"ground", "outside", "canary.txt"}
    assert {path.name for path in store.parent.iterdir()} == {
        *("canary.txt", "store", "store-evil", "work")
    }


def test_the_same_names_are_read_where_they_lead_to_files_of_the_store(tmp_path: Path) -> None:
    """What the test above looks for would be found."""
    store = tmp_path / "store"
    _trackio(store, ["canary.txt"])
    plant(store / "media")
    commands.build(store, tmp_path / "site")
    assert commands.leaks(tmp_path / "site")


@pytest.mark.parametrize("path", UNSAFE, ids=lambda path: ascii(path)[:24])
def test_logging_refuses_unsafe_paths(path: str, store: Path, tmp_path: Path) -> None:
    (tmp_path / "f.txt").write_text("x")
    with runfolio.start_run(store=store, capture=False) as run:
        with pytest.raises(InvalidPath) as caught:
            run.log_text("x", path)
        assert "\n" not in str(caught.value)
        assert len(str(caught.value)) < 300
        if path:  # without one the file keeps its name
            with pytest.raises(InvalidPath):
                run.log_artifact(tmp_path / "f.txt", path)
    assert list((store / "runs" / run.id).glob("artifacts/**/*.txt")) == []


@pytest.mark.parametrize("path", HARMLESS, ids=ascii)
def test_odd_names_are_names(path: str) -> None:
    assert check_artifact_path(path) == path


def test_files_of_a_site_are_named_by_ids_and_digests(tmp_path: Path, store: Path) -> None:
    """No name of a store is one of a file in the site, which has no two that differ by case."""
    with runfolio.start_run(experiment="CON", name="nul.txt", store=store, capture=False) as run:
        for path in HARMLESS:
            run.log_text(path, path)
    commands.build(store, tmp_path / "site")
    paths = [path.relative_to(tmp_path / "site") for path in (tmp_path / "site").rglob("*")]
    copies = [one for one in paths if one.parts[:1] == ("artifacts",) and len(one.parts) == 3]
    assert len(copies) == len(HARMLESS)
    assert all(set(one.stem) <= set("0123456789abcdef") for one in copies)
    assert {one.suffix for one in copies} <= {".txt", ".bin", ".png"}
    names = [str(path).casefold() for path in paths]
    assert len(set(names)) == len(names)
    assert max(map(len, names)) <= 120


IDS = ("../../outside", "..", "/", "A" * 16, "0123456789abcdeg", "", "x" * 10_000, "a\0b")


@pytest.mark.parametrize("run_id", [*IDS, None], ids=lambda one: ascii(one)[:20])
@pytest.mark.parametrize("form", ["pack", "own"])
def test_tables_may_name_no_run_by_a_path(run_id: str | None, form: str, tmp_path: Path) -> None:
    """Ids name folders and pages, so that tables may only name the store's runs."""
    store, outside = tmp_path / "store", tmp_path / "outside"
    plant(outside / "artifacts")
    wanted = str(outside) if run_id is None else run_id
    folder = native.make_run(store)
    native.list_artifacts(folder, ["canary.txt"])
    tables = read_sealed_tables(folder, read_manifest(folder.manifest))
    if form == "own":
        native.change_tables(folder, lambda _, table: native.with_column(table, "run_id", wanted))
    else:
        changed = {
            name: native.with_column(table, "run_id", wanted) for name, table in tables.items()
        }
        changed[ORIGINS] = make_origins([(wanted, 1, ())])
        write_pack(store, iter([(wanted, changed)]), pack_id="0" * 16)
    write_edit(store, Edit(1, "run", wanted, {"deleted": False}))
    result = commands.build(store, tmp_path / "site")
    assert "damaged" in result.output
    assert commands.leaks(tmp_path / "site") == []
    assert {path.name for path in tmp_path.iterdir()} == {"store", "outside", "site"}
    pages = [path.stem for path in (tmp_path / "site" / "runs").glob("*.html")]
    assert all(map(is_run_id, pages))
    write_edit(store, Edit(2, "run", wanted, {"deleted": True}))
    commands.run("gc", "--store", store, "--older-than", "0s")
    commands.run("verify", "--store", store)
    assert (outside / "artifacts" / "canary.txt").read_text() == CANARY


@pytest.mark.parametrize(
    "name", ["../x.parquet", "..\\x.parquet", "/x", "C:\\x", ".", "..", "manifest.json", "a\0b"]
)
def test_manifests_may_name_no_file_elsewhere(name: str, store: Path) -> None:
    folder = native.make_run(store)
    manifest = read_manifest(folder.manifest)
    details = {"size": 1, "sha256": "0" * 64}
    files = {"run.parquet": manifest.files["run.parquet"], name: details}
    folder.manifest.write_bytes(encode_manifest(Manifest(manifest.owner, files)))
    with pytest.raises(RunfolioError):
        read_manifest(folder.manifest)


def test_registered_models_are_read_from_the_store_alone(tmp_path: Path, store: Path) -> None:
    """Edits say where a version's files are, and tables which files a run has: both any text."""
    plant(tmp_path)
    (tmp_path / "MLmodel").write_text(f"run_id: {CANARY}\nflavors: {{{CANARY}: {{}}}}\n")
    folder = native.make_run(store)
    names = [*names_of(tmp_path / "MLmodel"), "/MLmodel"]
    native.list_artifacts(folder, names)
    for number, name in enumerate(names, 1):
        path = name.rpartition("/")[0]
        said = {"run_id": folder.run_id, "path": path, "source": path, "digest": "0" * 64}
        told = {**said, "model": f"m{number:02}", "number": 1, "created": 1}
        write_edit(store, Edit(number, VERSION, f"{number:032x}", told))
    commands.build(store, tmp_path / "site")
    assert commands.leaks(tmp_path / "site") == []
    assert len(list((tmp_path / "site" / "models").rglob("*.html"))) >= len(names)
    listed = commands.run("models", "ls", "--store", store).output
    assert all(f"m{number:02}" in listed for number in range(1, len(names) + 1))
    for number in range(1, len(names) + 1):
        commands.run("models", "show", f"m{number:02}", "--store", store)
        with pytest.raises(RunfolioError):
            find_place(f"models:/m{number:02}/1", store=store)
    assert commands.run("verify", "--store", store).exit_code == 1


def test_pictures_of_reports_lie_beside_them(tmp_path: Path, store: Path) -> None:
    native.make_run(store)
    plant(tmp_path, tmp_path / "reports-evil")
    target = tmp_path / "reports-evil" / "canary.txt"
    names = [*names_of(tmp_path / "canary.txt"), *names_of(target)]
    lines = [f"![x]({quote(name, safe='/%#?;:.')})\n\n[y](<{name}>)\n" for name in names]
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "a.md").write_text("# A\n\n" + "\n".join(lines).replace("\0", "%00"))
    commands.build(store, tmp_path / "site", "--reports", tmp_path / "reports")
    assert commands.leaks(tmp_path / "site") == []


def test_views_and_triggers_of_databases_are_not_run(tmp_path: Path) -> None:
    """They could read other files, or load code; the tables beside them are read."""
    path = tmp_path / "store" / "mlflow.db"
    path.parent.mkdir()
    plant(tmp_path)
    make_database(path)
    change(
        path,
        "ALTER TABLE tags RENAME TO tags_before",
        "CREATE VIEW tags AS SELECT run_uuid, key, readfile('../canary.txt') AS value"
        " FROM tags_before",
        "CREATE VIEW experiment_tags_too AS SELECT load_extension('/tmp/x') AS value",
        "CREATE TRIGGER params_too AFTER INSERT ON params BEGIN SELECT load_extension('x'); END",
    )
    result = commands.build(path, tmp_path / "site")
    assert result.exit_code == 0
    assert result.output.startswith("1 run of MLflow, ")
    assert commands.leaks(tmp_path / "site") == []


def test_journals_of_databases_remove_no_file(tmp_path: Path) -> None:
    """SQLite takes away the journal that several databases share, by the path in theirs."""
    precious = tmp_path / "precious.txt"
    precious.write_text("precious")
    path = tmp_path / "store" / "mlflow.db"
    path.parent.mkdir()
    make_database(path)
    name_another_journal(path, precious)
    commands.build(path.parent, tmp_path / "site")
    result = commands.run("import", path.parent, "--store", tmp_path / "kept")
    assert result.output.startswith("MLflow: 2 new runs")
    assert precious.exists()
    with sqlite3.connect(path) as database:  # what would have been done
        database.execute("SELECT count(*) FROM runs").fetchall()
    assert not precious.exists()


def test_a_copy_of_a_database_has_no_journal_that_names_another(tmp_path: Path) -> None:
    """Aim's repositories are copied whole and opened by Aim itself."""
    folder = tmp_path / ".aim"
    (folder / "meta" / "chunks").mkdir(parents=True)
    path = make_database(folder / "run_metadata.sqlite")
    name_another_journal(path, tmp_path / "precious.txt")
    with aim_copy(Place(tmp_path), folder) as root:
        assert [one.name for one in root.rglob("*") if one.is_file()] == [path.name]


_OPENERS = {"open", "read_text", "read_bytes"}
_BY_RULE = ("store/files.py",)
_STORE_READERS = (
    *("store/manifest.py", "store/edits.py", "store/parts.py", "store/layout.py"),
    *("store/sealed.py", "store/packs.py", "store/mirror.py", "upkeep/verification.py"),
    *("archive/contents.py", "privacy/artifacts.py", "models/kept.py", "site/publish.py"),
    "reproduction/kept.py",
)
"""What opens files by names that a store gives: through `open_plain`, and in no other way."""

_OWN = {
    ("archive/contents.py", "_open"),
    ("archive/contents.py", "read_chunks"),
    ("archive/contents.py", "open"),
    ("store/manifest.py", "describe_path"),
    ("site/publish.py", "_is_ours"),
    ("site/publish.py", "_write_file"),
    ("site/publish.py", "_write_pieces"),
    ("site/publish.py", "_link_unchanged"),
    ("site/publish.py", "_have_same_content"),
}
"""Files that were just written by the build itself, or that the user names."""


def _opening_calls(path: Path) -> list[str]:
    found = []
    for function in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if not isinstance(function, ast.FunctionDef):
            continue
        for node in ast.walk(function):
            called = node.func if isinstance(node, ast.Call) else None
            name = called.attr if isinstance(called, ast.Attribute) else None
            name = called.id if isinstance(called, ast.Name) else name
            if name in _OPENERS:
                found.append(function.name)
    return found


@pytest.mark.parametrize("module", _STORE_READERS)
def test_files_of_stores_are_opened_in_one_place(module: str) -> None:
    odd = {name for name in _opening_calls(SRC / module) if (module, name) not in _OWN}
    assert odd == set()


def test_the_run_folders_of_a_store_are_those_of_ids(store: Path) -> None:
    folder = native.make_run(store)
    for name in ("A" * 16, "..x", "0" * 15, "CON", f"{folder.run_id}.", f".{folder.run_id}"):
        (store / "runs" / name).mkdir()
    assert [one.run_id for one in list_run_folders(store)] == [folder.run_id]
