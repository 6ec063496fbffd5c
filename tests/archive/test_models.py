"""An archive keeps what was said of registered models, and gives it back."""

from __future__ import annotations

import zipfile
from pathlib import Path

import runfolio
from runfolio.archive import archive_store, import_archive
from runfolio.store import Edit, read_store, write_edit
from runfolio.store.registry import MODEL, VERSION, read_registry

OLD, NEW = f"{1:016x}", f"{2:016x}"


def make_store(root: Path) -> list[str]:
    ids = []
    for number, identity in ((1, OLD), (2, NEW)):
        with runfolio.start_run(store=root, experiment=f"e{number}", capture=False) as run:
            run.log_text("flavors: {}\n", "model/MLmodel")
        said = {"model": "wine", "number": number, "run_id": run.id, "path": "model"}
        write_edit(root, Edit(number * 1000, VERSION, identity, {**said, "note": "Good."}))
        ids.append(run.id)
    aliases = {"champion": NEW, "was": OLD}
    write_edit(root, Edit(9000, MODEL, "wine", {"aliases": aliases, "tags": {"task": "r"}}))
    return ids


def test_models_come_back_equal(tmp_path: Path) -> None:
    make_store(tmp_path / "runs")
    archive_store(tmp_path / "runs", tmp_path / "a.zip")
    import_archive(tmp_path / "a.zip", store=tmp_path / "back")
    assert read_store(tmp_path / "back").models == read_store(tmp_path / "runs").models
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        readme = archive.read("README.md").decode()
    assert "- wine: 2 versions" in readme
    assert "version 2, called champion: store/runs/" in readme


def test_an_archive_of_what_came_back_is_the_same(tmp_path: Path) -> None:
    make_store(tmp_path / "runs")
    archive_store(tmp_path / "runs", tmp_path / "a.zip", title="Wine")
    import_archive(tmp_path / "a.zip", store=tmp_path / "back")
    archive_store(tmp_path / "back", tmp_path / "b.zip", title="Wine")
    assert (tmp_path / "a.zip").read_bytes() == (tmp_path / "b.zip").read_bytes()


def test_what_was_said_in_the_store_stays(tmp_path: Path) -> None:
    make_store(tmp_path / "runs")
    archive_store(tmp_path / "runs", tmp_path / "a.zip")
    back = tmp_path / "back"
    import_archive(tmp_path / "a.zip", store=back)
    write_edit(back, Edit(1, MODEL, "wine", {"aliases": {"champion": OLD, "was": None}}))
    write_edit(back, Edit(1, VERSION, NEW, {"note": "Not so good."}))
    before = len(list((back / "edits").iterdir()))
    import_archive(tmp_path / "a.zip", store=back)
    assert len(list((back / "edits").iterdir())) == before
    model = read_registry(back)["wine"]
    assert {alias: one.number for alias, one in model.aliases.items()} == {"champion": 1}
    assert model.versions[1].note == "Not so good."


def test_models_of_other_experiments_are_not_in_it(tmp_path: Path) -> None:
    ids = make_store(tmp_path / "runs")
    archive_store(tmp_path / "runs", tmp_path / "a.zip", experiments=["e1"])
    import_archive(tmp_path / "a.zip", store=tmp_path / "back")
    (model,) = read_store(tmp_path / "back").models
    assert [one.run_id for one in model.versions] == ids[:1]
    with zipfile.ZipFile(tmp_path / "a.zip") as archive:
        content = b"".join(archive.read(one) for one in archive.namelist())
    assert ids[1].encode() not in content
