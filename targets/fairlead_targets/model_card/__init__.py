"""The target `model-card`: a page for people about each pipeline in each environment."""

from __future__ import annotations

from fairlead_targets.model_card.target import ModelCard

__all__ = ["ModelCard"]
