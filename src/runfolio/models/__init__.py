"""Models that runs keep: saved in MLflow's format, loaded again, registered under a name."""
