"""Merge patches (RFC 7396) over trees of nodes, so that every value of the result still knows its own file and line."""

from __future__ import annotations

from fairlead.source.nodes import Entry, Mapping, Node, Scalar


def merged(base: Mapping, patch: Mapping) -> Mapping:
    """`base` with `patch` over it: mappings merge, null removes, and everything else, lists too, replaces.

    A value that the patch gives stands in the patch, so that an error in what the patch did is reported there; a
    section
    that both have stands in the base. A null that has nothing to remove stays, and is refused where the result is
    validated: it is a mistake, and would otherwise vanish.
    """
    entries = dict(base.entries)
    for entry in patch:
        below = entries.get(entry.key)
        if below is None:
            entries[entry.key] = entry
        elif _is_null(entry.value):
            del entries[entry.key]
        elif isinstance(entry.value, Mapping) and isinstance(below.value, Mapping):
            entries[entry.key] = Entry(entry.key, below.key_place, merged(below.value, entry.value))
        else:
            entries[entry.key] = entry
    return Mapping(entries, base.place)


def under(defaults: Mapping, spec: Mapping) -> Mapping:
    """`spec` over the project's `defaults`, with the specification's own keys first."""
    whole = merged(defaults, spec)
    ordered = {key: whole.entries[key] for key in spec.entries if key in whole.entries}
    ordered.update((key, entry) for key, entry in whole.entries.items() if key not in ordered)
    return Mapping(ordered, spec.place)


def without(mapping: Mapping, key: str) -> Mapping:
    """`mapping` less one key."""
    return Mapping({name: entry for name, entry in mapping.entries.items() if name != key}, mapping.place)


def _is_null(node: Node) -> bool:
    return isinstance(node, Scalar) and node.value is None
