"""What applying would do: plain data, made without changing anything, and readable to people and programs."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import Any, Final

from fairlead.output.desired import ResourceRef
from fairlead.preview.model import Change
from fairlead.preview.schemas import Schemas

VERSION: Final = 1
"""The version of the JSON."""
REFERENCE: Final = {
    "type": "object",
    "description": "A Kubernetes resource; its namespace is empty where its kind has none.",
    "properties": {name: {"type": "string"} for name in ("apiVersion", "kind", "namespace", "name")},
    "required": ["apiVersion", "kind", "namespace", "name"],
    "additionalProperties": False,
}


@dataclass(frozen=True, slots=True)
class Step:
    """What happens to one resource."""

    change: Change
    """`added`, `changed`, `removed` or `same`, as a preview has it."""
    ref: ResourceRef
    part: str
    """The pipeline that it belongs to, or SHARED."""
    differences: tuple[str, ...] = ()
    """What changes, in words; nothing of a Secret but where."""
    adopted: bool = False
    """Whether it was there before and becomes this environment's own."""
    uid: str = ""
    """Of the object that is there; empty where there is none."""
    state: str = ""
    """The state in which the object is: its generation, or its resourceVersion where its kind has none."""
    replaced: bool = False
    """Whether it has to be deleted and made anew, because a field of it can't be changed."""


@dataclass(frozen=True, slots=True)
class Plan:
    """What applying one environment does to one cluster. `digest` is that of the output, in hexadecimal."""

    project: str
    environment: str
    namespace: str
    cluster: str
    """The uid of the namespace, which no other cluster has; empty where it may not be read."""
    digest: str
    steps: tuple[Step, ...]
    left: tuple[str, ...] = ()
    """What an inventory lists and is nevertheless not deleted, each with the reason."""

    def of(self, change: Change) -> list[Step]:
        """The steps that do one thing."""
        return [step for step in self.steps if step.change is change]

    @property
    def destroys(self) -> bool:
        """Whether something is deleted, be it to be made anew."""
        return any(step.change is Change.REMOVED or step.replaced for step in self.steps)

    @property
    def is_empty(self) -> bool:
        """Whether nothing in the cluster becomes anything else."""
        return all(step.change is Change.SAME and not step.adopted for step in self.steps)


def encode(plan: Plan) -> str:
    """The plan as JSON."""
    raw = asdict(plan)
    for step, item in zip(plan.steps, raw["steps"], strict=True):
        item["ref"] = dict(zip(("apiVersion", "kind", "namespace", "name"), step.ref, strict=True))
    return json.dumps({"version": VERSION, **raw}, indent=2) + "\n"


def decode(text: str) -> Plan:
    """The plan in `encode`'s JSON. Raises ValueError with what is wrong."""
    try:
        raw = json.loads(text)
        if not isinstance(raw, dict) or raw.pop("version", None) != VERSION:
            raise ValueError(f"it is no plan of version {VERSION}")
        steps = tuple(_step(item) for item in raw.pop("steps"))
        plan = Plan(steps=steps, left=tuple(map(str, raw.pop("left"))), **raw)
    except RecursionError as error:
        raise ValueError("it is nested too deeply") from error
    except (AttributeError, KeyError, TypeError) as error:
        raise ValueError(f"it is malformed: {error}") from error
    return plan


def _step(item: dict[str, Any]) -> Step:
    ref = ResourceRef(*(str(item["ref"][key]) for key in ("apiVersion", "kind", "namespace", "name")))
    rest = {key: value for key, value in item.items() if key not in ("ref", "change", "differences")}
    return Step(Change(item["change"]), ref, differences=tuple(item["differences"]), **rest)


def schema() -> dict[str, Any]:
    """The JSON Schema of what `encode` gives."""
    return Schemas(str, {"ResourceRef": REFERENCE}).document(Plan, "plan", "Fairlead plan", VERSION)


def deviations(planned: Plan, now: Plan) -> list[str]:
    """What is otherwise now than when it was planned, in words; nothing where the plan still holds."""
    found = []
    if (planned.cluster, planned.namespace) != (now.cluster, now.namespace):
        found.append("it was made for another cluster or namespace")
    if planned.digest != now.digest:
        found.append("the output has changed")
    was, here = ({step.ref: step for step in plan.steps} for plan in (planned, now))
    for ref in sorted({*was, *here}):
        before, after = was.get(ref), here.get(ref)
        if before == after:
            continue
        if before is None or after is None:
            found.append(f"{ref.identity} is {'new in' if before is None else 'gone from'} the plan")
        elif before.change is not after.change:
            found.append(f"{ref.identity} would be {after.change}, not {before.change}")
        elif before.replaced is not after.replaced:
            found.append(f"{ref.identity} would {'not ' if before.replaced else ''}be replaced")
        elif before.uid != after.uid or before.change is not Change.SAME:
            found.append(f"{ref.identity} has changed in the cluster")
    return found
