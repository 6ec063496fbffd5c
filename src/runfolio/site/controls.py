"""Characters that a page can't hold, that nobody sees, or that would deceive its reader."""

from __future__ import annotations

import re
from typing import Final

_REPLACED: Final = "\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff"
_CONTROLS: Final = {
    **{code: chr(0x2400 + code) for code in range(0x20) if code not in (0x09, 0x0A)},
    0x7F: "␡",
    **dict.fromkeys((*range(0x80, 0xA0), *range(0xD800, 0xE000), 0xFFFE, 0xFFFF), "�"),
}
_BREAKS: Final = re.compile(r"\r\n?")

_DECEIVING: Final = (
    "\u00ad\u034f\u061c\u115f\u1160\u17b4\u17b5\u180b-\u180f\u200b-\u200f\u2028-\u202e"
    "\u2060-\u206f\u3164\ufe00-\ufe0f\ufeff\uffa0\ufff9-\ufffb"
    "\U0001bca0-\U0001bca3\U0001d173-\U0001d17a\U000e0000-\U000e0fff"
)
"""What turns the direction of text, breaks its line, or takes no room of its own."""

_JOINED: Final = (
    "\u0600-\u1cff\u2190-\u2bff\ufb50-\ufdff\ufe0f\ufe70-\ufefc"
    "\U00010a00-\U00011fff\U0001e900-\U0001e95f\U0001f000-\U0001faff"
)
"""Scripts whose letters join, such as Arabic and Devanagari, and emoji."""

_PICTURED: Final = (
    "\u00a9\u00ae\u203c\u2049\u2122\u2139\u2190-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff"
)
_HAN: Final = "\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff"

_NEEDED: Final = "|".join(
    (
        f"(?<=[{_JOINED}])[\u200c\u200d](?=[{_JOINED}])",
        f"(?<=[{_PICTURED}])[\ufe0e\ufe0f]|(?<=[#*0-9])\ufe0f(?=\u20e3)",
        f"(?<=[{_HAN}])[\U000e0100-\U000e01ef]|(?<=[\u1820-\u18aa])[\u180b-\u180f]",
        "\U0001f3f4[\U000e0030-\U000e0039\U000e0061-\U000e007a]{3,6}\U000e007f",
    )
)
"""Where such a character belongs to what is seen: between letters that join, in emoji and flags,
after a letter of which it chooses the form."""

_SUSPECT: Final = re.compile(f"[{_REPLACED}{_DECEIVING}]")
_ODD: Final = re.compile(r"[^\t\n -~]+")
_PLAIN_BYTES: Final = bytes((0x09, 0x0A, *range(0x20, 0x7F)))
_MARKED: Final = re.compile(f"{_NEEDED}|([{_DECEIVING}])")


def show_controls(text: str) -> str:
    """A text as a page can hold it and a reader can trust it.

    Control characters become their pictures and lone surrogates "�". Characters that nobody sees
    or that turn the direction of text show as their code, such as "⟨U+202E⟩", so that a text reads
    in the order in which it is written (CVE-2021-42574), and two names that differ look different.
    """
    if is_plain(text):
        return text
    return _MARKED.sub(_mark, _BREAKS.sub("\n", text).translate(_CONTROLS))


def is_plain(text: str) -> bool:
    """Whether a text has nothing that `show_controls` would look at twice."""
    if text.isascii():
        return not text.encode().translate(None, _PLAIN_BYTES)
    return not _SUSPECT.search("".join(_ODD.findall(text)))


def _mark(found: re.Match[str]) -> str:
    return found[0] if found[1] is None else f"⟨U+{ord(found[1]):04X}⟩"
