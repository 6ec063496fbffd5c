"""Heavy work spread over processes, threads or a cluster: pure functions mapped by joblib."""

from runfolio.spreading.cutting import cut
from runfolio.spreading.engine import BACKENDS, Backend, Engine

__all__ = ["BACKENDS", "Backend", "Engine", "cut"]
