"""Canaries without what splits the traffic, and weights that mean nothing."""

from __future__ import annotations

from collections.abc import Iterator
from itertools import pairwise

from fairlead.plan.nodes import Serve
from fairlead.plan.plan import Plan
from fairlead.source.diagnostics import Code, Diagnostic, Related

UNSPLIT = Code(
    "FL3107",
    "a canary that no gateway splits",
    """
    In Standard mode KServe splits traffic by the weights of an HTTPRoute. That takes KServe 0.20, the Gateway API, and
    a server that is exposed at the gateway: one inside the cluster has no route, and its canary would get no
    traffic at all, in silence. In Knative mode the revisions split it.

    ```yaml
    serving:
      mode: standard
      rollout: {canary: [10%], hold: 2h}        # FL3107: `access.expose` is `cluster`
    ```

    Mended:

    ```yaml
    serving:
      mode: standard
      access: {expose: gateway}
      rollout: {canary: [10%], hold: 2h}
    ```
    """,
)
BAD_WEIGHTS = Code(
    "FL3108",
    "canary weights that do not climb from 1% to 99%",
    """
    A rollout goes through the weights one by one, and after the last the new version has all traffic. Each must be a
    whole percentage (which is what KServe takes) above the one before and below 100%.

    ```yaml
    rollout: {canary: [50%, 10%, 100%]}         # FL3108, twice
    ```

    Mended:

    ```yaml
    rollout: {canary: [10%, 50%]}
    ```
    """,
)


def check(plan: Plan) -> Iterator[Diagnostic]:
    """A canary has weights that climb, and something that splits by them."""
    serve = plan.only(Serve)
    if serve is None or not serve.rollout.canary:
        return
    yield from _weights(plan, serve)
    if serve.mode == "standard":
        yield from _splitter(plan, serve)


def _weights(plan: Plan, serve: Serve) -> Iterator[Diagnostic]:
    path, weights = ("serving", "rollout", "canary"), serve.rollout.canary
    for position, weight in enumerate(weights):
        place = plan.unit.place(*path, position)
        if not 0 < weight.percent < 100:
            what = (
                "no traffic, so nothing could be seen"
                if weight.percent == 0
                else "all traffic, which comes last anyway"
            )
            yield Diagnostic(BAD_WEIGHTS, place, f"a canary with {weight} has {what}", "remove it")
        elif weight.percent % 1:
            message = f"{weight} is no whole percentage, and KServe splits by whole ones"
            yield Diagnostic(BAD_WEIGHTS, place, message, "round it", f"{round(weight.percent) or 1}%")
    for position, (before, after) in enumerate(pairwise(weights), start=1):
        if after <= before:
            message = f"the weight {after} follows {before}, so the canary would not grow"
            related = (Related(plan.unit.place(*path, position - 1), f"{before} comes before"),)
            place = plan.unit.place(*path, position)
            yield Diagnostic(BAD_WEIGHTS, place, message, "order the weights from small to large", related=related)


def _splitter(plan: Plan, serve: Serve) -> Iterator[Diagnostic]:
    unit, platform = plan.unit, plan.unit.project.platform
    canary = unit.place("serving", "rollout", "canary")
    why = "a canary in Standard mode is split by the gateway"
    if platform.kserve is not None and platform.kserve == "0.15":
        related = (Related(unit.project_place("platform", "kserve"), "the version of the clusters"),)
        message = f"{why} from KServe 0.20 on, and the clusters run {platform.kserve}"
        yield Diagnostic(UNSPLIT, canary, message, "use Knative mode, or upgrade KServe", related=related)
    if platform.gateway.kind != "gateway-api":
        related = (Related(unit.project_place("platform", "gateway", "kind"), "the project's gateway"),)
        message = f"{why} through the Gateway API, and `platform.gateway.kind` is `{platform.gateway.kind}`"
        yield Diagnostic(
            UNSPLIT, canary, message, "use Knative mode, or a gateway of kind gateway-api", related=related
        )
    elif serve.access.expose != "gateway":
        place = unit.place("serving", "access", "expose") if unit.has(("serving", "access", "expose")) else canary
        message = f"{why}, and this server is not exposed there: `access.expose` is `{serve.access.expose}`"
        seen = (Related(canary, "the canary"),) if place != canary else ()
        yield Diagnostic(UNSPLIT, place, message, "write `access: {expose: gateway}`", "gateway", seen)
