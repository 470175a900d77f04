"""Steps by the names that people call them, and what is before and after them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from fairlead.local.step import Step
from fairlead.plan.companions import OPEN_RUN, REPORT


def named(steps: Mapping[str, Step], name: str) -> frozenset[str]:
    """The steps that a name means: a step's id, a node's with all its steps, or that of a step of the user's own."""
    around = {OPEN_RUN, REPORT}
    for ids in (name, f"prepare/{name}"):
        found = {step.id for step in steps.values() if step.node.id == ids and step.id not in around}
        if name in steps and name not in around and steps[name].node.id != name:
            found = {name}
        if found:
            return frozenset(found)
    return frozenset()


def before(steps: Mapping[str, Step], ids: Iterable[str]) -> frozenset[str]:
    """All steps that some depend on."""
    found: set[str] = set()
    open_ = list(ids)
    while open_:
        for need in steps[open_.pop()].needs:
            if need not in found:
                found.add(need)
                open_.append(need)
    return frozenset(found)


def after(steps: Mapping[str, Step], ids: Iterable[str]) -> frozenset[str]:
    """All steps that depend on some."""
    found = set(ids)
    for step in steps.values():  # each comes after what it needs
        if found.intersection(step.needs):
            found.add(step.id)
    return frozenset(found)
