"""Models of restricted data that can be reached from outside the owner's network."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fairlead.plan.checks.payload_retention import restricted_source
from fairlead.plan.plan import Plan
from fairlead.policy.base import Policy
from fairlead.project.unit import Unit
from fairlead.source.diagnostics import Code, Diagnostic, Related

NAME: Final = "serving.public-gateway"
PUBLIC_GATEWAY = Code(
    "FL7102",
    "a model of restricted data behind a gateway that is not private",
    """
    The model learned from data that is `pii` or `phi`, requests to it hold such data, and it is exposed at a gateway of
    which fairlead.yaml does not say that only the owner's own network reaches it. This is an error in every
    environment: the data is the same in all of them.

    ```yaml
    # fairlead.yaml
    platform: {gateway: {kind: gateway-api, ref: gateways/ml}}
    ```

    ```yaml
    data: {sources: {patients: {sensitivity: phi, …}}}
    serving: {access: {expose: gateway}}                            # FL7102
    ```

    Where the gateway is in fact private, fairlead.yaml says so. Otherwise serve inside the cluster:

    ```yaml
    serving: {access: {expose: cluster}}
    ```
    """,
)


class PublicGateway(Policy):
    """Restricted data is asked about inside the owner's network; of a graph, the data of its members counts."""

    name = NAME
    code = PUBLIC_GATEWAY

    def check(self, plan: Plan) -> Iterator[Diagnostic]:
        """What the plan has of it."""
        unit, serving = plan.unit, plan.unit.pipeline.serving
        gateway = unit.project.platform.gateway
        if serving is None or serving.access.expose != "gateway" or gateway.kind == "none" or gateway.private:
            return
        members = [str(member.pipeline) for member in serving.graph.of] if serving.graph else []
        for asked in (unit, *(plan.peers[name] for name in members if name in plan.peers)):
            source = restricted_source(asked.pipeline)
            if source is not None:
                yield _finding(unit, asked, source)
                return


def _finding(unit: Unit, asked: Unit, source: str) -> Diagnostic:
    message = f"`{source}` is restricted data, and the gateway at which the server is exposed is not private"
    help_ = f"write `expose: cluster`, set `platform.gateway.private`, or accept it with a waiver of `{NAME}`"
    related = (
        Related(asked.place("data", "sources", source, "sensitivity"), "why the data is restricted"),
        Related(unit.project_place("platform", "gateway"), "the gateway"),
    )
    return Diagnostic(PUBLIC_GATEWAY, unit.place("serving", "access", "expose"), message, help_, related=related)
