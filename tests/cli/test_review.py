"""``runfolio compare`` and ``runfolio check``."""

from __future__ import annotations

import base64
import hashlib
import json
import math
import re
from html.parser import HTMLParser
from pathlib import Path
from typing import Any
from xml.etree import ElementTree

import pytest
from click.testing import CliRunner, Result

from runfolio.cli.main import main
from runfolio.review.comparing import compare_runs
from runfolio.review.plain import render_text
from tests.review.compared import log_run, log_seeds

HOSTILE = '<script>alert("1")</script>\x1b[31m|`@all'


def call(*words: str) -> Result:
    return CliRunner().invoke(main, words)


def output(*words: str) -> str:
    result = call(*words)
    assert result.exit_code == 0, result.output
    return result.stdout


@pytest.fixture
def sides(store: Path) -> Path:
    log_seeds(store, "rmse", [0.61, 0.62, 0.6], params={"model": "ridge"}, tags={"side": "old"})
    log_seeds(store, "rmse", [0.51, 0.52, 0.5], params={"model": "cnn"}, tags={"side": "new"})
    return store


@pytest.fixture
def hostile(store: Path) -> Path:
    for side, value in (("old", 1.0), ("new", math.nan)):
        log_run(
            store,
            {HOSTILE: [2.0, 1.0, value], "m": [1.0, 2.0]},
            name=HOSTILE,
            experiment=HOSTILE,
            params={HOSTILE: f"{HOSTILE} {side}"},
            tags={"side": side},
        )
    return store


def test_text_is_aligned_and_says_the_verdict_first(sides: Path) -> None:
    lines = output("compare", "tag:old", "tag:new").splitlines()
    assert lines[0] == (
        "▲ better: rmse 0.61 ± 0.01 (n = 3) → 0.51 ± 0.01 (n = 3) (−16 %), lower is better."
    )
    place = next(number for number, line in enumerate(lines) if line.startswith("metric"))
    head, row = lines[place : place + 2]
    assert row.index("▲ better") == head.index("verdict")
    assert "−0.1 [−0.12, −0.077]" in row
    assert "1 changed parameter" in lines
    assert re.search(r"^model +ridge +cnn$", "\n".join(lines), re.MULTILINE)


def test_curves_give_way_in_a_narrow_terminal(store: Path) -> None:
    ids = [log_run(store, {"loss": [3.0, 2.0, last]}) for last in (1.0, 0.5)]
    comparison = compare_runs(*ids, store=store)
    assert render_text(comparison) == render_text(comparison, width=200)
    assert "base → head" in render_text(comparison)
    narrow = render_text(comparison, width=50)
    assert "base → head" not in narrow
    assert "loss ↓   1.0   0.5  −0.5  −50 %  ▲ better\n" in narrow


def test_what_a_terminal_would_act_on_is_shown(hostile: Path) -> None:
    text = output("compare", "tag:old", "tag:new")
    assert "\x1b" not in text
    assert "⟨U+001B⟩[31m" in text
    assert "▼ worse" in text


def test_an_encoding_that_lacks_a_character_is_no_error(sides: Path) -> None:
    latin = CliRunner(charset="latin-1")
    text = latin.invoke(main, ("compare", "tag:old", "tag:new"))
    assert (text.exit_code, text.stdout_bytes[:14]) == (0, rb"\u25b2 better:")
    for form in ("markdown", "json", "html"):
        words = ("compare", "tag:old", "tag:new", "--format", form)
        assert latin.invoke(main, words).stdout_bytes.decode("utf-8") == output(*words)


def test_markdown_goes_to_a_file(sides: Path, tmp_path: Path) -> None:
    path = tmp_path / "comment" / "body.md"
    words = ("compare", "tag:old", "tag:new", "--format", "markdown")
    assert output(*words, "--output", str(path), "--site-url", "https://x.org/r") == ""
    text = path.read_text(encoding="utf-8")
    assert text.startswith("**▲ better:** `rmse`")
    assert "<https://x.org/r/compare.html#runs=" in text
    assert output(*words).startswith("**▲ better:** `rmse`")
    short = output(*words, "--max-length", "2000")
    assert len(short) <= 2000


def test_json_has_all_numbers(hostile: Path) -> None:
    def refuse(text: str) -> None:
        raise AssertionError(f"{text} is no JSON")

    words = ("compare", "tag:old", "tag:new", "--format", "json")
    document: dict[str, Any] = json.loads(output(*words), parse_constant=refuse)
    assert document["schema"] == 1
    assert (document["base"]["side"], len(document["base"]["runs"])) == ("tag:old", 1)
    (experiment,) = document["experiments"]
    metrics = {one["metric"]: one for one in experiment["metrics"]}
    assert (metrics[HOSTILE]["head"]["not_finite"], metrics[HOSTILE]["head"]["mean"]) == (1, None)
    assert metrics["m"]["relative"] == 0
    assert [one["name"] for one in experiment["params"]] == [HOSTILE]
    assert output("compare", "tag:old", "tag:new", "--json") == output(*words)
    call(*words, "--output", "document.json")
    assert json.loads(Path("document.json").read_text(), parse_constant=refuse) == document


class Page(HTMLParser):
    def __init__(self, text: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.style = ""
        self.open = ""
        self.feed(text)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))
        self.open = tag

    def handle_data(self, data: str) -> None:
        if self.open == "style":
            self.style += data

    def handle_endtag(self, tag: str) -> None:
        self.open = ""


def test_html_is_one_page_that_loads_and_runs_nothing(hostile: Path) -> None:
    words = ("compare", "tag:old", "tag:new", "--format", "html", "--site-url", "https://x.org/r")
    text = output(*words)
    assert text.startswith("<!doctype html>")
    page = Page(text)
    names = {tag for tag, _ in page.tags}
    assert names.isdisjoint({"script", "img", "link", "iframe", "object", "form"})
    assert {"table", "svg", "polyline", "details", "main", "h1"} <= names
    attributes = [name for _, found in page.tags for name in found]
    assert not [name for name in attributes if name == "style" or name.startswith("on")]
    policy = next(
        str(found["content"])
        for _, found in page.tags
        if found.get("http-equiv") == "Content-Security-Policy"
    )
    digest = base64.b64encode(hashlib.sha256(page.style.encode()).digest()).decode()
    assert policy.startswith(f"default-src 'none'; style-src 'sha256-{digest}';")
    (link,) = [found["href"] for tag, found in page.tags if tag == "a"]
    assert str(link).startswith("https://x.org/r/compare.html#runs=")
    assert "\x1b" not in text


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        (("",), 2, "Name both BASE and HEAD"),
        ((), 2, "Name both BASE and HEAD"),
        (("x y", ""), 1, "The filter fails at column 3"),
        (("ffff", ""), 1, "No run 'ffff' in"),
        (("git:main", ""), 1, "No git repository at"),
        (("", "", "--experiment", "nope"), 1, "No experiment 'nope'"),
        (("", "", "--metrics", "nope"), 1, "No metric 'nope' on either side"),
        (("", "", "--site-url", "javascript:alert(1)"), 1, "is no address of a site"),
        (("", "", "--max-length", "10"), 2, "--max-length"),
        (("", "", "--format", "pdf"), 2, "--format"),
        (("", "", "--store", "nowhere"), 1, "No run store at"),
        (("", "", "--base-store", "nowhere"), 1, "No run store at"),
        (("", "", "--output", "/dev/null/x"), 1, "can't be written"),
    ],
)
def test_a_mistake_is_one_line(
    sides: Path, words: tuple[str, ...], code: int, message: str
) -> None:
    result = call("compare", *words)
    assert (result.exit_code, message in result.output) == (code, True), result.output
    assert "Traceback" not in result.output
    assert len([line for line in result.output.splitlines() if line.startswith("Error")]) == 1


def test_two_stores_are_compared_whole(sides: Path, tmp_path: Path) -> None:
    log_run(tmp_path / "main", {"rmse": 1.0})
    text = output("compare", "--base-store", str(tmp_path / "main"))
    assert text.startswith("▲ better: rmse 1.00 → 0.56 ± 0.055 (n = 6)")


CHECK = ("check", "--baseline", "tag:old", "--head", "tag:new")


@pytest.mark.parametrize(
    ("words", "code", "line"),
    [
        (("--fail-if", "metrics.rmse rises > 1%"), 0, "✓ passed  metrics.rmse rises > 1%"),
        (("--fail-if", "metrics.rmse drops > 1%"), 1, "✗ failed  metrics.rmse drops > 1%"),
        (("--fail-if", "metrics.nope > 1"), 3, "! error   metrics.nope > 1"),
        (("--fail-if", "metrics.nope > 1", "--fail-if", "metrics.rmse < 9"), 1, "! error"),
    ],
)
def test_the_exit_code_says_what_came_of_it(
    sides: Path, words: tuple[str, ...], code: int, line: str
) -> None:
    result = call(*CHECK, *words)
    assert result.exit_code == code, result.output
    assert result.stdout.startswith(line)


def test_check_as_json_and_junit(sides: Path, tmp_path: Path) -> None:
    path = tmp_path / "reports" / "check.xml"
    result = call(*CHECK, "--fail-if", "metrics.rmse < 0.6", "--json", "--junit", str(path))
    assert result.exit_code == 1
    document = json.loads(result.stdout)
    assert [rule["outcome"] for rule in document["rules"]] == ["failed"]
    root = ElementTree.parse(path).getroot()
    assert (root.tag, root.get("failures")) == ("testsuites", "1")


def test_noise_can_be_ignored(store: Path) -> None:
    log_seeds(store, "rmse", [1.0, 2.0], tags={"side": "old"})
    log_seeds(store, "rmse", [1.1, 2.1], tags={"side": "new"})
    rule = ("--fail-if", "metrics.rmse rises > 1%")
    assert call(*CHECK, *rule).exit_code == 0
    assert call(*CHECK, *rule, "--ignore-noise").exit_code == 1


@pytest.mark.parametrize(
    ("words", "code", "message"),
    [
        ((), 2, "--fail-if"),
        (("--fail-if", "metrics.rmse rise"), 2, "--fail-if: The rule 'metrics.rmse rise' fails"),
        (("--fail-if", "metrics.rmse rises > 1"), 2, "needs a baseline"),
        (("--fail-if", "metrics.rmse > 1"), 3, "No git repository at"),
        (("--fail-if", "metrics.rmse > 1", "--head", "tag:x"), 3, "Nothing in"),
        (("--fail-if", "metrics.rmse > 1", "--store", "nowhere"), 3, "No run store"),
        (("--fail-if", "metrics.rmse > 1", "--head", "", "--junit", "/dev/null/x"), 3, "written"),
    ],
)
def test_what_is_no_check_is_told_apart_from_a_regression(
    sides: Path, words: tuple[str, ...], code: int, message: str
) -> None:
    result = call("check", *words)
    assert (result.exit_code, message in result.output) == (code, True), result.output
    assert "Traceback" not in result.output
