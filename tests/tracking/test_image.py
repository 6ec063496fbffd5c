from __future__ import annotations

import io
import re
from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from PIL import Image

from runfolio.errors import InvalidValue
from runfolio.tracking.image import image_to_png


def decode(image: Any) -> np.ndarray[Any, Any]:
    content, suffix = image_to_png(image)
    assert suffix == ".png"
    with Image.open(io.BytesIO(content)) as opened:
        assert opened.format == "PNG"
        return np.asarray(opened)


@given(
    height=st.integers(1, 12),
    width=st.integers(1, 12),
    channels=st.sampled_from([1, 3, 4]),
    seed=st.integers(0, 2**32 - 1),
    spread=st.sampled_from([1, 16, 256]),
)
def test_every_pixel_is_kept(
    height: int, width: int, channels: int, seed: int, spread: int
) -> None:
    values = np.random.default_rng(seed).integers(0, spread, (height, width, channels), np.uint8)
    expected = values[:, :, 0] if channels == 1 else values
    np.testing.assert_array_equal(decode(values), expected)


def test_a_smooth_picture_is_small() -> None:
    ramp = np.add.outer(np.arange(256), np.arange(256)).astype(np.uint8)
    assert len(image_to_png(ramp)[0]) < 2000
    np.testing.assert_array_equal(decode(ramp), ramp)


def test_a_view_of_another_array() -> None:
    values = np.arange(24, dtype=np.uint8).reshape(4, 6)
    np.testing.assert_array_equal(decode(values[::-1, ::2].T), values[::-1, ::2].T)


def test_bools_are_black_and_white() -> None:
    np.testing.assert_array_equal(decode(np.array([[True, False]])), [[255, 0]])


def test_floats_from_0_to_1() -> None:
    values = np.array([[0.0, 0.5, 1.0]], np.float32)
    np.testing.assert_array_equal(decode(values), [[0, 128, 255]])


def test_integers_up_to_255() -> None:
    np.testing.assert_array_equal(decode([[0, 7, 255]]), [[0, 7, 255]])


def test_a_tensor_is_taken_off_its_device() -> None:
    class Tensor:
        """Like torch's: an array only once it is off its graph and on the CPU."""

        moves = 0
        shape = (1, 2)

        def detach(self) -> Tensor:
            self.moves += 1
            return self

        def cpu(self) -> Tensor:
            self.moves += 1
            return self

        def __array__(self, dtype: Any = None, copy: Any = None) -> np.ndarray[Any, Any]:
            if self.moves < 2:
                raise TypeError("can't convert device tensor to numpy")
            return np.array([[0.0, 1.0]])

    np.testing.assert_array_equal(decode(Tensor()), [[0, 255]])


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGB", "RGBA", "CMYK", "HSV", "I;16", "F"])
def test_pil_images_of_every_mode(mode: str) -> None:
    content, _ = image_to_png(Image.new(mode, (3, 2)))
    with Image.open(io.BytesIO(content)) as opened:
        assert (opened.format, opened.size) == ("PNG", (3, 2))
        if mode in ("L", "RGBA", "I;16"):
            assert opened.mode == mode


@pytest.mark.parametrize(
    ("image", "message"),
    [
        (np.array([[0.0, 1.5]]), "lie in 0..1, these in 0..1.5. Divide by 255"),
        (np.array([[-0.1, 1.0]]), "these in -0.1..1"),
        (np.array([[np.nan, 1.0]]), "these in nan..nan"),
        (np.array([[0, 256]]), "int64 lie in 0..255, these in 0..256"),
        (np.array([[-1, 5]]), "these in -1..5"),
        (np.array([[1j]]), "type complex128"),
        (np.array([["a"]]), "type <U1"),
        (np.zeros((3, 8, 8)), r"np.moveaxis(image, 0, -1)"),
        (np.zeros((8, 8, 2)), "shape (8, 8, 2) of a numpy.ndarray. Give H×W"),
        (np.zeros(8), "shape (8,)"),
        (np.zeros((0, 8)), "at least one pixel"),
        ([[1, 2], [3]], "can't be made of a builtins.list"),
        ("cat.png", "shape () of a builtins.str"),
        (None, "shape () of a builtins.NoneType"),
    ],
)
def test_what_is_no_image(image: Any, message: str) -> None:
    with pytest.raises(InvalidValue, match=re.escape(message)):
        image_to_png(image)
