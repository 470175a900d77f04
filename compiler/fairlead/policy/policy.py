"""The policies of a project, and what they find."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from fairlead.plan.plan import Plan
from fairlead.policy import open_output, waivers, weak_output
from fairlead.policy.base import Output, Policy
from fairlead.policy.missing_runbook import MissingRunbook
from fairlead.policy.no_way_back import NoWayBack
from fairlead.policy.public_gateway import PublicGateway
from fairlead.policy.single_zone import SingleZone
from fairlead.policy.ungated_promotion import UngatedPromotion
from fairlead.policy.unmeasured_serving import UnmeasuredServing
from fairlead.policy.weaker_patches import WeakerPatches
from fairlead.project.unit import Unit
from fairlead.resources.resource import Resource
from fairlead.source.diagnostics import Diagnostic, Severity

BUILT_IN: Final[tuple[Policy, ...]] = tuple(
    policy()
    for policy in (
        SingleZone,
        PublicGateway,
        UngatedPromotion,
        UnmeasuredServing,
        MissingRunbook,
        NoWayBack,
        WeakerPatches,
        *weak_output.ALL,
        *open_output.ALL,
    )
)
"""Those that come with Fairlead, and apply to every project unless it says otherwise."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A policy as a project wants it."""

    policy: Policy
    level: Severity | None = None
    """How bad what it finds is; as it says itself where None."""


@dataclass(frozen=True, slots=True)
class Rules:
    """The policies that apply to a project."""

    rules: tuple[Rule, ...]
    ignored: frozenset[str] = frozenset()
    """The names of those that fairlead.yaml does not want."""

    @property
    def names(self) -> list[str]:
        """What a waiver may name."""
        return sorted({rule.policy.name for rule in self.rules} | self.ignored)

    def of_plan(self, plan: Plan) -> Iterator[Diagnostic]:
        """What is found in a plan and no waiver accepts, and what is wrong with the waivers."""
        yield from waivers.unknown(plan.unit, self.names)
        yield from self._found(plan.unit, lambda policy: policy.check(plan))

    def of_output(self, unit: Unit | None, output: Output) -> Iterator[Diagnostic]:
        """What is found in what a target makes: of a pipeline, or of what pipelines share, which has no waivers."""
        yield from self._found(unit, lambda policy: policy.check_output(output))

    def of_patches(self, unit: Unit, before: Sequence[Resource], after: Sequence[Resource]) -> Iterator[Diagnostic]:
        """What is found in what a pipeline's patches make of its resources."""
        yield from self._found(unit, lambda policy: policy.check_patches(unit, before, after))

    def _found(self, unit: Unit | None, asked: Callable[[Policy], Iterable[Diagnostic]]) -> Iterator[Diagnostic]:
        accepted = waivers.accepted(unit) if unit is not None else frozenset()
        for rule in self.rules:
            if rule.policy.name not in accepted:
                for found in asked(rule.policy):
                    yield found if rule.level is None else replace(found, severity=rule.level)


NO_RULES: Final = Rules(())
"""Where there is no project."""
