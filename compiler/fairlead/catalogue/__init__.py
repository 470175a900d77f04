"""Facts about the world that specifications refer to: serving runtimes, metrics and their directions.

Pure tables: nothing here reads a file, a cluster or a network. Every fact names the system and version that it was
read from, so that it can be read again when that system moves on.
"""
