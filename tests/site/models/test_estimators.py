"""scikit-learn's diagram of an estimator, read from what its versions write."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pandas as pd
import pytest
from sklearn.compose import ColumnTransformer, make_column_transformer
from sklearn.decomposition import PCA
from sklearn.ensemble import RandomForestClassifier, StackingClassifier, VotingClassifier
from sklearn.impute import SimpleImputer
from sklearn.linear_model import LinearRegression, LogisticRegression, Ridge
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import FeatureUnion, Pipeline, make_pipeline
from sklearn.preprocessing import OneHotEncoder, StandardScaler
from sklearn.utils import estimator_html_repr

from runfolio.site.models import estimators
from runfolio.site.models.estimators import Block, parse_diagram, read_diagram

OLD = sorted((Path(__file__).parent / "estimators").glob("*.html"))


def columns() -> ColumnTransformer:
    numbers = make_pipeline(SimpleImputer(), StandardScaler())
    kinds = OneHotEncoder(handle_unknown="ignore")
    return ColumnTransformer([("num", numbers, ["age", "income"]), ("cat", kinds, ["city"])])


def search() -> GridSearchCV:
    union = FeatureUnion([("pca", PCA(2)), ("id", "passthrough")])
    steps = [("prep", columns()), ("union", union), ("model", LogisticRegression())]
    return GridSearchCV(Pipeline(steps), {"model__C": [0.1, 1]})


SEARCH = (
    "GridSearchCV",
    [
        (
            "Pipeline",
            [
                (
                    "ColumnTransformer",
                    [("", ["SimpleImputer", "StandardScaler"]), "OneHotEncoder"],
                ),
                ("FeatureUnion", ["PCA", "passthrough"]),
                "LogisticRegression",
            ],
        )
    ],
)


def draw(estimator: Any) -> Block:
    """The diagram of an estimator as the installed version writes it."""
    found = parse_diagram(estimator_html_repr(estimator))
    assert found is not None
    return found


def tree(block: Block) -> Any:
    """The names of a diagram, of what holds others with theirs."""
    return (block.name, [tree(one) for one in block.blocks]) if block.blocks else block.name


def test_a_single_estimator_has_its_parameters() -> None:
    block = draw(Ridge(alpha=0.5))
    assert (block.kind, block.name, block.blocks) == ("estimator", "Ridge", ())
    settings = {one.name: (one.value, one.chosen) for one in block.settings}
    assert settings["alpha"] == ("0.5", True)
    assert settings["tol"] == ("0.0001", False)
    assert settings.keys() == Ridge().get_params().keys()
    assert block.chosen == "alpha=0.5"


def test_a_pipeline_is_a_row_of_steps() -> None:
    block = draw(make_pipeline(StandardScaler(), Ridge()))
    assert block.kind == "serial"
    assert tree(block) == ("Pipeline", ["StandardScaler", "Ridge"])
    assert block.chosen == ""  # what it was made of shows in the steps


def test_what_was_learnt_is_told() -> None:
    table = pd.DataFrame({"a": [1.0, 2.0, 3.0], "b": [2.0, 1.0, 4.0]})
    block = draw(LinearRegression().fit(table, [1.0, 2.0, 3.0]))
    learnt = {one.name: one for one in block.learnt}
    assert learnt["n_features_in_"].value == "2"
    assert learnt["coef_"].type.startswith("ndarray")
    assert not {one.name for one in block.settings} & learnt.keys()


def test_a_search_has_what_it_searches() -> None:
    block = draw(search())
    assert tree(block) == SEARCH
    inner = block.blocks[0]
    assert (inner.step, inner.kind) == ("estimator", "serial")
    prep, union, model = inner.blocks
    assert (prep.step, prep.kind, union.step, model.kind) == (
        *("prep", "parallel", "union", "estimator"),
    )
    numbers, kinds = prep.blocks
    assert (numbers.step, numbers.kind, numbers.columns) == ("num", "serial", "['age', 'income']")
    assert (kinds.step, kinds.name, kinds.columns) == ("cat", "OneHotEncoder", "['city']")
    assert kinds.chosen == "handle_unknown='ignore'"


@pytest.mark.parametrize("file", OLD, ids=[file.stem for file in OLD])
def test_older_versions_tell_the_same(file: Path) -> None:
    block = read_diagram(file)
    assert block is not None
    assert tree(block) == SEARCH
    prep = block.blocks[0].blocks[0]
    assert [one.columns for one in prep.blocks] == ["['age', 'income']", "['city']"]
    told = prep.blocks[1].text or prep.blocks[1].chosen
    assert "handle_unknown='ignore'" in told


def test_there_are_older_versions() -> None:
    assert len(OLD) == 3


@pytest.mark.parametrize(
    ("estimator", "expected"),
    [
        (
            VotingClassifier([("rf", RandomForestClassifier()), ("lr", LogisticRegression())]),
            ("VotingClassifier", ["RandomForestClassifier", "LogisticRegression"]),
        ),
        (
            make_column_transformer((StandardScaler(), ["a"]), remainder="passthrough"),
            ("ColumnTransformer", ["StandardScaler", "passthrough"]),
        ),
        (make_pipeline(make_pipeline(PCA())), ("Pipeline", [("Pipeline", ["PCA"])])),
    ],
)
def test_estimators_that_hold_others(estimator: Any, expected: Any) -> None:
    assert tree(draw(estimator)) == expected


def test_a_stack_has_its_parts_and_what_joins_them() -> None:
    stack = StackingClassifier([("a", Ridge()), ("b", PCA())], LogisticRegression())
    names = repr(tree(draw(stack)))
    assert all(name in names for name in ("Ridge", "PCA", "LogisticRegression"))


HOSTILE = (
    '<div class="sk-item"><div class="sk-estimator"><label>'
    '<script>alert(1)</script><img src=x onerror=alert(2)><a href="javascript:alert(3)">{name}</a>'
    '</label><pre onclick="alert(4)"><style>*{{}}</style>{text}</pre>'
    '<form action="https://example.org"><input name=x></form></div></div>'
)


def test_of_hostile_markup_only_text_remains() -> None:
    block = parse_diagram(HOSTILE.format(name="Ridge", text="&lt;b&gt; text"))
    assert block is not None
    assert (block.name, block.text) == ("Ridge", "<b> text")  # which a page escapes
    assert (block.settings, block.learnt, block.blocks) == ((), (), ())


@pytest.mark.parametrize(
    "html",
    [
        "",
        "plain text",
        "<html><body><h1>Another page</h1></body></html>",
        "<div class='sk-item'></div>",
        "<div class='sk-item'><div class='sk-serial'><div class='sk-item'></div></div></div>",
        "\x00<div",
    ],
)
def test_what_is_no_diagram_gives_none(html: str) -> None:
    assert parse_diagram(html) is None


def nested(depth: int) -> str:
    opening = "<div class='sk-item'><label>Pipeline</label><div class='sk-serial'>"
    inner = "<div class='sk-item'><label>Ridge</label></div>"
    return opening * depth + inner + "</div></div>" * depth


def test_a_diagram_too_deep_or_too_large_gives_none(tmp_path: Path) -> None:
    assert parse_diagram(nested(5)) is not None
    assert parse_diagram(nested(estimators.MAX_DEPTH + 1)) is None
    many = "<div class='sk-item'><label>Ridge</label></div>" * (estimators.MAX_BLOCKS + 1)
    assert parse_diagram(f"<div class='sk-item'><div class='sk-serial'>{many}</div></div>") is None
    rows = "<tr class='default'><td class='param'>a</td></tr>" * (estimators.MAX_ROWS + 1)
    table = f"<div class='sk-item'><label>Ridge</label><table><tbody>{rows}</tbody></table></div>"
    assert parse_diagram(table) is None
    for content in ("<" * (estimators.MAX_TAGS + 1), "x" * (estimators.MAX_BYTES + 1)):
        (tmp_path / "large.html").write_text(content)
        assert read_diagram(tmp_path / "large.html") is None


def test_long_texts_are_cut() -> None:
    block = parse_diagram(HOSTILE.format(name="Ridge", text="x" * 5000))
    assert block is not None
    assert len(block.text) == estimators.MAX_TEXT
    assert block.text.endswith("…")


def test_bytes_that_are_no_text_are_read(tmp_path: Path) -> None:
    (tmp_path / "odd.html").write_bytes(b"<div class='sk-item'><label>\xff\xfe</label></div>")
    block = read_diagram(tmp_path / "odd.html")
    assert block is not None
    assert block.name == "��"
