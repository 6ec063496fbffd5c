"""MLflow code that logs to a Runfolio store, through MLflow's own plug-in points."""
