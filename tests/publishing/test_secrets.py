"""What would give something away stops a publication, or is told."""

from __future__ import annotations

from pathlib import Path

import pytest

import runfolio
from runfolio.errors import PublishRefused
from runfolio.privacy import Disclosure
from runfolio.publishing import Folder, publish
from runfolio.site import build_report
from tests.publishing.conftest import log_run

TOKEN = "ghp_" + "a1B2c3D4e5F6g7H8i9" * 2
MAIL = "ada" + "@" + "example.org"


def test_credentials_stop_a_publication(tmp_path: Path, store: Path) -> None:
    log_run(store, name="leaky", api_token=TOKEN)
    with pytest.raises(PublishRefused, match=r"leaky.*api_token") as raised:
        publish(Folder(tmp_path / "public"), store=store)
    assert TOKEN not in str(raised.value)
    assert not (tmp_path / "public").exists()


def test_credentials_that_are_masked_or_allowed_or_left_out_do_not(
    tmp_path: Path, store: Path
) -> None:
    log_run(store, name="leaky", api_token=TOKEN)
    publish(Folder(tmp_path / "masked"), store=store, disclosure=Disclosure(redact=True))
    publish(
        Folder(tmp_path / "without"), store=store, disclosure=Disclosure(exclude=("params:api*",))
    )
    publish(Folder(tmp_path / "allowed"), store=store, allow_secrets=True)
    shown = {
        name: any(TOKEN.encode() in one.read_bytes() for one in files_of(tmp_path / name))
        for name in ("masked", "without", "allowed")
    }
    assert shown == {"masked": False, "without": False, "allowed": True}


def files_of(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


def test_only_what_is_published_is_searched(tmp_path: Path, store: Path) -> None:
    log_run(store, name="fine")
    with runfolio.start_run(experiment="other", store=store, capture=False) as run:
        run.log_param("api_token", TOKEN)
    publish(Folder(tmp_path / "public"), store=store, experiments=["wine"])
    with pytest.raises(PublishRefused, match="api_token"):
        publish(Folder(tmp_path / "public"), store=store)


def test_names_of_people_are_told_and_stop_nothing(tmp_path: Path, store: Path) -> None:
    for name in ("one", "two"):
        log_run(store, name=name, author=MAIL)
    done = publish(Folder(tmp_path / "public"), store=store)
    assert done.changed
    (told,) = done.warnings
    assert "author" in told
    assert "1 more" in told
    assert MAIL not in told


def test_credentials_and_other_problems_are_told_together(tmp_path: Path, store: Path) -> None:
    from runfolio.publishing import Limits

    log_run(store, name="leaky", api_token=TOKEN)
    with pytest.raises(PublishRefused, match="2 problems are in the way") as raised:
        publish(Folder(tmp_path / "public"), store=store, limits=Limits(whole=1000))
    assert "api_token" in raised.value.problems[0]
    assert "all that would lie there" in raised.value.problems[1]


def test_a_site_that_was_built_before_is_searched_too(tmp_path: Path, store: Path) -> None:
    log_run(store, name="leaky", api_token=TOKEN, author=MAIL)
    build_report(store, output=tmp_path / "site")
    with pytest.raises(PublishRefused, match="problems are in the way") as raised:
        publish(Folder(tmp_path / "public"), site=tmp_path / "site")
    assert any(problem.startswith("runs/") for problem in raised.value.problems)
    assert TOKEN not in str(raised.value.problems)
    done = publish(Folder(tmp_path / "public"), site=tmp_path / "site", allow_secrets=True)
    assert done.warnings
    assert MAIL not in str(done.warnings)


def test_what_was_written_about_the_runs_is_searched_in_any_case(
    tmp_path: Path, store: Path
) -> None:
    log_run(store)
    reports = tmp_path / "reports"
    reports.mkdir()
    (reports / "one.md").write_text(f"# One\n\nIt was run with `token = '{TOKEN}'`.\n")
    with pytest.raises(PublishRefused, match=r"reports/one\.html, line") as raised:
        publish(Folder(tmp_path / "public"), store=store, reports=reports)
    assert TOKEN not in str(raised.value)


def test_a_list_of_packages_is_none(tmp_path: Path, store: Path) -> None:
    """Not even of those whose name says that they are about secrets, as one of ours does."""
    with runfolio.start_run(experiment="wine", store=store, capture="environment") as run:
        run.log_text("detect-secrets==1.5.0\npassword-strength==0.0.3\n", "requirements.txt")
    assert publish(Folder(tmp_path / "public"), store=store).changed
