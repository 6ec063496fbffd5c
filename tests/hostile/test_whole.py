"""The whole corpus built where little is allowed, and every page of it opened in two browsers."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
import unicodedata
from collections.abc import Iterable, Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest

import runfolio
from runfolio.site import build_report, moulds, render
from runfolio.site.controls import show_controls
from tests.browser.conftest import CHROMIUM_OPTIONS
from tests.browser.serving import served
from tests.browser.test_odd_views import NAMES as NAMES_OF_VIEWS
from tests.environment.tools import find_chromium, find_firefox, find_node, find_package_file
from tests.environment.tools import require as need
from tests.hostile.beacon import Beacon, listening
from tests.hostile.cases import CANARY, Case, Ground
from tests.hostile.confined import ROOT
from tests.hostile.parts import write_all
from tests.hostile.texts import MARK, polyglot

pytestmark = pytest.mark.timeout(900)

SCRIPT = Path(__file__).with_name("visit.mjs")
LONGEST_PATH = 120

_ID = "[0-9a-f]{8,16}"
NAMES = re.compile(
    "|".join(
        (
            r"(index|compare|models)\.html|feed\.xml|llms\.txt|runfolio-site\.json",
            r"data/(index|index\.schema|run\.schema)\.json|data/experiments\.(csv|parquet)",
            r"data/(finder|graph)\.js|assets/(licences\.txt|icon\.svg)|assets/[a-z-]+\.[0-9a-f]+\.(js|css)",
            rf"(runs|experiments|models)/{_ID}\.(html|json|md)",
            rf"data/[a-z]+/(packages-)?{_ID}(-[a-z]+|-[0-9]+|/[0-9]+)*\.(js|csv|parquet)",
            rf"charts/([a-z]+/)?([a-z]+-)?{_ID}(-[0-9a-z]+)*\.svg",
            r"charts/panel-[a-z]+-[0-9a-f]+(-[0-9a-z]+)*\.svg",
            r"artifacts/requirements-[0-9a-f]+\.txt|artifacts/[0-9a-f]+/[0-9a-f]+\.[a-z0-9]{2,4}",
            r"(reports|data/reports)/[a-z0-9]+(-[a-z0-9]+)*\.(html|js)",
        )
    )
)
"""What files of a site may be called: fixed words, ids, digests, and the slugs of reports."""

KEYS = (
    *NAMES_OF_VIEWS,
    *("scatterx", "scattercolor", "parallel", "boxby", "heatx", "metric", "search", "smoothing"),
    *("__proto__", "constructor", "nothing"),
)
"""What fragments say of a view, and what they don't."""


@dataclass(frozen=True)
class Built:
    """A case, what the command printed, how it ended, and what it tried that it must not."""

    case: Case
    site: Path
    code: int
    printed: str
    errors: str
    tried: str


@dataclass(frozen=True)
class Whole:
    """All that was built, and what must not have been reached."""

    built: tuple[Built, ...]
    sites: Path
    outside: Path
    beacon: Beacon

    def pages(self, *endings: str) -> dict[str, list[str]]:
        """The files of each site with these endings, by the name of its case."""
        return {
            one.case.name: sorted(
                path.relative_to(one.site).as_posix()
                for path in one.site.rglob("*")
                if path.suffix in endings
            )
            for one in self.built
            if one.site.exists()
        }


@pytest.fixture(name="whole", scope="module")
def build_whole(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Whole]:
    """The corpus as written now, and a site of each of its cases."""
    folder = tmp_path_factory.mktemp("whole")
    with listening() as beacon:
        ground = Ground(folder / "ground", folder / "outside", beacon.address)
        cases = list(write_all(ground))
        with ThreadPoolExecutor(2) as pool:
            built = pool.map(lambda case: build(case, folder), cases)
            yield Whole(tuple(built), folder / "sites", ground.outside, beacon)


def build(case: Case, folder: Path) -> Built:
    """Build the site of a case in a process that is confined."""
    site, report = folder / "sites" / case.name, folder / "tried" / case.name
    temporary, cache = folder / "temporary" / case.name, folder / "cache" / case.name
    for path in (site.parent, report.parent, temporary, cache):
        path.mkdir(parents=True, exist_ok=True)
    command = [sys.executable, "-m", "tests.hostile.confined", str(report)]
    command += [*map(str, (site.parent, temporary, cache)), "--", "build-report"]
    command += [str(case.source), *(one.replace("{site}", str(site)) for one in case.options)]
    if "--single-file" in case.options:
        site.mkdir()
    else:
        command += ["--output", str(site)]
    variables = {"TMPDIR": str(temporary), "XDG_CACHE_HOME": str(cache), "PYTHONUTF8": "1"}
    done = subprocess.run(
        command,
        capture_output=True,
        encoding="utf-8",
        errors="replace",
        cwd=ROOT,
        env=os.environ | variables,
        timeout=200,
    )
    tried = report.read_text(encoding="utf-8") if report.exists() else "it was never confined"
    return Built(case, site, done.returncode, done.stdout, done.stderr, tried)


def flat(text: str) -> str:
    """A text with single spaces, as a page may break its lines."""
    return " ".join(text.split())


def mistakes_of(built: Built) -> Iterator[str]:
    """What went otherwise than the case says."""
    case, printed = built.case, flat(built.printed + built.errors)
    if built.tried:
        yield f"tried: {built.tried}"
    if "Traceback" in built.errors or built.code < 0:
        yield f"ended by {built.code}: {built.errors[-2000:]}"
    for words in case.said:
        if flat(words) not in printed:
            yield f"never said {words!r}, but {printed[-2000:]!r}"
    if case.refused and (built.site.exists() or built.code == 0):
        yield "was not refused"
    if case.refused and len(built.errors.strip().splitlines()) != 1:
        yield f"refused in other than one line: {built.errors!r}"
    if not case.refused and (built.code != 0 or not (built.site / "index.html").exists()):
        yield f"was not built: {built.code} {built.errors[-2000:]!r}"


def test_every_case_is_built_or_refused_and_nothing_forbidden_is_tried(whole: Whole) -> None:
    assert len({one.case.name for one in whole.built}) == len(whole.built)
    mistakes = [f"{one.case.name} {words}" for one in whole.built for words in mistakes_of(one)]
    assert not mistakes, "\n".join(mistakes)


def test_nothing_outside_is_read_or_changed(whole: Whole) -> None:
    assert (whole.outside / "canary.txt").read_text(encoding="utf-8") == CANARY
    secret = CANARY.encode()
    leaking = [path for path in whole.sites.rglob("*") if path.is_file() and holds(path, secret)]
    assert leaking == []
    assert [path for path in whole.sites.rglob("*") if path.is_symlink()] == []
    assert whole.beacon.asked == []


def holds(path: Path, secret: bytes) -> bool:
    """Whether a file holds these bytes."""
    return secret in path.read_bytes()


def test_files_are_named_by_ids_digests_and_fixed_words(whole: Whole) -> None:
    for one in whole.built:
        paths = [path.relative_to(one.site).as_posix() for path in one.site.rglob("*.*")]
        assert [path for path in paths if not NAMES.fullmatch(path)] == [], one.case.name
        assert [path for path in paths if len(path) > LONGEST_PATH] == []
        assert [path for path in paths if MARK in path and not path.startswith(REPORTS)] == []
        folded = [unicodedata.normalize("NFKC", path).casefold() for path in paths]
        assert len(set(folded)) == len(folded), one.case.name


REPORTS = ("reports/", "data/reports/")


def fragments(beacon: str) -> tuple[list[str], list[str]]:
    """Fragments to open a page with, and to set while it is open."""
    hostile = polyglot("fragment", beacon)
    values = (hostile, "__proto__", "javascript:hostile=7", "\u202e\u200b", "(" * 3000)
    whole = ["&".join(f"{key}={quote(value)}" for key in KEYS) for value in values]
    later = [f"{key}={quote(hostile)}" for key in KEYS]
    return [*whole, "=%E0%A4%A&%&=&&filter=%00"], [*later, quote(hostile), hostile.split()[0]]


WORDS = ("words", "one-file")
"""The cases whose pages are opened with fragments too, and both from disk and by HTTP."""


def visits(whole: Whole, place: str, *, every: bool) -> Iterator[dict[str, Any]]:
    """Every page, the first of each kind also with fragments; or only one of each kind."""
    opened, set_later = fragments(whole.beacon.address)
    typed = polyglot("typed", whole.beacon.address)
    kinds: set[tuple[str, str]] = set()
    for case, pages in whole.pages(".html").items():
        for page in pages:
            kind = page.partition("/")[0]
            is_first = (case, kind) not in kinds
            kinds.add((case, kind))
            visit: dict[str, Any] = {"address": f"{place}{case}/{page}", "typed": typed}
            if every and is_first and case in WORDS:
                visit |= {"whole": opened, "later": set_later}
            if every or (is_first and case in WORDS):
                yield visit


def look(
    browser: str, executable: Path, pages: Iterable[dict[str, Any]], folder: Path
) -> tuple[list[str], dict[str, str]]:
    """What a browser saw of pages: what they did that they must not, and their texts."""
    need(find_package_file("puppeteer-core/package.json"))
    asked = folder / f"{browser}.json"
    document: dict[str, Any] = {
        "browser": browser,
        "executable": str(executable),
        "visits": list(pages),
    }
    document["arguments"] = CHROMIUM_OPTIONS if browser == "chrome" else []
    asked.write_text(json.dumps(document), encoding="utf-8")
    command = [str(need(find_node())), str(SCRIPT), str(asked)]
    done = subprocess.run(command, capture_output=True, encoding="utf-8", timeout=600)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    return found["problems"], found["texts"]


def unseen(whole: Whole, texts: dict[str, str]) -> list[str]:
    """What the cases say is shown, and no page shows."""
    missing = []
    for one in whole.built:
        mark = f"/{one.case.name}/"
        shown = flat("\n".join(text for address, text in texts.items() if mark in address))
        missing += [
            f"{one.case.name}: {text}"
            for text in one.case.shown
            if flat(show_controls(text)) not in shown
        ]
    return missing


def unmarked(texts: dict[str, str]) -> list[str]:
    """The pages that show a character as it is which nobody sees, or which deceives."""
    return [address for address, text in texts.items() if show_controls(text) != text]


@pytest.mark.browser
def test_no_page_does_harm_in_chromium(whole: Whole, tmp_path: Path) -> None:
    chromium = need(find_chromium())
    with served(whole.sites) as host:
        problems, texts = look("chrome", chromium, visits(whole, host, every=True), tmp_path)
    assert not problems, "\n".join(problems)
    assert unseen(whole, texts) == []
    assert unmarked(texts) == []
    problems, _ = look("chrome", chromium, visits(whole, on_disk(whole), every=False), tmp_path)
    assert not problems, "\n".join(problems)
    assert whole.beacon.asked == []


@pytest.mark.browser
def test_no_page_does_harm_in_firefox(whole: Whole, tmp_path: Path) -> None:
    firefox = need(find_firefox())
    problems, texts = look("firefox", firefox, visits(whole, on_disk(whole), every=True), tmp_path)
    assert not problems, "\n".join(problems)
    assert unseen(whole, texts) == []
    assert unmarked(texts) == []
    with served(whole.sites) as host:
        problems, _ = look("firefox", firefox, visits(whole, host, every=False), tmp_path)
    assert not problems, "\n".join(problems)
    assert whole.beacon.asked == []


def on_disk(whole: Whole) -> str:
    """The address of the folder of all sites."""
    return whole.sites.absolute().as_uri() + "/"


@pytest.mark.browser
@pytest.mark.parametrize("browser", ["chrome", "firefox"])
def test_what_a_page_must_not_do_is_noticed(browser: str, tmp_path: Path) -> None:
    executable = need(find_chromium() if browser == "chrome" else find_firefox())
    pages = {
        "a marker ran": "<script>hostile = 1</script>",
        "has more than before": "<script>Object.prototype.hostile2 = 1</script>",
        "uncaught": "<script>nothing.there()</script>",
        "dialog: here": "<script>setTimeout(() => alert('here'))</script>",
        "request to another place": "<img src='BEACON/image'>",
        "violates": "<meta http-equiv='Content-Security-Policy' content=\"img-src 'none'\">"
        "<img src='BEACON/refused'>",
        "the page went to": "<script>setTimeout(() => location.replace('other.html'), 50)</script>",
    }
    with listening() as beacon:
        for place, text in enumerate(pages.values()):
            page = f"<!doctype html><title>x</title>{text}".replace("BEACON", beacon.address)
            (tmp_path / f"{place}.html").write_text(page)
        (tmp_path / "other.html").write_text("<!doctype html><title>x</title>")
        addresses = [(tmp_path / f"{place}.html").as_uri() for place in range(len(pages))]
        visits = [{"address": address} for address in addresses]
        problems: list[str] = []
        for _ in range(3):  # a busy browser may leave a page before its timers
            problems += look(browser, executable, visits, tmp_path)[0]
            if all(is_noted(problems, *one) for one in zip(addresses, pages, strict=True)):
                break
    for address, words in zip(addresses, pages, strict=True):
        assert is_noted(problems, address, words), (words, problems)
    assert {*beacon.asked} == {"GET /image"}


def is_noted(problems: list[str], address: str, words: str) -> bool:
    return any(address in one and words in one for one in problems)


@pytest.mark.browser
@pytest.mark.parametrize("browser", ["chrome", "firefox"])
def test_hostile_texts_act_where_nothing_is_escaped(
    browser: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What shows that the tests above could fail: the same texts on pages of a broken build."""
    executable = need(find_chromium() if browser == "chrome" else find_firefox())
    escaping = render._environment
    monkeypatch.setattr(
        render, "_environment", lambda *key: escaping(*key).overlay(autoescape=False)
    )
    monkeypatch.setattr(moulds, "escape_all", list)
    store, site = tmp_path / "runs", tmp_path / "site"
    with listening() as unreached, listening() as reached:
        tags = ("experiment", "name", "param", "title")
        experiment, name, param, title = (polyglot(tag, unreached.address) for tag in tags)
        with runfolio.start_run(
            experiment=experiment, name=name, store=store, capture=False
        ) as run:
            run.log_params({param: 1})
        build_report(store, output=site, title=title)
        page = site / "runs" / f"{run.id}.html"
        text = page.read_text(encoding="utf-8")
        without_policy = page.with_name("open.html")
        text, count = POLICY.subn("", text.replace(unreached.address, reached.address))
        assert count == 1
        without_policy.write_text(text, encoding="utf-8")
        visits = [{"address": path.as_uri()} for path in (page, without_policy)]
        problems, _ = look(browser, executable, visits, tmp_path)
    assert any("violates" in one and page.name in one for one in problems), problems
    ran = {one.rpartition("/")[2] for one in problems if "a marker ran" in one}
    assert ran == {without_policy.name}
    assert unreached.asked == []
    assert {f"GET /{tag}" for tag in tags} <= set(reached.asked)


POLICY = re.compile('<meta http-equiv="Content-Security-Policy"[^>]*>')
