"""The targets of a project, loaded, with their options."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace

from fairlead.project.model import Project
from fairlead.source.diagnostics import Diagnostic
from fairlead.source.nodes import Mapping, Path, Scalar, Sequence, find, place_of
from fairlead.source.words import nearest_word
from fairlead.spec.validate import validated
from fairlead.target import Options, Target, available, load
from fairlead.workspace import codes


@dataclass(frozen=True, slots=True)
class Chosen:
    """A target and its options."""

    target: Target
    options: Options


def chosen_targets(
    project: Project, root: Mapping, only: Iterable[str] | None = None
) -> tuple[list[Chosen], list[Diagnostic]]:
    """The project's targets in the order of fairlead.yaml, or those of them in `only`; and what is wrong with them."""
    points = available()
    wanted = set(only) if only is not None else None
    targets: list[Chosen] = []
    found: list[Diagnostic] = []
    for key in project.targets:
        name = str(key)
        if wanted is not None and name not in wanted:
            continue
        place = place_of(root, _path(root, name))
        if name not in points:
            listed = ", ".join(points) or "none"
            found.append(
                Diagnostic(
                    codes.UNKNOWN_TARGET,
                    place,
                    f"no target `{name}` is installed",
                    f"installed are {listed}",
                    nearest_word(name, list(points)),
                )
            )
            continue
        try:
            target = load(points[name])
        except (ImportError, AttributeError, TypeError) as error:
            found.append(
                Diagnostic(
                    codes.BROKEN_TARGET,
                    place,
                    f"the target `{name}` can't be loaded: {error}",
                    "ask the author of its package",
                )
            )
            continue
        options, wrong = _options(target, root, name)
        found += wrong
        if options is not None:
            targets.append(Chosen(target, options))
    return targets, found


def written_kinds(
    project: Project, root: Mapping, chosen: Iterable[Chosen] | None = None
) -> dict[str, frozenset[tuple[str, str]]]:
    """What each of the project's targets may write, whichever of them run: `chosen`, where all of them do."""
    if chosen is None:
        chosen, _ = chosen_targets(project, root)
    return {choice.target.name: frozenset(choice.target.shapes) for choice in chosen}


def _options(target: Target, root: Mapping, name: str) -> tuple[Options | None, list[Diagnostic]]:
    written = find(root, _path(root, name))
    if not isinstance(written, Mapping):
        return target.options(), []
    options, found = validated(target.options, written)
    return options, [replace(diagnostic, code=codes.BAD_OPTIONS) for diagnostic in found]


def _path(root: Mapping, name: str) -> Path:
    """Where a target stands in fairlead.yaml: a word of a list, or a key of a mapping in it."""
    section = root.get("targets")
    if isinstance(section, Sequence):
        for position, item in enumerate(section.items):
            if isinstance(item, Mapping) and name in item.entries:
                return ("targets", position, name)
            if isinstance(item, Scalar) and item.value == name:
                return ("targets", position)
    return ("targets", name)
