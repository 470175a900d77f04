"""What all WorkflowTemplates and CronWorkflows of a pipeline have in common.

Everything but arguments stands in a WorkflowTemplate, and a CronWorkflow only refers to one: controllers may be told to
refuse anything else (`workflowRestrictions.templateReferencing: Secure`). A bare Workflow is never committed: it would
run again whenever its time to live has passed and a reconciler restores it.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from fairlead.resources import conventions
from fairlead.resources.pods import pod_security
from fairlead.resources.resource import Origin, Resource
from fairlead.source.nodes import Path
from fairlead_targets.argo_workflows import models
from fairlead_targets.argo_workflows.context import Context
from fairlead_targets.argo_workflows.storage import REPOSITORY_KEY

API = "argoproj.io/v1alpha1"
FIRST: Final = {
    key: position
    for position, key in enumerate(
        ("name", "template", "depends", "when", "entrypoint", "arguments", "image", "command", "args")
    )
}
"""The keys that stand first, in this order."""
FAILED_PODS = "5m"
"""How long the Pod of a step that succeeded stays."""
SLACK = 24 * 3600
"""Seconds that a run may wait for nodes, beyond what all its attempts may take: then it gives way to the next."""


def manifest(model: models.WorkflowTemplate | models.CronWorkflow) -> dict[str, Any]:
    """A hera model as the mapping that is written."""
    data = model.model_dump(mode="json", by_alias=True, exclude_none=True)
    _put_names_first(data)
    return {**{key: data.pop(key) for key in ("apiVersion", "kind", "metadata")}, **data}


def _put_names_first(value: dict[str, Any]) -> None:
    """hera's models list their fields by the alphabet; people look for a name where a thing starts.

    In place: the mapping is ours, and a copy of every level would take as long as all the rest.
    """
    for item in value.values():
        if type(item) is dict:
            _put_names_first(item)
        elif type(item) is list:
            for part in item:
                if type(part) is dict:
                    _put_names_first(part)
    later = [key for key in value if key not in FIRST]
    if len(later) < len(value):
        for key in sorted(value.keys() & FIRST.keys(), key=FIRST.__getitem__):
            value[key] = value.pop(key)
        for key in later:
            value[key] = value.pop(key)


def workflow_template(
    context: Context,
    name: str,
    component: str,
    templates: Sequence[models.Template],
    entrypoint: str,
    seconds: int,
    metrics: models.Metrics,
    trigger: str | None = None,
    on_exit: str | None = None,
) -> models.WorkflowTemplate:
    """A WorkflowTemplate whose Pods run as `component`; `seconds` is the longest that its steps may take in all."""
    account = conventions.training(context.name) if component == "train" else conventions.watching(context.name)
    arguments = models.Arguments(parameters=[models.Parameter(name="trigger", value=trigger)]) if trigger else None
    spec = models.WorkflowSpec(
        entrypoint=entrypoint,
        arguments=arguments,
        on_exit=on_exit,
        service_account_name=account,
        automount_service_account_token=False,
        executor=models.ExecutorConfig(service_account_name=account),
        security_context=models.PodSecurityContext.model_validate(pod_security()),
        pod_metadata=models.Metadata(labels=context.pod_labels(component)),
        workflow_metadata=models.WorkflowMetadata(labels=context.labels),
        artifact_repository_ref=models.ArtifactRepositoryRef(config_map=account, key=REPOSITORY_KEY),
        artifact_gc=models.WorkflowLevelArtifactGC(strategy="Never"),
        archive_logs=True,
        active_deadline_seconds=seconds + SLACK,
        pod_gc=models.PodGC(strategy="OnPodSuccess", delete_delay_duration=FAILED_PODS),
        ttl_strategy=models.TTLStrategy(seconds_after_completion=context.options.keep_runs.whole_seconds),
        synchronization=models.Synchronization(mutexes=[models.Mutex(name=name)]),
        metrics=metrics,
        templates=list(templates),
    )
    metadata = models.ObjectMeta.model_validate(context.metadata(name))
    return models.WorkflowTemplate(api_version=API, kind="WorkflowTemplate", metadata=metadata, spec=spec)


def cron_workflow(
    context: Context,
    name: str,
    template: str,
    schedules: Sequence[str],
    timezone: str,
    deadline: int,
    *,
    suspended: bool,
    trigger: str | None = None,
) -> models.CronWorkflow:
    """A CronWorkflow that starts a WorkflowTemplate. `suspend` is always written: a reconciler undoes a change."""
    arguments = models.Arguments(parameters=[models.Parameter(name="trigger", value=trigger)]) if trigger else None
    reference = models.WorkflowTemplateRef(name=template)
    spec = models.CronWorkflowSpec(
        schedules=list(schedules),
        timezone=timezone,
        concurrency_policy="Forbid",
        starting_deadline_seconds=deadline,
        suspend=suspended,
        successful_jobs_history_limit=3,
        failed_jobs_history_limit=3,
        workflow_metadata=models.ObjectMeta(labels=context.labels),
        workflow_spec=models.WorkflowSpec(workflow_template_ref=reference, arguments=arguments),
    )
    metadata = models.ObjectMeta.model_validate(context.metadata(name))
    return models.CronWorkflow(api_version=API, kind="CronWorkflow", metadata=metadata, spec=spec)


def resource(
    model: models.WorkflowTemplate | models.CronWorkflow, origin: Origin, parts: Mapping[str, Origin] | None = None
) -> Resource:
    """The resource of a model; `parts` gives templates an origin of their own, by their names."""
    written = manifest(model)
    fields: dict[Path, Origin] = {}
    for position, template in enumerate(written["spec"].get("templates", ())):
        if parts and template["name"] in parts:
            fields["spec", "templates", position] = parts[template["name"]]
    return Resource(written, origin, fields)
