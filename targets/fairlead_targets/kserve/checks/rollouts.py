"""Canaries that this version of KServe, or this way of scaling and routing, can't have."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.catalogue.scaling import Scaling
from fairlead.plan.nodes import Serve
from fairlead.source.diagnostics import Code, Diagnostic, Severity
from fairlead.source.nodes import place_of
from fairlead_targets.kserve.checks import at
from fairlead_targets.kserve.context import Context
from fairlead_targets.kserve.scaling import chosen, mechanism

NO_CANARY = Code(
    "FL4201",
    "a canary in Standard mode before KServe 0.20",
    """
    KServe 0.15 splits traffic between versions in Knative mode only. In Standard mode it ignores `canaryTrafficPercent`
    without a word, and the new version would get all the traffic at once (KServe #5335).

    ```yaml
    platform: {kserve: "0.15"}
    ---
    serving: {mode: standard, rollout: {canary: [10%, 50%]}}     # FL4201
    ```

    Mended: serve in Knative mode, replace versions at once with `rollout: {canary: []}`, or run KServe 0.20.

    ```yaml
    serving: {mode: knative, rollout: {canary: [10%, 50%]}}
    ```
    """,
)
CANARY_WITH_KEDA = Code(
    "FL4202",
    "a canary in Standard mode beside KEDA",
    """
    KServe 0.20 gives a canary the service's own kind of autoscaler, but none of its metrics. For KEDA that is a
    ScaledObject without triggers, which the API server refuses, so the canary would never come up.

    ```yaml
    serving:
      scale_on: {rps: 20}
      rollout: {canary: [10%]}          # FL4202
    ```

    Mended: scale on CPU or memory, which a HorizontalPodAutoscaler follows, or replace versions at once.

    ```yaml
    serving:
      scale_on: {cpu: 70%}
      rollout: {canary: [10%]}
    ```
    """,
)
CANARY_WITH_HOST = Code(
    "FL4203",
    "a canary in Standard mode beside a host of one's own",
    """
    In Standard mode KServe splits the traffic of a canary on the routes that it makes itself, and gives a canary its
    share only once it is ready. A route for `serving.host` is a second one, of which KServe knows nothing: all of its
    requests would reach the stable version, or a share of them a canary that is still loading its model.

    ```yaml
    serving:
      host: digits.ml.acme.example
      rollout: {canary: [10%]}          # FL4203
    ```

    Mended: leave `host` out, and give KServe's `domainTemplate` the form of the hosts that you want; or serve in
    Knative mode, where every host has the same revisions behind it.

    ```yaml
    serving:
      rollout: {canary: [10%]}
    ```
    """,
)

UNSPLIT_RELEASE = Code(
    "FL4217",
    "a canary in Standard mode that KServe v0.20.0 gives no traffic",
    """
    KServe v0.20.0 as tagged makes a canary's Deployment and splits no traffic to it: the weights of the HTTPRoute, and
    waiting until a canary is ready, came after the tag (kserve/kserve #5912, #5944, #5984). On such a cluster a rollout
    compares nothing, and the first requests reach the new version when it has all of them. Fairlead can't see which
    build runs, so this is a note, at the rollout that the lock says is under way.

    ```yaml
    rollout: {canary: {version: 15}, weight: 10%}       # FL4217, in the lock
    ```

    Mended: run a build of KServe that has these changes before a rollout starts, serve in Knative mode, or replace
    versions at once.

    ```yaml
    serving: {mode: knative, rollout: {canary: [10%, 50%]}}
    ```
    """,
    Severity.NOTE,
)


def rollouts(context: Context[Serve]) -> Iterator[Diagnostic]:
    """Everything about rollouts, at `serving.rollout.canary`."""
    node, path = context.node, ("serving", "rollout", "canary")
    if node.mode != "standard" or not (node.rollout.canary or node.canary):
        return
    if not context.release.canaries:
        message = f"KServe {context.release.version} splits no traffic between versions in Standard mode"
        yield at(context, NO_CANARY, path, message, "use `mode: knative`, or replace versions at once: `canary: []`")
        return
    how = mechanism(context)
    if isinstance(how, Scaling) and how.mechanism == "keda" and node.scale_on:
        metric, _ = chosen(node.scale_on)
        message = (
            f"the service follows {metric} through KEDA, and KServe gives a canary a ScaledObject without triggers"
        )
        help_ = "scale on cpu or memory, or replace versions at once: `canary: []`"
        yield at(context, CANARY_WITH_KEDA, path, message, help_)
    if node.host is not None:
        message = f"KServe splits a canary's traffic on its own routes only, and `{node.host}` needs another one"
        help_ = "leave `host` out, use `mode: knative`, or replace versions at once: `canary: []`"
        yield at(context, CANARY_WITH_HOST, path, message, help_)
    if node.canary is not None:
        root = context.unit.lock_root
        place = place_of(root, ("rollout",)) if root else context.unit.place(*path)
        message = f"KServe v0.20.0 as tagged would give this canary none of the {node.canary.weight} of the traffic"
        help_ = "see that the cluster's build has kserve/kserve #5912, #5944 and #5984, or use `mode: knative`"
        yield Diagnostic(UNSPLIT_RELEASE, place, message, help_)
