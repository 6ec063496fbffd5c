"""Publishing reports to object storage."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

import runfolio
from runfolio.errors import OutputRefused, PublishRefused, StoreUnreachable
from runfolio.publishing import Bucket, Limits, Retention, publish, take_down
from runfolio.site import build_report
from tests.remote.conftest import Server
from tests.remote.processes import content, remote


@pytest.fixture(scope="module")
def built(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A site of one run, for reading only."""
    folder = tmp_path_factory.mktemp("built")
    with runfolio.start_run(experiment="wine", store=folder / "runs", capture=False) as run:
        run.log_metric("loss", 0.5)
    build_report(folder / "runs", output=folder / "site", title="Wine")
    return folder / "site"


@pytest.fixture
def place(bucket: str) -> str:
    """An address to publish to; nothing is there yet."""
    return f"s3://{bucket}/reports"


def paths_of(site: Path) -> set[str]:
    return {path.relative_to(site).as_posix() for path in site.rglob("*") if path.is_file()}


def test_reports_lie_side_by_side_with_a_list_of_them(place: str, built: Path) -> None:
    for path in ("pr/1", "pr/2"):
        done = publish(Bucket(place), site=built, path=path)
    assert done.address == f"{place}/pr/2/index.html"
    objects = content(place)
    expected = {f"pr/{number}/{path}" for number in (1, 2) for path in paths_of(built)}
    expected |= {f"pr/{number}/runfolio-objects.json" for number in (1, 2)}
    assert set(objects) == expected | {
        *("index.html", "runfolio-reports.css", "runfolio-reports.json"),
    }
    assert b'href="pr/2/index.html"' in objects["index.html"]


def test_objects_have_their_media_type_and_say_how_long_they_may_be_kept(
    place: str, built: Path
) -> None:
    import s3fs

    publish(Bucket(place), site=built, path="pr/1")
    storage = s3fs.S3FileSystem(skip_instance_cache=True)

    def headers(path: str) -> tuple[str, str]:
        bucket, _, key = f"{place}/{path}".removeprefix("s3://").partition("/")
        told = storage.call_s3("head_object", Bucket=bucket, Key=key)
        return told["ContentType"], told["CacheControl"]

    assert headers("index.html") == ("text/html; charset=utf-8", "no-cache")
    assert headers("runfolio-reports.json") == ("application/json; charset=utf-8", "no-cache")
    (style,) = (built / "assets").glob("site.*.css")
    kind, kept = headers(f"pr/1/assets/{style.name}")
    assert kind == "text/css; charset=utf-8"
    assert "immutable" in kept


def test_the_same_site_again_puts_nothing(place: str, built: Path) -> None:
    for path in ("", "pr/1"):
        publish(Bucket(place), site=built, path=path)
    before = {path: one.modified for path, one in remote(place).list().items()}
    for path in ("", "pr/1"):
        assert not publish(Bucket(place), site=built, path=path).changed
    assert {path: one.modified for path, one in remote(place).list().items()} == before


def test_a_report_at_the_root_leaves_the_others_and_other_objects(place: str, built: Path) -> None:
    publish(Bucket(place), site=built, path="pr/1")
    remote(place).put(b"mine", "robots.txt")
    publish(Bucket(place), site=built)
    objects = content(place)
    assert objects["index.html"] == (built / "index.html").read_bytes()
    assert "runfolio-reports.css" not in objects
    assert {"robots.txt", "pr/1/index.html"} <= set(objects)
    assert set(json.loads(objects["runfolio-reports.json"])["reports"]) == {"", "pr/1"}
    take_down(Bucket(place))
    objects = content(place)
    assert b"pr/1/index.html" in objects["index.html"]
    assert {path for path in objects if not path.startswith("pr/")} == {
        *("robots.txt", "index.html", "runfolio-reports.css", "runfolio-reports.json"),
    }


def test_objects_of_others_are_never_overwritten(place: str, built: Path) -> None:
    remote(place).put(b"mine", "pr/1/index.html")
    remote(place).put(b"mine", "index.html")
    before = content(place)
    for path in ("", "pr/1"):
        with pytest.raises(PublishRefused, match="files that runfolio did not write"):
            publish(Bucket(place), site=built, path=path)
    assert content(place) == before


def test_old_reports_go_and_sizes_count_what_is_left(place: str, built: Path) -> None:
    size = sum((built / path).stat().st_size for path in paths_of(built))
    limits = Limits(whole=int(size * 2.5))
    for number in (1, 2):
        publish(Bucket(place), site=built, path=f"pr/{number}", limits=limits)
    with pytest.raises(PublishRefused, match="all that would lie there"):
        publish(Bucket(place), site=built, path="pr/3", limits=limits)
    done = publish(
        Bucket(place), site=built, path="pr/3", limits=limits, retention=Retention(names=["1"])
    )
    assert done.removed == ("pr/1",)
    assert not any(path.startswith("pr/1/") for path in content(place))


def test_a_dry_run_puts_nothing(place: str, built: Path) -> None:
    assert publish(Bucket(place), site=built, dry_run=True).changed
    assert content(place) == {}


def test_a_storage_that_is_gone_is_one_clear_error(place: str, server: Server, built: Path) -> None:
    server.stop()
    try:
        with pytest.raises((OutputRefused, StoreUnreachable), match="Couldn't list 's3://"):
            publish(Bucket(place), site=built)
    finally:
        server.start()
