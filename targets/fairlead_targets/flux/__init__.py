"""The target `flux`: what Flux needs to apply the output."""

from __future__ import annotations

from fairlead_targets.flux.target import Flux

__all__ = ["Flux"]
