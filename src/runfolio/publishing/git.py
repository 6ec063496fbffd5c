"""Running git in a repository: no editor, no prompt where nobody sits, no secret in a message."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from runfolio.errors import GitFailed

_COMMAND: Final = (
    *("git", "--no-pager", "-c", "core.fsmonitor=false", "-c", f"core.hooksPath={os.devnull}"),
    *("-c", "gc.auto=0", "-c", "maintenance.auto=false", "-c", "advice.pushUpdateRejected=false"),
)
"""Hooks of the repository are for the code in it, and don't run for a report."""

_OF_ANOTHER_REPOSITORY: Final = (
    *("GIT_DIR", "GIT_WORK_TREE", "GIT_INDEX_FILE", "GIT_OBJECT_DIRECTORY", "GIT_COMMON_DIR"),
    *("GIT_ALTERNATE_OBJECT_DIRECTORIES", "GIT_NAMESPACE", "GIT_PREFIX", "GIT_QUARANTINE_PATH"),
    *("GIT_GRAFT_FILE", "GIT_SHALLOW_FILE", "GIT_REPLACE_REF_BASE"),
)
"""What a hook that runs us would have git use instead of the repository that was named."""

_USER_INFO: Final = re.compile(r"(\w://)[^\s/'\"]*@")
_KEY_IN_ADDRESS: Final = re.compile(r"(\w://(?:(?!\w://)[^\s?'\"])*+\?)[^\s'\"]*")
_NOISE: Final = re.compile(
    r"^(hint:|To |Cloning|remote:\s*$|\s*$|Please make sure you have|and the repository exists)"
)
_PREFIX: Final = re.compile(r"(?:(?:remote|fatal|error):\s*)+")
_SAID: Final = 4


@dataclass(frozen=True)
class Answer:
    """How a git command ended, and what it printed."""

    status: int
    output: bytes
    errors: str

    @property
    def text(self) -> str:
        """The output as text, without the line end."""
        return self.output.decode(errors="replace").removesuffix("\n")

    @property
    def reason(self) -> str:
        """What git said went wrong, in one line and without credentials."""
        lines = [one.strip() for one in self.errors.splitlines() if not _NOISE.match(one)]
        said = "; ".join(_PREFIX.sub("", one).rstrip(" .") for one in lines[:_SAID])
        return mask_addresses(said) or f"it ended with code {self.status}"


def mask_addresses(text: str) -> str:
    """A text whose addresses have neither user nor password nor a query."""
    return _KEY_IN_ADDRESS.sub(r"\1…", _USER_INFO.sub(r"\1", text))


@dataclass(frozen=True)
class Git:
    """The repository that holds `folder`."""

    folder: Path

    def ask(
        self, *words: str, given: bytes = b"", variables: dict[str, str] | None = None
    ) -> Answer:
        """Run a command and tell how it ended."""
        try:
            done = subprocess.run(
                (*_COMMAND, *words),
                cwd=self.folder,
                env=_environment() | (variables or {}),
                input=given,
                capture_output=True,
                check=False,
            )
        except OSError as error:
            raise GitFailed(
                f"Couldn't run git in {str(self.folder)!r}: {error.strerror}. Install git, or "
                "name the repository's folder with --repository."
            ) from error
        return Answer(done.returncode, done.stdout, done.stderr.decode(errors="replace"))

    def run(
        self, *words: str, given: bytes = b"", variables: dict[str, str] | None = None
    ) -> Answer:
        """Run a command that has to succeed."""
        answer = self.ask(*words, given=given, variables=variables)
        if answer.status != 0:
            raise GitFailed(f"git {words[0]} failed in {str(self.folder)!r}: {answer.reason}")
        return answer

    def find_commit(self, reference: str) -> str | None:
        """The commit that a full reference stands for, None where there is none."""
        answer = self.ask("rev-parse", "--verify", "--quiet", f"{reference}^{{commit}}")
        return answer.text if answer.status == 0 else None

    def is_true(self, *words: str) -> bool:
        """Whether a command succeeds and says "true"."""
        answer = self.ask(*words)
        return answer.status == 0 and answer.text == "true"


def _environment() -> dict[str, str]:
    kept = {key: value for key, value in os.environ.items() if key not in _OF_ANOTHER_REPOSITORY}
    if not (sys.stdin and sys.stdin.isatty()):
        kept.setdefault("GIT_TERMINAL_PROMPT", "0")
    return kept | {"LC_ALL": "C", "LANGUAGE": "C", "GIT_LITERAL_PATHSPECS": "1"}
