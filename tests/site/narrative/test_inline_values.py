"""Inline values: a closed set of functions, each with its errors, and the README's examples."""

from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.errors import ReportMistake
from runfolio.site.addresses import experiment_page, run_page
from runfolio.site.narrative.choosing import Source
from runfolio.site.narrative.expressions import MAX_EXPRESSION, Call, Name, parse_expression
from runfolio.site.narrative.inline_values import FUNCTIONS, evaluate_expression
from tests.site.narrative.sources import source_of

ROOT = Path(__file__).parents[3]


@pytest.mark.parametrize(
    ("text", "shown"),
    [
        ("best(metrics.rmse)", "0.6123"),
        ("worst(metrics.rmse)", "0.75"),
        ("best(metrics.rmse, \"tags.sweep = 'ridge'\", digits=3)", "0.7"),
        ("best(metrics.rmse, runs='tags.sweep = ''ridge''', decimals=3)", "0.700"),
        ("best(metrics.val/accuracy)", "0.75"),
        ("best(metrics.val/accuracy.best)", "0.875"),
        ("best(metrics.`val/accuracy`, percent=true)", "75\u00a0%"),
        ("worst(metrics.val/accuracy)", "0.75"),
        ("mean(metrics.rmse, digits=2)", "0.69"),
        ("std(metrics.rmse)", "0.06968"),
        ("median(metrics.rmse)", "0.7"),
        ("min(metrics.rmse)", "0.6123"),
        ("max(metrics.rmse)", "0.75"),
        ("count()", "4"),
        ("count(params.alpha)", "2"),
        ("count(\"experiment = 'wine'\")", "3"),
        ("count(runs=\"experiment = 'wine'\")", "3"),
        ("best_run(metrics.rmse)", "forest"),
        ("best_value(metrics.rmse, params.model)", "forest"),
        ("best_value(metrics.rmse, params.alpha, \"params.model = 'ridge'\")", "0.1"),
        ("best_value(metrics.rmse, metrics.rmse, digits=2)", "0.61"),
        ("change(metrics.rmse, base=\"params.model = 'ridge'\")", "−12.5\u00a0%"),
        (
            "change(metrics.rmse, \"params.model = 'ridge'\", base=\"run_name = 'forest'\")",
            "+14.3\u00a0%",
        ),
        ("experiment('wine')", "wine"),
        ("  best( metrics.rmse )  ", "0.6123"),
    ],
)
def test_values(source: Source, text: str, shown: str) -> None:
    assert evaluate_expression(text, source).text == shown


def test_numbers_are_in_full_beside_what_is_shown(source: Source) -> None:
    assert evaluate_expression("best(metrics.rmse)", source).full == "0.61234"
    assert evaluate_expression("max(metrics.rmse)", source).full is None


def test_names_lead_to_their_pages(source: Source) -> None:
    best = next(run for run in source.library.runs if run.record.name == "forest")
    assert evaluate_expression("best_run(metrics.rmse)", source).href == run_page(best.id)
    found = evaluate_expression(f"run('{best.id[:6]}')", source)
    assert (found.text, found.href) == ("forest", run_page(best.id))
    wine = source.experiments_of([best])[0]
    assert evaluate_expression("experiment('wine')", source).href == experiment_page(wine.id)
    assert evaluate_expression(f"value('{best.id}', params.model)", source).text == "forest"
    assert evaluate_expression(f"value('{best.id}', status)", source).text == "finished"


def test_times_have_a_form_for_machines(source: Source) -> None:
    found = evaluate_expression("last_activity()", source)
    assert found.iso is not None
    assert found.iso[:4] in found.text


def test_runs_that_broke_off_count_in_no_mean(wine_store: Path, tmp_path: Path) -> None:
    import shutil

    import runfolio

    store = tmp_path / "runs"
    shutil.copytree(wine_store, store)

    def fail() -> None:
        with runfolio.start_run(experiment="wine", store=store, capture=False) as run:
            run.log_metric("rmse", 0.01)
            raise ValueError("broken")

    with pytest.raises(ValueError, match="broken"):
        fail()
    source = source_of(store)
    assert evaluate_expression("best(metrics.rmse)", source).text == "0.6123"
    assert evaluate_expression("count(metrics.rmse)", source).text == "4"


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", r"column 1: found nothing, expected a call"),
        ("rmse", r"column 1: found 'rmse', expected a call such as best\(metrics.loss\)"),
        ("bst(metrics.rmse)", r"column 1: there is no function 'bst'. Did you mean best\?"),
        ("  x()", r"column 3: there is no function 'x'. There are best, worst,"),
        ("__import__('os')", "column 1: there is no function '__import__'"),
        ("best(metrics.rmse).real", r"column 19: found '.real' after the closing parenthesis"),
        ("best(metrics.rmse) + 1", r"column 20: found '\+ 1'"),
        ("best(metrics.rsme)", r"column 6: none of these runs has the metric 'rsme'.*mean rmse\?"),
        ("best(params.modle)", r"column 6: .* the parameter 'modle'. Did you mean params.model\?"),
        ("best(rmse)", r"column 6: no run has 'rmse'\. Did you mean metrics.rmse\?"),
        ("best('metrics.rmse')", "column 6: expected a field such as metrics.loss, without quotes"),
        ("best(metrics.odd)", "column 6: it isn't known whether lower or higher is better"),
        ("mean(params.model)", "column 6: no run has a number in 'params.model'"),
        ("std(metrics.rmse, \"run_name = 'forest'\")", "column 1: std needs two runs"),
        ("best()", r"column 1: best is called as best\(FIELD\)"),
        ("best(metrics.rmse, 'a', 'b')", "column 1: best is called as"),
        ("best(metrics.rmse", r"column 18: found the end, expected a comma or \)"),
        ("best(metrics.rmse,)", r"column 19: found '\)', expected an argument before it"),
        ("best(,)", "column 6: found ',', expected an argument"),
        ("best(metrics.rmse, 'x)", "column 20: found .* expected a closing '"),
        ("best(best(metrics.rmse))", r"column 10: found .*, expected a comma or \)"),
        ("best(metrics.rmse, runs=)", "column 25: a value is missing after the ="),
        ("best(metrics.rmse, 'a' 'b')", "column 20: .* expected one quoted text"),
        ("best(metrics.rmse, digit=3)", r"column 20: best has no option 'digit'.*mean digits\?"),
        ("best(metrics.rmse, digits=0)", "column 20: digits is a whole number from 1 to 15"),
        ("best(metrics.rmse, digits='a')", "column 20: digits is a whole number"),
        ("best(metrics.rmse, digits=true)", "column 20: digits is a whole number"),
        ("best(metrics.rmse, digits=2, decimals=2)", "column 30: give digits or decimals"),
        ("best(metrics.rmse, digits=2, digits=3)", "column 30: the option 'digits' is given twice"),
        ("best(digits=2, metrics.rmse)", "column 16: a value stands after an option"),
        ("best(metrics.rmse, percent=1)", "column 20: percent is true or false"),
        ("best(metrics.rmse, 'params.')", "column 20: The filter fails at column"),
        ("best(metrics.rmse, \"status = 'KILLED'\")", "column 20: no run matches"),
        ("best(metrics.rmse, params.model)", "column 20: expected a filter in quotes"),
        ("change(metrics.rmse)", "column 1: change needs base"),
        ("value('zzzz', status)", "column 7: There is no run 'zzzz'"),
        ("value('z', status)", "column 7: 'z' is too short for a run's id"),
        ("experiment('wien')", r"column 12: There is no experiment 'wien'.*mean 'wine'\?"),
        ("x" * (MAX_EXPRESSION + 1), "it has 2,001 characters"),
    ],
)
def test_mistakes_name_their_column(source: Source, text: str, said: str) -> None:
    with pytest.raises(ReportMistake, match=f"The expression fails at {said}|{said}"):
        evaluate_expression(text, source)


def test_arguments_are_told_apart() -> None:
    call = parse_expression("f(metrics.`a, (b)`, 'it''s', \"x)\", 12, true, k = -3)")
    assert call.function == "f"
    assert [one.value for one in call.arguments] == [
        Name("metrics.`a, (b)`"),
        "it's",
        "x)",
        12,
        True,
        -3,
    ]
    assert [one.keyword for one in call.arguments] == [None] * 5 + ["k"]


@given(st.text(alphabet="best(metrics.rmse,)'\"`=1 true{}\\\n", max_size=40))
def test_any_text_is_a_call_or_a_mistake(text: str) -> None:
    said = ""
    try:
        assert isinstance(parse_expression(text), Call)
    except ReportMistake as mistake:
        said = str(mistake)
    assert not said or said.startswith("The expression fails at column ")


def readme_examples() -> list[str]:
    """What the README's table of inline values shows, without the braces."""
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    return [
        match.replace("\\|", "|")
        for match in re.findall(r"^\| `\{\{ (.*?) \}\}` \|", readme, re.MULTILINE)
    ]


def test_the_readme_has_an_example_of_each_function() -> None:
    assert {parse_expression(one).function for one in readme_examples()} == set(FUNCTIONS)


@pytest.fixture(scope="module")
def demo() -> Source:
    return source_of(ROOT / "examples" / "demo-store")


@pytest.mark.parametrize("text", readme_examples())
def test_each_example_of_the_readme_has_a_value_in_the_demo(demo: Source, text: str) -> None:
    assert evaluate_expression(text, demo).text
