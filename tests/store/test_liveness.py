from __future__ import annotations

import os
import subprocess
import sys

import pytest

from runfolio.store.liveness import describe_writer, is_gone, read_start_mark


def test_this_process_is_there() -> None:
    assert not is_gone(describe_writer())


@pytest.mark.parametrize(
    ("change", "gone"),
    [
        ({"host": "another"}, False),
        ({"host": None}, False),
        ({"pid": None}, False),
        ({"pid": -1}, False),
        ({"pid": "1"}, False),
        ({"boot": "an earlier one"}, True),
        ({"space": "pid:[1]"}, False),
        ({"started": "0"}, True),
        ({"pid": 2**22 + 1}, True),
        ({"pid": 2**22 + 1, "started": None}, True),
        ({"started": None}, False),
    ],
)
def test_a_process_is_gone_only_when_that_is_sure(change: dict[str, object], gone: bool) -> None:
    assert is_gone(describe_writer() | change) is gone


def test_a_writer_of_whom_nothing_is_known_is_not_gone() -> None:
    assert not is_gone({})


@pytest.mark.skipif(not os.path.exists("/proc/self/stat"), reason="needs /proc")  # noqa: PTH110
def test_an_ended_process_that_nobody_has_waited_for_is_gone() -> None:
    child = subprocess.Popen([sys.executable, "-c", "input()"], stdin=subprocess.PIPE)
    writer = describe_writer() | {"pid": child.pid, "started": read_start_mark(child.pid)}
    assert not is_gone(writer)
    child.kill()
    os.waitid(os.P_PID, child.pid, os.WEXITED | os.WNOWAIT)
    assert is_gone(writer)
    child.communicate()
    assert is_gone(writer)
