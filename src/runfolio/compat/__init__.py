"""Other trackers' ways of calling: their code logs to a Runfolio store with one line changed."""
