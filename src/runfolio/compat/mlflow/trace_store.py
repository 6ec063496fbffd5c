"""MLflow's calls about traces, which a Runfolio store doesn't keep: each says so.

`log_spans` is not here: MLflow leaves it alone in stores that don't have it, and logs whole traces.
"""
# mypy: allow-untyped-calls

from __future__ import annotations

from typing import Any, NoReturn

from mlflow.exceptions import MlflowException
from mlflow.protos.databricks_pb2 import NOT_IMPLEMENTED

from runfolio.compat.mlflow.base import StoreBase


def _refuse(*_: object, **__: object) -> NoReturn:
    raise MlflowException(
        "A Runfolio store keeps no traces. Turn them off with mlflow.tracing.disable(), or log "
        "them with another tracking URI.",
        NOT_IMPLEMENTED,
    )


class TraceStore(StoreBase):
    """Refuses traces, in whatever way MLflow asks for them."""

    start_trace: Any = _refuse
    get_trace: Any = _refuse
    get_trace_info: Any = _refuse
    batch_get_traces: Any = _refuse
    batch_get_trace_infos: Any = _refuse
    search_traces: Any = _refuse
    set_trace_tag: Any = _refuse
    delete_trace_tag: Any = _refuse
    link_traces_to_run: Any = _refuse
    unlink_traces_from_run: Any = _refuse
    _delete_traces: Any = _refuse
