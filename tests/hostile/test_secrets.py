"""Credentials and names: what is shown, what is masked, and what stops a publication."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path

import pytest

from runfolio.errors import PublishRefused
from runfolio.privacy import Disclosure, find_secrets
from runfolio.publishing import Folder, publish
from runfolio.site import build_report
from tests.hostile.cases import Case
from tests.hostile.parts.secrets import (
    BINARY,
    plant_mlflow,
    plant_native,
    plant_wandb,
)
from tests.hostile.test_whole import build, mistakes_of
from tests.privacy.samples import EMAIL, HOME, HOST, USER, Planted, find_leaks, read_everything

PEOPLE = {"user": USER, "e-mail": EMAIL, "home": HOME, "host": HOST}
Planting = Callable[[Path], tuple[Path, Planted]]


def native(folder: Path) -> tuple[Path, Planted]:
    return folder / "runs", plant_native(folder / "runs")


def mlflow(folder: Path) -> tuple[Path, Planted]:
    return folder / "mlruns", plant_mlflow(folder / "mlruns")


EACH_STORE = pytest.mark.parametrize("planting", [native, mlflow, plant_wandb])


@EACH_STORE
def test_a_confined_build_with_masks_shows_and_says_nothing(
    planting: Planting, tmp_path: Path
) -> None:
    store, planted = planting(tmp_path)
    built = build(Case("masked", store, ("--redact",)), tmp_path)
    assert list(mistakes_of(built)) == []
    assert find_leaks(built.site, planted.secrets | PEOPLE) == []
    said = built.printed + built.errors
    assert [text for text in planted.secrets.values() if text in said] == []


SHOWN_NOWHERE: dict[Planting, set[str]] = {
    native: {"data set profile", "PNG compressed text"},
    mlflow: {"address", "host"},
    plant_wandb: {"remote", "e-mail"},
}
"""What of a store isn't taken over or is compressed, and so is in no site as it is."""


@EACH_STORE
def test_without_masks_all_is_shown_that_the_site_has_a_place_for(
    planting: Planting, tmp_path: Path
) -> None:
    """As SECURITY.md says; and this is what the masks are seen to work by."""
    store, planted = planting(tmp_path)
    build_report(store, output=tmp_path / "site")
    texts = planted.secrets | PEOPLE
    leaks = " ".join(find_leaks(tmp_path / "site", texts))
    missing = {place for place in texts if f"{place} in " not in leaks}
    assert missing == SHOWN_NOWHERE[planting]


@EACH_STORE
def test_a_publication_is_refused_in_words_that_repeat_nothing(
    planting: Planting, tmp_path: Path
) -> None:
    store, planted = planting(tmp_path)
    with pytest.raises(PublishRefused) as raised:
        publish(Folder(tmp_path / "public"), store=store)
    said = json.dumps([str(raised.value), *raised.value.problems])
    assert [text for text in planted.secrets.values() if text in said] == []
    assert not (tmp_path / "public").exists()
    assert publish(
        Folder(tmp_path / "public"), store=store, disclosure=Disclosure(redact=True)
    ).changed
    assert find_leaks(tmp_path / "public", planted.secrets | PEOPLE) == []


@EACH_STORE
def test_all_of_it_is_found_and_none_is_told(planting: Planting, tmp_path: Path) -> None:
    store, planted = planting(tmp_path)
    findings = [one for one in find_secrets(store) if one.severity == "secret"]
    shown = set(planted.secrets) - SHOWN_NOWHERE[planting] - {"PNG text", "EXIF"}
    assert len(findings) >= len(shown)
    told = json.dumps([[one.rule, one.place, one.shown] for one in findings])
    assert [text for text in planted.secrets.values() if text in told] == []


def test_pictures_lose_their_notes_and_what_is_no_text_stays_until_it_is_left_out(
    tmp_path: Path,
) -> None:
    store, _ = native(tmp_path)
    texts = {text: text for text in BINARY}
    build_report(store, output=tmp_path / "masked", disclosure=Disclosure(redact=True))
    pictures = b"".join(
        path.read_bytes()
        for path in (tmp_path / "masked" / "artifacts").rglob("*.*")
        if path.suffix in (".png", ".jpg")
    )
    assert b"IHDR" in pictures
    assert b"\xff\xd8\xff" in pictures
    assert not [one for one in (b"tEXt", b"zTXt", b"iTXt", b"Exif") if one in pictures]
    assert {leak.partition(" in ")[0] for leak in find_leaks(tmp_path / "masked", texts)} == {
        *BINARY
    }
    endings = ("pkl", "h5", "zip")
    disclosure = Disclosure(exclude=tuple(f"artifacts:*.{ending}" for ending in endings))
    build_report(store, output=tmp_path / "without", disclosure=disclosure)
    assert find_leaks(tmp_path / "without", texts) == []


def test_what_is_masked_leaves_no_length_behind(tmp_path: Path) -> None:
    """Two stores that differ in a password alone, also in its length, give the same site."""
    sites = []
    for number, password in enumerate(("Tr0ub4dor&3-abc", "Tr0ub4dor&3-much-longer-yet")):
        folder = tmp_path / str(number)
        plant_wandb(folder)
        (log,) = folder.rglob("output.log")
        log.write_text(f"password={password}\n")
        build_report(
            folder / "wandb",
            output=folder / "site",
            disclosure=Disclosure(redact=True),
            title="Runs",
        )
        sites.append(read_everything(folder / "site"))
    assert sites[0] == sites[1]
