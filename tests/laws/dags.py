"""How a DAG of Argo Workflows can end: every outcome of every task, and which tasks start after it.

`depends` is evaluated as Argo does (workflow/controller/dag.go and util/depends): a task starts when its condition
holds, and is Omitted where it does not; a task's bare name means that it succeeded or was skipped.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, Literal

Phase = Literal["Succeeded", "Failed", "Errored", "Skipped", "Omitted"]
OUTCOMES: tuple[Phase, ...] = ("Succeeded", "Failed", "Errored", "Skipped")
"""How a task that has started may end. Any task may: a law that needs one not to be skipped has to say so."""
_OMITTED: Phase = "Omitted"
_TOKEN = re.compile(r"\s*(&&|\|\||!|\(|\)|[A-Za-z0-9_-]+(?:\.[A-Za-z]+)?)")


@dataclass(frozen=True)
class Ending:
    """One way in which a DAG ended."""

    phases: Mapping[str, Phase]

    def started(self, task: str) -> bool:
        """Whether a task ran, or would have but for its own `when`."""
        return self.phases[task] != "Omitted"


def endings(tasks: list[dict[str, Any]]) -> Iterator[Ending]:
    """Every ending of a DAG with these tasks."""
    yield from _go_on(_ordered(tasks), {})


def holds(condition: str | None, phases: Mapping[str, Phase]) -> bool:
    """Whether a `depends` holds when tasks have ended so."""
    if condition is None:
        return True
    reader = _Reader(_TOKEN.findall(condition), phases)
    result = reader.either()
    assert not reader.tokens, f"{condition} goes on after its end"
    assert result is not None, f"{condition} names a task that has not ended"
    return result


def certain(tasks: list[dict[str, Any]], start: str) -> dict[str, set[Phase]]:
    """How each of the tasks that `start` rests on can have ended when it started.

    Of every condition on the way, one task at a time is looked at and nothing is assumed of the others, so more may be
    allowed here than can happen, and never less.
    """
    conditions = {task["name"]: task.get("depends") for task in tasks}
    found: dict[str, set[Phase]] = {}
    open_, seen = [start], {start}
    while open_:
        condition = conditions[open_.pop()]
        for name in named(condition):
            phases = {phase for phase in (*OUTCOMES, _OMITTED) if may_hold(condition, {name: phase})}
            before = found.get(name, {*OUTCOMES, _OMITTED})
            found[name] = before & phases
            if _OMITTED not in phases and name not in seen:
                open_.append(name)
                seen.add(name)
    return found


def may_hold(condition: str | None, phases: Mapping[str, Phase]) -> bool:
    """Whether a `depends` can hold when these tasks have ended so, and of the others nothing is known."""
    if condition is None:
        return True
    reader = _Reader(_TOKEN.findall(condition), phases)
    result = reader.either()
    assert not reader.tokens, f"{condition} goes on after its end"
    return result is not False


def named(condition: str | None) -> set[str]:
    """The tasks that a `depends` names."""
    return {token.partition(".")[0] for token in _TOKEN.findall(condition or "") if token[0] not in "&|!()"}


def _ordered(tasks: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Tasks after those that they wait for."""
    left, ordered = list(tasks), list[dict[str, Any]]()
    while left:
        done = {task["name"] for task in ordered}
        ready = [task for task in left if named(task.get("depends")) <= done]
        assert ready, f"{[task['name'] for task in left]} wait for each other, or for a task that there is not"
        ordered += ready
        left = [task for task in left if task not in ready]
    return ordered


def _go_on(tasks: list[dict[str, Any]], phases: dict[str, Phase]) -> Iterator[Ending]:
    if len(phases) == len(tasks):
        yield Ending(dict(phases))
        return
    task = tasks[len(phases)]
    for phase in OUTCOMES if holds(task.get("depends"), phases) else ("Omitted",):
        yield from _go_on(tasks, {**phases, task["name"]: phase})


@dataclass
class _Reader:
    """Reads a condition in the logic of three values: None is what can't be told from the phases that are known."""

    tokens: list[str]
    phases: Mapping[str, Phase]

    def either(self) -> bool | None:
        result = self.both()
        while self.tokens and self.tokens[0] == "||":
            self.tokens.pop(0)
            other = self.both()
            result = True if result or other else None if None in (result, other) else False
        return result

    def both(self) -> bool | None:
        result = self.one()
        while self.tokens and self.tokens[0] == "&&":
            self.tokens.pop(0)
            other = self.one()
            result = False if False in (result, other) else None if None in (result, other) else True
        return result

    def one(self) -> bool | None:
        token = self.tokens.pop(0)
        if token == "!":
            result = self.one()
            return None if result is None else not result
        if token == "(":
            result = self.either()
            assert self.tokens.pop(0) == ")"
            return result
        task, _, phase = token.partition(".")
        wanted = {phase} if phase else {"Succeeded", "Skipped"}
        assert wanted <= {*OUTCOMES, _OMITTED}, token
        return self.phases[task] in wanted if task in self.phases else None
