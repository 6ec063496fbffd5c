"""The files of examples/hosting do what they say, as far as this machine can tell."""

from __future__ import annotations

import gzip
import os
import re
import subprocess
import sys
import tomllib
from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest

from runfolio.documents import parse_yaml
from runfolio.publishing import Folder, find_broken_links, publish
from tests.browser.serving import JENKINS, JENKINS_WITH_SCRIPTS
from tests.publishing.conftest import log_run
from tests.publishing.repositories import files_of
from tests.publishing.web_server import nginx_serving
from tests.test_workflows import run_tool

ROOT = Path(__file__).parents[2]
HOSTING = ROOT / "examples" / "hosting"
COLOURS = {"red", "yellow", "green", "blue", "indigo", "purple", "pink", "gray"}


def read(name: str) -> str:
    return (HOSTING / name).read_text(encoding="utf-8")


def policy() -> str:
    """The policy of the pages, with who may frame them."""
    base = (ROOT / "templates" / "base.html").read_text(encoding="utf-8")
    found = re.search(r'Content-Security-Policy" content="([^"]*)"', base)
    assert found
    return f"{found[1]}; frame-ancestors 'self'"


def run_script(script: str, folder: Path, **variables: str) -> None:
    """Run shell commands as a CI does, with the commands of this environment."""
    path = f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}"
    done = subprocess.run(
        ["bash", "-eo", "pipefail", "-c", script],
        cwd=folder,
        env=os.environ | {"PATH": path} | variables,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_every_file_is_explained() -> None:
    text = read("README.md")
    files = {path.name for path in HOSTING.iterdir()} - {"README.md"}
    assert {name for name in files if f"]({name})" in text} == files
    for link in re.findall(r"\]\(([^)#]+)(?:#[^)]*)?\)", text):
        assert (HOSTING / link).exists(), link


def test_workflows_follow_their_schemas() -> None:
    check = ("check-jsonschema", "--builtin-schema")
    workflow = HOSTING / "github-pages.yml"
    assert not run_tool(*check, "vendor.github-workflows", workflow)
    assert not run_tool(*check, "custom.github-workflows-require-timeout", workflow)
    transform = ("--data-transform", "gitlab-ci")
    assert not run_tool(*check, "vendor.gitlab-ci", *transform, HOSTING / "gitlab-pages.yml")


def test_zizmor_finds_nothing() -> None:
    options = ("--offline", "--no-progress", "--quiet", "--persona", "pedantic")
    assert not run_tool("zizmor", *options, HOSTING / "github-pages.yml")


def steps() -> Mapping[str, str]:
    """The scripts of the workflow by name."""
    document: dict[str, Any] = parse_yaml(read("github-pages.yml"))
    found = document["jobs"]["publish"]["steps"]
    return {one["name"]: one["run"] for one in found if "run" in one}


def test_the_workflow_publishes_main_and_pull_requests(work: Path, remote: Path) -> None:
    log_run(work / "runs")
    publish_step = steps()["Publish"]
    run_script(publish_step, work, NUMBER="")
    run_script(publish_step, work, NUMBER="7")
    assert {"index.html", "pr/7/index.html"} <= files_of(remote)
    run_script(steps()["Take the report of a closed pull request down"], work, NUMBER="7")
    files = files_of(remote)
    assert "index.html" in files
    assert not any(path.startswith("pr/") for path in files)


def test_the_jobs_of_other_hosts_build_their_folder(tmp_path: Path) -> None:
    log_run(tmp_path / "runs")
    job: dict[str, Any] = parse_yaml(read("gitlab-pages.yml"))["pages"]
    scripts = {
        "public": "\n".join(job["script"]),
        "report": "\n".join(re.findall(r"sh '\.venv/bin/(runfolio .*)'", read("Jenkinsfile"))),
        "netlify": tomllib.loads(read("netlify.toml"))["build"]["command"],
    }
    assert job["artifacts"]["paths"] == ["public"]
    for name, script in scripts.items():
        run_script(re.sub(r"pip install [^\n&]*(&& )?", "", script), tmp_path)
        folder = tmp_path / ("public" if name == "netlify" else name)
        assert (folder / "index.html").is_file()
        assert find_broken_links(folder) == ()


def test_netlify_sends_the_policy_of_the_pages() -> None:
    document = tomllib.loads(read("netlify.toml"))
    assert document["build"]["publish"] == "public"
    (rule,) = document["headers"]
    assert rule["for"] == "/*"
    assert rule["values"]["Content-Security-Policy"] == policy()


def test_the_front_matter_of_a_space_says_it_is_static() -> None:
    _, front, rest = read("space-README.md").split("---\n", 2)
    document: dict[str, Any] = parse_yaml(front)
    assert document["sdk"] == "static"
    assert document["app_file"] == "index.html"
    assert len(document["emoji"]) == 1
    assert {document["colorFrom"], document["colorTo"]} <= COLOURS
    assert rest.strip()


def test_a_space_keeps_its_readme(tmp_path: Path, small_site: Path) -> None:
    target = tmp_path / "space"
    publish(Folder(target), site=small_site)
    (target / "README.md").write_text(read("space-README.md"))
    publish(Folder(target), site=small_site, allow_broken_links=True)
    assert (target / "README.md").is_file()


def test_the_policies_of_jenkins_are_those_tried_in_a_browser() -> None:
    text = read("README.md")
    for headers in (JENKINS, JENKINS_WITH_SCRIPTS):
        assert headers["Content-Security-Policy"] in text
    relaxed = JENKINS_WITH_SCRIPTS["Content-Security-Policy"]
    assert f'-Dhudson.model.DirectoryBrowserSupport.CSP="{relaxed}"' in text


def fetch(address: str, **headers: str) -> tuple[int, Mapping[str, str], bytes]:
    try:
        with urlopen(Request(address, headers=headers)) as answer:
            return answer.status, dict(answer.headers), answer.read()
    except HTTPError as error:
        return error.code, dict(error.headers), error.read()


@pytest.fixture
def reports(tmp_path: Path, small_site: Path) -> Path:
    """A folder with a report below a path."""
    publish(Folder(tmp_path / "reports"), site=small_site, path="team/wine")
    return tmp_path / "reports"


def test_nginx_serves_reports_with_the_policy_of_the_pages(reports: Path, tmp_path: Path) -> None:
    with nginx_serving(reports, tmp_path / "nginx") as address:
        status, headers, body = fetch(f"{address}team/wine/")
        assert (status, body) == (200, (reports / "team/wine/index.html").read_bytes())
        assert headers["Content-Type"] == "text/html; charset=utf-8"
        assert headers["Content-Security-Policy"] == policy()
        assert headers["X-Content-Type-Options"] == "nosniff"
        assert headers["Cache-Control"] == "no-cache"
        assert b"team/wine/index.html" in fetch(address)[2]


def test_nginx_keeps_what_is_named_after_its_content(reports: Path, tmp_path: Path) -> None:
    (style,) = (reports / "team/wine/assets").glob("site.*.css")
    with nginx_serving(reports, tmp_path / "nginx") as address:
        place = f"{address}team/wine/assets/{style.name}"
        _, headers, body = fetch(place, **{"Accept-Encoding": "gzip"})
        assert headers["Content-Encoding"] == "gzip"
        assert gzip.decompress(body) == style.read_bytes()
        assert headers["Cache-Control"] == "public, max-age=31536000, immutable"
        assert headers["Content-Type"] == "text/css; charset=utf-8"
        _, headers, _ = fetch(f"{address}team/wine/assets/icon.svg")
        assert headers["Cache-Control"] == "no-cache"
        assert headers["Content-Type"] == "image/svg+xml; charset=utf-8"


def test_nginx_shows_nothing_else(reports: Path, tmp_path: Path) -> None:
    (tmp_path / "secret.txt").write_text("secret")
    (reports / "link.txt").symlink_to(tmp_path / "secret.txt")
    (reports / ".hidden").write_text("hidden")
    with nginx_serving(reports, tmp_path / "nginx") as address:
        for path in ("link.txt", ".hidden", "team/", "team/wine/runs/", "nowhere.html"):
            status, headers, body = fetch(f"{address}{path}")
            assert status in (403, 404), path
            assert b"secret" not in body
            assert headers["X-Content-Type-Options"] == "nosniff"
