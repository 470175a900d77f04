"""Memory of steps beside what the last run used, as the lock knows it."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from fairlead.plan.hardware import Container, chosen_hardware, chosen_role, containers
from fairlead.plan.plan import Plan
from fairlead.project.usage import Used, last_used, memory_text
from fairlead.source.diagnostics import Code, Diagnostic, Related, Severity
from fairlead.source.places import Place
from fairlead.spec.hardware import Profile
from fairlead.spec.units import Name

TOO_LITTLE = Code(
    "FL3205",
    "less memory than the last run used",
    """
    The lock says what the steps of the run that trained the newest version used. A container that reaches its limit is
    killed, and a step that is killed for memory is killed again however often it is tried.

    ```yaml
    hardware:
      train: {cpu: 4, memory: 2Gi}      # FL3205: the last run used 2.6Gi
    ```

    Mended, with room for data that grows:

    ```yaml
    hardware:
      train: {cpu: 4, memory: 4Gi}
    ```

    What was measured of a whole container includes files that the system keeps in memory while there is room, so it may
    get by with somewhat less; of a single process (`measured: process`), the container needs more. Where a change makes
    the step need less, the next run says so, and this warning ends with the lock that holds it.
    """,
    Severity.WARNING,
)
TOO_MUCH = Code(
    "FL3206",
    "far more memory than the last run used",
    """
    Every step that runs on this hardware was measured in the last run, and none came near its memory. What a container
    asks for is reserved for it on a node, and paid for, whether it uses it or not.

    It is said where the profile has at least four times the most that any of its steps used, and at least 4Gi more.

    ```yaml
    hardware:
      train: {cpu: 4, memory: 64Gi}     # FL3206: the last run used 2.6Gi
    ```

    Mended:

    ```yaml
    hardware:
      train: {cpu: 4, memory: 4Gi}
    ```

    Leave it where more data is about to come, or where the profile is chosen for its cores or accelerators.
    """,
    Severity.NOTE,
)
TIMES: Final = 4
ROOM: Final = 4 << 30
"""From which multiple of what was used on, and from how many bytes more, memory is far too much."""


def check(plan: Plan) -> Iterator[Diagnostic]:
    """No step has less memory than it used, or far more."""
    if plan.unit.lock is None:
        return
    shared: dict[str | None, list[tuple[Container, Used | None]]] = {}
    for container in containers(plan):
        used = last_used(plan.unit.lock, container.step)
        shared.setdefault(chosen_role(plan.unit, *container.roles), []).append((container, used))
        if used is not None and container.profile.memory < used.usage.memory:
            place, related = _memory_place(plan, container)
            message = f"{container.what} may use {container.profile.memory} of memory, less than the {used.sentence}"
            help_ = f"give it more than {memory_text(used.usage.memory.bytes)}"
            yield Diagnostic(TOO_LITTLE, place, message, help_, related=related)
    for members in shared.values():
        yield from _far_more(plan, members)


def _far_more(plan: Plan, members: Sequence[tuple[Container, Used | None]]) -> Iterator[Diagnostic]:
    """A profile whose steps were all measured as whole containers, and need little of it."""
    known = [used for _, used in members if used is not None and used.usage.measured == "container"]
    container = members[0][0]
    if len(known) < len(members) or container.profile.gpu is not None:
        return
    most = max(known, key=lambda used: used.usage.memory.bytes)
    has, needed = container.profile.memory.bytes, most.usage.memory.bytes
    if has < TIMES * needed or has - needed < ROOM:
        return
    place, related = _memory_place(plan, container)
    names = ", ".join(each.what for each, _ in members[:3]) + (f" and {len(members) - 3} more" * (len(members) > 3))
    message = (
        f"{names} may use {container.profile.memory} of memory, and used no more than {most.memory} in the last run"
    )
    help_ = f"twice that would be {memory_text(2 * needed)}"
    yield Diagnostic(TOO_MUCH, place, f"{message} ({most.source})", help_, related=related)


def _memory_place(plan: Plan, container: Container) -> tuple[Place, tuple[Related, ...]]:
    """The limit itself: in the specification, or in fairlead.yaml beside where the profile is chosen."""
    place, related = chosen_hardware(plan, *container.roles)
    role = chosen_role(plan.unit, *container.roles)
    choice = plan.unit.pipeline.hardware[Name(role)] if role is not None else None
    if isinstance(choice, Profile) and plan.unit.has(("hardware", str(role), "memory")):
        return plan.unit.place("hardware", str(role), "memory"), ()
    if choice is not None and not isinstance(choice, Profile):
        described = plan.unit.project_place("hardware", str(choice), "memory")
        return place, (Related(described, f"the memory of the profile `{choice}`"),)
    return place, related
