"""Logged images side by side: of one key or path, at one step, over runs."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from runfolio.analysis.numbers import count_noun
from runfolio.query import Artifact
from runfolio.site.artifacts import Copy, Shown, show_picture
from runfolio.site.library import RunEntry
from runfolio.site.narrative.panels.subjects import Drawn, Subject
from runfolio.site.narrative.panels.words import count_shown, join_words
from runfolio.site.pages import Link

OPTIONS: Final = ("key", "step", "limit")
USUAL_IMAGES: Final = 12
MOST_IMAGES: Final = 48
_NAMED: Final = 5


@dataclass(frozen=True, slots=True)
class _Image:
    run: Link
    src: str
    alt: str
    aside: str
    width: int | None
    height: int | None


@dataclass(frozen=True, slots=True)
class _ImagesView:
    label: str
    images: tuple[_Image, ...]


def draw_images(subject: Subject) -> Drawn:
    """A grid with an image of each run that has one; at the last step up to the one asked for."""
    block = subject.block
    key = block.text("key") or _usual_key(subject)
    _check_key(subject, key)
    step = block.whole("step", -1, least=0, most=2**53) if "step" in block.values else None
    limit = block.whole("limit", USUAL_IMAGES, most=MOST_IMAGES)
    having = [(run, one) for run in subject.runs if (one := _pick(run, key, step)) is not None]
    found = [(run, one, shown) for run, one in having[:limit] if (shown := show_picture(run, one))]
    if not found:
        raise block.mistake("key", f"key: No image of {key!r} can be shown.")
    images = tuple(_image(subject, key, step, *one) for one in found)
    copies = tuple(Copy(shown.href, one.file) for _, one, shown in found if shown.href is not None)
    at = f" at step {step}" if step is not None else ""
    words = f"{key}{at}, {count_shown(len(found), len(having), 'run', ranked=False)}"
    known = {run.id for run, _ in having}
    asked = "runs" in block.values or "experiment" in block.values
    lacking = [run.record.name for run in subject.runs if asked and run.id not in known]
    notes = (_lacking(lacking),) if lacking else ()
    view = _ImagesView(words, images)
    link = replace(subject, runs=[run for run, _ in having]).link()
    return Drawn(
        "figure", "_partials/panel_images.html", view, words, notes, copies=copies, link=link
    )


def _images(run: RunEntry) -> Iterator[tuple[str, Artifact]]:
    """The images of a run by the key of their series, or else by their path."""
    for one in run.record.artifacts:
        if one.media_type.startswith("image/"):
            series = one.key is not None and one.step is not None
            yield (one.key or "") if series else one.path, one


def _keys(runs: Sequence[RunEntry]) -> Counter[str]:
    return Counter(key for run in runs for key in dict.fromkeys(key for key, _ in _images(run)))


def _usual_key(subject: Subject) -> str:
    keys = _keys(subject.runs)
    if len(keys) != 1:
        listed = ", ".join(repr(one) for one, _ in keys.most_common(6)) or "none"
        message = f"'key' is missing; these runs have images of {listed}."
        raise subject.block.mistake("key", message)
    return next(iter(keys))


def _check_key(subject: Subject, key: str) -> None:
    keys = [one for one, _ in _keys(subject.runs).most_common()]
    if key not in keys:
        raise subject.unknown("key", f"None of these runs has images of {key!r}", key, keys)


def _pick(run: RunEntry, key: str, step: int | None) -> Artifact | None:
    """The image of a key at the last step up to the one asked for, by default the last."""
    found = [one for own, one in _images(run) if own == key]
    found = [one for one in found if step is None or one.step is None or one.step <= step]
    return max(found, key=lambda one: one.step or 0, default=None)


def _image(
    subject: Subject, key: str, step: int | None, run: RunEntry, artifact: Artifact, shown: Shown
) -> _Image:
    src = shown.picture if shown.href is None else subject.root + shown.picture
    aside = f"step {artifact.step}" if artifact.step not in (None, step) else ""
    alt = f"{key} of {run.record.name}" + (f", {aside}" if aside else "")
    link = Link(subject.href(run), run.record.name)
    return _Image(link, src, alt, aside, shown.width, shown.height)


def _lacking(names: Sequence[str]) -> str:
    more = [count_noun(len(names) - _NAMED, "more run")] if len(names) > _NAMED else []
    return f"Without one: {join_words([*names[:_NAMED], *more])}."
