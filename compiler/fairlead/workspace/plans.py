"""The plans of a workspace, and everything that validation finds."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from fairlead.plan.builder import build
from fairlead.plan.checks import findings
from fairlead.plan.plan import Plan
from fairlead.policy.chosen import rules_of
from fairlead.policy.policy import NO_RULES, Rules
from fairlead.project.unit import Watched
from fairlead.source.diagnostics import Diagnostic, in_order
from fairlead.workspace.load import Workspace


@dataclass(frozen=True)
class Plans:
    """Environment -> pipeline -> plan, environments in order of promotion; and what was found on the way."""

    by_environment: Mapping[str, Mapping[str, Plan]]
    diagnostics: tuple[Diagnostic, ...]
    rules: Rules = NO_RULES
    """The policies that the plans were held to, and that what is made of them is."""

    def of(self, environment: str) -> tuple[Plan, ...]:
        """The plans of an environment, by name."""
        return tuple(self.by_environment[environment].values())

    def all(self) -> tuple[Plan, ...]:
        """The plans of all environments."""
        return tuple(plan for plans in self.by_environment.values() for plan in plans.values())


def plans(workspace: Workspace, only: set[str] | None = None) -> Plans:
    """The plans of the pipelines in `only`, or of all; a pipeline whose references lead nowhere has none."""
    found = list(workspace.diagnostics)
    built: dict[str, dict[str, Plan]] = {}
    rules = NO_RULES
    if workspace.project is not None:
        rules, wrong = rules_of(workspace.project, workspace.project_root)
        found += wrong
    for environment, units in workspace.units.items():
        built[environment] = {}
        for name in sorted(units):
            if only is not None and name not in only:
                continue
            plan, diagnostics = build(units[name], Watched(units))
            found += diagnostics
            if plan is not None:
                built[environment][name] = plan
                found += findings(plan)
                found += rules.of_plan(plan)
    return Plans(built, tuple(in_order(found)), rules)
