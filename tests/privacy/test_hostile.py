"""Stores that nobody's logging wrote are masked without harm, and nothing outside is read."""

from __future__ import annotations

from pathlib import Path

import pytest

from runfolio.privacy import Disclosure, disclose, inspect_store
from runfolio.store import read_store
from tests.site.test_hostile import Change, changed, context, write_store


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(changed("artifacts", "sha256", "../../../evil-x1"), id="digest"),
        pytest.param(changed("artifacts", "path", "../../../../outside.txt"), id="path"),
        pytest.param(changed("artifacts", "path", ""), id="no path"),
        pytest.param(changed("artifacts", "path", "a\0b"), id="no file's name"),
        pytest.param(changed("artifacts", "key", None), id="no series"),
        pytest.param(changed("params", "text", "no number"), id="integer"),
        pytest.param(changed("params", "kind", "json"), id="kind"),
        pytest.param(changed("params", "key", ""), id="no key"),
        pytest.param(context(command="python", git=[1], environment=[], host=7), id="context"),
        pytest.param(context(git={"remote": 7, "commit": None}, user=["x"]), id="git"),
        pytest.param(changed("runs", "context", "[1, 2]"), id="a list"),
        pytest.param(changed("runs", "context", "[" * 90_000), id="deep"),
        pytest.param(changed("runs", "context", '{"a":' * 600 + "1" + "}" * 600), id="too deep"),
        pytest.param(changed("runs", "context", None), id="no context"),
        pytest.param(changed("runs", "host", "(.*)+["), id="a pattern for a host"),
        pytest.param(changed("runs", "git_commit", ""), id="no commit"),
        pytest.param(changed("runs", "experiment", "/home/x/../../y"), id="experiment"),
    ],
)
@pytest.mark.parametrize("anonymous", [False, True])
def test_what_nobody_logs_does_no_harm(
    store: Path, tmp_path: Path, change: Change, anonymous: bool
) -> None:
    write_store(store)
    (tmp_path / "outside.txt").write_text("outside")
    tables = change(read_store(store))
    scratch = tmp_path / "masked"
    scratch.mkdir()
    shown = disclose(tables, Disclosure(redact=True, anonymous=anonymous), scratch=scratch)
    assert shown.runs.num_rows == tables.runs.num_rows
    assert shown.artifacts.num_rows == tables.artifacts.num_rows
    assert shown.metrics.num_rows == tables.metrics.num_rows
    outside = [path for path in shown.files.values() if not path.is_relative_to(tmp_path)]
    assert not outside
    contents = [path.read_text() for path in shown.files.values() if path.is_file()]
    assert "outside" not in contents
    inspect_store(tables)
