"""The workflows that release and audit: no stored token, no loose pin, nothing built only once."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path
from typing import Any

import pytest

from runfolio.documents import parse_yaml
from runfolio.version import __version__

ROOT = Path(__file__).parents[1]
WORKFLOWS = ROOT / ".github" / "workflows"
FILES = sorted(WORKFLOWS.glob("*.yml"))


def read(name: str) -> dict[str, Any]:
    found: dict[str, Any] = parse_yaml((WORKFLOWS / name).read_text(encoding="utf-8"))
    return found


@pytest.fixture
def jobs() -> dict[str, Any]:
    found: dict[str, Any] = read("release.yml")["jobs"]
    return found


def script(job: dict[str, Any], beginning: str) -> str:
    (found,) = [one["run"] for one in job["steps"] if beginning in one.get("name", "")]
    return str(found)


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.name)
def test_every_action_is_pinned_and_nobody_keeps_credentials(path: Path) -> None:
    text = path.read_text(encoding="utf-8")
    uses = re.findall(r"uses: (.+)", text)
    assert uses
    assert [
        one for one in uses if not re.fullmatch(r"\S+@[0-9a-f]{40} # v\d+\.\d+\.\d+", one)
    ] == []
    assert text.count("actions/checkout@") == text.count("persist-credentials: false")
    assert "pull_request_target" not in text
    assert "secrets." not in text


def test_a_release_takes_nothing_from_a_cache() -> None:
    assert "cache" not in (WORKFLOWS / "release.yml").read_text(encoding="utf-8")


def test_each_job_of_a_release_may_do_one_thing(jobs: dict[str, Any]) -> None:
    assert read("release.yml")["permissions"] == {}
    assert {name: job["permissions"] for name, job in jobs.items()} == {
        "build": {"contents": "read"},
        "compare": {},
        "audit": {"contents": "read"},
        "attest": {"id-token": "write", "attestations": "write"},
        "publish": {"id-token": "write"},
        "release": {"contents": "write"},
    }
    assert [name for name, job in jobs.items() if "environment" in job] == ["publish"]
    assert jobs["publish"]["environment"] == "pypi"


def test_what_is_published_was_compared_audited_and_attested(jobs: dict[str, Any]) -> None:
    needs = {name: job.get("needs") for name, job in jobs.items()}
    assert needs["compare"] == "build"
    assert needs["attest"] == ["compare", "audit"]
    assert (needs["publish"], needs["release"]) == ("attest", "publish")
    with_sbom = [one["with"] for one in jobs["attest"]["steps"] if "sbom-path" in one["with"]]
    assert len(with_sbom) == 1
    (publish,) = [one for one in jobs["publish"]["steps"] if "pypi-publish" in one.get("uses", "")]
    assert publish["with"] == {"packages-dir": "dist", "attestations": True}
    places = jobs["build"]["strategy"]["matrix"]["include"]
    assert len({one["place"] for one in places}) == len({one["timezone"] for one in places}) == 2


@pytest.mark.parametrize(("tag", "code"), [(f"v{__version__}", 0), ("v9.9.9", 1), ("v", 1)])
def test_a_tag_that_is_not_the_version_ends_it(jobs: dict[str, Any], tag: str, code: int) -> None:
    command = ["bash", "-euo", "pipefail", "-c", script(jobs["build"], "tag is the version")]
    done = subprocess.run(
        command,
        cwd=ROOT,
        env={"PATH": "/usr/bin:/bin", "GITHUB_REF_NAME": tag},
        capture_output=True,
    )
    assert done.returncode == code


@pytest.mark.parametrize(("other", "code"), [(b"same", 0), (b"different", 1)])
def test_two_builds_that_differ_end_it(
    jobs: dict[str, Any], other: bytes, code: int, tmp_path: Path
) -> None:
    for name in ("built-here", "built-elsewhere"):
        folder = tmp_path / "built" / name
        folder.mkdir(parents=True)
        for file in ("a.whl", "a.tar.gz", "a.cdx.json"):
            (folder / file).write_bytes(b"same")
    (folder / "a.whl").write_bytes(other)
    command = ["bash", "-euo", "pipefail", "-c", script(jobs["compare"], "Compare")]
    done = subprocess.run(command, cwd=tmp_path, capture_output=True)
    assert done.returncode == code
    assert (tmp_path / "built" / "built-here" / "SHA256SUMS").exists() is (code == 0)


def test_the_audit_runs_every_week_and_insists_on_an_answer() -> None:
    audit = read("audit.yml")
    text = (WORKFLOWS / "audit.yml").read_text(encoding="utf-8")
    assert re.search(r'- cron: "\d+ \d+ \* \* \d"', text)
    runs = [one.get("run", "") for job in audit["jobs"].values() for one in job["steps"]]
    assert "make audit ARGS=--must-reach" in runs
    assert [one for one in runs if one.startswith("npm audit")]
    assert "make vendor" in runs
    assert "licences audit" in (ROOT / ".ci" / "run").read_text(encoding="utf-8")
