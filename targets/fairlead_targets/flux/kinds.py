"""The kinds of Flux 2 that Fairlead emits, as typed mappings; only the fields that it writes."""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from fairlead.resources.kinds import Metadata

KustomizeApi = Literal["kustomize.toolkit.fluxcd.io/v1"]
KUSTOMIZE_API: KustomizeApi = "kustomize.toolkit.fluxcd.io/v1"
SourceApi = Literal["source.toolkit.fluxcd.io/v1"]
SOURCE_API: SourceApi = "source.toolkit.fluxcd.io/v1"


class Named(TypedDict):
    """Something of the same namespace."""

    name: str


class Branch(TypedDict):
    """What of a repository is fetched."""

    branch: str


class GitRepositorySpec(TypedDict):
    """A repository."""

    interval: str
    timeout: str
    url: str
    ref: Branch
    sparseCheckout: list[str]
    secretRef: NotRequired[Named]


class GitRepository(TypedDict):
    """source.toolkit.fluxcd.io/v1 GitRepository."""

    apiVersion: SourceApi
    kind: Literal["GitRepository"]
    metadata: Metadata
    spec: GitRepositorySpec


class Tag(TypedDict):
    """What of a repository of artifacts is fetched."""

    tag: str


class Signer(TypedDict):
    """Who may have signed, as regular expressions."""

    issuer: str
    subject: str


class Verify(TypedDict):
    """Whose signature an artifact must carry."""

    provider: Literal["cosign"]
    matchOIDCIdentity: list[Signer]


class OCIRepositorySpec(TypedDict):
    """An OCI artifact."""

    interval: str
    timeout: str
    url: str
    ref: Tag
    provider: Literal["generic", "aws", "azure", "gcp"]
    secretRef: NotRequired[Named]
    verify: NotRequired[Verify]


class OCIRepository(TypedDict):
    """source.toolkit.fluxcd.io/v1 OCIRepository."""

    apiVersion: SourceApi
    kind: Literal["OCIRepository"]
    metadata: Metadata
    spec: OCIRepositorySpec


class SourceRef(TypedDict):
    """What a Kustomization is built from."""

    kind: Literal["GitRepository", "OCIRepository"]
    name: str


class SecretRef(TypedDict):
    """How another cluster is reached."""

    secretRef: Named


class HealthExpr(TypedDict):
    """When a resource of a kind is ready, in CEL: for kinds that don't say it in the usual way."""

    apiVersion: str
    kind: str
    current: str


class PatchTarget(TypedDict):
    """The resources that a patch changes."""

    kind: str


class Patch(TypedDict):
    """A change that is made while the manifests are built."""

    target: PatchTarget
    patch: str


class KustomizationSpec(TypedDict):
    """What is applied, and how. Without `postBuild`, nothing is substituted: `${VAR}` in a script stays what it is."""

    interval: str
    retryInterval: str
    timeout: str
    sourceRef: SourceRef
    path: str
    prune: bool
    deletionPolicy: NotRequired[Literal["MirrorPrune", "Orphan"]]
    wait: bool
    force: bool
    dependsOn: NotRequired[list[Named]]
    serviceAccountName: NotRequired[str]
    kubeConfig: NotRequired[SecretRef]
    healthCheckExprs: NotRequired[list[HealthExpr]]
    patches: NotRequired[list[Patch]]


class Kustomization(TypedDict):
    """kustomize.toolkit.fluxcd.io/v1 Kustomization."""

    apiVersion: KustomizeApi
    kind: Literal["Kustomization"]
    metadata: Metadata
    spec: KustomizationSpec
