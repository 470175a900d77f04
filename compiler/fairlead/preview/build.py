"""From two states to the preview of what lies between them."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from fairlead.output.desired import Owner
from fairlead.plan.length import training_nodes
from fairlead.plan.plan import Plan
from fairlead.preview.compare import Changes, Names, changes
from fairlead.preview.cost import cost_of
from fairlead.preview.effects import pipeline, project, resources
from fairlead.preview.findings import finding_changes
from fairlead.preview.graph import graph_of
from fairlead.preview.model import Change, Effect, Notice, Part, Preview, ResourceChange, Severity, Side
from fairlead.preview.states import State
from fairlead.preview.verdict import verdict
from fairlead.spec.secrets import one_line

VERSIONS = frozenset({"rollout", "canary", "first-version", "rollback", "version-gone", "lock"})
"""Kinds of effects that also show in what tells gate and drift of the served version, and in its objectives' rules."""
EVERYWHERE = frozenset({"labels", "owner"})
"""Kinds of effects that show in the labels of every resource."""
TRAINING = frozenset({"train", "tune"})
"""The nodes that the resources of a training come from."""
WHOLE = frozenset({"new-pipeline", "removed-pipeline", "retired", "suspended"})
"""Kinds of effects that show in every resource."""


def preview(before: State, after: State, base: Side, head: Side, notices: Iterable[Notice] = ()) -> Preview:
    """What head does that base does not. Where base does not compile, plans are compared and resources are not."""
    notes = list(notices)
    named = before.project or after.project
    name = str(named.metadata.name) if named is not None else None
    if after.failed:
        return Preview(base, head, verdict(base, head, ()), (), (), tuple(notes), name)
    names = _names(before, after)
    found = Changes({}, {}) if before.failed else changes(before, after, names)
    parts = tuple(part for part in _parts(before, after, names, found) if part.effects or part.resources)
    findings = finding_changes(before, after)
    return Preview(base, head, verdict(base, head, parts), parts, findings, tuple(notes), name)


def _names(before: State, after: State) -> Names:
    """Pipelines that say which name they had, and environments that have another namespace."""
    renamed: dict[tuple[str, str], str] = {}
    for environment, plans in after.plans.items():
        earlier = before.plans.get(environment, {})
        for name, plan in plans.items():
            old = plan.unit.pipeline.metadata.renamed_from
            if old is not None and name not in earlier and str(old) in earlier and str(old) not in plans:
                renamed[environment, str(old)] = name
    spaces = {}
    if before.project is not None and after.project is not None:
        now = {str(name): each.namespace for name, each in after.project.environments.items()}
        for name, each in before.project.environments.items():
            if now.get(str(name), each.namespace) != each.namespace:
                spaces[each.namespace] = now[str(name)]
    return Names(renamed, spaces)


def _parts(before: State, after: State, names: Names, found: Changes) -> Iterator[Part]:
    """Everything that could be a part, in order."""
    environments = list(dict.fromkeys([*after.plans, *before.plans]))
    whole = project.effects(before, after)
    yield _shared(Owner(), pipeline.in_order(whole), found.files.get(Owner(), []), Change.CHANGED)
    for environment in environments:
        owner = Owner(environment)
        change = _whether(environment in before.plans, environment in after.plans)
        yield _shared(owner, (), found.files.get(owner, []), change)
    old = {(new, place): name for (place, name), new in names.pipelines.items()}
    pipelines = {name for state in (before, after) for plans in state.plans.values() for name in plans}
    for name in sorted(pipelines - {earlier for _, earlier in names.pipelines} | set(names.pipelines.values())):
        for environment in environments:
            earlier = old.get((name, environment), name)
            was, now = before.plan(environment, earlier), after.plan(environment, name)
            if was is None and now is None:
                continue
            if before.failed and was is None:
                continue
            renamed = earlier if earlier != name else None
            yield _pipeline(was, now, renamed, Owner(environment, name), found, before, after)


def _whether(was: bool, now: bool) -> Change:
    return Change.CHANGED if was and now else Change.ADDED if now else Change.REMOVED


def _shared(owner: Owner, effects: tuple[Effect, ...], found: list[ResourceChange], change: Change) -> Part:
    more = list(resources.removal_effects(owner.environment, None, found, whole=change is Change.REMOVED))
    told = [replace(each, explained=_is_named(each, more)) for each in found]
    more += resources.unexplained(owner.environment, None, told)
    everything = pipeline.in_order([*effects, *more])
    return Part(owner.environment, None, change, None, None, everything, tuple(told), None, None)


def _is_named(change: ResourceChange, effects: list[Effect]) -> bool:
    """Whether an effect speaks of this very resource."""
    return any(effect.message.startswith(f"{change.title} is deleted") for effect in effects)


def _pipeline(
    was: Plan | None,
    now: Plan | None,
    renamed: str | None,
    owner: Owner,
    everything_found: Changes,
    before: State,
    after: State,
) -> Part:
    found = everything_found.files.get(owner, [])
    plan = now or was
    assert plan is not None, "one side has it"
    environment, name = plan.unit.environment, plan.name
    other = before if was is None else after
    elsewhere = any(name in plans for plans in other.plans.values())
    effects = [*pipeline.effects(was, now, elsewhere=elsewhere), *_hint(was, now, before, after)]
    whole = was is None or now is None or renamed is not None
    more = [*resources.removal_effects(environment, name, found, whole=whole)]
    if was is not None and now is not None:
        for each in found:
            if each.path in everything_found.rules and each.change is not Change.REWRITTEN:
                more += resources.alert_effects(environment, name, each, everything_found.rules[each.path])
    training = {node.id for side in (was, now) if side is not None for node in training_nodes(side)}
    told = [_explained(each, [*effects, *more], training, everything=whole) for each in found]
    more += resources.unexplained(environment, name, told)
    everything = pipeline.in_order([*effects, *more])
    cost = cost_of(was, now)
    touched = {
        effect.node for effect in everything if effect.node is not None and effect.severity is not Severity.NOTICE
    }
    change = Change.REPLACED if renamed else _whether(was is not None, now is not None)
    return Part(
        environment,
        name,
        change,
        str(plan.unit.pipeline.metadata.owner),
        renamed,
        everything,
        tuple(told),
        cost,
        graph_of(was, now, touched) if everything else None,
    )


def _hint(was: Plan | None, now: Plan | None, before: State, after: State) -> Iterator[Effect]:
    """A pipeline that is new in the file of one that is gone was probably renamed, and nobody said so."""
    if was is not None or now is None:
        return
    unit = now.unit
    gone = [
        name
        for name, plan in before.plans.get(unit.environment, {}).items()
        if plan.unit.file == unit.file and after.plan(unit.environment, name) is None
    ]
    for name in gone:
        message = f"the file was that of {name}: if this is {name} under another name, say so"
        why = (f"`metadata.renamed_from: {name}` shows what a rename does, and locks can follow it",)
        place = unit.place("metadata", "name")
        yield Effect(
            Severity.NOTICE, "perhaps-renamed", one_line(message), unit.environment, now.name, None, place, why=why
        )


def _explained(
    change: ResourceChange, effects: list[Effect], training: set[str], *, everything: bool
) -> ResourceChange:
    """Whether an effect is about where a resource comes from."""
    kinds = {effect.kind for effect in effects}
    nodes = {effect.node for effect in effects if effect.node is not None}
    stems = {node.split("/")[0] for node in nodes}
    known = change.node in nodes or change.node.split("/")[0] in stems
    known |= change.node.split("/")[0] in ("register", "slo") and bool(kinds & VERSIONS)
    # One WorkflowTemplate holds all steps of a training.
    known |= change.node in TRAINING and bool(nodes & training)
    known |= bool(kinds & WHOLE) or everything or _is_named(change, effects)
    labels = change.fields and all("labels" in field.path.lower() for field in change.fields)
    known |= bool(labels and kinds & EVERYWHERE)
    return replace(change, explained=known)
