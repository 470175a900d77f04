"""A YAML document as a tree in which every node knows its place.

These nodes are what the rest of the compiler reads. They hold values resolved by the YAML 1.2 core schema, so a plain
`4` is an integer and a quoted `"4"` is text, and they never change: merging two trees makes a third that shares
their nodes, and so every value in it still knows the file that it was written in.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping as MappingABC
from dataclasses import dataclass, field
from typing import TypeAlias

from fairlead.source.places import Place

Path: TypeAlias = tuple[str | int, ...]
"""Keys and indices from a root to a node."""

Plain: TypeAlias = "None | bool | int | float | str | list[Plain] | dict[str, Plain]"
"""A tree of built-in types, as `json.loads` would give it."""


@dataclass(frozen=True, slots=True)
class Scalar:
    """One value. `text` is what the file says, without quotes; `quoted` tells whether there were any."""

    value: None | bool | int | float | str
    text: str
    place: Place
    quoted: bool = False
    inline: bool = True
    """Whether `text` stands in the file character for character on one line, so that offsets into it are columns."""

    @property
    def text_place(self) -> Place:
        """The span of the text alone, without quotes."""
        return self.place.within(1, len(self.text)) if self.quoted and self.inline else self.place


@dataclass(frozen=True, slots=True)
class Sequence:
    """A list of nodes."""

    items: tuple[Node, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Entry:
    """A key of a mapping, where the key stands, and what it holds."""

    key: str
    key_place: Place
    value: Node


@dataclass(frozen=True, slots=True)
class Mapping:
    """Keys, in the order of the file, each once."""

    entries: MappingABC[str, Entry] = field(default_factory=dict)
    place: Place = field(default_factory=lambda: Place.start_of(""))

    def get(self, key: str) -> Node | None:
        """The node under `key`, or None where the mapping has no such key."""
        entry = self.entries.get(key)
        return entry.value if entry else None

    def __iter__(self) -> Iterator[Entry]:
        return iter(self.entries.values())


Node: TypeAlias = Scalar | Sequence | Mapping


def plain(node: Node) -> Plain:
    """`node` as built-in types."""
    if isinstance(node, Scalar):
        return node.value
    if isinstance(node, Sequence):
        return [plain(item) for item in node.items]
    return {entry.key: plain(entry.value) for entry in node}


def child(node: Node, step: str | int) -> Node | None:
    """The node one step below `node`, or None where there is none."""
    if isinstance(node, Mapping) and isinstance(step, str):
        return node.get(step)
    if isinstance(node, Sequence) and isinstance(step, int) and 0 <= step < len(node.items):
        return node.items[step]
    return None


def find(root: Node, path: Path) -> Node | None:
    """The node at `path`, or None."""
    node: Node | None = root
    for step in path:
        node = child(node, step) if node is not None else None
    return node


def nearest(root: Node, path: Path) -> Node:
    """The node at `path`, or the deepest that exists on the way to it: a default has no place but its section does."""
    node = root
    for step in path:
        below = child(node, step)
        if below is None:
            return node
        node = below
    return node


def place_of(root: Node, path: Path) -> Place:
    """The place of the value at `path`; for what is not written, the key of the deepest section that is."""
    node, above = root, None
    for step in path:
        below = child(node, step)
        if below is None:
            return key_place(above, node) if above is not None else node.place
        above, node = (node, step), below
    return node.place


def key_place(above: tuple[Node, str | int], node: Node) -> Place:
    """Where the key that holds `node` stands; in a list, where the item starts."""
    parent, step = above
    if isinstance(parent, Mapping) and isinstance(step, str):
        return parent.entries[step].key_place
    return node.place
