"""The kinds of models that are known here, a module each."""
