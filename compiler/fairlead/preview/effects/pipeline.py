"""Everything that a change does to one pipeline in one environment, by its plans."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import replace

from fairlead.plan.plan import Plan
from fairlead.preview.effects import adjustments, life, serving, training, watching
from fairlead.preview.effects.pair import Both
from fairlead.preview.model import Effect

RULES = (life.effects, training.effects, serving.effects, watching.effects, adjustments.effects)
_ABOUT = re.compile(r"(?P<what>[^:]{1,200}): (?P<rest>.+)")
GROUPED = frozenset({"hardware", "image", "step", "price", "secrets"})
"""Kinds of effects that many nodes have alike, because they share a profile or an image."""
NAMED = 3
"""Nodes that a sentence names; of more, the number is said."""


def effects(before: Plan | None, after: Plan | None, *, elsewhere: bool = False) -> tuple[Effect, ...]:
    """The effects on a pipeline, worst first; where one side is None, it is born or gone.

    `elsewhere` says that the side without it has it in another environment.
    """
    if after is None:
        return tuple(life.gone(before, elsewhere=elsewhere)) if before is not None else ()
    if before is None:
        return in_order(life.born(after, elsewhere=elsewhere))
    pair = Both(before, after)
    found = [effect for rule in RULES for effect in rule(pair)]
    return in_order(grouped(found))


def in_order(effects: Iterable[Effect]) -> tuple[Effect, ...]:
    """Worst first, and otherwise as they come; each once."""
    return tuple(sorted(dict.fromkeys(effects), key=lambda effect: effect.severity.rank))


def grouped(effects: list[Effect]) -> list[Effect]:
    """Effects that say one thing of several nodes, as one effect."""
    groups: dict[tuple[object, ...], list[tuple[str, Effect]]] = {}
    for effect in effects:
        parts = _ABOUT.fullmatch(effect.message) if effect.kind in GROUPED else None
        key: tuple[object, ...] = (effect,)
        if parts is not None:
            key = (effect.severity, effect.kind, parts["rest"], effect.place if effect.kind != "image" else None)
        groups.setdefault(key, []).append((parts["what"] if parts else "", effect))
    return [_one(members) for members in groups.values()]


def _one(members: list[tuple[str, Effect]]) -> Effect:
    first = members[0][1]
    if len(members) == 1:
        return first
    names = list(dict.fromkeys(what for what, _ in members))
    rest = first.message.partition(": ")[2]
    shown = ", ".join(names[:NAMED]) + (f" and {len(names) - NAMED} more" if len(names) > NAMED else "")
    return replace(first, message=f"{shown}: {rest}", why=(*first.why, *([", ".join(names)] * (len(names) > NAMED))))
