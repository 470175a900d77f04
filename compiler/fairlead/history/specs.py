"""What the step from one specification to the next means for who answers, what is asked of a model, and how it ends."""

from __future__ import annotations

from collections.abc import Iterator

from fairlead.history.files import Moment, Objects
from fairlead.history.model import Happening, Kind
from fairlead.source.nodes import Scalar, Sequence, find


def gates_of(objects: Objects, name: str | None) -> tuple[str, ...] | None:
    """The gate that a specification has; None where it can't be read."""
    root = objects.root(name)
    if root is None:
        return None
    node = find(root, ("model", "evaluate", "gates"))
    items = node.items if isinstance(node, Sequence) else ()
    return tuple(str(item.value) for item in items if isinstance(item, Scalar))


def changes(objects: Objects, moment: Moment) -> Iterator[Happening]:
    """What a commit did to the specification."""
    spec = moment.spec
    if spec is None:
        return
    if spec.after is None:
        yield Happening(Kind.REMOVED, f"the specification {moment.path} was removed")
        return
    if spec.before is None:
        name, owner = (objects.text(spec.after, "metadata", key) for key in ("name", "owner"))
        yield Happening(Kind.CREATED, f"the specification {moment.path} is new: {name or '?'} of {owner or '?'}")
    elif moment.older != moment.path:
        yield Happening(Kind.MOVED, f"the specification moved: {moment.older} -> {moment.path}")
    if spec.after in objects.lost or objects.root(spec.after) is None:
        reason = objects.lost.get(spec.after, "it is no mapping")
        yield Happening(Kind.UNREADABLE, f"the specification can't be read in this commit: {reason}")
        return
    if spec.before is not None and objects.root(spec.before) is not None:
        yield from _differences(objects, spec.before, spec.after)


def _differences(objects: Objects, before: str, after: str) -> Iterator[Happening]:
    was, now = (objects.text(each, "metadata", "name") for each in (before, after))
    if was != now:
        yield Happening(Kind.RENAMED, f"renamed: {was} -> {now}")
    was, now = (objects.text(each, "metadata", "owner") for each in (before, after))
    if was != now:
        yield Happening(Kind.OWNER, f"another owner: {was} -> {now}")
    retired = [objects.text(each, "metadata", "retired") == "True" for each in (before, after)]
    if retired == [False, True]:
        yield Happening(Kind.RETIRED, "retired: training and alerts end, what serves goes on until it is removed")
    elif retired == [True, False]:
        yield Happening(Kind.REVIVED, "no longer retired")
    gates = [gates_of(objects, each) for each in (before, after)]
    if gates[0] != gates[1]:
        yield Happening(Kind.GATES, f"another gate: {'; '.join(gates[0] or ()) or 'none'} -> "
                        f"{'; '.join(gates[1] or ()) or 'none'}")  # fmt: skip
