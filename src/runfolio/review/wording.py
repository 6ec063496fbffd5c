"""What a comparison comes to in words: lines of text with names in them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from runfolio.analysis.numbers import count_noun
from runfolio.analysis.sides import Difference
from runfolio.review.choosing import Choice
from runfolio.review.comparing import Comparison, ExperimentComparison
from runfolio.review.escaping import shorten, show_hidden
from runfolio.review.figures import show_means, show_percent, show_side

MOST_NAMED: Final = 3


class Name(str):
    """A text from the store or from whoever asked, which each format escapes in its own way."""

    __slots__ = ()
    kind = "name"

    @property
    def shown(self) -> str:
        """The text, shortened, with nothing hidden in it."""
        return show_hidden(shorten(self))


class Strong(str):
    """Words to stress."""

    __slots__ = ()
    kind = "strong"


Line = tuple[str, ...]
"""Pieces of text, some of them a `Name` or `Strong`."""

VERDICTS: Final = {
    "better": "▲ better",
    "worse": "▼ worse",
    "noise": "≈ within noise",
    "same": "= same",
    "changed": "• changed",
    "new": "+ new",
    "gone": "− gone",
}
"""How each verdict is marked and named, in the order in which they are told."""

NOTHING_YET: Final = "• Nothing to compare with yet:"

_ORDER: Final = ("worse", "better", "changed", "noise", "new", "gone", "same")
_WORDS: Final = {"noise": "within noise", "changed": "changed without a known direction"}


def say_verdict(compared: ExperimentComparison) -> Line:
    """An experiment's verdict: the metric that leads, and how many others did what."""
    lead = compared.lead
    if lead is None:
        return (Strong("No metric to compare."),)
    if not compared.base.runs:
        return (Strong(NOTHING_YET), " ", Name(lead.metric), *_say_lead(lead), ".")
    line = (Strong(f"{VERDICTS[lead.verdict]}:"), " ", Name(lead.metric), *_say_lead(lead))
    others = [one for one in compared.metrics if one is not lead]
    return (*line, *(("; others: ", *_say_others(others)) if others else ()), ".")


def _say_lead(lead: Difference) -> Iterator[str]:
    base, head = show_means(lead)
    if lead.verdict == "new":
        yield f" {show_side(lead.head, head)}"
    elif lead.verdict == "gone":
        yield f" was {show_side(lead.base, base)}"
    else:
        relative = "" if lead.change in (None, 0) else f" ({show_percent(lead.relative)})"
        yield f" {show_side(lead.base, base)} → {show_side(lead.head, head)}{relative}"
    if lead.direction is not None and lead.verdict in ("better", "worse", "noise"):
        yield f", {'higher' if lead.direction == 'up' else 'lower'} is better"


def _say_others(others: Sequence[Difference]) -> Iterator[str]:
    parts = [(verdict, [one for one in others if one.verdict == verdict]) for verdict in _ORDER]
    for number, (verdict, found) in enumerate(one for one in parts if one[1]):
        yield f"{', ' if number else ''}{len(found):,} {_WORDS.get(verdict, verdict)}"
        if verdict == "worse":
            yield from _say_names([one.metric for one in found])


def _say_names(names: Sequence[str]) -> Iterator[str]:
    yield " ("
    for number, name in enumerate(names[:MOST_NAMED]):
        yield ", " if number else ""
        yield Name(name)
    yield " …)" if len(names) > MOST_NAMED else ")"


def say_overall(comparison: Comparison) -> Line:
    """The verdict of the whole: of one experiment its own, of several by what leads in each."""
    if comparison.are_same:
        return (Strong("= Both sides are the same runs"), ", so nothing can differ.")
    if len(comparison.experiments) == 1:
        return say_verdict(comparison.experiments[0])
    if comparison.lacks_base:
        number = count_noun(len(comparison.experiments), "experiment")
        return (Strong(NOTHING_YET), f" {number}.")
    leads = [one.lead.verdict if one.lead else "without metrics" for one in comparison.experiments]
    counts = {verdict: leads.count(verdict) for verdict in (*_ORDER, "without metrics")}
    told = [
        f"{number} {_WORDS.get(verdict, verdict)}" for verdict, number in counts.items() if number
    ]
    mark = next((VERDICTS[one][0] for one in _ORDER if counts[one]), "•")
    number = count_noun(len(comparison.experiments), "experiment")
    return (Strong(f"{mark} {number}: {', '.join(told)}"), ", each by its main metric.")


def say_sides(comparison: Comparison) -> Line:
    """What was compared with what."""
    base = _say_side(comparison.base)
    return ("Base: ", *base, ". Head: ", *_say_side(comparison.head), ".")


def _say_side(choice: Choice) -> Iterator[str]:
    if choice.text:
        yield Name(choice.text)
        yield ", "
    yield count_noun(len(choice.run_ids), "run") if choice.run_ids else "no runs yet"
    if choice.commit is not None:
        yield " at "
        yield Name(choice.commit[:8])
    if choice.behind:
        yield f" ({count_noun(choice.behind, 'commit')} before)"


def say_notes(comparison: Comparison) -> Iterator[Line]:
    """What a reader has to know to trust the comparison."""
    for title, names in (("base", comparison.only_base), ("head", comparison.only_head)):
        if names:
            yield (f"Only the {title} has runs of ", *_list_names(names), ".")


def say_group_notes(compared: ExperimentComparison) -> Iterator[Line]:
    """The same, of one experiment."""
    if compared.base.experiment != compared.head.experiment:
        names = (Name(compared.base.experiment), " and ", Name(compared.head.experiment))
        yield ("Base and head are of different experiments: ", *names, ".")
    for title, group in (("base", compared.base), ("head", compared.head)):
        if group.left_out:
            number = count_noun(group.left_out, "run")
            yield (f"Left out of the {title}: {number} that failed or was killed.",)
        elif group.broke_off:
            yield (f"All runs of the {title} failed or were killed, so these are compared.",)
        if group.running:
            yield (f"Still running in the {title}: {count_noun(group.running, 'run')}.",)
    yield from _say_varied(compared)


def _say_varied(compared: ExperimentComparison) -> Iterator[Line]:
    varied = {"the base": compared.base_varied, "the head": compared.head_varied}
    if compared.base_varied == compared.head_varied:
        varied = {"both sides": compared.head_varied}
    line: list[str] = []
    for title, names in varied.items():
        if names:
            said = f", those of {title} in " if line else f"The runs of {title} also differ in "
            line += [said, *_list_names(names)]
    if line:
        yield (*line, ", so that their spread is not that of seeds alone.")


def _list_names(names: Sequence[str]) -> Iterator[str]:
    for number, name in enumerate(names[:MOST_NAMED]):
        yield ", " if number else ""
        yield Name(name)
    if len(names) > MOST_NAMED:
        yield f" and {len(names) - MOST_NAMED:,} more"
