"""Work that is handed on while a build goes on is done once, or dropped with the build."""

from __future__ import annotations

import threading
from collections.abc import Iterator

import pytest

from runfolio.site import works
from runfolio.site.pictures import Drawings, Drawn
from runfolio.site.works import Works
from runfolio.spreading import Engine


def make_drawings(number: int) -> Drawings:
    return Drawings(f"part {number}", (), ())


@pytest.mark.parametrize("jobs", [1, 2])
def test_each_is_drawn_once(jobs: int) -> None:
    with Works(Engine(jobs=jobs), asked=False).begun(iter([make_drawings(0)])) as going:
        for number in range(1, 4):
            going.hand_on(make_drawings(number))
        early = parts(going.finished())
        found = early + parts(going.outcomes)
    assert sorted(found) == [f"part {number}" for number in range(4)]


def parts(outcomes: Iterator[object]) -> list[str]:
    return [one.part for one in outcomes if isinstance(one, Drawn)]


def test_what_waits_is_dropped_with_the_build(monkeypatch: pytest.MonkeyPatch) -> None:
    begun: list[str] = []
    started, ended = threading.Event(), threading.Event()

    def draw(drawings: Drawings) -> Drawn:
        begun.append(drawings.part)
        started.set()
        ended.wait()
        return Drawn(drawings.part, {}, 0.0)

    def stop(going: Works) -> None:
        for number in range(4):
            going.hand_on(make_drawings(number))
        started.wait()
        threading.Timer(0.2, ended.set).start()
        raise RuntimeError("stop")

    monkeypatch.setattr(works, "draw_all", draw)
    going = Works(Engine(jobs=1), asked=False)
    with pytest.raises(RuntimeError, match="stop"), going.begun(()):
        stop(going)
    assert begun == ["part 0"]


def test_an_only_task_goes_on_beside_the_rest(monkeypatch: pytest.MonkeyPatch) -> None:
    threads: list[threading.Thread] = []

    def draw(drawings: Drawings) -> Drawn:
        threads.append(threading.current_thread())
        return Drawn(drawings.part, {}, 0.0)

    monkeypatch.setattr(works, "draw_all", draw)
    for count, is_beside in ((1, True), (2, False)):
        threads.clear()
        begun = iter([make_drawings(number) for number in range(count)])
        with Works(Engine(jobs=1), asked=False).begun(begun) as going:
            assert len(parts(going.outcomes)) == count
        assert all((one is not threading.main_thread()) is is_beside for one in threads)


def test_what_a_task_beside_raises_is_raised(monkeypatch: pytest.MonkeyPatch) -> None:
    def draw(drawings: Drawings) -> Drawn:
        raise RuntimeError(drawings.part)

    monkeypatch.setattr(works, "draw_all", draw)
    going = Works(Engine(jobs=1), asked=False)
    with pytest.raises(RuntimeError, match="part 0"), going.begun(iter([make_drawings(0)])):
        parts(going.outcomes)
