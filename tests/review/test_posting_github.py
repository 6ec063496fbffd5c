"""Comments on GitHub, against a fake of its interface on this machine."""

from __future__ import annotations

import json
from collections.abc import Iterator
from http.client import RemoteDisconnected
from pathlib import Path
from ssl import SSLCertVerificationError
from typing import Any
from urllib.error import URLError
from urllib.request import Request

import pytest

from runfolio.errors import CommentNotSent, CommentPlaceUnknown, CommentRefused, RunfolioError
from runfolio.review.github import LIMIT, GithubPull, find_number, find_pull
from runfolio.review.posting import Posted, post_comment
from runfolio.review.rest import Answer, Api
from runfolio.review.waiting import Patience
from tests.review.hosts import TOKEN, FakeHost, Reply, github, serving

MARK = "<!-- runfolio:report -->"


@pytest.fixture
def host() -> Iterator[FakeHost]:
    with serving(FakeHost(), github) as served:
        yield served


@pytest.fixture
def slept() -> list[float]:
    return []


@pytest.fixture
def patience(slept: list[float]) -> Patience:
    return Patience(sleep=slept.append, clock=lambda: 1_700_000_000.0, jitter=lambda: 0.5)


def environment(host: FakeHost, **more: str) -> dict[str, str]:
    known = {
        "GITHUB_TOKEN": TOKEN,
        "GITHUB_API_URL": host.url,
        "GITHUB_REPOSITORY": "octo/cats",
        "GITHUB_REF": "refs/pull/7/merge",
    }
    return known | more


def post(
    host: FakeHost, patience: Patience, text: str = "better", *, marker: str = "report", **more: Any
) -> Posted:
    pull = find_pull(environment(host), patience=patience, **more)
    return post_comment(text, host=pull, marker=marker, patience=patience)


def say(host: FakeHost, body: str, login: str = "mallory") -> None:
    host.comments.append({"id": len(host.comments) + 1, "user": {"login": login}, "body": body})


def test_a_comment_is_written_once_and_then_updated(host: FakeHost, patience: Patience) -> None:
    first = post(host, patience, "better ▲ 😀")
    assert (first.action, first.place) == ("created", "pull request 7 of octo/cats")
    assert first.url == "https://host.example/comment-1"
    assert post(host, patience, "better ▲ 😀").action == "unchanged"
    assert post(host, patience, "worse").action == "updated"
    assert host.bodies() == [f"{MARK}\nworse"]
    assert (host.made("POST") - 3, host.made("PATCH")) == (1, 1)
    assert host.tokens == {f"Bearer {TOKEN}"}


def test_two_markers_are_two_comments(host: FakeHost, patience: Patience) -> None:
    post(host, patience, "one")
    post(host, patience, "two", marker="other")
    post(host, patience, "one again")
    assert host.bodies() == [f"{MARK}\none again", "<!-- runfolio:other -->\ntwo"]


def test_it_is_found_on_a_later_page(host: FakeHost, patience: Patience) -> None:
    host.page_size = 10
    for number in range(25):
        say(host, f"talk {number}")
    post(host, patience, "one")
    say(host, "more talk")
    assert post(host, patience, "two").action == "updated"
    assert host.bodies()[25] == f"{MARK}\ntwo"


def test_nobody_elses_comment_is_touched(host: FakeHost, patience: Patience) -> None:
    say(host, f"{MARK}\nedit me")
    say(host, f"> {MARK}\nquoted", login="github-actions[bot]")
    assert post(host, patience).action == "created"
    assert host.bodies()[:2] == [f"{MARK}\nedit me", f"> {MARK}\nquoted"]
    assert host.made("PATCH") == 0


def test_of_two_own_comments_the_first_is_updated(host: FakeHost, patience: Patience) -> None:
    """Two jobs that began at once may each have written one."""
    for _ in range(2):
        say(host, f"{MARK}\nold", login="github-actions[bot]")
    assert post(host, patience).action == "updated"
    assert host.bodies() == [f"{MARK}\nbetter", f"{MARK}\nold"]


def test_a_persons_token_writes_as_that_person(host: FakeHost, patience: Patience) -> None:
    host.app, host.login = False, "octocat"
    say(host, f"{MARK}\nold", login="OctoCat")
    assert post(host, patience).action == "updated"
    assert host.made("POST") == 0


def test_without_graphql_it_writes_as_the_workflows_bot(host: FakeHost, patience: Patience) -> None:
    host.expect("POST", "graphql", Reply(404, {"message": "Not Found"}))
    say(host, f"{MARK}\nold", login="github-actions[bot]")
    assert post(host, patience).action == "updated"


def test_github_enterprise_has_its_interface_below_a_path(
    host: FakeHost, patience: Patience
) -> None:
    post(host, patience, base=f"{host.url}/api/v3/")
    assert ("POST", "/api/graphql") in host.requests
    assert host.bodies() == [f"{MARK}\nbetter"]


def test_a_limit_is_waited_for(host: FakeHost, patience: Patience, slept: list[float]) -> None:
    limits = {"x-ratelimit-remaining": "0", "x-ratelimit-reset": "1700000090"}
    host.expect("GET", "comments", Reply(403, {"message": "API rate limit exceeded"}, limits))
    secondary = {"message": "You have exceeded a secondary rate limit."}
    host.expect("POST", "comments", Reply(403, secondary, {"Retry-After": "20"}))
    host.expect("POST", "comments", Reply(429, None, {"Retry-After": "5"}))
    assert post(host, patience).action == "created"
    assert slept == [91, 20, 5]
    assert host.bodies() == [f"{MARK}\nbetter"]


def test_too_long_a_limit_ends_it(host: FakeHost, patience: Patience, slept: list[float]) -> None:
    host.expect("GET", "comments", Reply(429, None, {"Retry-After": "3600"}))
    with pytest.raises(CommentNotSent, match=r"limits requests: .* 3600 s, .* 300 s.*--max-wait"):
        post(host, patience)
    assert slept == []


def test_a_host_in_trouble_is_asked_again(
    host: FakeHost, patience: Patience, slept: list[float]
) -> None:
    host.expect("GET", "comments", Reply(500), Reply(502), Reply(0, drop=True))
    assert post(host, patience).action == "created"
    assert slept == [1, 2, 4]


@pytest.mark.parametrize("body", [None, {"hello": 1}, ["x"], "text"])
def test_another_kind_of_host_is_told(host: FakeHost, patience: Patience, body: object) -> None:
    host.expect("GET", "comments", Reply(200, body))
    with pytest.raises(CommentNotSent, match=r"does not answer as an interface.*--api"):
        post(host, patience)


def test_a_host_that_stays_in_trouble_is_given_up(host: FakeHost, patience: Patience) -> None:
    host.expect("GET", "comments", *[Reply(503)] * 9)
    with pytest.raises(CommentNotSent, match=r"could not be sent to '127.*status 503.*Try again"):
        post(host, patience)


@pytest.mark.parametrize(
    "trouble",
    [Reply(0, after=True, drop=True), Reply(502, after=True)],
    ids=["the connection breaks", "a gateway fails"],
)
def test_a_comment_that_was_stored_is_not_written_twice(
    host: FakeHost, patience: Patience, trouble: Reply
) -> None:
    host.expect("POST", "comments", trouble)
    assert post(host, patience).action == "unchanged"
    assert host.bodies() == [f"{MARK}\nbetter"]


def test_a_comment_that_was_not_stored_is_written_again(host: FakeHost, patience: Patience) -> None:
    host.expect("POST", "comments", Reply(500), Reply(0, drop=True))
    assert post(host, patience).action == "created"
    assert host.bodies() == [f"{MARK}\nbetter"]


def test_writing_is_given_up_some_time(host: FakeHost, patience: Patience) -> None:
    host.expect("POST", "comments", *[Reply(500)] * 9)
    with pytest.raises(CommentNotSent, match="status 500"):
        post(host, patience)
    assert host.bodies() == []


@pytest.mark.parametrize(
    ("path", "reply", "message"),
    [
        (
            "comments",
            Reply(403, {"message": "Resource not accessible by integration"}),
            r"status 403 \('Resource not accessible by integration'\).*pull-requests: write.*fork",
        ),
        ("comments", Reply(404, {"message": "Not Found"}), r"no such pull request.*see it.*write"),
        ("user", Reply(401, {"message": "Bad credentials"}), r"'Bad credentials'.*wrong or has"),
        ("comments", Reply(422, {"message": "Validation Failed"}), "does not take what was sent"),
    ],
)
def test_a_missing_right_is_told(
    host: FakeHost, patience: Patience, path: str, reply: Reply, message: str
) -> None:
    host.expect("GET", path, reply)
    with pytest.raises(CommentRefused, match=message) as caught:
        post(host, patience)
    assert "\n" not in str(caught.value)


def test_a_token_that_only_reads_is_told_when_it_writes(host: FakeHost, patience: Patience) -> None:
    host.expect("POST", "comments", Reply(403, {"message": f"{TOKEN} may not\x1b[2J write"}))
    with pytest.raises(CommentRefused, match="permissions: pull-requests: write") as caught:
        post(host, patience)
    assert TOKEN not in str(caught.value)


def test_the_token_goes_to_no_other_host(host: FakeHost, patience: Patience) -> None:
    with serving(FakeHost(), github) as other:
        moved = f"{other.url}/repos/octo/cats/issues/7/comments"
        host.expect("GET", "comments", Reply(302, None, {"Location": moved}))
        with pytest.raises(CommentNotSent, match=r"another host, at 'http://127.*gets no token"):
            post(host, patience)
        linked = {"Link": f'<{moved}>; rel="next"'}
        host.expect("GET", "comments", Reply(200, [], linked))
        with pytest.raises(CommentNotSent, match="another host"):
            post(host, patience)
        assert other.requests == []


def test_a_redirect_on_the_same_host_is_followed(host: FakeHost, patience: Patience) -> None:
    host.expect(
        "POST", "old/cats", Reply(307, None, {"Location": "/repos/octo/cats/issues/7/comments"})
    )
    host.expect(
        "GET", "old/cats", Reply(301, None, {"Location": "/repos/octo/cats/issues/7/comments"})
    )
    assert post(host, patience, repository="old/cats").action == "created"
    assert host.bodies() == [f"{MARK}\nbetter"]


@pytest.mark.parametrize("place", ["//[", "mailto:x", "http://127.0.0.1:x/", "https://é.example/"])
def test_a_redirect_to_nowhere_is_told(host: FakeHost, patience: Patience, place: str) -> None:
    moved = place.encode("utf-8").decode("latin-1")
    host.expect("GET", "comments", Reply(302, None, {"Location": moved}))
    with pytest.raises(CommentNotSent, match="refers to another host"):
        post(host, patience)


def test_redirects_in_circles_end(host: FakeHost, patience: Patience) -> None:
    host.expect("GET", "comments", *[Reply(302, None, {"Location": "/comments"})] * 9)
    with pytest.raises(CommentNotSent, match="in circles"):
        post(host, patience)


def test_a_huge_text_is_cut_to_what_github_takes(host: FakeHost, patience: Patience) -> None:
    posted = post(host, patience, "😀 a line\n" * 20_000)
    (body,) = host.bodies()
    assert posted.cut
    assert 60_000 < len(body.encode("utf-16-le")) // 2 <= LIMIT
    assert body.endswith("_The rest is left out: no more than 65,536 characters fit here._")


@pytest.mark.parametrize(
    ("error", "tries", "message"),
    [
        (URLError(SSLCertVerificationError("bad")), 1, "certificate is not trusted here"),
        (URLError(TimeoutError("timed out")), 5, "no answer within 30 s"),
        (RemoteDisconnected(f"closed {TOKEN}"), 5, r"closed \*\*\*\. Try"),
        (ConnectionResetError(104, "Connection reset by peer"), 5, "Connection reset by peer"),
    ],
)
def test_what_went_wrong_is_told(
    patience: Patience, error: Exception, tries: int, message: str
) -> None:
    sent: list[str] = []

    def send(request: Request, seconds: float) -> Answer:
        sent.append(request.full_url)
        raise error

    api = Api("https://host.example/api", TOKEN, patience, send=send)
    with pytest.raises(CommentNotSent, match=message) as caught:
        api.call("GET", "user")
    assert sent == ["https://host.example/api/user"] * tries
    assert TOKEN not in str(caught.value)


def test_nobody_at_home(patience: Patience) -> None:
    host = FakeHost(url="http://127.0.0.1:1")
    with pytest.raises(CommentNotSent, match=r"'127.0.0.1:1': Connection refused"):
        post(host, patience)


@pytest.mark.parametrize(
    "base",
    [
        "http://github.example",
        "ftp://127.0.0.1",
        "nonsense",
        "https://",
        "https://é",
        "https://[",
        "https://a b",
    ],
)
def test_a_token_needs_a_safe_address(host: FakeHost, patience: Patience, base: str) -> None:
    with pytest.raises(CommentPlaceUnknown, match=r"no address that a token may be sent to"):
        post(host, patience, base=base)


def test_an_address_holds_no_password(host: FakeHost, patience: Patience) -> None:
    with pytest.raises(CommentPlaceUnknown, match="holds a user or password") as caught:
        post(host, patience, base="https://me:hunter2@host.example")
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize("token", [f"{TOKEN}\nX-Evil: 1", f"{TOKEN} x", f"{TOKEN}ü", f"{TOKEN}\0"])
def test_a_token_that_is_none_is_not_shown(host: FakeHost, patience: Patience, token: str) -> None:
    with pytest.raises(CommentPlaceUnknown, match="GITHUB_TOKEN holds characters") as caught:
        find_pull(environment(host, GITHUB_TOKEN=token), patience=patience)
    assert TOKEN not in str(caught.value)


def test_a_pull_request_does_not_show_its_token(host: FakeHost, patience: Patience) -> None:
    assert TOKEN not in repr(find_pull(environment(host), patience=patience))


@pytest.mark.parametrize(
    ("missing", "message"),
    [
        ("GITHUB_TOKEN", "no token for GitHub. Set GITHUB_TOKEN"),
        ("GITHUB_REPOSITORY", "which repository is meant. Give --repository"),
        ("GITHUB_REF", "belongs to no pull request.*--pull-request"),
    ],
)
def test_what_is_missing_is_named(
    host: FakeHost, patience: Patience, missing: str, message: str
) -> None:
    known = environment(host)
    del known[missing]
    with pytest.raises(RunfolioError, match=message):
        find_pull(known, patience=patience)


@pytest.mark.parametrize("name", ["cats", "a/b/c", "../x", "octo/cats?x=1", "octo/.."])
def test_a_repository_is_owner_and_name(host: FakeHost, patience: Patience, name: str) -> None:
    with pytest.raises(CommentPlaceUnknown, match="names no repository"):
        find_pull(environment(host), patience=patience, repository=name)


@pytest.mark.parametrize(
    ("event", "ref", "number"),
    [
        ({"pull_request": {"number": 5}}, "refs/heads/main", 5),
        ({"issue": {"number": 6, "pull_request": {}}}, "", 6),
        ({"issue": {"number": 6}}, "", None),
        ({"workflow_run": {"pull_requests": [{"number": 8}]}}, "", 8),
        ({"workflow_run": {"pull_requests": []}}, "", None),
        ({"pull_request": {"number": "5; rm"}}, "refs/pull/9/merge", 9),
        ([], "refs/pull/9/head", 9),
        ("", "refs/pull/x/head", None),
    ],
)
def test_the_number_comes_from_the_event(
    tmp_path: Path, event: object, ref: str, number: int | None
) -> None:
    path = tmp_path / "event.json"
    path.write_text(json.dumps(event))
    assert find_number({"GITHUB_EVENT_PATH": str(path), "GITHUB_REF": ref}) == number


def test_an_event_that_cant_be_read_is_none(tmp_path: Path) -> None:
    (tmp_path / "event.json").write_text("{")
    assert find_number({"GITHUB_EVENT_PATH": str(tmp_path / "event.json")}) is None
    assert find_number({"GITHUB_EVENT_PATH": str(tmp_path / "none.json")}) is None


def test_the_pull_request_of_a_fork_is_asked_for(
    host: FakeHost, patience: Patience, tmp_path: Path
) -> None:
    host.pulls = [
        {"number": 3, "head": {"label": "fan:idea", "sha": "old"}},
        {"number": 7, "head": {"label": "fan:idea", "sha": "new"}},
        {"number": 9, "head": {"label": "other:idea", "sha": "new"}},
    ]
    run = {"head_branch": "idea", "head_sha": "new", "pull_requests": []}
    event = {"workflow_run": run | {"head_repository": {"owner": {"login": "fan"}}}}
    (tmp_path / "event.json").write_text(json.dumps(event))
    known = environment(
        host, GITHUB_EVENT_PATH=str(tmp_path / "event.json"), GITHUB_REF="refs/heads/main"
    )
    pull = find_pull(known, patience=patience)
    assert isinstance(pull, GithubPull)
    assert pull.number == 7
