"""Credentials in lines: what is found, and above all what is not."""

from __future__ import annotations

import base64
import hashlib
import socket
import subprocess
import sys
from pathlib import Path

import pytest

from runfolio.privacy.masks import Masks
from runfolio.privacy.rules import Style
from runfolio.privacy.terms import Terms
from runfolio.sources.opening import read_anything
from tests.privacy.samples import FORMS, make_random, make_token
from tests.samples import sample

V = make_random("a value", 24)
WORD = "hunter2x"

FOUND = [
    ("password = 'V'", "code"),
    ('{"client_secret": "V"}', "code"),
    ("connect(api_key='V')", "code"),
    ("os.environ['HF_TOKEN'] = 'V'", "code"),
    ("headers = {'Authorization': 'Bearer V'}", "code"),
    ("password: V", "config"),
    ("DB_PASSWORD=V", "config"),
    ("export WANDB_API_KEY=V", "config"),
    ("token: V", "config"),
    ("--token V --lr 0.1", "config"),
    ("--api-key=V", "config"),
    ("run.py --hf_token 'V'", "config"),
    ("authToken: V", "config"),
    ("machine h login me password V", "config"),
    ("https://me:V@example.org/x", "config"),
    ("postgresql://u:V@db/x", "config"),
    ("https://V@github.com/a/b", "config"),
    ("git+https://x-token:V@host/a.git", "config"),
    ("s3://b/k?X-Amz-Signature=V&x=1", "config"),
    ("https://a.blob.core.windows.net/c?sv=1&sig=V", "config"),
    ("https://x.org/a?private_token=V", "config"),
    ("Authorization: Bearer V", "config"),
    ("curl -H 'Private-Token: V'", "config"),
    ("+SECRET_KEY=V", "config"),
    ("2024-01-01 INFO api_key=V ok", "config"),
    ("curl -s -u me:V https://example.org", "config"),
    ("sshpass -p 'V' ssh h", "config"),
    ("mysql -u root -pV db", "config"),
    ("<db><password>V</password></db>", "config"),
    ("the password is V, they say", "config"),
]

KEPT = [
    "max_tokens: 512",
    "token_pattern=r'(?u)\\b\\w\\w+\\b'",
    "mysql://<username>:<password>@<host>/x",
    "https://user:pass@host/x",
    "api_key = 'OPENAI_API_KEY'",
    "password_file: /etc/x.txt",
    "credentials_path = 'a/b.json'",
    "max_new_tokens = 4096",
    "pad_token = '[PAD]'",
    'eos_token: "<|endoftext|>"',
    "tokenizer = AutoTokenizer.from_pretrained('bert-base-uncased')",
    "token_embedding.weight",
    "keypoints: 17",
    "key_dim: 64",
    "monkey = 'banana'",
    "pass: 3",
    "n_pass=10",
    "bypass: true",
    "pass@1: 0.62",
    "password = getpass.getpass()",
    "password = args.password",
    "token = os.environ['TOKEN']",
    "api_key: ${API_KEY}",
    "api_key: <your key>",
    "password: ****",
    "secret = None",
    "auth: kerberos",
    "sort_key = 'name'",
    "sha256: " + hashlib.sha256(b"x").hexdigest(),
    "commit " + hashlib.sha1(b"x").hexdigest(),
    "'" + hashlib.sha256(b"y").hexdigest() + "'",
    "run '0123456789abcdef' and '9f1c2e3d4b5a69788796a5b4c3d2e1f0'",
    "'123e4567-e89b-12d3-a456-426614174000'",
    "'HistGradientBoostingRegressor(max_iter=200)'",
    "'sklearn/ensemble/_forest.py'",
    "'tf_efficientnetv2_s.in21k_ft_in1k'",
    '"image/png": "' + "iVBORw0KGgoAAAANSUhEUgAA" * 40 + '"',
    "logits@weights.mean()",
    "numpy==2.1.0 pandas==2.2.3",
    "192.168.0.1 and 8.8.8.8 and version 1.2.3.4",
    "https://example.org/a?page=2&sort=name#x",
    "https://user@host",
    "git@github.com:a/b.git",
    "epoch 1 loss 0.123456789012 acc 0.98765432109876",
    "ghp_short",
    "sk-learn",
    "The secret is patience.",
    "password is needed",
    '<label class="sk-toggleable__label sk-toggleable__label-arrow">',
    "API_KEY = 'api_key'",
    "INPUT_TOKEN_KEY = 'input_tokens'",
    'client_secret: "CLIENT_SECRET"',
    'api_key="sk-...xyz123"',
    "token: your-token",
    "password_hash='REDACTED'",
    "docker run -u 1000:1000 image",
    "curl -u $USER:$PASSWORD https://example.org",
    "mysql -P 3306 -p db",
    "<password></password><key>name</key>",
    "sk-learn hf_hub_download(repo_id) npm_config",
    "react%4018.2.0 and %40scope/pkg",
]


def find(line: str, style: Style = "config") -> str:
    """The line with its secrets masked."""
    secret = []
    masked = Masks(Terms()).mask(
        line, style=style, report=lambda hit: secret.append(hit.span.severity)
    )
    return masked if "secret" in secret else line


@pytest.mark.parametrize(("line", "style"), FOUND)
def test_a_secret_is_found_by_what_stands_beside_it(line: str, style: Style) -> None:
    masked = find(line.replace("V", V), style)
    assert V not in masked
    assert "[redacted]" in masked


@pytest.mark.parametrize("form", sorted(FORMS))
def test_a_token_of_known_form_is_found_by_itself(form: str) -> None:
    token = make_token(form, "x")
    assert find(f"use {token} here") == "use [redacted] here"


TOKENS_OF_SERVICES = [
    "hf" + "_" + "aBcDeFgHiJ" * 3 + "kLmN",
    "AI" + "za" + make_random("gcp", 35),
    "GOC" + "SPX-" + make_random("oauth", 28),
    "ya" + "29." + make_random("ya", 80),
    "gs" + "k_" + make_random("groq", 52),
    "pcs" + "k_" + make_random("pinecone", 60),
    "r8" + "_" + make_random("replicate", 37),
    "dap" + "i" + hashlib.md5(b"x").hexdigest(),
    "dop" + "_v1_" + hashlib.sha256(b"x").hexdigest(),
    "np" + "m_" + make_random("npm", 36),
    "lsv2" + "_pt_" + hashlib.md5(b"y").hexdigest() + "_0123456789",
    base64.b64encode(b'{"api_address":"https://x.example","api_key":"0123456789"}').decode(),
    "discord.com/api/web" + "hooks/123456789012345678/" + make_random("hook", 68),
]


@pytest.mark.parametrize("token", TOKENS_OF_SERVICES)
def test_a_token_of_a_service_is_found_by_itself(token: str) -> None:
    assert find(f"use {token} here") == "use [redacted] here"
    assert find(f"api_token={token}") == "api_token=[redacted]"


@pytest.mark.parametrize("style", ["code", "config"])
@pytest.mark.parametrize("line", KEPT)
def test_what_only_looks_alike_is_left_alone(line: str, style: Style) -> None:
    assert find(line, style) == line


@pytest.mark.parametrize(
    ("name", "value", "masked"),
    [
        ("api_key", V, True),
        ("db.password", WORD, True),
        ("password", "839201748", True),
        ("HF_TOKEN", V, True),
        ("max_tokens", "512", False),
        ("token", "512", False),
        ("PGPASSWORD", "hunter2x", True),
        ("KAGGLE_KEY", hashlib.md5(b"k").hexdigest(), True),
        ("cache_key", hashlib.md5(b"k").hexdigest(), False),
        ("pw", "hunter2x", True),
        ("pw", "0.5", False),
        ("pass", "2", False),
        ("auth", "none", False),
        ("note", make_random("long", 44), True),
        ("data", hashlib.sha256(b"x").hexdigest(), False),
        ("model", "resnet50", False),
        ("password", "", False),
        ("password", "[redacted]", False),
    ],
)
def test_the_name_of_a_value_tells(name: str, value: str, masked: bool) -> None:
    assert (Masks(Terms()).mask(value, name=name) != value) == masked


@pytest.mark.parametrize("kind", ["mlflow_file", "tensorboard", "optuna", "trackio", "wandb"])
def test_stores_that_others_published_have_no_false_secrets(kind: str) -> None:
    from runfolio.privacy import inspect_store
    from tests.samples import STORES

    for place in sorted((STORES / kind).glob("*")):
        with read_anything(place) as tables:
            assert inspect_store(tables).secrets == ()


def test_the_token_that_somebody_published_is_found() -> None:
    """Ray writes its configuration, with DVC's token in it, into every table of results."""
    from runfolio.privacy import find_secrets

    store = sample("dvclive", "mnrozhkov") / "commit_c5fc17f" / "results" / "train"
    found = [one for one in find_secrets(store) if one.severity == "secret"]
    assert any("DVC_STUDIO_TOKEN" in one.place for one in found)
    assert not any("isat_" in one.shown for one in found)


def test_nothing_is_asked_of_the_network(monkeypatch: pytest.MonkeyPatch) -> None:
    def refuse(*_: object, **__: object) -> None:
        raise AssertionError("a connection was made")

    monkeypatch.setattr(socket.socket, "connect", refuse)
    monkeypatch.setattr(socket, "getaddrinfo", refuse)
    for form in FORMS:
        assert "[redacted]" in find(make_token(form, "y"))


def test_no_plug_in_comes_from_outside(tmp_path: Path) -> None:
    """Settings of detect-secrets in the process or the folder change nothing."""
    (tmp_path / "plugin.py").write_text("raise SystemExit('loaded')\n")
    (tmp_path / ".secrets.baseline").write_text("{}")
    program = (
        "from detect_secrets.settings import get_settings\n"
        f"get_settings().plugins['X'] = {{'path': 'file://{tmp_path / 'plugin.py'}'}}\n"
        "from runfolio.privacy.rules import find_credentials\n"
        f"print(len(list(find_credentials({make_token('github', 'z')!r}, style='config'))))\n"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], cwd=tmp_path, capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "1"


def test_runfolio_does_not_load_the_rules_until_they_are_needed() -> None:
    program = (
        "import sys, runfolio, runfolio.cli.report, runfolio.privacy\n"
        "print('detect_secrets' in sys.modules)"
    )
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True, check=True
    )
    assert ran.stdout.strip() == "False"


def test_a_long_line_is_searched_to_its_end() -> None:
    token = make_token("github", "end")
    line = '{"data": "' + "x y z, " * 20_000 + f'", "use": "{token}"}}'
    assert token not in find(line)


@pytest.mark.parametrize("before", [0, 900, 1000, 1500, 1999, 2500])
def test_a_token_that_pieces_of_a_long_line_cut_is_masked_whole(before: int) -> None:
    token = make_token("jwt", "long") + make_random("more", 200) * 7
    line = "x " * (before // 2) + f" {token} " + "y " * 1500
    assert find(line) == line.replace(token, "[redacted]")
