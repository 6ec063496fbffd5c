"""Which page of a site is to stand alone, and what it needs of the site's data."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any, Final
from urllib.parse import urlencode

from runfolio.errors import PageNotFound
from runfolio.site.addresses import COMPARE, experiment_page, model_page, run_page
from runfolio.site.shards import read_shard

KINDS: Final = ("run", "experiment", "compare", "report", "model")
_SLUG: Final = re.compile(r"[\w-]+")
_NAMED: Final = re.compile(r'\sdata-(?:shard|late|packages|order)="([^"]+)"')
_LISTED: Final = 12


@dataclass(frozen=True, slots=True)
class SinglePage:
    """A page: its path in the site, the names of its data, and the fragment it opens with.

    `runs` are those that it compares.
    """

    path: str
    shards: tuple[str, ...]
    fragment: str = ""
    runs: tuple[str, ...] = field(default=())

    @property
    def is_report(self) -> bool:
        """Whether it is a narrative report."""
        return self.path.startswith("reports/")


def choose_page(site: Path, page: str | None) -> SinglePage:
    """The page that ``KIND:NAME`` says, of the site in a folder; without it the only experiment.

    Raises `PageNotFound` where there is no such page, and lists those that there are.
    """
    known = _Known(site)
    if page is None:
        if len(known.experiments) != 1:
            raise PageNotFound(f"Say with --page which page to keep: {known.list_choices()}.")
        return known.experiment(known.experiments[0][1])
    kind, _, name = page.partition(":")
    if kind not in KINDS or not name:
        raise PageNotFound(
            f"The page {page!r} can't be read. Write run:ID, experiment:NAME, compare:ID,ID, "
            "report:NAME or model:NAME."
        )
    choose: Any = getattr(known, kind)
    chosen: SinglePage = choose(name)
    return chosen


class _Known:
    """What a built site has."""

    def __init__(self, site: Path) -> None:
        self._site = site
        finder = self._document("finder")
        columns = finder["experiments"]
        self.experiments = list(zip(columns["id"], columns["name"], strict=True))
        self._runs: list[str] = finder["runs"]["id"]
        named = finder["models"]
        self._models: dict[str, str] = dict(zip(named["name"], named["id"], strict=True))
        self._reports = sorted(path.stem for path in (site / "reports").glob("*.html"))

    def _document(self, shard: str) -> dict[str, Any]:
        document: dict[str, Any] = read_shard((self._site / "data" / f"{shard}.js").read_text())
        return document

    def list_choices(self) -> str:
        """The pages one can choose, the first of them."""
        choices = [f"experiment:{name}" for _, name in self.experiments]
        choices = [*(f"report:{slug}" for slug in self._reports), *choices]
        choices += [f"model:{name}" for name in self._models]
        if self._runs:
            choices.append(f"run:{self._runs[0]}")
        if len(self._runs) > 1:
            choices.append(f"compare:{self._runs[0]},{self._runs[1]}")
        shown = ", ".join(map(repr, choices[:_LISTED]))
        return shown + (" …" if len(choices) > _LISTED else "") or "the site has no runs yet"

    def experiment(self, name: str) -> SinglePage:
        found = [one for one, called in self.experiments if called == name]
        if not found:
            raise PageNotFound(f"No experiment {name!r}. There are: {self.list_choices()}.")
        path = experiment_page(found[0])
        shard = f"experiments/{found[0]}"
        rows, more = self._rows_of(shard), self._rows_of(f"{shard}-more")
        runs = [one for name in rows for one in self._document(name)["runs"]["id"]]
        names = [*rows, *more, f"{shard}-importance", *self._of_runs(runs, "compare")]
        return SinglePage(path, self._there(names, path))

    def run(self, text: str) -> SinglePage:
        run_id = self._find_run(text)
        path = run_page(run_id)
        ranks = f"experiments/{self._document(f'runs/{run_id}')['experiment']['id']}-order"
        return SinglePage(path, self._there([*self._of_runs([run_id], "compare"), ranks], path))

    def compare(self, text: str) -> SinglePage:
        run_ids = [self._find_run(one.strip()) for one in text.split(",") if one.strip()]
        if len(set(run_ids)) < 2:
            raise PageNotFound(f"compare:{text} names fewer than two runs. Write compare:ID,ID.")
        names = list(self._of_runs(run_ids, "previews", "histograms"))
        for run_id in run_ids:
            kept = self._document(f"runs/{run_id}")
            names += self._packages(run_id)
            names += self._rows_of(f"experiments/{kept['experiment']['id']}")
        fragment = urlencode({"runs": ",".join(dict.fromkeys(run_ids))})
        shards = self._there(names, COMPARE)
        return SinglePage(COMPARE, shards, f"#{fragment}", tuple(dict.fromkeys(run_ids)))

    def report(self, slug: str) -> SinglePage:
        if not _SLUG.fullmatch(slug) or slug not in self._reports:
            raise PageNotFound(f"No report {slug!r}. There are: {self.list_choices()}.")
        path = f"reports/{slug}.html"
        return SinglePage(path, self._there([f"reports/{slug}"], path))

    def model(self, name: str) -> SinglePage:
        if name not in self._models:
            raise PageNotFound(f"No registered model {name!r}. There are: {self.list_choices()}.")
        path = model_page(self._models[name])
        return SinglePage(path, self._there([path.removesuffix(".html")], path))

    def _find_run(self, text: str) -> str:
        found = [run_id for run_id in self._runs if run_id.startswith(text.lower())] if text else []
        if len(found) != 1:
            number = "No run has" if not found else f"{len(found)} runs have"
            raise PageNotFound(
                f"{number} an id that begins with {text!r}. Give more of the id, as "
                "`runfolio ls` prints it."
            )
        return found[0]

    def _rows_of(self, shard: str) -> list[str]:
        """The names of a shard and of those with the other rows of a large experiment."""
        following = sorted((self._site / "data").glob(f"{shard}-rows-*.js"))
        return [shard, *(f"experiments/{path.stem}" for path in following)]

    def _packages(self, run_id: str) -> list[str]:
        path = self._site / "data" / "compare" / f"{run_id}.js"
        named = read_shard(path.read_text()).get("packages") if path.exists() else None
        return [named] if isinstance(named, str) else []

    def _of_runs(self, run_ids: Iterable[str], *without: str) -> Iterator[str]:
        """The names of all data of some runs, but for those kinds that the page never loads."""
        wanted = set(run_ids)
        data = self._site / "data"
        for path in sorted(data.rglob("*.js")):
            parts = path.relative_to(data).with_suffix("").parts
            if parts[0] not in without and len(parts) > 1 and parts[1][:16] in wanted:
                yield "/".join(parts)

    def _there(self, names: Iterable[str], path: str) -> tuple[str, ...]:
        """The names that the site has data for, with those that the page itself names."""
        page = (self._site / path).read_text(encoding="utf-8")
        asked = [*names, *_NAMED.findall(page)]
        data = self._site / "data"
        found = [one for one in dict.fromkeys(asked) if (data / f"{one}.js").is_file()]
        return tuple(found)


def gather_compared(site: Path, run_ids: Iterable[str]) -> Mapping[str, Any]:
    """The runs of a comparison as rows of a table, for readers without scripts."""
    runs = [read_shard((site / "data" / "runs" / f"{one}.js").read_text()) for one in run_ids]
    parts = [("Metrics, last values", "metrics"), ("Parameters", "params")]
    return {
        "names": [run["name"] for run in runs],
        "parts": [(title, _rows([run.get(part, {}) for run in runs])) for title, part in parts],
    }


def _rows(runs: Sequence[Mapping[str, Any]]) -> list[tuple[str, list[Any]]]:
    keys = sorted({key for run in runs for key in run})
    return [(key, [run.get(key) for run in runs]) for key in keys]
