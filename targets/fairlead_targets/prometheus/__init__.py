"""The target `prometheus`: see README.md in this folder."""

from __future__ import annotations

from fairlead_targets.prometheus.target import PrometheusRules

__all__ = ["PrometheusRules"]
