"""A project to start from: its files as text, from a few answers."""
