"""What models say of themselves: MLmodel files, signatures, examples, drawings, their trees."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import Final

from runfolio.documents import write_yaml
from runfolio.errors import ModelUnreadable, RunfolioError
from runfolio.models.addresses import read_address
from runfolio.models.calls import read_example, write_call
from runfolio.models.description import read_description
from runfolio.models.flavors.ubjson import check_ubjson
from runfolio.models.signature import Signature, describe_type
from runfolio.site.models.estimators import parse_diagram
from tests.fuzz.target import Target, fresh_folder, join_pieces, split_pieces


def _check_mlmodel(data: bytes) -> None:
    folder = fresh_folder("model")
    (folder / "MLmodel").write_bytes(data)
    with suppress(ModelUnreadable):
        described = read_description(folder)
        assert isinstance(described.flavor, str)
        assert described.digest is None or described.digest
        assert described.risk is None or described.risk
        write_call("runs:/0/model", signature=described.signature)


def _check_signature(data: bytes) -> None:
    """Pieces are the inputs, outputs and parameters; what is read can be written and read again."""
    texts = (one.decode(errors="replace") for one in split_pieces(data))
    document = dict(zip(("inputs", "outputs", "params"), texts, strict=False))
    with suppress(ValueError):
        signature = Signature.parse(document)
        assert signature is not None
        assert repr(Signature.parse(signature.document())) == repr(signature)
        for part in (signature.inputs, signature.outputs, signature.params):
            for one in part or ():
                assert isinstance(describe_type(one), str)


def _check_example(data: bytes) -> None:
    with suppress(ValueError):
        write_call("models:/m/1", read_example(data))


def _check_diagram(data: bytes) -> None:
    parse_diagram(data.decode(errors="replace"))


def _check_ubjson(data: bytes) -> None:
    with suppress(ValueError):
        check_ubjson(data)


def _check_address(data: bytes) -> None:
    with suppress(RunfolioError):
        read_address(data.decode(errors="replace"))


_INPUTS: Final = json.dumps(
    [
        {"type": "double", "name": "a", "required": True},
        {"type": "array", "items": {"type": "string"}, "name": "b", "required": False},
        {
            "type": "object",
            "properties": {"x": {"type": "long", "required": True}},
            "name": "c",
            "required": True,
        },
        {"type": "map", "values": {"type": "float"}, "name": "d", "required": True},
    ]
)
_OUTPUTS: Final = '[{"type": "tensor", "tensor-spec": {"dtype": "float64", "shape": [-1, 3]}}]'
_PARAMS: Final = '[{"name": "n", "default": 3, "shape": null, "type": "integer"}]'
_MLMODEL: Final = write_yaml(
    {
        "flavors": {"sklearn": {"pickled_model": "model.pkl"}, "python_function": {"env": {}}},
        "signature": {"inputs": _INPUTS, "outputs": _OUTPUTS, "params": _PARAMS},
        "run_id": "0" * 32,
        "utc_time_created": "2026-01-01 00:00:00.000000",
        "model_size_bytes": 12,
        "metadata": {"runfolio": {"digest": "0" * 64, "risk": "x", "files": {"a": "0"}}},
        "saved_input_example_info": {"artifact_path": "input_example.json", "type": "dataframe"},
    }
).encode()
_EXAMPLE: Final = b'{"columns": ["a", "b"], "data": [[1, "x"], [2.5, null]], "index": [0, 1]}'
_DIAGRAM: Final = (
    b'<div class="sk-top-container"><div class="sk-container"><div class="sk-item">'
    b'<div class="sk-label-container"><div class="sk-label"><label>Pipeline</label>'
    b'<div class="sk-toggleable__content"><pre>Pipeline(steps=[])</pre></div></div></div>'
    b'<div class="sk-serial"><div class="sk-item"><div class="sk-estimator"><label>Ridge</label>'
    b"<pre>Ridge()</pre></div></div></div></div></div></div>"
)
_WORDS: Final = (
    *(b'"type": "tensor"', b'"type": "array"', b'"items":', b'"shape": [-1]', b'"properties": {}'),
    *(
        b'"default": NaN',
        b'"required": 1',
        b'"name": null',
        b"<pre>",
        b"</div>",
        b"<label>",
        b"\n  ",
    ),
    *(b'{"inputs":', b'"params":', b"[[", b"]]", b"<div class='sk-parallel'>"),
)

TARGETS: Final = (
    Target("mlmodel", _check_mlmodel, lambda: [_MLMODEL], _WORDS, 120),
    Target(
        "signature",
        _check_signature,
        lambda: [join_pieces(one.encode() for one in (_INPUTS, _OUTPUTS, _PARAMS))],
        _WORDS,
        300,
    ),
    Target(
        "model-example",
        _check_example,
        lambda: [_EXAMPLE, b'{"inputs": {"a": [1, 2]}, "params": {"n": 1}}', b"[[1, 2], [3, 4]]"],
        _WORDS,
        200,
    ),
    Target("diagram", _check_diagram, lambda: [_DIAGRAM], _WORDS),
    Target(
        "ubjson",
        _check_ubjson,
        lambda: [
            b"{L" + bytes(7) + b"\x01a[$d#L" + bytes(7) + b"\x02" + bytes(8) + b"}",
            b"[[[[i\x01",
        ],
        (b"[$U#", b"{", b"}", b"[", b"]", b"[" * 3000, b"[$[#l", b"L", b"#"),
        200,
    ),
    Target(
        "address",
        _check_address,
        lambda: [b"runs:/0/m", b"models:/m/1", b"models:/m@best", b"models:/m-0", b"./a"],
        (b"/", b":", b"@", b"models:/", b"runs:/", b"..", b"\0"),
    ),
)
