"""`serving`: how the model answers, and who may ask."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fairlead.spec.base import Command, Items, Positive, Section
from fairlead.spec.expressions import Condition
from fairlead.spec.units import (
    Cron,
    Duration,
    EnvName,
    HostName,
    ImageRef,
    LabelValue,
    Name,
    Percentage,
    SecretRef,
    ServiceAccountRef,
    TimeZone,
    Uri,
)

RuntimeName = Literal[
    "sklearn",
    "xgboost",
    "lightgbm",
    "mlflow",
    "onnx",
    "triton",
    "torchserve",
    "tensorflow",
    "huggingface",
    "vllm",
    "custom",
]
Protocol = Literal["v1", "v2", "openai"]


class Replicas(Section):
    """How many servers there are, at the least and at the most."""

    min: Annotated[int, Field(ge=0)] = 1
    """The least number of replicas; 0 (scale to zero) where the mode can do it."""
    max: Positive | None = None
    """The greatest number of replicas; as many as `min` (at least 1) where nothing is said."""

    @property
    def most(self) -> int:
        """`max` with its default."""
        return self.max if self.max is not None else max(1, self.min)


class ScaleOn(Section):
    """What the number of replicas follows: exactly one of these."""

    cpu: Percentage | None = None
    """The mean utilisation of the CPU request."""
    memory: Percentage | None = None
    """The mean utilisation of the memory request."""
    gpu: Percentage | None = None
    """The mean utilisation of the GPUs, from the DCGM exporter."""
    concurrency: Annotated[float, Field(gt=0)] | None = None
    """Requests in flight in a replica."""
    rps: Annotated[float, Field(gt=0)] | None = None
    """Requests a second to a replica."""
    query: Annotated[str, Field(min_length=1)] | None = None
    """A PromQL query; `target` says which value of it one replica can carry."""
    target: Annotated[float, Field(gt=0)] | None = None
    """The value of `query` for each replica."""


class Rollout(Section):
    """How a new version takes over: weight by weight, by commits to the lock."""

    canary: Items[Percentage] = ()
    """The shares of traffic that a new version gets, one after the other; none replaces the old version at once."""
    hold: Duration = Duration.parse("2h")
    """How long each share is held and watched; at least the long window of the page alert that judges it."""


class Payloads(Section):
    """Which requests and responses are kept: drift and quality read them."""

    log: Literal["none", "requests", "responses", "all"] = "none"
    """What is kept."""
    to: Uri | None = None
    """Where to: an object store's prefix."""
    retain: Duration | None = None
    """How long payloads are kept; required for restricted data."""


class Access(Section):
    """Who can reach the server."""

    expose: Literal["cluster", "gateway"] = "cluster"
    """cluster: only inside. gateway: through the platform's gateway as well."""
    callers: Items[ServiceAccountRef] = ()
    """The service accounts that may call, as `namespace/name`; anybody in the cluster where there are none."""


class Llm(Section):
    """What a language model's server needs to know."""

    tensor_parallel: Positive = 1
    """How many GPUs share one copy of the model; the serving profile has as many."""
    max_model_len: Positive | None = None
    """The longest context, in tokens; what the model's configuration says where nothing is said."""
    quantization: Literal["awq", "gptq", "fp8", "bitsandbytes", "marlin", "compressed-tensors"] | None = None
    """How the weights are quantized; what the model's configuration says where nothing is said."""
    gpu_memory: Percentage = Percentage.parse("90%")
    """The share of a GPU's memory that the server may take."""


class Batch(Section):
    """Scoring on a schedule, instead of a server."""

    schedule: Cron
    """When to score."""
    timezone: TimeZone | None = None
    """The time zone of the schedule; UTC where nothing is said."""
    input: Uri
    """What is scored."""
    output: Uri
    """Where predictions are written; each run to a folder of its own below it."""
    format: Literal["csv", "parquet", "jsonl"] | None = None
    """The format of input and output; the ending of the input tells where nothing is said."""
    timeout: Duration = Duration.parse("2h")
    """How long one run may take."""


class Member(Section):
    """One model of a graph."""

    pipeline: Name
    """The pipeline that serves it, of this project and environment."""
    when: Condition | None = None
    """In a switch or a sequence: the condition on the answer so far, as `score >= 0.5`."""
    weight: Percentage | None = None
    """In a splitter: the share of requests."""


class Graph(Section):
    """Several pipelines' models behind one endpoint."""

    type: Literal["sequence", "switch", "ensemble", "splitter"]
    """sequence: each answers on the answer before. switch: the first whose condition holds answers. ensemble: all
    answer. splitter: one answers, chosen by weight."""
    of: Annotated[Items[Member], Field(min_length=1)]
    """The models."""


class Serving(Section):
    """How the model answers, and who may ask: a server, a batch, or a graph of other pipelines' servers."""

    runtime: RuntimeName | None = None
    """What loads and serves the model; what fits the framework where nothing is said."""
    protocol: Protocol | None = None
    """v1 and v2 are KServe's inference protocols, openai is that of language models; what fits the runtime where
    nothing is said."""
    mode: Literal["standard", "knative"] = "standard"
    """standard: Deployments. knative: revisions, scaling by concurrency, scaling to zero. It can't change later."""
    output: Literal["label", "probability"] = "label"
    """What a classifier answers."""
    replicas: Replicas = Replicas()
    """How many servers."""
    scale_on: ScaleOn | None = None
    """What the number of replicas follows; CPU at 70 % where replicas have a range and nothing is said."""
    rollout: Rollout = Rollout()
    """How a new version takes over."""
    timeout: Duration = Duration.parse("60s")
    """How long one request may take."""
    payloads: Payloads = Payloads()
    """Which requests and responses are kept."""
    access: Access = Access()
    """Who can reach the server."""
    host: HostName | None = None
    """The host name at the gateway."""
    zones: Items[LabelValue] = ()
    """Zones over which replicas are spread; over all there are where nothing is said."""
    image: ImageRef | None = None
    """The server's image, instead of the runtime's own; required for `custom`."""
    command: Command | None = None
    """The server's command, for `custom`."""
    env: dict[EnvName, str] = Field(default_factory=dict)
    """Environment variables of the server."""
    secrets: dict[EnvName, SecretRef] = Field(default_factory=dict)
    """Environment variables that come from Kubernetes Secrets, as `NAME: secret/key`."""
    service_account: Name | None = None
    """A ServiceAccount of the platform's that may read the model's bucket; one of the pipeline's own otherwise."""
    llm: Llm | None = None
    """What a language model's server needs to know."""
    batch: Batch | None = None
    """Scoring on a schedule, instead of a server."""
    graph: Graph | None = None
    """Several pipelines' models behind one endpoint."""
