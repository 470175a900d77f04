"""The target: from a plan's server or graph to the resources that KServe, the mesh and Prometheus read."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, ClassVar

from fairlead.plan.nodes import Combine, Serve, Waiting
from fairlead.plan.plan import Plan
from fairlead.resources import conventions
from fairlead.resources.resource import Deferred, Resource
from fairlead.source.diagnostics import Code, Diagnostic
from fairlead.target import Compiled, Options, Target
from fairlead_targets.kserve.account import service_account
from fairlead_targets.kserve.checks.access import access
from fairlead_targets.kserve.checks.graphs import graphs
from fairlead_targets.kserve.checks.rollouts import rollouts
from fairlead_targets.kserve.checks.scaling import knative_features, scaling
from fairlead_targets.kserve.checks.storage import storage
from fairlead_targets.kserve.context import Context
from fairlead_targets.kserve.disruption import disruption_budget
from fairlead_targets.kserve.graph import graph
from fairlead_targets.kserve.ingress import policies
from fairlead_targets.kserve.release import release
from fairlead_targets.kserve.route import route
from fairlead_targets.kserve.runtime import runtime
from fairlead_targets.kserve.service import service
from fairlead_targets.kserve.watching import pod_monitor

NOT_THERE = Code(
    "FL4200",
    "serving on a platform that can't",
    """
    This target writes resources of KServe, and in Knative mode KServe writes those of Knative Serving. What the
    clusters run stands under `platform` in fairlead.yaml; what is not listed is not there.

    ```yaml
    platform: {argo-workflows: "4.1"}       # FL4200: a pipeline serves, and there is no `kserve`
    ```

    Mended:

    ```yaml
    platform: {argo-workflows: "4.1", kserve: "0.20"}
    ```
    """,
)


class KServe(Target):
    """KServe: model servers and graphs of them."""

    name: ClassVar[str] = "kserve"
    summary: ClassVar[str] = "model servers and inference graphs for KServe, with who may call them and what is scraped"

    def compile(self, plan: Plan, options: Options) -> Compiled:
        """The server of a pipeline, or its graph; nothing for a pipeline that is not served."""
        node = plan.get("serve", Serve) or plan.get("serve", Combine)
        if node is None:
            return Compiled()
        if (missing := _missing(plan, node)) is not None:
            return Compiled(diagnostics=[missing])
        facts = release(plan.unit.project.platform.kserve or "")
        if isinstance(node, Serve):
            return _server(Context(plan, node, facts))
        return _graph(Context(plan, node, facts))


def _missing(plan: Plan, node: Serve | Combine) -> Diagnostic | None:
    unit, platform = plan.unit, plan.unit.project.platform
    mode = unit.pipeline.serving.mode if unit.pipeline.serving else "standard"
    absent = "kserve" if platform.kserve is None else None
    if mode == "knative" and platform.knative is None:
        absent = absent or "knative"
    if absent is None:
        return None
    message = f"`{plan.name}` is served, and `platform` in fairlead.yaml has no `{absent}`"
    place = unit.place("serving", "mode") if absent == "knative" else node.place
    return Diagnostic(NOT_THERE, place, message, f"add the version of {absent} that the clusters run under `platform`")


def _server(context: Context[Serve]) -> Compiled:
    found = [
        *rollouts(context), *scaling(context), *knative_features(context), *access(context), *storage(context),
    ]  # fmt: skip
    emitted = [
        service_account(context),
        runtime(context),
        service(context),
        *policies(context),
        disruption_budget(context),
        route(context),
        pod_monitor(context),
    ]
    return _compiled(context, context.node.waits, [made for made in emitted if made], found)


def _graph(context: Context[Combine]) -> Compiled:
    emitted = [service_account(context), graph(context), *policies(context), route(context), pod_monitor(context)]
    return _compiled(
        context, context.node.waits, [made for made in emitted if made], [*access(context), *graphs(context)]
    )


def _compiled(
    context: Context[Any], waits: Waiting | None, resources: Sequence[Resource], found: Sequence[Diagnostic]
) -> Compiled:
    """The resources, or what they wait for.

    The ServiceAccount never waits: the platform binds roles to it, and a first version can then be read at once.
    """
    if waits is None:
        return Compiled(resources=resources, diagnostics=found)
    account = conventions.serving_account(context.plan.name)
    ready = [made for made in resources if made.identity.kind == "ServiceAccount" and made.identity.name == account]
    deferred = [
        Deferred(made.identity.kind, made.identity.name, waits.reason, waits.detail, made.origin)
        for made in resources
        if made not in ready
    ]
    return Compiled(resources=ready, deferred=deferred, diagnostics=found)
