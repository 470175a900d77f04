"""Addresses that a pipeline writes to, and that are the project's own."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.plan import Plan
from fairlead.source.diagnostics import Code, Diagnostic, Related
from fairlead.source.nodes import Path
from fairlead.spec.units import Uri

AMONG_ARTIFACTS = Code(
    "FL3203",
    "an address among the project's artifacts",
    """
    Below `artifacts` are the models that are served and the records by which a new version is proposed. What a server
    or a batch writes is decided by whoever sends requests and data, so it is kept apart: among the artifacts it could
    be read as a model or a candidate, and their retention would end with that of payloads.

    ```yaml
    # fairlead.yaml: artifacts: {uri: s3://acme-ml-artifacts}
    serving: {payloads: {log: all, to: s3://acme-ml-artifacts/payloads/, retain: 30d}}      # FL3203
    ```

    Mended, in a bucket of its own:

    ```yaml
    serving: {payloads: {log: all, to: s3://acme-ml-payloads/churn/, retain: 30d}}
    ```
    """,
)


def check(plan: Plan) -> Iterator[Diagnostic]:
    """Payloads and scores are not written among the artifacts."""
    serving, artifacts = plan.unit.pipeline.serving, plan.unit.project.artifacts
    if serving is None or artifacts is None:
        return
    written: list[tuple[Path, Uri | None]] = [
        (("serving", "payloads", "to"), serving.payloads.to),
        (("serving", "batch", "output"), serving.batch.output if serving.batch else None),
    ]
    for path, uri in written:
        if uri is not None and uri.is_within(artifacts.uri):
            message = f"`{uri}` is among the project's artifacts, {artifacts.uri}"
            related = (Related(plan.unit.project_place("artifacts", "uri"), "the artifacts"),)
            help_ = "write to a bucket or a prefix beside them"
            yield Diagnostic(AMONG_ARTIFACTS, plan.unit.place(*path), message, help_, related=related)
