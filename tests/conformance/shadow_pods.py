"""The Pods and objects that controllers will make of what is applied, as far as the manifests decide them.

A custom resource is judged by its definition, which says little of the Pod in it; the API server judges a Pod itself
thoroughly. What a controller adds of its own (Argo's `wait`, KServe's storage initializer and agent, a sidecar of a
mesh) is not Fairlead's to write, and isn't here. Nor is the router of an InferenceGraph: no field sets its containers.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

Manifest = Mapping[str, Any]
VARIABLE = re.compile(r"\{\{.*?\}\}")


@dataclass(frozen=True)
class Shadow:
    """An object that will be created: by which resource, and as which part of it."""

    kind: str
    name: str
    part: str
    manifest: dict[str, Any]

    @property
    def origin(self) -> str:
        return f"{self.kind} {self.name}, {self.part}"


def shadows(manifests: Iterable[Manifest]) -> Iterator[Shadow]:
    """Everything that the manifests of one namespace will lead to."""
    given = list(manifests)
    runtimes = {each["metadata"]["name"]: each["spec"] for each in given if each["kind"] == "ServingRuntime"}
    for manifest in given:
        kind, name, spec = manifest["kind"], manifest["metadata"]["name"], manifest.get("spec", {})
        found: Iterable[tuple[str, dict[str, Any]]] = ()
        match kind:
            case "WorkflowTemplate":
                found = [*_steps(spec), _workflow(name)]
            case "CronWorkflow":
                workflow = spec["workflowSpec"]
                found = [*_steps(workflow), ("schedule", _workflow_of(workflow, spec.get("workflowMetadata", {})))]
            case "InferenceService":
                found = _servers(name, spec, runtimes)
            case "TrainingRuntime":
                found = _jobs(spec)
            case "Sensor":
                found = [_events("sensor", spec["template"]), *_submitted(spec)]
            case "EventSource":
                found = [_events("events", spec["template"])]
            case "EventBus":
                found = [_bus(spec["jetstream"])]
        for part, shadow in found:
            shadow = _filled(shadow)
            metadata = {"name": "shadow", "namespace": manifest["metadata"]["namespace"], **shadow.get("metadata", {})}
            yield Shadow(kind, name, part, {**shadow, "metadata": metadata})


OTHERS = frozenset({"Sensor", "EventSource", "EventBus"})
"""Kinds whose Pods run images that their controllers choose."""


def pods(manifests: Iterable[Manifest]) -> Iterator[Shadow]:
    """The Pods that run images of ours."""
    return (each for each in shadows(manifests) if each.manifest["kind"] == "Pod" and each.kind not in OTHERS)


def containers(manifest: Any) -> Iterator[tuple[str, str, str]]:
    """Each container that says its image, in the text of another manifest too: its name, image and command."""
    if isinstance(manifest, dict):
        if isinstance(manifest.get("image"), str) and {"command", "args", "name"} & manifest.keys():
            yield manifest.get("name", "main"), manifest["image"], json.dumps(manifest.get("command"))
        for each in manifest.values():
            yield from containers(each)
    elif isinstance(manifest, list):
        for each in manifest:
            yield from containers(each)
    elif isinstance(manifest, str) and manifest.lstrip().startswith("{") and '"image"' in manifest:
        yield from containers(json.loads(manifest))


def _filled(value: Any) -> Any:
    """What Argo puts in the place of a variable is of the same shape: a name, a number or an address."""
    if isinstance(value, dict):
        return {key: _filled(each) for key, each in value.items()}
    if isinstance(value, list):
        return [_filled(each) for each in value]
    return VARIABLE.sub("filled-in", value) if isinstance(value, str) else value


def _pod(metadata: Manifest, spec: Manifest) -> dict[str, Any]:
    kept = {key: metadata[key] for key in ("labels", "annotations") if key in metadata}
    return {"apiVersion": "v1", "kind": "Pod", "metadata": kept, "spec": dict(spec)}


# Argo Workflows

_OF_THE_POD = ("securityContext", "automountServiceAccountToken", "serviceAccountName", "affinity", "nodeSelector")
_TASKS = {"dag", "steps", "suspend"}
"""Templates without a Pod."""


def _steps(workflow: Manifest) -> Iterator[tuple[str, dict[str, Any]]]:
    for template in workflow.get("templates", ()):
        if "resource" in template:
            yield f"{template['name']}, resource", _resource(template["resource"]["manifest"])
        elif "container" in template:
            yield template["name"], _step(workflow, template)
        else:
            assert _TASKS & template.keys(), f"a template of another kind: {sorted(template)}"


def _step(workflow: Manifest, template: Manifest) -> dict[str, Any]:
    spec: dict[str, Any] = {"restartPolicy": "Never"}
    for field in _OF_THE_POD:
        if field in template or field in workflow:
            spec[field] = template.get(field, workflow.get(field))
    for field in ("tolerations", "volumes"):
        spec[field] = [*workflow.get(field, ()), *template.get(field, ())]
    priority = template.get("priorityClassName", workflow.get("podPriorityClassName"))
    if priority is not None:
        spec["priorityClassName"] = priority
    assert not {"podSpecPatch", "script", "containerSet", "sidecars"} & {*template, *workflow}, "not looked at here"
    spec["initContainers"] = [dict(each) for each in template.get("initContainers", ())]
    spec["containers"] = [{"name": "main", **template["container"]}]
    common, own = workflow.get("podMetadata", {}), template.get("metadata", {})
    return _pod({key: {**common.get(key, {}), **own.get(key, {})} for key in ("labels", "annotations")}, spec)


def _resource(text: str) -> dict[str, Any]:
    """What a step creates."""
    manifest: dict[str, Any] = json.loads(text)
    return manifest


def _workflow(template: str) -> tuple[str, dict[str, Any]]:
    return "submitted", _workflow_of({"workflowTemplateRef": {"name": template}}, {})


def _workflow_of(spec: Manifest, metadata: Manifest) -> dict[str, Any]:
    return {"apiVersion": "argoproj.io/v1alpha1", "kind": "Workflow", "metadata": dict(metadata), "spec": dict(spec)}


# Argo Events


def _submitted(sensor: Manifest) -> Iterator[tuple[str, dict[str, Any]]]:
    for trigger in sensor["triggers"]:
        source = trigger["template"]["argoWorkflow"]["source"]["resource"]
        metadata = {key: value for key, value in source["metadata"].items() if key != "generateName"}
        yield f"trigger {trigger['template']['name']}", {**source, "metadata": metadata}


def _events(name: str, template: Manifest) -> tuple[str, dict[str, Any]]:
    """The Deployment of Argo Events, whose image is the controller's."""
    spec = {key: value for key, value in template.items() if key not in ("metadata", "container")}
    spec["containers"] = [{"name": name, "image": "events", **template["container"]}]
    return "the Pod", _pod(template.get("metadata", {}), spec)


def _bus(jetstream: Manifest) -> tuple[str, dict[str, Any]]:
    containers = {"main": "containerTemplate", "reloader": "reloaderContainerTemplate"}
    containers["metrics"] = "metricsContainerTemplate"
    spec = {
        "securityContext": jetstream["securityContext"],
        # The controller of Argo Events gives it no account of its own.
        "automountServiceAccountToken": False,
        "serviceAccountName": "default",
        "containers": [{"name": name, "image": "nats", **jetstream[field]} for name, field in containers.items()],
    }
    return "the Pod", _pod(jetstream.get("metadata", {}), spec)


# KServe

_OF_THE_COMPONENT = {
    *(
        "name",
        "model",
        "minReplicas",
        "maxReplicas",
        "scaleMetric",
        "scaleMetricType",
        "scaleTarget",
        "autoScaling",
        "timeout",
    ),
    *("deploymentStrategy", "logger", "batcher", "canaryTrafficPercent", "containerConcurrency"),
}
"""What KServe reads itself; everything else in a predictor is a field of the Pod, and an unknown one is refused."""
_OF_THE_MODEL = {"modelFormat", "runtime", "protocolVersion", "storageUri", "storage", "name", "args", "env"}
_OF_THE_RUNTIME = {"supportedModelFormats", "multiModel", "protocolVersions", "labels", "annotations"}


def _servers(name: str, service: Manifest, runtimes: Mapping[str, Manifest]) -> Iterator[tuple[str, dict[str, Any]]]:
    # A canary says what differs; all else, such as its account, is the stable predictor's.
    canaries = [("canary", _over(service["predictor"], each["predictor"])) for each in service.get("canary", ())]
    assert not service.keys() - {"predictor", "canary"}, f"another component: {sorted(service)}"
    for part, predictor in [("predictor", service["predictor"]), *canaries]:
        model = predictor["model"]
        runtime = runtimes[model["runtime"]]
        spec = {key: value for key, value in runtime.items() if key not in _OF_THE_RUNTIME}
        spec |= {key: value for key, value in predictor.items() if key not in _OF_THE_COMPONENT}
        for field in ("labels", "annotations"):
            spec.pop(field, None)
        spec["containers"] = [_server(each, model) for each in runtime["containers"]]
        metadata = {key: {**runtime.get(key, {}), **predictor.get(key, {})} for key in ("labels", "annotations")}
        # KServe's own, by which what selects servers finds their Pods.
        metadata["labels"]["serving.kserve.io/inferenceservice"] = name
        yield part, _pod(metadata, spec)


def _over(stable: Manifest, canary: Manifest) -> dict[str, Any]:
    """As KServe merges them."""
    merged = dict(stable)
    for key, value in canary.items():
        inner = merged.get(key)
        merged[key] = _over(inner, value) if isinstance(inner, dict) and isinstance(value, dict) else value
    return merged


def _server(container: Manifest, model: Manifest) -> dict[str, Any]:
    """The runtime's container with what the model says; KServe puts the model's arguments behind, and its variables."""
    if container["name"] != "kserve-container":
        return dict(container)
    merged = {**container, **{key: value for key, value in model.items() if key not in _OF_THE_MODEL}}
    merged["args"] = [*container.get("args", ()), *model.get("args", ())]
    merged["env"] = [*container.get("env", ()), *model.get("env", ())]
    return merged


# Kubeflow Trainer


def _jobs(runtime: Manifest) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each job of the set, and the Pods that it makes."""
    nodes = runtime["mlPolicy"]["numNodes"]
    for job in runtime["template"]["spec"]["replicatedJobs"]:
        template = job["template"]
        spec = {**template["spec"], "parallelism": nodes, "completions": nodes}
        yield (
            f"job {job['name']}",
            {"apiVersion": "batch/v1", "kind": "Job", "metadata": dict(template["metadata"]), "spec": spec},
        )
        yield f"Pod of {job['name']}", _pod(spec["template"]["metadata"], spec["template"]["spec"])
