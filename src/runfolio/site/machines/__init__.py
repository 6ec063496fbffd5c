"""The same report for programs: JSON with schemas, a feed, an overview and linked data."""
