"""Whether the platforms run, in the versions that fairlead.yaml says."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.doctor.checks.kinds import needed
from fairlead.doctor.codes import NO_CONTROLLER, OTHER_VERSION
from fairlead.doctor.controllers import IMAGES, Controller, controllers, known_versions
from fairlead.doctor.finding import By, Finding, unknown
from fairlead.doctor.questions import Questions
from fairlead.doctor.scope import Scope
from fairlead.source.diagnostics import Severity

GROUPS = {
    "argo-workflows": ("argoproj.io", ("WorkflowTemplate", "CronWorkflow", "Workflow")),
    "argo-events": ("argoproj.io", ("EventBus", "EventSource", "Sensor")),
    "kserve": ("serving.kserve.io", ()),
    "knative": ("serving.knative.dev", ()),
    "keda": ("keda.sh", ()),
    "kubeflow-trainer": ("trainer.kubeflow.org", ()),
    "kueue": ("kueue.x-k8s.io", ()),
    "prometheus-operator": ("monitoring.coreos.com", ()),
}
"""Whose a kind is: its group, and the kinds of it where a group has several owners."""


def check(scope: Scope, questions: Questions) -> Iterator[Finding]:
    """What runs in another version, does not run, or is not found. Only what the environment needs is asked about."""
    kinds = needed(scope.resources)
    platform = scope.project.platform
    for name, (group, own) in GROUPS.items():
        whom = tuple(
            each
            for (version, kind), all_ in kinds.items()
            if version.partition("/")[0] == group and (not own or kind in own)
            for each in all_
        )
        if not whom or not any(
            questions.serves(version, kind) for version, kind in kinds if version.partition("/")[0] == group
        ):
            continue  # nothing needs it, or nothing of it is installed, which is said already
        found = controllers(questions, IMAGES[name])
        if not found:
            message = f"no controller of {name} is found in the cluster, by the names of images"
            help_ = "see that it is installed; one that was built under another name is not recognized"
            yield Finding(NO_CONTROLLER, message, help_, whom[:1], severity=Severity.WARNING)
            continue
        if not any(each.available for each in found):
            first = found[0]
            message = f"the controller of {name}, {first.name} in {first.namespace}, has no Pod that is available"
            help_ = f"`kubectl --namespace {first.namespace} describe deployment {first.name}` says why"
            yield Finding(NO_CONTROLLER, message, help_, whom[:1])
        said = getattr(platform, name.replace("-", "_"))
        if said is not None:
            yield from _versions(scope, name, str(said), found, whom)


def _versions(scope: Scope, name: str, said: str, found: list[Controller], whom: tuple[By, ...]) -> Iterator[Finding]:
    place = scope.place("platform", name)
    running = {each.version for each in found}
    if said in running:
        return
    first = found[0]
    if running == {None}:
        why = f"{first.image} of {first.name} in {first.namespace} does not say it"
        yield unknown(f"whether {name} {said} runs", why, whom[:1], help_="compare it yourself")
        return
    version = next(each for each in found if each.version is not None).version
    message = f"fairlead.yaml says {name} {said}, and {version} runs ({first.image} in {first.namespace})"
    if version in known_versions(name):
        yield Finding(OTHER_VERSION, message, f'say `{name}: "{version}"` and compile', place=place)
    else:
        help_ = f"Fairlead knows {', '.join(known_versions(name))}: compare the release notes"
        yield Finding(OTHER_VERSION, message, help_, place=place, severity=Severity.WARNING)
