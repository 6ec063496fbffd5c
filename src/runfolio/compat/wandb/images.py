"""W&B's pictures, with its rules of what is a picture."""

# W&B chose the names of arguments, and some of them mean nothing here.

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from runfolio.compat.wandb.places import PICTURES, At, is_of, read_file
from runfolio.compat.wandb.refusals import warn_unsupported
from runfolio.errors import InvalidValue
from runfolio.tracking.arrays import to_array

if TYPE_CHECKING:
    import numpy as np

_CHANNELS: Final = (1, 3, 4)
_GRID_COLUMNS: Final = 8
_GRID_LINE: Final = 2
"""Pixels between two pictures."""


class Image:
    """A picture: an array, a tensor, a PIL image, a matplotlib figure, or the path of a file.

    Numbers are read as W&B reads them: those in 0..1 or -1..1 are stretched to 0..255, others
    are cut to it. Tensors have their channels first. A batch becomes one picture, a grid.
    """

    def __init__(
        self,
        data_or_path: Any,
        mode: str | None = None,
        caption: str | None = None,
        grouping: int | None = None,
        classes: Any = None,
        boxes: Any = None,
        masks: Any = None,
        file_type: str | None = None,
        normalize: bool = True,
    ) -> None:
        self.caption = caption
        self.boxes = boxes
        self._normalise = normalize
        self._suffix, self._content = self._read(data_or_path)
        if masks is not None or classes is not None:
            warn_unsupported("Image", "masks and classes aren't kept. Log a mask as an Image.")

    def _read(self, data: Any) -> tuple[str, bytes]:
        if isinstance(data, Image):
            return data._suffix, data._content
        if isinstance(data, str | os.PathLike):
            suffix = Path(data).suffix.lower()
            if suffix not in PICTURES:
                raise InvalidValue(
                    f"A picture's file ends in {', '.join(PICTURES)}, not as {str(data)!r}."
                )
            return suffix, read_file(data)
        if is_of(data, "matplotlib"):
            from runfolio.tracking.figure import figure_to_bytes

            return ".png", figure_to_bytes(data, ".png")
        from runfolio.tracking.image import image_to_png

        picture = data if is_of(data, "PIL") else _as_pixels(data, normalise=self._normalise)
        content, suffix = image_to_png(picture)
        return suffix, content

    def keep(self, at: At) -> None:
        """Keep the picture in its series, and what was said of it beside."""
        at.keep(self._content, kind="image", suffix=self._suffix)
        said = {"caption": self.caption, "boxes": self.boxes}
        said = {key: value for key, value in said.items() if value}
        if said:
            at.run.log_dict({"key": at.key, "step": at.step, **said}, at.path("captions", ".json"))


def _as_pixels(data: Any, *, normalise: bool) -> np.ndarray[Any, Any]:
    array = _channels_last(to_array(data), tensor=hasattr(data, "detach"))
    pixels = _stretch(array, normalise=normalise)
    return _as_grid(pixels) if pixels.ndim == 4 and pixels.size else pixels


def _channels_last(array: np.ndarray[Any, Any], *, tensor: bool) -> np.ndarray[Any, Any]:
    """H×W×C or N×H×W×C; a batch that is no tensor may have its channels first or last."""
    import numpy as np

    if array.ndim not in (3, 4):
        return array
    first = array.shape[-3] in _CHANNELS
    only_first = array.ndim == 4 and array.shape[-1] not in _CHANNELS
    moved: np.ndarray[Any, Any] = np.moveaxis(array, -3, -1)
    return moved if first and (tensor or only_first) else array


def _as_grid(batch: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    """The pictures of a batch in rows of eight, with black lines around them; one stays alone."""
    import numpy as np

    count, height, width, channels = batch.shape
    if count == 1:
        return batch.reshape(batch.shape[1:])
    columns = min(count, _GRID_COLUMNS)
    rows = -(-count // columns)
    down, right = height + _GRID_LINE, width + _GRID_LINE
    shape = (rows * down + _GRID_LINE, columns * right + _GRID_LINE, channels)
    grid = np.zeros(shape, batch.dtype)
    for number, picture in enumerate(batch):
        row, column = divmod(number, columns)
        top, left = row * down + _GRID_LINE, column * right + _GRID_LINE
        grid[top : top + height, left : left + width] = picture
    return grid


def _stretch(array: np.ndarray[Any, Any], *, normalise: bool) -> np.ndarray[Any, Any]:
    """Numbers of 0..255, by W&B's rules."""
    import numpy as np

    if array.dtype.kind == "b" or array.dtype == np.uint8 or array.dtype.kind not in "iuf":
        return array
    if normalise and array.size and array.dtype.kind == "f":
        low, high = array.min(), array.max()
        if low >= 0 and high <= 1:
            array = array * 255
        elif low >= -1 and high <= 1:
            array = (array + 1) / 2 * 255
    pixels: np.ndarray[Any, Any] = np.nan_to_num(array).clip(0, 255).astype(np.uint8)
    return pixels
