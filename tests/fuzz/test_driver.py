"""What looks for inputs that break a reader finds those that do, keeps them and repeats them."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import find, given, settings
from hypothesis import strategies as st

from tests.environment.apart import InstallFailed
from tests.fuzz import run
from tests.fuzz.finding import Findings, how_to_repeat
from tests.fuzz.markup import check_markup
from tests.fuzz.mutations import inputs
from tests.fuzz.target import Target, join_pieces, seeds_of, split_pieces
from tests.fuzz.targets import TARGETS

SEED = b"0123456789"


def break_on_words(data: bytes) -> None:
    """A reader with two faults."""
    if b"BOOM" in data:
        raise KeyError("BOOM")
    if not data:
        raise ValueError("nothing to read")


PLANTED = Target("planted", break_on_words, lambda: [SEED], (b"BOOM",))


def test_inputs_of_every_kind_come_of_a_seed() -> None:
    sought = (
        lambda data: data == SEED,
        lambda data: data == SEED[:4],
        lambda data: b"BOOM" in data,
        lambda data: len(data) == len(SEED) and data != SEED,
        lambda data: SEED[2:5] * 2 in data,
        lambda data: b"\xff\xff\xff\xff" in data,
    )
    for condition in sought:
        assert condition(find(inputs(PLANTED), condition, settings=settings(max_examples=5000)))


@given(st.lists(st.binary(max_size=50), max_size=8))
def test_pieces_come_apart_as_they_were_joined(pieces: list[bytes]) -> None:
    assert split_pieces(join_pieces(pieces)) == pieces


def test_each_way_to_break_is_kept_once(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    findings = Findings(PLANTED, tmp_path)
    for data in (b"fine", b"BOOM", b"a BOOM", b"", b"BOOM again"):
        findings.try_input(data)
    kept = {path.read_bytes() for path in findings.files.values()}
    assert kept == {b"BOOM", b""} == {path.read_bytes() for path in tmp_path.iterdir()}
    said = capsys.readouterr().out
    assert "KeyError in test_driver.py:" in said
    assert "nothing to read" in said
    for path in tmp_path.iterdir():
        assert path.name.startswith("planted-")
        assert how_to_repeat(path) in said


def test_guessing_finds_what_is_planted(tmp_path: Path) -> None:
    kept = run.guess(PLANTED, 2, tmp_path)
    assert any(b"BOOM" in path.read_bytes() for path in kept)


def test_a_kept_input_is_given_again(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setitem(TARGETS, "planted", PLANTED)
    (tmp_path / "planted-0").write_bytes(b"BOOM")
    (tmp_path / "planted-1").write_bytes(b"fine")
    (tmp_path / "odd").write_bytes(b"BOOM")
    with pytest.raises(KeyError, match="BOOM"):
        run.main(["--replay", str(tmp_path / "planted-0")])
    assert run.main(["--replay", str(tmp_path / "planted-1")]) == 0
    assert run.main(["--replay", str(tmp_path / "odd")]) == 2
    assert "'odd' begins with no reader's name" in capsys.readouterr().err
    with pytest.raises(KeyError, match="BOOM"):
        run.main(["--replay", str(tmp_path / "odd"), "--target", "planted"])


def test_without_atheris_the_inputs_are_guessed(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    def refuse(name: str) -> None:
        raise InstallFailed("there is no atheris for this machine")

    monkeypatch.setitem(TARGETS, "planted", PLANTED)
    monkeypatch.setattr(run, "install_apart", refuse)
    guessed: list[str] = []

    def guess(target: Target, seconds: int) -> list[Path]:
        guessed.append(target.name)
        return []

    monkeypatch.setattr(run, "guess", guess)
    assert run.main(["--target", "planted", "--seconds", "1"]) == 0
    assert guessed == ["planted"]
    assert "there is no atheris for this machine" in capsys.readouterr().err


def test_every_reader_has_a_name_for_files_and_sound_seeds() -> None:
    assert len(TARGETS) >= 50
    for name, target in TARGETS.items():
        assert name.replace("-", "").isalnum()
        assert seeds_of(target)


@pytest.mark.parametrize(
    "html",
    [
        "<script>x</script>",
        '<a href="javascript:x">y</a>',
        '<a href="//example.org">y</a>',
        '<a href="../x" onclick="y">z</a>',
        "<p style='color: red'>x</p>",
        '<img src="https://example.org/a.png">',
        '<img src="data:text/html;base64,AA">',
    ],
)
def test_markup_that_acts_or_leads_elsewhere_is_noticed(html: str) -> None:
    with pytest.raises(AssertionError):
        check_markup(html, {"a", "p", "img"}, {"a": {"href"}, "img": {"src"}}, inside=True)


def test_markup_that_is_allowed_passes() -> None:
    html = '<p class="x"><a href="https://example.org">y</a><a href="#z">z</a></p>'
    check_markup(html, {"a", "p"}, {"a": {"href"}}, inside=True)
    with pytest.raises(AssertionError):
        check_markup(html, {"a", "p"}, {"a": {"href"}}, inside=False)
