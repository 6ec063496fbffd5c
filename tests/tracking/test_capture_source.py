from __future__ import annotations

import json
import subprocess
import sys
import textwrap
from pathlib import Path
from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from runfolio.tracking.capture.credentials import redact_command
from runfolio.tracking.capture.source import find_source

REPORT = """
import json
from runfolio.tracking.capture.source import find_source
source = find_source()
path = source.path and str(source.path)
print(json.dumps([source.name, path, source.kind, source.command]))
"""


def run_python(folder: Path, *arguments: str, code: str = "") -> Any:
    done = subprocess.run(
        [sys.executable, *arguments],
        cwd=folder,
        input=code,
        capture_output=True,
        check=True,
        text=True,
        env={"PYTHONPATH": str(Path(__file__).parents[2] / "src")},
    )
    return json.loads(done.stdout)


def test_a_script(tmp_path: Path) -> None:
    script = tmp_path / "train.v2.py"
    script.write_text(REPORT)
    found = run_python(tmp_path, "train.v2.py", "--lr", "0.1")
    assert found == ["train.v2", str(script), "script", ["python", "train.v2.py", "--lr", "0.1"]]


def test_a_module(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    module = tmp_path / "package" / "training.py"
    module.write_text(REPORT)
    found = run_python(tmp_path, "-m", "package.training", "7")
    assert found[:3] == ["package.training", str(module), "module"]
    assert found[3] == ["python", "-m", "package.training", "7"]


def test_a_package(tmp_path: Path) -> None:
    (tmp_path / "package").mkdir()
    main = tmp_path / "package" / "__main__.py"
    main.write_text(REPORT)
    assert run_python(tmp_path, "-m", "package")[:3] == ["package", str(main), "module"]


def test_a_folder(tmp_path: Path) -> None:
    (tmp_path / "trainer").mkdir()
    main = tmp_path / "trainer" / "__main__.py"
    main.write_text(REPORT)
    assert run_python(tmp_path, "trainer")[:3] == ["trainer", str(main), "script"]


def test_code_without_a_file(tmp_path: Path) -> None:
    assert run_python(tmp_path, "-c", REPORT)[:3] == ["interactive", None, "repl"]
    assert run_python(tmp_path, "-", code=REPORT)[:3] == ["interactive", None, "repl"]


def test_a_worker_process_names_its_script(tmp_path: Path) -> None:
    script = tmp_path / "train.py"
    script.write_text(
        "import multiprocessing\n"
        f"def work():\n{textwrap.indent(REPORT, '    ')}\n"
        "if __name__ == '__main__':\n"
        "    process = multiprocessing.get_context('spawn').Process(target=work)\n"
        "    process.start()\n"
        "    process.join()\n"
    )
    found = run_python(tmp_path, "train.py", "--lr", "0.1")
    assert found == ["train", str(script), "script", ["python", "train.py", "--lr", "0.1"]]


def test_a_file_name_of_undecodable_bytes(tmp_path: Path) -> None:
    script = tmp_path / "tr\udce4in.py"
    try:
        script.write_text(REPORT)
    except (OSError, UnicodeError):
        pytest.skip("this file system takes no such names")
    assert run_python(tmp_path, str(script))[0] == "tr?in"


@pytest.fixture
def notebook(monkeypatch: pytest.MonkeyPatch) -> dict[str, Any]:
    """The names of a notebook's own module, in a process that IPython's kernel seems to run."""
    shell = SimpleNamespace(kernel=object())
    main = SimpleNamespace(__name__="__main__")
    monkeypatch.setitem(sys.modules, "IPython", SimpleNamespace(get_ipython=lambda: shell))
    monkeypatch.setitem(sys.modules, "__main__", main)
    monkeypatch.delenv("JPY_SESSION_NAME", raising=False)
    return vars(main)


def test_a_notebook_of_jupyter(
    notebook: dict[str, Any], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    file = tmp_path / "wine quality.ipynb"
    file.write_text("{}")
    monkeypatch.setenv("JPY_SESSION_NAME", str(file))
    found = find_source()
    assert (found.name, found.path, found.kind) == ("wine quality", file, "notebook")


def test_a_notebook_of_vs_code(notebook: dict[str, Any]) -> None:
    notebook["__vsc_ipynb_file__"] = "/gone/wine.ipynb"
    found = find_source()
    assert (found.name, found.path, found.kind) == ("wine", None, "notebook")


def test_a_notebook_that_is_not_named(
    notebook: dict[str, Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("JPY_SESSION_NAME", "console-1-0ab3")
    assert find_source().name == "notebook"


@pytest.mark.parametrize(
    ("argv", "redacted"),
    [
        (["--token", "V", "x"], ["--token", "[redacted]", "x"]),
        (["--api-key=V"], ["--api-key=[redacted]"]),
        (["--apiKey=V"], ["--apiKey=[redacted]"]),
        (["--wandb_api_key", "V"], ["--wandb_api_key", "[redacted]"]),
        (["--password", "-V"], ["--password", "[redacted]"]),
        (["--token", "--verbose"], ["--token", "--verbose"]),
        (["db.password=V"], ["db.password=[redacted]"]),
        (["+HF_TOKEN=V"], ["+HF_TOKEN=[redacted]"]),
        (["--max-tokens", "9"], ["--max-tokens", "9"]),
        (["--max-token=9", "--pad_token", "0"], ["--max-token=9", "--pad_token", "0"]),
        (["--tokenizer", "bpe", "--key", "a"], ["--tokenizer", "bpe", "--key", "a"]),
        (["--bypass", "1", "--author", "me"], ["--bypass", "1", "--author", "me"]),
        (["--data", "https://u:V@h/p?sig=V"], ["--data", "https://h/p"]),
        (["--data=s3://u:V@h/p"], ["--data=s3://h/p"]),
        (["s3://a/b,https://u:V@h/p and more"], ["s3://a/b,https://h/p and more"]),
        (["-H", "Authorization: Bearer VVVVVVVV"], ["-H", "Authorization: Bearer [redacted]"]),
        (["hf_" + "V" * 30], ["[redacted]"]),
        (["--lr=0.1", "train.py", "@file"], ["--lr=0.1", "train.py", "@file"]),
    ],
)
def test_redact_command(argv: list[str], redacted: list[str]) -> None:
    assert redact_command(argv) == tuple(redacted)


@given(
    before=st.lists(st.text("ab=/:@.", max_size=8)),
    option=st.sampled_from(["--token", "--api-key", "--db.password", "-secret", "--clientSecret"]),
    joined=st.booleans(),
)
def test_the_value_of_a_secret_option_never_stays(
    before: list[str], option: str, joined: bool
) -> None:
    secret = [f"{option}=S3CR3T"] if joined else [option, "S3CR3T"]
    assert "S3CR3T" not in " ".join(redact_command([*before, *secret]))


@given(argv=st.lists(st.text(max_size=30)))
def test_no_word_is_lost(argv: list[str]) -> None:
    assert len(redact_command(argv)) == len(argv)
