"""What an InferenceGraph can't do."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.nodes import Combine
from fairlead.source.diagnostics import Code, Diagnostic, Severity
from fairlead_targets.kserve.checks import at
from fairlead_targets.kserve.context import Context

NO_ROUTER_TIMEOUT = Code(
    "FL4213",
    "a graph's timeout that nothing keeps",
    """
    KServe 0.15's router has no timeout of its own: in Standard mode a request to a graph may take as long as its
    members take. Each member's own `serving.timeout` still holds where a gateway or Knative stands before it.

    ```yaml
    platform: {kserve: "0.15"}
    ---
    serving: {timeout: 15s, graph: {type: sequence, of: [{pipeline: screen}, {pipeline: churn}]}}      # FL4213
    ```

    Run KServe 0.20, or serve the graph in Knative mode.
    """,
    Severity.WARNING,
)


def graphs(context: Context[Combine]) -> Iterator[Diagnostic]:
    """Timeouts."""
    if context.mode == "standard" and not context.release.router_timeouts:
        message = (
            f"the router of KServe {context.release.version} has no timeout, so nothing keeps {context.node.timeout}"
        )
        yield at(context, NO_ROUTER_TIMEOUT, ("serving", "timeout"), message, "run KServe 0.20, or use `mode: knative`")
