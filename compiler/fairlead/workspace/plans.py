"""The plans of a workspace, and everything that validation finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from fairlead.plan.builder import build
from fairlead.plan.checks import findings
from fairlead.plan.plan import Plan
from fairlead.policy.chosen import rules_of
from fairlead.policy.policy import NO_RULES, Rules
from fairlead.project.unit import Question, Unit, Units, Watched, answer
from fairlead.source.diagnostics import Diagnostic, in_order
from fairlead.workspace.load import Workspace


@dataclass(frozen=True, slots=True)
class Part:
    """What came of one unit: its plan, and what was found about it."""

    unit: Unit
    plan: Plan | None
    diagnostics: tuple[Diagnostic, ...]
    asked: frozenset[Question]
    """What was asked of the other units."""


@dataclass(frozen=True)
class Plans:
    """Environment -> pipeline -> plan, environments in order of promotion; and what was found on the way."""

    by_environment: Mapping[str, Mapping[str, Plan]]
    diagnostics: tuple[Diagnostic, ...]
    rules: Rules = NO_RULES
    """The policies that the plans were held to, and that what is made of them is."""
    parts: Mapping[tuple[str, str], Part] = field(default_factory=dict)
    """What came of each unit, by environment and pipeline."""
    units: Mapping[str, Units] = field(default_factory=dict)
    """The units that the plans were built of."""

    def of(self, environment: str) -> tuple[Plan, ...]:
        """The plans of an environment, by name."""
        return tuple(self.by_environment[environment].values())

    def all(self) -> tuple[Plan, ...]:
        """The plans of all environments."""
        return tuple(plan for plans in self.by_environment.values() for plan in plans.values())


def plans(workspace: Workspace, only: set[str] | None = None, like: Plans | None = None) -> Plans:
    """The plans of the pipelines in `only`, or of all; a pipeline whose references lead nowhere has none.

    Units that the plans `like` these were built of, in the same project and among the same others as far as anything
    was asked of them, are not built anew.
    """
    found = list(workspace.diagnostics)
    built: dict[str, dict[str, Plan]] = {}
    parts: dict[tuple[str, str], Part] = {}
    rules = NO_RULES
    if workspace.project is not None:
        rules, wrong = rules_of(workspace.project, workspace.project_root)
        found += wrong
    for environment, units in workspace.units.items():
        built[environment] = {}
        for name in sorted(units):
            if only is not None and name not in only:
                continue
            part = _taken_over(units, name, environment, like) or _part(units, name, rules)
            parts[environment, name] = part
            found += part.diagnostics
            if part.plan is not None:
                built[environment][name] = part.plan
    return Plans(built, tuple(in_order(found)), rules, parts, workspace.units)


def _part(units: Units, name: str, rules: Rules) -> Part:
    watched = Watched(units)
    plan, found = build(units[name], watched)
    if plan is not None:
        found = [*found, *findings(plan), *rules.of_plan(plan)]
    return Part(units[name], plan, tuple(found), frozenset(watched.asked))


def _taken_over(units: Units, name: str, environment: str, like: Plans | None) -> Part | None:
    """The part of a unit among other plans, where everything that it came of is the same here."""
    part = like.parts.get((environment, name)) if like is not None else None
    if like is None or part is None or part.unit is not units[name]:
        return None
    others = like.units[environment]
    if any(_answer(question, units) != _answer(question, others) for question in part.asked):
        return None
    if part.plan is None:
        return part
    watched = Watched(units)
    watched.asked |= part.asked
    return replace(part, plan=replace(part.plan, peers=watched))


def _answer(question: Question, units: Units) -> object:
    """What a question is answered with: for a unit which one it is, whatever stands in it."""
    found = answer(question, units)
    return id(found) if isinstance(found, Unit) else found
