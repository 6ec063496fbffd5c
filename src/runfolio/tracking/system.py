"""Measurements of the machine while a run goes on: CPU, memory, disk, network and GPUs."""

from __future__ import annotations

import math
import threading
from collections.abc import Callable
from typing import Any, Final

from runfolio.errors import InvalidValue, MissingDependency, RunfolioError

Reader = Callable[[], dict[str, float]]

_MB: Final = 1e6
_GB: Final = 1e9
# A share of CPU time is measured between two looks; the first must not follow at once.
_FIRST_LOOK: Final = 0.1


class SystemMonitor:
    """Hands a sample of the machine to `log` every `interval` seconds, from a thread of its own.

    The first comes at once, the last when it is stopped. Metric names start with ``system/``.
    Raises `MissingDependency` without psutil. Nothing that fails later reaches the caller.
    """

    def __init__(self, log: Callable[[dict[str, float]], None], interval: float) -> None:
        number = isinstance(interval, int | float) and not isinstance(interval, bool)
        if not number or not 0 < interval < math.inf:
            raise InvalidValue(
                f"The interval of system metrics is in seconds above 0, not {interval!r}."
            )
        self._psutil = _import_psutil()
        self._log = log
        self._interval = interval
        self._stopped = threading.Event()
        self._thread = threading.Thread(target=self._watch, name="runfolio-system", daemon=True)

    def start(self) -> None:
        """Start to sample."""
        self._thread.start()

    def stop(self) -> None:
        """Take a last sample and wait until it is logged; stopping twice does nothing."""
        self._stopped.set()
        if self._thread.is_alive() and self._thread is not threading.current_thread():
            self._thread.join()

    def _watch(self) -> None:
        readers = [*machine_readers(self._psutil), *gpu_readers()]
        wait = min(_FIRST_LOOK, self._interval)
        try:
            while not self._stopped.wait(wait):
                self._sample(readers)
                wait = self._interval
            self._sample(readers)
        except (RunfolioError, OSError):
            return  # the run has ended, or its disk is full: training goes on

    def _sample(self, readers: list[Reader]) -> None:
        sample = read_sample(readers)
        if sample:
            self._log(sample)


def _import_psutil() -> Any:
    try:
        import psutil
    except ImportError:
        raise MissingDependency(
            "System metrics need psutil, which is not installed. pip install runfolio[system]."
        ) from None
    return psutil


def read_sample(readers: list[Reader]) -> dict[str, float]:
    """One measurement of all `readers`; one that fails, or says what is no number, is dropped."""
    sample: dict[str, float] = {}
    for reader in list(readers):
        try:
            read = {f"system/{name}": float(value) for name, value in reader().items()}
        except Exception:  # noqa: BLE001 drivers and containers fail in ways of their own
            readers.remove(reader)
        else:
            sample |= read
    return sample


def machine_readers(psutil: Any) -> list[Reader]:
    """What psutil tells: shares in percent, amounts in GB or MB, and transfers since now in MB."""
    process = psutil.Process()
    readers: list[Reader] = [
        lambda: {"cpu_percent": psutil.cpu_percent()},
        lambda: {"process_cpu_percent": process.cpu_percent()},
        lambda: _read_memory(psutil.virtual_memory()),
        lambda: {"process_memory_mb": process.memory_info().rss / _MB},
        lambda: _read_disk(psutil.disk_usage(".")),
        _since_now(psutil.disk_io_counters, disk_read_mb="read_bytes", disk_write_mb="write_bytes"),
        _since_now(
            psutil.net_io_counters, network_sent_mb="bytes_sent", network_received_mb="bytes_recv"
        ),
    ]
    read_sample(readers)  # where counting starts
    return readers


def _read_memory(memory: Any) -> dict[str, float]:
    used = memory.total - memory.available
    return {"memory_percent": memory.percent, "memory_gb": used / _GB}


def _read_disk(disk: Any) -> dict[str, float]:
    return {"disk_percent": disk.percent, "disk_used_gb": disk.used / _GB}


def _since_now(read: Callable[[], Any], **names: str) -> Reader:
    """A reader of counters in bytes that tells by how many MB they rose since its first time."""
    start: dict[str, int] = {}

    def rise() -> dict[str, float]:
        counters = read()
        values = {name: getattr(counters, field) for name, field in names.items()}
        if not start:
            start.update(values)
        return {name: (value - start[name]) / _MB for name, value in values.items()}

    return rise


def gpu_readers() -> list[Reader]:
    """A reader for each NVIDIA GPU that pynvml finds; none without it or its driver."""
    try:
        import pynvml

        pynvml.nvmlInit()
        return [_gpu_reader(pynvml, number) for number in range(pynvml.nvmlDeviceGetCount())]
    except Exception:  # noqa: BLE001 a missing package, driver or GPU; each has its own error
        return []


def _gpu_reader(nvml: Any, number: int) -> Reader:
    gpu = nvml.nvmlDeviceGetHandleByIndex(number)
    parts: list[Reader] = [
        lambda: {"percent": nvml.nvmlDeviceGetUtilizationRates(gpu).gpu},
        lambda: _read_gpu_memory(nvml.nvmlDeviceGetMemoryInfo(gpu)),
        lambda: {"power_watts": nvml.nvmlDeviceGetPowerUsage(gpu) / 1000},
        lambda: {"celsius": nvml.nvmlDeviceGetTemperature(gpu, nvml.NVML_TEMPERATURE_GPU)},
    ]

    def read() -> dict[str, float]:
        # Cards differ in what they tell; read_sample drops what this one does not.
        sample = read_sample(parts)
        return {f"gpu{number}_{name.partition('/')[2]}": value for name, value in sample.items()}

    return read


def _read_gpu_memory(memory: Any) -> dict[str, float]:
    return {"memory_percent": 100 * memory.used / memory.total, "memory_gb": memory.used / _GB}
