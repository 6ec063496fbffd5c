"""Runs as folders of TensorBoard event files."""

from runfolio.exports.tensorboard.runs import write_tensorboard

__all__ = ["write_tensorboard"]
