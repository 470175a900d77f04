"""Which fields Kubernetes and its operators refuse to change, so that a resource is deleted and made anew."""

from __future__ import annotations

from typing import Final

from fairlead.resources.comparing import Step

_POD_TEMPLATE: Final = ("spec", "template")
FIELDS: Final[dict[tuple[str, str], tuple[tuple[str, ...], ...]]] = {
    # Kubernetes API conventions and validation of each kind; those of custom kinds are in their webhooks.
    ("apps", "Deployment"): (("spec", "selector"),),
    ("apps", "DaemonSet"): (("spec", "selector"),),
    ("apps", "StatefulSet"): (
        ("spec", "selector"),
        ("spec", "serviceName"),
        ("spec", "podManagementPolicy"),
        ("spec", "volumeClaimTemplates"),
    ),
    ("batch", "Job"): (("spec", "selector"), _POD_TEMPLATE, ("spec", "completionMode")),
    ("", "Service"): (("spec", "clusterIP"),),
    ("", "PersistentVolumeClaim"): (
        ("spec", "storageClassName"),
        ("spec", "accessModes"),
        ("spec", "volumeName"),
        ("spec", "volumeMode"),
        ("spec", "dataSource"),
        ("spec", "selector"),
    ),
    ("", "Secret"): (("type",),),
    ("rbac.authorization.k8s.io", "RoleBinding"): (("roleRef",),),
    ("rbac.authorization.k8s.io", "ClusterRoleBinding"): (("roleRef",),),
    ("storage.k8s.io", "StorageClass"): (("provisioner",), ("parameters",), ("reclaimPolicy",), ("volumeBindingMode",)),
    ("scheduling.k8s.io", "PriorityClass"): (("value",), ("preemptionPolicy",)),
    # KServe's webhook: the mode of an InferenceService is fixed when it is made.
    ("serving.kserve.io", "InferenceService"): (("metadata", "annotations", "serving.kserve.io/deploymentMode"),),
    # Kubeflow Trainer: a TrainJob's runtime and trainer are fixed.
    ("trainer.kubeflow.org", "TrainJob"): (("spec", "runtimeRef"), ("spec", "trainer")),
}
"""By group and kind, the paths below which nothing can change."""


def is_immutable(group: str, kind: str, path: tuple[Step, ...], *, frozen: bool = False) -> bool:
    """Whether what stands at `path` can't be changed in place. `frozen` is a ConfigMap or Secret with `immutable`."""
    if frozen and path[:1] in (("data",), ("binaryData",), ("stringData",)):
        return True
    return any(path[: len(fixed)] == fixed for fixed in FIELDS.get((group, kind), ()))
