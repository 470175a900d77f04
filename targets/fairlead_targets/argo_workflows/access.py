"""What the Pods of a component may do: their account, its rights, its token, and whom they may talk to."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Literal
from urllib.parse import urlsplit

from typing_extensions import TypedDict

from fairlead.resources import conventions
from fairlead.resources.kinds import (
    ConfigMap,
    LabelSelector,
    Metadata,
    NetworkPeer,
    NetworkPolicy,
    NetworkPolicyEgress,
    NetworkPolicySpec,
    PolicyRule,
    Role,
    RoleBinding,
    ServiceAccount,
)
from fairlead.resources.resource import Origin, Resource
from fairlead_targets.argo_workflows.context import Context
from fairlead_targets.argo_workflows.storage import REPOSITORY_KEY

RBAC: Literal["rbac.authorization.k8s.io/v1"] = "rbac.authorization.k8s.io/v1"
RBAC_GROUP: Literal["rbac.authorization.k8s.io"] = "rbac.authorization.k8s.io"
RESULTS: PolicyRule = {
    "apiGroups": ["argoproj.io"],
    "resources": ["workflowtaskresults"],
    "verbs": ["create", "patch"],
}
"""All that Argo's executor needs: it reports what a step gave."""
TRAIN_JOBS: PolicyRule = {
    "apiGroups": ["trainer.kubeflow.org"],
    "resources": ["trainjobs"],
    "verbs": ["create", "get", "patch"],
}
HTTPS, KUBERNETES = 443, 6443


class TokenSecret(TypedDict):
    """v1 Secret of the type whose content Kubernetes writes: a request for a token, with nothing secret in it."""

    apiVersion: Literal["v1"]
    kind: Literal["Secret"]
    metadata: Metadata
    type: Literal["kubernetes.io/service-account-token"]


def component(
    context: Context, name: str, part: str, origin: Origin, extra: Mapping[str, str], *, gang: bool = False
) -> Iterator[Resource]:
    """Account, Role, binding, token, configuration and network policy of a component. With `gang`, its Pods talk to
    each other, and it may create TrainJobs; `extra` are more keys for its ConfigMap.
    """
    config: ConfigMap = {
        "apiVersion": "v1",
        "kind": "ConfigMap",
        "metadata": context.metadata(name),
        "data": {REPOSITORY_KEY: context.store.repository(), **extra},
    }
    yield from account(context, name, [RESULTS, *([TRAIN_JOBS] if gang else [])], origin)
    yield Resource(token(context, name), origin)
    yield Resource(config, origin)
    yield Resource(_network(context, name, part, gang=gang), origin)


def account(
    context: Context, name: str, rules: list[PolicyRule], origin: Origin, *, mounted: bool = False
) -> Iterator[Resource]:
    """A ServiceAccount with exactly these rights, in its own namespace; `mounted` where its Pods use its token."""
    account: ServiceAccount = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": context.metadata(name),
        "automountServiceAccountToken": mounted,
    }
    role: Role = {"apiVersion": RBAC, "kind": "Role", "metadata": context.metadata(name), "rules": rules}
    binding: RoleBinding = {
        "apiVersion": RBAC,
        "kind": "RoleBinding",
        "metadata": context.metadata(name),
        "roleRef": {"apiGroup": RBAC_GROUP, "kind": "Role", "name": name},
        "subjects": [{"kind": "ServiceAccount", "name": name, "namespace": context.namespace}],
    }
    for manifest in (account, role, binding):
        yield Resource(manifest, origin)


def token(context: Context, name: str) -> TokenSecret:
    """The token of an account for Argo's executor alone.

    A step's own container gets none: `automountServiceAccountToken` is off, and the executor then looks for a Secret of
    this name (util/secrets/secret_name.go). Kubernetes fills it in.
    """
    metadata = context.metadata(f"{name}.service-account-token")
    metadata["annotations"] = {"kubernetes.io/service-account.name": name}
    return {"apiVersion": "v1", "kind": "Secret", "metadata": metadata, "type": "kubernetes.io/service-account-token"}


def _network(context: Context, name: str, part: str, *, gang: bool) -> NetworkPolicy:
    egress: list[NetworkPolicyEgress] = [
        {"ports": [{"port": 53, "protocol": "UDP"}, {"port": 53, "protocol": "TCP"}]},
        {"ports": [{"port": port, "protocol": "TCP"} for port in _ports(context)]},
    ]
    selected: LabelSelector = {"matchLabels": conventions.component(context.unit, part)}
    # No list at all lets nothing in. The API server drops an empty one, and who applies it is never done.
    spec: NetworkPolicySpec = {"podSelector": selected, "policyTypes": ["Ingress", "Egress"]}
    if gang:
        peers: list[NetworkPeer] = [{"podSelector": selected}]
        egress.append({"to": peers})
        spec["ingress"] = [{"from": peers}]
    spec["egress"] = egress
    return {
        "apiVersion": "networking.k8s.io/v1",
        "kind": "NetworkPolicy",
        "metadata": context.metadata(name),
        "spec": spec,
    }


def _ports(context: Context) -> list[int]:
    """The ports that Pods may reach anywhere: those of HTTPS and Kubernetes, and those in the project's addresses.

    Addresses of services behind names can't be in a network policy, and those of Kubernetes' API server are not known.
    """
    project = context.unit.project
    urls = [project.mlflow.tracking_uri if project.mlflow else None, project.artifacts and project.artifacts.endpoint]
    found = {HTTPS, KUBERNETES, *context.options.egress_ports}
    for url in urls:
        if url is not None:
            parts = urlsplit(str(url))
            found.add(parts.port or (HTTPS if parts.scheme == "https" else 80))
    return sorted(found)
