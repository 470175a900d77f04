"""The Pods that would come of what is emitted, as plain manifests: for judges that know Pods and no custom resources.

A shadow has what its Pod would really get from our resources: the containers with their security contexts, the Pod's
own, its volumes, its account and its labels. What Argo, KServe and the Trainer add by themselves is theirs.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from typing import Any

Manifest = dict[str, Any]
POD_FIELDS = (
    "automountServiceAccountToken",
    "securityContext",
    "serviceAccountName",
    "volumes",
    "nodeSelector",
    "tolerations",
    "priorityClassName",
    "hostNetwork",
    "hostPID",
    "hostIPC",
)


def shadows(manifests: Iterable[Manifest]) -> Iterator[tuple[str, Manifest]]:
    """The Pods of all resources of one environment, each with a name that tells where it comes from."""
    found = list(manifests)
    runtimes = {_key(each): each for each in found if each["kind"] == "ServingRuntime"}
    for each in found:
        where = f"{each['kind']}-{each['metadata']['name']}"
        match each["kind"]:
            case "WorkflowTemplate":
                pods = _steps(each["spec"])
            case "CronWorkflow":
                pods = _steps(each["spec"]["workflowSpec"])
            case "InferenceService":
                pods = _server(each, runtimes)
            case "TrainingRuntime":
                pods = _nodes(each["spec"]["template"]["spec"])
            case _:
                continue
        for name, labels, spec in pods:
            metadata = {"name": re.sub(r"[^a-z0-9-]", "-", name.lower()), "namespace": each["metadata"]["namespace"]}
            own = {**each["metadata"].get("labels", {}), **labels}
            yield (
                f"{where}-{name}",
                {
                    "apiVersion": "v1",
                    "kind": "Pod",
                    "metadata": {**metadata, "labels": own},
                    "spec": spec,
                },
            )


def _key(manifest: Manifest) -> tuple[str, str]:
    return manifest["metadata"]["namespace"], manifest["metadata"]["name"]


def _steps(workflow: Manifest) -> Iterator[tuple[str, Manifest, Manifest]]:
    """The Pod of each template that has one; what a template doesn't say, the workflow says."""
    labels = workflow.get("podMetadata", {}).get("labels", {})
    for template in workflow.get("templates", []):
        main = template.get("container") or template.get("script")
        if main is None:
            continue
        spec = _pod({**_only(workflow), **_only(template)})
        spec["volumes"] = [*workflow.get("volumes", []), *template.get("volumes", [])]
        spec["containers"] = [{"name": "main", **main}, *template.get("sidecars", [])]
        if template.get("initContainers"):
            spec["initContainers"] = template["initContainers"]
        yield template["name"], {**labels, **template.get("metadata", {}).get("labels", {})}, spec


def _server(service: Manifest, runtimes: dict[tuple[str, str], Manifest]) -> Iterator[tuple[str, Manifest, Manifest]]:
    """The Pods of a server's parts: a runtime's containers, with what the service says over it."""
    spec = service["spec"]
    labels = {"serving.kserve.io/inferenceservice": service["metadata"]["name"]}
    for part in ("predictor", "transformer", "explainer"):
        if part not in spec:
            continue
        own = spec[part]
        model = own.get("model", {})
        runtime: Manifest = {}
        if "runtime" in model:
            runtime = runtimes[service["metadata"]["namespace"], model["runtime"]]["spec"]
        yield part, labels, _merged(runtime, own, model)
        if "workerSpec" in own or "workerSpec" in runtime:
            worker = own.get("workerSpec", {})
            yield f"{part}-worker", labels, _merged(runtime.get("workerSpec", {}), {**_only(own), **worker}, {})


def _merged(runtime: Manifest, own: Manifest, model: Manifest) -> Manifest:
    spec = _pod({**_only(runtime), **_only(own)})
    spec["volumes"] = [*runtime.get("volumes", []), *own.get("volumes", [])]
    containers = {each["name"]: dict(each) for each in runtime.get("containers", [])}
    for each in own.get("containers", []):
        containers[each["name"]] = {**containers.get(each["name"], {}), **each}
    for field in ("resources", "env", "image", "securityContext"):
        if field in model:
            containers["kserve-container"][field] = model[field]
    spec["containers"] = list(containers.values())
    return spec


def _nodes(jobset: Manifest) -> Iterator[tuple[str, Manifest, Manifest]]:
    for job in jobset["replicatedJobs"]:
        template = job["template"]["spec"]["template"]
        yield job["name"], template.get("metadata", {}).get("labels", {}), dict(template["spec"])


def _only(source: Manifest) -> Manifest:
    return {name: source[name] for name in POD_FIELDS if name in source}


def _pod(fields: Manifest) -> Manifest:
    return {"restartPolicy": "Never", **fields}


def images(manifest: Any) -> int:
    """How many containers a manifest has, in the text of another manifest too."""
    if isinstance(manifest, dict):
        own = isinstance(manifest.get("image"), str) and bool({"command", "args", "name"} & manifest.keys())
        return int(own) + sum(images(each) for each in manifest.values())
    if isinstance(manifest, list):
        return sum(images(each) for each in manifest)
    if isinstance(manifest, str) and manifest.lstrip().startswith("{") and '"image"' in manifest:
        return images(json.loads(manifest))
    return 0
