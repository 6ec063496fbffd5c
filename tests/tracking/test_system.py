from __future__ import annotations

import math
import sys
import threading
from types import SimpleNamespace
from typing import Any

import psutil
import pytest

from runfolio.errors import InvalidValue, MissingDependency, RunFinished
from runfolio.tracking.system import SystemMonitor, gpu_readers, machine_readers, read_sample

ALWAYS = {"cpu_percent", "process_cpu_percent", "memory_percent", "memory_gb", "process_memory_mb"}


def test_a_sample_of_this_machine() -> None:
    sample = read_sample(machine_readers(psutil))
    assert {f"system/{name}" for name in ALWAYS} <= set(sample)
    assert all(math.isfinite(value) and value >= 0 for value in sample.values())
    assert 0 < sample["system/memory_percent"] <= 100
    assert sample["system/process_memory_mb"] > 1
    assert sample["system/disk_used_gb"] > 0


def test_a_reader_that_fails_is_dropped_and_the_others_go_on() -> None:
    def broken() -> dict[str, float]:
        raise RuntimeError("no disk")

    readers: list[Any] = [broken, lambda: {"a": 1}, lambda: {"b": None}]
    assert read_sample(readers) == {"system/a": 1.0}
    assert len(readers) == 1


def test_transfers_count_from_the_start() -> None:
    counters = SimpleNamespace(bytes_sent=5_000_000, bytes_recv=7_000_000)
    fake = SimpleNamespace(
        Process=psutil.Process, net_io_counters=lambda: counters, disk_io_counters=lambda: None
    )
    for name in ("cpu_percent", "virtual_memory", "disk_usage"):
        setattr(fake, name, getattr(psutil, name))
    readers = machine_readers(fake)
    counters.bytes_sent += 2_000_000
    sample = read_sample(readers)
    assert sample["system/network_sent_mb"] == 2.0
    assert sample["system/network_received_mb"] == 0.0
    assert "system/disk_read_mb" not in sample


def test_a_first_and_a_last_sample() -> None:
    samples: list[dict[str, float]] = []
    first = threading.Event()

    def log(sample: dict[str, float]) -> None:
        samples.append(sample)
        first.set()

    monitor = SystemMonitor(log, 3600)
    monitor.start()
    assert first.wait(20)
    monitor.stop()
    assert len(samples) == 2
    monitor.stop()
    assert len(samples) == 2


def test_a_run_shorter_than_a_look_has_one_sample() -> None:
    samples: list[dict[str, float]] = []
    monitor = SystemMonitor(samples.append, 3600)
    monitor.start()
    monitor.stop()
    assert 1 <= len(samples) <= 2
    assert "system/cpu_percent" in samples[0]


def test_samples_follow_each_other() -> None:
    enough = threading.Semaphore(0)
    monitor = SystemMonitor(lambda sample: enough.release(), 0.01)
    monitor.start()
    assert all(enough.acquire(timeout=20) for _ in range(4))
    monitor.stop()


def test_stopping_what_was_not_started() -> None:
    samples: list[dict[str, float]] = []
    SystemMonitor(samples.append, 1).stop()
    assert samples == []


def test_a_failing_log_ends_the_sampling_quietly() -> None:
    calls: list[int] = []

    def log(sample: dict[str, float]) -> None:
        calls.append(1)
        raise RunFinished("The run has ended.")

    monitor = SystemMonitor(log, 0.01)
    monitor.start()
    monitor._thread.join(20)
    assert not monitor._thread.is_alive()
    monitor.stop()
    assert calls == [1]


@pytest.mark.parametrize("interval", [0, -1, math.nan, math.inf, True, "10", None])
def test_an_interval_that_can_not_be_used(interval: Any) -> None:
    with pytest.raises(InvalidValue, match="in seconds above 0"):
        SystemMonitor(lambda sample: None, interval)


def test_without_psutil(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "psutil", None)
    with pytest.raises(MissingDependency, match=r"pip install runfolio\[system\]"):
        SystemMonitor(lambda sample: None, 1)


def test_without_a_gpu_there_is_nothing_to_read(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "pynvml", None)
    assert gpu_readers() == []


def test_gpus_tell_what_they_can(monkeypatch: pytest.MonkeyPatch) -> None:
    def no_power(gpu: int) -> float:
        raise RuntimeError("Not Supported")

    nvml = SimpleNamespace(
        NVML_TEMPERATURE_GPU=0,
        nvmlInit=lambda: None,
        nvmlDeviceGetCount=lambda: 2,
        nvmlDeviceGetHandleByIndex=lambda number: number,
        nvmlDeviceGetUtilizationRates=lambda gpu: SimpleNamespace(gpu=50 + gpu),
        nvmlDeviceGetMemoryInfo=lambda gpu: SimpleNamespace(used=4e9, total=16e9),
        nvmlDeviceGetPowerUsage=no_power,
        nvmlDeviceGetTemperature=lambda gpu, kind: 60,
    )
    monkeypatch.setitem(sys.modules, "pynvml", nvml)
    readers = gpu_readers()
    one = {"percent": 50.0, "memory_percent": 25.0, "memory_gb": 4.0, "celsius": 60.0}
    expected = {f"system/gpu0_{name}": value for name, value in one.items()}
    expected |= {f"system/gpu1_{name}": value for name, value in (one | {"percent": 51.0}).items()}
    assert read_sample(readers) == expected
    assert read_sample(readers) == expected
