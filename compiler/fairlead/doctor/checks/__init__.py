"""The questions of an examination, in the order in which they are asked."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Final, NamedTuple

from fairlead.doctor.checks import (
    admission,
    argo,
    gateways,
    kinds,
    kserve,
    named,
    nodes,
    platforms,
    prometheus,
    quotas,
    reconcilers,
    rights,
)
from fairlead.doctor.finding import Finding
from fairlead.doctor.questions import Questions
from fairlead.doctor.scope import Scope


class Check(NamedTuple):
    """One question. `asks` says it to people, after "it is not known"."""

    name: str
    asks: str
    run: Callable[[Scope, Questions], Iterator[Finding]]


CHECKS: Final = (
    Check("kinds", "whether the cluster serves what is written", kinds.check),
    Check("platforms", "which versions of the platforms run", platforms.check),
    Check("named", "whether what is referred to is there", named.check),
    Check("nodes", "whether nodes could hold the Pods", nodes.check),
    Check("quotas", "whether quotas leave room for the Pods", quotas.check),
    Check("admission", "whether the cluster would let the Pods in", admission.check),
    Check("prometheus", "whether a Prometheus reads the rules", prometheus.check),
    Check("kserve", "whether KServe is configured for the services", kserve.check),
    Check("knative", "whether Knative takes the services", kserve.knative),
    Check("argo", "whether Argo looks into the namespace", argo.check),
    Check("gateways", "whether the gateway takes the routes", gateways.check),
    Check("reconcilers", "whether what reconciles is there", reconcilers.check),
    Check("rights", "whether the account may apply", rights.check),
)
