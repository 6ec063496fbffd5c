"""HTML documents are shown without anything that runs or fetches."""

from __future__ import annotations

import pytest

from runfolio.site.documents import quieten


def test_what_a_document_says_stays() -> None:
    page = (
        "<html><head><title>t</title></head><body><h1>Title</h1><table><tr><td>1</td></tr></table>"
    )
    shown = quieten(page)
    assert "<h1>Title</h1>" in shown
    assert "<td>1</td>" in shown


@pytest.mark.parametrize(
    "hostile",
    [
        "<script>PWN()</script>",
        "<img src='https://example.org/x'>",
        "<img src=x onerror=PWN()>",
        "<link rel=stylesheet href='//example.org/x.css'>",
        "<style>body{background:url(//example.org/x)}</style>",
        "<iframe src='//example.org/x'></iframe>",
        "<meta http-equiv=refresh content='0;url=//example.org/x'>",
        "<form action='//example.org/x'><button>go</button></form>",
        "<a href='javascript:PWN()'>x</a>",
        "<base href='//example.org/'>",
        "<object data='//example.org/x'></object>",
        "<svg><script>PWN()</script></svg>",
    ],
)
def test_what_would_run_or_fetch_is_left_out(hostile: str) -> None:
    shown = quieten(f"<p>before</p>{hostile}<p>after</p>")
    assert "PWN" not in shown
    assert "example.org" not in shown
    assert "<p>before</p>" in shown


def test_a_picture_that_carries_its_data_stays() -> None:
    assert "data:image/png" in quieten("<img src='data:image/png;base64,AAAA' alt='x'>")
