"""Which hardware a step runs on: the roles that it asks for, and where the specification answers them."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final, NamedTuple

from fairlead.plan.nodes import Combine, Decide, Drift, Evaluate, Node, Prepare, Quality, Score, Serve, Train, Tune
from fairlead.plan.plan import Plan
from fairlead.plan.pointing import key_place
from fairlead.project.unit import Unit
from fairlead.source.diagnostics import Related
from fairlead.source.nodes import Path
from fairlead.source.places import Place
from fairlead.spec.hardware import Profile
from fairlead.spec.units import Name

_ROLES: Final[dict[type[Node], tuple[str, ...]]] = {
    Tune: ("tune", "train"),
    Train: ("train",),
    Evaluate: ("evaluate",),
    Decide: ("evaluate",),
    Drift: ("monitoring",),
    Quality: ("monitoring",),
    Score: ("batch", "serving"),
    Serve: ("serving",),
    Combine: ("serving",),
}
TRIAL_SCORE, CHOICE = "tune/score", "tune/choose"
"""The ids of the step that scores a trial and of the one that chooses: parts of the node `tune`."""


class Container(NamedTuple):
    """What runs as a container of its own in a training."""

    step: str
    """The value of FAIRLEAD_STEP."""
    what: str
    """Its name in a sentence."""
    profile: Profile
    roles: tuple[str, ...]


def roles_of(node: Node) -> tuple[str, ...]:
    """The roles that a node asks for, the first that is there first; `default` comes after them."""
    return (node.step,) if isinstance(node, Prepare) else _ROLES.get(type(node), ())


def chosen_role(unit: Unit, *roles: str) -> str | None:
    """The role that decides, of these and `default`; None where the specification says nothing of them."""
    return next((role for role in (*roles, "default") if Name(role) in unit.pipeline.hardware), None)


def chosen_path(unit: Unit, node: Node) -> Path:
    """Where the hardware of a node is chosen: its role's key, the default's, or the node's own section."""
    role = chosen_role(unit, *roles_of(node))
    return ("hardware", role) if role is not None else node.path


def chosen_hardware(plan: Plan, *roles: str) -> tuple[Place, tuple[Related, ...]]:
    """Where the profile of the first role that has one is chosen, and where fairlead.yaml describes it."""
    unit = plan.unit
    role = chosen_role(unit, *roles)
    if role is None:
        return key_place(unit, roles[0]) if roles and unit.has((roles[0],)) else unit.place("metadata", "name"), ()
    choice = unit.pipeline.hardware[Name(role)]
    if isinstance(choice, Profile):
        return key_place(unit, "hardware", role), ()
    described = Related(unit.project_place("hardware", str(choice)), f"the profile `{choice}`")
    return unit.place("hardware", role), (described,)


def containers(plan: Plan) -> Iterator[Container]:
    """What a training runs, node by node."""
    for node in plan.nodes.values():
        if node.run is None:
            continue
        yield Container(node.id, node.id, node.run.hardware, roles_of(node))
        if isinstance(node, Tune):
            yield Container(TRIAL_SCORE, "a trial's score", node.score.hardware, ("evaluate",))
            yield Container(CHOICE, "the choice among trials", node.choose.hardware, ())
