"""What the workflows know of the project's pipelines: a table in the output, which their scripts read when they run.

It stands beside the rest of the output and not in the workflows, so that a pipeline more changes no workflow: pushing
one takes a right that the App does without.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Sequence
from dataclasses import asdict, dataclass
from typing import Final

from fairlead.plan.nodes import Propose, Run, Tune
from fairlead.plan.plan import Plan
from fairlead.plan.scope import Scope
from fairlead.plan.stages.data import code_image
from fairlead.source.diagnostics import Diagnostic
from fairlead.spec.units import ImageRef
from fairlead_targets.github_actions.codes import OTHER_REGISTRY
from fairlead_targets.github_actions.paths import path_findings

GITHUB_REGISTRY: Final = "ghcr.io"


@dataclass(frozen=True, slots=True)
class Image:
    """An image that this repository builds."""

    name: str
    """As the specification has it: the key in the lock."""
    repository: str
    """The same with its registry, as it is pushed."""
    code: str
    """The folder of its Dockerfile and of everything that it is built from."""


@dataclass(frozen=True, slots=True)
class Row:
    """One pipeline that trains: its specification, the environment that trains it, and what becomes of a candidate."""

    pipeline: str
    spec: str
    environment: str
    image: Image | None
    promote: str
    approval: tuple[str, ...]


def table(plans: Sequence[Plan], registry: str | None) -> tuple[list[Row], list[Diagnostic]]:
    """The pipelines that train, by name. `registry` is where images are pushed; None where none are built."""
    found: list[Diagnostic] = []
    rows = [_row(plan, registry, found) for plan in plans if plan.trains]
    return sorted(rows, key=lambda row: row.pipeline), found


def written(rows: Iterable[Row]) -> str:
    """The table as JSON, one pipeline a line, so that a pipeline more is a line more in review."""
    lines = [json.dumps(asdict(row), ensure_ascii=False) for row in rows]
    return "[\n" + ",\n".join(f"  {line}" for line in lines) + "\n]\n"


def _row(plan: Plan, registry: str | None, found: list[Diagnostic]) -> Row:
    unit, propose = plan.unit, plan.only(Propose)
    image = _image(plan, registry, found) if registry is not None else None
    found += path_findings(unit.file, unit.place(), "the specification")
    return Row(
        pipeline=plan.name,
        spec=unit.file,
        environment=unit.environment,
        image=image,
        promote=propose.promote if propose else "pull-request",
        approval=propose.approval if propose else (),
    )


def _image(plan: Plan, registry: str, found: list[Diagnostic]) -> Image | None:
    """The image of the pipeline's code, where a step runs in it and it is not built elsewhere."""
    unit = plan.unit
    reference = code_image(Scope(unit, plan.peers))
    if reference.tag or reference.digest or str(reference) not in {run.image.repository for run in _runs(plan)}:
        return None
    model = unit.pipeline.model
    code = (model.code.path if model else None) or f"models/{plan.name}"
    found += path_findings(code, unit.place("model", "code", "path"), "the code")
    if reference.registry != registry:
        message = f"`{reference}` is in {reference.registry}, and the workflow pushes to {registry}"
        help_ = "give the workflow's `registry`, or name an image in it"
        found.append(Diagnostic(OTHER_REGISTRY, unit.place("model", "code", "image"), message, help_))
    return Image(str(reference), _qualified(reference), code)


def _qualified(reference: ImageRef) -> str:
    if reference.repository.startswith(f"{reference.registry}/"):
        return reference.repository
    return f"{reference.registry}/{reference.repository}"


def _runs(plan: Plan) -> list[Run]:
    """Every command that a run of the pipeline executes."""
    runs = [node.run for node in plan.nodes.values() if node.run]
    for tune in plan.of(Tune):
        runs += [tune.score, tune.choose]
    return runs
