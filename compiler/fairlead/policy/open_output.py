"""What targets make: no door of its own, and no Pods in the open."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fairlead.policy.base import Output, Policy
from fairlead.policy.weaknesses import at, containers, items
from fairlead.source.diagnostics import Code, Diagnostic

EXPOSED = Code(
    "FL7111",
    "a generated resource that opens a door to the world",
    """
    A Service of the type LoadBalancer or NodePort, one with external addresses, or an Ingress is a door of its own,
    beside the gateway of which fairlead.yaml says who can reach it. The targets that come with Fairlead make none, so
    this is about one of another package.

    Serve at the gateway (`serving.access.expose: gateway`). Where the door is meant, a waiver says why and for how
    long:

    ```yaml
    waivers:
      - {check: output.exposed, reason: the partner's network can't reach the gateway yet, until: 2027-03-31}
    ```
    """,
)
UNFENCED = Code(
    "FL7112",
    "generated Pods that no NetworkPolicy is about",
    """
    A target runs containers and makes no NetworkPolicy: anybody in the cluster may reach them, and code that comes with
    a model or a dataset may reach anything. The targets that come with Fairlead make one for all their Pods, so this is
    about a target of another package: ask its author for a policy of the Pods' ingress, egress, or both.
    """,
)
DOORS: Final = ("LoadBalancer", "NodePort")
"""Types of Services that are reached from outside the cluster."""


class Exposed(Policy):
    """What is made opens no door beside the gateway."""

    name = "output.exposed"
    code = EXPOSED

    def check_output(self, output: Output) -> Iterator[Diagnostic]:
        """Each door."""
        for resource in output.resources:
            kind = str(resource.manifest["kind"])
            type_ = at(resource.manifest, ("spec", "type"))
            addresses = items(at(resource.manifest, ("spec", "externalIPs")))
            if kind == "Ingress" or (kind == "Service" and (type_ in DOORS or addresses)):
                what = f"has the type {type_}" if type_ in DOORS else "opens a door"
                message = f"{resource.identity} {what}, beside the gateway of the platform"
                help_ = output.help(self.name)
                yield Diagnostic(self.code, resource.origin_at(("spec", "type")).place, message, help_)


class Unfenced(Policy):
    """What containers may reach, or who may reach them, is said."""

    name = "output.unfenced"
    code = UNFENCED

    def check_output(self, output: Output) -> Iterator[Diagnostic]:
        """The first resource with containers, where the target makes no NetworkPolicy."""
        if any(resource.manifest["kind"] == "NetworkPolicy" for resource in output.resources):
            return
        for resource in output.resources:
            path = next(containers(resource.manifest), None)
            if path is not None:
                message = f"{resource.identity} runs containers, and no NetworkPolicy is about them"
                help_ = output.help(self.name)
                yield Diagnostic(self.code, resource.origin_at(path).place, message, help_)
                return


ALL: Final = (Exposed, Unfenced)
