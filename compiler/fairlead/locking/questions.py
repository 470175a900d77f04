"""What a lock lacks, as questions: which digest an image has, what pinned data is, which version is the newest."""

from __future__ import annotations

from dataclasses import dataclass, replace

from fairlead.plan.nodes import Snapshot
from fairlead.plan.plan import Plan
from fairlead.plan.scope import Scope
from fairlead.project.unit import Unit, registered_of
from fairlead.source.places import Place
from fairlead.spec.units import ImageRef, Name
from fairlead.workspace.locking import images_of


@dataclass(frozen=True, slots=True)
class ImageQuestion:
    """Which digest has this image now?"""

    key: str
    """What the lock calls it."""
    asked: ImageRef
    """With the tag that the plan would name."""
    place: Place


@dataclass(frozen=True, slots=True)
class DataQuestion:
    """Which objects are at this address?"""

    source: str
    uri: str
    place: Place


@dataclass(frozen=True, slots=True)
class VersionQuestion:
    """Which version of this registered model is the newest?"""

    registry: str
    pipelines: tuple[str, ...]
    """The names that the pipeline has, or had, in the tags of its versions."""
    place: Place


@dataclass(frozen=True, slots=True)
class Questions:
    """All that one lock lacks; with `update`, all that it could hold."""

    images: tuple[ImageQuestion, ...] = ()
    data: tuple[DataQuestion, ...] = ()
    version: VersionQuestion | None = None


def questions_of(unit: Unit, plan: Plan, update: bool) -> Questions:
    """The questions for the lock of a unit."""
    return Questions(tuple(_images(unit, plan, update)), tuple(_data(plan, update)), _version(unit, update))


def _images(unit: Unit, plan: Plan, update: bool) -> list[ImageQuestion]:
    """Those of images that have no digest; what the specification pins itself is no question."""
    tag = Scope(unit, {}).branch_tag
    found: dict[str, ImageQuestion] = {}
    for node in plan.nodes.values():
        for image in images_of(node):
            if image.repository in found or (image.digest is not None and not update):
                continue
            reference = ImageRef.parse(image.repository)
            if reference.digest is None:
                asked = reference if reference.tag else replace(reference, tag=tag)
                found[image.repository] = ImageQuestion(image.repository, asked, node.place)
    return list(found.values())


def _data(plan: Plan, update: bool) -> list[DataQuestion]:
    return [
        DataQuestion(node.source, str(node.uri), node.place)
        for node in plan.nodes.values()
        if isinstance(node, Snapshot) and node.pinned and (update or node.digest is None)
    ]


def _version(unit: Unit, update: bool) -> VersionQuestion | None:
    """Only where training happens: into every other environment a version comes by promotion."""
    registry = registered_of(unit)
    has_one = unit.lock is not None and unit.lock.model is not None
    if registry is None or not unit.settings.trains or unit.project.mlflow is None or (has_one and not update):
        return None
    return version_question(unit, registry, unit.project_place("mlflow", "tracking_uri"))


def version_question(unit: Unit, registry: str, place: Place) -> VersionQuestion:
    """The question for the newest version that a pipeline registered."""
    before: Name | None = unit.pipeline.metadata.renamed_from
    return VersionQuestion(registry, (unit.name, *([str(before)] if before else [])), place)
