"""Hugging Face's trainer_state.json, its checkpoints put together."""

from runfolio.sources.trainer.runs import SOURCE

__all__ = ["SOURCE"]
