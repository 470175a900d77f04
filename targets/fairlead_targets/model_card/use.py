"""Who may ask the model, and what is kept of it."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.plan import Plan
from fairlead.spec.serving import Access
from fairlead_targets.model_card.lines import Line, listed


def use(plan: Plan) -> Iterator[Line]:
    """How it answers, who may call, what is kept for how long, and what protects the environment."""
    serving, settings = plan.unit.pipeline.serving, plan.unit.settings
    if serving is None:
        yield Line("", "it answers nobody: the specification has no `serving`")
    elif serving.batch is not None:
        batch = serving.batch
        yield Line("answers", f"in batches, on the schedule {batch.schedule}: from {batch.input} to {batch.output}")
    else:
        if serving.graph is not None:
            members = listed(member.pipeline for member in serving.graph.of)
            yield Line("answers", f"with the models of other pipelines, as a {serving.graph.type}: {members}")
        yield from _access(serving.access)
        if serving.host is not None:
            yield Line("host", str(serving.host))
        payloads = serving.payloads
        if payloads.log == "none":
            yield Line("requests and responses", "none are kept")
        else:
            until = f"for {payloads.retain}" if payloads.retain is not None else "without an end"
            yield Line("requests and responses", f"{payloads.log} are kept {until}, in {payloads.to or 'no place yet'}")
    protected = "protected: everything is pinned by digest" if settings.protected else "not protected"
    yield Line("environment", f"{plan.unit.environment}, in the namespace {settings.namespace}, {protected}")
    if settings.after is not None:
        soak = f", after {settings.soak} there" if settings.soak is not None else ""
        yield Line("versions come from", f"{settings.after}{soak}")
    train = plan.unit.pipeline.model.train if plan.unit.pipeline.model is not None else None
    if train is not None and train.approval:
        yield Line("released by", f"a person of {listed(train.approval)}")


def _access(access: Access) -> Iterator[Line]:
    yield Line("callers", listed(access.callers, "anybody in the cluster"))
    way = "through the platform's gateway too" if access.expose == "gateway" else "inside the cluster only"
    yield Line("reached", way)
