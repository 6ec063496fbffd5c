"""Documents that do what documents can do: as notes, as artifacts, as narrative reports."""

from __future__ import annotations

import base64
import gzip
import json
from collections.abc import Iterator
from typing import Any

import runfolio
from tests.hostile import markup
from tests.hostile.cases import Case, Ground
from tests.hostile.texts import DECEIVING, MARK, ODD_NAMES, polyglot

PIXEL = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAEAAAABCAAAAAA6fptVAAAACklEQVR4nGNgAAAAAgABSK+kcQAAAABJRU5ErkJggg=="
)
"""A PNG picture of one black point."""

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"


def write(ground: Ground) -> Iterator[Case]:
    """A store with such documents, and beside it a folder of reports."""
    store = ground.folder / "runs"
    for name, make in (
        ("notes", _notes),
        ("pages", _pages),
        ("pictures", _pictures),
        ("data", _data),
        ("charts", _charts),
    ):
        with runfolio.start_run(
            experiment="documents", name=name, store=store, capture=False
        ) as run:
            run.log_metrics({"loss": 0.5}, step=0)
            run.set_note(markup.place("\n\n".join(markup.MARKDOWN[::3]), ground.beacon))
            for path, content in make(ground.beacon):
                data = (
                    content.encode(errors="surrogatepass") if isinstance(content, str) else content
                )
                file = ground.folder / "artifact"
                file.write_bytes(data)
                file = file.rename(ground.folder / path.rpartition("/")[2])
                run.log_artifact(file)
                file.unlink()
    (ground.folder / "reports").mkdir()
    for name, text in _reports(ground.beacon):
        (ground.folder / "reports" / name).write_text(text, encoding="utf-8")
    yield Case(
        "documents",
        store,
        shown=(
            f"<script>hostile=1</script> {MARK}",
            f"{MARK} said",
            f"Not drawn: the spec loads from '{ground.beacon}/rows.csv'",
            "the SVG picture declares entities",
            "the file does not hold a PNG, JPEG, GIF or WebP picture",
            "it is nested too deeply",
            "The front matter is no YAML",
        ),
        said=("leads nowhere in this site", "pages load nothing from there", "nested too deeply"),
    )


Files = Iterator[tuple[str, str | bytes]]


def _notes(beacon: str) -> Files:
    yield "all.md", markup.place("\n\n".join(markup.MARKDOWN), beacon)
    yield "mutating.markdown", markup.place("\n\n".join(markup.MUTATING), beacon)
    yield "deep.md", "> - " * 2000 + MARK
    yield "attempt.ipynb", json.dumps(_notebook(beacon))
    yield "odd.ipynb", json.dumps({"metadata": 7, "cells": [7, {"source": {}}, {"cell_type": []}]})
    yield "none.ipynb", json.dumps({"cells": {"__proto__": MARK}})


def _pages(beacon: str) -> Files:
    page = markup.document(beacon)
    yield "page.html", page
    for ending in ("xhtml", "htm", "mht", "hta", "shtml", "txt", "html.txt", "jsp", "exe", ""):
        yield f"page.{ending}", f"<script>hostile=1</script><p>{MARK} {ending}</p>"
    yield "page.bin", b"\xef\xbb\xbf<html>\0<script>hostile=1</script>"
    yield "here.url", f"[InternetShortcut]\nURL={beacon}/url\nIconFile={beacon}/icon.ico\n"
    yield "here.desktop", f"[Desktop Entry]\nExec=sh -c 'curl {beacon}'\n"
    yield "here.lnk", b"L\0\0\0\x01\x14\x02\0" + MARK.encode()
    yield "_headers", f"/*\n  Content-Security-Policy: default-src *\n  Link: <{beacon}/h>\n"
    yield "_redirects", f"/* {beacon}/:splat 302\n"
    yield "CNAME", "example.org\n"
    yield ".htaccess", f"Redirect / {beacon}/\n"
    yield "sw.js", "self.addEventListener('fetch', () => { hostile = 1 })\n"
    yield "index.html", f"<title>{MARK}</title><script>top.hostile=1</script>"


def _pictures(beacon: str) -> Files:
    for kind in markup.SVG:
        yield f"{kind}.svg", markup.picture(kind, beacon)
    for kind in ("laughs", "file", "sheet", "declaration"):
        before = markup.place(markup.bomb(kind), beacon)
        yield f"{kind}.svg", markup.picture("far", beacon, before=before)
    yield "packed.svgz", gzip.compress(markup.picture("script", beacon).encode(), mtime=0)
    yield (
        "shifted.svg",
        markup.picture("far", beacon, before="<!DOCTYPE svg [<!EN\x1b(BTITY e 'x'>]>"),
    )
    yield "page.png", markup.document(beacon)
    yield "script.gif", b"GIF89a/*" + bytes(9) + b"*/=1;hostile=1;//"
    yield "script.jpg", b"\xff\xd8\xff\xe0\x2f\x2a" + b"<script>hostile=1</script>"
    yield "tail.png", PIXEL + markup.document(beacon).encode()
    yield "page.pdf", b"%PDF-1.7\n" + markup.document(beacon).encode()


def _data(beacon: str) -> Files:
    text = polyglot("data", beacon)
    yield (
        "numbers.json",
        '{"nan": NaN, "inf": [Infinity, -Infinity, 1e400, -1e400], "nought": -0.0}',
    )
    yield "twice.json", f'{{"a": 1, "a": "{MARK} second"}}'
    yield "lone.json", '{"lone": "\\ud800", "name\\udfff": "\\u0000\\u2028"}'
    yield "digits.json", '{"long": ' + "9" * 5000 + "}"
    yield "deep.json", "[" * 100_000
    yield "wide.json", "[" * 800 + "1," * 50_000 + "1" + "]" * 800
    yield "names.json", json.dumps(dict.fromkeys((*ODD_NAMES, text, DECEIVING), text))
    yield "loaded.yaml", f"!!python/object/apply:os.system ['touch {MARK}']\n"
    yield "bomb.yaml", _laughs()
    yield "deep.yml", "[" * 50_000
    cells = ["=1+1", "+A1", "-A1", "@SUM(A1)", "\t=1", "＝1", text.replace('"', '""')]
    yield "cells.csv", "\n".join(f'"{one}","{one}"' for one in cells)
    yield "cells.tsv", "\t".join(ODD_NAMES) + "\n" + "\t".join(["<b>"] * len(ODD_NAMES))
    yield "laughs.xml", markup.bomb("laughs") + f"<svg>&e9; {MARK}</svg>"
    yield "sheet.xml", f"<?xml-stylesheet href='{beacon}/xsl' type='text/xsl'?><a>{MARK}</a>"
    yield "track.gpx", markup.bomb("file") + "<gpx>&e;</gpx>"


def _laughs() -> str:
    """YAML whose aliases stand for 10 to the 12th values."""
    lines = ["a0: &a0 x"]
    lines += [f"a{n}: &a{n} [{', '.join([f'*a{n - 1}'] * 10)}]" for n in range(1, 13)]
    return "\n".join(lines)


def _charts(beacon: str) -> Files:
    row = {"t": polyglot("chart", beacon), "a": 1}
    spec: dict[str, Any] = {
        "$schema": SCHEMA,
        "data": {"values": [row]},
        "title": polyglot("title", beacon),
        "mark": "text",
        "encoding": {"text": {"field": "t"}},
    }
    yield "good.vl.json", json.dumps(spec | {"usermeta": {"embedOptions": {"loader": beacon}}})
    loading: dict[str, dict[str, Any]] = {
        "rows": {"data": {"url": f"{beacon}/rows.csv"}},
        "lookup": {"transform": [{"lookup": "a", "from": {"data": {"url": f"{beacon}/lookup"}}}]},
        "image": {"mark": {"type": "image", "url": f"{beacon}/image.png"}},
        "sets": {"datasets": {"one": {"url": f"{beacon}/set"}}},
        "config": {"config": {"mark": {"url": f"{beacon}/config"}}},
    }
    for name, changes in loading.items():
        yield f"{name}.vl.json", json.dumps(spec | changes)
    signals = [{"name": "s", "init": "this.constructor.constructor('hostile=1')()"}]
    yield "vega.json", json.dumps({"$schema": SCHEMA.replace("-lite", ""), "signals": signals})


def _notebook(beacon: str) -> dict[str, Any]:
    page, active = markup.document(beacon), "hostile = 1"
    outputs = [
        {"output_type": "display_data", "data": {"text/html": page, "text/plain": f"{MARK} said"}},
        {"output_type": "display_data", "data": {"application/javascript": active}},
        {
            "output_type": "display_data",
            "data": {"image/svg+xml": markup.picture("script", beacon)},
        },
        {"output_type": "display_data", "data": {"text/latex": "\\href{javascript:hostile=1}{x}"}},
        {"output_type": "display_data", "data": {"text/markdown": "<script>hostile=1</script>"}},
        {"data": {"application/vnd.jupyter.widget-view+json": {"model_id": "<script>"}}},
        {"data": {"image/png": f"{beacon}/notebook.png"}},
        {"data": {"image/png": 'AAAA" onerror="hostile=1'}},
        {"data": {"image/png": "PHNjcmlwdD5ob3N0aWxlPTE8L3NjcmlwdD4="}},
        {"output_type": "error", "ename": "<script>", "evalue": page[:200], "traceback": [7]},
        {
            "output_type": "stream",
            "text": f"\x1b]8;;{beacon}/link\x07{MARK}\x1b]8;;\x07\x1b[31m<b>",
        },
        7,
    ]
    return {
        "nbformat": 4,
        "metadata": {"language_info": {"name": "<script>"}, "widgets": {"state": page[:200]}},
        "cells": [
            {"cell_type": "markdown", "source": "\n\n".join(markup.MARKDOWN[::7])},
            {
                "cell_type": "markdown",
                "source": "![x](attachment:../../outside/canary.txt)",
                "attachments": {"../../outside/canary.txt": {"image/png": "AAAA"}},
            },
            {"cell_type": "raw", "metadata": {"format": "text/html"}, "source": page[:500]},
            {"cell_type": "code", "source": ["<script>", 7, polyglot("cell")], "outputs": outputs},
        ],
    }


def _reports(beacon: str) -> Iterator[tuple[str, str]]:
    text = polyglot("report", beacon)
    front = {"title": text, "authors": [{"name": text, "affiliation": text}], "abstract": text}
    lines = "\n".join(f"{key}: {json.dumps(value)}" for key, value in front.items())
    body = markup.place("\n\n".join((*markup.MARKDOWN, *markup.MUTATING)), beacon)
    maths = (
        "$\\text{<img src=x onerror=hostile=1>}$ $\\href{javascript:hostile=1}{x}$\n\n$$<script>$$"
    )
    yield "all.md", f"---\n{lines}\n---\n# {text}\n\n{maths}\n\n{body}\n"
    yield (
        "tagged.md",
        f"---\ntitle: !!python/object/apply:os.system ['touch {MARK}']\n---\n{MARK}\n",
    )
    yield "bomb.md", f"---\n{_laughs()}\n---\n{MARK}\n"
    yield "deep.md", f"---\ntitle: {'[' * 5000}\n---\n{MARK}\n"
    yield "images.md", "![x](../../outside/canary.txt) ![x](/etc/passwd) ![x](%2e%2e/x.png)\n"
