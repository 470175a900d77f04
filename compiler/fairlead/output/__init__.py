"""Writing the compiled tree: deterministic YAML, the inventory, pruning, and the atomic swap."""
