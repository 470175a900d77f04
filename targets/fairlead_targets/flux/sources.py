"""What Flux fetches: a repository or an artifact, and where an environment has a branch of its own, that one."""

from __future__ import annotations

import re
from collections.abc import Iterator

from fairlead.resources.pods import metadata
from fairlead.resources.resource import Origin, Resource
from fairlead_targets.flux.context import NAME, Context
from fairlead_targets.flux.kinds import (
    SOURCE_API,
    GitRepository,
    GitRepositorySpec,
    OCIRepository,
    OCIRepositorySpec,
    SourceRef,
)

FETCHING = "60s"
"""How long fetching may take: Flux's own default, written out so that Git and cluster agree."""


def reference(context: Context, environment: str | None = None) -> SourceRef:
    """The source of an environment, or (None) of what belongs to the repository as a whole."""
    if context.options.artifact is not None:
        return {"kind": "OCIRepository", "name": context.named()}
    if environment is None or not _has_own(context, environment):
        return {"kind": "GitRepository", "name": context.named()}
    return {"kind": "GitRepository", "name": context.named(environment)}


def first(context: Context) -> GitRepository | OCIRepository:
    """The source that the first Kustomization needs: a person applies both once, and nothing may prune it."""
    return _artifact(context) if context.options.artifact is not None else _repository(context, None)


def more(context: Context) -> Iterator[Resource]:
    """The sources of environments that have a branch of their own."""
    if context.options.artifact is not None:
        return
    for name in map(str, context.project.environments):
        if _has_own(context, name):
            why = f"what is fetched for {name}"
            place = context.shared.place(NAME, "environments", name)
            yield Resource(dict(_repository(context, name)), Origin(NAME, place, why))


def _has_own(context: Context, environment: str) -> bool:
    return context.source(environment) != context.source()


def _repository(context: Context, environment: str | None) -> GitRepository:
    source = context.source(environment)
    name = context.named(*([environment] if environment else []))
    spec: GitRepositorySpec = {
        "interval": context.options.poll.go,
        "timeout": FETCHING,
        "url": source.url,
        "ref": {"branch": source.branch},
        "sparseCheckout": [source.path],
    }
    if context.options.secret is not None:
        spec["secretRef"] = {"name": str(context.options.secret)}
    return {
        "apiVersion": SOURCE_API,
        "kind": "GitRepository",
        "metadata": metadata(name, context.namespace, context.labels),
        "spec": spec,
    }


def _artifact(context: Context) -> OCIRepository:
    artifact = context.options.artifact
    assert artifact is not None
    spec: OCIRepositorySpec = {
        "interval": context.options.poll.go,
        "timeout": FETCHING,
        "url": artifact.url,
        "ref": {"tag": artifact.tag},
        "provider": artifact.provider,
    }
    if context.options.secret is not None:
        spec["secretRef"] = {"name": str(context.options.secret)}
    if artifact.verify:
        assert context.project.git is not None, "a project without a repository has been refused"
        owner = re.escape(context.project.git.repository)
        subject = artifact.subject or rf"^https://github\.com/{owner}/\.github/workflows/.+$"
        spec["verify"] = {
            "provider": "cosign",
            "matchOIDCIdentity": [{"issuer": artifact.issuer, "subject": subject}],
        }
    return {
        "apiVersion": SOURCE_API,
        "kind": "OCIRepository",
        "metadata": metadata(context.named(), context.namespace, context.labels),
        "spec": spec,
    }
