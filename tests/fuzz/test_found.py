"""Inputs that broke a reader once, as small as they were found, and what is said of them now."""

from __future__ import annotations

import hashlib
import json
import zlib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pyarrow as pa
import pytest

import runfolio
from runfolio.errors import InvalidValue, ProjectInvalid
from runfolio.models.flavors.ubjson import check_ubjson
from runfolio.privacy.contents import mask_bytes
from runfolio.privacy.masks import Masks
from runfolio.privacy.terms import Terms
from runfolio.projects.reading import read_project
from runfolio.publishing.references import Use, read_page, read_style
from runfolio.query.record import moment_of
from runfolio.schema import FILLED, TABLES
from runfolio.schema.results import ResultCurve, encode_result, read_result
from runfolio.site import build_report
from runfolio.store import read_overview, read_store
from runfolio.store.columns import make_overview
from runfolio.store.layout import RunFolder, run_folder
from runfolio.store.manifest import describe_file, encode_manifest, read_manifest
from runfolio.store.parquet import encode_table
from runfolio.store.sealed import read_sealed_tables
from runfolio.upkeep.recovery import recover
from runfolio.upkeep.verification import verify
from tests.fuzz.target import join_pieces
from tests.fuzz.targets import TARGETS
from tests.privacy.samples import make_token
from tests.store.samples import only_journal, write_run, write_sealed_run

HEADER = b'\x01{"format": 1, "run_id": "0123456789abcdef", "experiment": "e", "name": "n"'
ARTIFACT = b'\x07{"path": null, "size": 1, "sha256": null, "time": 1, "media_type": null}'


@pytest.mark.parametrize(
    "records",
    [
        [HEADER + b"}"],  # without a start
        [HEADER + b', "start_time": "now"}'],
        [HEADER + b', "start_time": 1}', b'\x04{"lr": 7}'],
        [HEADER + b', "start_time": 1}', b"\x05[]", b"\x06{}"],
        [HEADER + b', "start_time": 1}', b"\x0a{}"],
        [HEADER + b', "start_time": 1, "writer": 7}'],
        [HEADER + b', "start_time": 1}', ARTIFACT],
    ],
)
def test_a_sound_journal_of_records_that_make_no_sense_hides_its_run_alone(
    tmp_path: Path, records: list[bytes]
) -> None:
    sound, run = write_sealed_run(tmp_path), write_run(tmp_path)
    frames = [len(one).to_bytes(4, "little") + _crc(one) + one for one in records]
    only_journal(run).write_bytes(b"".join(frames))
    for told in (read_store(tmp_path).damage, verify(store=tmp_path).problems):
        assert [one.run_id for one in told] == [run.run_id]
        assert "isn't what this version of Runfolio writes" in told[0].reason
    assert [one.run_id for one in recover(store=tmp_path).damaged] == [run.run_id]
    assert read_store(tmp_path).runs["run_id"].to_pylist() == [sound.run_id]
    TARGETS["records"].check(join_pieces(records))


COLUMNS = [(table, column) for table, names in FILLED.items() for column in names]


@pytest.mark.parametrize(("table", "column"), [pair for pair in COLUMNS if pair[0] in TABLES])
def test_a_table_with_rows_that_lack_something_hides_its_run_alone(
    tmp_path: Path, table: str, column: str
) -> None:
    sound, run = (_write_full(tmp_path) for _ in range(2))
    manifest = read_manifest(run.manifest)
    tables = read_sealed_tables(run, manifest)
    place = tables[table].schema.get_field_index(column)
    field = tables[table].schema.field(place)
    empty = pa.nulls(tables[table].num_rows, field.type)
    assert len(empty)
    tables[table] = tables[table].set_column(place, field, empty)
    content, name = encode_table(tables[table], table), f"{table}.parquet"
    (run.tables / name).write_bytes(content)
    files, overview = manifest.files | {name: describe_file(content)}, make_overview(tables)
    changed = replace(manifest, files=files, overview=overview)
    run.manifest.write_bytes(encode_manifest(changed))
    whole = read_store(tmp_path)
    assert whole.runs["run_id"].to_pylist() == [sound.run_id]
    assert [one.run_id for one in whole.damage] == [run.run_id]
    assert f"{name}' has rows without {column!r}" in whole.damage[0].reason
    assert [one.run_id for one in verify(store=tmp_path).problems] == [run.run_id]
    if column in overview.get(table, {}):
        found = read_overview(tmp_path)
        assert found.runs["run_id"].to_pylist() == [sound.run_id]
        assert [one.run_id for one in found.damage] == [run.run_id]


def _write_full(store: Path) -> RunFolder:
    """A sealed run that has a row in every table."""
    with runfolio.start_run(store=store, capture=False) as run:
        run.log_params({"lr": 0.1})
        run.set_tags({"a": "b"})
        run.log_metrics({"loss": 0.5}, step=1)
        run.log_text("words", "a.txt")
        run.log_input(np.arange(3), name="d")
    return run_folder(store, run.id)


@pytest.mark.parametrize("value", [5, [1], {"a": 1}, "\ud800", True, None])
@pytest.mark.parametrize(("table", "column"), [("run", "name"), ("tags", "value")])
def test_an_overview_of_odd_values_hides_its_run_alone(
    tmp_path: Path, table: str, column: str, value: object
) -> None:
    sound, run = (write_sealed_run(tmp_path) for _ in range(2))
    document = json.loads(run.manifest.read_bytes())
    document["overview"][table][column] = [value]
    del document["sha256"]
    rest = b'", ' + json.dumps(document)[1:].encode()
    digest = hashlib.sha256(rest).hexdigest().encode()
    run.manifest.write_bytes(b'{"sha256": "' + digest + rest)
    found = read_overview(tmp_path)
    assert found.runs["run_id"].to_pylist() == [sound.run_id]
    assert [(one.run_id, one.path) for one in found.damage] == [(run.run_id, str(run.manifest))]
    assert runfolio.search_runs(store=tmp_path).shape[0] == 1


def test_artifacts_of_which_little_is_told_are_listed(tmp_path: Path) -> None:
    run = write_run(tmp_path)
    path = only_journal(run)
    record = b'\x07{"path": "a.txt", "time": 1}'
    frame = len(record).to_bytes(4, "little") + _crc(record) + record
    path.write_bytes(path.read_bytes() + frame)
    (artifact,) = runfolio.get_run(run.run_id, store=tmp_path).artifacts
    assert (artifact.path, artifact.size, artifact.sha256) == ("a.txt", 0, "")
    assert artifact.media_type == "application/octet-stream"
    build_report(tmp_path, output=tmp_path / "site", title="t")
    assert "a.txt" in (tmp_path / "site" / "runs" / f"{run.run_id}.html").read_text()


def test_a_project_whose_environment_has_a_name_too_long_is_none(tmp_path: Path) -> None:
    (tmp_path / "MLproject").write_text(f"name: x\nconda_env: {'a' * 300}\n")
    with pytest.raises(ProjectInvalid, match="which is no file"):
        read_project(tmp_path)


def test_a_model_file_that_is_nested_too_deeply_is_refused() -> None:
    for content in (b"[" * 5000, b"[" * 2000 + b"]" * 2000, b"{i\x01a" * 2000 + b"Z" + b"}" * 2000):
        with pytest.raises(ValueError, match="nested too deeply"):
            check_ubjson(content)
    check_ubjson(b"[" * 100 + b"]" * 100)


@pytest.mark.parametrize("kind", [b"T", b"Z", b"N", b"i", b"["])
def test_a_model_file_with_a_type_but_no_length_has_no_end_to_look_for(kind: bytes) -> None:
    with pytest.raises(ValueError, match="type without a length at byte 3"):
        check_ubjson(b"[$" + kind + b"\x01\x01]")


def test_a_run_of_a_time_that_no_calendar_has_can_be_read(tmp_path: Path) -> None:
    run = write_sealed_run(tmp_path, start_time=-(2**62))
    assert runfolio.get_run(run.run_id, store=tmp_path).start_time.year == 1
    assert moment_of(2**62).year == 9999
    assert moment_of(-1).year == 1969


def test_a_result_whose_name_is_none_is_no_result() -> None:
    curve = encode_result(ResultCurve("c", (0.0, 1.0), (0.0, 1.0)))
    for name in (b'"' + b"c" * 300 + b'"', b'""', b"7", b'"\\ud800"'):
        with pytest.raises(InvalidValue, match="name"):
            read_result(curve.replace(b'"c"', name))


def _crc(payload: bytes) -> bytes:
    return zlib.crc32(payload).to_bytes(4, "little")


@pytest.mark.parametrize("odd", ["<![CD[x]>", "<![if IE]>", "<![", "<!x", "<![x[ "])
def test_a_page_with_odd_declarations_is_read_to_its_end(odd: str) -> None:
    page = read_page(f'<a href="a.html">x</a>{odd}')
    assert [(one.use, one.value) for one in page.references] == [(Use.LINK, "a.html")]
    if odd.endswith(">"):
        page = read_page(f'{odd}<a href="b.html">x</a>')
        assert [one.value for one in page.references] == ["b.html"]


def test_a_style_that_loads_nothing_refers_to_nothing_of_a_name() -> None:
    assert [one.value for one in read_style('a{b:url()}c{d:url("")}e{f:url(g)}')] == ["", "", "g"]


@pytest.mark.parametrize("mark", [b"\xff\xfe", b"\xfe\xff"])
@pytest.mark.parametrize("name", ["a.txt", "a.json", "a.csv"])
def test_a_mark_of_utf_16_hides_no_credential_in_plain_text(mark: bytes, name: str) -> None:
    token = make_token("github", "a mark")
    content = mask_bytes(mark + f'{{"a": "{token}"}}\n'.encode(), name, Masks(Terms()))
    assert content.data is not None
    assert token.encode() not in content.data
    assert content.data.startswith(mark)
    assert [hit.span.severity for hit in content.hits] == ["secret"]


def test_text_in_utf_16_is_masked_as_before() -> None:
    token = make_token("github", "utf-16")
    content = mask_bytes(f"a = {token}\n".encode("utf-16"), "a.txt", Masks(Terms()))
    assert content.data is not None
    assert token not in content.data.decode("utf-16")
    plain = "größer als 字\n".encode("utf-16")
    assert mask_bytes(plain, "a.txt", Masks(Terms())).data is None
