"""Where a finding points: at a key, at one name of a list, or at a few characters of an expression."""

from __future__ import annotations

from fairlead.project.unit import Unit
from fairlead.source.nodes import Mapping, Path, Scalar, Sequence, find
from fairlead.source.places import Place
from fairlead.spec.expressions import Span


def span_place(unit: Unit, path: Path, span: Span) -> Place:
    """The part `span` of the expression at `path`; all of it where it does not stand in the file as it is."""
    node = find(unit.root, path)
    if isinstance(node, Scalar) and node.inline and span.length:
        return node.text_place.within(span.offset, span.length)
    return unit.place(*path)


def key_place(unit: Unit, *path: str | int) -> Place:
    """The key at the end of `path`, for what concerns a section as a whole; `unit.place` where there is no such key."""
    above = find(unit.root, path[:-1])
    last = path[-1] if path else None
    if isinstance(above, Mapping) and isinstance(last, str) and last in above.entries:
        return above.entries[last].key_place
    return unit.place(*path)


def name_place(unit: Unit, path: Path, name: str) -> Place:
    """Where `name` stands in the list or among the keys at `path`, or is what stands there."""
    section = find(unit.root, path)
    if isinstance(section, Scalar):
        return section.place
    if isinstance(section, Sequence):
        for item in section.items:
            if isinstance(item, Scalar) and item.value == name:
                return item.place
    return key_place(unit, *path, name)


def is_own(unit: Unit, *path: str | int) -> bool:
    """Whether the specification itself says something at `path`, rather than the project's defaults or nobody."""
    node = find(unit.root, path)
    return node is not None and node.place.file != unit.project_root.place.file
