"""Model cards are what Hugging Face's own library reads, whatever a store says."""

from __future__ import annotations

import ast
import math
import os
import re
import socket
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

import runfolio
from runfolio.errors import ModelNotFound
from runfolio.models.calls import write_call
from runfolio.models.card import write_card
from runfolio.models.card_data import card_data, card_document, find_task
from runfolio.models.card_facts import CardFacts, CardInput, CardRun
from runfolio.models.description import ModelDescription, parse_description
from runfolio.models.signature import Column, Parameter, Signature, Tensor
from tests.models.kept_models import MLMODEL, keep_model, log_model_run

SIGNATURE = Signature(
    (Column("alcohol", "double"), Column("word|s", "string", required=False)),
    (Tensor(None, "float64", (-1,)),),
    (Parameter("beta", "double", 0.5),),
)
FACTS = CardFacts(
    name="wine-quality",
    version=3,
    aliases=("champion",),
    notes=("The *model*.", "The version."),
    tags={"license": "MIT", "task": "regression"},
    description=ModelDescription(
        {"python_function": {"python_version": "3.11.7"}, "sklearn": {}}, SIGNATURE
    ),
    digest="ab" * 32,
    size=12345,
    time=1_780_250_400_123_456,
    user="ada",
    run=CardRun(
        "0123456789abcdef",
        "run 1",
        "wine",
        {"alpha": "0.5"},
        {"rmse": 0.70125, "r2": math.nan, "acc": 1e-300},
        (CardInput("train", "d1", "wine.csv", "training"), CardInput("test", "d2", None, "Test")),
        "c0ffee",
        "train.py",
    ),
    requirements=("scikit-learn==1.5.0", "numpy==2.0.0"),
    example={"columns": ["alcohol", "word|s"], "data": [[9.4, "dry"], [8.0, None]]},
)


def read_card(text: str) -> Any:
    from huggingface_hub import ModelCard

    return ModelCard(text)


def read_back(facts: CardFacts) -> Any:
    """What the library reads in the card's front matter, which is what was written."""
    card = read_card(write_card(facts))
    assert card.data.to_dict() == card_document(facts)
    return card.data


def test_the_front_matter_is_read_back_as_it_was() -> None:
    data = read_back(FACTS)
    assert (data.library_name, data.license, data.model_name) == ("sklearn", "mit", "wine-quality")
    assert data.tags == ["runfolio", "task:regression"]
    assert (data.datasets, data.metrics) == (["train", "test"], ["acc", "r2", "rmse"])
    assert data.pipeline_tag is None
    assert data["runfolio"] == {
        "model": "wine-quality",
        "version": 3,
        "digest": "ab" * 32,
        "run": "0123456789abcdef",
    }


def test_results_are_those_of_the_run_on_the_data_it_was_tested_with() -> None:
    results = read_back(FACTS).eval_results
    assert results == card_data(FACTS).eval_results
    assert [(one.metric_type, one.metric_value) for one in results] == [
        ("acc", 1e-300),
        ("rmse", 0.70125),
    ]
    assert {(one.dataset_name, one.dataset_revision, one.task_type) for one in results} == {
        ("test", "d2", "other")
    }


def test_the_text_tells_people_the_same() -> None:
    assert read_card(write_card(FACTS)).text == (
        Path(__file__).parent / "golden" / "card.md"
    ).read_text(encoding="utf-8")


def test_a_version_of_which_nothing_is_known_has_a_card() -> None:
    data = read_back(CardFacts("wine", 1))
    assert (data.model_name, data.eval_results, data.license) == ("wine", None, None)
    text = write_card(CardFacts("wine", 1))
    assert "Its MLmodel file can't be read." in text
    assert 'runfolio.load_model("models:/wine/1")\nmodel.predict(data)' in text


@pytest.mark.parametrize(
    ("flavors", "task"),
    [
        ("{xgboost: {model_class: xgboost.sklearn.XGBClassifier}}", "tabular-classification"),
        ("{lightgbm: {model_class: lightgbm.sklearn.LGBMRegressor}}", "tabular-regression"),
        ("{transformers: {task: text-classification}}", "text-classification"),
        ("{transformers: {task: 'a b', model_class: 5}}", None),
        ("{xgboost: {model_class: xgboost.core.Booster}}", None),
    ],
)
def test_a_task_is_told_where_a_flavour_tells_it(flavors: str, task: str | None) -> None:
    from runfolio.documents import parse_yaml

    assert find_task(parse_description({"flavors": parse_yaml(flavors)})) == task


@pytest.mark.parametrize(
    ("said", "name", "other"),
    [
        ("Apache-2.0", "apache-2.0", None),
        ("Our own, 1.0", "other", "Our own, 1.0"),
        ("a\n---\nb: 1", "other", "a --- b: 1"),
        (" ", None, None),
    ],
)
def test_a_licence_is_a_short_name_or_other(said: str, name: str | None, other: str | None) -> None:
    data = read_back(CardFacts("wine", 1, tags={"license": said}))
    assert (data.license, data.license_name) == (name, other)


EVIL = (
    "\n---\n# x\n```\n<script>alert(1)</script>|`a` [x](javascript:alert(1)) ![y](http://evil/) $$"
)


def evil_facts(text: str) -> CardFacts:
    """Facts all of whose texts are `text`."""
    run = CardRun(
        text, text, text, {text: text}, {text: 1.0}, (CardInput(text, text, text, text),), text
    )
    described = ModelDescription({text: {}}, Signature((Column(text, text),)), ours={"risk": text})
    fields: Any = {"description": described}
    return CardFacts(
        text,
        1,
        (text,),
        (text,),
        {text: text, "license": text},
        digest=text,
        user=text,
        source=text,
        run=run,
        requirements=(text,),
        example={text: text},
        **fields,
    )


def test_no_text_of_a_store_means_anything_in_a_card() -> None:
    from markdown_it import MarkdownIt

    facts = evil_facts(EVIL)
    read_back(facts)
    card = read_card(write_card(facts))
    html = MarkdownIt("commonmark", {"html": True}).enable("table").render(card.text)
    assert "<script" not in html
    quoted = html.index("<blockquote>"), html.index("</blockquote>")
    outside = html[: quoted[0]] + html[quoted[1] :]
    for tag in ("<img", "<a ", "<hr"):
        assert tag not in outside
    headings = re.findall(r"<h[12]>(.*?)</h[12]>", outside)
    assert [one for one in headings if "x" not in one][:2] == ["Use it", "Input"]
    assert {row.count("<td>") for row in re.findall(r"<tr>.*?</tr>", outside, re.S)} == {0, 2, 3, 4}


TEXTS = st.text(
    st.one_of(
        st.characters(),
        st.sampled_from("\n\r\t-:#|`'\"\\{}[]&*!%@\u0085\u2028\ufeff\ud800\u202e~=?,0 "),
    ),
    max_size=60,
)


@given(TEXTS)
def test_whatever_a_text_is_the_card_reads_back(text: str) -> None:
    facts = evil_facts(text)
    read_back(facts)
    write_card(facts).encode()


@given(st.dictionaries(TEXTS, st.floats(), max_size=3))
def test_every_finite_value_reads_back(metrics: dict[str, float]) -> None:
    facts = CardFacts("wine", 1, run=CardRun("0" * 16, "a", "wine", metrics=metrics))
    results = read_back(facts).eval_results or []
    finite = sorted(value for value in metrics.values() if math.isfinite(value))
    assert sorted(one.metric_value for one in results) == finite


def test_a_card_says_how_many_parameters_it_leaves_out() -> None:
    params = {f"p{number:04}": "1" for number in range(150)}
    text = write_card(CardFacts("wine", 1, run=CardRun("0" * 16, "a", "wine", params)))
    assert "| p0099 | 1 |\n\nAnd 50 more." in text


@pytest.mark.parametrize(
    ("example", "data"),
    [
        ({"columns": ["a", "b"], "data": [[1, None], [2, "x"]]}, '{"a": 1, "b": None}'),
        ({"columns": ["a"], "data": [[math.nan]]}, '{"a": float("nan")}'),
        ({"dataframe_split": {"columns": ["a"], "data": [[1]]}}, '{"a": 1}'),
        (
            {"inputs": {"columns": ["a"], "data": [[1]]}, "params": {"beta": 2}},
            '{"a": 1}, {"beta": 2}',
        ),
        ({"data": [[1, 2], [3, 4]]}, "numpy.array([[1, 2]])"),
        ([[1.5, 2.0], [3.0, 4.0]], "numpy.array([[1.5, 2.0]])"),
        ({"inputs": [[1, 2]]}, "numpy.array([[1, 2]])"),
        ([{"a": 'x"y', "b": True}], '{"a": \'x"y\', "b": True}'),
        ({"a": [1, 2]}, '{"a": [1, 2]}'),
        ({"columns": ["a"], "data": [[1, 2]]}, "data"),
        ({"data": [1.0], "indices": [0], "indptr": [0, 1], "shape": [1, 1]}, "data"),
        ({"columns": ["a"], "data": []}, "data"),
        ({"columns": ["a"], "data": [["x" * 2000]]}, "data"),
        (5, "data"),
        (None, "data"),
    ],
)
def test_the_example_call_asks_for_the_first_row(example: Any, data: str) -> None:
    assert write_call("models:/wine/1", example).endswith(f"\nmodel.predict({data})")


def test_the_example_call_gives_arrays_the_type_that_is_asked_for() -> None:
    one = Signature((Tensor(None, "float32", (-1, 2)),))
    assert write_call("m", [[1, 2]], one).endswith('(numpy.array([[1, 2]], dtype="float32"))')
    named = Signature((Tensor("x", "int64", (-1,)),))
    assert write_call("m", {"x": [1, 2]}, named).endswith(
        '({"x": numpy.array([1], dtype="int64")})'
    )


@given(TEXTS, st.recursive(TEXTS | st.floats() | st.none(), lambda s: st.lists(s, max_size=2)))
def test_the_example_call_is_python_that_says_the_same(text: str, value: Any) -> None:
    call = write_call(f"models:/{text}/1", {"columns": [text, "value"], "data": [[text, value]]})
    tree = ast.parse(call.encode(errors="replace"))
    if "\ud800" not in text:
        address = next(node for node in ast.walk(tree) if isinstance(node, ast.Constant))
        assert address.value == f"models:/{text}/1"


def test_the_card_of_a_registered_version_is_made_from_its_run(store: Path) -> None:
    run_id = log_model_run(store)
    with runfolio.start_run(store=store, run_id=run_id, capture=False) as run:
        run.log_input([{"a": 1}], name="data", context="training")
        run.log_metric("system/cpu", 5)
    runfolio.register_model(run_id, "wine", aliases=["champion"], store=store)
    text = runfolio.model_card("wine", "champion", store=store)
    assert text == runfolio.model_card("wine", store=store)
    card = read_card(text)
    assert [(one.metric_type, one.metric_value) for one in card.data.eval_results] == [
        ("rmse", 0.7)
    ]
    assert card.data.eval_results[0].dataset_name == "data"
    for part in (
        'runfolio.load_model("models:/wine/1")\nmodel.predict({"alcohol": 9.4})',
        "| alcohol | double | yes |",
        "| rmse | 0.7 |",
        "| alpha | 0.5 |",
        "scikit-learn==1.5.0",
        f"({run_id}) |",
        "Python 3.11.7",
    ):
        assert part in card.text
    with pytest.raises(ModelNotFound, match="No model 'beer'"):
        runfolio.model_card("beer", store=store)


@pytest.mark.parametrize(
    ("ours", "task"),
    [
        ({"task": "tabular-regression"}, "tabular-regression"),
        ({"task": "a\nb"}, None),
        ({"task": 7, "risk": 7}, None),
    ],
)
def test_a_task_is_told_where_a_model_tells_it(ours: Any, task: str | None) -> None:
    metadata = {"runfolio": {"flavor": "sklearn", **ours}}
    described = parse_description({"flavors": {"sklearn": {}}, "metadata": metadata})
    facts = CardFacts("wine", 1, description=described)
    assert read_back(facts).pipeline_tag == task
    assert "`trust=True`" not in write_card(facts)


def test_a_card_says_what_has_to_be_trusted_and_that_a_function_is_of_no_library() -> None:
    with runfolio.start_run(capture=False) as run:
        run.log_model(lambda data: data, "function")
        runfolio.register_model(run, "identity", path="function")
    text = runfolio.model_card("identity")
    assert "with `trust=True`, as 'function.pkl' is a pickle. Load it only if you trust" in text
    assert read_card(text).data.library_name is None


def test_the_example_call_of_a_card_runs_as_it_stands() -> None:
    import numpy as np
    import pandas as pd
    from sklearn.linear_model import Ridge

    table = pd.DataFrame({"alcohol": [9.4, 9.8, 10.0], "grams": [1, 2, 3]})
    array = table.to_numpy(dtype="float32")
    for name, data in (("table", table), ("array", array)):
        model = Ridge().fit(data, [5.0, 6.0, 7.0])
        with runfolio.start_run(capture=False) as run:
            info = run.log_model(model, input_example=data)
            assert runfolio.register_model(run, name).digest == info.digest
        (call,) = re.findall(r"```python\n(.*?)\n```", runfolio.model_card(name), re.S)
        names: dict[str, Any] = {}
        exec(call.replace("model.predict", "answer = model.predict"), names)
        assert np.allclose(names["answer"], model.predict(data[:1]))


@pytest.mark.parametrize("name", ["MLmodel", "requirements.txt"])
def test_a_pipe_among_the_files_keeps_nobody_waiting(store: Path, name: str) -> None:
    run_id = log_model_run(store)
    runfolio.register_model(run_id, "wine", store=store)
    file = store / "runs" / run_id / "artifacts" / "model" / name
    file.unlink()
    os.mkfifo(file)
    text = runfolio.model_card("wine", store=store)
    assert ("scikit-learn==1.5.0" in text) == (name == "MLmodel")
    assert ("MLmodel file can't be read" in text) == (name == "MLmodel")


@pytest.mark.parametrize("damage", ["MLmodel", "requirements.txt", "input_example.json"])
def test_of_damaged_files_a_card_says_nothing(store: Path, tmp_path: Path, damage: str) -> None:
    run_id = log_model_run(store)
    runfolio.register_model(run_id, "wine", store=store)
    secret = tmp_path / "secret"
    secret.write_text(MLMODEL if damage == "MLmodel" else '{"columns": ["s"], "data": [["s"]]}')
    file = store / "runs" / run_id / "artifacts" / "model" / damage
    file.unlink()
    file.symlink_to(secret)
    text = runfolio.model_card("wine", store=store)
    read_card(text)
    assert '"s"' not in text
    assert ("Input" in text) == (damage != "MLmodel")


def test_a_version_whose_run_is_gone_has_a_card(store: Path) -> None:
    import shutil

    run_id = log_model_run(store)
    runfolio.register_model(run_id, "wine", note="Kept.", store=store)
    shutil.rmtree(store / "runs" / run_id)
    text = runfolio.model_card("wine", store=store)
    assert "> Kept." in text
    assert "rmse" not in text


def test_no_card_asks_the_network(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with runfolio.start_run(store=store, capture=False) as run:
        keep_model(run)
        runfolio.register_model(run, "wine")

    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a socket was opened")

    monkeypatch.setattr(socket, "socket", refuse)
    monkeypatch.setattr(socket, "create_connection", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    assert runfolio.model_card("wine", store=store).startswith("---\n")
