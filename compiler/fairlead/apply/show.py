"""A plan for a terminal, in the words of a preview."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from fairlead.apply.plan import Plan, Step
from fairlead.plan.draw.details import counted
from fairlead.preview.model import Change
from fairlead.preview.text import Line
from fairlead.resources.resource import SHARED
from fairlead.source.render.sources import printable

SIGNS: Final = {Change.REMOVED: "-", Change.ADDED: "+", Change.CHANGED: "~", Change.SAME: "="}
LOOKS: Final = {Change.REMOVED: "bold red", Change.ADDED: "green", Change.CHANGED: "cyan", Change.SAME: ""}
DIFFERENCES: Final = 12
"""Differences of a resource that are shown."""


def lines(plan: Plan) -> Iterator[Line]:
    """The plan, line by line: what is destroyed first, then pipeline by pipeline."""
    for line in _page(plan):
        yield Line(printable(line.text), line.look)


def verdict(plan: Plan) -> str:
    """The plan in one line."""
    said = [
        f"{len(found)} {change}"
        for change in (Change.REMOVED, Change.CHANGED, Change.ADDED)
        if (found := plan.of(change))
    ]
    replaced = sum(step.replaced for step in plan.steps)
    said += [f"{replaced} of them made anew"] if replaced else []
    adopted = sum(step.adopted for step in plan.steps)
    said += [f"{adopted} taken over"] if adopted else []
    where = f"{plan.environment} (namespace {plan.namespace})"
    same = counted(len(plan.of(Change.SAME)), "resource")
    return f"{', '.join(said)}, {same} the same: {where}" if said else f"Changes nothing in {where}; {same} the same"


def _page(plan: Plan) -> Iterator[Line]:
    yield Line(verdict(plan), "bold")
    removed = plan.of(Change.REMOVED)
    if removed:
        yield Line()
        yield Line("destroyed", "bold red")
        for step in removed:
            yield Line(f"  - {step.ref.identity}{_of(step)}", LOOKS[Change.REMOVED])
    shown = [each for each in plan.steps if each.change in (Change.ADDED, Change.CHANGED) or each.adopted]
    for part in sorted({step.part for step in shown}):
        yield Line()
        yield Line("shared resources" if part == SHARED else part, "bold")
        for step in shown:
            if step.part == part:
                yield from _step(step)
    for reason in plan.left:
        yield Line()
        yield Line(f"note: not deleted, {reason}", "yellow")


def _step(step: Step) -> Iterator[Line]:
    taken = ", taken over" if step.adopted else ""
    if step.replaced:
        yield Line(f"  -/+ {step.ref.identity} deleted and made anew{taken}", LOOKS[Change.REMOVED])
    else:
        yield Line(f"  {SIGNS[step.change]} {step.ref.identity} {step.change}{taken}", LOOKS[step.change])
    for each in step.differences[:DIFFERENCES]:
        yield Line(f"      {each}", "bright_black")
    more = len(step.differences) - DIFFERENCES
    if more > 0:
        yield Line(f"      … {more} more", "bright_black")


def _of(step: Step) -> str:
    return "" if step.part == SHARED else f", of {step.part}"
