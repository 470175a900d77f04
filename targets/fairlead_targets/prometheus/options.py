"""What a project can say about its rules, under `prometheus` in the `targets` of fairlead.yaml."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field, field_validator

from fairlead.spec.units import Duration, LabelKey, LabelValue
from fairlead.target import Options

SPARSEST = Duration.parse("75s")
"""A quarter of 5m, the shortest window of an alert: a rate over fewer than four scrapes is a guess."""


class PrometheusOptions(Options):
    """Options of the target `prometheus`."""

    scrape_interval: Duration = Duration.parse("30s")
    """How often Prometheus scrapes and evaluates. No alert fires before its condition has held for two scrapes, and the
    shortest window, 5m, has to hold four."""
    low_traffic: Annotated[int, Field(ge=0)] = 5
    """How many requests must have broken an objective within an alert's long window before it fires, so that one
    failure among ten requests at night wakes nobody. 0 counts none."""
    idle: Duration = Duration.parse("24h")
    """How long a server with a GPU or a price may stand without a request before somebody is told."""
    labels: dict[LabelKey, LabelValue] = Field(default_factory=dict)
    """Labels that the operator's `ruleSelector` and `alertmanagerConfigSelector` ask for, as `release:
    kube-prometheus-stack`."""

    @field_validator("scrape_interval")
    @classmethod
    def _often_enough(cls, value: Duration) -> Duration:
        if value > SPARSEST:
            raise ValueError(f"an alert's shortest window is 5m and has to hold four scrapes, so at most {SPARSEST}")
        return value
