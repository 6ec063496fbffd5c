"""The pages of one build: what all of them share around their content."""

from __future__ import annotations

import os
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from runfolio.analysis.numbers import count_noun
from runfolio.site.assets import Assets
from runfolio.site.library import ExperimentEntry, Library
from runfolio.site.machines.linked_data import render_linked_data
from runfolio.site.pages import Frame, Link
from runfolio.site.render import Renderer
from runfolio.site.times import format_date
from runfolio.version import __version__

Progress = Callable[[int, int], None]


def source_date() -> int | None:
    """The time that ``SOURCE_DATE_EPOCH`` tells, in microseconds since 1970, where it tells one."""
    epoch = os.environ.get("SOURCE_DATE_EPOCH", "")
    return int(epoch) * 1_000_000 if epoch.isdigit() else None


def shown_date() -> str | None:
    """The build date to show, from ``SOURCE_DATE_EPOCH``; without it pages show none."""
    date = source_date()
    return None if date is None else format_date(date)


@dataclass(slots=True)
class Pages:
    """Renders the pages of a build and counts them; `built` is how their footer begins."""

    title: str
    assets: Assets
    renderer: Renderer
    built: str
    total: int
    progress: Progress | None
    done: int = 0

    def render(
        self,
        template: str,
        path: str,
        title: str,
        view: object,
        *,
        crumbs: tuple[Link, ...] = (),
        linked: dict[str, Any] | None = None,
        shard: str | None = None,
        built: str | None = None,
        alike: bool = False,
    ) -> str:
        """The HTML of the page at `path`; `linked` describes it to search engines.

        `shard` is the data that its scripts load, and `built` another beginning of its footer.
        Pages are `alike` where there are many from one template.
        """
        root = "../" * path.count("/")
        name = template.removesuffix(".html")
        frame = Frame(
            page=name,
            title=title,
            window=title if title == self.title else f"{title} · {self.title}",
            project=self.title,
            root=root,
            crumbs=crumbs,
            style=root + self.assets.style,
            scripts=tuple(root + script for script in self.assets.page_scripts(name)),
            data={"root": root, **({"shard": shard} if shard else {})},
            built=built or self.built,
            version=__version__,
            linked_data=render_linked_data(linked) if linked else None,
        )
        render = self.renderer.alike if alike else self.renderer.page
        text = render(template, frame, view)
        self.count()
        return text

    def count(self, pages: int = 1) -> None:
        """Tell that one more page is there, or so many."""
        self.done += pages
        if self.progress is not None:
            self.progress(self.done, self.total)


def built_line(shown: Library | ExperimentEntry, *, tool: str | None) -> str:
    """How the footer of a page begins that shows all runs of a report or an experiment."""
    runs = count_noun(len(shown.runs), "run")
    runs += f" of {tool}" if tool else ""
    last = shown.last_activity
    parts = [f"{built_short()} from {runs}"]
    if last is not None:
        parts.append(f"the last of {format_date(last)}")
    return ", ".join(parts) + ","


def built_short() -> str:
    """How the footer of a page begins that stays as it is while other runs come."""
    date = shown_date()
    return f"Built {date}" if date else "Built"
