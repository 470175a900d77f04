"""The kinds of Argo CD 3 that Fairlead emits, as typed mappings; only the fields that it writes."""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from fairlead.resources.kinds import Metadata

ArgoApi = Literal["argoproj.io/v1alpha1"]
ARGO_API: ArgoApi = "argoproj.io/v1alpha1"


class GroupKind(TypedDict):
    """A kind, of whatever version."""

    group: str
    kind: str


class Destination(TypedDict):
    """A namespace of a cluster, which has a name or an address."""

    name: NotRequired[str]
    server: NotRequired[str]
    namespace: str


class AppProjectSpec(TypedDict):
    """What the Applications of a project may do."""

    description: str
    sourceRepos: list[str]
    destinations: list[Destination]
    clusterResourceWhitelist: list[GroupKind]
    namespaceResourceWhitelist: list[GroupKind]


class AppProject(TypedDict):
    """argoproj.io/v1alpha1 AppProject."""

    apiVersion: ArgoApi
    kind: Literal["AppProject"]
    metadata: Metadata
    spec: AppProjectSpec


class PatchTarget(TypedDict):
    """The resources that a patch changes."""

    kind: str


class Patch(TypedDict):
    """A change that is made while the manifests are built."""

    target: PatchTarget
    patch: str


class Kustomize(TypedDict):
    """How a folder with a kustomization is built."""

    patches: list[Patch]


class ApplicationSource(TypedDict):
    """What is applied."""

    repoURL: str
    targetRevision: str
    path: str
    kustomize: NotRequired[Kustomize]


class Automated(TypedDict):
    """What happens without a person."""

    prune: bool
    selfHeal: bool


class Backoff(TypedDict):
    """How long a failed sync waits before it is tried again."""

    duration: str
    factor: int
    maxDuration: str


class Retry(TypedDict):
    """How a failed sync is tried again; with `refresh`, at what is the newest commit then."""

    limit: int
    refresh: bool
    backoff: Backoff


class SyncPolicy(TypedDict):
    """When and how a sync happens."""

    automated: NotRequired[Automated]
    syncOptions: list[str]
    retry: Retry


class IgnoredDifference(TypedDict):
    """Fields that are not compared."""

    group: NotRequired[str]
    kind: str
    name: NotRequired[str]
    jsonPointers: NotRequired[list[str]]
    managedFieldsManagers: NotRequired[list[str]]


class ApplicationSpec(TypedDict):
    """What is applied where, and when."""

    project: str
    source: ApplicationSource
    destination: Destination
    syncPolicy: SyncPolicy
    ignoreDifferences: NotRequired[list[IgnoredDifference]]


class Application(TypedDict):
    """argoproj.io/v1alpha1 Application."""

    apiVersion: ArgoApi
    kind: Literal["Application"]
    metadata: Metadata
    spec: ApplicationSpec


class FilePattern(TypedDict):
    """Files that each stand for an Application."""

    path: str


class GitFiles(TypedDict):
    """Looks for files in a repository."""

    repoURL: str
    revision: str
    requeueAfterSeconds: int
    files: list[FilePattern]


class Generator(TypedDict):
    """What there is an Application for."""

    git: GitFiles


class TemplateMetadata(TypedDict):
    """Metadata of each Application; its name is a template."""

    name: str
    labels: dict[str, str]
    annotations: dict[str, str]


class ApplicationTemplate(TypedDict):
    """What each Application is made from."""

    metadata: TemplateMetadata
    spec: ApplicationSpec


class SetPolicy(TypedDict):
    """What becomes of Applications that nothing stands for any more, and of what they applied."""

    applicationsSync: Literal["create-update"]
    preserveResourcesOnDeletion: bool


class ApplicationSetSpec(TypedDict):
    """Applications made from a template."""

    goTemplate: bool
    goTemplateOptions: list[str]
    generators: list[Generator]
    syncPolicy: SetPolicy
    template: ApplicationTemplate


class ApplicationSet(TypedDict):
    """argoproj.io/v1alpha1 ApplicationSet."""

    apiVersion: ArgoApi
    kind: Literal["ApplicationSet"]
    metadata: Metadata
    spec: ApplicationSetSpec
