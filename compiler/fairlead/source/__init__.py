"""Reading YAML with a place for every node, and what is said about it: diagnostics and their renderers."""
