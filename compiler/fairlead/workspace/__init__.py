"""A repository as a whole: its files read, its units resolved, its plans built and compiled."""
