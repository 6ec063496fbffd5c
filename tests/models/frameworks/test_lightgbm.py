"""LightGBM's models."""

from __future__ import annotations

from pathlib import Path

from tests.models.frameworks.programs import ask_mlflow, run_frameworks

TRIP = """
import sys
from pathlib import Path
import lightgbm, numpy as np, pandas as pd
from runfolio.models.loading import load_model
from runfolio.models.saving import save_model
from tests.models.frameworks.keeping import find_pickles, keep

to = Path(sys.argv[1])
x = pd.DataFrame(np.random.default_rng(7).normal(size=(80, 3)), columns=["a", "b", "c"])
mixed = x.assign(c=pd.Categorical(np.where(x.c > 0, "up", "down")))
told = {"verbosity": -1, "n_estimators": 3}

booster = lightgbm.train(told, lightgbm.Dataset(mixed, x.a), 3)
loaded = keep(booster, to / "booster", mixed)
assert (loaded.predict(mixed) == booster.predict(mixed)).all()
native = load_model(to / "booster", native=True)
assert type(native) is lightgbm.Booster and native.num_trees() == 3

words = np.select([x.a < -0.5, x.a > 0.5], ["low", "high"], "middle")
for name, model, data, target in (
    ("classifier", lightgbm.LGBMClassifier(**told), x, words),
    ("regressor", lightgbm.LGBMRegressor(**told), mixed, x.a),
    ("ranker", lightgbm.LGBMRanker(**told), x, (x.a > 0).astype(int)),
):
    model.fit(data, target, **({"group": [40, 40]} if name == "ranker" else {}))
    loaded = keep(model, to / name, data, data.head(2))
    assert (loaded.predict(data) == model.predict(data)).all()
    native = load_model(to / name, native=True)
    assert type(native) is type(model) and native.get_params() == model.get_params()
classifier = load_model(to / "classifier")
assert set(classifier.predict(x)) == {"low", "middle", "high"}
assert (classifier.predict(x.to_numpy()) == classifier.predict(x)).all()
native = load_model(to / "classifier", native=True)
assert len({save_model(native, to / one).digest for one in ("once", "twice")}) == 1
assert find_pickles(to) == []
"""


def test_it_comes_back_and_mlflow_gives_the_same_answers(tmp_path: Path) -> None:
    assert run_frameworks(TRIP, tmp_path, PYTHONWARNINGS="error") == []
    names = ("booster", "classifier", "regressor", "ranker")
    assert set(ask_mlflow(*(tmp_path / one for one in names))) == set(names)


REFUSALS = """
import pickle, sys
from pathlib import Path
import lightgbm, numpy as np
from runfolio.documents import read_yaml, write_yaml
from runfolio.models.loading import load_model
from runfolio.models.saving import save_model
from tests.models.frameworks.keeping import Evil, damage, forget_checksums, refused

to = Path(sys.argv[1])
x = np.random.default_rng(7).normal(size=(200, 3))
told = {"verbosity": -1, "n_estimators": 2}
own = lightgbm.LGBMRegressor(**told, objective=lambda y, p: (p - y, np.ones_like(y)))
print(refused(lambda: save_model(lightgbm.LGBMClassifier(), to / "empty")))
print(refused(lambda: save_model(own.fit(x, x[:, 0]), to / "empty")))
assert not (to / "empty").exists()
save_model(own.booster_, to / "booster")
save_model(lightgbm.LGBMRegressor(**told).fit(x, x[:, 0]), to / "model")

skops = (to / "model/model.skops").read_bytes()
forget_checksums(to / "model")
(to / "model/model.skops").write_bytes(pickle.dumps(Evil(to / "ran")))
print(refused(lambda: load_model(to / "model")))
document = read_yaml(to / "model/MLmodel")
document["flavors"]["lightgbm"]["serialization_format"] = "cloudpickle"
(to / "model/MLmodel").write_text(write_yaml(document))
print(refused(lambda: load_model(to / "model")))
assert not (to / "ran").exists()
document["flavors"]["lightgbm"]["serialization_format"] = "skops"
(to / "model/MLmodel").write_text(write_yaml(document))
(to / "model/model.skops").write_bytes(skops)
for folder, file in (("booster", "model.lgb"), ("model", "model.skops")):
    for said in damage(to / folder, file):
        print("damaged:", said)
"""


def test_what_is_empty_damaged_or_a_pickle_is_refused_in_one_line(tmp_path: Path) -> None:
    lines = [one for one in run_frameworks(REFUSALS, tmp_path) if not one.startswith("[LightGBM]")]
    unfitted, own, evil, told, *damaged = lines
    assert unfitted.endswith("'LGBMClassifier': it is not fitted. Call its fit first.")
    assert own.startswith("ModelUnsaved: ")
    assert "'LGBMRegressor': it holds __main__.<lambda>. Log its booster, model.booster_" in own
    assert evil.startswith("ModelUnreadable: ")
    assert told.startswith("ModelUntrusted: ")
    assert "'model.skops' is a pickle" in told
    assert len(damaged) == 8
    assert all(one.startswith("damaged: ModelUnreadable: Couldn't read") for one in damaged)
    assert "the end of its parameters is missing" in damaged[0]
    assert "the end of its trees is missing" in damaged[1]


THEIRS = """
import logging, sys, warnings
from pathlib import Path
import lightgbm, mlflow, numpy as np, pandas as pd
from runfolio.models.loading import load_model
from tests.models.frameworks.keeping import refused

warnings.simplefilter("ignore")
logging.disable(logging.WARNING)
to = Path(sys.argv[1])
x = pd.DataFrame(np.random.default_rng(7).normal(size=(40, 3)), columns=list("abc"))
model = lightgbm.LGBMClassifier(n_estimators=3, verbosity=-1).fit(x, np.where(x.a > 0, "y", "n"))
for name, one, form in (
    ("text", model.booster_, None), ("skops", model, "skops"), ("pickle", model, "cloudpickle")
):
    told = {"serialization_format": form, "pip_requirements": []}
    mlflow.lightgbm.save_model(one, str(to / name), **told)
    loaded = load_model(to / name, trust=name == "pickle")
    assert (loaded.predict(x) == one.predict(x)).all()
print(refused(lambda: load_model(to / "pickle")))
"""


def test_it_loads_what_mlflow_saved(tmp_path: Path) -> None:
    assert "'model.pkl' is a pickle" in run_frameworks(THEIRS, tmp_path)[-1]
