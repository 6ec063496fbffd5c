"""Runs the steps of a composite GitHub Action one after the other, as a runner does.

It knows the expressions an action needs, gives scripts their environment and the files they write
outputs and paths to, and only notes which other actions are used and with what.
"""

from __future__ import annotations

import os
import re
import subprocess
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from runfolio.documents import parse_yaml

_EXPRESSION = re.compile(r"\$\{\{(.*?)\}\}", re.DOTALL)
_TOKEN = re.compile(
    r"\s*(?:(?P<text>'(?:[^']|'')*')|(?P<operator>&&|\|\||==|!=|!|\(|\)|,)"
    r"|(?P<name>[A-Za-z_][\w.-]*))"
)

Uses = Callable[[dict[str, str]], dict[str, str]]


@dataclass
class Job:
    """A job that runs an action: its contexts, its folders and what happened."""

    github: Mapping[str, Any]
    environment: Mapping[str, str]
    workspace: Path
    temp: Path
    uses: Mapping[str, Uses]
    steps: dict[str, dict[str, Any]] = field(default_factory=dict)
    ran: list[str] = field(default_factory=list)
    paths: list[str] = field(default_factory=list)
    log: str = ""
    failed: bool = False

    def evaluate(self, text: str, inputs: Mapping[str, str]) -> Any:
        """The value of an expression of GitHub: names, texts, comparisons, && and ||."""
        return _Parser(text, {"inputs": inputs, "github": self.github, "steps": self.steps}).parse()

    def expand(self, text: str, inputs: Mapping[str, str]) -> str:
        """A text with the expressions in it replaced."""
        return _EXPRESSION.sub(lambda found: _shown(self.evaluate(found[1], inputs)), str(text))


def run_action(path: Path, job: Job, given: Mapping[str, str]) -> dict[str, str]:
    """Run an action with these inputs, up to the step that fails, and return its outputs."""
    action: Any = parse_yaml(path.read_text(encoding="utf-8"))
    known = action["inputs"]
    assert set(given) <= set(known), f"no such inputs: {set(given) - set(known)}"
    inputs = {name: job.expand(one["default"], {}) for name, one in known.items()} | dict(given)
    for step in action["runs"]["steps"]:
        if job.failed or not job.evaluate(str(step.get("if", "'yes'")), inputs):
            continue
        job.ran.append(step["name"])
        outputs = _use(step, job, inputs) if "uses" in step else _script(step, job, inputs, path)
        if "id" in step:
            job.steps[step["id"]] = {"outputs": outputs}
    return {name: job.expand(one["value"], inputs) for name, one in action["outputs"].items()}


def _use(step: Mapping[str, Any], job: Job, inputs: Mapping[str, str]) -> dict[str, str]:
    name = step["uses"].partition("@")[0]
    return job.uses[name]({key: job.expand(one, inputs) for key, one in step["with"].items()})


def _script(
    step: Mapping[str, Any], job: Job, inputs: Mapping[str, str], path: Path
) -> dict[str, str]:
    assert step["shell"] == "bash"
    assert "${{" not in step["run"], "an expression in a script can run what an input says"
    files = {name: job.temp / name.lower() for name in ("GITHUB_OUTPUT", "GITHUB_PATH")}
    for one in files.values():
        one.write_text("")
    environment = {
        **job.environment,
        **{name: str(one) for name, one in files.items()},
        "PATH": os.pathsep.join([*reversed(job.paths), job.environment["PATH"]]),
        "GITHUB_ACTION_PATH": str(path.parent),
        "GITHUB_WORKSPACE": str(job.workspace),
        "RUNNER_TEMP": str(job.temp),
        **{name: job.expand(one, inputs) for name, one in step.get("env", {}).items()},
    }
    command = ["bash", "--noprofile", "--norc", "-eo", "pipefail", "-c", step["run"]]
    done = subprocess.run(
        command,
        cwd=job.workspace,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        stdin=subprocess.DEVNULL,
        text=True,
    )
    job.log += f"## {step['name']}\n{done.stdout}"
    job.failed = done.returncode != 0
    job.paths += files["GITHUB_PATH"].read_text().splitlines()
    lines = files["GITHUB_OUTPUT"].read_text().splitlines()
    return dict(line.split("=", 1) for line in lines)


class _Parser:
    """Evaluates while it reads: `or` binds loosest, then `and`, then comparisons, then `!`."""

    def __init__(self, text: str, contexts: Mapping[str, Any]) -> None:
        bare = text.strip()
        found = list(_TOKEN.finditer(bare))
        assert "".join(one[0] for one in found) == bare, f"can't read {text!r}"
        self._tokens = [one[0].strip() for one in found]
        self._contexts = contexts

    def parse(self) -> Any:
        value = self._either()
        assert not self._tokens, f"left over: {self._tokens}"
        return value

    def _take(self, *wanted: str) -> str | None:
        return self._tokens.pop(0) if self._tokens and self._tokens[0] in wanted else None

    def _either(self) -> Any:
        value = self._both()
        while self._take("||"):
            other = self._both()
            value = value or other
        return value

    def _both(self) -> Any:
        value = self._comparison()
        while self._take("&&"):
            other = self._comparison()
            value = value and other
        return value

    def _comparison(self) -> Any:
        value = self._single()
        while operator := self._take("==", "!="):
            same = _shown(value).casefold() == _shown(self._single()).casefold()
            value = same if operator == "==" else not same
        return value

    def _single(self) -> Any:
        if self._take("!"):
            return not self._single()
        if self._take("("):
            value = self._either()
            assert self._take(")")
            return value
        token = self._tokens.pop(0)
        if token.startswith("'"):
            return token[1:-1].replace("''", "'")
        value = self._contexts
        for name in token.split("."):
            value = value.get(name) if isinstance(value, Mapping) else None
        return value


def _shown(value: Any) -> str:
    return "" if value is None else str(value).lower() if isinstance(value, bool) else str(value)
