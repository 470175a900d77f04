"""Findings that are new, gone or waived."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.plan.plan import Plan
from fairlead.policy import weaker_patches
from fairlead.policy.policy import POLICIES
from fairlead.policy.waivers import accepted
from fairlead.preview.effects.pair import one_line
from fairlead.preview.model import Finding, FindingChange, Standing
from fairlead.preview.states import State
from fairlead.source.diagnostics import Diagnostic, in_order

Key = tuple[str, str, str]


def finding_changes(before: State, after: State) -> tuple[FindingChange, ...]:
    """What validation and the policies say now and did not before, or the other way round, and what is waived now."""
    was = {_key(found): found for found in in_order(list(before.diagnostics))}
    now = {_key(found): found for found in in_order(list(after.diagnostics))}
    policies = _policies()
    found = [_change(Standing.NEW, each, policies) for key, each in now.items() if key not in was]
    earlier = {(plan, name) for plan, name, _ in _waived(before)}
    waived = [_waiver(name, each) for plan, name, each in _waived(after) if (plan, name) not in earlier]
    accepted_now = {(change.code, change.place.file) for change in waived}
    gone = [each for key, each in was.items() if key not in now and (each.code.id, each.place.file) not in accepted_now]
    return (*found, *dict.fromkeys(waived), *(_change(Standing.GONE, each, policies) for each in gone))


def as_finding(found: Diagnostic) -> Finding:
    """A diagnostic, to be said beside a preview."""
    return Finding(found.code.id, found.level.value, one_line(found.message), one_line(found.help), found.place)


def _key(found: Diagnostic) -> Key:
    """What makes a finding one and the same; lines move."""
    return found.code.id, found.place.file, found.message


def _policies() -> dict[str, str]:
    """The name of the policy that each code belongs to."""
    from fairlead.policy import public_gateway, single_zone, ungated_promotion
    from fairlead.source.diagnostics import Code

    return {
        value.id: str(module.NAME)
        for module in (public_gateway, single_zone, ungated_promotion, weaker_patches)
        for value in vars(module).values()
        if isinstance(value, Code)
    }


def _change(standing: Standing, found: Diagnostic, policies: dict[str, str]) -> FindingChange:
    return FindingChange(
        standing,
        found.code.id,
        found.code.title,
        found.level.value,
        policies.get(found.code.id),
        one_line(found.message),
        one_line(found.help),
        found.place,
    )


def _waived(state: State) -> Iterator[tuple[str, str, tuple[Plan, Diagnostic]]]:
    """What a policy finds and a waiver accepts: the pipeline, the policy, and what it is."""
    for plans in state.plans.values():
        for plan in plans.values():
            names = accepted(plan.unit)
            for policy in POLICIES:
                if policy.name in names:
                    for found in policy.check(plan):
                        yield plan.name, policy.name, (plan, found)


def _waiver(name: str, about: tuple[Plan, Diagnostic]) -> FindingChange:
    plan, found = about
    waiver = next(each for each in plan.unit.pipeline.waivers if each.check == name)
    return FindingChange(
        Standing.WAIVED,
        found.code.id,
        found.code.title,
        found.level.value,
        name,
        one_line(found.message),
        one_line(found.help),
        found.place,
        one_line(waiver.reason),
        str(waiver.until),
    )
