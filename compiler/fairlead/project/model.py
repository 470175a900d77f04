"""fairlead.yaml: what the clusters run, which environments there are, and what all pipelines share."""

from __future__ import annotations

import re
from typing import Annotated, Any, Literal

from pydantic import AfterValidator, BeforeValidator, Field

from fairlead.spec.adjustments import PolicyName
from fairlead.spec.base import Items, RelativePath, Section
from fairlead.spec.hardware import Profile
from fairlead.spec.units import Duration, ImageRef, Name, Uri, WebUrl

PolicyLevel = Literal["error", "warning", "note", "ignore"]


def _one_to_many(value: object) -> object:
    return [value] if isinstance(value, str) else value


def _targets(value: object) -> object:
    """`[argo-workflows, {github-actions: {...}}]` or `{argo-workflows: {}, ...}` as a mapping from name to options."""
    if not isinstance(value, list):
        return value
    named: dict[str, object] = {}
    for item in value:
        pairs = {item: {}} if isinstance(item, str) else item
        if not isinstance(pairs, dict):
            raise ValueError("a target is a name, or a name with options: `{github-actions: {workflows: [check]}}`")
        for name, options in pairs.items():
            if name in named:
                raise ValueError(f"the target `{name}` is listed twice")
            named[name] = options if options is not None else {}
    return named


class ProjectMetadata(Section):
    """What the project is called."""

    name: Name
    """The project's name; what pipelines share is named after it."""


class Gateway(Section):
    """Where requests from outside a Pod's own server are counted and split."""

    kind: Literal["gateway-api", "istio", "none"] = "none"
    """gateway-api: HTTPRoutes, whose weights split a canary in Standard mode. istio: the mesh counts, and KServe's
    ingress is an Istio gateway. none: nothing outside the server sees a request."""
    controller: Literal["istio", "envoy-gateway", "other"] = "istio"
    """The implementation of the Gateway API; Istio's counts requests in `istio_requests_total`."""
    ref: Annotated[str, Field(pattern=r"^[a-z0-9-]+/[a-z0-9-]+$")] | None = None
    """The Gateway, as `namespace/name`."""
    private: bool = False
    """Whether the gateway can only be reached from the owner's own network."""


class Platform(Section):
    """What the clusters run. What is not listed is not there, and what needs it is an error."""

    argo_workflows: Annotated[Literal["3.7", "4.1"] | None, Field(alias="argo-workflows")] = None
    """Argo Workflows: training, drift, quality and batch scoring."""
    argo_events: Annotated[Literal["1.9"] | None, Field(alias="argo-events")] = None
    """Argo Events: retraining on drift, quality or new data."""
    kserve: Literal["0.15", "0.20"] | None = None
    """KServe: serving."""
    knative: Literal["1.15", "1.16", "1.17", "1.18", "1.19"] | None = None
    """Knative Serving: serving in Knative mode. From 1.19 its metrics are OpenTelemetry's."""
    keda: Literal["2.20"] | None = None
    """KEDA: scaling on anything but CPU and memory in Standard mode."""
    kubeflow_trainer: Annotated[Literal["2.1"] | None, Field(alias="kubeflow-trainer")] = None
    """Kubeflow Trainer: training on several nodes."""
    kueue: Literal["0.20"] | None = None
    """Kueue: profiles with a `queue`."""
    prometheus_operator: Annotated[Literal["0.93"] | None, Field(alias="prometheus-operator")] = None
    """The Prometheus operator: PrometheusRule, PodMonitor and AlertmanagerConfig."""
    prometheus: WebUrl | None = None
    """Where Prometheus answers queries inside the cluster; scaling on a query asks it."""
    gateway: Gateway = Gateway()
    """Where requests are counted and split."""
    runner: ImageRef | None = None
    """The image with Fairlead's own steps."""
    crds: RelativePath | None = None
    """A folder with the clusters' CustomResourceDefinitions: everything written is then held to them, strictly."""


class Environment(Section):
    """One of the places that a model passes through, in order of promotion."""

    namespace: Annotated[str, Field(pattern=r"^[a-z0-9]([-a-z0-9]{0,61}[a-z0-9])?$")]
    """The namespace of everything in it."""
    trains: bool = False
    """Whether training happens here; in exactly one environment."""
    after: Name | None = None
    """The environment whose version is promoted into this one."""
    protected: bool = False
    """Whether everything must be pinned by digest and policies are strict."""
    soak: Duration | None = None
    """How long a version must have served in the environment before."""


class Artifacts(Section):
    """The object store for data between steps, models and candidate records."""

    uri: Uri
    """The bucket, and a prefix in it."""
    region: Annotated[str, Field(min_length=1)] | None = None
    """The bucket's region."""
    endpoint: WebUrl | None = None
    """The endpoint of an S3-compatible store; AWS's own where nothing is said."""


class Mlflow(Section):
    """MLflow: tracking and registry."""

    tracking_uri: WebUrl
    """Where MLflow's server answers, as the steps reach it."""


_OWNER = re.compile(r"[A-Za-z0-9]+(-+[A-Za-z0-9]+)*")


def _repository(value: str) -> str:
    """What GitHub gives out, of the characters that the pattern lets through."""
    owner, _, name = value.partition("/")
    if not _OWNER.fullmatch(owner) or name in (".", ".."):
        raise ValueError("a repository is `owner/name`, and an owner has letters and digits with hyphens between them")
    return value


def _branch(value: str) -> str:
    """What git-check-ref-format accepts, of the characters that the pattern lets through."""
    parts = value.split("/")
    if value.startswith("-") or ".." in value or any(not part or part[0] == "." or part[-1] == "." for part in parts):
        raise ValueError("a branch has no `-` or `.` at its start, no two dots in a row, and no empty part")
    if any(part.endswith(".lock") for part in parts):
        raise ValueError("Git takes no part of a branch that ends with `.lock`")
    return value


def _folder(value: str) -> str:
    """A folder, and never the root: what reconciles a root takes whatever is put there for a manifest."""
    if any(part in ("", ".") or part.startswith("-") for part in value.rstrip("/").split("/")):
        raise ValueError("name a folder below the root of the repository, as in `clusters/ml`")
    return value.rstrip("/")


Repository = Annotated[
    str, Field(max_length=140, pattern=r"^[A-Za-z0-9_.-]+/[A-Za-z0-9_.-]+$"), AfterValidator(_repository)
]
"""A repository on GitHub, as `owner/name`."""
Branch = Annotated[str, Field(min_length=1, max_length=200, pattern=r"^[A-Za-z0-9._/-]+$"), AfterValidator(_branch)]
"""The name of a branch."""
CloneUrl = Annotated[
    str,
    Field(
        max_length=500,
        pattern=r"^(https://|ssh://([a-z][a-z0-9_-]*@)?)[A-Za-z0-9.-]+(:[0-9]{1,5})?(/[A-Za-z0-9._~-]+)+$",
    ),
]
"""What a repository is cloned from, without credentials: https, or ssh with the name of a user."""


class Deploy(Section):
    """Where reconcilers read the output, where that is not beside the specifications: CI copies it there."""

    repository: Repository | None = None
    """Another repository, as `owner/name`; the project's own where nothing is said."""
    url: CloneUrl | None = None
    """What that repository is cloned from; `https://github.com/<repository>.git` where nothing is said."""
    branch: Branch | None = None
    """The branch that is reconciled there; `main` in another repository, and the project's own branch in its own."""
    branches: dict[Name, Branch] = Field(default_factory=dict)
    """A branch for an environment: it alone is reconciled from there."""
    path: (
        Annotated[RelativePath, Field(pattern=r"^[A-Za-z0-9._/-]+$", max_length=200), AfterValidator(_folder)] | None
    ) = None
    """The folder that holds there what `output` holds here; of the same name where nothing is said."""


class Git(Section):
    """The repository that this project lives in."""

    repository: Repository
    """The repository, as `owner/name`."""
    url: CloneUrl | None = None
    """What it is cloned from; `https://github.com/<repository>.git` where nothing is said."""
    branch: Branch = "main"
    """The branch that is reconciled."""
    deploy: Deploy | None = None
    """Where reconcilers read the output; this repository and branch where nothing is said."""


class Project(Section):
    """A project: a repository of pipelines for the same clusters."""

    api_version: Annotated[Literal["fairlead.dev/v1"], Field(alias="apiVersion")]
    """The version of the language."""
    kind: Literal["Project"]
    """What this file describes."""
    metadata: ProjectMetadata
    """What the project is called."""
    specs: Annotated[Items[RelativePath], BeforeValidator(_one_to_many, json_schema_input_type=str | list[str])] = (
        "specs/*.yaml",
    )
    """The specifications: a pattern, or several."""
    output: RelativePath = "rendered"
    """The folder that compiling writes."""
    targets: Annotated[
        dict[Name, dict[str, Any]],
        BeforeValidator(
            _targets, json_schema_input_type=list[str | dict[str, dict[str, Any]]] | dict[str, dict[str, Any]]
        ),
        Field(min_length=1),
    ]
    """The targets that are compiled to, with their options: `[argo-workflows, {github-actions: {workflows:
    [check]}}]`."""
    platform: Platform = Platform()
    """What the clusters run."""
    environments: Annotated[dict[Name, Environment], Field(min_length=1)]
    """The environments, in order of promotion."""
    policies: dict[PolicyName, PolicyLevel] = Field(default_factory=dict)
    """How bad what a policy finds is, by the policy's name: those that come with Fairlead say it themselves unless it
    is said here; one of an installed package applies where it is named. `ignore` looks at nothing."""
    defaults: dict[str, Any] = Field(default_factory=dict)
    """Merged under every specification of the project."""
    hardware: dict[Name, Profile] = Field(default_factory=dict)
    """The catalogue of profiles, with prices where the owner knows them."""
    artifacts: Artifacts | None = None
    """The object store for data between steps, models and candidate records."""
    mlflow: Mlflow | None = None
    """MLflow: tracking and registry."""
    git: Git | None = None
    """The repository that this project lives in."""

    def environment(self, name: str) -> Environment:
        """An environment, by its name."""
        return next(value for key, value in self.environments.items() if str(key) == name)

    @property
    def training(self) -> str | None:
        """The environment that trains; None where none says so, or where several do, which is an error of its own."""
        found = [str(name) for name, environment in self.environments.items() if environment.trains]
        return found[0] if len(found) == 1 else None
