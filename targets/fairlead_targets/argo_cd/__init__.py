"""The target `argo-cd`: what Argo CD needs to apply the output, and what it may."""

from __future__ import annotations

from fairlead_targets.argo_cd.target import ArgoCd

__all__ = ["ArgoCd"]
