"""Loading models by their addresses: from runs, the registry and folders, with files checked."""

from __future__ import annotations

import json
import os
import pickle
import shutil
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pytest
import yaml
from sklearn.linear_model import LogisticRegression
from sklearn.tree import DecisionTreeClassifier

import runfolio
from runfolio.errors import (
    InvalidValue,
    MissingDependency,
    ModelNotFound,
    ModelUnreadable,
    RunfolioError,
    RunNotFound,
    SignatureMismatch,
)
from runfolio.models.addresses import (
    FolderAddress,
    LoggedAddress,
    RunAddress,
    VersionAddress,
    read_address,
)
from tests.models.kept_models import list_elsewhere

DATA = pd.DataFrame({"a": [1.0, 2.0, 3.0, 4.0], "b": [1, 2, 3, 5]})
CLASSES = [0, 0, 1, 1]


def classifier() -> LogisticRegression:
    return LogisticRegression().fit(DATA, CLASSES)


def log(store: Path | str, model: Any = None, name: str = "model", **options: Any) -> str:
    """A run that kept a model; its id."""
    options = {"input_example": DATA} | options
    with runfolio.start_run(store=store, capture=False) as run:
        run.log_model(model if model is not None else classifier(), name, **options)
    return run.id


def kept(store: Path, run_id: str, name: str = "model") -> Path:
    return store / "runs" / run_id / "artifacts" / name


@pytest.mark.parametrize(
    ("text", "read"),
    [
        ("runs:/8f3c/model", RunAddress("8f3c", "model")),
        ("runs:/8f3c/models/a/b", RunAddress("8f3c", "models/a/b")),
        ("runs:/8f3c/a: b@c", RunAddress("8f3c", "a: b@c")),
        ("runs:/8f3c", RunAddress("8f3c", None)),
        ("models:/Weinqualität é/3", VersionAddress("Weinqualität é", "3")),
        ("models:/a/latest", VersionAddress("a", "latest")),
        ("models:/a/Latest", VersionAddress("a", "latest")),
        ("models:/a@champion", VersionAddress("a", "@champion")),
        ("models:/a@b@champion", VersionAddress("a@b", "@champion")),
        ("models:/a%20b/3", VersionAddress("a%20b", "3")),
        (f"models:/m-{'0a' * 16}", LoggedAddress(f"m-{'0a' * 16}")),
        ("/srv/model", FolderAddress(Path("/srv/model"))),
        (Path("/srv/models:/a"), FolderAddress(Path("/srv/models:/a"))),
        ("file:///srv/my%20model", FolderAddress(Path("/srv/my model"))),
        ("file:/srv/model", FolderAddress(Path("/srv/model"))),
    ],
)
def test_an_address_is_read(text: Any, read: Any) -> None:
    assert read_address(text) == read


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "'' is no address of a model. Write 'runs:/RUN/model', 'models:/NAME/3'"),
        (None, "None is no address of a model"),
        (b"runs:/a/b", "is no address of a model"),
        ("s3://bucket/model", "'s3://bucket/model' is no address of a model.* store= says where"),
        ("runs:/", "'runs:/' names no run. Write 'runs:/RUN/model'"),
        ("models:/", "names no version of a model. Write 'models:/NAME/3'"),
        ("models:/name", "names no version"),
        ("models:/name@", "names no version"),
        ("models:/@champion", "names no version"),
        ("models:/name/1/2", "names no version"),
        ("models:/m-123", "names no version"),
    ],
)
def test_an_address_that_is_none_is_refused(text: Any, said: str) -> None:
    with pytest.raises(ModelNotFound, match=said):
        runfolio.load_model(text)


def test_every_address_leads_to_the_same_model(store: Path, tmp_path: Path) -> None:
    runfolio.save_model(classifier(), tmp_path / "saved", input_example=DATA)
    with runfolio.start_run(store=store, capture=False) as run:
        run.log_artifacts(tmp_path / "saved", "nets/best")
    run_id = run.id
    runfolio.register_model(f"runs:/{run_id}/nets/best", "Wein", aliases=["champion"], store=store)
    folder = kept(store, run_id, "nets/best")
    addresses: list[Any] = [
        *(f"runs:/{run_id}/nets/best", f"runs:/{run_id[:7]}/nets/best", f"runs:/{run_id}"),
        *("models:/Wein@champion", "models:/Wein/1", "models:/Wein/latest"),
        *(folder, str(folder), folder.as_uri(), os.path.relpath(folder)),
    ]
    for address in addresses:
        model = runfolio.load_model(address, store=store)
        assert model.predict(DATA).tolist() == CLASSES
        assert model.address == str(address)
    assert repr(model) == f"<LoadedModel {model.address!r}: sklearn, 2 inputs>"
    assert model.description.digest is not None
    assert model.signature is not None


def test_the_store_is_that_of_the_environment(store: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run_id = log(store)
    monkeypatch.setenv("RUNFOLIO_STORE", str(store))
    assert runfolio.load_model(f"runs:/{run_id}/model").predict(DATA).tolist() == CLASSES


def test_a_model_of_a_run_that_is_still_going_and_of_one_that_is_packed(store: Path) -> None:
    with runfolio.start_run(store=store, capture=False) as run:
        run.log_model(classifier(), input_example=DATA)
        address = f"runs:/{run.id}/model"
        assert runfolio.load_model(address, store=store).predict(DATA).tolist() == CLASSES
    runfolio.pack(store=store)
    assert runfolio.load_model(address, store=store).predict(DATA).tolist() == CLASSES


def test_native_is_the_original(store: Path) -> None:
    run_id = log(store)
    model = runfolio.load_model(f"runs:/{run_id}/model", native=True, store=store)
    assert isinstance(model, LogisticRegression)
    wrapped = runfolio.load_model(f"runs:/{run_id}/model", store=store)
    assert isinstance(wrapped.native, LogisticRegression)


def test_a_loaded_model_can_be_sent_to_other_processes(store: Path) -> None:
    model = runfolio.load_model(f"runs:/{log(store)}/model", store=store)
    assert pickle.loads(pickle.dumps(model)).predict(DATA).tolist() == CLASSES


def test_predict_checks_its_data_and_takes_tables_arrays_and_dicts(store: Path) -> None:
    model = runfolio.load_model(f"runs:/{log(store)}/model", store=store)
    assert model.predict(DATA[["b", "a"]]).tolist() == CLASSES
    assert model.predict(DATA.to_numpy()).tolist() == CLASSES
    assert model.predict({"a": [1, 4], "b": np.array([1, 5])}).tolist() == [0, 1]
    assert model.predict({"a": 4, "b": 5}).tolist() == [1]
    with pytest.raises(SignatureMismatch, match=r"column 'b' \(long\) is missing"):
        model.predict(DATA[["a"]])
    with pytest.raises(SignatureMismatch, match="parameter 'k' is unknown; the signature has none"):
        model.predict(DATA, {"k": 1})


def test_columns_that_are_left_out_are_told_where_predict_is_called(store: Path) -> None:
    model = runfolio.load_model(f"runs:/{log(store)}/model", store=store)
    with pytest.warns(UserWarning, match="doesn't take 'c', which predict leaves out") as caught:
        model.predict(DATA.assign(c=1))
    assert caught[0].filename == __file__


def test_a_model_without_a_signature_takes_what_its_library_does(store: Path) -> None:
    run_id = log(store, input_example=None)
    model = runfolio.load_model(f"runs:/{run_id}/model", store=store)
    assert model.signature is None
    assert repr(model) == f"<LoadedModel 'runs:/{run_id}/model': sklearn>"
    assert model.predict({"a": [1, 4], "b": [1, 5]}).tolist() == [0, 1]
    assert model.predict({"a": 4, "b": 5}).tolist() == [1]


def test_parameters_reach_a_function_with_their_defaults(store: Path) -> None:
    def scaled(data: Any, params: Any) -> Any:
        return data["a"] * params["by"]

    run_id = log(store, scaled, input_example=(DATA, {"by": 2.0}))
    model = runfolio.load_model(f"runs:/{run_id}/model", trust=True, store=store)
    assert model.predict(DATA).tolist() == [2, 4, 6, 8]
    assert model.predict(DATA, {"by": 3}).tolist() == [3, 6, 9, 12]
    with pytest.raises(SignatureMismatch, match="parameter 'by' is 'x' where double is expected"):
        model.predict(DATA, {"by": "x"})


def test_what_is_not_there_is_told_with_what_is(store: Path, tmp_path: Path) -> None:
    run_id = log(store)
    runfolio.register_model(run_id, "quality", aliases=["champion"], store=store)
    cases: list[tuple[str, type[Exception], str]] = [
        (f"runs:/{run_id}/modle", ModelNotFound, "has no model in 'modle'. It has 'model'"),
        ("runs:/zz/model", RunNotFound, "No run 'zz' in .* `runfolio ls` lists the runs"),
        ("models:/qualitty/1", ModelNotFound, "No model 'qualitty' .* Did you mean 'quality'"),
        ("models:/quality/2", ModelNotFound, "'quality' has no version 2. .*1; 'champion' is 1"),
        ("models:/quality@champ", ModelNotFound, "no version or alias 'champ'.*'champion' is 1"),
        ("models:/quality/Production", ModelNotFound, "no version or alias 'Production'"),
        (f"models:/m-{'0' * 32}", ModelNotFound, "No model with the id 'm-0{32}' in .*imported is"),
        (str(kept(store, run_id, "modle")), ModelNotFound, "no folder .* Did you mean .*/model'"),
        (str(tmp_path / "nowhere" / "x"), ModelNotFound, "no folder .* Check the path"),
        (str(kept(store, run_id, "")), ModelNotFound, "has no MLmodel file. There is one in .*mod"),
        ("x" * 5000, ModelNotFound, "Couldn't look for a model in .*: File name too long. Check"),
        ("with\0null", ModelNotFound, "There is no folder .* Check the path"),
        (str(tmp_path), ModelNotFound, "has no MLmodel file. Name the folder of a saved model"),
    ]
    for address, kind, said in cases:
        with pytest.raises(kind, match=said) as caught:
            runfolio.load_model(address, store=store)
        assert "\n" not in str(caught.value)
    empty = log_nothing(store)
    with pytest.raises(ModelNotFound, match=f"The run '{empty}' has no model. Log one with"):
        runfolio.load_model(f"runs:/{empty}/model", store=store)


def log_nothing(store: Path) -> str:
    with runfolio.start_run(store=store, capture=False) as run:
        pass
    return run.id


def test_what_was_deleted_is_refused_with_what_restores_it(store: Path) -> None:
    run_id = log(store)
    runfolio.register_model(run_id, "quality", aliases=["champion"], store=store)
    runfolio.delete_model("quality", 1, store=store)
    with pytest.raises(ModelNotFound, match=r"was deleted.*runfolio models restore quality/1"):
        runfolio.load_model("models:/quality/1", store=store)
    runfolio.restore_model("quality", 1, store=store)
    runfolio.delete_model("quality", store=store)
    with pytest.raises(ModelNotFound, match=r"was deleted.*runfolio models restore quality"):
        runfolio.load_model("models:/quality@champion", store=store)
    runfolio.restore_model("quality", store=store)
    runfolio.delete_runs([run_id], store=store)
    for address in (f"runs:/{run_id}/model", "models:/quality@champion"):
        with pytest.raises(RunNotFound, match=f"was deleted.*runfolio restore {run_id}"):
            runfolio.load_model(address, store=store)
    runfolio.restore_runs([run_id], store=store)
    assert runfolio.load_model("models:/quality@champion", store=store).signature is not None


def test_a_version_whose_run_is_not_here_says_where_it_came_from(store: Path) -> None:
    from runfolio.store import Edit, write_edit

    log_nothing(store)
    said = {"model": "far", "number": 1, "source": "s3://bucket/model"}
    write_edit(store, Edit(1, "model-version", "0" * 16, said))
    with pytest.raises(ModelNotFound, match="is of no run here, but from 's3://bucket/model'"):
        runfolio.load_model("models:/far/1", store=store)


def test_a_file_that_was_changed_is_named(store: Path) -> None:
    run_id = log(store)
    runfolio.register_model(run_id, "quality", store=store)
    folder = kept(store, run_id)
    for name in ("model.skops", "MLmodel", "requirements.txt"):
        content = (folder / name).read_bytes()
        (folder / name).write_bytes(content[:-1] + bytes([content[-1] ^ 1]))
        for address in (f"runs:/{run_id}/model", "models:/quality/1"):
            with pytest.raises(ModelUnreadable, match=f"its file '{name}' doesn't match its check"):
                runfolio.load_model(address, store=store)
        (folder / name).unlink()
        with pytest.raises(ModelUnreadable, match=f"its file '{name}' is gone. `runfolio verify`"):
            runfolio.load_model(f"runs:/{run_id}/model", store=store)
        (folder / name).write_bytes(content)
    (folder / "more.py").write_text("")
    with pytest.raises(ModelUnreadable, match=r"its file 'more.py' is not one that the run lists"):
        runfolio.load_model(f"runs:/{run_id}/model", store=store)


def test_a_folder_of_no_run_is_compared_with_what_it_noted(store: Path, tmp_path: Path) -> None:
    folder = tmp_path / "copy"
    runfolio.save_model(classifier(), folder, input_example=DATA)
    (folder / "README.md").write_text("Notes beside the model are fine.")
    assert runfolio.load_model(folder).predict(DATA).tolist() == CLASSES
    (folder / "requirements.txt").write_text("other")
    with pytest.raises(ModelUnreadable, match=r"'requirements.txt' doesn't match its checksum"):
        runfolio.load_model(folder)


def test_links_lead_nowhere(store: Path, tmp_path: Path) -> None:
    run_id = log(store)
    folder, outside = kept(store, run_id), tmp_path / "outside"
    shutil.copytree(folder, outside)
    (folder / "model.skops").unlink()
    (folder / "model.skops").symlink_to(outside / "model.skops")
    for address in (f"runs:/{run_id}/model", folder):
        with pytest.raises(ModelUnreadable, match=r"its file 'model.skops' is a link"):
            runfolio.load_model(address, store=store)
    shutil.rmtree(folder)
    folder.symlink_to(outside)
    with pytest.raises(ModelUnreadable, match=r"its folder .* is a link"):
        runfolio.load_model(f"runs:/{run_id}/model", store=store)
    assert runfolio.load_model(folder).predict(DATA).tolist() == CLASSES
    (outside / "within").symlink_to(outside / "model.skops")
    assert runfolio.load_model(folder).predict(DATA).tolist() == CLASSES
    os.mkfifo(outside / "pipe")
    with pytest.raises(ModelUnreadable, match="its file 'pipe' is no regular file"):
        runfolio.load_model(folder)


def edit_mlmodel(folder: Path, **changes: Any) -> None:
    """Change what the ``MLmodel`` file of a folder says, by dotted keys with _ for dots."""
    document = yaml.safe_load((folder / "MLmodel").read_text())
    document.get("metadata", {}).pop("runfolio", None)
    document |= changes
    (folder / "MLmodel").write_text(yaml.safe_dump(document))


@pytest.fixture(scope="module")
def saved_once(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("models") / "saved"
    runfolio.save_model(classifier(), folder, input_example=DATA)
    return folder


@pytest.fixture
def saved(saved_once: Path, tmp_path: Path) -> Path:
    """A folder of a test's own with a saved model."""
    return Path(shutil.copytree(saved_once, tmp_path / "saved"))


@pytest.mark.parametrize(
    "content",
    [b"", b"PK\x03\x04", b"not a model", b"\x80\x04.", bytes(10_000)],
    ids=["empty", "a torn ZIP", "text", "a pickle", "zeros"],
)
def test_a_damaged_file_is_told_in_one_line(saved: Path, content: bytes) -> None:
    (saved / "model.skops").write_bytes(content)
    edit_mlmodel(saved)
    with pytest.raises(ModelUnreadable, match=r"Couldn't read the model .*model.skops") as caught:
        runfolio.load_model(saved)
    assert "\n" not in str(caught.value)
    assert caught.value.__suppress_context__


def test_a_cut_file_is_told_in_one_line(saved: Path) -> None:
    content = (saved / "model.skops").read_bytes()
    edit_mlmodel(saved)
    for length in range(0, len(content) - 1, len(content) // 7):
        (saved / "model.skops").write_bytes(content[:length])
        with pytest.raises(ModelUnreadable, match="Couldn't read the model"):
            runfolio.load_model(saved)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("", "names no flavors"),
        ("flavors: 7", "names no flavors"),
        ("flavors: {}", "it names no loader_module|its flavours .none. are unknown here"),
        ("flavors: {catboost: {data: model.cb}}", r"its flavours \('catboost'\) are unknown here"),
        ("flavors: [", "line 1"),
        ("flavors: {sklearn: {}}\nsignature: {inputs: '[7]'}", "a signature is a list of objects"),
        ("flavors: {sklearn: {}}", "None is no file in it"),
        ("flavors: {sklearn: {pickled_model: gone.skops, serialization_format: skops}}", "gone"),
    ],
)
def test_an_mlmodel_file_that_says_nothing_usable_is_refused(
    tmp_path: Path, text: str, said: str
) -> None:
    (tmp_path / "MLmodel").write_text(text)
    with pytest.raises(ModelUnreadable, match=said) as caught:
        runfolio.load_model(tmp_path)
    assert "\n" not in str(caught.value)


ESCAPE = "x\x1b[31m\n" * 1000
TENSOR = '[{"type": "tensor", "tensor-spec": {"dtype": %s, "shape": [-1, 2]}}]'


@pytest.mark.parametrize(
    "changes",
    [
        {"flavors": {ESCAPE: {}}},
        {"flavors": {f"flavor-{number}": {} for number in range(10_000)}},
        {"flavors": {"python_function": {"loader_module": ESCAPE}}},
        {"flavors": {"sklearn": {"pickled_model": f"../{ESCAPE}"}}},
        {"signature": {"inputs": json.dumps([{"type": ESCAPE, "name": ESCAPE}])}},
        {"signature": {"inputs": TENSOR % json.dumps(ESCAPE)}},
        {"signature": {"inputs": [{"type": "object", "properties": {ESCAPE: {"type": ESCAPE}}}]}},
        {"signature": {"params": json.dumps([{"type": ESCAPE, "name": ESCAPE, "default": 1}])}},
    ],
)
def test_no_name_in_an_mlmodel_file_moves_the_cursor_or_fills_the_screen(
    saved: Path, changes: dict[str, Any]
) -> None:
    edit_mlmodel(saved, **changes)
    with pytest.raises(RunfolioError) as caught:
        runfolio.load_model(saved).predict(DATA)
    assert str(caught.value).isprintable()
    assert len(str(caught.value)) < 1500


@pytest.mark.parametrize("path", ["../../../outside", "model/../model", "a\0b", "a\\b", "/outside"])
def test_a_run_that_lists_files_elsewhere_has_no_model_there(store: Path, path: str) -> None:
    run_id = log(store)
    shutil.copytree(kept(store, run_id), store.parent / "outside")
    list_elsewhere(store, run_id, path)
    with pytest.raises((ModelUnreadable, ModelNotFound)) as caught:
        runfolio.load_model(f"runs:/{run_id}/{path}", store=store)
    assert str(caught.value).isprintable()


def test_another_major_version_is_told_once(saved: Path) -> None:
    entry = {"pickled_model": "model.skops", "serialization_format": "skops"}
    edit_mlmodel(saved, flavors={"sklearn": entry | {"sklearn_version": "0.24.2"}})
    import sklearn

    with pytest.warns(UserWarning, match="was saved with") as caught:
        runfolio.load_model(saved)
    (warning,) = caught
    assert str(warning.message) == (
        f"The model {str(saved)!r} was saved with scikit-learn 0.24.2 (installed is "
        f"{sklearn.__version__}) and may answer otherwise here."
    )
    assert caught[0].filename == __file__
    edit_mlmodel(saved, flavors={"sklearn": entry | {"sklearn_version": "1.0.0"}})
    assert runfolio.load_model(saved).predict(DATA).tolist() == CLASSES


def test_a_library_that_is_missing_is_named_with_what_installs_it(saved: Path) -> None:
    entry = {"data": "model.skops", "model_class": "xgboost.core.Booster"}
    edit_mlmodel(saved, flavors={"xgboost": entry})
    with pytest.raises(MissingDependency, match=r"xgboost.*pip install xgboost"):
        runfolio.load_model(saved)
    edit_mlmodel(saved, flavors={"python_function": {"loader_module": "no_such_module_here"}})
    with pytest.raises(MissingDependency, match=r"'no_such_module_here', which.*pip install -r .*"):
        runfolio.load_model(saved, trust=True)
    (saved / "requirements.txt").unlink()
    with pytest.raises(MissingDependency, match="pip install no_such_module_here"):
        runfolio.load_model(saved, trust=True)


@pytest.mark.parametrize("trust", ["sklearn.Tree", [], [1], 1, None, {"a": 1}.values()])
def test_trust_is_true_or_a_list_of_types(saved: Path, trust: Any) -> None:
    with pytest.raises(InvalidValue, match="Use trust=True for a model of someone you trust"):
        runfolio.load_model(saved, trust=trust)


def test_a_version_whose_files_were_replaced_is_refused(store: Path) -> None:
    from runfolio.store import Edit, write_edit

    run_id = log(store, DecisionTreeClassifier().fit(DATA, CLASSES))
    version = runfolio.register_model(run_id, "quality", store=store)
    write_edit(store, Edit(1, "model-version", version.id, {"digest": "0" * 64}))
    with pytest.raises(ModelUnreadable, match=r"Version 1 .* no longer what was registered"):
        runfolio.load_model("models:/quality/1", store=store)
