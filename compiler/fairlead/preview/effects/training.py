"""Data, training and judging: whether the next training gives another model, and whether it is judged otherwise."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from decimal import Decimal

from fairlead.plan.artifacts import Use
from fairlead.plan.draw.details import percent
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
from fairlead.preview.effects.pair import Both, arrow, mapping_changes, said
from fairlead.preview.effects.runs import hardware_effects, run_effects
from fairlead.preview.model import Effect, Severity
from fairlead.spec.data import Column
from fairlead.spec.expressions import Gate, QualityGate

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
    yield from _sources(pair)
    yield from _contracts(pair)
    yield from _split(pair)
    yield from _learning(pair)
    yield from _judging(pair)
    yield from _release(pair)


def _steps(plan: object, kinds: Sequence[type[Node]]) -> Iterator[Node]:
    nodes: dict[str, Node] = getattr(plan, "nodes", {})
    return (node for node in nodes.values() if isinstance(node, tuple(kinds)))


def _sources(pair: Both) -> Iterator[Effect]:
    for before, after in pair.nodes(Snapshot):
        if before.uri != after.uri:
            message = f"retrains: {after.source} is read from {arrow(before.uri, after.uri)}"
            yield pair.effect(Severity.BEHAVIOUR, "retrains", message, (*after.path, "uri"), after.id)
        if before.pinned != after.pinned:
            how = "its pinned bytes alone" if after.pinned else "whatever is there when it starts"
            message = f"retrains: training takes of {after.source} {how}"
            yield pair.effect(Severity.BEHAVIOUR, "retrains", message, (*after.path, "snapshot"), after.id)
        elif before.digest != after.digest:
            shown = arrow(_short(before.digest), _short(after.digest))
            message = f"retrains: {after.source} is pinned to other bytes: {shown}"
            yield pair.effect(Severity.BEHAVIOUR, "retrains", message, after.path, after.id)
        yield from run_effects(pair, before, after, after.id, learns=False)
    for before_step, after_step in pair.nodes(Prepare):
        # Each input is found by its name, whatever came first in the file.
        if set(before_step.uses) != set(after_step.uses):
            was, now = (sorted(map(_read, step.uses)) for step in (before_step, after_step))
            message = f"retrains: {after_step.step} reads {arrow(was, now)}"
            yield pair.effect(Severity.BEHAVIOUR, "retrains", message, (*after_step.path, "inputs"), after_step.id)
        yield from run_effects(pair, before_step, after_step, after_step.step, learns=True)


def _read(use: Use) -> str:
    """An input as a reviewer sees it; the name that the step knows it by stands where it is not the artifact's own."""
    name = "" if use.artifact.rpartition("/")[2] == use.name else f" as {use.name}"
    return f"{use.artifact}{' by reference' if use.mode == 'reference' else ''}{name}"


def _contracts(pair: Both) -> Iterator[Effect]:
    for before, after in pair.nodes(Check):
        columns = _columns(before.columns, after.columns)
        if columns:
            message = f"the contract of {after.dataset} changed: {', '.join(columns)}"
            yield pair.effect(Severity.BEHAVIOUR, "data-contract", message, after.path, after.id, tuple(columns))
        was, now = ([str(each) for each in node.expectations] for node in (before, after))
        gone = [each for each in was if each not in now]
        new = [each for each in now if each not in was]
        if gone:
            message = f"{after.dataset} need no longer hold: {', '.join(gone)}"
            message += f"; instead: {', '.join(new)}" if new else ""
            yield pair.effect(Severity.RISK, "data-contract", message, (*after.path, "expect"), after.id)
        elif new:
            message = f"{after.dataset} must hold: {', '.join(new)}, or nothing is trained"
            yield pair.effect(Severity.BEHAVIOUR, "data-contract", message, (*after.path, "expect"), after.id)
        yield from run_effects(pair, before, after, after.id, learns=False)


def _columns(before: Mapping[str, Column], after: Mapping[str, Column]) -> list[str]:
    """What differs between the contracts of columns: `mean_radius min 0 -> 1`."""
    found = mapping_changes(dict.fromkeys(before), dict.fromkeys(after), lambda _: "as it is declared")
    found = [line.removesuffix(" (as it is declared)") for line in found]
    for name, column in after.items():
        if name in before:
            one, other = (each.model_dump(exclude_defaults=True) for each in (before[name], column))
            found += [f"{name} {line}" for line in mapping_changes(one, other)]
    return found


def _split(pair: Both) -> Iterator[Effect]:
    for before, after in pair.nodes(Divide):
        parts = [
            f"{name} {arrow(was, now)}"
            for name, was, now in (
                ("of", before.dataset, after.dataset),
                ("method", before.method, after.method),
                ("by", before.by, after.by),
                ("test", percent(before.test), percent(after.test)),
                ("validation", percent(before.validation), percent(after.validation)),
                ("seed", before.seed, after.seed),
            )
            if was != now
        ]
        if parts:
            message = f"retrains: the split changed: {', '.join(parts)}"
            why = ("metrics before and after are of different rows, and can't be compared",)
            yield pair.effect(Severity.BEHAVIOUR, "retrains", message, after.path, after.id, why)
        yield from run_effects(pair, before, after, "the split", learns=False)


def _learning(pair: Both) -> Iterator[Effect]:
    for before, after in pair.nodes(Tune):
        if before.trials != after.trials:
            what = f"{len(before.trials)} -> {len(after.trials)} trials"
            if len(before.trials) == len(after.trials):
                what = f"other values in its {len(after.trials)} trials"
            message = f"retrains: the search has {what}"
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


def _spread(node: Train) -> str:
    found = node.distributed
    return f"{found.nodes} nodes with {found.framework}" if found else "one node"


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
    for clause in (clause for clause in after if clause not in before):
        earlier = next((each for each in gone if _subject(each) == _subject(clause)), None)
        if earlier is None:
            yield pair.effect(Severity.BEHAVIOUR, kind, f"{kind} added: {clause}", node.path, node.id)
            continue
        gone.remove(earlier)
        looser = is_looser(earlier, clause)
        word = "loosened" if looser else "tightened"
        severity = Severity.RISK if looser else Severity.BEHAVIOUR
        yield pair.effect(severity, kind, f"{kind} {word}: {arrow(earlier, clause)}", node.path, node.id)
    for clause in gone:
        yield pair.effect(Severity.RISK, kind, f"{kind} removed: {clause}", node.path, node.id, gone=True)


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


def _short(digest: str | None) -> str | None:
    return digest.removeprefix("sha256:")[:12] if digest else None
