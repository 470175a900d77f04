"""The typed graph of a model's life: nodes, artifacts, the builder, and the checks across sections."""
