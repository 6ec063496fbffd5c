"""What a build has done by others: blocks of runs, here or away, rankings, and pictures."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from concurrent.futures import Executor, Future, ThreadPoolExecutor, wait
from contextlib import ExitStack, contextmanager
from dataclasses import replace
from itertools import chain, islice

from runfolio.site.away import AwayDone, AwayTask, write_away
from runfolio.site.blocks import Done, Task, write_task
from runfolio.site.known_drivers import Answers, Questions, answer_all
from runfolio.site.pictures import Drawings, Drawn, draw_all
from runfolio.spreading import Engine

Work = Task | AwayTask | Questions | Drawings
Outcome = Done | AwayDone | Answers | Drawn


class Works:
    """Work that an engine does; `asked` says whether there are questions among it.

    Pictures may be handed on while it goes on. Where all is done by this process, one thread draws
    them and one does a task that is the only one: both leave Python to others for the most part.
    """

    def __init__(self, engine: Engine, *, asked: bool) -> None:
        self._engine = engine
        self._late: deque[Drawings] = deque()
        self._thread: Executor | None = None
        self._threaded: deque[Future[Outcome]] = deque()
        self.asked = asked
        self.outcomes: Iterator[Outcome] = iter(())

    @contextmanager
    def begun(self, works: Iterable[Work]) -> Iterator[Works]:
        """Begin with some work; what is not done by the end of the block is dropped."""
        with ExitStack() as stack:
            if self._engine.is_here:
                self._thread, beside = (ThreadPoolExecutor(max_workers=1) for _ in range(2))
                for one in (self._thread, beside):
                    stack.callback(one.shutdown, cancel_futures=True)
                works = self._begin_only(beside, iter(works))
            first = chain(works, self._take_late())
            outcomes = stack.enter_context(self._engine.map(do_work, first))
            self.outcomes = chain(outcomes, self._end())
            yield self

    def _begin_only(self, thread: Executor, works: Iterator[Work]) -> Iterable[Work]:
        """Have a thread do the first work if there is no other; what is left then."""
        some = list(islice(works, 2))
        if len(some) != 1:
            return chain(some, works)
        self._threaded.append(thread.submit(do_work, some[0]))
        return ()

    def hand_on(self, drawings: Drawings) -> None:
        """Have pictures drawn, after the rest."""
        if self._thread is None:
            self._late.append(drawings)
        else:
            self._threaded.append(self._thread.submit(draw_all, drawings))

    def finished(self) -> Iterator[Outcome]:
        """What threads have done by now; drawing was counted as time of this process."""
        while self._threaded and self._threaded[0].done():
            outcome = self._threaded.popleft().result()
            yield replace(outcome, processor=0.0) if isinstance(outcome, Drawn) else outcome

    def _take_late(self) -> Iterator[Work]:
        while self._late:
            yield self._late.popleft()

    def _end(self) -> Iterator[Outcome]:
        """What threads do, or what was handed on too late to go with the rest."""
        while self._threaded:
            wait([self._threaded[0]])
            yield from self.finished()
        if self._late:
            with self._engine.map(do_work, self._take_late()) as outcomes:
                yield from outcomes


def do_work(work: Work) -> Outcome:
    """Do a piece of work, in any process that it can be done in."""
    if isinstance(work, Questions):
        return answer_all(work)
    if isinstance(work, Drawings):
        return draw_all(work)
    return write_away(work) if isinstance(work, AwayTask) else write_task(work)
