"""Null where nothing can be null: almost always a key whose value was forgotten."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.source.diagnostics import Code, Diagnostic
from fairlead.source.nodes import Mapping, Node, Scalar, Sequence
from fairlead.source.places import Place

NULL = Code(
    "FL1107",
    "a key without a value",
    """
    The key is there and its value is null, which YAML also reads where nothing stands behind the colon. Whether the
    section was
    meant with its defaults, or not at all, can't be told, so it is an error rather than a guess.

    ```yaml
    serving:              # FL1107
    monitoring: {}
    ```

    Write `{}` for a section with all its defaults, and remove the key for none. In the patch of an environment, null
    removes what the file has; where the file has nothing there, that is a mistake too.
    """,
)
MEANT = frozenset({"parameters", "over", "merge", "json", "environments", "endpoint", "defaults"})
"""Keys below which null is a value: of a parameter, of a patch, of an environment's patch, of an endpoint."""


def nulls(root: Node) -> Iterator[Diagnostic]:
    """A finding for every null outside of the places where it means something."""
    open_: list[tuple[str, Place, Node]] = [("", root.place, root)]
    while open_:
        name, place, node = open_.pop()
        if isinstance(node, Mapping):
            open_ += [(entry.key, entry.key_place, entry.value) for entry in node if entry.key not in MEANT]
        elif isinstance(node, Sequence):
            open_ += [(name, item.place, item) for item in node.items]
        elif isinstance(node, Scalar) and node.value is None:
            message = f"`{name}` has no value"
            yield Diagnostic(
                NULL, place, message, "write a value, `{}` for a section with its defaults, or remove the key"
            )
