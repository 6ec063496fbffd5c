"""The commands: words and exit codes; what they do is one call of the library each."""
