"""Kubernetes resources: their identity, names and labels, order, and patches."""
