"""Benchmarks of Runfolio beside other trackers, run by ``make bench``; no test times anything."""
