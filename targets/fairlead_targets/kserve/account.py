"""The identity of the server: what reads the model's bucket and writes payloads."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlsplit

from fairlead.plan.nodes import Serve
from fairlead.resources import conventions
from fairlead.resources.kinds import ServiceAccount
from fairlead.resources.resource import Resource
from fairlead_targets.kserve.context import Context


def service_account(context: Context[Any]) -> Resource | None:
    """The pipeline's own ServiceAccount, or None where the specification names one of the platform's."""
    if isinstance(context.node, Serve) and context.node.service_account:
        return None
    manifest: ServiceAccount = {
        "apiVersion": "v1",
        "kind": "ServiceAccount",
        "metadata": context.metadata(conventions.serving_account(context.plan.name), None, _store(context)),
        "automountServiceAccountToken": False,
    }
    return context.resource(manifest, context.origin("what the server runs as", "serving"))


def _store(context: Context[Any]) -> dict[str, str]:
    """Where the S3-compatible store is. KServe reads it from an account that also has a role
    (`eks.amazonaws.com/role-arn`, pkg/credentials), which is the platform's to give, by a patch.
    """
    artifacts = context.unit.project.artifacts
    if not isinstance(context.node, Serve) or artifacts is None or artifacts.uri.scheme != "s3":
        return {}
    found = {"serving.kserve.io/s3-region": artifacts.region} if artifacts.region else {}
    if artifacts.endpoint is not None:
        address = urlsplit(str(artifacts.endpoint))
        found["serving.kserve.io/s3-endpoint"] = address.netloc
        found["serving.kserve.io/s3-usehttps"] = "1" if address.scheme == "https" else "0"
    return found
