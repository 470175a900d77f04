"""What an InferenceGraph can't do."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.nodes import Combine
from fairlead.source.diagnostics import Code, Diagnostic, Severity
from fairlead_targets.kserve.checks import at
from fairlead_targets.kserve.checks.rollouts import PART_OF_A_PERCENT
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
UNEVEN_WEIGHTS = Code(
    "FL4218",
    "a splitter whose weights are not 100 % in all",
    """
    KServe refuses a splitter unless every member has a weight and the weights add up to 100.

    ```yaml
    serving:
      graph: {type: splitter, of: [{pipeline: a, weight: 30%}, {pipeline: b, weight: 60%}]}     # FL4218: 90
    ```

    Mended:

    ```yaml
    serving:
      graph: {type: splitter, of: [{pipeline: a, weight: 30%}, {pipeline: b, weight: 70%}]}
    ```
    """,
)


def graphs(context: Context[Combine]) -> Iterator[Diagnostic]:
    """Timeouts and weights."""
    if context.mode == "standard" and not context.release.router_timeouts:
        message = (
            f"the router of KServe {context.release.version} has no timeout, so nothing keeps {context.node.timeout}"
        )
        yield at(context, NO_ROUTER_TIMEOUT, ("serving", "timeout"), message, "run KServe 0.20, or use `mode: knative`")
    if context.node.graph.type == "splitter":
        yield from _weights(context)


def _weights(context: Context[Combine]) -> Iterator[Diagnostic]:
    path, members = ("serving", "graph", "of"), context.node.graph.of
    for position, member in enumerate(members):
        if member.weight is None:
            message = f"the member {member.pipeline} of the splitter has no weight"
            yield at(context, UNEVEN_WEIGHTS, (*path, position), message, "give every member a weight, 100% in all")
            return
        if member.weight.percent % 1:
            message = f"the weight {member.weight} is no whole percentage, and KServe takes no other"
            yield at(context, PART_OF_A_PERCENT, (*path, position, "weight"), message, "write a whole percentage")
            return
    weights = [member.weight for member in members if member.weight is not None]
    total = sum(weight.percent for weight in weights)
    if total != 100:
        sums = " + ".join(str(weight) for weight in weights)
        message = f"the weights of the splitter are {sums} = {total}%, and KServe wants 100%"
        yield at(context, UNEVEN_WEIGHTS, path, message, "change them so that they add up to 100%")
