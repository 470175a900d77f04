"""From compiled results to the files in the repository: YAML, the tree, its inventories, and the atomic swap."""
