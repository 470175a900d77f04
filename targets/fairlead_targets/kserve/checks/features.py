"""Fields that Knative takes only where its features are enabled."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.nodes import Serve
from fairlead.source.diagnostics import Code, Diagnostic, Severity
from fairlead_targets.kserve.checks import at
from fairlead_targets.kserve.context import Context

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
