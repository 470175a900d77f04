"""What tests of effects start from."""

from __future__ import annotations

from pathlib import Path

import pytest

from fairlead.preview.states import State
from tests.unit.preview.changed import Project


@pytest.fixture
def edited(tmp_path: Path, repository: Path) -> Project:
    return Project(tmp_path, repository)


@pytest.fixture(scope="session")
def before(tmp_path_factory: pytest.TempPathFactory) -> State:
    repository = Path(__file__).parents[3]
    return Project(tmp_path_factory.mktemp("before"), repository).state()
