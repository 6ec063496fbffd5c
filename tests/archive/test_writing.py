"""What an archive holds: site, store and artifacts, with the same bytes, and nothing hidden."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import sys
import zipfile
from contextlib import nullcontext
from pathlib import Path
from urllib.parse import unquote

import pytest
from bs4 import BeautifulSoup

import runfolio
from runfolio.archive import archive_store, verify_archive
from runfolio.errors import (
    ExperimentNotFound,
    MissingDependency,
    OutputRefused,
    RunfolioError,
    StoreNotFound,
)
from runfolio.privacy import Disclosure
from runfolio.site import build_report
from runfolio.store import read_store
from runfolio.store.files import reported_writes
from tests.archive.conftest import CITATION, Sample
from tests.archive.samples import ODD_NAME, PIXEL, names_in, rows_of, write_sample


def unpack(archive: Path, folder: Path) -> Path:
    with zipfile.ZipFile(archive) as file:
        file.extractall(folder)
    return folder


def test_it_has_site_store_and_descriptions_at_its_root(sample: Sample) -> None:
    names = names_in(sample.archive)
    assert {"index.html", "store/runfolio.json", "README.md", "manifest-sha256.txt"} <= names
    assert {"ro-crate-metadata.json", "ro-crate-preview.html", "CITATION.cff"} <= names
    assert f"runs/{sample.ids['rich']}.html" in names
    assert "runfolio-site.json" not in names, "build-report would replace it as a site"


def test_its_store_reads_as_it_is(sample: Sample, tmp_path: Path) -> None:
    unpacked = unpack(sample.archive, tmp_path / "a")
    assert rows_of(unpacked / "store") == rows_of(sample.store)
    assert runfolio.verify(store=unpacked / "store").problems == ()
    got = runfolio.get_run(sample.ids["rich"], store=unpacked / "store")
    assert got.note == "a later note"


def test_a_deleted_run_and_what_edits_replaced_are_not_in_it(sample: Sample) -> None:
    with zipfile.ZipFile(sample.archive) as file:
        content = b"".join(file.read(name) for name in file.namelist())
    assert sample.ids["deleted"].encode() not in content
    assert b"a deleted secret" not in content
    assert b"deleted_param" not in content


def test_repeating_gives_the_same_bytes(sample: Sample, tmp_path: Path) -> None:
    again = tmp_path / "again.zip"
    archive_store(sample.store, again, title="Wine", citation=CITATION)
    assert again.read_bytes() == sample.archive.read_bytes()
    archive_store(sample.store, again, title="Wine", citation=CITATION)
    assert again.read_bytes() == sample.archive.read_bytes()
    runfolio.pack(store=sample.store)
    archive_store(sample.store, again, title="Wine", citation=CITATION)
    assert again.read_bytes() == sample.archive.read_bytes()


def test_a_folder_holds_what_the_zip_file_holds(sample: Sample, tmp_path: Path) -> None:
    folder = tmp_path / "report"
    done = archive_store(sample.store, folder, title="Wine", citation=CITATION)
    unpacked = unpack(sample.archive, tmp_path / "zip")
    files = [path.relative_to(folder) for path in folder.rglob("*") if path.is_file()]
    assert {str(path) for path in files} == names_in(sample.archive)
    assert done.files == len(files)
    for path in files:
        assert (folder / path).read_bytes() == (unpacked / path).read_bytes(), path
        assert (folder / path).stat().st_nlink == 1, "shared with the store"


def test_members_have_fixed_times_and_rights(sample: Sample) -> None:
    with zipfile.ZipFile(sample.archive) as file:
        members = file.infolist()
    assert len({member.date_time for member in members}) == 1
    assert {member.external_attr >> 16 for member in members} == {0o100644, 0o40755}
    names = [member.filename for member in members if not member.is_dir()]
    assert names == sorted(names)
    kinds = {Path(member.filename).suffix: member.compress_type for member in members}
    assert kinds[".parquet"] == kinds[".png"] == zipfile.ZIP_STORED
    assert kinds[".html"] == zipfile.ZIP_DEFLATED


def test_the_date_can_be_set(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "1000000000")
    archive_store(sample.store, tmp_path / "a.zip")
    with zipfile.ZipFile(tmp_path / "a.zip") as file:
        assert file.infolist()[0].date_time == (2001, 9, 9, 1, 46, 40)
        crate = json.loads(file.read("ro-crate-metadata.json"))
    root = next(one for one in crate["@graph"] if one["@id"] == "./")
    assert root["datePublished"] == "2001-09-09T01:46:40Z"


def test_the_manifest_is_one_that_sha256sum_reads(sample: Sample) -> None:
    with zipfile.ZipFile(sample.archive) as file:
        lines = file.read("manifest-sha256.txt").decode().splitlines()
        listed = {path: digest for digest, _, path in (line.partition("  ") for line in lines)}
        assert set(listed) == names_in(sample.archive) - {"manifest-sha256.txt"}
        for path, digest in listed.items():
            assert hashlib.sha256(file.read(path)).hexdigest() == digest


def test_each_artifact_is_there_once(sample: Sample) -> None:
    """Only of a page, which a browser would run, the site keeps the copy that does nothing."""
    artifacts = [name for name in names_in(sample.archive) if name.startswith("artifacts/")]
    assert [Path(name).suffix for name in artifacts] == [".txt"]
    with zipfile.ZipFile(sample.archive) as file:
        assert b"alert(1)" in file.read(artifacts[0])
    kept = f"store/runs/{sample.ids['rich']}/artifacts/"
    assert {f"{kept}{name}" for name in ("pixel.png", "page.html", ODD_NAME)} <= {
        name.replace("plots/", "") for name in names_in(sample.archive)
    }


def test_every_link_of_the_pages_leads_to_a_file(sample: Sample, tmp_path: Path) -> None:
    unpacked = unpack(sample.archive, tmp_path / "a")
    seen = 0
    for page in unpacked.glob("**/*.html"):
        if "artifacts" in page.parts:
            continue
        soup = BeautifulSoup(page.read_text(), "html.parser")
        for tag in soup.select("[href], [src], [srcset]"):
            address = str(tag.get("href") or tag.get("src") or tag.get("srcset"))
            if address.startswith(("data:", "#", "http", "mailto:")):
                continue
            path = unquote(address.partition("#")[0].partition("?")[0])
            assert (page.parent / path).is_file(), f"{page}: {address}"
            seen += "store/runs" in path
    assert seen >= 4


def test_the_pages_show_the_pictures_of_the_store(sample: Sample) -> None:
    with zipfile.ZipFile(sample.archive) as file:
        page = file.read(f"runs/{sample.ids['rich']}.html").decode()
    sources = [str(one["src"]) for one in BeautifulSoup(page, "html.parser").select("img[src]")]
    assert any(f"store/runs/{sample.ids['rich']}/artifacts" in source for source in sources)


def test_a_live_run_is_told_as_far_as_it_has_come(tmp_path: Path) -> None:
    store = tmp_path / "runs"
    with runfolio.start_run(store=store, experiment="e", name="live", capture=False) as run:
        run.log_metric("loss", 1.0, step=1)
        journals = sorted(path.read_bytes() for path in store.rglob("*.journal"))
        archive_store(store, tmp_path / "a.zip")
        assert sorted(path.read_bytes() for path in store.rglob("*.journal")) == journals
        run.log_metric("loss", 0.5, step=2)
    inside = read_store(unpack(tmp_path / "a.zip", tmp_path / "a") / "store")
    assert inside.runs["status"].to_pylist() == ["RUNNING"]
    assert inside.metrics["value"].to_pylist() == [1.0]
    assert not [name for name in names_in(tmp_path / "a.zip") if "journal" in name]


def test_some_experiments_only(sample: Sample, tmp_path: Path) -> None:
    done = archive_store(sample.store, tmp_path / "a.zip", experiments=["new"])
    assert (done.runs, done.experiments) == (1, 1)
    assert not [name for name in names_in(tmp_path / "a.zip") if sample.ids["rich"] in name]
    inside = unpack(tmp_path / "a.zip", tmp_path / "a")
    assert set(read_store(inside / "store").experiments) <= {"new"}
    assert ">wine<" not in (inside / "index.html").read_text()
    with pytest.raises(ExperimentNotFound, match=r"No experiment 'x' .* 'new', 'wine'"):
        archive_store(sample.store, tmp_path / "b.zip", experiments=["x"])


def test_nothing_hidden_is_in_it(tmp_path: Path) -> None:
    store = tmp_path / "runs"
    token = "ghp_" + "Zx81kLmQ" * 4 + "AbCd"
    with runfolio.start_run(store=store, experiment="e", name="a", capture=False) as run:
        run.log_params({"api_token": token, "lr": 1})
        run.log_text(f"token = '{token}'\n", "config.txt")
        run.log_text("for us only", "private/notes.txt")
        run.set_note(f"used {token}")
    hide = Disclosure(redact=True, exclude=("artifacts:private/*",))
    archive_store(store, tmp_path / "a.zip", disclosure=hide)
    with zipfile.ZipFile(tmp_path / "a.zip") as file:
        for name in file.namelist():
            assert token.encode() not in file.read(name), name
            assert b"for us only" not in file.read(name), name
    inside = unpack(tmp_path / "a.zip", tmp_path / "a") / "store"
    assert token not in str(rows_of(inside))
    assert runfolio.verify(store=inside).problems == ()


def test_an_anonymous_archive_tells_nobody_whose_it_is(tmp_path: Path) -> None:
    store = tmp_path / "adas-secret-project" / "runs"
    with runfolio.start_run(store=store, experiment="e", name="a", capture=False) as run:
        run.log_param("data", "/home/ada/wine.csv")
    (store.parent / "reports").mkdir()
    (store.parent / "reports" / "a.md").write_text("---\nauthors: Ada\n---\n\nIn /home/ada.\n")
    archive_store(store, tmp_path / "a.zip", disclosure=Disclosure(anonymous=True))
    with zipfile.ZipFile(tmp_path / "a.zip") as file:
        pages = [name for name in file.namelist() if not name.startswith("assets/")]
        assert "reports/a.html" in pages
        for name in pages:
            content = file.read(name)
            assert b"adas-secret-project" not in content, name
            assert b"/home/ada" not in content, name
            assert str(tmp_path).encode() not in content, name


def test_a_missing_artifact_is_said(tmp_path: Path) -> None:
    store = tmp_path / "runs"
    with runfolio.start_run(store=store, experiment="e", name="a", capture=False) as run:
        run.log_text("here", "here.txt")
        run.log_text("gone", "gone.txt")
    (store / "runs" / run.id / "artifacts" / "gone.txt").unlink()
    done = archive_store(store, tmp_path / "a.zip")
    assert [(one.run_id, one.path, one.reason) for one in done.flaws] == [
        (run.id, "gone.txt", "the file is missing from the store")
    ]
    with zipfile.ZipFile(tmp_path / "a.zip") as file:
        assert "the file is missing from the store" in file.read("README.md").decode()


def test_a_changed_artifact_is_said(tmp_path: Path) -> None:
    with runfolio.start_run(store=tmp_path / "runs", experiment="e", capture=False) as run:
        run.log_text("here", "here.txt")
    (tmp_path / "runs" / "runs" / run.id / "artifacts" / "here.txt").write_text("else")
    done = archive_store(tmp_path / "runs", tmp_path / "a.zip")
    told = "it is not what was logged, and kept as it is"
    assert [(one.path, one.reason) for one in done.flaws] == [("here.txt", told)]
    with zipfile.ZipFile(tmp_path / "a.zip") as file:
        assert told in file.read("README.md").decode()
    assert verify_archive(tmp_path / "a.zip").problems == []


def test_a_link_out_of_the_store_is_not_followed(tmp_path: Path) -> None:
    store = tmp_path / "runs"
    with runfolio.start_run(store=store, experiment="e", name="a", capture=False) as run:
        run.log_text("here", "here.txt")
    (tmp_path / "outside.txt").write_text("outside words")
    path = store / "runs" / run.id / "artifacts" / "here.txt"
    path.unlink()
    path.symlink_to(tmp_path / "outside.txt")
    done = archive_store(store, tmp_path / "a.zip")
    assert [one.reason for one in done.flaws] == ["it is no plain file"]
    with zipfile.ZipFile(tmp_path / "a.zip") as file:
        assert b"outside words" not in b"".join(file.read(name) for name in file.namelist())


def test_another_tools_store(tmp_path: Path) -> None:
    table = tmp_path / "results.csv"
    table.write_text("lr,loss\n0.1,2.0\n0.2,1.0\n")
    done = archive_store(table, tmp_path / "a.zip", kind="table")
    assert done.runs == 2
    assert done.tool
    assert verify_archive(tmp_path / "a.zip").problems == []


def test_an_empty_store(tmp_path: Path) -> None:
    runfolio.describe_experiment("planned", note="soon", store=tmp_path / "runs")
    archive_store(tmp_path / "runs", tmp_path / "a.zip")
    inside = unpack(tmp_path / "a.zip", tmp_path / "a") / "store"
    assert read_store(inside).experiments["planned"].note == "soon"


def test_a_failure_leaves_what_was_there(sample: Sample, tmp_path: Path) -> None:
    target = tmp_path / "a.zip"
    archive_store(sample.store, target)
    before = target.read_bytes()
    with pytest.raises(RunfolioError):
        archive_store(sample.store, target, site={"theme": tmp_path / "no.css"})
    with pytest.raises(StoreNotFound):
        archive_store(tmp_path / "nowhere", target)
    assert target.read_bytes() == before
    assert [path.name for path in tmp_path.iterdir()] == ["a.zip"]


@pytest.mark.parametrize(
    "where",
    ["site.publish._write_file", "archive.keeping.write_tables", "archive.writing.write_zip"],
)
def test_a_full_disk_names_the_archive(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, where: str
) -> None:
    def fail(*_: object, **__: object) -> None:
        with reported_writes("a table") if "keeping" in where else nullcontext():
            raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr(f"runfolio.{where}", fail)
    with pytest.raises(OutputRefused, match=r"Couldn't write the archive '.*a\.zip': no room\."):
        archive_store(sample.store, tmp_path / "a.zip")
    assert list(tmp_path.iterdir()) == []


def test_what_a_killed_archiving_left_goes_after_a_day(sample: Sample, tmp_path: Path) -> None:
    old, new = tmp_path / ".a.zip.1.tmp", tmp_path / ".a.zip.2.tmp"
    for folder in (old, new):
        (folder / "archive").mkdir(parents=True)
    os.utime(old, (0, 0))
    archive_store(sample.store, tmp_path / "a.zip")
    assert sorted(path.name for path in tmp_path.iterdir()) == [new.name, "a.zip"]


def test_no_record_of_a_passing_site_is_kept(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    archive_store(sample.store, tmp_path / "a.zip")
    assert not (tmp_path / "cache").exists()


def test_reports_are_kept_as_they_were_written(tmp_path: Path) -> None:
    write_sample(tmp_path)
    reports = tmp_path / "reports"
    (reports / "plots").mkdir(parents=True)
    (reports / "story.md").write_text("# Story\n\n![A dot](plots/a%20dot.png)\n")
    (reports / "plots" / "a dot.png").write_bytes(PIXEL)
    (reports / "draft.png").write_bytes(PIXEL)
    (reports / "outside.md").symlink_to(tmp_path / "runs" / "runfolio.json")
    archive_store(tmp_path / "runs", tmp_path / "a.zip")
    names = names_in(tmp_path / "a.zip")
    kept = {name for name in names if name.startswith("sources/")}
    assert kept == {"sources/story.md", "sources/plots/a dot.png"}
    unpacked = unpack(tmp_path / "a.zip", tmp_path / "a")
    one, two = tmp_path / "one", tmp_path / "two"
    first = build_report(tmp_path / "runs", output=one, title="a", reports=reports)
    second = build_report(unpacked / "store", output=two, title="a", reports=unpacked / "sources")
    assert first.reports - 1 == second.reports == 1
    page = "reports/story.html"
    assert (one / page).read_text() == (two / page).read_text()
    crate = json.loads((unpacked / "ro-crate-metadata.json").read_text())["@graph"]
    told = {one["@id"]: one.get("encodingFormat") for one in crate}
    assert told["sources/story.md"] == "text/markdown"
    assert told["sources/plots/a%20dot.png"] == "image/png"


def test_sources_are_masked_like_their_pages(tmp_path: Path) -> None:
    write_sample(tmp_path)
    (tmp_path / "reports").mkdir()
    (tmp_path / "reports" / "story.md").write_text("# Story\n\nAsk ada@example.org.\n")
    archive_store(tmp_path / "runs", tmp_path / "a.zip", disclosure=Disclosure(redact=True))
    with zipfile.ZipFile(tmp_path / "a.zip") as file:
        assert b"Ask" in file.read("sources/story.md")
        assert not any(b"ada@example.org" in file.read(name) for name in file.namelist())


@pytest.mark.parametrize("name", ["a.zip", "folder"])
def test_what_is_not_ours_is_not_replaced(sample: Sample, tmp_path: Path, name: str) -> None:
    target = tmp_path / name
    if name == "folder":
        target.mkdir()
        (target / "mine.txt").write_text("mine")
    else:
        with zipfile.ZipFile(target, "w") as file:
            file.writestr("mine.txt", "mine")
    with pytest.raises(OutputRefused, match=r"is no archive that build-report wrote"):
        archive_store(sample.store, target)
    assert [path.name for path in tmp_path.iterdir()] == [name]


def test_an_archive_in_a_folder_is_replaced(sample: Sample, tmp_path: Path) -> None:
    folder = tmp_path / "report"
    archive_store(sample.store, folder)
    (folder / "stray.txt").write_text("stray")
    archive_store(sample.store, folder)
    assert verify_archive(folder).problems == []
    assert [path.name for path in tmp_path.iterdir()] == ["report"]


def test_the_missing_library_is_named(
    sample: Sample, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "rocrate.rocrate", None)
    with pytest.raises(MissingDependency, match=r"'runfolio\[archive\]'"):
        archive_store(sample.store, tmp_path / "a.zip")
    assert list(tmp_path.iterdir()) == []


def test_progress_is_told_to_the_end(sample: Sample, tmp_path: Path) -> None:
    told: list[tuple[int, int]] = []
    done = archive_store(sample.store, tmp_path / "a.zip", progress=lambda *one: told.append(one))
    assert told[-1] == (done.files, done.files)
