"""Whether UBJSON files are whole."""

from __future__ import annotations

import pytest

from runfolio.models.flavors.ubjson import check_ubjson

WHOLE = [
    b"Z",
    b"T",
    b"i\xff",
    b"D" + bytes(8),
    b"SU\x03abc",
    b"Si\x00",
    b"[]",
    b"[TFZ]",
    b"[#i\x02TF",
    b"[$d#i\x03" + bytes(12),
    b"[$S#i\x01i\x02ab",
    b"{}",
    b"{L" + (3).to_bytes(8, "big") + b"keySi\x01x}",
    b"{i\x01a[$L#L" + (2).to_bytes(8, "big") + bytes(16) + b"i\x01b{i\x01c[[]{}]}}",
]


@pytest.mark.parametrize("content", WHOLE)
def test_what_is_whole_passes_and_each_cut_is_found(content: bytes) -> None:
    check_ubjson(content)
    for end in range(len(content)):
        with pytest.raises(ValueError, match="it is cut"):
            check_ubjson(content[:end])


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"ZZ", "goes on after its end"),
        (b"something else", "unknown type 's' at byte 0"),
        (b"Si\xff", "negative length at byte 1"),
        (b"SZ", "a length of the type 'Z' at byte 1"),
        (b"[$d#L\x7f" + bytes(7), "it is cut"),
    ],
)
def test_what_is_none_is_refused(content: bytes, reason: str) -> None:
    with pytest.raises(ValueError, match=reason):
        check_ubjson(content)
