"""What a build has done by others: blocks of runs made, here or away, and drivers ranked."""

from __future__ import annotations

from runfolio.site.away import AwayDone, AwayTask, write_away
from runfolio.site.blocks import Done, Task, write_task
from runfolio.site.known_drivers import Answers, Questions, answer_all

Work = Task | AwayTask | Questions
Outcome = Done | AwayDone | Answers


def do_work(work: Work) -> Outcome:
    """Do a piece of work, in any process that it can be done in."""
    if isinstance(work, Questions):
        return answer_all(work)
    return write_away(work) if isinstance(work, AwayTask) else write_task(work)
