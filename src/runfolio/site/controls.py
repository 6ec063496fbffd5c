"""Characters that a page can't hold or that would deceive its reader."""

from __future__ import annotations

import re
from typing import Final

_REPLACED: Final = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\ud800-\udfff\ufffe\uffff]")
_BREAKS: Final = re.compile(r"\r\n?")
_SURROGATES: Final = re.compile("[\ud800-\udfff]")
_CONTROLS: Final = {
    **{code: chr(0x2400 + code) for code in range(0x20) if code not in (0x09, 0x0A)},
    0x7F: "␡",
    **dict.fromkeys((*range(0x80, 0xA0), 0xFFFE, 0xFFFF), "�"),
}
_BIDI: Final = {
    code: f"⟨U+{code:04X}⟩" for code in (*range(0x202A, 0x202F), *range(0x2066, 0x206A))
}


def show_controls(text: str, *, marked: bool = False) -> str:
    """Replace what HTML forbids: control characters by their pictures, lone surrogates by "�".

    With `marked`, characters that turn the direction of text show as their code, so that code
    reads in the order in which it runs (CVE-2021-42574).
    """
    if not marked and not _REPLACED.search(text):
        return text
    text = _SURROGATES.sub("�", _BREAKS.sub("\n", text)).translate(_CONTROLS)
    return text.translate(_BIDI) if marked else text
