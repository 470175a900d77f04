"""Kubernetes resources: identity, generated names and labels, order, and the patches that users put over them."""
