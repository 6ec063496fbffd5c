"""Models of Hugging Face's transformers, made of random weights."""

from __future__ import annotations

from pathlib import Path

from tests.models.frameworks.programs import ask_mlflow, run_frameworks

MODELS = """
import json, shutil, sys
from pathlib import Path
import numpy as np, pandas as pd, torch, transformers
from tokenizers import Tokenizer, models, pre_tokenizers
from runfolio.models.loading import load_model
from runfolio.models.saving import save_model
from tests.models.frameworks.keeping import (
    Evil, damage, find_pickles, forget_checksums, keep, refused, remember
)

to = Path(sys.argv[1])
torch.manual_seed(7)
words = ["[PAD]", "[UNK]", "[MASK]", "good", "bad", "film", "a"]
raw = Tokenizer(models.WordLevel({one: n for n, one in enumerate(words)}, unk_token="[UNK]"))
raw.pre_tokenizer = pre_tokenizers.Whitespace()
tokenizer = transformers.PreTrainedTokenizerFast(
    tokenizer_object=raw, pad_token="[PAD]", unk_token="[UNK]", mask_token="[MASK]"
)
config = transformers.BertConfig(
    vocab_size=7, hidden_size=16, num_hidden_layers=1, num_attention_heads=2,
    intermediate_size=32, max_position_embeddings=16,
)
bert = transformers.BertForSequenceClassification(config)
ids = np.array([[3, 5], [4, 5]])
texts = pd.DataFrame({"text": ["good film", "bad"]})
"""

TRIP = (
    MODELS
    + """
bert.train()
with_mask = {"input_ids": ids, "attention_mask": np.ones_like(ids)}
loaded = keep(bert, to / "model", ids, with_mask)
assert bert.training
with torch.no_grad():
    expected = bert.eval()(torch.tensor(ids)).logits.numpy()
assert (loaded.predict(ids)["logits"] == expected).all()
native = load_model(to / "model", native=True)
assert type(native) is transformers.BertForSequenceClassification and not native.training
loaded = keep(bert, to / "example", with_mask, input_example=with_mask)
assert [one.name for one in loaded.signature.inputs] == ["input_ids", "attention_mask"]
assert [one.name for one in loaded.signature.outputs] == ["logits"]

loaded = keep((bert, tokenizer), to / "pair", texts, texts.head(1), input_example=texts)
native = load_model(to / "pair", native=True)
assert native.task == "text-classification"
assert loaded.predict(texts).to_dict("records") == native(texts.text.to_list(), batch_size=1)
assert loaded.predict({"text": "good film"}).label.item() in ("LABEL_0", "LABEL_1")
assert [one.name for one in loaded.signature.outputs] == ["label", "score"]

pipeline = transformers.pipeline("text-classification", model=bert, tokenizer=tokenizer)
keep(pipeline, to / "pipeline", texts, texts.assign(text_pair=["a film", "good"]))
masked = transformers.BertForMaskedLM(config)
keep((masked, tokenizer), to / "masked", np.array(["[MASK] film", "a [MASK]"]))

gpt = transformers.GPT2LMHeadModel(transformers.GPT2Config(
    vocab_size=7, n_embd=16, n_layer=1, n_head=2, n_positions=32, bos_token_id=0, eos_token_id=0
))
example = (texts, {"max_new_tokens": 4, "do_sample": False})
save_model((gpt, tokenizer), to / "generator", input_example=example)
loaded = load_model(to / "generator")
(answer,) = remember(loaded, to / "generator", texts, max_new_tokens=3)
assert [len(one.split()) for one in answer.generated_text] >= [2, 1]

bert.save_pretrained(to / "saved")
(to / "saved/checkpoint-1").mkdir()
torch.save(Evil(to / "ran"), to / "saved/training_args.bin")
torch.save(bert.state_dict(), to / "saved/pytorch_model.bin")
keep(to / "saved", to / "folder", ids)
tokenizer.save_pretrained(to / "saved")
loaded = keep(str(to / "saved"), to / "whole", texts, input_example=texts)
assert load_model(to / "whole", native=True).task == "text-classification"
assert loaded.predict(texts).equals(load_model(to / "pair").predict(texts))

vit = transformers.ViTForImageClassification(transformers.ViTConfig(
    hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32,
    image_size=8, patch_size=4, num_labels=2,
))
keep(vit, to / "images", np.ones((2, 3, 8, 8), "float32"))
shutil.rmtree(to / "saved")
assert find_pickles(to) == []
"""
)


def test_it_comes_back_and_mlflow_gives_the_same_answers(tmp_path: Path) -> None:
    run_frameworks(TRIP, tmp_path)
    names = (
        "model",
        "example",
        "pair",
        "pipeline",
        "masked",
        "generator",
        "folder",
        "whole",
        "images",
    )
    assert set(ask_mlflow(*(tmp_path / one for one in names))) == set(names)


RISKS = (
    MODELS
    + """
from runfolio.models.flavors.flavor import Loading
from runfolio.models.flavors.huggingface import FLAVOR

bert.save_pretrained(to / "saved")
weights = to / "saved/model.safetensors"
config_file = to / "saved/config.json"

def keep_changed(name, **changes):
    config_file.write_text(json.dumps(json.loads(plain) | changes))
    save_model(to / "saved", to / name)
    print(refused(lambda: load_model(to / name)))

plain = config_file.read_text()
keep_changed("auto_map", auto_map={"AutoModel": "evil.Model"})
keep_changed("kernels", attn_implementation="someone/kernel")
config_file.write_text(plain)
(to / "saved/modeling_own.py").write_text("raise SystemExit")
keep_changed("python")
(to / "saved/modeling_own.py").unlink()

torch.save(bert.state_dict(), to / "saved/pytorch_model.bin")
weights.unlink()
keep_changed("pickle")
loaded = load_model(to / "pickle", trust=True)
assert loaded.predict(ids)["logits"].shape == (2, 2)

torch.save(Evil(to / "ran"), to / "saved/pytorch_model.bin")
save_model(to / "saved", to / "evil")
print(refused(lambda: load_model(to / "evil")))
forget_checksums(to / "evil")
(to / "evil/model/model.safetensors").write_bytes(b"not weights")
print(refused(lambda: load_model(to / "evil")))
assert not (to / "ran").exists()
"""
)


def test_code_and_pickles_are_refused_without_trust(tmp_path: Path) -> None:
    lines = run_frameworks(RISKS, tmp_path)
    reasons = (
        "'config.json' names code to run",
        "'config.json' names code to run",
        "'modeling_own.py' is Python code",
        "its weights are no safetensors but in 'pytorch_model.bin'",
        "its weights are no safetensors but in 'pytorch_model.bin'",
    )
    for line, reason in zip(lines[:5], reasons, strict=True):
        assert line.startswith("ModelUntrusted: ")
        assert reason in line
    assert lines[5].startswith("ModelUnreadable: ")
    assert len(lines) == 6


REFUSALS = (
    MODELS
    + """
bert.save_pretrained(to / "saved")
save_model(to / "saved", to / "model")
for file in ("model/model.safetensors", "model/config.json"):
    for said in damage(to / "model", file):
        print(said)
(to / "saved/config.json").write_text("{")
print(refused(lambda: save_model(to / "saved", to / "empty")))
print(refused(lambda: save_model(to / "nowhere", to / "empty")))
assert not (to / "empty").exists()
"""
)


def test_what_is_damaged_is_refused_in_one_line(tmp_path: Path) -> None:
    *damaged, faulty, nowhere = run_frameworks(REFUSALS, tmp_path)
    assert len(damaged) == 8
    assert all(one.startswith("ModelUnreadable: Couldn't read the model") for one in damaged)
    assert faulty.endswith("Give a folder that save_pretrained wrote.")
    assert nowhere.startswith("ModelUnsaved: ")
