"""Where a generated line comes from."""

from __future__ import annotations

from fairlead.output.header import header
from fairlead.output.yaml import dump
from fairlead.resources.resource import Origin, Resource
from fairlead.source.nodes import Mapping, Node, Path, Sequence
from fairlead.source.reader import read
from fairlead.workspace.compile import Compilation


def origin_of(compilation: Compilation, file: str, line: int) -> tuple[Origin, str] | None:
    """The origin of a line of a generated file, and what stands there; None for what is not generated.

    The compilation keeps what targets gave.
    """
    for made in compilation.made():
        assembled = made.assembled
        desired = next((item for item in assembled.files if str(item.path) == file), None)
        if desired is None:
            continue
        if line < 1 or line > desired.content.count(b"\n") + 1:
            return None
        if desired.resource is None:
            return desired.origin, "a file"
        for compiled in made.compiled.values():
            for resource in compiled.resources:
                if resource.identity == desired.resource.identity:
                    return _in_resource(resource, header(assembled.source, assembled.owner), line)
    return None


def _in_resource(resource: Resource, lines: tuple[str, ...], line: int) -> tuple[Origin, str]:
    """The most particular origin of a line, and its path in the manifest."""
    document = read("generated", dump(resource.manifest, lines).encode())
    path = _path_at(document.root, line) if document.root is not None else ()
    return resource.origin_at(path), _dotted(resource, path)


def _path_at(node: Node, line: int) -> Path:
    """The path of the deepest node that starts at or before a line and is the last to do so."""
    if isinstance(node, Mapping):
        entries = [entry for entry in node if entry.key_place.line <= line]
        return (entries[-1].key, *_path_at(entries[-1].value, line)) if entries else ()
    if isinstance(node, Sequence):
        items = [position for position, item in enumerate(node.items) if item.place.line <= line]
        return (items[-1], *_path_at(node.items[items[-1]], line)) if items else ()
    return ()


def _dotted(resource: Resource, path: Path) -> str:
    steps = "".join(f"[{step}]" if isinstance(step, int) else f".{step}" for step in path)
    return f"{resource.identity.kind} {resource.identity.name} {steps}".rstrip()
