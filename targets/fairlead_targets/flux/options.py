"""What a project can say about Flux, under `flux` in the `targets` of fairlead.yaml."""

from __future__ import annotations

from typing import Annotated, Literal

from pydantic import Field

from fairlead.spec.base import Items, Section
from fairlead.spec.units import Duration, Name
from fairlead.target import Options

Pruning = Literal["automatic", "guarded", "never"]
KindName = Annotated[str, Field(pattern=r"^[A-Z][A-Za-z0-9]*$", max_length=63)]
"""The name of a kind, as `InferenceService`."""


class Place(Section):
    """One environment: the cluster that it is in, and how it is kept as the repository says."""

    kubeconfig: Name | None = None
    """A Secret beside the Kustomizations with the kubeconfig of another cluster, under the key `value`; the cluster
    that Flux runs in where nothing is said."""
    service_account: Name | None = None
    """The service account beside the Kustomizations that everything is applied as: it needs rights in the environment's
    namespace alone. Flux's own, which may do everything, where nothing is said."""
    prune: Pruning | None = None
    """What becomes of what the repository no longer has. automatic: it is deleted. guarded: a resource that serves,
    routes, guards or holds something stays until a person deletes it, and where a pipeline is gone as a whole, all of
    it; this is what protected environments do where nothing is said, and all others are automatic. never: everything
    stays."""


class Artifact(Section):
    """An OCI artifact with what is in the output's folder, instead of a repository: CI pushes it."""

    url: Annotated[str, Field(pattern=r"^oci://[a-z0-9.-]+(:[0-9]{1,5})?(/[a-z0-9._-]+)+$", max_length=300)]
    """Where it is, without a tag."""
    tag: Annotated[str, Field(pattern=r"^[A-Za-z0-9_][A-Za-z0-9._-]*$", max_length=128)] = "latest"
    """The tag that moves to what is to be applied."""
    provider: Literal["generic", "aws", "azure", "gcp"] = "generic"
    """Whose registry it is, for signing in by the cluster's identity."""
    verify: bool = True
    """Whether only what carries a signature of cosign's is applied."""
    issuer: Annotated[str, Field(min_length=1, max_length=300)] = r"^https://token\.actions\.githubusercontent\.com$"
    """Who vouched for the signer: a regular expression."""
    subject: Annotated[str, Field(min_length=1, max_length=300)] | None = None
    """The signer: a regular expression; any workflow of the project's repository where nothing is said."""


class FluxOptions(Options):
    """Options of the target `flux`."""

    namespace: Name = Name("flux-system")
    """The namespace of the Kustomizations and their source."""
    kustomizations: Literal["pipeline", "environment"] = "pipeline"
    """pipeline: a Kustomization for each pipeline in each environment, so that one that can't be applied holds up no
    other. environment: one for all of an environment."""
    prefix: Name | None = None
    """What the names of Kustomizations begin with; the project's name where nothing is said."""
    secret: Name | None = None
    """The Secret with what the source is fetched with; none for what is public."""
    artifact: Artifact | None = None
    """An OCI artifact instead of a repository."""
    poll: Duration = Duration.parse("1m")
    """How often the source is asked for something new, where no webhook tells of it."""
    interval: Duration = Duration.parse("10m")
    """How often what changed in the cluster is changed back."""
    retry_interval: Duration = Duration.parse("2m")
    """How long after a failure it is tried again."""
    timeout: Duration = Duration.parse("15m")
    """How long what was applied may take to become ready: a large model is loaded for minutes."""
    environments: dict[Name, Place] = Field(default_factory=dict)
    """Where an environment differs."""
    guarded: Items[KindName] = ()
    """More kinds, of targets of one's own, that a protected environment keeps."""
