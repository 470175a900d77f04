"""A model's whole life, commit by commit in a real repository: every commit compiles clean, and its preview says what
it does.
"""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from fairlead.preview.model import Preview, Severity
from fairlead.preview.read import read
from fairlead.project.lock import LockedModel
from fairlead.spec.units import Percentage
from fairlead.workspace.load import load
from fairlead.workspace.lockfile import (
    with_canary,
    with_canary_served,
    with_model,
    with_previous_served,
    with_weight,
)
from tests.previews import NAME, PRODUCTION, REPOSITORY, SPEC, STAGING, newest
from tests.repositories import Repository

Said = list[tuple[Severity, str]]
TARGETS = "targets:\n  - kserve\n  - prometheus\n"
DESTROYS, RISK, BEHAVIOUR, NOTICE = Severity


@pytest.fixture
def repository(tmp_path: Path) -> Repository:
    """A project in which another pipeline lives already."""
    made = Repository(tmp_path)
    text = (REPOSITORY / "fairlead.yaml").read_text()
    start, end = text.index("targets:\n"), text.index("platform:\n")
    made.write("fairlead.yaml", text[:start] + TARGETS + text[end:])
    made.write(".gitignore", ".fairlead/\n")
    made.write("specs/churn.yaml", (REPOSITORY / "specs/churn.yaml").read_text())
    made.compile()
    made.commit()
    return made


def step(repository: Repository, edit: Callable[[], None]) -> Preview:
    """A commit, and its preview against the one before: no notice, so that the output is what compiling gives."""
    edit()
    repository.compile()
    repository.commit()
    found = read(repository.project, "HEAD^1", "HEAD").preview
    assert found.notices == (), found.notices
    return found


def previous() -> LockedModel:
    """Other bytes than the newest version's, as a version after it."""
    lock = load(REPOSITORY).units["production"][NAME].lock
    assert lock is not None
    assert lock.model is not None
    return lock.model.model_copy(update={"version": 15})


def worst(found: Preview, environment: str) -> Said:
    """What is destroyed, at risk or behaves otherwise, in one environment."""
    return [
        (effect.severity, effect.message)
        for effect in found.effects
        if effect.environment == environment and effect.severity is not NOTICE
    ]


def test_from_birth_to_removal(repository: Repository) -> None:
    def edit(path: str, change: Callable[[str], str]) -> None:
        repository.write(path, change((repository.project / path).read_text()))

    spec, lock = ((REPOSITORY / path).read_text() for path in (SPEC, PRODUCTION))
    images = lock[: lock.index("model:\n")] + lock[lock.index("images:\n") : lock.index("previous:\n")]

    def birth() -> None:
        repository.write(SPEC, spec)
        repository.write(PRODUCTION, images)
        repository.write(STAGING, images.replace("environment: production", "environment: staging"))

    born = step(repository, birth)
    assert any(message.startswith("new pipeline: ") for _, message in worst(born, "staging"))
    assert any("awaiting-first-version" in effect.message for effect in born.effects)

    first = newest().model_copy(update={"version": 14})
    served = step(repository, lambda: edit(STAGING, lambda text: with_model(text, first)))
    assert (RISK, "a first version is served: 14") in worst(served, "staging")
    promoted = step(repository, lambda: edit(PRODUCTION, lambda text: with_model(text, first)))
    assert (RISK, "a first version is served: 14") in worst(promoted, "production")
    assert worst(promoted, "staging") == []

    retrained = step(repository, lambda: edit(SPEC, lambda text: text.replace("test: 0.2,", "test: 0.25,")))
    assert worst(retrained, "staging") == [(BEHAVIOUR, "retrains: the split changed: test 20% -> 25%")]
    assert worst(retrained, "production") == []

    second = previous()
    canary = step(repository, lambda: edit(PRODUCTION, lambda t: with_canary(t, second, Percentage.parse("10%"))))
    assert (RISK, "rolls out version 15 at 10%, beside version 14") in worst(canary, "production")
    more = step(repository, lambda: edit(PRODUCTION, lambda text: with_weight(text, Percentage.parse("50%"))))
    assert worst(more, "production") == [(RISK, "canary 10% -> 50% for version 15")]
    whole = step(repository, lambda: edit(PRODUCTION, with_canary_served))
    assert (RISK, "version 15 takes all requests: canary 50% -> 100%") in worst(whole, "production")
    back = step(repository, lambda: edit(PRODUCTION, with_previous_served))
    assert (RISK, "rolls back to version 14 at once, from 15") in worst(back, "production")

    def rename() -> None:
        edit(SPEC, lambda t: t.replace(f"name: {NAME}  ", f"name: lesion-classifier\n  renamed_from: {NAME}  "))
        for path in (STAGING, PRODUCTION):
            edit(path, lambda text: text.replace(f"pipeline: {NAME}", "pipeline: lesion-classifier"))

    renamed = step(repository, rename)
    assert worst(renamed, "production") == [(DESTROYS, f"renamed from {NAME}")]

    retired = step(
        repository, lambda: edit(SPEC, lambda t: t.replace("  labels: {domain", "  retired: true\n  labels: {domain"))
    )
    assert [kind for kind in {effect.kind for effect in retired.of(RISK)} if kind == "retired"] == ["retired"]
    assert retired.of(DESTROYS) == ()

    def remove() -> None:
        for path in (SPEC, STAGING, PRODUCTION):
            (repository.project / path).unlink()

    removed = step(repository, remove)
    assert (DESTROYS, "the pipeline is removed: its endpoint stops answering") in worst(removed, "production")
