"""Runs written out again in the forms of other tools."""
