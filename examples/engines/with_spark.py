"""The best run of each experiment in the store `runs`, with PySpark."""

from pyspark.sql import SparkSession
from pyspark.sql import functions as f

spark = SparkSession.builder.getOrCreate()
runs = spark.read.parquet("runs/*/*/tables/run*.parquet")
summaries = spark.read.parquet("runs/*/*/tables/summaries*.parquet")
rmse = summaries.where("key = 'rmse' AND abs(last) < double('infinity')")
best = (
    runs.join(rmse, "run_id")
    .groupBy("experiment")
    .agg(f.min_by("name", "last").alias("run"), f.min("last").alias("rmse"))
    .orderBy("experiment")
)
best.show()
