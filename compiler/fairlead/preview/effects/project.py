"""What a change of fairlead.yaml does: environments, platforms, targets, and where models and data are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairlead.policy.policy import BUILT_IN
from fairlead.preview.effects.pair import arrow, said
from fairlead.preview.model import Effect, Severity
from fairlead.preview.states import State
from fairlead.source.nodes import Mapping, Path, Scalar, Sequence, find, place_of
from fairlead.spec.secrets import one_line

Roots = tuple[Mapping, Mapping]
"""fairlead.yaml in base and in head."""
_PLACES = ("artifacts", "mlflow", "git")


def effects(before: State, after: State) -> Iterator[Effect]:
    """Effects on the project as a whole; those on its pipelines are said there."""
    was, now = before.project, after.project
    if was is None or now is None:
        return
    roots = _roots(before, after)
    yield from _environments(before, after)
    yield from _platform(before, after)
    yield from _targets(before, after)
    old, new = was.model_dump(mode="python", by_alias=True), now.model_dump(mode="python", by_alias=True)
    for section in _PLACES:
        for path, one, other in _leaves(old[section], new[section], (section,)):
            severity = Severity.RISK if section != "git" else Severity.BEHAVIOUR
            message = f"{'.'.join(path)} is {arrow(one, other)}"
            yield _effect(severity, section, message, roots, path)
    yield from _policies(before, after)
    if was.metadata.name != now.metadata.name:
        message = f"the project is called {arrow(was.metadata.name, now.metadata.name)}"
        yield _effect(Severity.RISK, "project-name", message, roots, ("metadata", "name"))
    for key in ("output", "specs"):
        one, other = getattr(was, key), getattr(now, key)
        if one != other:
            message = f"`{key}` is {arrow(one, other)}"
            severity = Severity.RISK if key == "output" else Severity.NOTICE
            why = (
                ("whatever points at the folder before has to follow, or it removes everything",)
                if key == "output"
                else ()
            )
            yield _effect(severity, key, message, roots, (key,), why=why)


def _policies(before: State, after: State) -> Iterator[Effect]:
    roots = _roots(before, after)
    assert before.project is not None
    assert after.project is not None
    was, now = (
        {str(key): str(level) for key, level in each.policies.items()} for each in (before.project, after.project)
    )
    for name in sorted({*was, *now}):
        old, new = was.get(name), now.get(name)
        if old != new:
            by_itself = _BY_ITSELF.get(name, "ignore")
            milder = _STRICTNESS[new or by_itself] < _STRICTNESS[old or by_itself]
            message = f"policy {name} is {arrow(old or 'as it is by itself', new or 'as it is by itself')}"
            severity = Severity.RISK if milder else Severity.BEHAVIOUR
            yield _effect(severity, "policy", message, roots, ("policies", name))


_STRICTNESS = {"ignore": 0, "note": 1, "warning": 2, "error": 3}
_BY_ITSELF = {policy.name: policy.code.severity.value for policy in BUILT_IN}
"""How strict a policy is that fairlead.yaml does not name; one of another package does not apply then."""


def _environments(before: State, after: State) -> Iterator[Effect]:
    roots = _roots(before, after)
    was = {str(name): each for name, each in before.project.environments.items()} if before.project else {}
    now = {str(name): each for name, each in after.project.environments.items()} if after.project else {}
    for name, old in was.items():
        if name not in now:
            message = f"environment {name} is removed: everything of it in {old.namespace} is deleted"
            yield _effect(
                Severity.DESTROYS,
                "environment-removed",
                message,
                roots,
                ("environments", name),
                gone=True,
            )
    for name, settings in now.items():
        path = ("environments", name)
        if name not in was:
            message = f"environment {name} is new, in the namespace {settings.namespace}"
            yield _effect(Severity.BEHAVIOUR, "environment-added", message, roots, path)
            continue
        old = was[name]
        if old.namespace != settings.namespace:
            message = f"environment {name} moves to another namespace: {arrow(old.namespace, settings.namespace)}"
            why = (
                "everything in the one before is deleted, and made anew in the other",
                "Secrets have to be there first",
            )
            yield _effect(Severity.DESTROYS, "namespace", message, roots, (*path, "namespace"), why=why)
        if old.protected != settings.protected:
            word = "protected" if settings.protected else "no longer protected: images may be named by tag"
            severity = Severity.BEHAVIOUR if settings.protected else Severity.RISK
            yield _effect(severity, "protected", f"environment {name} is {word}", roots, (*path, "protected"))
        if old.trains != settings.trains:
            word = "trains now" if settings.trains else "no longer trains"
            yield _effect(Severity.RISK, "trains", f"environment {name} {word}", roots, (*path, "trains"))
        if old.after != settings.after:
            message = f"what environment {name} serves was before in {arrow(old.after, settings.after)}"
            yield _effect(Severity.RISK, "promotion", message, roots, (*path, "after"))
        if old.soak != settings.soak:
            shorter = settings.soak is None or (old.soak is not None and settings.soak < old.soak)
            message = f"a version serves {said(settings.after)} for {arrow(old.soak, settings.soak)} before {name}"
            severity = Severity.RISK if shorter else Severity.BEHAVIOUR
            yield _effect(severity, "soak", message, roots, (*path, "soak"))


def _platform(before: State, after: State) -> Iterator[Effect]:
    roots = _roots(before, after)
    assert before.project is not None
    assert after.project is not None
    old, new = (state.platform.model_dump(by_alias=True) for state in (before.project, after.project))
    for path, one, other in _leaves(old, new, ("platform",)):
        name = ".".join(path[1:])
        if other is None and one is not None:
            message, severity = f"platform: {name} is no longer there (was {said(one)})", Severity.RISK
        else:
            message, severity = f"platform: {name} {arrow(one, other)}", Severity.BEHAVIOUR
        yield _effect(severity, "platform", message, roots, path)


def _targets(before: State, after: State) -> Iterator[Effect]:
    roots = _roots(before, after)
    assert before.project is not None
    assert after.project is not None
    was, now = (
        {str(name): options for name, options in state.targets.items()} for state in (before.project, after.project)
    )
    for name in was:
        if name not in now:
            message = f"target {name} is removed: everything that it made is deleted"
            path = _target_path(roots[0], name)
            yield _effect(Severity.DESTROYS, "target-removed", message, roots, path, gone=True)
    for name, options in now.items():
        if name not in was:
            path = _target_path(roots[1], name)
            yield _effect(Severity.BEHAVIOUR, "target-added", f"target {name} is new", roots, path)
        elif was[name] != options:
            message = f"target {name} has other options"
            lines = tuple(
                one_line(f"{'.'.join(path)} {arrow(one, other)}")
                for path, one, other in _leaves(was[name], options, ())
            )
            path = _target_path(roots[1], name)
            yield _effect(Severity.BEHAVIOUR, "target-options", message, roots, path, why=lines)


def _target_path(root: Mapping, name: str) -> Path:
    """Where a target stands: by its name in the list, or as the key of its options, in the list or without one."""
    listed = root.get("targets")
    if isinstance(listed, Mapping) and listed.get(name) is not None:
        return ("targets", name)
    for position, item in enumerate(listed.items if isinstance(listed, Sequence) else ()):
        if isinstance(item, Mapping) and item.get(name) is not None:
            return ("targets", position, name)
        if isinstance(item, Scalar) and item.value == name:
            return ("targets", position)
    return ("targets",)


def _leaves(before: Any, after: Any, path: tuple[str, ...]) -> Iterator[tuple[tuple[str, ...], Any, Any]]:
    if isinstance(before, dict) and isinstance(after, dict):
        for key in [*before, *(key for key in after if key not in before)]:
            yield from _leaves(before.get(key), after.get(key), (*path, str(key)))
    elif before != after:
        if isinstance(before, dict) or isinstance(after, dict):
            yield from _leaves(
                before if isinstance(before, dict) else {}, after if isinstance(after, dict) else {}, path
            )
        else:
            yield path, before, after


def _roots(before: State, after: State) -> Roots:
    return before.project_root, after.project_root


def _effect(
    severity: Severity,
    kind: str,
    message: str,
    roots: Roots,
    path: Path,
    *,
    gone: bool = False,
    why: tuple[str, ...] = (),
) -> Effect:
    """An effect that comes from a path in fairlead.yaml: in head's, or in base's where only base says something there;
    with `gone`, it is about what only base has.
    """
    before, after = roots
    in_base = gone or (find(before, path) is not None and find(after, path) is None)
    place = place_of(before if in_base else after, path)
    return Effect(severity, kind, one_line(message), place=place, in_base=in_base, why=why)
