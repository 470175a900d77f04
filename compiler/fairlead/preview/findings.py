"""Findings that are new, gone or waived."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace

from fairlead.policy.waivers import accepted
from fairlead.preview.model import Finding, FindingChange, Standing
from fairlead.preview.states import State
from fairlead.project.unit import Unit
from fairlead.source.diagnostics import Diagnostic, in_order
from fairlead.spec.secrets import one_line

Key = tuple[str, str, str]


def finding_changes(before: State, after: State) -> tuple[FindingChange, ...]:
    """What validation and the policies say now and did not before, or the other way round, and what is waived now."""
    was = {_key(found): found for found in in_order(list(before.diagnostics))}
    now = {_key(found): found for found in in_order(list(after.diagnostics))}
    policies = _policies(before) | _policies(after)
    new = [_change(Standing.NEW, each, policies) for key, each in now.items() if key not in was]
    gone = [each for key, each in was.items() if key not in now]
    # What is new and waived at once was never among the findings, so the plans are asked again.
    silent = {_key(found): found for found in _silenced(after) if _key(found) not in {_key(each) for each in gone}}
    earlier = {_key(found) for found in _silenced(before)}
    asked = [*gone, *(found for key, found in silent.items() if key not in earlier)]
    waived: list[FindingChange] = []
    rest: list[FindingChange] = []
    for found in asked:
        change = _waived(found, after, policies)
        if change is not None:
            waived.append(change)
        else:
            rest.append(_change(Standing.GONE, found, policies))
    return (*new, *dict.fromkeys(waived), *rest)


def as_finding(found: Diagnostic) -> Finding:
    """A diagnostic, to be said beside a preview."""
    return Finding(found.code.id, found.level.value, one_line(found.message), one_line(found.help), found.place)


def _key(found: Diagnostic) -> Key:
    """What makes a finding one and the same; lines move."""
    return found.code.id, found.place.file, found.message


def _units(state: State) -> Iterator[Unit]:
    return (plan.unit for plans in state.plans.values() for plan in plans.values())


def _policies(state: State) -> dict[str, str]:
    """The policy that a code belongs to: that which finds it in a plan, or names itself in what it says to do."""
    found = {
        each.code.id: rule.policy.name
        for rule in state.rules.rules
        for plans in state.plans.values()
        for plan in plans.values()
        for each in rule.policy.check(plan)
    }
    for each in state.diagnostics:
        named = next((name for name in state.rules.names if f"`{name}`" in each.help), None)
        if named is not None:
            found.setdefault(each.code.id, named)
    return found


def _silenced(state: State) -> Iterator[Diagnostic]:
    """What policies find in plans whose waivers accept it."""
    for plans in state.plans.values():
        for plan in plans.values():
            names = accepted(plan.unit)
            for rule in state.rules.rules if names else ():
                if rule.policy.name in names:
                    yield from rule.policy.check(plan)


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


def _waived(found: Diagnostic, state: State, policies: dict[str, str]) -> FindingChange | None:
    """A finding that a waiver of head accepts; None where none does, so that it is mended."""
    name = policies.get(found.code.id)
    waivers = (
        waiver
        for unit in _units(state)
        if unit.file == found.place.file
        for waiver in unit.pipeline.waivers
        if waiver.check == name
    )
    waiver = next(waivers, None)
    if waiver is None:
        return None
    change = _change(Standing.WAIVED, found, policies)
    return replace(change, reason=one_line(waiver.reason), until=str(waiver.until))
