"""Objectives, drift, quality, alerts, and when the loop closes."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairlead.plan.nodes import Drift, DriftScore, Quality, Retrain, Slo
from fairlead.preview.effects.pair import Both, arrow, mapping_changes
from fairlead.preview.effects.runs import run_effects
from fairlead.preview.effects.training import gate_effects
from fairlead.preview.model import Effect, Severity
from fairlead.source.nodes import Path
from fairlead.spec.monitoring import Monitoring


def effects(pair: Both) -> Iterator[Effect]:
    """What differs in what is promised and watched."""
    if pair.after.unit.pipeline.metadata.retired:
        return
    yield from _objectives(pair)
    yield from _drift(pair)
    yield from _quality(pair)
    yield from _people(pair)
    yield from _loop(pair)


def _objectives(pair: Both) -> Iterator[Effect]:
    for node in pair.removed(Slo):
        yield pair.effect(Severity.RISK, "slo", f"objective removed: {_promise(node)}", node.path, node.id, gone=True)
    for node in pair.added(Slo):
        yield pair.effect(Severity.BEHAVIOUR, "slo", f"objective added: {_promise(node)}", node.path, node.id)
    for before, after in pair.nodes(Slo):
        name = after.signal.replace("_", " ")
        if before.objective != after.objective:
            lower = after.objective < before.objective
            word, severity = ("lowered", Severity.RISK) if lower else ("raised", Severity.BEHAVIOUR)
            message = f"{name} objective {word}: {arrow(before.objective, after.objective)}"
            yield pair.effect(severity, "slo", message, (*after.path, *_key(after, "objective")), after.id)
        if before.below != after.below and before.below is not None and after.below is not None:
            slower = after.below > before.below
            word, severity = ("loosened", Severity.RISK) if slower else ("tightened", Severity.BEHAVIOUR)
            message = f"{name} bound {word}: below {arrow(before.below, after.below)}"
            yield pair.effect(severity, "slo", message, (*after.path, "below"), after.id)
        if before.at != after.at:
            message = f"{name} is measured at the {arrow(before.at, after.at)}"
            yield pair.effect(Severity.BEHAVIOUR, "slo", message, (*after.path, "at"), after.id)
        if before.window != after.window:
            message = f"{name}'s error budget is over {arrow(before.window, after.window)}"
            yield pair.effect(Severity.BEHAVIOUR, "slo", message, ("monitoring", "slos", "window"), after.id)


def _key(node: Slo, key: str) -> tuple[str, ...]:
    return () if node.signal == "availability" else (key,)


def _promise(node: Slo) -> str:
    bound = f" below {node.below}" if node.below else ""
    return f"{node.objective} {node.signal.replace('_', ' ')}{bound}"


def _drift(pair: Both) -> Iterator[Effect]:
    for node in pair.removed(Drift):
        yield pair.effect(Severity.RISK, "drift", "drift is no longer watched", node.path, node.id, gone=True)
    for node in pair.added(Drift):
        message = f"drift is watched, every {node.every}"
        yield pair.effect(Severity.BEHAVIOUR, "drift", message, node.path, node.id)
    for before, after in pair.nodes(Drift):
        yield from _timing(pair, before, after, "drift")
        gone, new = (
            [name for name in one.watched if name not in other.watched]
            for one, other in ((before, after), (after, before))
        )
        if gone:
            message = f"the drift of {', '.join(gone)} is no longer watched"
            path = (*after.path, "prediction") if gone == ["prediction"] else (*after.path, "features", gone[0])
            yield pair.effect(Severity.RISK, "drift", message, path, after.id, gone=True)
        if new:
            message = f"the drift of {', '.join(new)} is watched as well"
            yield pair.effect(Severity.BEHAVIOUR, "drift", message, after.path, after.id)
        yield from run_effects(pair, before, after, "drift", learns=False)
    yield from _thresholds(pair)


def _thresholds(pair: Both) -> Iterator[Effect]:
    for before, after in pair.nodes(DriftScore):
        own = ("monitoring", "drift", "features", after.feature)

        def place(key: str, own: Path = own) -> Path:
            return pair.written((*own, key), ("monitoring", "drift", key))

        if before.method != after.method:
            message = f"the drift of {after.feature} is measured as {arrow(before.method, after.method)}"
            message += f", with the threshold {arrow(before.threshold, after.threshold)}"
            yield pair.effect(Severity.BEHAVIOUR, "drift", message, place("method"), after.id)
        elif before.threshold != after.threshold:
            looser = after.threshold > before.threshold
            word, severity = ("raised", Severity.RISK) if looser else ("lowered", Severity.BEHAVIOUR)
            message = f"{after.feature}: drift threshold {word} {arrow(before.threshold, after.threshold)}"
            yield pair.effect(severity, "drift", message, place("threshold"), after.id)


def _quality(pair: Both) -> Iterator[Effect]:
    for node in pair.removed(Quality):
        message = "quality on real traffic is no longer watched"
        yield pair.effect(Severity.RISK, "quality", message, node.path, node.id, gone=True)
    for node in pair.added(Quality):
        message = f"quality is watched: {', '.join(map(str, node.expectations))}, every {node.every}"
        yield pair.effect(Severity.BEHAVIOUR, "quality", message, node.path, node.id)
    for before, after in pair.nodes(Quality):
        yield from _timing(pair, before, after, "quality")
        yield from gate_effects(pair, before.expectations, after.expectations, after, "quality")
        if before.delay != after.delay:
            message = f"labels are waited for {arrow(before.delay, after.delay)}"
            yield pair.effect(Severity.BEHAVIOUR, "quality", message, (*after.path, "labels", "delay"), after.id)
        was, now = (_labels(plan.unit.pipeline.monitoring) for plan in (pair.before, pair.after))
        differ = mapping_changes(was, now)
        if differ:
            message = f"labels come from elsewhere: {', '.join(differ)}"
            yield pair.effect(Severity.BEHAVIOUR, "quality", message, (*after.path, "labels"), after.id)
        yield from run_effects(pair, before, after, "quality", learns=False)


def _labels(monitoring: Monitoring | None) -> dict[str, Any]:
    found = monitoring.quality if monitoring else None
    return {name: str(value) for name, value in found.labels if name != "delay"} if found else {}


def _timing(pair: Both, before: Drift | Quality, after: Drift | Quality, what: str) -> Iterator[Effect]:
    if before.every != after.every:
        rarer = after.every > before.every
        message = f"{what} is measured every {arrow(before.every, after.every)}"
        severity = Severity.RISK if rarer else Severity.BEHAVIOUR
        yield pair.effect(severity, "schedule", message, (*after.path, "every"), after.id)
    if before.window != after.window:
        message = f"{what} looks back {arrow(before.window, after.window)}"
        yield pair.effect(Severity.BEHAVIOUR, what, message, (*after.path, "window"), after.id)


def _people(pair: Both) -> Iterator[Effect]:
    was, now = (plan.unit.pipeline.monitoring or Monitoring() for plan in (pair.before, pair.after))
    owners = [str(plan.unit.pipeline.metadata.owner) for plan in (pair.before, pair.after)]
    for name in ("page", "ticket"):
        one = str(getattr(was.alerts, name) or owners[0])
        other = str(getattr(now.alerts, name) or owners[1])
        if one != other:
            message = f"{name}s go to {arrow(one, other)}"
            yield pair.effect(Severity.RISK, "receivers", message, ("monitoring", "alerts", name))
    for name in ("runbook", "dashboard"):
        if getattr(was, name) != getattr(now, name):
            message = f"alerts link to the {name} {arrow(getattr(was, name), getattr(now, name))}"
            yield pair.effect(Severity.NOTICE, "receivers", message, ("monitoring", name))


def _loop(pair: Both) -> Iterator[Effect]:
    for node in pair.removed(Retrain):
        message = "nothing starts a training by itself any more"
        yield pair.effect(Severity.RISK, "schedule", message, node.path, node.id, gone=True)
    for node in pair.added(Retrain):
        yield pair.effect(Severity.BEHAVIOUR, "schedule", f"training starts {_when(node)}", node.path, node.id)
    for before, after in pair.nodes(Retrain):
        if (before.schedule, before.timezone, before.on) != (after.schedule, after.timezone, after.on):
            message = f"training starts {arrow(_when(before), _when(after))}"
            yield pair.effect(Severity.BEHAVIOUR, "schedule", message, after.path, after.id)
        if before.cooldown != after.cooldown:
            message = f"another trigger is ignored for {arrow(before.cooldown, after.cooldown)} after a training"
            yield pair.effect(Severity.BEHAVIOUR, "schedule", message, (*after.path, "cooldown"), after.id)


def _when(node: Retrain) -> str:
    schedule = [f"at `{node.schedule}` {node.timezone}"] if node.schedule else []
    on = [f"on {', '.join(node.on)}"] if node.on else []
    return " and ".join([*schedule, *on]) or "by hand"
