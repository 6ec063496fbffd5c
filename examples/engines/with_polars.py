"""The best run of each experiment in the store `runs`, with Polars."""

import polars as pl

runs = pl.scan_parquet("runs/*/*/tables/run*.parquet")
summaries = pl.scan_parquet("runs/*/*/tables/summaries*.parquet")
rmse = summaries.filter(pl.col("key") == "rmse", pl.col("last").is_finite())
best = (
    runs.join(rmse, on="run_id")
    .group_by("experiment")
    .agg(run=pl.col("name").get(pl.col("last").arg_min()), rmse=pl.col("last").min())
    .sort("experiment")
)
print(best.collect())
