"""Data, training and judging: whether the next training gives another model, and whether it is judged otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from fairlead.plan.nodes import (
    Check,
    Decide,
    Divide,
    Evaluate,
    Node,
    Prepare,
    Propose,
    Register,
    Snapshot,
    Train,
    Tune,
)
from fairlead.preview.effects import data
from fairlead.preview.effects.pair import Both, arrow, mapping_changes, said
from fairlead.preview.effects.runs import hardware_effects, run_effects
from fairlead.preview.model import Effect, Severity
from fairlead.spec.expressions import Gate, QualityGate
from fairlead.spec.model import Range
from fairlead.spec.units import Name

LEARNING = (Snapshot, Check, Prepare, Divide, Tune, Train, Evaluate)


def effects(pair: Both) -> Iterator[Effect]:
    """What differs from the data to the candidate."""
    if pair.after.unit.pipeline.metadata.retired or not (pair.before.trains or pair.after.trains):
        return
    if pair.before.trains != pair.after.trains:
        return  # said as training that begins or ends here
    for node in _steps(pair.after, LEARNING):
        if node.id not in pair.before.nodes:
            message = f"retrains: a step is new: {node.id} ({node.title})"
            yield pair.effect(Severity.BEHAVIOUR, "retrains", message, node.path, node.id)
    for node in _steps(pair.before, LEARNING):
        if node.id not in pair.after.nodes:
            message = f"retrains: a step is gone: {node.id} ({node.title})"
            yield pair.effect(Severity.BEHAVIOUR, "retrains", message, node.path, node.id, gone=True)
    yield from data.effects(pair)
    yield from _model(pair)
    yield from _learning(pair)
    yield from _judging(pair)
    yield from _release(pair)


def _steps(plan: object, kinds: Sequence[type[Node]]) -> Iterator[Node]:
    nodes: dict[str, Node] = getattr(plan, "nodes", {})
    return (node for node in nodes.values() if isinstance(node, tuple(kinds)))


def _model(pair: Both) -> Iterator[Effect]:
    """What the specification says of the model itself."""
    was, now = pair.before.unit.pipeline.model, pair.after.unit.pipeline.model
    if was is None or now is None:
        return
    for name in ("task", "framework"):
        one, other = getattr(was, name), getattr(now, name)
        if one != other:
            message = f"retrains: the {name} is {arrow(one, other)}"
            yield pair.effect(Severity.BEHAVIOUR, "retrains", message, ("model", name), "train")
    if was.code.path != now.code.path:
        usual = f"models/{pair.after.name}"
        message = f"the code of the training is in {arrow(was.code.path or usual, now.code.path or usual)}"
        yield pair.effect(Severity.NOTICE, "image", message, ("model", "code", "path"), "train")
    for what, path, one, other in (
        ("training", ("model", "train"), was.train, now.train),
        ("the evaluation", ("model", "evaluate"), was.evaluate, now.evaluate),
    ):
        before, after = (_named(section.inputs) if section is not None else "none" for section in (one, other))
        if before != after:
            prefix = "retrains: " if path[1] == "train" else ""
            message = f"{prefix}{what} reads besides {arrow(before, after)}"
            kind = "retrains" if prefix else "step"
            yield pair.effect(Severity.BEHAVIOUR, kind, message, (*path, "inputs"), path[1])


def _named(inputs: Mapping[Name, str]) -> str:
    """Inputs that a step names itself, in no order: `extra by reference`."""
    found = sorted(f"{name}{' by reference' if mode == 'reference' else ''}" for name, mode in inputs.items())
    return ", ".join(found) or "nothing"


def _learning(pair: Both) -> Iterator[Effect]:
    for before, after in pair.nodes(Tune):
        if before.trials != after.trials:
            what = f"{len(before.trials)} -> {len(after.trials)} trials"
            if len(before.trials) == len(after.trials):
                what = f"other values in its {len(after.trials)} trials"
            message = f"retrains: the search has {what}"
            differ = _searched(pair)
            message += f": {', '.join(differ)}" if differ else ""
            yield pair.effect(Severity.BEHAVIOUR, "retrains", message, after.path, after.id)
        if before.objective != after.objective:
            message = f"retrains: the search is to {arrow(before.objective, after.objective)}"
            yield pair.effect(Severity.BEHAVIOUR, "retrains", message, (*after.path, "objective"), after.id)
        if before.parallel != after.parallel:
            message = f"trials at once {arrow(before.parallel, after.parallel)}"
            yield pair.effect(Severity.BEHAVIOUR, "step", message, (*after.path, "parallel"), after.id)
        if before.run is not None and after.run is not None:
            # A trial is a training, and what differs in its command is said there.
            yield from hardware_effects(pair, after, before.run.hardware, after.run.hardware, "the search")
    for was, now in pair.nodes(Train):
        if was.distributed != now.distributed:
            shown = arrow(_spread(was), _spread(now))
            message = f"retrains: it is spread over {shown}"
            yield pair.effect(Severity.BEHAVIOUR, "retrains", message, (*now.path, "distributed"), now.id)
        if was.checkpoint != now.checkpoint:
            message = f"checkpoints every {arrow(was.checkpoint, now.checkpoint)}"
            yield pair.effect(Severity.BEHAVIOUR, "step", message, (*now.path, "checkpoint"), now.id)
        yield from run_effects(pair, was, now, "training", learns=True)


def _searched(pair: Both) -> list[str]:
    """What differs in how trials are drawn: `learning_rate between 0.01, 0.3 -> 0.02, 0.3`."""
    was, now = (
        plan.unit.pipeline.model.tune if plan.unit.pipeline.model is not None else None
        for plan in (pair.before, pair.after)
    )
    if was is None or now is None:
        return []
    drawn = mapping_changes({"search": was.search, "seed": was.seed}, {"search": now.search, "seed": now.seed})
    spaces = ({str(name): _space(space) for name, space in each.over.items()} for each in (was, now))
    return drawn + mapping_changes(next(spaces), next(spaces))


def _space(space: Range) -> str:
    given = space.model_dump(mode="json", exclude_defaults=True)
    return said(given["choices"]) if list(given) == ["choices"] else said(given)


def _spread(node: Train) -> str:
    found = node.distributed
    if found is None:
        return "one node"
    each = f", {found.processes_per_node} processes on each" if found.processes_per_node else ""
    return f"{found.nodes} nodes with {found.framework}{each}"


def _judging(pair: Both) -> Iterator[Effect]:
    for before, after in pair.nodes(Evaluate):
        if before.metrics != after.metrics:
            message = f"{after.id} gives the metrics {arrow(before.metrics, after.metrics)}"
            yield pair.effect(Severity.BEHAVIOUR, "metrics", message, (*after.path, "metrics"), after.id)
        yield from run_effects(pair, before, after, after.id, learns=False)
    for node in pair.removed(Decide):
        message = f"gate removed: {', '.join(map(str, node.gates))}; every model passes"
        yield pair.effect(Severity.RISK, "gate", message, node.path, node.id, gone=True)
    for node in pair.added(Decide):
        yield pair.effect(
            Severity.BEHAVIOUR, "gate", f"gate added: {', '.join(map(str, node.gates))}", node.path, node.id
        )
    for was, now in pair.nodes(Decide):
        yield from gate_effects(pair, was.gates, now.gates, now, "gate")
        if was.min_support != now.min_support:
            severity = Severity.RISK if now.min_support < was.min_support else Severity.BEHAVIOUR
            message = f"a gated slice needs {arrow(was.min_support, now.min_support)} rows"
            yield pair.effect(severity, "gate", message, (*now.path, "min_support"), now.id)
        yield from run_effects(pair, was, now, "the gate", learns=False)


def gate_effects(
    pair: Both, before: Sequence[Gate | QualityGate], after: Sequence[Gate | QualityGate], node: Node, kind: str
) -> Iterator[Effect]:
    """Clauses that are new, gone, looser or tighter; clauses of one subject are taken to be one clause that changed."""
    gone = [clause for clause in before if clause not in after]
    section = node.path if isinstance(node, Decide) else (*node.path, "expect")
    for position, clause in enumerate(after):
        if clause in before:
            continue
        path = (*section, position)
        earlier = next((each for each in gone if _subject(each) == _subject(clause)), None)
        if earlier is None:
            yield pair.effect(Severity.BEHAVIOUR, kind, f"{kind} added: {clause}", path, node.id)
            continue
        gone.remove(earlier)
        looser = is_looser(earlier, clause)
        word = "loosened" if looser else "tightened"
        severity = Severity.RISK if looser else Severity.BEHAVIOUR
        yield pair.effect(severity, kind, f"{kind} {word}: {arrow(earlier, clause)}", path, node.id)
    for clause in gone:
        path = (*section, before.index(clause))
        yield pair.effect(Severity.RISK, kind, f"{kind} removed: {clause}", path, node.id, gone=True)


def _subject(clause: Gate | QualityGate) -> tuple[object, ...]:
    sign = clause.op.value[0]
    if isinstance(clause, Gate):
        return (clause.metric, clause.slice, clause.champion, sign)
    return (clause.metric, sign)


def is_looser(before: Gate | QualityGate, after: Gate | QualityGate) -> bool:
    """Whether more values pass than before."""
    was, now = _bound(before), _bound(after)
    if was == now:
        return after.op.value.endswith("=")
    return (now < was) == after.op.value.startswith(">")


def _bound(clause: Gate | QualityGate) -> Decimal:
    if isinstance(clause, Gate) and clause.threshold is None:
        return clause.offset
    return clause.threshold if clause.threshold is not None else Decimal(0)


def _release(pair: Both) -> Iterator[Effect]:
    for before, after in pair.nodes(Register):
        if before.registry != after.registry:
            message = f"versions are registered as {arrow(before.registry, after.registry)}"
            why = ("numbers start anew there, and the versions before stay under the old name",)
            yield pair.effect(Severity.RISK, "registry", message, ("model", "registry"), after.id, why)
        yield from run_effects(pair, before, after, "registering", learns=False)
    for was, now in pair.nodes(Propose):
        if was.promote != now.promote:
            severity = Severity.RISK if now.promote == "automatic" else Severity.BEHAVIOUR
            how = "merged when its checks pass" if now.promote == "automatic" else "merged by a person"
            message = f"a candidate's pull request is {how}"
            yield pair.effect(severity, "promotion", message, ("retraining", "promote"), now.id)
        if was.approval != now.approval:
            severity = Severity.RISK if set(was.approval) - set(now.approval) else Severity.BEHAVIOUR
            message = f"candidates are released by {said(was.approval)} -> {said(now.approval)}"
            yield pair.effect(severity, "promotion", message, ("model", "train", "approval"), now.id)
        yield from run_effects(pair, was, now, "proposing", learns=False)
