"""Writes the candidate record of a version that the gate let through: what a pull request is made from.

It is the end of what a cluster does. The record is named after the digest of its bytes, and is read as its readers will
before it is written.
"""

from __future__ import annotations

import sys

from pydantic import Field, ValidationError

from fairlead.project.candidate import Candidate, Clause, Verdict, decode, encode, record_path
from fairlead.project.lock import LockedData, LockedImage
from fairlead.remote.contents import Manifest, manifest_path
from fairlead.remote.storage import Store
from fairlead.source.diagnostics import Refused
from fairlead.spec.base import Items, Section
from fairlead.spec.units import Digest, Uri
from fairlead.steps.context import Context
from fairlead.steps.failures import StepFailure
from fairlead.steps.register import VersionRecord
from fairlead.steps.reports import GateReport, read_report
from fairlead.steps.verdicts import passed


class Parameters(Section):
    """What the step is told."""

    promote: str = "pull-request"
    """How the candidate is promoted: `pull-request` or `automatic`."""
    approval: Items[str] = ()
    """Who releases the promotion."""
    images: dict[str, LockedImage] = Field(default_factory=dict)
    """The images that the run used, by the reference that the specification has."""
    sources: Items[str] = ()
    """The sources that the run read, each with its manifest as the input `manifest-<source>`."""


def run(context: Context) -> None:
    """Writes the record below the artifacts and as the output. Raises StepFailure where it would not be whole."""
    parameters = context.read_parameters(Parameters)
    verdict, _ = passed(context)
    version = read_report(context.input("version"), VersionRecord, "the registered version")
    store = Store(context.artifacts)
    candidate = _candidate(context, parameters, version, verdict)
    record = encode(candidate)
    path = record_path(context.pipeline, record)
    try:
        decode(path, record)
    except Refused as refused:
        said = "; ".join(found.message for found in refused.diagnostics)
        raise StepFailure(f"the candidate record would be refused by its readers: {said}") from refused
    store.write(path, record)
    context.output("candidate").write_bytes(record)
    sys.stdout.write(
        f"version {version.model.version} of {version.registry} is a candidate: {context.artifacts}/{path}\n"
    )


def _candidate(context: Context, parameters: Parameters, version: VersionRecord, verdict: GateReport) -> Candidate:
    clauses = tuple(
        Clause(
            clause=clause.clause[:500],
            value=clause.value if clause.value is not None else 0.0,
            bound=clause.bound,
            holds=clause.holds,
        )
        for clause in verdict.clauses
    )
    try:
        return Candidate.model_validate(
            {
                "apiVersion": "fairlead.dev/v1",
                "kind": "Candidate",
                "pipeline": context.pipeline,
                "model": version.model,
                "verdict": Verdict(passed=verdict.passed, clauses=clauses),
                "data": {source: _data(context, source) for source in parameters.sources},
                "images": parameters.images,
            }
        )
    except ValidationError as error:
        first = error.errors(include_url=False)[0]
        where = ".".join(str(step) for step in first["loc"]) or "the whole"
        raise StepFailure(f"no candidate record can be made: {where}: {first['msg']}") from error


def _data(context: Context, source: str) -> LockedData:
    """What was read of a source, by the manifest that its snapshot wrote."""
    path = context.input(f"manifest-{source}")
    try:
        digest = Manifest.decode(path.read_bytes()).digest
    except (OSError, ValueError) as error:
        raise StepFailure(f"the manifest of {source} can't be read: {error}", "run the training again") from error
    return LockedData(digest=Digest.parse(digest), manifest=Uri.parse(f"{context.artifacts}/{manifest_path(digest)}"))
