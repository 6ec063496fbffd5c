"""XGBoost's models."""

from __future__ import annotations

from pathlib import Path

from tests.models.frameworks.programs import ask_mlflow, run_frameworks

TRIP = """
import sys
from pathlib import Path
import numpy as np, pandas as pd, xgboost
from runfolio.models.loading import load_model
from tests.models.frameworks.keeping import find_pickles, keep

to = Path(sys.argv[1])
x = pd.DataFrame(np.random.default_rng(7).normal(size=(80, 3)), columns=["a", "b", "größe"])
y = (x.a > 0).astype(int)

booster = xgboost.train({"max_depth": 2}, xgboost.DMatrix(x, x.a), 4)
loaded = keep(booster, to / "booster", x, x.head(3))
assert (loaded.predict(x) == booster.predict(xgboost.DMatrix(x))).all()
assert (loaded.predict(x.to_numpy()) == loaded.predict(x)).all()
assert (loaded.predict({name: x[name].to_numpy() for name in x}) == loaded.predict(x)).all()
native = load_model(to / "booster", native=True)
assert type(native) is xgboost.Booster and native.get_dump() == booster.get_dump()

classes = np.select([x.a < -0.5, x.a > 0.5], [0, 1], 2)
for name, model, target in (
    ("classifier", xgboost.XGBClassifier(n_estimators=3), classes),
    ("binary", xgboost.XGBRFClassifier(n_estimators=3), y),
    ("regressor", xgboost.XGBRegressor(n_estimators=3, booster="gblinear"), x.a),
    ("ranker", xgboost.XGBRanker(n_estimators=3), y),
):
    model.fit(x, target, **({"group": [40, 40]} if name == "ranker" else {}))
    loaded = keep(model, to / name, x, x.head(1))
    assert (loaded.predict(x) == model.predict(x)).all()
    assert (loaded.predict(x.to_numpy()) == model.predict(x)).all()
    native = load_model(to / name, native=True)
    assert type(native) is type(model)
    if hasattr(model, "predict_proba"):
        assert (native.predict_proba(x) == model.predict_proba(x)).all()
        assert list(native.classes_) == list(model.classes_)

stopped = xgboost.XGBRegressor(n_estimators=50, early_stopping_rounds=2)
stopped.fit(x[:40], x.a[:40], eval_set=[(x[40:], -x.a[40:])], verbose=False)
assert stopped.best_iteration < 10
assert (keep(stopped, to / "stopped", x).predict(x) == stopped.predict(x)).all()
assert find_pickles(to) == []
print((to / "booster/requirements.txt").read_text())
"""


def test_it_comes_back_and_mlflow_gives_the_same_answers(tmp_path: Path) -> None:
    requirements = run_frameworks(TRIP, tmp_path)
    assert any(one.startswith("xgboost") for one in requirements)
    names = ("booster", "classifier", "binary", "regressor", "ranker", "stopped")
    assert set(ask_mlflow(*(tmp_path / one for one in names))) == set(names)


REFUSALS = """
import sys
from pathlib import Path
import numpy as np, xgboost
from runfolio.documents import read_yaml, write_yaml
from runfolio.models.flavors.kinds import find_flavor
from runfolio.models.flavors.ubjson import check_ubjson
from runfolio.models.loading import load_model
from runfolio.models.saving import save_model
from tests.models.frameworks.keeping import damage, forget_checksums, refused

to = Path(sys.argv[1])
x = np.random.default_rng(7).normal(size=(40, 3))
print(refused(lambda: save_model(xgboost.XGBClassifier(), to / "empty")))
print(refused(lambda: save_model(xgboost.Booster(), to / "empty")))
print(refused(lambda: save_model(x, to / "empty", flavor="xgboost")))
assert not (to / "empty").exists()

class Own(xgboost.XGBRegressor):
    pass

print("own:", find_flavor(Own()).name)
model = xgboost.XGBRegressor(n_estimators=2).fit(x, x[:, 0])
save_model(model, to / "model")
whole = (to / "model/model.ubj").read_bytes()
for end in range(len(whole)):
    try:
        check_ubjson(whole[:end])
    except ValueError:
        continue
    print("cut and not seen:", end)
for said in damage(to / "model", "model.ubj"):
    print("damaged:", said)
document = read_yaml(to / "model/MLmodel")
document["flavors"]["xgboost"]["model_class"] = "os.system"
(to / "model/MLmodel").write_text(write_yaml(document))
print(refused(lambda: load_model(to / "model")))
"""


def test_what_is_empty_or_damaged_is_refused_in_one_line(tmp_path: Path) -> None:
    unfitted, empty, foreign, own, *damaged, lying = run_frameworks(REFUSALS, tmp_path)
    assert unfitted == (
        "ModelUnsaved: Couldn't save the model 'XGBClassifier': it is not fitted. "
        "Call its fit first."
    )
    assert empty.startswith("ModelUnsaved: Couldn't save the model 'Booster': ")
    assert foreign.startswith("ModelUnsaved: Couldn't save the model 'ndarray': it is none of ")
    assert own == "own: sklearn"
    assert len(damaged) == 4
    assert all(one.startswith("damaged: ModelUnreadable: Couldn't read") for one in damaged)
    assert "with xgboost: it is cut" in damaged[0]
    assert "it is not there" in damaged[3]
    assert lying.startswith("ModelUntrusted:")
    assert "its class 'os.system' is not one of XGBoost's own" in lying


THEIRS = """
import logging, sys, warnings
from pathlib import Path
import mlflow, numpy as np, pandas as pd, xgboost
from runfolio.models.loading import load_model

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
to = Path(sys.argv[1])
x = pd.DataFrame(np.random.default_rng(7).normal(size=(40, 3)), columns=list("abc"))
model = xgboost.XGBClassifier(n_estimators=3).fit(x, (x.a > 0).astype(int))
for form in ("ubj", "json"):
    mlflow.xgboost.save_model(model, str(to / form), model_format=form, pip_requirements=[])
    assert (load_model(to / form).predict(x) == model.predict(x)).all()
    assert isinstance(load_model(to / form, native=True), xgboost.XGBClassifier)
print("equal")
"""


def test_it_loads_what_mlflow_saved(tmp_path: Path) -> None:
    assert run_frameworks(THEIRS, tmp_path)[-1] == "equal"
