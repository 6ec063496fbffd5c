"""What is hidden is in no byte of the site, wherever in the store it stood."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from runfolio.privacy import Disclosure, disclose, find_secrets
from runfolio.schema import FileRecord, WholeRun, encode_param
from runfolio.site import build_report
from runfolio.store import read_store
from runfolio.store.gathering import Gathering
from tests.privacy.samples import (
    FORMS,
    ORIGINS,
    PEOPLE,
    Planted,
    find_leaks,
    make_token,
    plant,
)


@pytest.fixture(scope="module")
def planted(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Planted]:
    store = tmp_path_factory.mktemp("planted") / "runs"
    return store, plant(store)


def named(*texts: str) -> dict[str, str]:
    return {one: one for one in texts}


def test_what_was_planted_is_in_a_site_that_hides_nothing(
    planted: tuple[Path, Planted], tmp_path: Path
) -> None:
    store, hidden = planted
    build_report(store, output=tmp_path / "site")
    texts = hidden.secrets | named(*PEOPLE, *ORIGINS)
    leaks = " ".join(find_leaks(tmp_path / "site", texts))
    missing = [place for place in texts if f"{place} in " not in leaks]
    assert missing == ["data set profile"], "the site shows this nowhere"
    assert len(texts) > 40


def test_no_secret_and_no_name_is_in_a_redacted_site(
    planted: tuple[Path, Planted], tmp_path: Path
) -> None:
    store, hidden = planted
    build_report(store, output=tmp_path / "site", disclosure=Disclosure(redact=True))
    assert find_leaks(tmp_path / "site", hidden.secrets | named(*PEOPLE)) == []


def test_nothing_that_tells_whose_it_is_is_in_an_anonymous_site(
    planted: tuple[Path, Planted], tmp_path: Path
) -> None:
    store, hidden = planted
    build_report(store, output=tmp_path / "site", disclosure=Disclosure(anonymous=True))
    assert find_leaks(tmp_path / "site", hidden.secrets | named(*PEOPLE, *ORIGINS)) == []


def test_every_planted_secret_is_found_and_none_is_printed(
    planted: tuple[Path, Planted],
) -> None:
    store, hidden = planted
    findings = find_secrets(store)
    told = json.dumps([[one.rule, one.place, one.shown] for one in findings])
    assert not [place for place, text in hidden.secrets.items() if text in told]
    assert not [name for name in PEOPLE if name in told]
    assert len([one for one in findings if one.severity == "secret"]) >= len(hidden.secrets)


def test_the_site_is_the_same_each_time(planted: tuple[Path, Planted], tmp_path: Path) -> None:
    store, _ = planted
    for name in ("one", "two"):
        build_report(store, output=tmp_path / name, disclosure=Disclosure(anonymous=True))
    files = [path for path in (tmp_path / "one").rglob("*") if path.is_file()]
    for path in files:
        twin = tmp_path / "two" / path.relative_to(tmp_path / "one")
        assert path.read_bytes() == twin.read_bytes(), path.name
    assert len(files) > 20


def test_a_site_that_showed_all_before_hides_it_when_built_again(
    planted: tuple[Path, Planted], tmp_path: Path
) -> None:
    store, hidden = planted
    build_report(store, output=tmp_path / "site")
    build_report(store, output=tmp_path / "site", disclosure=Disclosure(anonymous=True))
    assert find_leaks(tmp_path / "site", hidden.secrets | named(*PEOPLE, *ORIGINS)) == []


FRAMES = st.sampled_from(
    [
        "{}",
        "token={}",
        '{{"a": ["{}"]}}',
        "see https://example.org/x?y={}&z=1",
        "\x1b[31m{}\x1b[0m",
        "a,b\n1,{}\n",
        "é「{}」",
        "export KEY='{}'",
        "{}\r\n{}",
    ]
)


@settings(max_examples=40)
@given(form=st.sampled_from(sorted(FORMS)), seed=st.text("abc", max_size=6), frame=FRAMES)
def test_a_token_is_masked_whatever_stands_around_it(
    tmp_path_factory: pytest.TempPathFactory, form: str, seed: str, frame: str
) -> None:
    token = make_token(form, seed)
    text = frame.replace("{}", token).replace("{{", "{").replace("}}", "}")
    folder = tmp_path_factory.mktemp("tokens")
    gathering = Gathering(folder, folder)
    run = WholeRun(
        id="1" * 16,
        experiment="e",
        name=text[:200],
        start_time=1,
        note=text,
        params={"value": encode_param(text)},
        tags={"value": text},
        files=[FileRecord("a.txt", text.encode()), FileRecord("a.json", json.dumps(text).encode())],
    )
    gathering.add(run)
    tables = gathering.tables({}, [], "test")
    (folder / "masked").mkdir()
    shown = disclose(tables, Disclosure(redact=True), scratch=folder / "masked")
    told = [repr(getattr(shown, name).to_pylist()) for name in ("runs", "params", "tags")]
    told += [path.read_text() for path in shown.files.values()]
    assert not [one for one in told if token in one]


def test_the_demo_store_has_nothing_to_hide() -> None:
    demo = Path(__file__).parents[2] / "examples" / "demo-store"
    assert find_secrets(read_store(demo)) == ()
