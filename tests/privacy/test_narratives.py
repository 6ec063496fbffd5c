"""Narrative reports of a redacted or anonymous site."""

from __future__ import annotations

from pathlib import Path

import pytest

import runfolio
from runfolio.errors import ReportsFaulty
from runfolio.privacy import Disclosure
from runfolio.site import build_report
from tests.privacy.samples import find_leaks, make_token

TOKEN = make_token("github", "narratives")

REPORT = f"""---
title: What jdoe77 found
authors:
  - name: Jane Q. Doe
    affiliation: Example University
  - Max Mustermann
date: 2026-05-01
abstract: By jdoe77, see jane@example.edu.
---

Jane Q. Doe of Example University used {TOKEN} and /home/jdoe77/x.csv.

```runfolio
chart: table
```

See [the other](other-jdoe77.md). The best is {{{{ best(metrics.loss) }}}}.
"""

HIDDEN = {one: one for one in ("jdoe77", TOKEN, "jane@example.edu")}
AUTHORS = {one: one for one in ("Jane Q. Doe", "Example University", "Max Mustermann")}


@pytest.fixture
def project(tmp_path: Path, store: Path) -> Path:
    with runfolio.start_run(store=store, experiment="e", name="r", capture=False) as run:
        run.log_metrics({"loss": 0.5})
        run.set_tag("user", "jdoe77")
        run.set_note("Thanks to Max Mustermann.")
        run.log_text("# written by Jane Q. Doe\n", "code/train.py")
    reports = tmp_path / "reports"
    reports.mkdir()
    (reports / "a.md").write_text(REPORT)
    (reports / "other-jdoe77.md").write_text("# Other\n\nNothing.\n")
    return tmp_path


def test_a_report_shows_all_where_nothing_is_hidden(project: Path, store: Path) -> None:
    summary = build_report(store, output=project / "site")
    assert summary.reports == 2
    assert {one.split(" in ")[0] for one in find_leaks(project / "site", HIDDEN | AUTHORS)} == {
        *HIDDEN,
        *AUTHORS,
    }


def test_a_redacted_report_keeps_its_authors(project: Path, store: Path) -> None:
    summary = build_report(store, output=project / "site", disclosure=Disclosure(redact=True))
    assert (summary.reports, summary.mistakes) == (2, ())
    assert find_leaks(project / "site", HIDDEN) == []
    assert "Jane Q. Doe" in (project / "site" / "reports" / "a.html").read_text()


def test_an_anonymous_report_has_none(project: Path, store: Path) -> None:
    summary = build_report(store, output=project / "site", disclosure=Disclosure(anonymous=True))
    assert (summary.reports, summary.mistakes) == (2, ())
    assert find_leaks(project / "site", HIDDEN | AUTHORS) == []
    page = (project / "site" / "reports" / "a.html").read_text()
    assert "1 May 2026" in page
    assert "0.5" in page


@pytest.mark.parametrize("strict", [False, True])
def test_mistakes_are_told_of_the_file_that_was_written(
    project: Path, store: Path, strict: bool
) -> None:
    file = project / "reports" / "a.md"
    file.write_text(REPORT + "\n{{ nothing( }}\n")
    line = REPORT.count("\n") + 2
    how = Disclosure(anonymous=True)
    if strict:
        with pytest.raises(ReportsFaulty) as caught:
            build_report(store, output=project / "site", disclosure=how, strict=True)
        told = caught.value.mistakes[0]
    else:
        summary = build_report(store, output=project / "site", disclosure=how)
        told = str(summary.mistakes[0])
    assert told.startswith(f"{file}:{line}: ")


def test_a_title_that_was_not_given_names_nobody(tmp_path: Path) -> None:
    store = tmp_path / "jdoe77" / "runs"
    with runfolio.start_run(store=store, capture=False) as run:
        run.set_tag("user", "jdoe77")
    build_report(store, output=tmp_path / "a", disclosure=Disclosure(redact=True))
    build_report(store, output=tmp_path / "b", disclosure=Disclosure(anonymous=True))
    assert "<title>[user]" in (tmp_path / "a" / "index.html").read_text()
    assert "<title>Runs" in (tmp_path / "b" / "index.html").read_text()
    build_report(store, output=tmp_path / "c", title="Mine", disclosure=Disclosure(anonymous=True))
    assert "<title>Mine" in (tmp_path / "c" / "index.html").read_text()
