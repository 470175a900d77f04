"""The parts of a Pod that KServe's resources contain: containers, volumes, placement."""

from __future__ import annotations

from typing import Literal, NotRequired

from typing_extensions import TypedDict

from fairlead.resources.kinds import ContainerSecurity, EnvVar, LabelSelector, ResourceAmounts


class ContainerPort(TypedDict):
    """A declared port: a PodMonitor finds no other."""

    name: str
    containerPort: int
    protocol: Literal["TCP"]


class HttpGet(TypedDict):
    """A probe's request."""

    path: str
    port: int
    scheme: Literal["HTTP"]


class TcpSocket(TypedDict):
    """A probe that only connects."""

    port: int


class Probe(TypedDict):
    """A readiness or startup probe; times in seconds."""

    httpGet: NotRequired[HttpGet]
    tcpSocket: NotRequired[TcpSocket]
    periodSeconds: int
    timeoutSeconds: int
    successThreshold: int
    failureThreshold: int


class VolumeMount(TypedDict):
    """Where a volume stands in a container."""

    name: str
    mountPath: str


class EmptyDir(TypedDict, total=False):
    """A folder that lives as long as its Pod; in memory with `medium: Memory`."""

    medium: Literal["Memory"]
    sizeLimit: str


class Volume(TypedDict):
    """A volume of a Pod."""

    name: str
    emptyDir: EmptyDir


class Container(TypedDict):
    """The model server in a ServingRuntime; KServe knows it by its name `kserve-container`."""

    name: Literal["kserve-container"]
    image: str
    imagePullPolicy: Literal["IfNotPresent", "Always"]
    command: NotRequired[list[str]]
    args: NotRequired[list[str]]
    env: NotRequired[list[EnvVar]]
    ports: list[ContainerPort]
    readinessProbe: Probe
    startupProbe: NotRequired[Probe]
    resources: ResourceAmounts
    securityContext: ContainerSecurity
    volumeMounts: list[VolumeMount]


class NodeRequirement(TypedDict):
    """One condition on a node's labels."""

    key: str
    operator: Literal["In"]
    values: list[str]


class NodeTerm(TypedDict):
    """Conditions that must all hold."""

    matchExpressions: list[NodeRequirement]


class NodeTerms(TypedDict):
    """Terms of which one must hold."""

    nodeSelectorTerms: list[NodeTerm]


class NodeAffinity(TypedDict):
    """Which nodes a Pod may run on."""

    requiredDuringSchedulingIgnoredDuringExecution: NodeTerms


class Affinity(TypedDict):
    """Affinity of a Pod."""

    nodeAffinity: NodeAffinity


class TopologySpread(TypedDict):
    """How evenly Pods are spread."""

    maxSkew: int
    topologyKey: str
    whenUnsatisfiable: Literal["ScheduleAnyway", "DoNotSchedule"]
    labelSelector: LabelSelector


class RollingUpdate(TypedDict):
    """How many Pods are added and missing while a Deployment changes."""

    maxSurge: int | str
    maxUnavailable: int | str


class DeploymentStrategy(TypedDict):
    """How a Deployment changes its Pods."""

    type: Literal["RollingUpdate"]
    rollingUpdate: RollingUpdate
