"""What a change of fairlead.yaml does: environments, platforms, targets, and where models and data are."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from fairlead.preview.effects.pair import arrow, one_line, said
from fairlead.preview.model import Effect, Severity
from fairlead.preview.states import State
from fairlead.source.nodes import Mapping, Path, place_of

_PLACES = ("artifacts", "mlflow", "git")


def effects(before: State, after: State) -> Iterator[Effect]:
    """Effects on the project as a whole; those on its pipelines are said there."""
    was, now = before.project, after.project
    if was is None or now is None:
        return
    yield from _environments(before, after)
    yield from _platform(before, after)
    yield from _targets(before, after)
    old, new = was.model_dump(mode="python", by_alias=True), now.model_dump(mode="python", by_alias=True)
    for section in _PLACES:
        for path, one, other in _leaves(old[section], new[section], (section,)):
            severity = Severity.RISK if section != "git" else Severity.BEHAVIOUR
            message = f"{'.'.join(path)} is {arrow(one, other)}"
            yield _effect(severity, section, message, after.project_root, path)
    yield from _policies(before, after)
    if was.metadata.name != now.metadata.name:
        message = f"the project is called {arrow(was.metadata.name, now.metadata.name)}"
        yield _effect(Severity.RISK, "project-name", message, after.project_root, ("metadata", "name"))
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
            yield _effect(severity, key, message, after.project_root, (key,), why=why)


def _policies(before: State, after: State) -> Iterator[Effect]:
    assert before.project is not None
    assert after.project is not None
    was, now = (
        {str(key): str(level) for key, level in each.policies.items()} for each in (before.project, after.project)
    )
    for name in sorted({*was, *now}):
        old, new = was.get(name), now.get(name)
        if old != new:
            milder = _STRICTNESS.get(new, 1) < _STRICTNESS.get(old, 1)
            message = f"policy {name} is {arrow(old or 'as it is by itself', new or 'as it is by itself')}"
            severity = Severity.RISK if milder else Severity.BEHAVIOUR
            yield _effect(severity, "policy", message, after.project_root, ("policies", name))


_STRICTNESS: dict[str | None, int] = {"ignore": 0, "note": 1, "warning": 2, "error": 3}


def _environments(before: State, after: State) -> Iterator[Effect]:
    was = {str(name): each for name, each in before.project.environments.items()} if before.project else {}
    now = {str(name): each for name, each in after.project.environments.items()} if after.project else {}
    for name, old in was.items():
        if name not in now:
            message = f"environment {name} is removed: everything of it in {old.namespace} is deleted"
            yield _effect(
                Severity.DESTROYS,
                "environment-removed",
                message,
                before.project_root,
                ("environments", name),
                gone=True,
            )
    for name, settings in now.items():
        path = ("environments", name)
        if name not in was:
            message = f"environment {name} is new, in the namespace {settings.namespace}"
            yield _effect(Severity.BEHAVIOUR, "environment-added", message, after.project_root, path)
            continue
        old = was[name]
        if old.namespace != settings.namespace:
            message = f"environment {name} moves to another namespace: {arrow(old.namespace, settings.namespace)}"
            why = (
                "everything in the one before is deleted, and made anew in the other",
                "Secrets have to be there first",
            )
            yield _effect(Severity.DESTROYS, "namespace", message, after.project_root, (*path, "namespace"), why=why)
        if old.protected != settings.protected:
            word = "protected" if settings.protected else "no longer protected: images may be named by tag"
            severity = Severity.BEHAVIOUR if settings.protected else Severity.RISK
            yield _effect(
                severity, "protected", f"environment {name} is {word}", after.project_root, (*path, "protected")
            )
        if old.trains != settings.trains:
            word = "trains now" if settings.trains else "no longer trains"
            yield _effect(Severity.RISK, "trains", f"environment {name} {word}", after.project_root, (*path, "trains"))
        if old.after != settings.after:
            message = f"what environment {name} serves was before in {arrow(old.after, settings.after)}"
            yield _effect(Severity.RISK, "promotion", message, after.project_root, (*path, "after"))
        if old.soak != settings.soak:
            shorter = settings.soak is None or (old.soak is not None and settings.soak < old.soak)
            message = f"a version serves {said(settings.after)} for {arrow(old.soak, settings.soak)} before {name}"
            severity = Severity.RISK if shorter else Severity.BEHAVIOUR
            yield _effect(severity, "soak", message, after.project_root, (*path, "soak"))


def _platform(before: State, after: State) -> Iterator[Effect]:
    assert before.project is not None
    assert after.project is not None
    old, new = (state.platform.model_dump(by_alias=True) for state in (before.project, after.project))
    for path, one, other in _leaves(old, new, ("platform",)):
        name = ".".join(path[1:])
        if other is None and one is not None:
            message, severity = f"platform: {name} is no longer there (was {said(one)})", Severity.RISK
        else:
            message, severity = f"platform: {name} {arrow(one, other)}", Severity.BEHAVIOUR
        yield _effect(severity, "platform", message, after.project_root, path)


def _targets(before: State, after: State) -> Iterator[Effect]:
    assert before.project is not None
    assert after.project is not None
    was, now = (
        {str(name): options for name, options in state.targets.items()} for state in (before.project, after.project)
    )
    for name in was:
        if name not in now:
            message = f"target {name} is removed: everything that it made is deleted"
            yield _effect(Severity.DESTROYS, "target-removed", message, before.project_root, ("targets",), gone=True)
    for name, options in now.items():
        if name not in was:
            yield _effect(Severity.BEHAVIOUR, "target-added", f"target {name} is new", after.project_root, ("targets",))
        elif was[name] != options:
            message = f"target {name} has other options"
            lines = tuple(
                one_line(f"{'.'.join(path)} {arrow(one, other)}")
                for path, one, other in _leaves(was[name], options, ())
            )
            yield _effect(Severity.BEHAVIOUR, "target-options", message, after.project_root, ("targets",), why=lines)


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


def _effect(
    severity: Severity,
    kind: str,
    message: str,
    root: Mapping,
    path: Path,
    *,
    gone: bool = False,
    why: tuple[str, ...] = (),
) -> Effect:
    return Effect(severity, kind, one_line(message), place=place_of(root, path), in_base=gone, why=why)
