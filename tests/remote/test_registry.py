"""Models are registered at an address as in a folder."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

import runfolio
from runfolio.cli.main import main
from runfolio.errors import ModelNotFound, ModelUnreadable
from runfolio.store.remote import RemoteStore
from tests.models.kept_models import digest_of, keep_model, log_model_run


@pytest.fixture(autouse=True)
def _slow(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nothing is uploaded but at the beginning and at the end."""
    monkeypatch.setenv("RUNFOLIO_UPLOAD_INTERVAL", "3600")


def test_a_model_is_registered_named_and_described(url: str) -> None:
    first, second = log_model_run(url, "a"), log_model_run(url, "b")
    one = runfolio.register_model(first, "wine", aliases=["champion"], store=url)
    assert (one.number, one.digest, one.aliases) == (1, digest_of("a"), ("champion",))
    assert runfolio.register_model(f"runs:/{second}/model", "wine", store=url).number == 2
    runfolio.set_alias("wine", "champion", "latest", store=url)
    runfolio.note_model("wine", "Good.", 2, store=url)
    (model,) = runfolio.list_models(store=url)
    assert [(v.number, v.aliases, v.note) for v in model.versions] == [
        (1, (), None),
        (2, ("champion",), "Good."),
    ]
    card = runfolio.model_card("wine", "champion", store=url)
    assert 'model.predict({"alcohol": 9.4})' in card
    assert "scikit-learn==1.5.0" in card
    with pytest.raises(ModelNotFound, match="No model 'beer' in 's3://"):
        runfolio.get_model("beer", store=url)
    result = CliRunner().invoke(main, ["models", "show", "wine/2", "--store", url])
    assert "flavour: sklearn\n" in result.output


def test_a_run_that_goes_on_registers_what_is_not_uploaded_yet(url: str) -> None:
    with runfolio.start_run(store=url, experiment="wine", capture=False) as run:
        keep_model(run)
        one = runfolio.register_model(run, "wine")
    with runfolio.start_run(store=url, run_id=run.id, capture=False) as again:
        assert runfolio.register_model(again, "wine") == one
        keep_model(again, path="other")
        assert runfolio.register_model(again, "wine", path="other").number == 2
    assert runfolio.verify(store=url).problems == ()


def test_a_file_that_is_gone_is_told(url: str) -> None:
    run_id = log_model_run(url)
    RemoteStore(url).delete([f"runs/{run_id}/artifacts/model/MLmodel"])
    with pytest.raises(ModelUnreadable, match=r"'model/MLmodel' of the run .*: it is gone"):
        runfolio.register_model(run_id, "wine", store=url)


def test_gc_and_verify_know_what_models_need(url: str) -> None:
    run_id = log_model_run(url)
    runfolio.register_model(run_id, "wine", store=url)
    runfolio.delete_runs(run_id, store=url)
    assert runfolio.gc(store=url, older_than=0) == []
    assert runfolio.verify(store=url).problems == ()
    runfolio.delete_model("wine", store=url)
    assert [one.id for one in runfolio.gc(store=url, older_than=0)] == [run_id]
    runfolio.restore_model("wine", store=url)
    (problem,) = runfolio.verify(store=url).problems
    assert problem.path == f"{url}/runs/{run_id}/artifacts/model"
