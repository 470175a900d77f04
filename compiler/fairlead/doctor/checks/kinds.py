"""Whether the cluster serves every kind that is written, and those that controllers make of them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator

from fairlead.doctor.codes import NOT_SERVED
from fairlead.doctor.finding import By, Finding, by
from fairlead.doctor.questions import Questions
from fairlead.doctor.scope import Scope, at, sequence
from fairlead.resources.resource import Resource
from fairlead.source.diagnostics import Severity

Needed = dict[tuple[str, str], list[By]]
KNATIVE = ("Knative", "Serverless")
"""What KServe calls the mode in which it makes Services of Knative, by version."""
MODE, SCALER = "serving.kserve.io/deploymentMode", "serving.kserve.io/autoscalerClass"


def check(scope: Scope, questions: Questions) -> Iterator[Finding]:
    """The kinds that are not served."""
    yield from not_served(needed(scope.resources), questions)


def not_served(kinds: Needed, questions: Questions, severity: Severity | None = None) -> Iterator[Finding]:
    """Those of some kinds that are not served, each with the versions that are."""
    for (version, kind), whom in kinds.items():
        if questions.serves(version, kind):
            continue
        group = version.rpartition("/")[0]
        others = [each for each in questions.versions(group) if questions.serves(each, kind)] if group else []
        instead = f", but in {', '.join(others)}" if others else ""
        help_ = "say in `platform` what is installed, or install that version" if others else "install the platform"
        message = f"the cluster has no {kind} in {version}{instead}"
        yield Finding(NOT_SERVED, message, help_, tuple(whom), severity=severity)


def needed(resources: Iterable[Resource]) -> Needed:
    """The apiVersion and kind of what is written, and of what comes of it, each with what needs it."""
    found: Needed = {}
    for resource in resources:
        manifest = resource.manifest
        found.setdefault((str(manifest["apiVersion"]), str(manifest["kind"])), []).append(by(resource))
        for version, kind in _implied(resource):
            found.setdefault((version, kind), []).append(by(resource))
    return found


def _implied(resource: Resource) -> Iterator[tuple[str, str]]:
    manifest = resource.manifest
    annotations = at(manifest, "metadata", "annotations")
    if manifest["kind"] == "InferenceService":
        if at(annotations, MODE) in KNATIVE:
            yield "serving.knative.dev/v1", "Service"
        if at(annotations, SCALER) == "keda":
            yield "keda.sh/v1alpha1", "ScaledObject"
    if manifest["kind"] == "WorkflowTemplate":
        yield str(manifest["apiVersion"]), "Workflow"
        for template in sequence(at(manifest, "spec", "templates")):
            made = at(template, "resource", "manifest")
            try:
                inner = json.loads(made) if isinstance(made, str) else None
            except ValueError:
                continue  # text of a patch's that is no JSON, or has templates in it
            if isinstance(at(inner, "apiVersion"), str) and isinstance(at(inner, "kind"), str):
                yield str(at(inner, "apiVersion")), str(at(inner, "kind"))
