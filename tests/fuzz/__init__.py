"""Readers of what strangers hand over, given any bytes at all: `targets/` says which."""
