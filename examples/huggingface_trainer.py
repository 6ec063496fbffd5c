"""Log a training of Hugging Face's Trainer with one callback, on a tiny model made on the spot.

python examples/huggingface_trainer.py
build-report --open
"""

from __future__ import annotations

import argparse
import tempfile

import torch
from transformers import (
    BertConfig,
    BertForSequenceClassification,
    Trainer,
    TrainingArguments,
    set_seed,
)

from runfolio.transformers import RunfolioCallback

Example = dict[str, torch.Tensor]


def make_texts(count: int) -> list[Example]:
    """Texts of eight words out of 20; a text is of class 1 when it begins with a low word."""
    words = torch.randint(0, 20, (count, 8), generator=torch.Generator().manual_seed(7))
    classes = (words[:, 0] < 10).long()
    return [{"input_ids": w, "labels": c} for w, c in zip(words, classes, strict=True)]


def measure(predicted: tuple[torch.Tensor, torch.Tensor]) -> dict[str, float]:
    """The share of texts that are classed rightly."""
    scores, classes = predicted
    return {"accuracy": float((scores.argmax(-1) == classes).mean())}


def main() -> None:
    """Train a tiny BERT from nothing, and evaluate it once more at the end."""
    parser = argparse.ArgumentParser(description="Class short texts.")
    parser.add_argument("--store", help="folder to log to (default: $RUNFOLIO_STORE or ./runs)")
    parser.add_argument("--quick", action="store_true", help="train for fewer epochs")
    options = parser.parse_args()
    set_seed(7)
    sizes = {"hidden_size": 16, "num_hidden_layers": 1, "num_attention_heads": 2}
    model = BertForSequenceClassification(
        BertConfig(vocab_size=20, intermediate_size=32, max_position_embeddings=8, **sizes)
    )
    with tempfile.TemporaryDirectory() as folder:
        trainer = Trainer(
            model,
            TrainingArguments(
                output_dir=folder,
                num_train_epochs=2 if options.quick else 8,
                per_device_train_batch_size=16,
                learning_rate=5e-3,
                logging_steps=4,
                eval_strategy="epoch",
                save_strategy="no",
                report_to="none",
                disable_tqdm=True,
                use_cpu=True,
            ),
            train_dataset=make_texts(128),
            eval_dataset=make_texts(64),
            compute_metrics=measure,
            callbacks=[RunfolioCallback(experiment="texts", name="tiny BERT", store=options.store)],
        )
        trainer.train()
        print(f"accuracy {trainer.evaluate()['eval_accuracy']:.2f}")  # goes on with the run


if __name__ == "__main__":
    main()
