"""What a model is asked, checked by its signature: all that doesn't fit is told at once."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final

from runfolio.errors import SignatureMismatch
from runfolio.models.checks.frames import fit_columns, is_value
from runfolio.models.checks.params import fit_params
from runfolio.models.checks.tensors import fit_tensors
from runfolio.models.signature import Column, Signature, Tensor

_MOST: Final = 20
"""Problems that a message tells; of many columns one reason is like the other."""


def check_call(
    signature: Signature | None, data: Any, params: Mapping[str, Any] | None = None
) -> tuple[Any, dict[str, Any]]:
    """Data and parameters as the signature has them; raises `SignatureMismatch`.

    A value is only converted where it stays what it is: integers become floats and floats without
    a fraction integers, as far as both can hold them. With columns the result is a DataFrame, with
    arrays an array or a dict of arrays, and without inputs in the signature the data itself.
    """
    fitted, problems = fit_data(signature, data)
    known = signature.params if signature is not None else None
    complete, wrong = fit_params(params, known)
    problems += wrong
    if problems:
        more = f" and {len(problems) - _MOST} more" if len(problems) > _MOST else ""
        raise SignatureMismatch(
            f"What the model was given doesn't fit its signature: {'; '.join(problems[:_MOST])}"
            f"{more}. The model's .signature tells all that it takes."
        )
    return fitted, complete


def fit_data(signature: Signature | None, data: Any) -> tuple[Any, list[str]]:
    """The data as the inputs of a signature have it, and all that is wrong with it."""
    inputs = signature.inputs if signature is not None else None
    if not inputs:
        return data, []
    tensors = [one for one in inputs if isinstance(one, Tensor)]
    if tensors:
        return fit_tensors(data, tensors)
    return fit_columns(data, [one for one in inputs if isinstance(one, Column)])


def shape_unsigned(data: Any) -> Any:
    """A dict for a model without a signature, as a table where it can be one.

    Plain values are one row, and what has more than one dimension stays a dict of arrays.
    """
    if not isinstance(data, Mapping):
        return data
    import numpy as np
    import pandas as pd

    if all(is_value(one, "any") for one in data.values()):
        return pd.DataFrame([dict(data)])
    if any(np.ndim(one) > 1 for one in data.values()):
        return {name: np.asarray(one) for name, one in data.items()}
    return pd.DataFrame(dict(data))
