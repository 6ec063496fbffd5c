"""What is read of a run's surroundings: git, the Python environment, and the source."""
