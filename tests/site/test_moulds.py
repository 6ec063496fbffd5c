"""Moulds: pages put together from kept pieces are those that the templates make."""

from __future__ import annotations

import inspect
from collections.abc import Callable
from dataclasses import dataclass, fields, is_dataclass, replace
from random import Random
from typing import Any, ClassVar

import pytest
from markupsafe import Markup

from runfolio.site.artifacts import ArtifactViews, InputView
from runfolio.site.controls import show_controls
from runfolio.site.facts import Fact, Reproduction
from runfolio.site.headlines import Headline, Ranked
from runfolio.site.moulds import MAX_MOULDS, Moulds, NoMouldError, cast_mould, take_apart
from runfolio.site.pages import Frame, Link, Moment, Number, Status
from runfolio.site.relatives import Children, Relative, Relatives, Repetition
from runfolio.site.render import Renderer
from runfolio.site.run import CurvePanel, MetricRow, Pair, RunView
from runfolio.site.sparks import Spark
from runfolio.site.standing import Standing

ODD = ("", "<b>&'\"", "%s %% %(x)s", "{{ view }}", "\0", "\u202eabc", "☎\ufe0e", "\u200d", "ü\r\n")
Make = Callable[[Random], Any]


def text(chance: Random) -> str:
    return chance.choice(ODD) + chance.choice(ODD)


def maybe(made: Make) -> Make:
    return lambda chance: made(chance) if chance.random() < 0.7 else None


def several(made: Make) -> Make:
    return lambda chance: tuple(made(chance) for _ in range(chance.randrange(3)))


def either(chance: Random) -> bool:
    return chance.random() < 0.5


def html(chance: Random) -> Markup:
    return Markup("<p>{}</p>").format(text(chance))


def always(value: Any) -> Make:
    return lambda _: value


def make(kind: type, **others: Make) -> Make:
    """What makes a dataclass: texts of any kind, but for the fields that are told."""
    texts = {
        name: maybe(text) if "None" in str(annotation) else text
        for name, annotation in inspect.get_annotations(kind).items()
        if "ClassVar" not in str(annotation)
    }
    return lambda chance: kind(**{n: made(chance) for n, made in (texts | others).items()})


LINK = make(Link)
STATUSES = (Status("finished", "✓"), Status("running", "◌"), Status("stopped", "■"))


def status(chance: Random) -> Status:
    return chance.choice(STATUSES)


STANDING = make(
    Standing,
    told=either,
    previous=maybe(LINK),
    next=maybe(LINK),
    other=always(None),
    ranks=always({}),
)
REPETITION = make(Repetition, link=LINK)
RELATIVE = make(Relative, link=LINK, status=status, value=make(Number))
RELATIVES = make(
    Relatives,
    parent=maybe(RELATIVE),
    children=maybe(make(Children, rows=several(RELATIVE))),
    repeats=maybe(REPETITION),
    repetitions=several(REPETITION),
)
FACTS = several(make(Fact, code=either))
HEADLINE = make(Headline, ranked=maybe(make(Ranked)), spark=maybe(make(Spark)))
VIEW = make(
    RunView,
    status=status,
    started=make(Moment),
    ended=maybe(make(Moment)),
    dirty=either,
    standing=STANDING,
    relatives=RELATIVES,
    note=maybe(html),
    tags=several(make(Pair)),
    headlines=several(HEADLINE),
    params=several(make(Pair)),
    metrics=several(make(MetricRow)),
    has_curves=either,
    panels=several(make(CurvePanel, spark=make(Spark))),
    system=FACTS,
    inputs=several(make(InputView, columns=always((("rate", "double"),)))),
    artifacts=always(ArtifactViews((), (), (), "", ())),
    results=always(None),
    consoles=always(()),
    diff=maybe(html),
    recorded=either,
    git=FACTS,
    environment=FACTS,
    reproduction=make(Reproduction),
    sources=always(()),
    models=always(None),
    foreign=either,
)
FRAME = make(
    Frame,
    page=always("run"),
    crumbs=several(LINK),
    scripts=always(("a.js",)),
    data=always({"root": "../"}),
    linked_data=maybe(html),
)
SEEDS = range(60)


@pytest.mark.parametrize("seed", SEEDS)
def test_a_page_from_a_mould_is_the_page(seed: int) -> None:
    chance = Random(seed)
    frame, view, renderer = FRAME(chance), VIEW(chance), Renderer()
    assert renderer.alike("run.html", frame, view) == renderer.page("run.html", frame, view)


@pytest.mark.parametrize("seed", SEEDS)
def test_the_mould_of_one_page_makes_another(seed: int) -> None:
    """Only printed texts differ, so that the second page comes from the mould of the first."""
    chance, renderer, moulds, rendered = Random(seed), Renderer(), Moulds(), []
    frame, view = FRAME(chance), VIEW(chance)

    def render(both: tuple[Frame, RunView]) -> str:
        rendered.append(both)
        return renderer._fill("run.html", *both)

    other = _change(view, lambda old: old and type(old)(f"{text(chance)}x"))
    for one in (view, other):
        page = moulds.render("run.html", (frame, one), render)
        assert page == renderer.page("run.html", frame, one)
    assert len(rendered) == 1


def _change(value: Any, change: Any) -> Any:
    """The value with other printed texts."""
    if isinstance(value, tuple):
        return tuple(_change(one, change) for one in value)
    if not is_dataclass(value) or isinstance(value, type):
        return value
    printed = getattr(type(value), "PRINTED", ()) + getattr(type(value), "PRINTED_HTML", ())
    return replace(
        value,
        **{
            name: (change if name in printed else lambda one: _change(one, change))(
                getattr(value, name)
            )
            for name in [one.name for one in fields(value)]
        },
    )


class Untouchable(str):
    """A text that may be printed, and asked whether it is there, but nothing else."""

    __slots__ = ()

    def _refuse(self, *_arguments: object) -> Any:
        raise AssertionError("A template does more with this text than to print it.")


for _name in (
    *("__eq__", "__ne__", "__lt__", "__gt__", "__contains__", "__getitem__", "__iter__"),
    *("__len__", "__add__", "__mod__", "__mul__", "upper", "lower", "replace", "split", "join"),
    *("capitalize", "title", "strip", "startswith", "endswith", "format", "encode", "find"),
):
    setattr(Untouchable, _name, Untouchable._refuse)
Untouchable.__bool__ = lambda _self: True  # type: ignore[attr-defined]
Untouchable.__hash__ = str.__hash__  # type: ignore[method-assign]


@pytest.mark.parametrize("seed", SEEDS)
def test_templates_only_print_what_is_said_to_be_printed(seed: int) -> None:
    chance = Random(seed)

    def touchy(printed: Any) -> Any:
        return Untouchable(printed) if printed and type(printed) is str else printed

    frame, view = (_change(one(chance), touchy) for one in (FRAME, VIEW))
    Renderer().page("run.html", frame, view)


@pytest.mark.parametrize(
    "template",
    [
        "{{ view.text | upper }}",
        "{{ view.text[:3] }}",
        "{% if view.text == 'a' %}x{% endif %}",
        "{{ view.text | length }}",
    ],
)
def test_a_template_that_does_more_is_found(template: str, tmp_path: Any) -> None:
    (tmp_path / "one.html").write_text(template)
    view = Said(Untouchable("abc"), 1)
    with pytest.raises((AssertionError, TypeError)):
        Renderer(tmp_path).part("one.html", view)


@dataclass(frozen=True)
class Said:
    """A text, and a number that belongs to the shape."""

    PRINTED: ClassVar = ("text",)

    text: str | None
    number: Any


def render_said(said: Said) -> str:
    return f"{said.text} {said.number}"


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, True), (1, 1.0), (0.0, -0.0), ("1", 1), (Markup("<"), "<"), ((), None), ((1,), (True,))],
)
def test_shapes_differ_where_values_are_printed_otherwise(one: Any, other: Any) -> None:
    assert take_apart(Said("a", one)).shape != take_apart(Said("a", other)).shape
    moulds = Moulds()
    for value in (one, other):
        page = moulds.render("said", Said("a", value), render_said)
        assert page == render_said(Said("a", value))


def test_a_text_that_is_missing_is_another_shape() -> None:
    shapes = [take_apart(Said(text, 1)).shape for text in ("a", "b", "", None)]
    assert shapes[0] == shapes[1] != shapes[2]
    assert shapes[2] == shapes[3]


def test_what_cannot_be_compared_is_rendered_plainly() -> None:
    view = Said("a\x07", object())
    with pytest.raises(NoMouldError):
        take_apart(view)
    assert Moulds().render("said", view, render_said) == show_controls(render_said(view))


def test_only_so_many_moulds_are_kept() -> None:
    moulds = Moulds()
    for number in range(MAX_MOULDS + 5):
        assert moulds.render("said", Said("a", number), render_said) == f"a {number}"
    assert len(moulds._kept) == MAX_MOULDS


def test_a_text_may_stand_in_several_places_or_in_none() -> None:
    mould = cast_mould(Said("a", 1), lambda said: f"{said.text}-{said.text}%")
    assert mould.fill(["b"]) == "b-b%"
    assert cast_mould(Said("a", 1), lambda _: "100%").fill(["b"]) == "100%"
