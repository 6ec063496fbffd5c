from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st
from sklearn.metrics import average_precision_score, confusion_matrix, roc_auc_score, roc_curve

import runfolio
from runfolio.errors import InvalidName, InvalidPath, InvalidValue
from runfolio.schema.results import (
    MAX_CLASSES,
    ConfusionMatrix,
    ResultCurve,
    encode_result,
    read_result,
)
from runfolio.tracking.scores import count_classes

RANDOM = np.random.default_rng(5)
TRUE = RANDOM.integers(0, 2, 400)
SCORES = np.clip(0.35 * TRUE + RANDOM.random(400) * 0.65, 0, 1)
NAN = float("nan")


@pytest.fixture
def run(store: Path) -> Any:
    with runfolio.start_run(store=store, capture=False) as run:
        yield run


def read(run: runfolio.Run, path: str) -> Any:
    return read_result((run.folder / "artifacts" / path).read_bytes())


def listed(run: runfolio.Run) -> dict[str, tuple[str, str | None, int | None]]:
    run.finish()
    found = runfolio.get_run(run.id, store=run.folder.parents[1]).artifacts
    assert {one.media_type for one in found} <= {"application/json"}
    return {one.path: (one.kind, one.key, one.step) for one in found}


def test_a_confusion_matrix_of_labels(run: runfolio.Run) -> None:
    run.log_confusion_matrix(["cat", "dog", "dog", "cat"], ["cat", "cat", "dog", "cat"])
    found = read(run, "results/confusion_matrix.json")
    assert found == ConfusionMatrix("confusion_matrix", ("cat", "dog"), ((2, 0), (1, 1)))
    assert listed(run) == {"results/confusion_matrix.json": ("confusion-matrix", None, None)}


@given(st.lists(st.tuples(st.integers(-3, 3), st.integers(-3, 3)), min_size=1))
def test_counts_are_those_of_scikit_learn(pairs: list[tuple[int, int]]) -> None:
    true, guessed = zip(*pairs, strict=True)
    classes = sorted({*true, *guessed})
    labels, counts = count_classes(true, guessed, [*classes, 9])
    assert counts == confusion_matrix(true, guessed, labels=[*classes, 9]).tolist()
    assert labels == [str(one) for one in (*classes, 9)]
    assert count_classes(true, guessed, None)[0] == labels[:-1]


@pytest.mark.parametrize(
    ("true", "labels", "expected"),
    [
        (np.array([1, 0]), ["no", "yes"], ("no", "yes")),
        (np.array([1, 0]), [1, 0], ("1", "0")),
        (pd.Series(["b", "a"]), ["b", "a", "c"], ("b", "a", "c")),
        (np.array([[True], [False]]), None, ("False", "True")),
        (["b", 1.0], np.array(["b", "1.0"]), ("b", "1.0")),
    ],
)
def test_labels_are_classes_in_order_or_names(
    run: runfolio.Run, true: Any, labels: Any, expected: tuple[str, ...]
) -> None:
    run.log_confusion_matrix(true, true, labels=labels, path="held/out.json")
    found = read(run, "results/held/out.json")
    assert (found.name, found.labels) == ("held/out", expected)
    assert sum(map(sum, found.counts)) == 2


def test_a_matrix_that_is_there_already(run: runfolio.Run) -> None:
    run.log_confusion_matrix(matrix=[[3, 1], [0, 2]], labels=["a", "b"])
    run.log_confusion_matrix(matrix=np.array([[0.75, 0.25], [0, 1]]), path="shares")
    assert read(run, "results/confusion_matrix.json").counts == ((3, 1), (0, 2))
    assert read(run, "results/shares.json").labels == ("0", "1")
    assert read(run, "results/shares.json").counts[0] == (0.75, 0.25)


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        ({}, "needs y_true and y_pred, or else matrix"),
        ({"y_true": [1]}, "needs y_true and y_pred"),
        ({"y_true": [1], "y_pred": [1], "matrix": [[1]]}, "or else matrix"),
        ({"y_true": [1, 2], "y_pred": [1]}, "equally long: 2 and 1 cases"),
        ({"y_true": [], "y_pred": []}, r"y_true holds one label for each case.*\(0,\)"),
        ({"y_true": [1.0, NAN], "y_pred": [1, 1]}, "y_true holds nan"),
        ({"y_true": ["a"], "y_pred": [None]}, "y_pred holds None"),
        ({"y_true": [[1, 0], [0, 1]], "y_pred": [1, 0]}, r"not values of shape \(2, 2\)"),
        ({"y_true": [1, 0], "y_pred": ["1", "0"]}, "Two classes of a confusion matrix read '0'"),
        ({"y_true": ["a", "b"], "y_pred": ["a", "c"], "labels": ["a", "b"]}, "'c' is none of the"),
        ({"y_true": [0, 2], "y_pred": [0, 1], "labels": ["a", "b"]}, "The class 0 is none of the"),
        ({"matrix": [[1, 2]]}, r"1 labels has 1 rows and columns, not 1 rows of 2 columns"),
        ({"matrix": [[1, 0], [0, 1]], "labels": ["a"]}, "of 1 labels has 1 rows"),
        ({"matrix": [[1, -1], [0, 1]]}, "holds counts from 0, not -1"),
        ({"matrix": [[1, NAN], [0, 1]]}, "holds counts from 0, not nan"),
        ({"matrix": [["a"]]}, "a square table of counts, not <U1"),
        ({"matrix": [[1, 2], [3]]}, "must be numbers"),
        ({"y_true": range(1001), "y_pred": range(1001)}, "has 1 to 1,000 classes, not 1,001"),
    ],
)
def test_what_is_no_confusion_matrix(
    run: runfolio.Run, arguments: dict[str, Any], message: str
) -> None:
    with pytest.raises(InvalidValue, match=message) as caught:
        run.log_confusion_matrix(**arguments)
    assert "\n" not in str(caught.value)
    assert listed(run) == {}


def test_any_curve(run: runfolio.Run) -> None:
    x, y = np.linspace(0, 9, 5000), np.linspace(0, 9, 5000) ** 2
    run.log_curve("lift", x, y, x_title="share", y_title="lift")
    found = read(run, "results/lift.json")
    assert (found.x, found.y) == (tuple(x.tolist()), tuple(y.tolist()))
    assert (found.x_title, found.y_title, found.kind, found.label) == ("share", "lift", None, None)
    run.log_curve("lift", [0, 1], [1, 1], label="at random: ü/..")
    run.log_curve("mine", [0, 1], [0, 1], kind="roc", y_title="sensitivity")
    [labelled] = (run.folder / "artifacts" / "results" / "lift").iterdir()
    labelled_curve = read_result(labelled.read_bytes())
    assert isinstance(labelled_curve, ResultCurve)
    assert labelled_curve.label == "at random: ü/.."
    assert read(run, "results/mine.json").x_title == "false positive rate"
    assert read(run, "results/mine.json").y_title == "sensitivity"
    assert {kind for kind, *_ in listed(run).values()} == {"curve"}


@pytest.mark.parametrize(
    ("arguments", "error", "message"),
    [
        ({"x": [1, 2], "y": [1]}, InvalidValue, "as many x as y.* 2 x and 1 y"),
        ({"x": [], "y": []}, InvalidValue, "at least one"),
        ({"x": [1], "y": [NAN]}, InvalidValue, "The y of the curve 'c' must be finite"),
        ({"x": ["a"], "y": [1]}, InvalidValue, "The x of the curve 'c' must be numbers"),
        ({"x": [[1]], "y": [1]}, InvalidValue, r"not of shape \(1, 1\)"),
        ({"x": [1], "y": [1], "kind": "lift"}, InvalidValue, "'pr', 'calibration' or None, not"),
        ({"x": [1], "y": [1], "name": ""}, InvalidName, "can't be empty"),
        ({"x": [1], "y": [1], "name": "../up"}, InvalidPath, "must be relative"),
    ],
)
def test_what_is_no_curve(
    run: runfolio.Run, arguments: dict[str, Any], error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        run.log_curve(**({"name": "c"} | arguments))
    assert listed(run) == {}


def test_results_by_step_are_series(run: runfolio.Run) -> None:
    for step in (0, 5):
        run.log_confusion_matrix([0, 1], [0, step > 0], step=step)
        run.log_roc_curve(TRUE, SCORES, step=step)
        run.log_curve("lift", [0, 1], [0, step], label="a", step=step)
    found = listed(run)
    assert {path.split("/")[0] for path in found} == {"results"}
    assert sorted(found.values(), key=str) == [
        *(("confusion-matrix", "confusion_matrix", step) for step in (0, 5)),
        *(("curve", "lift/a", step) for step in (0, 5)),
        *(("curve", "roc", step) for step in (0, 5)),
    ]


def test_a_roc_curve_of_two_classes(run: runfolio.Run) -> None:
    run.log_roc_curve(TRUE, SCORES)
    found = read(run, "results/roc.json")
    false_rate, true_rate, _ = roc_curve(TRUE, SCORES)
    assert (found.x, found.y) == (tuple(false_rate), tuple(true_rate))
    assert found.scores == {"auc": pytest.approx(roc_auc_score(TRUE, SCORES))}
    assert (found.kind, found.label) == ("roc", None)


@pytest.mark.parametrize(
    ("true", "score", "options"),
    [
        (TRUE, np.stack([1 - SCORES, SCORES], axis=1), {}),
        (TRUE, SCORES.reshape(-1, 1), {"labels": ["bad", "good"]}),
        (TRUE, 1 - SCORES, {"pos_label": 0}),
        (np.array(["no", "yes"])[TRUE], SCORES, {}),
        (np.array(["yes", "no"])[TRUE], SCORES, {"pos_label": "no"}),
        (TRUE, np.stack([1 - SCORES, SCORES], axis=1), {"labels": ["a", "b"], "pos_label": "b"}),
    ],
)
def test_which_class_is_the_positive_one(
    run: runfolio.Run, true: Any, score: Any, options: dict[str, Any]
) -> None:
    run.log_roc_curve(true, score, label="held out", **options)
    [path] = listed(run)
    assert read(run, path).label == "held out"
    assert read(run, path).scores["auc"] == pytest.approx(roc_auc_score(TRUE, SCORES))


def test_several_classes_have_a_curve_each(run: runfolio.Run) -> None:
    true = RANDOM.integers(0, 3, 200)
    scores = RANDOM.dirichlet([1, 1, 1, 1], 200)
    run.log_pr_curve(true, scores, labels=["a", "b", "c", "never there"])
    folder = run.folder / "artifacts" / "results" / "precision-recall"
    results = [read_result(path.read_bytes()) for path in folder.iterdir()]
    found = {one.label: one for one in results if isinstance(one, ResultCurve)}
    assert (set(found), len(results)) == ({"a", "b", "c"}, 3)
    for place, label in enumerate("abc"):
        curve = found[label]
        assert curve.scores["average_precision"] == pytest.approx(
            average_precision_score(true == place, scores[:, place])
        )
        assert curve.scores["base_rate"] == pytest.approx((true == place).mean())
        assert curve.x == tuple(sorted(curve.x))
        assert (curve.x[0], curve.y[0]) == (0, 1)


def test_a_calibration_curve(run: runfolio.Run) -> None:
    run.log_calibration_curve(TRUE, SCORES, bins=4)
    found = read(run, "results/calibration.json")
    inside = (SCORES >= 0.5) & (SCORES < 0.75)
    assert len(found.x) == 4
    assert found.x[2] == pytest.approx(SCORES[inside].mean())
    assert found.y[2] == pytest.approx(TRUE[inside].mean())
    assert found.scores == {"brier": pytest.approx(((SCORES - TRUE) ** 2).mean())}


@pytest.mark.parametrize(
    ("true", "score", "options", "message"),
    [
        ([0, 1], [0.5], {}, "equally long: 2 and 1 cases"),
        ([0, 1], [0.5, NAN], {}, "y_score must be finite, but 1 of 2 are not"),
        ([0, 1], ["a", "b"], {}, "y_score must be numbers"),
        ([], [], {}, "y_score is a score for each case"),
        ([1, 1], [0.5, 0.4], {}, "needs cases of both classes in y_true; all of 2 are of one"),
        ([0, 1, 2], [0.5, 0.4, 0.1], {}, "y_true has 3 classes.*pos_label"),
        ([0, 1], [[0, 0, 1], [1, 0, 0]], {}, "y_score has 3 columns for 2 classes"),
        ([0, 1], [0.5, 0.4], {"pos_label": "x"}, "No class is pos_label='x'"),
        ([0, 1], [0.5, 0.4], {"labels": ["x", "y", "z"]}, "y_true has 3 classes"),
        ([0, 3], [0.5, 0.4], {"labels": ["x", "y"]}, "The class 0 is none of the labels"),
    ],
)
def test_what_makes_no_curve(
    run: runfolio.Run, true: Any, score: Any, options: dict[str, Any], message: str
) -> None:
    verbs: list[Callable[..., None]] = [
        run.log_roc_curve,
        run.log_pr_curve,
        run.log_calibration_curve,
    ]
    for verb in verbs:
        with pytest.raises(InvalidValue, match=message):
            verb(true, score, **options)
    assert listed(run) == {}


def test_calibration_is_of_probabilities(run: runfolio.Run) -> None:
    with pytest.raises(InvalidValue, match=r"probabilities from 0 to 1, not -1 to 3"):
        run.log_calibration_curve([0, 1], [-1, 3])


def test_the_verbs_act_on_the_active_run(run: runfolio.Run) -> None:
    runfolio.log_confusion_matrix([0], [0])
    runfolio.log_curve("c", [0], [0])
    runfolio.log_roc_curve(TRUE, SCORES)
    runfolio.log_pr_curve(TRUE, SCORES)
    runfolio.log_calibration_curve(TRUE, SCORES)
    names = ("c", "calibration", "confusion_matrix", "precision-recall", "roc")
    assert sorted(listed(run)) == [f"results/{name}.json" for name in names]


TEXT = st.characters(codec="utf-8")
FINITE = st.floats(allow_nan=False, allow_infinity=False)


@given(
    st.text(alphabet=TEXT, min_size=1).filter(str.strip),
    st.lists(st.tuples(FINITE, FINITE), min_size=1, max_size=5),
    st.none() | st.text(alphabet=TEXT),
    st.dictionaries(st.sampled_from(["auc", "__proto__"]), FINITE),
)
def test_a_curve_is_read_as_it_was_kept(
    name: str, points: list[tuple[float, float]], label: str | None, scores: dict[str, float]
) -> None:
    x, y = zip(*points, strict=True)
    curve = ResultCurve(name[:250] if name[:250].strip() else "a", x, y, label=label, scores=scores)
    assert read_result(encode_result(curve)) == curve


MATRIX = json.loads(encode_result(ConfusionMatrix("m", ("a", "b"), ((1, 2), (3, 4)))))


@pytest.mark.parametrize(
    ("content", "message"),
    [
        (b"{", "is a JSON file, but this is none"),
        (b"\xff\xfe", "this is none"),
        (b"[" * 100_000, "this is none"),
        (b"[]", "says of no result what it is"),
        (b'{"runfolio": ["curve"]}', "says of no result what it is"),
        (b'{"runfolio": "plan"}', "says of no result what it is"),
        (json.dumps(MATRIX | {"version": 2}).encode(), "of version 2, and 1 is read"),
        (json.dumps(MATRIX | {"labels": 3}).encode(), "of a wrong type"),
        (json.dumps(MATRIX | {"counts": [1, 2]}).encode(), "of a wrong type"),
        (json.dumps(MATRIX | {"counts": [["1", 2], [3, 4]]}).encode(), "counts from 0, not '1'"),
        (json.dumps(MATRIX | {"counts": [[True, 2], [3, 4]]}).encode(), "counts from 0, not True"),
        (json.dumps(MATRIX | {"counts": [[10**400, 2], [3, 4]]}).encode(), "counts from 0"),
        (json.dumps(MATRIX | {"runfolio": "curve"}).encode(), "lacks a field"),
        (json.dumps(MATRIX | {"labels": ["x"] * (MAX_CLASSES + 1)}).encode(), "not 1,001"),
    ],
)
def test_a_file_that_holds_no_result(content: bytes, message: str) -> None:
    with pytest.raises(InvalidValue, match=message):
        read_result(content)
