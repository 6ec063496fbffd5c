"""Models on the site: those that runs kept, and the registered ones with their versions."""
