"""Reports of stores on object storage, and reports put there."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest
from click.testing import CliRunner, Result

import runfolio
from runfolio.cli.report import main
from runfolio.errors import OutputRefused, StoreWriteFailed
from runfolio.site import build_report
from runfolio.store.remote import RemoteStore, Upload
from runfolio.store.signature import store_signature
from tests.remote.conftest import Server
from tests.remote.processes import content, remote
from tests.remote.test_reading import download


@pytest.fixture
def site(bucket: str) -> str:
    """An address for a site; nothing is there yet."""
    return f"s3://{bucket}/site"


def log_runs(store: str | Path, count: int = 2) -> None:
    for number in range(count):
        with runfolio.start_run(
            experiment="first", name=f"run {number}", store=store, capture=False
        ) as run:
            run.log_params({"alpha": number})
            run.log_metrics({"loss": 1 / (number + 1)}, step=0)
            run.log_text("<b>text</b>", "notes #1?.html")


def build(*arguments: object) -> Result:
    return CliRunner().invoke(main, [str(argument) for argument in arguments])


def files(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def objects(url: str) -> dict[str, bytes]:
    return {path: data for path, data in content(url).items() if path != "runfolio-objects.json"}


def test_a_report_is_the_same_wherever_store_and_site_are(
    url: str, site: str, tmp_path: Path
) -> None:
    log_runs(url)
    copy = download(url, tmp_path / "team" / "runs")
    build_report(copy, output=tmp_path / "near")
    build_report(url, output=tmp_path / "far")
    summary = build_report(url, output=site)
    near = files(tmp_path / "near")
    assert near == files(tmp_path / "far")
    assert near == objects(site)
    assert summary.index == f"{site}/index.html"
    assert summary.published.files == len(near)
    assert b"team" in near["index.html"]


def test_a_report_without_changes_puts_nothing(url: str, site: str) -> None:
    log_runs(url)
    first = build_report(url, output=site)
    before = {path: one.modified for path, one in remote(site).list().items()}
    second = build_report(url, output=site)
    assert first.published.unchanged == 0
    assert second.published.unchanged == second.published.files
    assert {path: one.modified for path, one in remote(site).list().items()} == before


def test_only_what_changed_is_put_and_what_is_gone_is_deleted(url: str, site: str) -> None:
    log_runs(url)
    build_report(url, output=site, title="Same")
    with runfolio.start_run(experiment="second", store=url, capture=False) as run:
        run.log_metric("loss", 1)
    remote(site).put(b"changed by somebody", "index.html")
    before = content(site)
    summary = build_report(url, output=site, title="Same")
    assert 0 < summary.published.unchanged < summary.published.files
    after = content(site)
    assert after["index.html"] != before["index.html"]
    assert f"runs/{run.id}.html" in after
    build_report(url, output=site, title="Same", experiments=["first"])
    assert f"runs/{run.id}.html" not in content(site)


def test_what_others_put_beside_a_site_stays(url: str, site: str) -> None:
    """Such as a store that was begun below the address of a site."""
    log_runs(url, 1)
    build_report(url, output=site)
    log_runs(f"{site}/kept", 1)
    before = content(f"{site}/kept")
    build_report(f"{site}/kept", output=site)
    after = content(f"{site}/kept")
    assert {path: after.get(path) for path in before} == before


def test_what_a_browser_needs_to_know_goes_with_the_files(url: str, site: str, bucket: str) -> None:
    import s3fs

    log_runs(url, 1)
    build_report(url, output=site)
    storage = s3fs.S3FileSystem(skip_instance_cache=True)

    def headers(ending: str) -> tuple[str, str]:
        path = next(path for path in sorted(remote(site).list()) if path.endswith(ending))
        said = storage.call_s3("head_object", Bucket=bucket, Key=f"site/{path}")
        return said["ContentType"], said["CacheControl"]

    for_ever = "public, max-age=31536000, immutable"
    assert headers("index.html") == ("text/html; charset=utf-8", "no-cache")
    assert headers(".css") == ("text/css; charset=utf-8", for_ever)
    assert headers("licences.txt") == ("text/plain; charset=utf-8", "no-cache")
    assert headers(".csv") == ("text/csv; charset=utf-8", "no-cache")
    assert headers(".parquet") == ("application/vnd.apache.parquet", "no-cache")
    assert headers(".js")[0] == "text/javascript; charset=utf-8"


def test_a_place_with_other_files_is_refused(url: str, site: str) -> None:
    log_runs(url, 1)
    remote(site).put(b"x", "thesis.txt")
    with pytest.raises(OutputRefused, match=f"'{site}' holds files that build-report did not"):
        build_report(url, output=site)
    with pytest.raises(OutputRefused, match="did not write"):
        build_report(url, output=url)
    assert list(content(site)) == ["thesis.txt"]


def test_an_upload_that_fails_leaves_the_old_index(
    url: str, site: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    log_runs(url, 1)
    build_report(url, output=site)
    before = content(site)
    log_runs(url, 1)
    put_all = RemoteStore.put_all

    def fail_at_pages(self: RemoteStore, uploads: object, **options: object) -> None:
        wanted: list[Upload] = list(uploads)  # type: ignore[call-overload]
        if any(one.path.startswith("runs/") for one in wanted):
            raise StoreWriteFailed("Couldn't write: no rights.")
        put_all(self, wanted)

    monkeypatch.setattr(RemoteStore, "put_all", fail_at_pages)
    with pytest.raises(OutputRefused, match=r"no rights\. The index .* is as it was\."):
        build_report(url, output=site)
    after = content(site)
    assert after["index.html"] == before["index.html"]
    assert set(before) <= set(after), "nothing that the old pages need is gone"
    monkeypatch.undo()


def test_a_first_upload_that_was_cut_off_is_taken_up(url: str, site: str) -> None:
    log_runs(url, 1)
    build_report(url, output=site)
    whole = objects(site)
    remote(site).delete(["runfolio-objects.json", "index.html"])
    build_report(url, output=site)
    assert objects(site) == whole


def test_the_command_works_from_and_to_object_storage(url: str, site: str, server: Server) -> None:
    log_runs(url)
    command = [str(Path(sys.executable).with_name("build-report")), url, "--output", site]
    done = subprocess.run(command, capture_output=True, text=True, timeout=120)
    assert done.returncode == 0, done.stderr
    assert done.stderr == ""
    assert done.stdout.startswith("2 runs, 5 pages, ")
    assert done.stdout.endswith(f": {site}/index.html\n")
    again = subprocess.run(command, capture_output=True, text=True, timeout=120)
    marker = json.loads(remote(site).read("runfolio-site.json") or b"{}")
    count = marker["files"] + 1
    assert f"{count} files ({count} unchanged)" in again.stdout


def test_the_command_says_in_one_line_what_is_wrong(url: str, site: str, tmp_path: Path) -> None:
    result = build(url, "--output", site)
    assert result.exit_code == 1
    assert result.output.startswith(f"Error: No run store at '{url}'.")
    assert result.output.count("\n") == 1
    log_runs(url, 1)
    result = build(url, "--output", "s3://nowhere-at-all/site")
    assert result.exit_code == 1
    assert "nowhere-at-all" in result.output
    assert result.output.count("\n") == 1
    result = build(url, "--output", site, "--serve")
    assert result.exit_code == 2
    assert "is an address" in result.output
    assert build(url, "--output", tmp_path / "site").exit_code == 0


def test_a_change_of_the_store_is_noticed(url: str) -> None:
    log_runs(url, 1)
    before = store_signature(url)
    assert store_signature(url) == before
    log_runs(url, 1)
    assert store_signature(url) != before
