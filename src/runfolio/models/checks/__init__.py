"""Data and parameters compared with a model's signature, and made what it takes."""
