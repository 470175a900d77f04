"""Every step that anything compiled calls is one of Fairlead's own, and every one of those is called by something."""

from __future__ import annotations

from pathlib import Path

from fairlead.plan.nodes import BUILT_IN
from fairlead.steps.__main__ import STEPS
from tests.rendered import containers, manifests


def called(repository: Path) -> set[str]:
    """The steps that the committed output calls."""
    found = set()
    for _, manifest in manifests(repository):
        for _, container in containers(manifest):
            argv = [*container.get("command", ()), *container.get("args", ())]
            if tuple(argv[: len(BUILT_IN)]) == BUILT_IN:
                assert len(argv) == len(BUILT_IN) + 1, argv
                found.add(argv[-1])
    return found


def test_what_is_called_is_there_and_what_is_there_is_called(repository: Path) -> None:
    assert called(repository) == set(STEPS)
