"""Publishing to a folder: swapped in whole, with everything else left as it was."""

from __future__ import annotations

import json
import os
from datetime import UTC, datetime
from pathlib import Path

import pytest

from runfolio.errors import OutputRefused, PublishRefused
from runfolio.publishing import Folder, Limits, Retention, find_broken_links, publish, take_down
from runfolio.publishing import folder as folder_module
from runfolio.site import build_report


def files_of(folder: Path) -> dict[str, bytes]:
    found = (path for path in folder.rglob("*") if path.is_file())
    return {path.relative_to(folder).as_posix(): path.read_bytes() for path in found}


def reports_of(folder: Path) -> set[str]:
    return set(json.loads((folder / "runfolio-reports.json").read_text())["reports"])


def test_a_folder_gets_the_files_of_the_site(tmp_path: Path, small_site: Path) -> None:
    target = tmp_path / "public"
    done = publish(Folder(target), site=small_site)
    files = files_of(target)
    assert files.pop("runfolio-reports.json")
    assert files == files_of(small_site)
    assert done.address == (target / "index.html").as_uri()
    assert list(tmp_path.glob(".public*")) == []


def test_reports_lie_side_by_side_with_a_list_of_them(tmp_path: Path, small_site: Path) -> None:
    target = tmp_path / "public"
    for path in ("pr/1", "pr/2"):
        publish(Folder(target), site=small_site, path=path)
    assert files_of(target / "pr" / "1") == files_of(small_site)
    assert 'href="pr/2/index.html"' in (target / "index.html").read_text()
    assert find_broken_links(target) == ()
    assert not list(target.rglob(".*"))


def test_a_report_at_the_root_leaves_the_others_and_other_files(tmp_path: Path, site: Path) -> None:
    target = tmp_path / "public"
    publish(Folder(target), site=site, path="pr/1")
    (target / "robots.txt").write_text("mine")
    (target / "empty").mkdir()
    (target / "link").symlink_to("robots.txt")
    publish(Folder(target), site=site)
    (site / "assets" / "licences.txt").write_text("changed")
    (site / "compare.html").unlink()
    publish(Folder(target), site=site, allow_broken_links=True)
    assert (target / "robots.txt").read_text() == "mine"
    assert (target / "empty").is_dir()
    assert (target / "link").readlink() == Path("robots.txt")
    assert (target / "pr" / "1" / "compare.html").is_file()
    assert not (target / "compare.html").exists()
    assert not (target / "runfolio-reports.css").exists()
    assert (target / "assets" / "licences.txt").read_text() == "changed"
    assert reports_of(target) == {"", "pr/1"}


def test_what_is_as_it_was_stays_the_same_file(tmp_path: Path, site: Path) -> None:
    target = tmp_path / "public"
    for path in ("", "pr/1"):
        report = target / path
        publish(Folder(target), site=site, path=path)
        icon, licences = report / "assets/icon.svg", report / "assets/licences.txt"
        before = icon.stat(), licences.stat()
        assert not publish(Folder(target), site=site, path=path).changed
        (site / "assets/licences.txt").write_text(f"changed for {path}")
        assert publish(Folder(target), site=site, path=path).changed
        assert icon.stat().st_ino == before[0].st_ino
        assert icon.stat().st_mtime_ns == before[0].st_mtime_ns
        assert licences.stat().st_ino != before[1].st_ino


def test_files_of_others_are_never_overwritten(tmp_path: Path, small_site: Path) -> None:
    target = tmp_path / "public"
    (target / "pr" / "1").mkdir(parents=True)
    (target / "pr" / "1" / "mine.txt").write_text("mine")
    (target / "index.html").write_text("mine")
    before = files_of(target)
    with pytest.raises(PublishRefused, match="'pr/1' holds files that runfolio did not write"):
        publish(Folder(target), site=small_site, path="pr/1")
    with pytest.raises(PublishRefused, match=r"did not write.*'index\.html'. Publish below a path"):
        publish(Folder(target), site=small_site)
    with pytest.raises(OutputRefused, match="is no folder"):
        publish(Folder(target / "index.html"), site=small_site)
    (tmp_path / "link").symlink_to(target)
    with pytest.raises(OutputRefused, match="is no folder"):
        publish(Folder(tmp_path / "link"), site=small_site)
    assert files_of(target) == before


def test_a_site_that_build_report_wrote_is_ours(
    tmp_path: Path, site: Path, small_site: Path
) -> None:
    (site / "CNAME").write_text("example.org")
    publish(Folder(site), site=small_site)
    assert (site / "CNAME").read_text() == "example.org"
    assert reports_of(site) == {""}
    publish(Folder(tmp_path), site=small_site, path="site")


def test_old_reports_go(tmp_path: Path, small_site: Path) -> None:
    target = tmp_path / "public"
    for day in (1, 2, 3):
        now = datetime(2026, 11, day, tzinfo=UTC)
        publish(Folder(target), site=small_site, path=f"pr/{day}", now=now)
    done = publish(
        Folder(target),
        site=small_site,
        path="pr/4",
        retention=Retention(seconds=2.5 * 86400, names=["3"]),
        now=datetime(2026, 11, 4, tzinfo=UTC),
    )
    assert done.removed == ("pr/1", "pr/3")
    assert {path.name for path in (target / "pr").iterdir()} == {"2", "4"}
    assert reports_of(target) == {"pr/2", "pr/4"}
    assert "pr/1" not in (target / "index.html").read_text()


def test_a_report_is_taken_down(tmp_path: Path, small_site: Path) -> None:
    target = tmp_path / "public"
    publish(Folder(target), site=small_site, path="pr/1")
    publish(Folder(target), site=small_site)
    take_down(Folder(target))
    assert set(files_of(target)) - {f"pr/1/{path}" for path in files_of(small_site)} == {
        "index.html",
        "runfolio-reports.css",
        "runfolio-reports.json",
    }
    take_down(Folder(target), path="pr/1")
    assert set(files_of(target)) == {"runfolio-reports.json"}
    assert not (target / "pr").exists()


def test_a_failure_leaves_everything_as_it_was(
    tmp_path: Path, site: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    target = tmp_path / "public"
    publish(Folder(target), site=site)
    before = files_of(target)
    (site / "assets" / "licences.txt").write_text("changed")

    def fail(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(folder_module, "replace_folder", fail)
    with pytest.raises(OutputRefused, match=r"Couldn't write to the folder .*: No space left"):
        publish(Folder(target), site=site)
    assert files_of(target) == before
    assert list(tmp_path.glob(".public*")) == []


def test_what_somebody_left_who_was_killed_goes_after_a_day(
    tmp_path: Path, small_site: Path
) -> None:
    old, new = (tmp_path / f".public.{name}.tmp" for name in ("old", "new"))
    for left in (old, new):
        left.mkdir()
        (left / "half.html").write_text("half")
    os.utime(old, (0, 0))
    publish(Folder(tmp_path / "public"), site=small_site)
    assert (old.exists(), new.exists()) == (False, True)


def test_a_dry_run_makes_nothing(tmp_path: Path, small_site: Path) -> None:
    done = publish(Folder(tmp_path / "public"), site=small_site, path="pr/1", dry_run=True)
    assert done.dry_run
    assert not (tmp_path / "public").exists()


def test_all_problems_are_told_at_once(tmp_path: Path, site: Path) -> None:
    (site / "compare.html").write_text('<a href="nowhere.html">')
    (site / "artifacts" / "large.bin").write_bytes(b"0" * 3_000_000)
    limits = Limits(whole=1_000_000, file=2_000_000)
    with pytest.raises(PublishRefused, match="3 problems are in the way") as raised:
        publish(Folder(tmp_path / "public"), site=site, limits=limits)
    link, file, whole = raised.value.problems
    assert link.startswith("broken link: compare.html:1: href='nowhere.html': there is no")
    assert file.startswith("artifacts/large.bin: 3 MB, and the host takes files of up to 2 MB.")
    assert whole.startswith("all that would lie there has")
    assert not (tmp_path / "public").exists()


@pytest.mark.parametrize("damage", ["marker", "index", "folder"])
def test_only_sites_are_published(tmp_path: Path, site: Path, damage: str) -> None:
    if damage == "folder":
        site = tmp_path / "nowhere"
    else:
        (site / {"marker": "runfolio-site.json", "index": "index.html"}[damage]).unlink()
    with pytest.raises(PublishRefused, match="is no site that build-report wrote"):
        publish(Folder(tmp_path / "public"), site=site)


def test_links_in_a_site_are_not_followed(tmp_path: Path, site: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (site / "assets" / "more.txt").symlink_to(tmp_path / "secret.txt")
    with pytest.raises(PublishRefused, match=r"site's 'assets/more\.txt' is a link"):
        publish(Folder(tmp_path / "public"), site=site)


@pytest.mark.parametrize("target", [".", "inner", ".."])
def test_a_site_is_not_published_into_itself(site: Path, target: str) -> None:
    before = files_of(site)
    with pytest.raises(OutputRefused, match="lie in one another"):
        publish(Folder(site / target), site=site, path="pr/1")
    assert files_of(site) == before


def test_a_folder_that_was_published_to_is_a_site(tmp_path: Path, small_site: Path) -> None:
    publish(Folder(tmp_path / "one"), site=small_site)
    publish(Folder(tmp_path / "two"), site=tmp_path / "one", path="copy")
    assert files_of(tmp_path / "two" / "copy") == files_of(small_site)


def test_a_path_behind_a_link_is_refused(tmp_path: Path, small_site: Path) -> None:
    target, elsewhere = tmp_path / "public", tmp_path / "elsewhere"
    elsewhere.mkdir()
    target.mkdir()
    (target / "pr").symlink_to(elsewhere)
    with pytest.raises(OutputRefused, match=r"public/pr' is a link, which is not followed"):
        publish(Folder(target), site=small_site, path="pr/1")
    assert list(elsewhere.iterdir()) == []


def test_a_name_that_not_every_host_takes_is_refused(tmp_path: Path, site: Path) -> None:
    (site / "assets" / "a\nb.txt").write_text("")
    with pytest.raises(PublishRefused, match=r"'assets/a\\nb\.txt' has a name that not every host"):
        publish(Folder(tmp_path / "public"), site=site)


def test_a_site_and_a_store_exclude_each_other(tmp_path: Path, small_site: Path) -> None:
    with pytest.raises(PublishRefused, match=r"is published as it is\. Leave --site out"):
        publish(Folder(tmp_path / "public"), site=small_site, store=tmp_path)


def test_build_report_and_publishing_make_the_same_site(tmp_path: Path, store: Path) -> None:
    from tests.publishing.conftest import log_run

    log_run(store)
    build_report(store, output=tmp_path / "site", title="Wine")
    publish(Folder(tmp_path / "public"), store=store, title="Wine")
    files = files_of(tmp_path / "public")
    assert files.pop("runfolio-reports.json")
    assert files == files_of(tmp_path / "site")
