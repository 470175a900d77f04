"""The target `argo-workflows`: training, drift, quality and batch scoring, as workflows."""

from fairlead_targets.argo_workflows.target import ArgoWorkflows

__all__ = ["ArgoWorkflows"]
