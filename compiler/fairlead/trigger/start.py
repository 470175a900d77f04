"""What is started: the Workflow that refers to a template of the output, and nothing else.

All but arguments and labels stands in the template, so that controllers that permit nothing else take it
(`workflowRestrictions.templateReferencing: Secure`).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any, Final

from fairlead.output.desired import ResourceRef
from fairlead.resources import conventions
from fairlead.resources.resource import Resource

API: Final = "argoproj.io/v1alpha1"
TEMPLATE_LABEL: Final = "workflows.argoproj.io/workflow-template"
"""What Argo's own clients write on what they start from a template."""
COMMIT: Final = "fairlead.dev/commit"
"""The annotation with the commit that the run was started from."""
LONGEST_PREFIX: Final = 58
"""Kubernetes appends five characters to `generateName`, and Argo writes a Workflow's name into labels."""


class What(StrEnum):
    """What may be started."""

    TRAIN = "train"
    BATCH = "batch"
    DRIFT = "drift"
    QUALITY = "quality"

    def template(self, pipeline: str) -> str:
        """The name of the WorkflowTemplate."""
        return conventions.training(pipeline) if self is What.TRAIN else conventions.schedule(pipeline, self.value)


@dataclass(frozen=True)
class Start:
    """A run that is to be started: its template, and the arguments that are not the template's own."""

    what: What
    pipeline: str
    environment: str
    template: Resource
    parameters: Mapping[str, str]
    commit: str = ""

    @property
    def ref(self) -> ResourceRef:
        """The template, as it is in the cluster."""
        about = self.template.identity
        return ResourceRef(API, about.kind, about.namespace, about.name)

    @property
    def namespace(self) -> str:
        """Where it runs."""
        return self.template.identity.namespace


def startable(resources: Iterable[Resource], pipeline: str) -> dict[What, Resource]:
    """What the output has of a pipeline that may be started."""
    templates = {each.identity.name: each for each in resources if each.identity.kind == "WorkflowTemplate"}
    return {what: templates[name] for what in What if (name := what.template(pipeline)) in templates}


def parameters_of(template: Resource) -> dict[str, str | None]:
    """The parameters that a template takes, with their values where nothing is said."""
    arguments = template.manifest["spec"].get("arguments") or {}
    return {str(each["name"]): each.get("value") for each in arguments.get("parameters") or ()}


def manifest(start: Start) -> dict[str, Any]:
    """The Workflow, to be created: the cluster completes its name."""
    name = start.template.identity.name
    labels = {**start.template.manifest["metadata"].get("labels", {}), TEMPLATE_LABEL: name}
    metadata: dict[str, Any] = {
        "generateName": f"{conventions.fit(name, LONGEST_PREFIX - 1)}-",
        "namespace": start.namespace,
        "labels": labels,
    }
    if start.commit:
        metadata["annotations"] = {COMMIT: start.commit}
    spec: dict[str, Any] = {"workflowTemplateRef": {"name": name}}
    if start.parameters:
        spec["arguments"] = {"parameters": [{"name": key, "value": value} for key, value in start.parameters.items()]}
    return {"apiVersion": API, "kind": "Workflow", "metadata": metadata, "spec": spec}
