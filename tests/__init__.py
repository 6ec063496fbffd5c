"""Runfolio's tests, in folders that mirror ``src/runfolio``."""
