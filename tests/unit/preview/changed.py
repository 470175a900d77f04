"""The pipeline of the README before and after an edit, and what is said of it."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path

from fairlead.plan.plan import Plan
from fairlead.preview.effects.pipeline import effects
from fairlead.preview.model import Effect, Severity
from fairlead.preview.states import State
from fairlead.workspace.load import load
from fairlead.workspace.plans import plans

NAME = "tumor-classifier"
SPEC, FAIRLEAD = f"specs/{NAME}.yaml", "fairlead.yaml"
LOCKS = {place: f"specs/{NAME}.{place}.lock.yaml" for place in ("staging", "production")}
DESTROYS, RISK, BEHAVIOUR, NOTICE = Severity
Edit = Callable[[str], str]
Said = list[tuple[Severity, str, str]]


class Project:
    """The pipeline of the README, before and after an edit."""

    def __init__(self, folder: Path, repository: Path) -> None:
        self.folder = folder
        for file in (SPEC, FAIRLEAD, *LOCKS.values()):
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            shutil.copy(repository / file, folder / file)

    def state(self) -> State:
        workspace = load(self.folder)
        built = plans(workspace)
        return State(workspace, {place: dict(found) for place, found in built.by_environment.items()})

    def edit(self, file: str, *edits: tuple[str, str]) -> None:
        text = (self.folder / file).read_text()
        for old, new in edits:
            assert old in text, old
            text = text.replace(old, new)
        (self.folder / file).write_text(text)

    def lock(self, environment: str, edit: Edit) -> None:
        path = self.folder / LOCKS[environment]
        path.write_text(edit(path.read_text()))


def said(found: tuple[Effect, ...]) -> Said:
    return [(effect.severity, effect.kind, effect.message) for effect in found]


def between(before: State, after: State, environment: str, name: str = NAME) -> tuple[Effect, ...]:
    def plan(state: State, called: str) -> Plan | None:
        return state.plan(environment, called)

    return effects(plan(before, NAME), plan(after, name))
