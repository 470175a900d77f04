"""A cluster, which is asked and told through kubectl by one module, and what it may say, as diagnostics."""
