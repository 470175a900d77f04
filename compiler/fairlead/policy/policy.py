"""What a policy is, and all of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from fairlead.plan.plan import Plan
from fairlead.policy import public_gateway, single_zone, ungated_promotion, waivers, weaker_patches
from fairlead.source.diagnostics import Diagnostic


@dataclass(frozen=True, slots=True)
class Policy:
    """A rule for plans that a waiver can except a pipeline from."""

    name: str
    """What a waiver's `check` calls it: the section that it is about, a dot, and what is wrong."""
    check: Callable[[Plan], Iterator[Diagnostic]]


POLICIES: tuple[Policy, ...] = tuple(
    Policy(module.NAME, module.check) for module in (single_zone, public_gateway, ungated_promotion)
)


def findings(plan: Plan) -> Iterator[Diagnostic]:
    """What the policies find in a plan and no waiver accepts, and what is wrong with the waivers."""
    names = [*(policy.name for policy in POLICIES), weaker_patches.NAME]
    yield from waivers.unknown(plan.unit, names)
    accepted = waivers.accepted(plan.unit)
    for policy in POLICIES:
        if policy.name not in accepted:
            yield from policy.check(plan)
