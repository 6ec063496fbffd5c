"""TensorBoard event files, read without TensorFlow."""

from runfolio.sources.tensorboard.runs import SOURCE

__all__ = ["SOURCE"]
