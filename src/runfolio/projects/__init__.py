"""Projects: programs with entry points, run and swept as tracked runs."""
