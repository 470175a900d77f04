"""Numbers of replicas that nothing on the platform can keep."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.catalogue.scaling import Scaling, Unscalable
from fairlead.plan.nodes import Serve
from fairlead.source.diagnostics import Code, Diagnostic, Severity
from fairlead.spec.units import Percentage
from fairlead_targets.kserve.checks import at
from fairlead_targets.kserve.context import Context
from fairlead_targets.kserve.scaling import chosen, follows, mechanism

NEVER_ZERO = Code(
    "FL4204",
    "scaling to zero that nothing can do",
    """
    In Standard mode a HorizontalPodAutoscaler keeps one replica at the least: KServe reads `minReplicas: 0` as 1
    (KServe #3514). With KEDA only a query of your own can see work that waits while no server is there. Knative holds
    requests until a server is up.

    ```yaml
    serving: {mode: standard, replicas: {min: 0, max: 4}, scale_on: {cpu: 70%}}      # FL4204
    ```

    Mended:

    ```yaml
    serving: {mode: knative, replicas: {min: 0, max: 4}, scale_on: {concurrency: 8}}
    ```
    """,
)
CANNOT_FOLLOW = Code(
    "FL4214",
    "a metric that replicas can't follow on this platform",
    """
    Which metrics the number of replicas can follow depends on the mode, and on what the clusters run: CPU and memory
    everywhere, concurrency and requests a second in Knative mode, these and GPU or a query in Standard mode with KEDA
    and Prometheus.

    ```yaml
    serving: {mode: standard, scale_on: {rps: 20}}      # FL4214, without `platform.keda`
    ```

    Mended:

    ```yaml
    serving: {mode: standard, scale_on: {cpu: 70%}}
    ```
    """,
)
WHOLE_TARGET = Code(
    "FL4217",
    "a scaling target that is no whole number",
    """
    KServe's `scaleTarget` is a whole number of at least 1, and a utilisation at most 100 %.

    ```yaml
    serving: {mode: knative, scale_on: {concurrency: 2.5}}      # FL4217
    ```

    Mended:

    ```yaml
    serving: {mode: knative, scale_on: {concurrency: 2}}
    ```
    """,
)
FEATURE_FLAGS = Code(
    "FL4212",
    "fields that Knative refuses unless its features are enabled",
    """
    Knative takes node selectors, tolerations, priorities, affinity and spreading only where its ConfigMap
    `config-features` enables each of them. Fairlead can't see that ConfigMap, so this is a note: without the features
    Knative refuses the service.

    ```yaml
    # knative-serving/config-features
    data:
      kubernetes.podspec-tolerations: enabled
      kubernetes.podspec-nodeselector: enabled
    ```
    """,
    Severity.NOTE,
)


def scaling(context: Context[Serve]) -> Iterator[Diagnostic]:
    """What replicas follow, and how low they can go."""
    node, how = context.node, mechanism(context)
    if isinstance(how, Unscalable):
        yield at(context, CANNOT_FOLLOW, ("serving", "scale_on"), how.reason, how.help)
        return
    if isinstance(how, Scaling) and how.whole and node.scale_on is not None:
        metric, value = chosen(node.scale_on)
        number = value.percent if isinstance(value, Percentage) else float(value)
        if number % 1 or number < 1:
            message = f"the target {value} of {metric} is no whole number of at least 1, and KServe takes no other"
            yield at(context, WHOLE_TARGET, ("serving", "scale_on", metric), message, "write a whole number")
    if node.replicas.min == 0 and not follows(context).to_zero:
        by = f"{node.scale_on and chosen(node.scale_on)[0]} in Standard mode" if how else "replicas that follow nothing"
        message = f"with {by} there is always at least 1 replica, and `min` is 0"
        yield at(context, NEVER_ZERO, ("serving", "replicas", "min"), message, "write `min: 1`, or use `mode: knative`")


def knative_features(context: Context[Serve]) -> Iterator[Diagnostic]:
    """The feature flags that the server needs in Knative mode."""
    node, profile = context.node, context.node.hardware
    if node.mode != "knative":
        return
    wanted = {
        "nodeselector": bool(profile.nodes),
        "tolerations": bool(profile.tolerations),
        "priorityclassname": profile.priority is not None,
        "affinity": bool(node.zones),
        "topologyspreadconstraints": bool(node.zones),
    }
    if flags := [f"kubernetes.podspec-{name}" for name, needed in wanted.items() if needed]:
        message = f"Knative refuses this service unless its config-features enables {', '.join(flags)}"
        path = ("hardware", "serving") if any(list(wanted.values())[:3]) else ("serving", "zones")
        yield at(context, FEATURE_FLAGS, path, message, "enable them, or use a profile and zones without these fields")
