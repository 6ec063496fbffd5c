"""Notes on GitLab, against a fake of its interface on this machine."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from runfolio.errors import CommentNotSent, CommentPlaceUnknown, CommentRefused
from runfolio.review.gitlab import find_merge
from runfolio.review.posting import Posted, post_comment
from runfolio.review.waiting import Patience
from tests.review.hosts import TOKEN, FakeHost, Reply, gitlab, serving

MARK = "<!-- runfolio:report -->"


@pytest.fixture
def host() -> Iterator[FakeHost]:
    with serving(FakeHost(login="project_1_bot"), gitlab) as served:
        yield served


@pytest.fixture
def patience() -> Patience:
    return Patience(sleep=lambda _: None, jitter=lambda: 0.5)


def environment(host: FakeHost, **more: str) -> dict[str, str]:
    known = {
        "GITLAB_TOKEN": TOKEN,
        "CI_API_V4_URL": f"{host.url}/api/v4",
        "CI_PROJECT_ID": "octo/cats",
        "CI_MERGE_REQUEST_IID": "7",
    }
    return known | more


def post(host: FakeHost, patience: Patience, text: str = "better") -> Posted:
    merge = find_merge(environment(host), patience=patience)
    return post_comment(text, host=merge, marker="report", patience=patience)


def test_a_note_is_written_once_and_then_updated(host: FakeHost, patience: Patience) -> None:
    first = post(host, patience, "better ▲ 😀")
    assert (first.action, first.place) == ("created", "merge request 7 of project octo/cats")
    assert post(host, patience, "better ▲ 😀").action == "unchanged"
    assert post(host, patience, "worse").action == "updated"
    assert host.bodies() == [f"{MARK}\nworse"]
    assert (host.made("POST"), host.made("PUT")) == (1, 1)
    assert host.tokens == {f"Bearer {TOKEN}"}


def test_it_is_found_on_a_later_page_among_what_others_say(
    host: FakeHost, patience: Patience
) -> None:
    host.page_size = 10
    for number in range(25):
        host.comments.append(
            {"id": number + 1, "author": {"username": "mallory"}, "body": f"{MARK}\n{number}"}
        )
    own = {"author": {"username": "project_1_bot"}, "system": True, "body": f"{MARK}\nsystem"}
    host.comments.append(own | {"id": 26})
    assert post(host, patience, "one").action == "created"
    assert post(host, patience, "two").action == "updated"
    assert host.bodies()[-1] == f"{MARK}\ntwo"
    assert host.bodies()[0] == f"{MARK}\n0"


def test_a_note_that_was_stored_is_not_written_twice(host: FakeHost, patience: Patience) -> None:
    host.expect("POST", "notes", Reply(0, after=True, drop=True))
    assert post(host, patience).action == "unchanged"
    assert host.bodies() == [f"{MARK}\nbetter"]


def test_limits_and_trouble_are_waited_for(host: FakeHost, patience: Patience) -> None:
    host.expect("GET", "notes", Reply(429, None, {"Retry-After": "20"}), Reply(500))
    assert post(host, patience).action == "created"
    assert patience.waited == 20 + 1


@pytest.mark.parametrize(
    ("status", "message"),
    [
        (401, r"status 401 \('401 Unauthorized'\): .*expired.*scope `api`"),
        (403, "may not write notes.*Reporter"),
        (404, "no such merge request.*scope `api`"),
        (400, "does not take what was sent"),
    ],
)
def test_a_missing_right_is_told(
    host: FakeHost, patience: Patience, status: int, message: str
) -> None:
    said = {"message": "401 Unauthorized", "token": TOKEN}
    host.expect("POST", "notes", Reply(status, said))
    with pytest.raises(CommentRefused, match=message) as caught:
        post(host, patience)
    assert TOKEN not in str(caught.value)


def test_the_token_goes_to_no_other_host(host: FakeHost, patience: Patience) -> None:
    with serving(FakeHost(), gitlab) as other:
        host.expect("PUT", "notes", Reply(307, None, {"Location": f"{other.url}/api/v4/x"}))
        post(host, patience)
        with pytest.raises(CommentNotSent, match="another host"):
            post(host, patience, "worse")
        assert other.requests == []


def test_the_token_of_a_job_is_not_enough(host: FakeHost, patience: Patience) -> None:
    known = environment(host, CI_JOB_TOKEN=TOKEN)
    del known["GITLAB_TOKEN"]
    with pytest.raises(CommentPlaceUnknown, match=r"CI_JOB_TOKEN\) can't write notes") as caught:
        find_merge(known, patience=patience)
    assert TOKEN not in str(caught.value)


def test_the_pipeline_of_a_fork_belongs_to_the_project_it_asks(
    host: FakeHost, patience: Patience
) -> None:
    known = environment(host, CI_MERGE_REQUEST_PROJECT_ID="12")
    assert find_merge(known, patience=patience).project == "12"
    assert find_merge(known, patience=patience, repository="a/b", number=3).number == 3


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("CI_PROJECT_ID", "Give --repository group/project"),
        ("CI_MERGE_REQUEST_IID", "belongs to no merge request.*--pull-request"),
    ],
)
def test_what_is_missing_is_named(
    host: FakeHost, patience: Patience, missing: str, message: str
) -> None:
    known = environment(host)
    del known[missing]
    with pytest.raises(CommentPlaceUnknown, match=message):
        find_merge(known, patience=patience)
