"""W&B's run folders and .wandb files, read without wandb."""

from runfolio.sources.wandb.runs import SOURCE

__all__ = ["SOURCE"]
