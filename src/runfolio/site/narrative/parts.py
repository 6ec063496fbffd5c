"""The small pieces of HTML that a report's text is filled with."""

from __future__ import annotations

from typing import Final

from markupsafe import Markup

from runfolio.site.controls import show_controls
from runfolio.site.narrative.images import Image
from runfolio.site.narrative.inline_values import Shown

TASKS: Final = {
    True: Markup('<span class="task" role="img" aria-label="done">☑</span>'),
    False: Markup('<span class="task" role="img" aria-label="to do">☐</span>'),
}
"""The boxes of a task list, by whether the task is done."""


def write_value(shown: Shown, root: str) -> Markup:
    """An inline value: text in any case, with a link or its full number where it has one."""
    text = show_controls(shown.text)
    if shown.href is not None:
        return Markup('<a href="{}">{}</a>').format(root + shown.href, text)
    if shown.iso is not None:
        return Markup('<time datetime="{}">{}</time>').format(shown.iso, text)
    if shown.full is not None:
        full = show_controls(shown.full)
        return Markup('<span class="number" title="{}">{}</span>').format(full, text)
    return Markup('<span class="number">{}</span>').format(text)


def write_image(image: Image, text: str, root: str, *, title: str = "") -> Markup:
    """A picture with its alternative text, and its size so that nothing moves when it loads."""
    address = image.address if image.copy is None else root + image.address
    size = Markup(' width="{}" height="{}"').format(*image.size) if image.size else Markup("")
    told = Markup(' title="{}"').format(title) if title else Markup("")
    return Markup('<img src="{}" alt="{}"{}{} loading="lazy">').format(address, text, size, told)


def write_figure(image: Markup, caption: str) -> Markup:
    """A picture that stands alone, above its caption."""
    said = Markup("<figcaption>{}</figcaption>").format(caption) if caption else Markup("")
    return Markup('<figure class="report-image">{}{}</figure>').format(image, said)


def write_unbroken(formula: Markup, after: str) -> Markup:
    """A formula on one line with the punctuation after it."""
    return Markup('<span class="unbroken">{}{}</span>').format(formula, after)


def write_block_mistake(message: str, line: int, source: str) -> Markup:
    """What is wrong with a block, in its place, and the block as it was written."""
    said = Markup("<p><strong>Line {}:</strong> {}</p>").format(line, _show(message))
    if source.strip():
        block = Markup('<pre class="code" tabindex="0"><code>{}</code></pre>')
        said += block.format(_show(source.strip("\n")))
    return Markup('<div class="mistake" role="note">{}</div>').format(said)


def write_inline_mistake(message: str, line: int, source: str) -> Markup:
    """What is wrong with a part of a sentence, in its place."""
    template = (
        '<span class="mistake" role="note"><code>{}</code> <strong>Line {}:</strong> {}</span> '
    )
    return Markup(template).format(_show(source), line, _show(message))


def _show(text: str) -> str:
    return show_controls(text)
