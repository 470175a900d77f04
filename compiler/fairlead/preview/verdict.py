"""The verdict: one line that says how careful a reviewer has to be."""

from __future__ import annotations

from collections.abc import Sequence

from fairlead.plan.draw.details import counted
from fairlead.preview.model import Change, Part, Severity, Side

NAMED = 3
"""Pipelines that the line names."""


def verdict(base: Side, head: Side, parts: Sequence[Part]) -> str:
    """One line without a full stop."""
    if head.failed:
        errors = sum(found.severity == "error" for found in head.failed)
        return f"Does not compile: {counted(errors, 'error')}"
    effects = [effect for part in parts for effect in part.effects]
    if base.failed:
        return "Compiles, and base does not: only what can be read of base is compared"
    if not any(part.means_something for part in parts):
        rewritten = sum(len(part.resources) for part in parts)
        if rewritten:
            return f"Changes nothing in what runs; {counted(rewritten, 'file')} written differently"
        return "Changes nothing that is compiled"
    count = {severity: sum(effect.severity is severity for effect in effects) for severity in Severity}
    said = []
    if count[Severity.DESTROYS]:
        said.append(f"{count[Severity.DESTROYS]} destroyed or replaced")
    if count[Severity.RISK]:
        said.append(f"{count[Severity.RISK]} at risk")
    if count[Severity.BEHAVIOUR]:
        said.append(f"{counted(count[Severity.BEHAVIOUR], 'change')} of behaviour")
    if not said:
        said.append(counted(count[Severity.NOTICE], "notice"))
    return f"{', '.join(said)}: {_where(parts)}"


def _where(parts: Sequence[Part]) -> str:
    places: dict[str, list[Part]] = {}
    for part in parts:
        if part.means_something:
            name = part.pipeline or ("shared resources" if part.environment else "the project")
            places.setdefault(name, []).append(part)
    shown = [_place(name, found) for name, found in list(places.items())[:NAMED]]
    more = len(places) - NAMED
    return ", ".join(shown) + (f" and {more} more" if more > 0 else "")


def _place(name: str, parts: Sequence[Part]) -> str:
    """`churn (new in canary, gone from production)`."""
    words = {Change.ADDED: "new in ", Change.REMOVED: "gone from "}
    where: dict[str, list[str]] = {}
    for part in parts:
        if part.environment is not None:
            where.setdefault(words.get(part.change, ""), []).append(part.environment)
    inside = ", ".join(f"{word}{', '.join(environments)}" for word, environments in where.items())
    return f"{name} ({inside})" if inside else name
