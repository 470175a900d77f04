"""Whether Argo's controllers look into the namespace, and Argo Events has the NATS that is asked for."""

from __future__ import annotations

from collections.abc import Iterator
from io import StringIO
from typing import Any

from fairlead.doctor.codes import EVENT_BUS, NOT_WATCHED
from fairlead.doctor.controllers import IMAGES, Controller, controllers
from fairlead.doctor.finding import By, Finding, by
from fairlead.doctor.questions import Questions
from fairlead.doctor.scope import Scope, at, mapping, sequence

CONFIG = "workflow-controller-configmap"
EVENTS_CONFIG = "argo-events-controller-config"


def check(scope: Scope, questions: Questions) -> Iterator[Finding]:
    """Controllers that look elsewhere."""
    workflows = scope.by("WorkflowTemplate", "CronWorkflow")
    if workflows:
        found = controllers(questions, IMAGES["argo-workflows"])
        yield from _watched("Argo Workflows", found, scope.namespace, workflows)
        yield from _configured(found, scope.namespace, questions, workflows)
    events = scope.by("EventBus", "EventSource", "Sensor")
    if events:
        # Servers of EventSources and Sensors have the same image as the controller.
        found = [each for each in controllers(questions, IMAGES["argo-events"]) if "controller" in each.arguments]
        yield from _watched("Argo Events", found, scope.namespace, events)
        yield from _nats(scope, found, questions)


def _watched(name: str, found: list[Controller], namespace: str, whom: tuple[By, ...]) -> Iterator[Finding]:
    where = []
    for each in found:
        if each.option("--namespaced") in (None, "false"):
            return
        watched = each.option("--managed-namespace") or each.namespace
        if watched == namespace:
            return
        where.append(watched)
    if where:
        message = f"the controller of {name} looks into {', '.join(sorted(set(where)))} alone, and not into {namespace}"
        yield Finding(NOT_WATCHED, message, "start it with `--managed-namespace`, or without `--namespaced`", whom)


def _configured(
    found: list[Controller], namespace: str, questions: Questions, whom: tuple[By, ...]
) -> Iterator[Finding]:
    reasons = []
    for each in found:
        name = each.option("--configmap") or CONFIG
        config = _settings(at(questions.get("v1", "ConfigMap", each.namespace, name), "data"), "config")
        instance, watched = config.get("instanceID"), config.get("namespace")
        if instance:
            reasons.append(f"takes only workflows with the instance id {instance} ({name} in {each.namespace})")
        elif watched and watched != namespace:
            reasons.append(f"looks into {watched} alone ({name} in {each.namespace})")
        else:
            return
    if reasons:
        message = f"the controller of Argo Workflows {'; another one '.join(reasons)}"
        yield Finding(NOT_WATCHED, message, "install a controller that looks after these workflows", whom)


def _settings(data: Any, whole: str) -> dict[str, Any]:
    """The settings in a ConfigMap: each under its own key, or all of them as YAML under one."""
    found = dict(mapping(data))
    return {**found, **_yaml(found[whole])} if isinstance(found.get(whole), str) else found


def _yaml(text: str) -> dict[str, Any]:
    from ruamel.yaml import YAML
    from ruamel.yaml.error import YAMLError

    try:
        return dict(mapping(YAML(typ="safe", pure=True).load(StringIO(text))))
    except YAMLError:
        return {}


def _nats(scope: Scope, found: list[Controller], questions: Questions) -> Iterator[Finding]:
    for resource in scope.of("EventBus"):
        wanted = at(resource.manifest, "spec", "jetstream", "version")
        for each in found:
            data = mapping(at(questions.get("v1", "ConfigMap", each.namespace, EVENTS_CONFIG), "data"))
            config = _yaml(str(data.get("controller-config.yaml", "")))
            offered = [str(at(item, "version")) for item in sequence(at(config, "eventBus", "jetstream", "versions"))]
            if wanted and offered and str(wanted) not in offered and wanted != "latest":
                message = f"Argo Events offers NATS {', '.join(offered)} ({each.namespace}), and not {wanted}"
                help_ = "name one of them as `nats` of the target argo-workflows"
                yield Finding(EVENT_BUS, message, help_, (by(resource, ("spec", "jetstream", "version")),))
