"""Values on one line as they are written canonically: `{a: 1, b: [x, y]}`, and text in double quotes."""

from __future__ import annotations

from fairlead.source.format.outline import Inline, Scalar


def written(text: str, node: Inline) -> str:
    """How a value that stands on one line is written; as it stands where a rearrangement might mean something else."""
    if isinstance(node, Scalar):
        return _scalar(text, node)
    source = text[node.span.start : node.span.end]
    opening, closing = "{}" if node.mapping else "[]"
    # An anchor, a tag, a pair without braces, a key without a value: rare, and left alone.
    if not source.startswith(opening) or any(_is_empty(item) for item in node.items):
        return source
    if node.mapping and not all(_is_simple_key(text, key) for key in node.items[::2]):
        return source
    parts = [written(text, item) for item in node.items]
    if node.mapping:
        parts = [f"{key}: {value}" for key, value in zip(parts[::2], parts[1::2], strict=True)]
    return f"{opening}{', '.join(parts)}{closing}"


def _is_empty(item: Inline) -> bool:
    return item.span.start == item.span.end


def _is_simple_key(text: str, key: Inline) -> bool:
    return isinstance(key, Scalar) and text[key.span.start] not in "?&!*"


def _scalar(text: str, node: Scalar) -> str:
    """A scalar's source; single quotes become double ones where no character would need an escape."""
    source = text[node.span.start : node.span.end]
    inner = source[1:-1]
    if node.style == "'" and source.startswith("'") and not set(inner) & set("'\"\\\n") and inner.isprintable():
        return f'"{inner}"'
    return source
