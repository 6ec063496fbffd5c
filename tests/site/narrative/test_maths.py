"""Formulas: MathML for what is one, a reason for what is none, and nothing else for attackers."""

from __future__ import annotations

import contextlib
import re

import pytest
from bs4 import BeautifulSoup
from hypothesis import given
from hypothesis import strategies as st

from runfolio.errors import ReportMistake
from runfolio.site.narrative.maths import _ATTRIBUTES, _ELEMENTS, MAX_FORMULA, render_formula


def render(latex: str) -> str:
    return str(render_formula(latex, display=False))


def test_a_formula_becomes_mathml_with_its_source() -> None:
    assert render(r"\frac{a}{2}") == (
        r'<math display="inline" alttext="\frac{a}{2}"><mrow><mfrac><mrow><mi>a</mi></mrow>'
        "<mrow><mn>2</mn></mrow></mfrac></mrow></math>"
    )


def test_a_display_formula_stands_on_its_own() -> None:
    assert '<math display="block"' in render_formula("x", display=True)


@pytest.mark.parametrize(
    ("latex", "wanted"),
    [
        (r"\sum_{i=1}^n y_i", "<mo>∑</mo>"),
        (r"\mathbb{R}", "<mi>ℝ</mi>"),
        (r"\hat y", '<mover accent="true">'),
        (r"\begin{aligned}a&=b\\c&=d\end{aligned}", "<mtable"),
        (r"\begin{cases}1&x>0\end{cases}", "<mtr>"),
        (r"a < b \& c", "<mo>&lt;</mo>"),
        (r"\text{50 \% \& more}", "<mtext>50\u00a0%\u00a0&amp;\u00a0more</mtext>"),
        (r"\color{red}x", 'mathcolor="red"'),
    ],
)
def test_what_papers_use(latex: str, wanted: str) -> None:
    assert wanted in render(latex)


@pytest.mark.parametrize(
    ("latex", "said"),
    [
        (" ", "The formula is empty"),
        (r"\frac{a", "lacks 1 closing brace"),
        ("{{x", "lacks 2 closing braces"),
        ("x}", "a } without its {"),
        (r"\fraq{a}{b}", r"an unknown command \\fraq"),
        ("x^2_", "can't be read"),
        (r"\begin{matrix}a", "can't be read: missing end"),
        (r"\left( x", "can't be read: extra left or missing right"),
        (r"\frac", "can't be read"),
        ("a & b", "an & outside of a table"),
        (r"\newcommand{\a}{b}\a", "'.*newcommand' is not known here"),
        (r"\def\a{\a\a}\a", "not known here"),
        ("{" * 100 + "x" + "}" * 100, "nested too deeply"),
        ("{" * 2400 + "x" + "}" * 2400, "nested too deeply"),
        ("x" * (MAX_FORMULA + 1), "at most 5,000 characters, not 5,001"),
    ],
)
def test_what_is_no_formula_says_why(latex: str, said: str) -> None:
    with pytest.raises(ReportMistake, match=said):
        render(latex)


@pytest.mark.parametrize(
    ("latex", "letters"),
    [
        (r"\mathcal L", "ℒ"),
        (r"\mathcal{N}", "𝒩"),
        (r"\mathbb E", "𝔼"),
        (r"\mathfrak C", "ℭ"),
        (r"\boldsymbol{\theta}", "𝜽"),
        (r"\bm{W}_1", "𝑾1"),
        (r"\mathbf{w_1}", "𝐰𝟏"),
        (r"\mathbf{я}", "я"),
    ],
)
def test_styled_letters_are_letters_of_their_own(latex: str, letters: str) -> None:
    html = render(latex)
    assert BeautifulSoup(html, "html.parser").get_text() == letters
    assert "mathvariant" not in html


@pytest.mark.parametrize(
    ("latex", "name"),
    [
        (r"\operatorname*{arg\,min}_\theta L", "arg\u2009min"),
        (r"\operatorname*{arg max}_x f", "arg\u2009max"),
        (r"x + \max_i y_i", "max"),
    ],
)
def test_limits_of_an_operator_stand_below_it(latex: str, name: str) -> None:
    html = str(render_formula(latex, display=True))
    assert f'<munder><mo movablelimits="true">{name}</mo>' in html


def test_bars_and_big_brackets_keep_their_size_beside_an_exponent() -> None:
    assert '<msup><mrow><mo stretchy="true"' in render(r"\bigl(x\bigr)^2")
    assert render(r"\lVert w\rVert_2^2").count('<mo stretchy="false">‖</mo>') == 2
    assert render(r"\left\lVert w\right\rVert").count('stretchy="true"') == 2


def test_the_name_of_an_operator_may_have_a_space() -> None:
    assert "<msub><mo>arg\u2009min</mo>" in render(r"\operatorname{arg\,min}_x f")


HOSTILE = [
    r"\text{<script>alert(1)</script>}",
    r"\text{&lt;script&gt;}",
    r"\mbox{</math><img src=x onerror=alert(1)>}",
    r"\href{javascript:alert(1)}{x}",
    r"\style{background:url(//e)}{x}",
    r"\class{x}{y}",
    r'\color{red" onclick="alert(1)}x',
    r"\hspace{99999999em}x",
    "<svg/onload=alert(1)>",
    "\u202ex\x00\x1b",
]


@pytest.mark.parametrize("latex", HOSTILE)
def test_nothing_hostile_comes_through(latex: str) -> None:
    with contextlib.suppress(ReportMistake):
        check_safe(render(latex))


@given(
    st.lists(
        st.sampled_from(
            [
                *(*HOSTILE, *"{}^_&$\\<>\"'", r"\frac", r"\text{", r"\left(", r"\right)"),
                *(r"\begin{", "matrix}", r"\end{matrix}", r"\sqrt[", "]", r"\\", r"\over"),
                *(r"\overset", r"\limits"),
            ]
        )
        | st.text(max_size=4),
        max_size=10,
    )
)
def test_any_text_is_a_formula_or_a_mistake(parts: list[str]) -> None:
    with contextlib.suppress(ReportMistake):
        check_safe(render("".join(parts)))


def check_safe(html: str) -> None:
    soup = BeautifulSoup(html, "html.parser")
    for tag in soup.find_all():
        assert tag.name in _ELEMENTS
        assert set(tag.attrs) <= {*_ATTRIBUTES, "alttext"}
        assert tag.name == "math" or not re.search(r"\d{4}", " ".join(map(str, tag.attrs.values())))
    assert str(soup).count("<math") == 1
    assert not re.search("[\x00-\x08\x0b-\x1f\x7f\u202a-\u202e]", html)
