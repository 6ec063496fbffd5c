"""JSON, YAML, XML, notebooks and coloured code: odd, deep, endless, and never more than text."""

from __future__ import annotations

import ast
import base64
import json
import math
import struct
from collections.abc import Callable, Iterator
from pathlib import Path
from time import process_time
from typing import Any, NoReturn
from xml.etree import ElementTree

import pytest
from bs4 import BeautifulSoup

import runfolio
from runfolio.documents import parse_json, parse_yaml
from runfolio.exports.exporting import export_runs
from runfolio.site import build_report
from runfolio.site.code import LANGUAGES, MAX_COLOURED, highlight
from runfolio.site.notebooks import render_notebook
from tests.hostile.parts import documents
from tests.hostile.test_html import show
from tests.hostile.texts import BEACON, BREAKS, MARK, ODD_NAMES, polyglot

SOURCE = Path(runfolio.__file__).parent


def is_quick(work: Callable[[], object], most: float = 1) -> bool:
    """Whether work takes less than so many seconds of this process, in the best of two."""

    def take() -> float:
        started = process_time()
        work()
        return process_time() - started

    return take() < most or take() < most


def refuse(name: str) -> NoReturn:
    raise AssertionError(name)


def parse_strictly(text: str) -> Any:
    """What any JSON parser reads: no NaN, no Infinity, no number beyond a double, no name twice."""

    def number(digits: str) -> float:
        assert math.isfinite(float(digits)), digits
        return float(digits)

    def once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        assert len(dict(pairs)) == len(pairs), [name for name, _ in pairs]
        return dict(pairs)

    text.encode()
    return json.loads(
        text, parse_constant=refuse, parse_float=number, parse_int=number, object_pairs_hook=once
    )


ODD_JSON = {
    "numbers.json": '{"nan": NaN, "inf": [Infinity, -Infinity, 1e400], "nought": -0.0}',
    "twice.json": f'{{"a": 1, "a": "{MARK}"}}',
    "lone.json": '{"lone": "\\ud800", "name\\udfff": "\\u0000\\u2028"}',
    "digits.json": f'{{"long": {"9" * 5000}}}',
    "open.json": "[" * 200_000,
    "deep.json": "[" * 900 + "1," * 45_000 + "1" + "]" * 900,
    "keys.json": "".join(f'{{"k{n}":' for n in range(20_000)),
    "names.json": json.dumps(dict.fromkeys(ODD_NAMES, BREAKS)),
}


@pytest.mark.parametrize("name", ODD_JSON)
def test_odd_json_is_shown_quickly(tmp_path: Path, name: str) -> None:
    assert show(tmp_path, name, ODD_JSON[name]).kind in ("json", "text", "code")
    assert is_quick(lambda: show(tmp_path, name, ODD_JSON[name]))


@pytest.mark.parametrize("text", ["[" * 200_000, '{"a":' * 200_000, "9" * 5000, "{", "\ud800"])
def test_json_that_can_not_be_read_says_why(text: str) -> None:
    with pytest.raises(ValueError, match=r"."):
        parse_json(text)


def test_every_json_of_a_site_and_an_export_is_strict(tmp_path: Path, store: Path) -> None:
    with runfolio.start_run(experiment=polyglot("x"), store=store, capture=False) as run:
        run.log_params({"nan": math.nan, "inf": math.inf, "huge": 10**400, "list": [math.nan]})
        run.log_params(dict.fromkeys(ODD_NAMES, BREAKS))
        for step, value in enumerate((math.nan, math.inf, -math.inf, -0.0, 5e-324)):
            run.log_metrics({"odd": value, **dict.fromkeys(ODD_NAMES, value)}, step=step)
        run.set_note(polyglot("note") + BREAKS)
        for name, text in ODD_JSON.items():
            run.log_text(text, name)
    build_report(store, output=tmp_path / "site", site_url="https://example.org/")
    export_runs("json", tmp_path / "runs.json", store=store)
    files = [tmp_path / "runs.json", *(tmp_path / "site").rglob("*.json")]
    assert len(files) >= 4
    for file in files:
        parse_strictly(file.read_text(encoding="utf-8"))
    for page in (tmp_path / "site").rglob("*.html"):
        soup = BeautifulSoup(page.read_text(encoding="utf-8"), "html.parser")
        for script in soup.find_all("script", src=False):
            parse_strictly(script.text)
    ElementTree.fromstring((tmp_path / "site" / "feed.xml").read_text(encoding="utf-8"))


WORST_YAML = {
    "brackets": "[" * 50_000,
    "braces": "{" * 50_000,
    "closed": "[a, " * 12_500,
    "dashes": "- " * 25_000,
    "questions": "? " * 25_000,
    "tags": "!!python/object:x " * 2_700,
    "sixty": "1" + ":1" * 24_999,
    "digits": "9" * 50_000,
    "hexadecimal": "0x" + "f" * 49_998,
    "binary": "0b" + "1" * 49_998,
    "aliases": documents._laughs(),
    "merged": "a0: &a0 {k: v}\n"
    + "".join(f"a{n}: &a{n}\n  <<: [{', '.join([f'*a{n - 1}'] * 9)}]\n" for n in range(1, 300)),
    "itself": "a: &a [*a]",
    "quotes": '"' + "\\n" * 24_999,
    "anchors": "&a " * 16_000,
    "spaces": "a:" + " " * 49_000 + "\tb",
    "documents": "---\n" * 12_500,
    "nought": "a: \0",
    "day": "2026-13-99",
    "base 64": "!!binary '*'",
    "set": "!!set [a]",
    "float": "!!float x",
    "int": "!!int ''",
    "bool": "!!bool x",
    "map": "!!map x",
}


@pytest.mark.parametrize("name", WORST_YAML)
def test_yaml_is_plain_data_or_a_mistake_at_once(name: str) -> None:
    said: list[str] = []

    def read() -> None:
        try:
            repr(parse_yaml(WORST_YAML[name]))
        except ValueError as error:
            said.append(str(error))

    assert is_quick(read)
    assert all(len(words) < 300 for words in said)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!!python/object/apply:os.system ['exit 1']", ["exit 1"]),
        ("!!python/object/new:os.system {a: 1}", {"a": 1}),
        ("!!python/name:os.system ''", ""),
        ("!!python/module:os x", "x"),
        ("!own [1]", [1]),
        ("{a: !!python/tuple [1, 2]}", {"a": [1, 2]}),
    ],
)
def test_tags_of_yaml_make_no_objects(text: str, value: object) -> None:
    assert parse_yaml(text) == value


@pytest.mark.parametrize("name", ["brackets", "digits", "hexadecimal", "aliases", "itself"])
def test_what_stands_for_too_much_is_refused(name: str) -> None:
    with pytest.raises(ValueError, match=r"deeply|digits|values|4300"):
        parse_yaml(WORST_YAML[name])


def write_mlruns(root: Path, yaml: str) -> Path:
    """A store of MLflow's with good files, and one run whose `meta.yaml` is this."""
    good = "artifact_uri: ./a\nend_time: 2\nstart_time: 1\nstatus: 3\nlifecycle_stage: active\n"
    (root / "0").mkdir(parents=True)
    (root / "0" / "meta.yaml").write_text("experiment_id: '0'\nname: e\nlifecycle_stage: active\n")
    for name, text in (
        ("a" * 32, good + f"run_id: {'a' * 32}\nexperiment_id: '0'\n"),
        ("b" * 32, yaml),
    ):
        for folder in ("params", "metrics", "tags"):
            (root / "0" / name / folder).mkdir(parents=True)
        (root / "0" / name / "meta.yaml").write_text(text)
    return root


@pytest.mark.parametrize("name", ["brackets", "aliases", "hexadecimal", "itself", "nought"])
def test_one_bad_yaml_hides_no_other_run(tmp_path: Path, name: str) -> None:
    source = write_mlruns(tmp_path / "mlruns", WORST_YAML[name])
    summary = build_report(source, output=tmp_path / "site")
    assert summary.runs == 1


def test_nothing_parses_xml() -> None:
    """Entities do nothing where no XML is read; what is imported only writes."""
    found = set()
    for path in SOURCE.rglob("*.py"):
        for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
            names = []
            if isinstance(node, ast.ImportFrom):
                names = [f"{node.module}.{one.name}" for one in node.names]
            elif isinstance(node, ast.Import):
                names = [one.name for one in node.names]
            elif isinstance(node, ast.Attribute) and getattr(node.value, "id", "") == "ElementTree":
                names = [f"ElementTree.{node.attr}"]
            found |= {
                name
                for name in names
                if name.startswith(("xml", "lxml", "defusedxml", "pyexpat", "ElementTree"))
            }
    assert found == {
        "xml.etree.ElementTree",
        "xml.etree.ElementTree.Element",
        "ElementTree.Element",
        "ElementTree.SubElement",
        "ElementTree.indent",
        "ElementTree.tostring",
    }


@pytest.mark.parametrize("name", ["laughs.xml", "track.gpx", "sheet.xml"])
def test_xml_is_shown_as_text(tmp_path: Path, name: str) -> None:
    content = dict(documents._data(BEACON))[name]
    shown = show(tmp_path, name, content)
    assert shown.kind in ("code", "text")
    assert shown.text == content


def test_a_notebook_shows_text_and_pictures_only() -> None:
    html = str(render_notebook(documents._notebook(BEACON)))
    soup = BeautifulSoup(html, "html.parser")
    assert {tag.name for tag in soup.find_all()} <= {
        *("p", "a", "pre", "code", "span", "h3", "h4", "em", "ul", "li", "ol", "table", "thead"),
        *("tbody", "tr", "th", "td", "div", "br", "blockquote", "s", "strong", "hr"),
    }
    assert f"{MARK} said" in soup.text
    assert not soup.find_all(href=lambda href: href and not href.startswith("http"))


def picture(width: int, height: int) -> str:
    """The head of a PNG picture that claims such a size, in base 64."""
    head = b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + struct.pack(">II", width, height) + b"\x08\0\0\0\0"
    return base64.b64encode(head).decode()


def test_pictures_of_notebooks_are_what_they_say_and_of_a_size() -> None:
    def count(kind: str, text: object) -> int:
        output = {"data": {kind: text}}
        cell = {"cell_type": "code", "source": "", "outputs": [output]}
        return str(render_notebook({"cells": [cell]})).count("<img")

    assert count("image/png", picture(100, 100)) == 1
    assert count("image/png", [picture(100, 100)[:20] + "\n", picture(100, 100)[20:]]) == 1
    assert count("image/jpeg", picture(100, 100)) == 0
    assert count("image/png", picture(60_000, 60_000)) == 0
    assert count("image/png", base64.b64encode(b"<script>hostile=1</script>").decode()) == 0
    assert count("image/png", base64.b64encode(b"<svg onload=hostile=1>").decode()) == 0
    assert count("image/png", picture(100, 100) + '" onerror="hostile=1') == 0
    assert is_quick(lambda: count("image/png", " " * 50_000 + "!"))


UNITS = ("(", "a ", "a.", "a:", "1.", '"', "\\", "`", "<a ", "{", "a\n", "/*", "'''\n", "$(")


@pytest.mark.parametrize("language", sorted(LANGUAGES))
def test_code_is_coloured_within_a_second(language: str) -> None:
    """Texts as long as any that is coloured, in lines as long as any."""
    for unit in UNITS if language in ("python", "yaml", "json") else UNITS[::5]:
        line = unit if "\n" in unit else unit * (990 // len(unit)) + "\n"
        text = (line * (MAX_COLOURED // len(line)))[: MAX_COLOURED - 1]
        texts = iter((text, text + " "))  # as the same is coloured once

        def colour(texts: Iterator[str] = texts) -> None:
            highlight(next(texts), language=language)

        assert is_quick(colour), unit


@pytest.mark.parametrize("language", ["java", "typescript", "rst", "aspectj", "html+ng2"])
def test_languages_whose_lexers_are_slow_stay_plain(language: str) -> None:
    assert "<span" not in highlight("class A { }\n", language=language)
    assert "<span" in highlight("class A: pass\n", language="python")
