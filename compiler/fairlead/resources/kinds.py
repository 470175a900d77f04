"""The core Kubernetes kinds that several targets emit, as typed mappings.

A `TypedDict` costs nothing at run time and is held by the type checker: a field that Kubernetes does not have, or a
wrong type in one, does not pass it. The same types are applied again to what is written, after patches (see
`fairlead.resources.shapes`). Fields are those of Kubernetes 1.30 and later; only the ones that Fairlead writes.
"""

from __future__ import annotations

from typing import Any, Literal, NotRequired

from typing_extensions import TypedDict


class Metadata(TypedDict):
    """ObjectMeta."""

    name: str
    namespace: NotRequired[str]
    labels: NotRequired[dict[str, str]]
    annotations: NotRequired[dict[str, str]]


class ServiceAccount(TypedDict):
    """v1 ServiceAccount."""

    apiVersion: Literal["v1"]
    kind: Literal["ServiceAccount"]
    metadata: Metadata
    automountServiceAccountToken: NotRequired[bool]


class PolicyRule(TypedDict):
    """A rule of a Role."""

    apiGroups: list[str]
    resources: list[str]
    verbs: list[str]
    resourceNames: NotRequired[list[str]]


class Role(TypedDict):
    """rbac.authorization.k8s.io/v1 Role."""

    apiVersion: Literal["rbac.authorization.k8s.io/v1"]
    kind: Literal["Role"]
    metadata: Metadata
    rules: list[PolicyRule]


class RoleRef(TypedDict):
    """What a binding grants."""

    apiGroup: Literal["rbac.authorization.k8s.io"]
    kind: Literal["Role"]
    name: str


class Subject(TypedDict):
    """Whom a binding grants it to."""

    kind: Literal["ServiceAccount"]
    name: str
    namespace: str


class RoleBinding(TypedDict):
    """rbac.authorization.k8s.io/v1 RoleBinding."""

    apiVersion: Literal["rbac.authorization.k8s.io/v1"]
    kind: Literal["RoleBinding"]
    metadata: Metadata
    roleRef: RoleRef
    subjects: list[Subject]


class ConfigMap(TypedDict):
    """v1 ConfigMap."""

    apiVersion: Literal["v1"]
    kind: Literal["ConfigMap"]
    metadata: Metadata
    data: dict[str, str]
    immutable: NotRequired[bool]


class LabelSelector(TypedDict, total=False):
    """A label selector; an empty one selects everything."""

    matchLabels: dict[str, str]


class NetworkPort(TypedDict):
    """A port of a network policy."""

    port: int | str
    protocol: Literal["TCP", "UDP"]


class NetworkPeer(TypedDict, total=False):
    """A peer of a network policy."""

    podSelector: LabelSelector
    namespaceSelector: LabelSelector
    ipBlock: dict[str, Any]


NetworkPolicyIngress = TypedDict(
    "NetworkPolicyIngress", {"from": NotRequired[list[NetworkPeer]], "ports": NotRequired[list[NetworkPort]]}
)


class NetworkPolicyEgress(TypedDict, total=False):
    """An allowed direction outwards."""

    to: list[NetworkPeer]
    ports: list[NetworkPort]


class NetworkPolicySpec(TypedDict):
    """What a network policy allows."""

    podSelector: LabelSelector
    policyTypes: list[Literal["Ingress", "Egress"]]
    ingress: NotRequired[list[NetworkPolicyIngress]]
    egress: NotRequired[list[NetworkPolicyEgress]]


class NetworkPolicy(TypedDict):
    """networking.k8s.io/v1 NetworkPolicy."""

    apiVersion: Literal["networking.k8s.io/v1"]
    kind: Literal["NetworkPolicy"]
    metadata: Metadata
    spec: NetworkPolicySpec


class PodDisruptionBudgetSpec(TypedDict, total=False):
    """How many Pods may be missing."""

    minAvailable: int | str
    maxUnavailable: int | str
    selector: LabelSelector
    unhealthyPodEvictionPolicy: Literal["IfHealthyBudget", "AlwaysAllow"]


class PodDisruptionBudget(TypedDict):
    """policy/v1 PodDisruptionBudget."""

    apiVersion: Literal["policy/v1"]
    kind: Literal["PodDisruptionBudget"]
    metadata: Metadata
    spec: PodDisruptionBudgetSpec


class Capabilities(TypedDict):
    """Linux capabilities of a container."""

    drop: list[str]


class SeccompProfile(TypedDict):
    """A seccomp profile."""

    type: Literal["RuntimeDefault"]


class ContainerSecurity(TypedDict):
    """SecurityContext of a container."""

    allowPrivilegeEscalation: bool
    capabilities: Capabilities
    readOnlyRootFilesystem: bool
    runAsNonRoot: bool
    seccompProfile: SeccompProfile
    runAsUser: NotRequired[int]


class PodSecurity(TypedDict):
    """SecurityContext of a Pod."""

    runAsNonRoot: bool
    runAsUser: NotRequired[int]
    runAsGroup: NotRequired[int]
    fsGroup: NotRequired[int]
    fsGroupChangePolicy: NotRequired[Literal["OnRootMismatch", "Always"]]
    seccompProfile: SeccompProfile


class ResourceAmounts(TypedDict):
    """Requests and limits of a container."""

    requests: dict[str, str]
    limits: dict[str, str]


class SecretKey(TypedDict):
    """A key of a Secret."""

    name: str
    key: str


class ValueFrom(TypedDict, total=False):
    """Where a variable's value comes from."""

    secretKeyRef: SecretKey
    configMapKeyRef: dict[str, Any]
    fieldRef: dict[str, str]


class EnvVar(TypedDict):
    """An environment variable of a container."""

    name: str
    value: NotRequired[str]
    valueFrom: NotRequired[ValueFrom]


class TolerationSpec(TypedDict, total=False):
    """A toleration of a Pod."""

    key: str
    operator: Literal["Exists", "Equal"]
    value: str
    effect: str
