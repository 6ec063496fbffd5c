"""Every reader is given inputs with something wrong: a fixed number, the same ones in CI."""

from __future__ import annotations

import pytest
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from tests.fuzz.mutations import inputs
from tests.fuzz.target import Target, seeds_of
from tests.fuzz.targets import TARGETS

QUIET = [HealthCheck.too_slow, HealthCheck.data_too_large, HealthCheck.large_base_example]


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
def test_nothing_that_is_read_breaks_its_reader(target: Target) -> None:
    for seed in seeds_of(target):
        target.check(seed)

    @settings(
        max_examples=target.examples,
        database=None,
        suppress_health_check=QUIET,
        phases=[Phase.generate, Phase.shrink],
    )
    @given(inputs(target))
    def check(data: bytes) -> None:
        target.check(data)

    check()


@pytest.mark.parametrize("target", TARGETS.values(), ids=TARGETS)
@settings(max_examples=20, database=None)
@given(data=st.binary(max_size=200))
def test_bytes_that_are_nothing_break_no_reader(target: Target, data: bytes) -> None:
    target.check(data)
