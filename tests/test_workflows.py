"""The workflows, the action and the templates for CI: sound, safe, and they do what they say."""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest

import runfolio
from runfolio.documents import parse_yaml
from tests.composite import Job, run_action
from tests.review.hosts import TOKEN, FakeHost, github, gitlab, serving

ROOT = Path(__file__).parents[1]
ACTION = ROOT / "action.yml"
WORKFLOWS = sorted((ROOT / ".github" / "workflows").glob("*.yml"))
EXAMPLES = sorted((ROOT / "examples" / "ci").glob("github*.yml"))
TEMPLATE = ROOT / "examples" / "ci" / "gitlab-ci.yml"
MARK = "<!-- runfolio:report -->"
COMMANDS = Path(sys.executable).parent


def run_tool(name: str, *arguments: object) -> str:
    """Run a checker that is installed beside Python; what it says when it fails."""
    path = COMMANDS / name
    if not path.exists():
        pytest.skip(f"{name} is not installed")
    words = [str(path), *(str(argument) for argument in arguments)]
    done = subprocess.run(words, capture_output=True, text=True, cwd=ROOT)
    return "" if done.returncode == 0 else done.stdout + done.stderr


@pytest.mark.parametrize(
    ("schema", "files"),
    [
        ("vendor.github-workflows", [*WORKFLOWS, *EXAMPLES]),
        ("custom.github-workflows-require-timeout", [*WORKFLOWS, *EXAMPLES]),
        ("vendor.github-actions", [ACTION]),
        ("vendor.gitlab-ci", [TEMPLATE]),
    ],
)
def test_they_follow_their_schema(schema: str, files: list[Path]) -> None:
    more = ["--data-transform", "gitlab-ci"] if "gitlab" in schema else []
    assert not run_tool("check-jsonschema", "--builtin-schema", schema, *more, *files)


def test_zizmor_finds_nothing() -> None:
    """It looks for scripts that run what others write, for broad rights, and for loose pins."""
    options = ("--offline", "--no-progress", "--quiet", "--strict-collection")
    assert not run_tool("zizmor", *options, ACTION, *WORKFLOWS, *EXAMPLES)


def test_zizmor_finds_no_smell_in_what_others_copy() -> None:
    options = ("--offline", "--no-progress", "--quiet", "--persona", "pedantic")
    assert not run_tool("zizmor", *options, ACTION, *EXAMPLES)


def read(path: Path) -> dict[str, Any]:
    found: dict[str, Any] = parse_yaml(path.read_text(encoding="utf-8"))
    return found


def scripts() -> Iterator[tuple[str, str]]:
    """Every script in them, by where it is."""
    for path in [*WORKFLOWS, *EXAMPLES]:
        for job in read(path)["jobs"].values():
            for step in job["steps"]:
                if "run" in step:
                    yield path.name, step["run"]
    for step in read(ACTION)["runs"]["steps"]:
        if "run" in step:
            yield f"{ACTION.name}: {step['name']}", step["run"]
    for name, job in read(TEMPLATE).items():
        lines = [*job.get("before_script", []), *job.get("script", [])]
        if lines:
            yield f"{TEMPLATE.name}: {name}", "\n".join(lines)


def test_every_script_is_bash() -> None:
    found = list(scripts())
    assert len(found) >= 13
    for place, script in found:
        done = subprocess.run(["bash", "-n"], input=script, text=True, capture_output=True)
        assert done.returncode == 0, f"{place}: {done.stderr}"
        assert "${{" not in script, f"{place}: an expression in a script can run what it says"


def test_shellcheck_finds_nothing() -> None:
    if shutil.which("shellcheck") is None:
        pytest.skip("shellcheck is not installed")
    for place, script in scripts():
        command = ["shellcheck", "--shell=bash", "--severity=style", "-"]
        done = subprocess.run(command, input=script, text=True, capture_output=True)
        assert done.returncode == 0, f"{place}: {done.stdout}"


def test_actions_are_pinned_alike_by_commit() -> None:
    pins: dict[str, set[str]] = {}
    for path in [ACTION, *WORKFLOWS, *EXAMPLES]:
        text = path.read_text(encoding="utf-8")
        for name, commit in re.findall(r"uses: (actions/[\w/-]+)@(\S+ # v[\d.]+)$", text, re.M):
            pins.setdefault(name, set()).add(commit)
        assert len(re.findall(r"uses: actions/", text)) == len(
            re.findall(r"uses: actions/[\w/-]+@[0-9a-f]{40} # v\d+\.\d+\.\d+$", text, re.M)
        )
    assert pins
    assert all(len(commits) == 1 for commits in pins.values()), pins


def test_every_input_is_used_and_explained() -> None:
    action, text = read(ACTION), ACTION.read_text(encoding="utf-8")
    readme = (ROOT / "examples" / "ci" / "README.md").read_text(encoding="utf-8")
    for name, one in action["inputs"].items():
        assert one["description"]
        assert "default" in one
        assert text.count(f"inputs.{name}") >= 1
        assert f"`{name}`" in readme
    for name in action["outputs"]:
        assert f"`{name}`" in readme
    for path in EXAMPLES:
        for step in next(iter(read(path)["jobs"].values()))["steps"]:
            if "runfolio@" in step.get("uses", ""):
                assert set(step["with"]) <= set(action["inputs"])


def git(folder: Path, *arguments: str) -> str:
    identity = ["-c", "user.name=A", "-c", "user.email=a@example.com", "-c", "commit.gpgsign=false"]
    command = ["git", "-C", str(folder), *identity, *arguments]
    return subprocess.run(command, capture_output=True, text=True, check=True).stdout.strip()


TRAINING = """
import runfolio

with runfolio.start_run(experiment="wine; $(touch hacked)", store="runs") as run:
    run.log_params({"alpha": ALPHA})
    for step in range(3):
        run.log_metrics({"rmse": ALPHA + 0.1 * (2 - step)}, step=step)
"""


@dataclass(frozen=True)
class Project:
    """A repository with a run at each of two commits."""

    folder: Path
    base: str
    head: str


@pytest.fixture(scope="module")
def trained(tmp_path_factory: pytest.TempPathFactory) -> Project:
    folder = tmp_path_factory.mktemp("trained")
    git(folder, "init", "--quiet", "--initial-branch", "main")
    commits = []
    for rmse in ("0.6", "0.5"):
        (folder / "train.py").write_text(TRAINING.replace("ALPHA", rmse))
        git(folder, "add", "train.py")
        git(folder, "commit", "--quiet", "--message", f"Change to {rmse}")
        command = [sys.executable, "train.py"]
        subprocess.run(command, cwd=folder, env=usual_environment(), check=True)
        commits.append(git(folder, "rev-parse", "HEAD"))
    return Project(folder, *commits)


@pytest.fixture
def project(trained: Project, tmp_path: Path) -> Project:
    """A copy for the test alone."""
    shutil.copytree(trained.folder, tmp_path / "project")
    return Project(tmp_path / "project", trained.base, trained.head)


def usual_environment(**more: str) -> dict[str, str]:
    kept = {name: os.environ[name] for name in ("PATH", "HOME", "LANG") if name in os.environ}
    kept["PATH"] = f"{COMMANDS}{os.pathsep}{kept['PATH']}"
    return kept | {"PYTHONWARNINGS": "ignore"} | more


def make_job(
    project: Project, host: FakeHost, tmp_path: Path, **event: Any
) -> tuple[Job, list[dict[str, str]]]:
    """A job for a pull request on the fake host, and what is uploaded in it."""
    head = {"repo": {"full_name": "octo/cats"}}
    event = event or {"pull_request": {"number": 7, "base": {"sha": project.base}, "head": head}}
    path = tmp_path / "event.json"
    path.write_text(json.dumps(event))
    uploads: list[dict[str, str]] = []

    def upload(given: dict[str, str]) -> dict[str, str]:
        uploads.append(given)
        return {"artifact-url": "https://host.example/artifacts/1"}

    temp = tmp_path / "temp"
    temp.mkdir()
    job = Job(
        github={
            "event": event,
            "event_name": next(iter(event)),
            "repository": "octo/cats",
            "token": TOKEN,
        },
        environment=usual_environment(
            GITHUB_API_URL=host.url,
            GITHUB_REPOSITORY="octo/cats",
            GITHUB_EVENT_PATH=str(path),
            GITHUB_STEP_SUMMARY=str(tmp_path / "summary.md"),
        ),
        workspace=project.folder,
        temp=temp,
        uses={
            "actions/upload-artifact": upload,
            "actions/setup-python": lambda _: {"python-path": str(temp / "python")},
        },
    )
    return job, uploads


def act(job: Job, **inputs: str) -> dict[str, str]:
    given = {name.replace("_", "-"): value for name, value in inputs.items()}
    return run_action(ACTION, job, {"install": "false"} | given)


@pytest.fixture
def host() -> Iterator[FakeHost]:
    with serving(FakeHost(), github) as served:
        yield served


def test_the_action_reports_compares_comments_and_checks(
    project: Project, host: FakeHost, tmp_path: Path
) -> None:
    job, uploads = make_job(project, host, tmp_path)
    outputs = act(job, fail_if="metrics.rmse rises > 1%\n", title='A "title" `touch hacked`')
    assert not job.failed, job.log
    assert (project.folder / "runfolio-site" / "index.html").is_file()
    assert "touch hacked" in (project.folder / "runfolio-site" / "index.html").read_text()
    assert [one["path"] for one in uploads] == ["runfolio-site"]
    (body,) = host.bodies()
    assert body.startswith(f"{MARK}\n")
    assert "better" in body.split("\n")[1] + body.split("\n")[2]
    assert "](https://host.example/artifacts/1)" in body
    assert body.removeprefix(f"{MARK}\n") in (tmp_path / "summary.md").read_text()
    assert ElementTree.parse(outputs["junit"]).getroot().get("failures") == "0"
    assert outputs["comparison"].endswith("comparison.md")
    assert TOKEN not in job.log
    assert not (project.folder / "hacked").exists()


def test_the_action_updates_its_comment_and_fails_on_a_rule(
    project: Project, host: FakeHost, tmp_path: Path
) -> None:
    host.comments.append({"id": 1, "user": {"login": host.login}, "body": f"{MARK}\nold"})
    job, _ = make_job(project, host, tmp_path)
    outputs = act(job, fail_if="metrics.rmse drops > 1%\nmetrics.rmse > 9", artifact="")
    assert job.failed
    assert job.ran[-1] == "Check the rules"
    assert "Upload the report" not in job.ran
    assert len(host.bodies()) == 1
    assert "better" in host.bodies()[0]
    root = ElementTree.parse(outputs["junit"] or job.temp / "runfolio" / "check.xml").getroot()
    assert (root.get("tests"), root.get("failures")) == ("2", "1")


def test_on_a_push_the_action_only_reports(
    project: Project, host: FakeHost, tmp_path: Path
) -> None:
    job, uploads = make_job(project, host, tmp_path, push={})
    outputs = act(job, experiments="wine; $(touch hacked)\n")
    assert not job.failed, job.log
    assert job.ran == ["Build the report", "Upload the report"]
    assert len(uploads) == 1
    assert (outputs["comparison"], outputs["site"]) == ("", "runfolio-site")
    assert host.requests == []


def test_a_fork_gets_a_summary_and_no_comment(
    project: Project, host: FakeHost, tmp_path: Path
) -> None:
    head = {"repo": {"full_name": "fan/cats"}}
    pull = {"number": 7, "base": {"sha": project.base}, "head": head}
    job, _ = make_job(project, host, tmp_path, pull_request=pull)
    act(job)
    assert not job.failed, job.log
    assert "Write the job's summary" in job.ran
    assert "Comment" not in job.ran
    assert host.requests == []


def test_the_runs_of_a_fork_are_compared_in_a_workflow_of_ones_own(
    project: Project, host: FakeHost, tmp_path: Path
) -> None:
    """With the inputs of github-forks.yml."""
    shutil.copytree(project.folder / "runs", tmp_path / "forks")
    git(project.folder, "reset", "--quiet", "--hard", project.base)
    host.pulls = [{"number": 7, "head": {"label": "fan:idea", "sha": project.head}}]
    owner = {"full_name": "fan/cats", "owner": {"login": "fan"}}
    run = {"id": 3, "head_sha": project.head, "head_branch": "idea", "head_repository": owner}
    job, _ = make_job(project, host, tmp_path, workflow_run=run)
    (example,) = [path for path in EXAMPLES if path.name == "github-forks.yml"]
    steps = read(example)["jobs"]["comment"]["steps"]
    (given,) = [step["with"] for step in steps if "runfolio@" in step["uses"]]
    inputs = {name: job.expand(text, {}) for name, text in given.items()}
    inputs["store"] = str(tmp_path / "forks")
    run_action(ACTION, job, {"install": "false"} | inputs)
    assert not job.failed, job.log
    (body,) = host.bodies()
    assert "better" in body


def forget_base(project: Project) -> None:
    """Take away the base's runs, as in the first pull request of a project."""
    store = project.folder / "runs"
    old = runfolio.search_runs(filter=f"git_commit = '{project.base}'", store=store)
    runfolio.delete_runs(list(old["run_id"]), store=store)


def test_the_first_pull_request_of_a_project_shows_its_own_numbers(
    project: Project, host: FakeHost, tmp_path: Path
) -> None:
    forget_base(project)
    job, _ = make_job(project, host, tmp_path)
    outputs = act(job, fail_if="metrics.rmse rises > 1%\nmetrics.rmse > 9")
    assert not job.failed, job.log
    (body,) = host.bodies()
    assert "Nothing to compare with yet:** `rmse` 0.5." in body
    suite = ElementTree.parse(outputs["junit"]).getroot().find("testsuite")
    assert suite is not None
    assert (suite.get("tests"), suite.get("skipped")) == ("2", "1")


def test_a_step_that_fails_ends_the_action(
    project: Project, host: FakeHost, tmp_path: Path
) -> None:
    job, _ = make_job(project, host, tmp_path)
    act(job, store="nowhere")
    assert job.failed
    assert job.ran == ["Build the report"]
    assert "nowhere" in job.log


def test_the_action_installs_itself_aside(project: Project, host: FakeHost, tmp_path: Path) -> None:
    """With a stand-in for Python that notes what it is asked for, and makes the commands."""
    job, _ = make_job(project, host, tmp_path, push={})
    python = job.temp / "python"
    python.write_text(
        "#!/bin/sh\n"
        f'echo "$@" >> "{tmp_path}/asked"\n'
        'if [ "$2" = venv ]; then\n'
        '  mkdir -p "$3/bin"; cp "$0" "$3/bin/python"\n'
        f'  for one in runfolio build-report; do ln -s "{COMMANDS}/$one" "$3/bin/$one"; done\n'
        "fi\n"
    )
    python.chmod(0o755)
    act(job, install="true", extras="s3")
    assert not job.failed, job.log
    asked = (tmp_path / "asked").read_text().splitlines()
    assert asked[0] == f"-m venv {job.temp}/runfolio/python"
    assert asked[1].endswith(f"pip install --quiet --disable-pip-version-check {ROOT}[s3]")
    assert job.paths == [f"{job.temp}/runfolio/bin"]
    assert sorted(one.name for one in (job.temp / "runfolio" / "bin").iterdir()) == [
        "build-report",
        "runfolio",
    ]


def run_gitlab(name: str, folder: Path, variables: Mapping[str, str]) -> tuple[int, str]:
    """Run the script of a job of the template, as GitLab's runner does."""
    template = read(TEMPLATE)
    script = "\n".join(["set -eo pipefail", *template[name]["script"]])
    environment = usual_environment(**(template["variables"] | dict(variables)))
    done = subprocess.run(
        ["bash", "-c", script],
        cwd=folder,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    return done.returncode, done.stdout


def test_the_template_for_gitlab_does_what_it_says(project: Project) -> None:
    with serving(FakeHost(login="bot"), gitlab) as host:
        known = {
            "CI_MERGE_REQUEST_DIFF_BASE_SHA": project.base,
            "CI_COMMIT_SHA": project.head,
            "CI_API_V4_URL": f"{host.url}/api/v4",
            "CI_PROJECT_ID": "octo/cats",
            "CI_MERGE_REQUEST_IID": "7",
        }
        for name in ("pages", "runfolio-report"):
            assert run_gitlab(name, project.folder, known)[0] == 0
        assert (project.folder / "public" / "index.html").is_file()
        assert (project.folder / "runfolio-site" / "index.html").is_file()
        code, said = run_gitlab("runfolio-compare", project.folder, known)
        assert code == 0, said
        assert "no GITLAB_TOKEN" in said
        assert "better" in said
        code, said = run_gitlab("runfolio-compare", project.folder, known | {"GITLAB_TOKEN": TOKEN})
        assert code == 0, said
        assert host.bodies() == [
            f"{MARK}\n{(project.folder / 'comparison.md').read_text().strip()}"
        ]
        assert TOKEN not in said


def test_the_template_for_gitlab_checks_rules(project: Project) -> None:
    known = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": project.base, "CI_COMMIT_SHA": project.head}
    template = read(TEMPLATE)
    report = template["runfolio-check"]["artifacts"]["reports"]["junit"]
    for rules, failures in (
        ("metrics.rmse rises > 1%", "0"),
        ("metrics.rmse > 9\nmetrics.rmse > 0.1", "1"),
    ):
        code, said = run_gitlab(
            "runfolio-check", project.folder, known | {"RUNFOLIO_FAIL_IF": rules}
        )
        assert code == int(failures), said
        assert ElementTree.parse(project.folder / report).getroot().get("failures") == failures


def test_the_template_for_gitlab_goes_on_without_a_base(project: Project) -> None:
    forget_base(project)
    known = {"CI_MERGE_REQUEST_DIFF_BASE_SHA": project.base, "CI_COMMIT_SHA": project.head}
    code, said = run_gitlab("runfolio-compare", project.folder, known)
    assert (code, "Nothing to compare with yet" in said) == (0, True), said
    rules = {"RUNFOLIO_FAIL_IF": "metrics.rmse rises > 1%"}
    code, said = run_gitlab("runfolio-check", project.folder, known | rules)
    assert (code, "skipped" in said) == (0, True), said
