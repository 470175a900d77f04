"""Births, deaths and names: pipelines that are new, gone, renamed, moved, retired or paused, and what waits."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.draw.details import counted
from fairlead.plan.nodes import Combine, Decide, Drift, Quality, Retrain, Score, Serve, Slo, Train
from fairlead.plan.plan import Plan
from fairlead.preview.effects.pair import Both, arrow, effect_of, mapping_changes
from fairlead.preview.model import Effect, Severity


def born(plan: Plan, *, elsewhere: bool) -> Iterator[Effect]:
    """A pipeline that base does not have, or (`elsewhere`) has in other environments only."""
    what = [word for word, there in _parts(plan) if there]
    message = "the pipeline is new in this environment" if elsewhere else "new pipeline"
    message += f": {', '.join(what)}" if what else ""
    yield effect_of(plan, Severity.BEHAVIOUR, "new-pipeline", message, plan.unit.place("metadata", "name"))
    for reason, nodes in _waits(plan).items():
        message = f"{', '.join(nodes)} {'waits' if len(nodes) == 1 else 'wait'}: {reason}"
        yield effect_of(plan, Severity.NOTICE, _kind(reason), message, plan.unit.place("metadata", "name"), nodes[0])
    access = next((node.access for node in plan.nodes.values() if isinstance(node, Serve | Combine)), None)
    if access is not None:
        who = ", ".join(map(str, access.callers)) or "anybody in the cluster"
        way = "through the gateway too" if access.expose == "gateway" else "inside the cluster only"
        place = plan.unit.place("serving", "access")
        yield effect_of(plan, Severity.RISK, "callers", f"{who} may call it, {way}", place, "serve")


def gone(plan: Plan, *, elsewhere: bool) -> Iterator[Effect]:
    """A pipeline that head does not have, or (`elsewhere`) has in other environments only."""
    unit = plan.unit
    place = unit.place("metadata", "name")
    lost = [word for word, there in _losses(plan) if there]
    message = f"the pipeline is removed{' from this environment' if elsewhere else ''}"
    message += f": {', '.join(lost)}" if lost else ""
    why = ["its registered versions, its models among the artifacts and the payloads that were kept stay"]
    if not elsewhere and not unit.pipeline.metadata.retired and (plan.only(Serve) or plan.only(Train)):
        why.append("it was not retired before: `metadata.retired: true` stops training and alerts first")
    yield effect_of(plan, Severity.DESTROYS, "removed-pipeline", message, place, why=tuple(why), in_base=True)


def effects(pair: Both) -> Iterator[Effect]:
    """What differs in what a pipeline is called, who answers for it, and where in its life it is."""
    before, after = pair.before.unit, pair.after.unit
    was, now = before.pipeline.metadata, after.pipeline.metadata
    if pair.before.name != pair.after.name:
        yield from _renamed(pair)
    if before.file != after.file:
        message = f"the specification moved: {arrow(before.file, after.file)}"
        yield pair.effect(Severity.NOTICE, "moved", message, ("metadata", "name"))
    if was.owner != now.owner:
        message = f"the owner is {arrow(was.owner, now.owner)}: another team is paged and approves"
        yield pair.effect(Severity.BEHAVIOUR, "owner", message, ("metadata", "owner"))
    if was.retired != now.retired:
        if now.retired:
            message = "retired: training, drift, quality and alerts stop; what serves goes on until the file is removed"
            severity = Severity.RISK
        else:
            message, severity = "no longer retired: training and alerts start again", Severity.BEHAVIOUR
        yield pair.effect(severity, "retired", message, ("metadata", "retired"))
    if before.pipeline.suspend != after.pipeline.suspend:
        what = "pauses" if after.pipeline.suspend else "goes on"
        message = f"everything scheduled {what}: training, drift, quality and batch scoring"
        severity = Severity.RISK if after.pipeline.suspend else Severity.BEHAVIOUR
        yield pair.effect(severity, "suspended", message, ("suspend",))
    if pair.before.trains != pair.after.trains and was.retired == now.retired:
        message = "training happens here now" if pair.after.trains else "training no longer happens here"
        yield pair.effect(Severity.RISK, "trains", message, ("model", "train"))
    labels = mapping_changes(
        {str(key): str(value) for key, value in was.labels.items()},
        {str(key): str(value) for key, value in now.labels.items()},
    )
    if labels:
        yield pair.effect(Severity.NOTICE, "labels", f"labels: {', '.join(labels)}", ("metadata", "labels"))
    if was.description != now.description:
        yield pair.effect(Severity.NOTICE, "description", "the description changed", ("metadata", "description"))
    budget = before.pipeline.max_cost_per_run, after.pipeline.max_cost_per_run
    if budget[0] != budget[1]:
        more = budget[1] is None or (budget[0] is not None and budget[1] > budget[0])
        message = f"one training may cost {arrow(budget[0] or 'anything', budget[1] or 'anything')}"
        severity = Severity.RISK if more else Severity.BEHAVIOUR
        yield pair.effect(severity, "budget", message, ("max_cost_per_run",))
    yield from _waiting(pair)


def _renamed(pair: Both) -> Iterator[Effect]:
    serves = any(isinstance(node, Serve | Combine) and not node.waits for node in pair.before.nodes.values())
    why = ["resources under the old name are deleted, and made anew under the new one"]
    if serves:
        why.append("the endpoint has another address: whoever calls the old one gets an error")
    why += ["time series, dashboards and silences are kept by name, so they begin anew"]
    message = f"renamed from {pair.before.name}"
    yield pair.effect(Severity.DESTROYS, "renamed", message, ("metadata", "renamed_from"), why=tuple(why))


def _waiting(pair: Both) -> Iterator[Effect]:
    was, now = _waits(pair.before), _waits(pair.after)
    for reason, nodes in now.items():
        new = [node for node in nodes if node not in was.get(reason, ())]
        if new:
            message = f"{', '.join(new)} {'waits' if len(new) == 1 else 'wait'}: {reason}"
            severity = Severity.RISK if any(node in pair.before.nodes for node in new) else Severity.NOTICE
            yield pair.effect(severity, _kind(reason), message, ("metadata", "name"), new[0])
    for reason, nodes in was.items():
        done = [node for node in nodes if node in pair.after.nodes and node not in now.get(reason, ())]
        if done:
            message = f"{', '.join(done)} no longer {'waits' if len(done) == 1 else 'wait'}: {reason} is over"
            yield pair.effect(Severity.BEHAVIOUR, _kind(reason), message, ("metadata", "name"), done[0])


def _waits(plan: Plan) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for node, waiting in plan.waiting():
        found.setdefault(waiting.reason, []).append(node.id)
    return found


def _kind(reason: str) -> str:
    return reason


def _parts(plan: Plan) -> list[tuple[str, bool]]:
    retrain = plan.only(Retrain)
    slos = list(plan.of(Slo))
    gates = sum(len(node.gates) for node in plan.of(Decide))
    return [
        ("trains", plan.trains),
        (counted(gates, "gate"), gates > 0),
        ("serves", plan.only(Serve) is not None),
        ("scores batches", plan.only(Score) is not None),
        ("combines other models", plan.only(Combine) is not None),
        (counted(len(slos), "objective"), bool(slos)),
        ("watches drift", plan.only(Drift) is not None),
        ("watches quality", plan.only(Quality) is not None),
        ("retrains by itself", retrain is not None and (retrain.schedule is not None or bool(retrain.on))),
    ]


def _losses(plan: Plan) -> list[tuple[str, bool]]:
    served = next((node for node in plan.nodes.values() if isinstance(node, Serve | Combine)), None)
    return [
        ("its endpoint stops answering", served is not None and not served.waits),
        ("batches are no longer scored", plan.only(Score) is not None),
        ("training ends", plan.trains),
        ("its alerts and objectives end", plan.only(Slo) is not None),
        ("drift is no longer watched", plan.only(Drift) is not None),
    ]
