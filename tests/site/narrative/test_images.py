"""Pictures of reports: files beside them and nothing else."""

from __future__ import annotations

import base64
from pathlib import Path

import pytest

from runfolio.errors import ReportMistake
from runfolio.site.narrative import images
from runfolio.site.narrative.images import find_image
from tests.site.narrative.sources import PIXEL

SVG = b'<?xml version="1.0"?>\n<svg xmlns="http://www.w3.org/2000/svg" onload="alert(1)"/>'


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "reports"
    (folder / "img").mkdir(parents=True)
    (folder / "img" / "a plot.png").write_bytes(PIXEL)
    (folder / "drawing.svg").write_bytes(SVG)
    (folder / "page.png").write_text("<html><script>alert(1)</script>")
    (folder / "page.svg").write_text("<html><script>alert(1)</script>")
    (tmp_path / "secret.png").write_bytes(PIXEL)
    (folder / "out.png").symlink_to(tmp_path / "secret.png")
    (folder / "in.png").symlink_to(folder / "img" / "a plot.png")
    return folder


def test_a_picture_is_copied_under_the_name_of_its_content(folder: Path) -> None:
    found = find_image("img/a%20plot.png", folder)
    assert found.size == (2, 3)
    assert found.copy is not None
    assert found.address == found.copy.path
    assert found.address.startswith("reports/images/")
    assert found.copy.source.read_bytes() == PIXEL
    assert find_image("in.png", folder).address == found.address
    assert find_image("./img/a plot.png", folder) == found


def test_a_drawing_stands_in_the_page_where_nothing_in_it_runs(folder: Path) -> None:
    found = find_image("drawing.svg", folder)
    assert found.copy is None
    kind, _, content = found.address.partition(",")
    assert kind == "data:image/svg+xml;base64"
    assert base64.b64decode(content) == SVG


@pytest.mark.parametrize(
    ("address", "said"),
    [
        ("https://example.org/x.png", "lies elsewhere, and pages load nothing from there"),
        ("//example.org/x.png", "lies elsewhere"),
        ("data:image/png;base64,AAAA", "lies elsewhere"),
        ("file:///etc/passwd", "lies elsewhere"),
        ("C:\\x.png", "lies elsewhere"),
        ("/etc/passwd", "is no path beside the report"),
        ("img\\x.png", "is no path beside the report"),
        ("x%00.png", "is no path beside the report"),
        ("../secret.png", "leads out of the folder of reports"),
        ("img/../../secret.png", "leads out of the folder of reports"),
        ("%2e%2e/secret.png", "leads out of the folder of reports"),
        ("out.png", "is a link out of the folder of reports"),
        ("missing.png", "There is no file 'missing.png' beside the report"),
        ("a" * 5000, "There is no file"),
        ("img", "'img' is no file"),
        ("", "'' is no file"),
        ("page.png", "is no picture. PNG, JPEG, GIF, WebP and SVG are shown"),
        ("page.svg", "is no picture"),
    ],
)
def test_anything_else_is_refused(folder: Path, address: str, said: str) -> None:
    with pytest.raises(ReportMistake, match=said):
        find_image(address, folder)


def test_sizes_have_limits(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(images, "MAX_SVG", 10)
    with pytest.raises(ReportMistake, match=r"The drawing 'drawing.svg' is larger than 10 B"):
        find_image("drawing.svg", folder)
    monkeypatch.setattr(images, "MAX_IMAGE", 10)
    with pytest.raises(ReportMistake, match="is larger than 10 B"):
        find_image("in.png", folder)
