"""Labels that a platform acts on."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fairlead.plan.plan import Plan
from fairlead.plan.pointing import key_place
from fairlead.source.diagnostics import Code, Diagnostic

RESERVED_LABEL = Code(
    "FL3199",
    "a label that a platform acts on",
    """
    The labels of a specification stand on everything that is generated, Pods too, and platforms act on some: a Pod with
    the label `app` of another model's server gets a share of its requests, `sidecar.istio.io/inject` takes a Pod out of
    the mesh that holds its callers, `app.kubernetes.io/instance` gives a resource to another application of Argo CD.
    Labels here are for people and their bills, so the keys of Kubernetes and of the platforms are none of them.

    ```yaml
    metadata:
      labels: {app: isvc.tumor-classifier-predictor}        # FL3199
    ```

    Mended, with a key of one's own:

    ```yaml
    metadata:
      labels: {acme.example/app: diagnostics}
    ```

    Where a platform's label is what is wanted, a patch puts it on the one resource that needs it, and says why.
    """,
)

DOMAINS: Final = (
    "amazonaws.com",
    "argoproj.io",
    "azure.workload.identity",
    "cert-manager.io",
    "cilium.io",
    "coreos.com",
    "fairlead.dev",
    "fluxcd.io",
    "gke.io",
    "istio.io",
    "k8s.io",
    "keda.sh",
    "knative.dev",
    "kserve.io",
    "kubeflow.org",
    "kubernetes.io",
    "kyverno.sh",
    "linkerd.io",
    "openshift.io",
    "projectcalico.org",
    "x-k8s.io",
)
"""Whose labels are read by programs; what is below them too, as `app.kubernetes.io`."""
BARE: Final = ("app", "component", "version")
"""Keys without a domain by which KServe and Istio know Pods."""


def check(plan: Plan) -> Iterator[Diagnostic]:
    """The labels of a specification are labels that only people read."""
    for label in plan.unit.pipeline.metadata.labels:
        domain, slash, name = str(label).rpartition("/")
        owner = next((each for each in DOMAINS if domain == each or domain.endswith(f".{each}")), None)
        if owner is None and (slash or name not in BARE):
            continue
        place = key_place(plan.unit, "metadata", "labels", str(label))
        whose = f"of {owner}" if owner else "by which KServe and Istio know Pods"
        message = f"`{label}` is a label {whose}, and what is generated would be taken for something else"
        yield Diagnostic(RESERVED_LABEL, place, message, "choose a key with a domain of your own, or write a patch")
