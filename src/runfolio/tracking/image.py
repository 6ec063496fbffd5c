"""Pictures as PNG files, written without an imaging library."""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING, Any, Final

from runfolio.errors import InvalidValue
from runfolio.tracking.arrays import to_array

if TYPE_CHECKING:
    import numpy as np

_SIGNATURE: Final = b"\x89PNG\r\n\x1a\n"
_COLOUR_TYPES: Final = {1: 0, 3: 2, 4: 6}  # channels to grey, RGB, RGBA
_PIL_MODES: Final = ("1", "L", "LA", "P", "RGB", "RGBA", "I;16")
_ACCEPTED: Final = "Give H×W, H×W×1, H×W×3 or H×W×4 of uint8, bool or float in 0..1."


def image_to_png(image: Any) -> tuple[bytes, str]:
    """A picture as the content of a PNG file, and the file's suffix ``.png``.

    `image` is a PIL image, or an array or tensor of shape H×W, H×W×1, H×W×3 or H×W×4 with bool,
    integers in 0..255 or floats in 0..1. Raises `InvalidValue` for anything else.
    """
    if any(base.__module__.startswith("PIL.") for base in type(image).__mro__):
        return _save_pil(image), ".png"
    try:
        array = to_array(image)
    except (TypeError, ValueError) as error:
        raise InvalidValue(f"An image can't be made of {_kind(image)}: {error}.") from None
    return encode_png(_to_bytes(_check_shape(array, image))), ".png"


def _save_pil(image: Any) -> bytes:
    import io

    if image.mode not in _PIL_MODES:
        image = image.convert("RGBA" if image.mode in ("PA", "La", "RGBa") else "RGB")
    buffer = io.BytesIO()
    image.save(buffer, format="PNG")
    return buffer.getvalue()


def _check_shape(array: np.ndarray[Any, Any], image: Any) -> np.ndarray[Any, Any]:
    """The array as H×W×channels."""
    if array.ndim == 2:
        array = array[:, :, None]
    if array.ndim != 3 or array.shape[2] not in _COLOUR_TYPES:
        first = array.ndim == 3 and array.shape[0] in _COLOUR_TYPES
        advice = "Move the channels last with np.moveaxis(image, 0, -1)." if first else _ACCEPTED
        shape = getattr(image, "shape", array.shape)
        raise InvalidValue(
            f"An image can't have the shape {tuple(shape)} of {_kind(image)}. {advice}"
        )
    if 0 in array.shape:
        raise InvalidValue(f"An image needs at least one pixel, not the shape {array.shape}.")
    return array


def _to_bytes(array: np.ndarray[Any, Any]) -> np.ndarray[Any, Any]:
    import numpy as np

    if array.dtype == np.uint8:
        return array
    if array.dtype.kind == "b":
        return array.astype(np.uint8) * np.uint8(255)
    if array.dtype.kind not in "iuf":
        raise InvalidValue(f"An image can't hold values of type {array.dtype}. {_ACCEPTED}")
    low, high = array.min(), array.max()
    limit = 1 if array.dtype.kind == "f" else 255
    if not (low >= 0 and high <= limit):  # NaN fails both
        advice = "Divide by 255, or clip." if limit == 1 else "Scale or clip them."
        raise InvalidValue(
            f"Values of an image of type {array.dtype} lie in 0..{limit}, "
            f"these in {low:g}..{high:g}. {advice}"
        )
    if limit == 1:
        array = np.rint(array.astype(np.float64) * 255)
    return array.astype(np.uint8)


def encode_png(pixels: np.ndarray[Any, Any]) -> bytes:
    """A PNG file of 8-bit `pixels`, H×W×1 (grey), H×W×3 (RGB) or H×W×4 (RGBA).

    Format: https://www.w3.org/TR/png-3/.
    """
    height, width, channels = pixels.shape
    header = struct.pack(">IIBBBBB", width, height, 8, _COLOUR_TYPES[channels], 0, 0, 0)
    content = zlib.compress(_filter(pixels), 6)
    parts = ((b"IHDR", header), (b"IDAT", content), (b"IEND", b""))
    return _SIGNATURE + b"".join(_chunk(name, data) for name, data in parts)


def _chunk(name: bytes, data: bytes) -> bytes:
    checksum = zlib.crc32(data, zlib.crc32(name))
    return struct.pack(">I", len(data)) + name + data + struct.pack(">I", checksum)


def _filter(pixels: np.ndarray[Any, Any]) -> bytes:
    """Each row as it is, or less the pixels to the left or above: whichever is smallest.

    The standard's rule of thumb, the smallest sum of absolute differences.
    """
    import numpy as np

    height, width, channels = pixels.shape
    rows = np.zeros((3, height, 1 + width * channels), np.uint8)
    plain, left, above = rows[:, :, 1:]
    plain[:] = left[:] = above[:] = pixels.reshape(height, -1)
    left[:, channels:] -= plain[:, :-channels]
    above[1:] -= plain[:-1]
    rows[:, :, 0] = np.arange(3)[:, None]
    sizes = np.abs(rows[:, :, 1:].view(np.int8).astype(np.int16)).sum(axis=2, dtype=np.int64)
    chosen: bytes = rows[sizes.argmin(axis=0), np.arange(height)].tobytes()
    return chosen


def _kind(image: Any) -> str:
    return f"a {type(image).__module__}.{type(image).__qualname__}"
