"""The best run of each experiment in the store `runs`, with DuckDB."""

import duckdb

best = duckdb.sql("""
    SELECT experiment, arg_min(name, last) AS run, min(last) AS rmse
    FROM 'runs/*/*/tables/run*.parquet'
    JOIN 'runs/*/*/tables/summaries*.parquet' USING (run_id)
    WHERE key = 'rmse' AND isfinite(last)
    GROUP BY experiment
    ORDER BY experiment
""")
print(best)
