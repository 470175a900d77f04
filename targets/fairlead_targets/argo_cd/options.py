"""What a project can say about Argo CD, under `argo-cd` in the `targets` of fairlead.yaml."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fairlead.spec.base import Items, Section
from fairlead.spec.units import Duration, Name, WebUrl
from fairlead.target import Options

Pruning = Literal["automatic", "confirm", "never"]
KindName = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]*$", max_length=63)]
"""The name of a kind, as `InferenceService`."""
GroupKind = Annotated[str, Field(pattern=r"^([a-z0-9]([a-z0-9.-]*[a-z0-9])?/)?[A-Z][A-Za-z0-9]*$", max_length=253)]
"""A kind with its API group, as `apps/Deployment`; a core kind has none, as `Service`."""
ClusterName = Annotated[str, Field(pattern=r"^[A-Za-z0-9]([A-Za-z0-9._/:@-]*[A-Za-z0-9])?$", max_length=253)]
"""What Argo CD calls a cluster: a name, which may look like an ARN or a path."""


class Place(Section):
    """One environment: the cluster that it is in, and how it is kept as the repository says."""

    cluster: ClusterName | None = None
    """The cluster, by its name in Argo CD."""
    server: WebUrl | None = None
    """The cluster, by the address of its API server; the cluster that Argo CD runs in where neither is said."""
    sync: Literal["automated", "manual"] = "automated"
    """automated: what is merged is applied. manual: a person syncs."""
    prune: Pruning | None = None
    """What becomes of a resource that the repository no longer has. automatic: it is deleted. confirm: the same, but
    for what serves, routes, guards or holds something, a person confirms first; this is what protected environments do
    where nothing is said, and all others are automatic. never: it stays, and Argo CD shows it."""
    self_heal: bool = True
    """Whether what somebody changes in the cluster by hand is changed back."""


class Ignored(Section):
    """Fields that something in the cluster owns, which Argo CD neither compares nor writes."""

    kind: GroupKind
    """The kind, with its API group."""
    name: Name | None = None
    """One resource; all of the kind where nothing is said."""
    pointers: Items[Annotated[str, Field(pattern=r"^/", max_length=500)]] = ()
    """The fields, as JSON pointers."""
    managers: Items[Annotated[str, Field(min_length=1, max_length=128)]] = ()
    """Whatever these field managers have written."""


class ArgoCdOptions(Options):
    """Options of the target `argo-cd`."""

    namespace: Name = Name("argocd")
    """The namespace that Argo CD runs in."""
    applications: Literal["pipeline", "environment"] = "pipeline"
    """pipeline: an Application for each pipeline in each environment, so that one that can't be applied holds up no
    other. environment: one Application for all of an environment."""
    prefix: Name | None = None
    """What the names of Applications begin with; the project's name where nothing is said."""
    root_project: Name = Name("default")
    """The AppProject of the Application that a person applies once. Not the project's own, which that one manages."""
    environments: dict[Name, Place] = Field(default_factory=dict)
    """Where an environment differs."""
    poll: Duration = Duration.parse("3m")
    """How often the repository is asked for new folders, where no webhook tells of them."""
    guarded: Items[KindName] = ()
    """More kinds, of targets of one's own, whose deletion is to be confirmed."""
    kinds: Items[GroupKind] = ()
    """More kinds that may be applied, for a target that does not declare all that it writes."""
    ignore_differences: Items[Ignored] = ()
    """Fields that something in the clusters changes after they were applied. Nothing that Fairlead writes needs any."""
