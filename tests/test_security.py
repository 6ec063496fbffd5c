"""What SECURITY.md says is true: its tests exist, and a site tells what its table says."""

from __future__ import annotations

import ast
import json
import os
import re
import struct
import subprocess
import sys
import zlib
from collections.abc import Callable
from functools import cache
from importlib.metadata import version
from pathlib import Path

import pytest

from runfolio.privacy import Disclosure
from runfolio.site import build_report
from runfolio.tracking.capture.environment import read_platform
from tests.privacy.samples import encodings_of, make_random, make_token, read_everything

ROOT = Path(__file__).parents[1]
TEXT = (ROOT / "SECURITY.md").read_text(encoding="utf-8")
Look = Callable[[str, Disclosure], bytes]
TOLD = "What a published site tells"
ATTACKS = "Attacks, and the tests that show what becomes of them"


def rows(heading: str) -> list[list[str]]:
    """The cells of the tables below a heading, without their heads."""
    section = TEXT.partition(f"\n## {heading}\n")[2].partition("\n## ")[0]
    tables = re.findall(r"^\|[^\n]+\n\|[-| ]+\|\n((?:\|[^\n]*\n)+)", section, re.MULTILINE)
    lines = [line for table in tables for line in table.splitlines()]
    return [[cell.strip() for cell in line[1:-1].split(" | ")] for line in lines]


# What a site tells.

USER = "quillfeather"
WORD = f"Tr0ub4dor&{make_random('word', 8)}"
REMOTE_TOKEN = make_token("github", "remote")
HOME = "/home/otherfeather/secret-home"

PROJECT = "canary-project"

CANARIES: dict[str, tuple[str, ...]] = {
    "experiment and run names, statuses, times": ("canary-experiment", "canary-run", "FINISHED"),
    "name of the folder that the store is in, as the title": (PROJECT,),
    "parameters and metrics": ("canary-parameter", "canary-value", "canary-metric"),
    "tags": ("canary-tag", "canary-tagged"),
    "notes": ("canary-note",),
    "credentials of a known form, or beside names such as `password`": (
        make_token("aws", "text"),
        WORD,
    ),
    "e-mail addresses": ("canary.mail@example.edu",),
    "home folders in any text": (HOME,),
    "other absolute paths in any text": ("/mnt/canary-vault",),
    "name of the user": (USER,),
    "name of the machine": ("canary-machine",),
    "operating system": (read_platform(),),
    "Python, packages with versions, number of CPUs": (f"pyarrow=={version('pyarrow')}",),
    "environment variables that change results": ("canary-seed",),
    "other environment variables": ("canary-variable", "canary-api-token"),
    "files with credentials (`~/.netrc` and so on)": ("canary-netrc",),
    "command line": ("--canary-option",),
    "values of its options that are named like secrets": ("canary-typed",),
    "source file of the script or notebook": ("canary-source",),
    "changes that were not committed": ("canary-change",),
    "commit and branch": ("canary-branch",),
    "git remote": ("canary-owner/canary-repository",),
    "credentials in the git remote": (REMOTE_TOKEN,),
    "author of commits": ("Canary van Author", "canary.author@example.edu"),
    "absolute paths of the code, the working folder and the store": (
        "canary-checkout",
        "canary-projects",
    ),
    "what the program prints": ("canary-printed-6",),
    "artifacts that are text": ("canary-artifact",),
    "artifacts that are none: models, pickles, archives": ("canary-pickled",),
    "text beside the pixels of PNG and JPEG files": ("canary-pixels",),
    "runs that were deleted": ("canary-deleted",),
}
"""What stands for each row, planted by `TRAINING` and `train`."""

CAPTURES = ("git", "diff", "code", "environment", "host")
LEFT_OUT = ((), *((one,) for one in CAPTURES), ("host", "environment"))
STORES = {
    " ".join((PROJECT, *without)): sorted(set(CAPTURES) - set(without)) for without in LEFT_OUT
}

TRAINING = """# canary-source
import json
import os
import pickle
import socket
from pathlib import Path

import runfolio

c = "can" + "ary-"  # what is logged stands here in no other way
socket.gethostname = lambda: f"{c}machine"
print(f"{c}printed", 2 * 3, sep="-")
folder, keys = Path(os.environ["FOLDER"]), json.loads(os.environ["KEYS"])
(folder / "m.pkl").write_bytes(pickle.dumps({"a": f"{c}pickled"}))
for name, captures in json.loads(os.environ["STORES"]).items():
    where = {"experiment": f"{c}experiment", "store": folder / name / "runs"}
    with runfolio.start_run(name=f"{c}run", capture=captures, note=f"{c}note", **where) as run:
        run.set_tags({f"{c}tag": f"{c}tagged"})
        run.log_params({f"{c}parameter": f"{c}value", **keys})
        run.log_metrics({f"{c}metric": 0.5}, step=0)
        run.log_text(f"{c}artifact", "a.txt")
        run.log_artifact(folder / "m.pkl")
        run.log_artifact(folder / "p.png")
    with runfolio.start_run(name=f"{c}deleted", capture=False, **where) as gone:
        pass
    runfolio.delete_runs([gone.id], store=folder / name / "runs")
"""
KEYS = {
    "key": make_token("aws", "text"),
    "password": WORD,
    "mail": "canary.mail@example.edu",
    "data": f"{HOME}/x.csv",
    "vault": "/mnt/canary-vault/x.csv",
}


def png(noted: bytes) -> bytes:
    """A picture of one pixel, with a text beside it."""
    parts = [(b"IHDR", struct.pack(">IIBBBBB", 1, 1, 8, 0, 0, 0, 0)), (b"tEXt", noted)]
    parts += [(b"IDAT", zlib.compress(b"\0\0")), (b"IEND", b"")]
    chunks = [
        struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))
        for kind, data in parts
    ]
    return b"\x89PNG\r\n\x1a\n" + b"".join(chunks)


@pytest.fixture(scope="module")
def stores(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Stores that a program logged, one for each way to capture, with every canary planted."""
    folder = tmp_path_factory.mktemp("told")
    home, checkout, target = folder / "home", folder / "canary-checkout", folder / "canary-projects"
    for one in (home, checkout, target):
        one.mkdir()
    (home / ".netrc").write_text("machine example.org login me password canary-netrc\n")
    (target / "p.png").write_bytes(png(b"Author\0canary-pixels"))
    (checkout / "train.py").write_text(TRAINING)
    (checkout / "other.py").write_text("1\n")
    identity = {
        f"GIT_{who}_{what}": value
        for who in ("AUTHOR", "COMMITTER")
        for what, value in (("NAME", "Canary van Author"), ("EMAIL", "canary.author@example.edu"))
    }
    remote = f"https://x:{REMOTE_TOKEN}@github.com/canary-owner/canary-repository.git"
    for words in (
        ("init", "--quiet", "--initial-branch=canary-branch"),
        ("remote", "add", "origin", remote),
        ("add", "."),
        ("-c", "commit.gpgsign=false", "commit", "--quiet", "--message=first"),
    ):
        subprocess.run(["git", *words], cwd=checkout, env=os.environ | identity, check=True)
    (checkout / "other.py").write_text("canary-change\n")
    kept = {name: os.environ[name] for name in ("PATH", "LANG") if name in os.environ}
    variables = {
        "HOME": str(home),
        "USER": USER,
        "LOGNAME": USER,
        "API_TOKEN": "canary-api-token",
        "OTHER": "canary-variable",
        "TF_XLA_FLAGS": "canary-seed",
        "FOLDER": str(target),
        "KEYS": json.dumps(KEYS),
        "STORES": json.dumps(STORES),
    }
    command = [sys.executable, "train.py", "--canary-option", "3", "--token=canary-typed"]
    done = subprocess.run(command, cwd=checkout, env=kept | variables, capture_output=True)
    assert done.returncode == 0, done.stderr.decode()
    return target


@pytest.fixture(scope="module")
def look(stores: Path, tmp_path_factory: pytest.TempPathFactory) -> Look:
    """All bytes of the site of a store, with what is shown of it."""

    @cache
    def build(store: str, disclosure: Disclosure) -> bytes:
        site = tmp_path_factory.mktemp("site")
        build_report(stores / store / "runs", output=site, disclosure=disclosure)
        return b"\n".join(read_everything(site).values())

    return build


def seen(content: bytes, texts: tuple[str, ...]) -> list[str]:
    return [text for text in texts if any(one in content for one in encodings_of(text))]


def test_the_table_has_a_row_for_all_that_was_planted() -> None:
    assert [row[0] for row in rows(TOLD)] == list(CANARIES)
    assert {cell for row in rows(TOLD) for cell in row[1:4]} == {"yes", "no", "masked"}


@pytest.mark.parametrize(
    ("column", "disclosure"),
    [
        (1, Disclosure()),
        (2, Disclosure(redact=True)),
        (3, Disclosure(anonymous=True)),
    ],
)
def test_a_site_tells_what_the_table_says(column: int, disclosure: Disclosure, look: Look) -> None:
    content = look(PROJECT, disclosure)
    wrong = [
        (row[0], row[column], found)
        for row in rows(TOLD)
        if (found := seen(content, CANARIES[row[0]]))
        != (list(CANARIES[row[0]]) if row[column] == "yes" else [])
    ]
    assert wrong == []


def test_what_is_to_be_left_out_is_left_out(look: Look) -> None:
    tried = 0
    for what, *_, cell in rows(TOLD):
        captures = re.findall(r"`(\w+)`", cell.partition("` without ")[2].partition(",")[0])
        if captures:
            found = seen(look(" ".join((PROJECT, *captures)), Disclosure()), CANARIES[what])
            assert not found, f"{what} without {captures}"
            tried += 1
        patterns = re.findall(r"((?:params|metrics|tags|artifacts):[^`]+)`", cell)
        if patterns:
            exclude = tuple(sorted(one.replace("…", "*") for one in patterns))
            separate = [exclude] if "metrics" in cell else [(one,) for one in exclude]
            for one in separate:
                found = seen(look(PROJECT, Disclosure(exclude=one)), CANARIES[what])
                assert not found, f"{what} with {one}"
                tried += 1
    assert tried >= 15


# Its tests and links.


def names_of(path: Path) -> set[str]:
    tree = ast.parse(path.read_text(encoding="utf-8"))
    return {node.name for node in tree.body if isinstance(node, ast.FunctionDef)}


def mistakes_in(tests: list[str]) -> list[str]:
    """Those of some tests that don't exist, as ``file::name``."""
    wrong = []
    for one in tests:
        path, _, name = one.partition("::")
        if not (ROOT / path).is_file() or (name and name not in names_of(ROOT / path)):
            wrong.append(one)
    return wrong


def test_every_test_that_is_named_exists() -> None:
    named = re.findall(r"`(tests/[\w/.-]+\.(?:py|mjs|js)(?:::\w+)?)`", TEXT)
    assert len(named) >= 35
    assert mistakes_in(named) == []
    assert mistakes_in(["tests/nothing.py", "tests/test_security.py::nothing"])


def test_every_attack_has_what_is_done_and_a_test() -> None:
    attacks = rows(ATTACKS)
    assert len(attacks) >= 30
    for cells in attacks:
        assert len(cells) == 3, cells
        assert all(cells), cells
        assert re.search(r"`tests/\S+::test_\w+`", cells[2]), cells[0]
    whats = " ".join(cells[0] for cells in attacks).lower()
    assert [word for word in CLASSES if word not in whats] == []
    assert len({cells[0] for cells in attacks}) == len(attacks)


CLASSES = (
    *("paths", "symbolic links", "archive", "decompress", "markup", "fragment", "markdown"),
    *("html artifacts", "svg", "xml", "network", "pickle", "template", "yaml", "json"),
    *("regular expressions", "csv", "__proto__", "vega", "clobber", "links", "invisible"),
    *("reserved names", "pretend", "secrets", "sql", "notebook", "parquet", "dependencies"),
)
"""A word for each class of attack that is promised to be met."""


def test_the_links_lead_somewhere() -> None:
    for target in re.findall(r"\]\(([^)]+)\)", TEXT):
        path, _, fragment = target.partition("#")
        page = ROOT / path if path else ROOT / "SECURITY.md"
        assert page.exists(), target
        if fragment:
            headings = re.findall(r"^#+ (.+)$", page.read_text(encoding="utf-8"), re.MULTILINE)
            assert fragment in {slug(one) for one in headings}, target


def slug(heading: str) -> str:
    """What a heading is called in a link, as GitHub makes it."""
    return re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")


def test_the_commands_and_options_it_names_exist() -> None:
    from tests.test_docs import commands

    known = dict(commands())
    named = set(re.findall(r"`(runfolio [a-z]+|build-report)[ `]", TEXT))
    assert len(named) >= 7
    assert sorted(named - {*known, "runfolio --version"}) == []
    options = {one for command in known.values() for each in command.params for one in each.opts}
    assert set(re.findall(r"`[^`\n]*?(--[a-z-]+)", TEXT)) - options <= {"--version", "--repo"}
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in re.findall(r"`make (\w+)`", TEXT):
        assert re.search(rf"^{target}:.*## ", makefile, re.MULTILINE), target


def test_the_readme_leads_here() -> None:
    assert "(SECURITY.md)" in (ROOT / "README.md").read_text(encoding="utf-8")
