"""What every generated Pod has in common: Restricted Pod Security, bounded resources, and where it may run.

The Restricted profile is that of the Kubernetes Pod Security Standards.
"""

from __future__ import annotations

from collections.abc import Mapping

from fairlead.resources.kinds import (
    ContainerSecurity,
    EnvVar,
    Metadata,
    PodSecurity,
    ResourceAmounts,
    TolerationSpec,
)
from fairlead.spec.hardware import Profile

USER = 65532
"""The user and group that containers run as, unless an image fixes another: `nonroot` of the distroless images."""


def container_security(user: int | None = None) -> ContainerSecurity:
    """A container's security context under the Restricted profile, with a read-only root file system."""
    context: ContainerSecurity = {
        "allowPrivilegeEscalation": False,
        "capabilities": {"drop": ["ALL"]},
        "readOnlyRootFilesystem": True,
        "runAsNonRoot": True,
        "seccompProfile": {"type": "RuntimeDefault"},
    }
    return {**context, "runAsUser": user} if user is not None else context


def pod_security(user: int = USER) -> PodSecurity:
    """A Pod's security context under the Restricted profile; `fsGroup` lets the user write to its volumes."""
    return {
        "runAsNonRoot": True,
        "runAsUser": user,
        "runAsGroup": user,
        "fsGroup": user,
        "fsGroupChangePolicy": "OnRootMismatch",
        "seccompProfile": {"type": "RuntimeDefault"},
    }


def amounts(profile: Profile) -> ResourceAmounts:
    """A container's requests and limits: equal, so that a step measures the same on every node."""
    values = {"cpu": str(profile.cpu), "memory": str(profile.memory)}
    if profile.disk is not None:
        values["ephemeral-storage"] = str(profile.disk)
    if profile.gpu is not None:
        values[profile.gpu.resource] = str(profile.gpu.count)
    return {"requests": dict(values), "limits": dict(values)}


def node_selector(profile: Profile) -> dict[str, str]:
    """The labels that a node must have."""
    return {str(key): str(value) for key, value in profile.nodes.items()}


def tolerations(profile: Profile) -> list[TolerationSpec]:
    """The taints that are accepted."""
    found: list[TolerationSpec] = []
    for toleration in profile.tolerations:
        item: TolerationSpec = {"key": str(toleration.key), "operator": "Exists"}
        if toleration.value is not None:
            item = {"key": str(toleration.key), "operator": "Equal", "value": str(toleration.value)}
        if toleration.effect is not None:
            item["effect"] = toleration.effect
        found.append(item)
    return found


def unexpanded(text: str) -> str:
    """`text`, for an argument or a variable's value: what the process finds is `text` again.

    Kubernetes replaces `$(NAME)` by a variable that stands before it, and `$$` by one dollar sign.
    """
    return text.replace("$", "$$") if "$(" in text or "$$" in text else text


def environment(values: Mapping[str, str], secrets: Mapping[str, tuple[str, str]]) -> list[EnvVar]:
    """Environment variables: values as they are, secrets as references; each group in its own order."""
    plain: list[EnvVar] = [{"name": name, "value": value} for name, value in values.items()]
    referred: list[EnvVar] = [
        {"name": name, "valueFrom": {"secretKeyRef": {"name": secret, "key": key}}}
        for name, (secret, key) in secrets.items()
    ]
    return plain + referred


def metadata(
    name: str, namespace: str, labels: Mapping[str, str], annotations: Mapping[str, str] | None = None
) -> Metadata:
    """A resource's metadata."""
    data: Metadata = {"name": name, "namespace": namespace, "labels": dict(labels)}
    if annotations:
        data["annotations"] = dict(annotations)
    return data
