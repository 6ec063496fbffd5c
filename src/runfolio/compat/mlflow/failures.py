"""Errors of Runfolio as MLflow's own, which its client and its callers know how to handle."""
# mypy: allow-untyped-calls

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from mlflow.exceptions import MlflowException
from mlflow.protos import databricks_pb2 as codes

from runfolio.errors import (
    ExperimentNotFound,
    InvalidName,
    InvalidPath,
    InvalidValue,
    ParameterConflict,
    RunfolioError,
    RunNotFound,
    UnsupportedCall,
)

_CODES: tuple[tuple[type[RunfolioError], Any], ...] = (
    (RunNotFound, codes.RESOURCE_DOES_NOT_EXIST),
    (ExperimentNotFound, codes.RESOURCE_DOES_NOT_EXIST),
    (InvalidName, codes.INVALID_PARAMETER_VALUE),
    (InvalidPath, codes.INVALID_PARAMETER_VALUE),
    (InvalidValue, codes.INVALID_PARAMETER_VALUE),
    (ParameterConflict, codes.INVALID_PARAMETER_VALUE),
    (UnsupportedCall, codes.NOT_IMPLEMENTED),
)


@contextmanager
def as_mlflow_says() -> Iterator[None]:
    """Raise an error of Runfolio as an `MlflowException` with a fitting code."""
    try:
        yield
    except RunfolioError as error:
        code = next((code for kind, code in _CODES if isinstance(error, kind)), None)
        raise MlflowException(str(error), codes.INTERNAL_ERROR if code is None else code) from error


def missing(message: str) -> MlflowException:
    """The error that says that something isn't there."""
    return MlflowException(message, codes.RESOURCE_DOES_NOT_EXIST)


def refused(message: str) -> MlflowException:
    """The error that says that a value or a state doesn't allow what was asked."""
    return MlflowException(message, codes.INVALID_PARAMETER_VALUE)
