"""The plan: one typed graph of a model's whole life, and the cross-checks that only a graph can make."""
