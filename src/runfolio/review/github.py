"""Comments on GitHub's pull requests, through its REST interface; GitHub Enterprise too."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from runfolio.errors import CommentPlaceUnknown, CommentRefused
from runfolio.review.posting import Comment
from runfolio.review.rest import Answer, Api, check_base, check_token
from runfolio.review.waiting import Patience

API: Final = "https://api.github.com"
BOT: Final = "github-actions[bot]"
LIMIT: Final = 65_536
MOST_PAGES: Final = 300
MOST_EVENT_BYTES: Final = 32 * 1024 * 1024
HEADERS: Final = {"Accept": "application/vnd.github+json", "X-GitHub-Api-Version": "2022-11-28"}

_REPOSITORY = re.compile(r"[A-Za-z0-9._-]+/[A-Za-z0-9._-]+")
_PULL_REF = re.compile(r"refs/pull/(\d+)/(?:merge|head)")
_NEXT = re.compile(r'<([^<>]+)>\s*;[^,<]*\brel="?next\b')


@dataclass(frozen=True)
class GithubPull:
    """A pull request that comments are written on."""

    api: Api
    repository: str
    number: int
    limit: int = LIMIT

    @property
    def place(self) -> str:
        return f"pull request {self.number} of {self.repository}"

    def find_author(self) -> str:
        """The login the token writes as.

        The token of a workflow has no user of its own, which the interface refuses with 403; the
        GraphQL interface knows the bot behind any token.
        """
        answer = self.api.call("GET", "user")
        if answer.status == 200:
            return str(self.api.take(answer, dict).get("login"))
        if answer.status == 401:
            raise self._refusal(answer)
        base = self.api.base.rstrip("/")
        address = f"{base.removesuffix('/v3')}/graphql"
        viewer = self.api.call("POST", address, {"query": "query { viewer { login } }"})
        login = _object(_object(viewer.body, "data"), "viewer").get("login")
        return login if isinstance(login, str) else BOT

    def find_comments(self) -> Iterator[Comment]:
        address = f"repos/{self.repository}/issues/{self.number}/comments?per_page=100"
        for _ in range(MOST_PAGES):
            answer = self._checked(self.api.call("GET", address))
            yield from map(_comment, self.api.take(answer, list))
            following = _NEXT.search(answer.headers.get("link") or "")
            if following is None:
                return
            address = following[1]

    def create_comment(self, body: str) -> Comment:
        path = f"repos/{self.repository}/issues/{self.number}/comments"
        answer = self.api.call("POST", path, {"body": body}, repeat=False)
        return _comment(self.api.take(self._checked(answer), dict))

    def update_comment(self, comment: Comment, body: str) -> Comment:
        path = f"repos/{self.repository}/issues/comments/{comment.id}"
        answer = self._checked(self.api.call("PATCH", path, {"body": body}))
        return _comment(self.api.take(answer, dict))

    def _checked(self, answer: Answer) -> Answer:
        if answer.status >= 300:
            raise self._refusal(answer)
        return answer

    def _refusal(self, answer: Answer) -> CommentRefused:
        said = self.api.hide(answer.message)
        quoted = f" ({said!r})" if said else ""
        return CommentRefused(
            f"GitHub refuses the comment on {self.place} with status {answer.status}{quoted}: "
            f"{_reason(answer.status)}"
        )


def _reason(status: int) -> str:
    rights = (
        "Give the job `permissions: pull-requests: write`; in a workflow for a fork's pull request "
        "the token only reads, whatever the job says: comment from a workflow_run instead."
    )
    if status == 401:
        return "the token is wrong or has expired. Set GITHUB_TOKEN: ${{ github.token }} anew."
    if status == 403:
        return f"the token may not write comments, or the conversation is locked. {rights}"
    if status in (404, 410):
        return f"there is no such pull request, or the token may not see it. {rights}"
    return "it does not take what was sent. Look at the text, the number and the repository."


def _comment(found: Mapping[str, Any]) -> Comment:
    author = _object(found, "user").get("login") or ""
    url = found.get("html_url")
    return Comment(str(found.get("id")), author, found.get("body") or "", url)


def find_pull(
    environment: Mapping[str, str],
    *,
    patience: Patience,
    repository: str | None = None,
    number: int | None = None,
    base: str | None = None,
) -> GithubPull:
    """The pull request that options and the environment of a workflow name.

    Raises `CommentPlaceUnknown` where the token, the repository or the number is missing.
    """
    name = next((one for one in ("GITHUB_TOKEN", "GH_TOKEN") if environment.get(one)), None)
    if name is None:
        raise CommentPlaceUnknown(
            "There is no token for GitHub. Set GITHUB_TOKEN in the environment, in a workflow with "
            "`env: GITHUB_TOKEN: ${{ github.token }}`."
        )
    api = Api(
        base=check_base(base or environment.get("GITHUB_API_URL") or API),
        token=check_token(environment[name], name),
        patience=patience,
        headers=HEADERS,
    )
    chosen = find_repository(environment, repository)
    found = number or find_number(environment) or _ask_for_number(environment, api, chosen)
    if found is None:
        raise CommentPlaceUnknown(
            "This run belongs to no pull request. Run it `on: pull_request`, or name one with "
            "--pull-request."
        )
    return GithubPull(api, chosen, found)


def find_repository(environment: Mapping[str, str], repository: str | None) -> str:
    """The repository as owner/name, from an option or GITHUB_REPOSITORY."""
    name = repository or environment.get("GITHUB_REPOSITORY") or ""
    if not _REPOSITORY.fullmatch(name) or ".." in name:
        raise CommentPlaceUnknown(
            f"{name!r} names no repository of GitHub. Give --repository owner/name."
            if name
            else "It isn't known which repository is meant. Give --repository owner/name."
        )
    return name


def find_number(environment: Mapping[str, str]) -> int | None:
    """The pull request's number from the event of a workflow, or from its ref."""
    event = _read_event(environment)
    issue = _object(event, "issue")
    pulls = _object(event, "workflow_run").get("pull_requests") or [{}]
    known = (
        _object(event, "pull_request").get("number"),
        issue.get("number") if "pull_request" in issue else None,
        pulls[0].get("number") if isinstance(pulls[0], dict) else None,
    )
    number = next((one for one in known if isinstance(one, int)), None)
    ref = _PULL_REF.fullmatch(environment.get("GITHUB_REF") or "")
    return number if number is not None else int(ref[1]) if ref else None


def _ask_for_number(environment: Mapping[str, str], api: Api, repository: str) -> int | None:
    """The open pull request that a fork's run belongs to.

    GitHub leaves it out of the event of a workflow_run, and the run of a stranger can't be asked.
    """
    run = _object(_read_event(environment), "workflow_run")
    owner = _object(_object(run, "head_repository"), "owner").get("login")
    if not owner or not run.get("head_branch"):
        return None
    query = urlencode({"state": "open", "head": f"{owner}:{run['head_branch']}", "per_page": 100})
    answer = api.call("GET", f"repos/{repository}/pulls?{query}")
    found = answer.body if answer.status == 200 and isinstance(answer.body, list) else []
    same = [one for one in found if _object(one, "head").get("sha") == run.get("head_sha")]
    return next((int(one["number"]) for one in (*same, *found)), None)


def _read_event(environment: Mapping[str, str]) -> Mapping[str, Any]:
    path = environment.get("GITHUB_EVENT_PATH")
    if not path or not Path(path).is_file() or Path(path).stat().st_size > MOST_EVENT_BYTES:
        return {}
    try:
        event = json.loads(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
    return event if isinstance(event, dict) else {}


def _object(found: Any, name: str) -> Mapping[str, Any]:
    value = found.get(name) if isinstance(found, Mapping) else None
    return value if isinstance(value, dict) else {}
