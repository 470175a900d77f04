"""A step as Argo's template and task."""

from __future__ import annotations

from fairlead.plan import contract
from fairlead.plan.contract import USAGE_INPUT
from fairlead.resources import conventions
from fairlead.resources.pods import node_selector, tolerations
from fairlead_targets.argo_workflows import models, retries
from fairlead_targets.argo_workflows.containers import (
    INPUTS,
    OUTPUTS,
    PARAMETERS_FILE,
    RESULTS,
    USAGE_FILE,
    container,
    volumes,
)
from fairlead_targets.argo_workflows.context import Context
from fairlead_targets.argo_workflows.escaping import inert_json
from fairlead_targets.argo_workflows.steps import Input, Output, Result, Step, depends
from fairlead_targets.argo_workflows.storage import Store, azure_container

PARAMETERS = "fairlead_parameters"
"""The name of the artifact with a step's parameters; no dataset can have it, because of its underscore."""
USAGE = "fairlead_usage"
"""The name of the artifact with what a step used."""
QUEUE = "kueue.x-k8s.io/queue-name"


def template(
    context: Context, step: Step, trials: str | None = None, metrics: models.Metrics | None = None
) -> models.Template:
    """The template of a step."""
    profile = step.run.hardware
    accepted = [models.Toleration.model_validate(item) for item in tolerations(profile)]
    return models.Template(
        name=step.name,
        inputs=_inputs(context, step),
        outputs=_outputs(context, step),
        metadata=models.Metadata(labels={QUEUE: str(profile.queue)}) if profile.queue else None,
        service_account_name=step.run.service_account,
        active_deadline_seconds=models.IntOrString(step.run.timeout.whole_seconds),
        retry_strategy=retries.strategy(step.run),
        memoize=memoized(context, step.key),
        metrics=metrics,
        node_selector=node_selector(profile) or None,
        tolerations=accepted or None,
        priority_class_name=str(profile.priority) if profile.priority else None,
        container=container(context, step, trials),
        volumes=volumes(context, step, trials),
    )


def task(step: Step, fan_out: str | None = None) -> models.DAGTask:
    """The task of a step; with `fan_out`, once for each item of that list."""
    artifacts = [_argument(use) for use in step.inputs if use.source is not None]
    parameters = [models.Parameter(name=name, value=value) for name, value in step.arguments.items()]
    handed = models.Arguments(artifacts=artifacts or None, parameters=parameters or None)
    return models.DAGTask(
        name=step.name,
        template=step.name,
        depends=depends(step),
        when=step.when,
        with_param=fan_out,
        arguments=handed if artifacts or parameters else None,
    )


def memoized(context: Context, key: str | None) -> models.Memoize | None:
    """How the outcome of a template is remembered, or None where it has no key."""
    if key is None:
        return None
    cache = models.LocalObjectReference(name=conventions.cache(context.name))
    age = f"{context.options.cache_max_age.whole_seconds}s"
    return models.Memoize(key=key, max_age=age, cache=models.Cache(config_map=cache))


def _argument(use: Input) -> models.Artifact:
    return models.Artifact(name=use.name, from_=f"{{{{{use.source}}}}}", optional=use.optional or None)


def _inputs(context: Context, step: Step) -> models.Inputs | None:
    artifacts: list[models.Artifact] = []
    for use in step.inputs:
        artifact = models.Artifact(name=use.name, path=f"{INPUTS}/{use.name}", optional=use.optional or None)
        if use.path is not None:
            artifacts.append(placed(context.store, _plain(artifact), use.path))
        elif use.source is not None:
            artifacts.append(artifact)
    if not step.searched:
        text = inert_json(contract.parameters_json(step.run.parameters))
        artifacts.append(models.Artifact(name=PARAMETERS, path=PARAMETERS_FILE, raw=models.RawArtifact(data=text)))
    parameters = [models.Parameter(name=name) for name in step.arguments]
    if not artifacts and not parameters:
        return None
    return models.Inputs(artifacts=artifacts or None, parameters=parameters or None)


def _outputs(context: Context, step: Step) -> models.Outputs | None:
    artifacts = [_given(context, give) for give in step.outputs]
    if step.measured is not None:
        # Optional, because a command of the user's own need not measure itself.
        given = Output(name=USAGE, path=f"{USAGE_INPUT}/{step.measured}", optional=True)
        artifacts.append(_given(context, given, USAGE_FILE))
    parameters = [_result(result) for result in step.results]
    if not artifacts and not parameters:
        return None
    return models.Outputs(artifacts=artifacts or None, parameters=parameters or None)


def placed(store: Store, artifact: models.Artifact, path: str) -> models.Artifact:
    """`artifact`, at its place in the store. The bucket and the credentials stand in the repository, once."""
    key = store.key(path)
    if store.uri.scheme == "s3":
        artifact.s3 = models.S3Artifact(key=key)
    elif store.uri.scheme == "gs":
        artifact.gcs = models.GCSArtifact(key=key)
    else:
        container, endpoint = azure_container(store.uri.bucket)
        artifact.azure = models.AzureArtifact(blob=key, container=container, endpoint=endpoint, use_sdk_creds=True)
    return artifact


def _given(context: Context, give: Output, file: str | None = None) -> models.Artifact:
    """An artifact as plain objects, without an archive: other steps are told its address, and a TrainJob reads it."""
    path = file or f"{OUTPUTS}/{give.name}"
    artifact = models.Artifact(name=give.name, path=path, optional=give.optional or None)
    artifact.artifact_gc = models.ArtifactGC(strategy="Never")
    return placed(context.store, _plain(artifact), give.path)


def _plain(artifact: models.Artifact) -> models.Artifact:
    artifact.archive = models.ArchiveStrategy(none=models.NoneStrategy())
    return artifact


def _result(result: Result) -> models.Parameter:
    source = models.ValueFrom(path=f"{RESULTS}/{result.name}", default=result.default)
    return models.Parameter(name=result.name, value_from=source)
