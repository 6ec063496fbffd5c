"""A store with secrets and names planted in every place, each different, to look for afterwards.

Nothing here is a credential: each is put together from pieces, so that no scanner takes this file
for a leak.
"""

from __future__ import annotations

import base64
import hashlib
import html
import io
import json
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pyarrow as pa
import pyarrow.parquet as pq

import runfolio
from runfolio.schema import FileRecord, InputRecord, Series, WholeRun, encode_param
from runfolio.store.adding import Adder

RUN_ID = "1a2b3c4d5e6f7081"
OTHER_ID = "2b3c4d5e6f708192"

USER = "mvandyke"
HOST = "tesla7.lab.example.edu"
EMAIL = "m.vandyke@example.edu"
AUTHOR = "Maria van Dyke"
OWNER = "vandyke-group"
COMMIT = "9f1c2e3d4b5a69788796a5b4c3d2e1f001122334"
HOME = f"/home/{USER}/projects"
SHARED = "/mnt/vault42/secretproject"
REMOTE = f"https://github.com/{OWNER}/hidden-gem.git"

PEOPLE = (USER, HOST, "tesla7", EMAIL)
"""What is personal: ``--redact`` masks it."""

ORIGINS = (AUTHOR, OWNER, COMMIT, COMMIT[:7], "hidden-gem", "vault42", "secretproject")
"""What tells whose work it is to those who look it up: ``--anonymous`` masks it too."""


def make_random(seed: str, length: int) -> str:
    """Letters and digits that look random and are the same each time; the first is a letter."""
    digits = hashlib.sha512(seed.encode()).digest() * 4
    text = base64.b64encode(digits).decode().replace("+", "x").replace("/", "Y").replace("=", "")
    return "Q7" + text[: length - 2]


def make_token(form: str, seed: str) -> str:
    """A made-up credential of one of `FORMS`."""
    return FORMS[form](seed)


def _jwt(seed: str) -> str:
    parts = ({"alg": "HS256"}, {"sub": seed})
    encoded = [base64.urlsafe_b64encode(json.dumps(p).encode()).decode().rstrip("=") for p in parts]
    return ".".join([*encoded, make_random(seed, 43)])


FORMS: dict[str, Callable[[str], str]] = {
    "github": lambda seed: "gh" + "p_" + make_random(seed, 36),
    "aws": lambda seed: "AK" + "IA" + make_random(seed, 40).upper()[:16],
    "hugging face": lambda seed: "h" + "f_" + make_random(seed, 34),
    "openai": lambda seed: "s" + "k-" + make_random(seed, 48),
    "slack": lambda seed: "xo" + "xb-1234567890-" + make_random(seed, 24),
    "gitlab": lambda seed: "glp" + "at-" + make_random(seed, 20),
    "jwt": _jwt,
    "stripe": lambda seed: "s" + "k_live_" + make_random(seed, 24),
    "sendgrid": lambda seed: "S" + "G." + make_random(seed, 22) + "." + make_random(seed + "2", 43),
}


def make_key(seed: str) -> tuple[str, list[str]]:
    """A private key as a file holds it, and the lines that must not be shown."""
    lines = [make_random(f"{seed}{number}", 64) for number in range(3)]
    dashes = "-" * 5
    head, foot = (f"{dashes}{word} RSA PRIVATE {'KEY'}{dashes}" for word in ("BEGIN", "END"))
    return "\n".join([head, *lines, foot]), lines


@dataclass
class Planted:
    """What was planted: a text that must not be shown, by where it is."""

    secrets: dict[str, str] = field(default_factory=dict)

    def token(self, place: str, form: str = "github") -> str:
        """A new token for a place."""
        self.secrets[place] = make_token(form, place)
        return self.secrets[place]

    def word(self, place: str) -> str:
        """A new password for a place, which only the name beside it gives away."""
        self.secrets[place] = f"Tr0ub4dor&{make_random(place, 8)}"
        return self.secrets[place]


def plant(store: Path) -> Planted:
    """Write a store with two runs that have something to hide in every place."""
    planted = Planted()
    runs = [_planted_run(planted), _second_run()]
    adder = Adder(store)
    for run in runs:
        adder.add(run)
    note = f"Ask {EMAIL}, or use {planted.token('experiment note')}."
    runfolio.describe_experiment(runs[0].experiment, note=note, store=store)
    return planted


def _second_run() -> WholeRun:
    """A run with nothing of its own to hide but its machine's name, which others mention."""
    return WholeRun(
        id=OTHER_ID,
        experiment="plain",
        name="nothing here",
        start_time=1_700_000_000_000_000,
        params={"alpha": encode_param(0.5), "max_tokens": encode_param(512)},
        tags={"label": "all"},
        metrics=[Series("loss", [0, 1], [1_700_000_000_000_001] * 2, [0.5, 0.25])],
        context={"host": HOST, "user": USER, "command": ["python", "train.py", "--lr=0.1"]},
    )


def _planted_run(planted: Planted) -> WholeRun:
    token, word = planted.token, planted.word
    return WholeRun(
        id=RUN_ID,
        experiment=f"trial of {USER} {token('experiment')}",
        name=f"first {token('run name', 'hugging face')} by {USER}",
        start_time=1_700_000_000_000_000,
        note=f"# On {HOST}\n\nSee {HOME}/notes.md.\n\n    password: {word('note')}\n",
        params={
            "api_key": encode_param(word("parameter")),
            "pin": encode_param(7),
            "password": encode_param(839201748),
            "config": encode_param({"db": {"password": word("nested parameter"), "port": 5432}}),
            "data": encode_param(f"{SHARED}/train.csv"),
            f"path_{USER}": encode_param(f"{HOME}/data.csv"),
            "url": encode_param(f"https://me:{word('URL')}@db.example.org/x"),
            "blob": encode_param(token("bare parameter", "jwt")),
            "max_tokens": encode_param(512),
        },
        tags={
            "mlflow.user": USER,
            "owner": AUTHOR,
            f"key {token('tag name', 'aws')}": "x",
            "launch": json.dumps({"args": ["--token", word("launch tag"), "--lr", "0.1"]}),
            "secret_value": word("tag"),
        },
        metrics=[
            Series("loss", [0, 1], [1_700_000_000_000_001] * 2, [0.5, 0.25]),
            Series(
                f"loss/{USER}/{token('metric name', 'gitlab')}",
                [0, 1],
                [1_700_000_000_000_001] * 2,
                [1.0, 2.0],
            ),
        ],
        files=[
            FileRecord(path, _bytes(content), *more) for path, content, *more in _files(planted)
        ],
        inputs=[
            InputRecord(
                name=f"set {token('data set name')}",
                digest="abcd1234",
                source=f"s3://bucket/x?X-Amz-Signature={make_random('amz', 40)}",
                context=f"of {USER}",
                profile={"rows": 3, "secret": word("data set profile")},
            )
        ],
        context=_context(planted),
    )


def _context(planted: Planted) -> dict[str, Any]:
    planted.secrets["data set source"] = make_random("amz", 40)
    return {
        "host": HOST,
        "user": USER,
        "source": "train",
        "source_path": f"src/{USER}/train.py",
        "command": ["python", f"{HOME}/train.py", f"--password={planted.word('command line')}"],
        "environment": {"python": "3.12", "packages": ["numpy==2.0"], "node": HOST},
        "git": {
            "commit": COMMIT,
            "branch": f"{USER}/feature",
            "dirty": True,
            "remote": f"https://x:{planted.token('git remote')}@github.com/{OWNER}/hidden-gem.git",
        },
        "git_commit": COMMIT,
        "git_branch": f"{USER}/feature",
        "git_dirty": True,
    }


def _files(planted: Planted) -> list[tuple[Any, ...]]:
    token, word = planted.token, planted.word
    key, lines = make_key("artifact")
    planted.secrets |= {f"private key {number}": line for number, line in enumerate(lines)}
    escaped = word("escaped JSON") + "é"
    planted.secrets["escaped JSON"] = escaped
    return [
        ("code/train.py", _script(planted)),
        ("code/changes.diff", _diff(planted)),
        ("id_rsa.txt", key),
        ("conf.yaml", f"user: {USER}\nhost: {HOST}\ndb:\n  password: {word('YAML')}\n"),
        (".env.txt", f"export API_TOKEN={make_random('env', 24)}\nDATA={HOME}\n"),
        ("escaped.json", json.dumps({"note": "x", "password": escaped, "home": HOME}, indent=2)),
        ("lines.jsonl", f'{{"a": 1}}\n{{"api_key": "{word("JSON Lines")}"}}\n'),
        ("notebook.ipynb", _notebook(planted)),
        ("table.csv", f"path,secret\n{HOME}/a.png,x\n{SHARED}/b.png,{token('CSV')}\n"),
        ("page.html", f"<p title='{HOME}'>key {token('HTML', 'slack')}</p>"),
        ("plot.svg", f'<svg xmlns="http://www.w3.org/2000/svg"><text>{token("SVG")}</text></svg>'),
        ("README.md", f"Copyright (c) 2024 {AUTHOR}\n\nMail {EMAIL}. `{token('Markdown')}`\n"),
        ("console.log", f"\x1b[32mlogged in as {USER}\x1b[0m with {token('console')}\n"),
        ("utf16.txt", f"token {token('UTF-16', 'openai')}".encode("utf-16")),
        ("traceback.txt", f'  File "{HOME}/train.py", line 3\nKeyError: {token("traceback")}\n'),
        ("table.parquet", _table(planted), "table"),
        (f"{USER}/{token('artifact name', 'stripe')}.txt", "nothing"),
        ("series/0.txt", "a", "text", f"by {USER}", 0),
        ("model.bin", b"\0\1\2"),
    ]


def _bytes(value: Any) -> Any:
    return value.encode() if isinstance(value, str) else value


def _script(planted: Planted) -> str:
    return (
        f"# author: {AUTHOR}\nimport os\n"
        f'client = connect("{HOST}", password="{planted.word("code")}")\n'
        f"token = os.environ['TOKEN']\ntokenizer = load('bert')\nroot = '{SHARED}/x.csv'\n"
        f"# clone git@github.com:{OWNER}/hidden-gem.git at {COMMIT}\n"
    )


def _diff(planted: Planted) -> str:
    return (
        "diff --git a/.env b/.env\nindex 9f1c2e3..1234567 100644\n--- a/.env\n+++ b/.env\n"
        f"@@ -1 +1 @@\n-API_TOKEN={make_random('old', 24)}\n+DB_PASSWORD={planted.word('diff')}\n"
    )


def _notebook(planted: Planted) -> str:
    source = ["import os\n", f'api_key = "{planted.word("notebook")}"\n', f"home = '{HOME}'"]
    output = {"output_type": "stream", "name": "stdout", "text": [planted.token("output") + "\n"]}
    cell = {
        "cell_type": "code",
        "source": source,
        "outputs": [output],
        "metadata": {},
        "execution_count": 1,
    }
    return json.dumps({"nbformat": 4, "nbformat_minor": 5, "metadata": {}, "cells": [cell]})


def _table(planted: Planted) -> bytes:
    table = pa.table(
        {
            "path": [f"{HOME}/a.png", "b.png"],
            "password": [planted.word("Parquet"), "x"],
            "nested": [{"secret": planted.word("nested Parquet")}, {"secret": "none"}],
            "number": [1.0, 2.0],
        }
    ).replace_schema_metadata({"made by": f"{USER} with {planted.token('Parquet metadata')}"})
    buffer = io.BytesIO()
    pq.write_table(table, buffer)
    return buffer.getvalue()


def encodings_of(text: str) -> set[bytes]:
    """The ways in which a text may stand in a file of the site."""
    forms = {text, json.dumps(text)[1:-1], html.escape(text), quote(text, safe=""), quote(text)}
    return {one.encode(code) for one in forms for code in ("utf-8", "utf-16-le")}


def read_everything(folder: Path) -> dict[str, bytes]:
    """All files of a folder by name, those of Parquet as text with their metadata too."""
    found = {}
    for path in sorted(folder.rglob("*")):
        if path.is_file():
            name = path.relative_to(folder).as_posix()
            found[name] = name.encode() + b"\n" + path.read_bytes()
            if found[name][-4:] == b"PAR1":
                table = pq.read_table(path)
                found[name] += f"{table.to_pylist()}{table.schema.metadata}".encode()
    return found


def find_leaks(folder: Path, texts: dict[str, str]) -> list[str]:
    """Which of some texts stand in which files of a folder."""
    contents = read_everything(folder)
    return [
        f"{place} in {name}"
        for place, text in texts.items()
        for form in encodings_of(text)
        for name, content in contents.items()
        if form in content
    ]
