"""Masking: a credential that is known never stands in what is published, however it is put."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final

from runfolio.privacy.contents import mask_bytes
from runfolio.privacy.masks import Masks
from runfolio.privacy.pictures import is_picture, strip_picture
from runfolio.privacy.terms import Terms
from tests.fuzz.target import Target, choose, chosen
from tests.privacy.samples import FORMS, make_random, make_token
from tests.site.narrative.sources import PIXEL

_PLACE: Final = b"SECRET"
_TOKEN: Final = make_random("fuzzing", 16)
_NAMES: Final = (
    *("a.txt", "a.json", "a.ipynb", "a.csv", "a.tsv", "a.py", "a.diff", "a.yaml", "a.jsonl", "a"),
)


def _masks() -> Masks:
    """Masks that know the credential, as from another place of the store."""
    terms = Terms()
    terms.learn("secret", _TOKEN)
    return Masks(terms, anonymous=True)


def _check_masking(data: bytes) -> None:
    """A file that holds a known credential holds it no more, or is said not to be looked into."""
    name, content = choose(data, _NAMES)
    masked = mask_bytes(content.replace(_PLACE, _TOKEN.encode()), name, _masks())
    if masked.unread is None:
        assert masked.data is not None or _PLACE not in content or is_picture(content)
        assert _TOKEN.encode() not in (masked.data or b"")


def _check_line(data: bytes) -> None:
    """A credential of a known form, set apart from what is around it, is masked without more."""
    text = data.decode(errors="replace")
    token = make_token("github", "a line")
    masked = Masks(Terms()).mask(f"{text}\n{token}\n", name="note")
    assert token not in masked
    document = Masks(Terms()).mask_json({"words": text, "more": [token, {"x": f"{text} {token}"}]})
    assert document["more"][0] != token


def _check_picture(data: bytes) -> None:
    """A picture loses what is written beside its pixels, or is said to be broken."""
    if is_picture(data):
        stripped = strip_picture(data)
        assert stripped is None or strip_picture(stripped) == stripped


def _texts() -> Sequence[bytes]:
    document = {"a": "SECRET", "b": ["x SECRET y", {"SECRET": 1}], "token": "SECRET", "n": 1e5}
    notebook = {"cells": [{"source": ["a = 'SECRET'\n", "b"], "outputs": [{"text": "SECRET"}]}]}
    texts = {
        "a.txt": b"password: SECRET\nexport TOKEN=SECRET\r\nhttps://u:SECRET@example.org/x\x1b[0m\n",
        "a.json": json.dumps(document, indent=1).encode(),
        "a.ipynb": json.dumps(notebook).encode(),
        "a.csv": b'name,token\na,SECRET\n"x,""SECRET""",y\n',
        "a.tsv": b"name\ttoken\na\tSECRET\n",
        "a.py": b"key = 'SECRET'  # SECRET\n",
        "a.diff": b"--- a/x.py\n+++ b/x.py\n@@ -1 +1 @@\n-a = 'SECRET'\n+b\n",
        "a.yaml": b"a:\n  password: SECRET\n  b: |\n    SECRET\n",
        "a.jsonl": b'{"a": "SECRET"}\n{"b": 1}\nodd SECRET\n',
    }
    return [chosen(name, _NAMES, text) for name, text in texts.items()]


def _lines() -> Sequence[bytes]:
    words = (make_token(form, "seed") for form in FORMS)
    return [f"password={word} and http://u:{word}@h/ --token {word}".encode() for word in words]


_WORDS: Final = (
    *(
        b"SECRET",
        b'"',
        b"\\",
        b"password",
        b"token=",
        b"://",
        b"@",
        b"Bearer ",
        b"\\u0041",
        b",",
        b"\t",
    ),
    *(
        b"\xff\xfe",
        b"\xfe\xff",
        b"\xef\xbb\xbf",
        b"\r",
        b"\n",
        b"\x1b[31m",
        b"-----BEGIN PRIVATE KEY",
    ),
    *(
        b"+++ b/x.py",
        b"/home/someone/",
        b"a@example.org",
        b"\xe2\x80\xa8",
        b"\x0b",
        b"\x85",
        b"\x1c",
    ),
)

TARGETS: Final = (
    Target("masking", _check_masking, _texts, _WORDS, 250),
    Target("credentials", _check_line, _lines, _WORDS, 80),
    Target(
        "picture",
        _check_picture,
        lambda: [
            PIXEL,
            bytes.fromhex("ffd8ffe000104a46494600010100000100010000ffda0008010100003f00aaffd9"),
        ],
        (b"IHDR", b"tEXt", b"IEND", b"\xff\xe1", b"\xff\xda", b"\xff\xd9"),
    ),
)
