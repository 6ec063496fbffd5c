"""Parts of a text that should not be published, and the text with them masked."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

Severity = Literal["secret", "personal"]


@dataclass(frozen=True, slots=True)
class Span:
    """A part of a text, why it should not be published, and what to show instead."""

    start: int
    end: int
    severity: Severity
    rule: str
    mask: str


def join_spans(spans: Iterable[Span]) -> list[Span]:
    """The spans in order, without overlaps: of two that do, secrets and longer ones win."""
    kept: list[Span] = []
    for span in sorted(spans, key=lambda one: (one.start, -one.end)):
        if not kept or span.start >= kept[-1].end:
            kept.append(span)
            continue
        last = kept[-1]
        first = min(last, span, key=lambda one: (one.severity != "secret", one.start - one.end))
        end = max(last.end, span.end)
        kept[-1] = Span(last.start, end, first.severity, first.rule, first.mask)
    return kept


def mask_spans(text: str, spans: Iterable[Span]) -> str:
    """The text with each span replaced by its mask; they are in order and don't overlap."""
    parts, place = [], 0
    for span in spans:
        parts += [text[place : span.start], span.mask]
        place = span.end
    return "".join([*parts, text[place:]])
