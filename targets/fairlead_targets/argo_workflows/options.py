"""What a project can say about its workflows, under `argo-workflows` in the `targets` of fairlead.yaml."""

from __future__ import annotations

from typing import Annotated

from pydantic import Field

from fairlead.spec.base import Items
from fairlead.spec.units import Duration, Name
from fairlead.target import Options


class ArgoWorkflowsOptions(Options):
    """Options of the target `argo-workflows`."""

    artifacts_secret: Name | None = None
    """A Secret, in each namespace, with the keys `accessKey` and `secretKey` of an S3-compatible store. Where nothing
    is said, Pods reach the store by their cloud identity."""
    egress_ports: Items[Annotated[int, Field(ge=1, le=65535)]] = ()
    """Ports that training code needs besides those of DNS, HTTPS, Kubernetes, MLflow and the object store."""
    cache_generation: Annotated[int, Field(ge=1)] = 1
    """Part of every cache key: a higher number forgets all earlier outcomes."""
    cache_max_age: Duration = Duration.parse("30d")
    """How long an outcome is reused. Objects below `runs/` in the object store must live longer."""
    keep_runs: Duration = Duration.parse("7d")
    """How long a run that has ended stays in the cluster."""
    measure: bool = False
    """Whether commands of your own that start with `python` are measured: they run under a script that the pipeline's
    ConfigMap brings along, and that writes down what they used. Fairlead's own steps always measure themselves."""
    nats: Annotated[str, Field(pattern=r"^[0-9]+\.[0-9]+\.[0-9]+$")] = "2.10.10"
    """The version of NATS JetStream that the EventBus runs: one that Argo Events' controller is configured with."""
