"""The ServingRuntime of a pipeline: namespaced, so that its image, ports, hardening and resources are the project's."""

from __future__ import annotations

from typing import Literal

from fairlead.plan.nodes import Serve
from fairlead.resources import conventions
from fairlead.resources.pods import amounts, container_security
from fairlead.resources.resource import Resource
from fairlead.spec.units import Memory
from fairlead_targets.kserve.context import Context, ordered
from fairlead_targets.kserve.loading import MODELS, hub_source
from fairlead_targets.kserve.server import arguments, command, user, variables
from fairlead_targets.kserve.types.pods import Container, ContainerPort, EmptyDir, Probe, Volume
from fairlead_targets.kserve.types.v0_15 import ServingRuntime, ServingRuntimeSpec, SupportedFormat

CONTAINER: Literal["kserve-container"] = "kserve-container"
REQUESTS = "http"
"""The name of the port that answers requests; a mesh reads the protocol from it."""
METRICS = "http-metrics"
"""The name of the port with metrics, where it is another one."""
_KNATIVE_REQUESTS = "http1"
"""Knative takes one port, and `http1` or `h2c` as its name."""
_SCRATCH = Memory.parse("2Gi")
"""The size of /tmp where the profile has no `disk`."""
_READY = {
    "kserve": "/v2/health/ready",
    "mlserver": "/v2/health/ready",
    "triton": "/v2/health/ready",
    "vllm": "/v1/models",
}
"""Where a family answers 200 once the model is loaded; vLLM's /health answers before."""

_LOADS_ITSELF: SupportedFormat = {"name": "huggingface", "autoSelect": False, "version": "1"}
"""The format of a model that the server loads by itself. Of every other predictor without a `storageUri` KServe makes a
server of many models: an agent beside it, and a volume over its folder (`IsMMSPredictor`)."""


def runtime(context: Context[Serve]) -> Resource:
    """The ServingRuntime."""
    node = context.node
    spec: ServingRuntimeSpec = {
        "supportedModelFormats": [supported_format(context)],
        "multiModel": False,
        "containers": [container(context)],
        "volumes": volumes(context),
    }
    if node.protocol != "openai":
        # KServe's protocols are v1 and v2; OpenAI's is none of them, and the stock runtime of vLLM names none.
        spec["protocolVersions"] = [node.protocol]
    manifest: ServingRuntime = {
        "apiVersion": "serving.kserve.io/v1alpha1",
        "kind": "ServingRuntime",
        "metadata": context.metadata(conventions.runtime(context.plan.name)),
        "spec": spec,
    }
    image = ("spec", "containers", 0)
    origin = context.origin(f"loads and serves the model with {node.runtime.name}", "serving", "runtime")
    hardware = context.origin("what the server's profile gives", "hardware", "serving")
    return context.resource(manifest, origin, {
        (*image, "image"): context.origin("the server's image, as the lock resolves it", "serving", "image"),
        (*image, "command"): context.origin("the server's own command", "serving", "command"),
        (*image, "env"): context.origin("the runtime's variables, and the specification's", "serving", "env"),
        (*image, "args"): context.origin("the runtime's arguments", "serving", "llm" if node.llm else "runtime"),
        (*image, "resources"): hardware,
        ("spec", "volumes"): hardware,
        ("spec", "protocolVersions"): context.origin("the protocol", "serving", "protocol"),
    })  # fmt: skip


def supported_format(context: Context[Serve]) -> SupportedFormat:
    """The one format that this runtime is for. Nothing selects it by itself: the InferenceService names it."""
    if hub_source(context) is not None:
        return _LOADS_ITSELF
    facts = context.node.runtime
    # A server of the user's own has no format; KServe compares the word only.
    found: SupportedFormat = {"name": facts.format_name or "custom", "autoSelect": False}
    return {**found, "version": facts.format_version} if facts.format_version else found


def container(context: Context[Serve]) -> Container:
    """The model server."""
    node = context.node
    server: Container = {
        "name": CONTAINER,
        "image": node.image.reference,
        # A digest is what it is; a tag may have moved since a node has seen it.
        "imagePullPolicy": "IfNotPresent" if node.image.digest else "Always",
        "ports": ports(context),
        "readinessProbe": _probe(context, failures=3),
        "resources": amounts(node.hardware),
        "securityContext": container_security(user(context)),
        "volumeMounts": [{"name": name, "mountPath": path} for name, path, _ in _folders(context)],
    }
    if words := command(context):
        server["command"] = words
    if given := arguments(context):
        server["args"] = given
    if env := variables(context):
        server["env"] = env
    if node.mode == "standard":
        # Loading gigabytes of weights takes long: 30 minutes where there is a GPU, else 5.
        server["startupProbe"] = _probe(context, failures=180 if node.hardware.gpu else 30)
    return ordered(
        server, "name", "image", "imagePullPolicy", "command", "args", "env", "ports", "readinessProbe", "startupProbe"
    )  # type: ignore[return-value]


def ports(context: Context[Serve]) -> list[ContainerPort]:
    """The port for requests first: KServe's Service sends requests to the first."""
    facts, knative = context.node.runtime, context.mode == "knative"
    found: list[ContainerPort] = [
        {"name": _KNATIVE_REQUESTS if knative else REQUESTS, "containerPort": facts.port, "protocol": "TCP"}
    ]
    if not knative and facts.metrics_port not in (None, facts.port):
        found.append({"name": METRICS, "containerPort": facts.metrics_port or 0, "protocol": "TCP"})
    return found


def _probe(context: Context[Serve], failures: int) -> Probe:
    facts = context.node.runtime
    path = _READY.get(facts.family)
    if context.node.payloads.log != "none" and not context.release.agent_follows_probe:
        path = None
    probe: Probe = {"periodSeconds": 10, "timeoutSeconds": 5, "successThreshold": 1, "failureThreshold": failures}
    if path is None:
        return {"tcpSocket": {"port": facts.port}, **probe}
    return {"httpGet": {"path": path, "port": facts.port, "scheme": "HTTP"}, **probe}


def volumes(context: Context[Serve]) -> list[Volume]:
    """The folders that the server writes to: its root file system is read-only."""
    return [{"name": name, "emptyDir": folder} for name, _, folder in _folders(context)]


def _folders(context: Context[Serve]) -> list[tuple[str, str, EmptyDir]]:
    profile, facts = context.node.hardware, context.node.runtime
    size = str(profile.disk or _SCRATCH)
    found: list[tuple[str, str, EmptyDir]] = [("tmp", "/tmp", {"sizeLimit": size})]  # noqa: S108
    found += [(f"scratch-{at}", path, {"sizeLimit": size}) for at, path in enumerate(facts.writable)]
    if hub_source(context):
        # As large as the model, which nobody here knows: bounded where the profile says so.
        found.append(("models", MODELS, {"sizeLimit": str(profile.disk)} if profile.disk else {}))
    if (shm := _shared_memory(context)) is not None:
        found.append(("shm", "/dev/shm", {"medium": "Memory", "sizeLimit": str(shm)}))  # noqa: S108
    return found


def _shared_memory(context: Context[Serve]) -> Memory | None:
    """The size of shared memory, through which processes that share a model talk. It counts as the container's."""
    node, profile = context.node, context.node.hardware
    if profile.shm is not None:
        return profile.shm
    parallel = node.llm is not None and node.llm.tensor_parallel > 1
    if not (parallel or node.runtime.shared_memory):
        return None
    return Memory.parse(f"{max(64, profile.memory.bytes // 4 // 2**20)}Mi")
