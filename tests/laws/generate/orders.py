"""The same project, written in another order of its keys."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from tests.laws.generate.estates import Estate

KEPT = frozenset({"over", "environments", "parameters"})
"""Mappings whose order says something: a grid's last parameter changes fastest, environments are promoted along, and a
step finds its parameters in the order in which they were written."""


def reordered(estate: Estate) -> Estate:
    """Every mapping from its end to its start, but for those whose order says something."""
    trees = (estate.specs, estate.locks)
    specs, locks = ({path: _reordered(tree) for path, tree in found.items()} for found in trees)
    return replace(estate, project=_reordered(estate.project), specs=specs, locks=locks)


def _reordered(value: Any, key: str = "") -> Any:
    if isinstance(value, dict):
        items = value.items() if key in KEPT else reversed(value.items())
        return {name: _reordered(item, name) for name, item in items}
    return [_reordered(item) for item in value] if isinstance(value, list) else value
