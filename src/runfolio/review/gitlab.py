"""Comments on GitLab's merge requests, through its REST interface, wherever it is hosted."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Final
from urllib.parse import quote

from runfolio.errors import CommentPlaceUnknown, CommentRefused
from runfolio.review.posting import Comment
from runfolio.review.rest import Answer, Api, check_base, check_token
from runfolio.review.waiting import Patience

API: Final = "https://gitlab.com/api/v4"
LIMIT: Final = 1_000_000
MOST_PAGES: Final = 300

_RIGHTS: Final = (
    "Use a project access token of the role Reporter or above with the scope `api`, kept as the "
    "masked CI/CD variable GITLAB_TOKEN; a protected variable is only there on protected branches."
)


@dataclass(frozen=True)
class GitlabMerge:
    """A merge request that notes are written on; `project` is its number or its path."""

    api: Api
    project: str
    number: int
    limit: int = LIMIT

    @property
    def place(self) -> str:
        return f"merge request {self.number} of project {self.project}"

    def find_author(self) -> str:
        answer = self._checked(self.api.call("GET", "user"))
        return str(self.api.take(answer, dict).get("username"))

    def find_comments(self) -> Iterator[Comment]:
        page = "1"
        for _ in range(MOST_PAGES):
            path = f"{self._notes}?per_page=100&sort=asc&order_by=created_at&page={page}"
            answer = self._checked(self.api.call("GET", path))
            notes = self.api.take(answer, list)
            yield from (_comment(one) for one in notes if not one.get("system"))
            page = answer.headers.get("x-next-page") or ""
            if not page.isdecimal():
                return

    def create_comment(self, body: str) -> Comment:
        answer = self.api.call("POST", self._notes, {"body": body}, repeat=False)
        return _comment(self.api.take(self._checked(answer), dict))

    def update_comment(self, comment: Comment, body: str) -> Comment:
        path = f"{self._notes}/{comment.id}"
        answer = self._checked(self.api.call("PUT", path, {"body": body}))
        return _comment(self.api.take(answer, dict))

    @property
    def _notes(self) -> str:
        return f"projects/{quote(self.project, safe='')}/merge_requests/{self.number}/notes"

    def _checked(self, answer: Answer) -> Answer:
        if answer.status < 300:
            return answer
        said = self.api.hide(answer.message)
        quoted = f" ({said!r})" if said else ""
        raise CommentRefused(
            f"GitLab refuses the comment on {self.place} with status {answer.status}{quoted}: "
            f"{_reason(answer.status)}"
        )


def _reason(status: int) -> str:
    if status == 401:
        return f"the token is wrong, revoked or has expired. {_RIGHTS}"
    if status == 403:
        return f"the token may not write notes. {_RIGHTS}"
    if status == 404:
        return f"there is no such merge request, or the token may not see it. {_RIGHTS}"
    return "it does not take what was sent. Look at the text, the number and the project."


def _comment(found: Mapping[str, Any]) -> Comment:
    author = (found.get("author") or {}).get("username") or ""
    return Comment(str(found.get("id")), author, found.get("body") or "")


def find_merge(
    environment: Mapping[str, str],
    *,
    patience: Patience,
    repository: str | None = None,
    number: int | None = None,
    base: str | None = None,
) -> GitlabMerge:
    """The merge request that options and the environment of a job name.

    Raises `CommentPlaceUnknown` where the token, the project or the number is missing.
    """
    token = environment.get("GITLAB_TOKEN")
    if not token:
        only = " A job's own token (CI_JOB_TOKEN) can't write notes."
        raise CommentPlaceUnknown(
            f"There is no token for GitLab.{only if environment.get('CI_JOB_TOKEN') else ''} "
            f"{_RIGHTS}"
        )
    api = Api(
        base=check_base(base or environment.get("CI_API_V4_URL") or API),
        token=check_token(token, "GITLAB_TOKEN"),
        patience=patience,
    )
    return GitlabMerge(
        api, _find_project(environment, repository), _find_number(environment, number)
    )


def _find_project(environment: Mapping[str, str], repository: str | None) -> str:
    """The project; that of the merge request where a fork's pipeline runs in another."""
    names = ("CI_MERGE_REQUEST_PROJECT_ID", "CI_PROJECT_ID")
    found = repository or next((environment[one] for one in names if environment.get(one)), None)
    if found is None:
        raise CommentPlaceUnknown(
            "It isn't known which project is meant. Give --repository group/project."
        )
    return found


def _find_number(environment: Mapping[str, str], number: int | None) -> int:
    text = str(number or environment.get("CI_MERGE_REQUEST_IID") or "")
    if not text.isdecimal():
        raise CommentPlaceUnknown(
            "This job belongs to no merge request. Run it where $CI_PIPELINE_SOURCE is "
            "'merge_request_event', or name one with --pull-request."
        )
    return int(text)
