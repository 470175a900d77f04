"""Registers a model that the gate let through: its bytes are copied to an address that is their digest, read back and
compared, and a version in MLflow says all that a lock holds of it.

A model with the same bytes is the same version: registering it again, by a second attempt or another run, gives the
version that is there. Nothing is registered before the copy has been verified, and nothing is ever overwritten.
"""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from fairlead.catalogue.runtimes import runtime
from fairlead.plan.contract import USAGE_INPUT
from fairlead.project.candidate import METRIC
from fairlead.project.lock import LockedModel, Reference, StepUsage
from fairlead.project.registration import DIGEST, model_of, tags_of
from fairlead.remote.contents import Manifest, manifest_of
from fairlead.remote.failures import Missing
from fairlead.remote.mlflow import RUN_ID, Mlflow
from fairlead.remote.storage import Store
from fairlead.spec.base import Section
from fairlead.spec.units import Digest, Uri
from fairlead.steps.context import Context
from fairlead.steps.described import Description, describe
from fairlead.steps.failures import StepFailure
from fairlead.steps.reports import EvaluationReport, write_report
from fairlead.steps.rows import LearnedFrom
from fairlead.steps.telling import RunLog
from fairlead.steps.used import steps_used
from fairlead.steps.verdicts import passed


class Server(Section):
    """The server of the catalogue that will load the model."""

    runtime: str
    """Its name."""
    kserve: str
    """The version of KServe."""
    protocol: str
    """In which it will be asked."""


class Parameters(LearnedFrom):
    """What the step is told."""

    registry: str
    """The model's name in the registry."""
    output: str = "label"
    """What its server answers: `label` or `probability`."""
    server: Server | None = None
    """The server; None where nothing serves it, or what does is unknown."""


class VersionRecord(Section):
    """What the step gives: the version, and the model that it is one of."""

    registry: str
    """The model's name in the registry."""
    model: LockedModel
    """The version as a lock holds it."""


def run(context: Context) -> None:
    """Registers the model and writes the version. Raises RefusedByGate or StepFailure, and registers nothing then."""
    parameters = context.read_parameters(Parameters)
    _, evaluation = passed(context)
    folder = context.input("model")
    manifest = _manifest(folder)
    _need_loadable(manifest, parameters.server)
    mlflow = Mlflow.from_environment(context.environ)
    uri = f"{context.artifacts}/models/{parameters.registry}/{manifest.digest.replace(':', '-')}/"
    there = _registered(mlflow, parameters.registry, manifest.digest)
    _copy(folder, uri, manifest)
    usage = steps_used(context.optional_input(USAGE_INPUT))
    RunLog.of(context).usage(usage)
    if evaluation.task is None:
        # The built-in evaluator has told MLflow already.
        RunLog.of(context).training(folder)
    model = there or _register(context, parameters, mlflow, uri, manifest, evaluation, usage)
    write_report(context.output("version"), VersionRecord(registry=parameters.registry, model=model))
    said = "is registered already as" if there else "is registered as"
    sys.stdout.write(f"{manifest.digest} {said} version {model.version} of {parameters.registry}, at {uri}\n")


def _manifest(folder: Path) -> Manifest:
    try:
        manifest = manifest_of(folder)
    except (OSError, ValueError) as error:
        raise StepFailure(f"the model can't be read: {error}", "train again") from error
    if not folder.is_dir() or not manifest.entries:
        raise StepFailure("the model is no folder with files in it", "write it as a folder to FAIRLEAD_OUTPUT_MODEL")
    return manifest


def _need_loadable(manifest: Manifest, server: Server | None) -> None:
    """Raises StepFailure where the server would stop at the model's files: once that is locked, it is an outage."""
    if server is None:
        return
    files = runtime(server.runtime, server.kserve).files
    if not files.exactly_one:
        return
    found = [entry.path for entry in manifest.entries if "/" not in entry.path and entry.path.endswith(files.suffixes)]
    if len(found) != 1:
        there = ", ".join(found) or ", ".join(entry.path for entry in manifest.entries[:8])
        raise StepFailure(
            f"the server {server.runtime} expects {files.expects}, and there is {there}",
            "write the one file, and what else ends so into a folder of its own; metrics can go to MLflow",
        )


def _need_answerable(parameters: Parameters, description: Description) -> None:
    """Raises StepFailure where every answer would be an error: KServe's server takes texts that are objects."""
    server = parameters.server
    if server is None or (server.runtime, server.protocol, parameters.output) != ("sklearn", "v2", "label"):
        return
    if description.fixed_width:
        raise StepFailure(
            "the model answers labels as NumPy's texts of a fixed width, which KServe's server can't send by the "
            "protocol v2",
            "train on labels that are objects, `y.astype(object)`, or serve probabilities or by the protocol v1",
        )


def _registered(mlflow: Mlflow, name: str, digest: str) -> LockedModel | None:
    """The version that has these bytes. One that lacks what Fairlead writes was made by something else."""
    for version in mlflow.versions(name, {DIGEST: digest}):
        try:
            return model_of(version.number, version.run, version.tags)
        except ValueError as error:
            raise StepFailure(
                f"version {version.number} of {name} has these bytes, and is not as Fairlead registered it: {error}",
                "delete that version in MLflow, or its tags",
            ) from error
    return None


def _copy(folder: Path, uri: str, manifest: Manifest) -> None:
    """Copies the bytes to their address, unless they are there, and reads them back.

    Objects of another content are never overwritten: something is served from there.
    """
    store = Store(uri)
    try:
        found: Manifest | None = store.manifest()
    except Missing:
        found = None
    if found is not None and not set(found.entries) <= set(manifest.entries):
        raise StepFailure(
            f"at {uri} there is something else than the model of that digest: {found.digest}",
            "nothing else may write there; find out who does, and remove what is there",
        )
    if found != manifest:
        # What an attempt that was interrupted has left is a part of it, and is completed.
        store.upload(folder)
        found = store.manifest()
    if found != manifest:
        raise StepFailure(f"the copy at {uri} has the digest {found.digest} instead of {manifest.digest}", "try again")


def _register(
    context: Context,
    parameters: Parameters,
    mlflow: Mlflow,
    uri: str,
    manifest: Manifest,
    evaluation: EvaluationReport,
    usage: Mapping[str, StepUsage],
) -> LockedModel:
    description = describe(context, context.input("model"), parameters, parameters.output)
    _need_answerable(parameters, description)
    run_id = context.environ.get(RUN_ID) or None
    model = LockedModel(
        version=1,  # the registry gives the number
        run=run_id,
        uri=Uri.parse(uri),
        digest=Digest.parse(manifest.digest),
        packages=dict(description.packages),
        signature=description.signature,
        reference=_keep_reference(context, parameters.registry, description),
        metrics=_metrics(evaluation),
        usage=dict(usage),
    )
    version = mlflow.register_version(
        parameters.registry,
        uri,
        run=run_id,
        tags=tags_of(context.pipeline, model),
        description=f"Registered by the pipeline {context.pipeline} in the run {context.run_id}, after its gate.",
    )
    return model.model_copy(update={"version": version.number})


def _metrics(evaluation: EvaluationReport) -> dict[str, float]:
    """The metrics that a lock holds; it is said which it doesn't, and all are in the report."""
    values = evaluation.values()
    for name in values:
        if not METRIC.fullmatch(name):
            sys.stdout.write(f"{name!r} is no name that a lock can hold, so it stands in the report alone\n")
    return {name: value for name, value in values.items() if METRIC.fullmatch(name)}


def _keep_reference(context: Context, name: str, description: Description) -> Reference | None:
    found = description.reference
    if found is None:
        return None
    path = found.path(name)
    Store(context.artifacts).write(path, found.encode())
    return Reference(uri=Uri.parse(f"{context.artifacts}/{path}"), digest=Digest.parse(found.digest))
