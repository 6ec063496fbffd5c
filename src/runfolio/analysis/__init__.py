"""Computations on tables of runs: pure functions, no disk and no colours."""
