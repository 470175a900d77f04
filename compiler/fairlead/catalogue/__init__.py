"""Facts about the world that specifications refer to: serving runtimes, metrics and their directions."""
