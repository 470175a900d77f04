"""The canonical text of a project's files: which keys they have, and in which order, depends on what they describe."""

from __future__ import annotations

from collections.abc import Sequence

from fairlead.source.format import canonical
from fairlead.source.nodes import Path, Scalar, find
from fairlead.source.reader import Document
from fairlead.spec.order import keys_in_order


def formatted(document: Document) -> str:
    """The canonical text of a document that was read without errors. Raises `fairlead.source.format.Changed`."""
    kind = find(document.root, ("kind",)) if document.root is not None else None
    name = kind.value if isinstance(kind, Scalar) else None

    def order(path: Path) -> Sequence[str]:
        return _order(str(name), path)

    return canonical(document, order)


def _order(kind: str, path: Path) -> Sequence[str]:
    """The keys of a section of a file of a kind, in order; none for files of other kinds."""
    from fairlead.project.model import Project
    from fairlead.spec.pipeline import Pipeline

    if kind == "Project":
        # What all specifications share looks like one, and so does what differs in an environment.
        return keys_in_order(Pipeline, path[1:]) if path[:1] == ("defaults",) else keys_in_order(Project, path)
    if kind == "Pipeline":
        overlay = len(path) > 1 and path[0] == "environments"
        return keys_in_order(Pipeline, path[2:] if overlay else path)
    return ()
