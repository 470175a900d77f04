"""Real validators and servers judge the output; each test says which it needs."""

from __future__ import annotations

import functools
from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conformance import matrix, tools


@pytest.fixture
def tool() -> Callable[[str], Path]:
    """`tool("promtool")` is the path of that program; the test skips, and says why, where there is none."""
    return tools.find


@pytest.fixture
def crds() -> Path:
    """A folder of CustomResourceDefinitions, as FAIRLEAD_CRDS names it."""
    return tools.data("FAIRLEAD_CRDS")


@pytest.fixture(scope="session")
def cell(tmp_path_factory: pytest.TempPathFactory) -> Callable[[str], Path]:
    """`cell("as committed")` is the root of that cell of the matrix, compiled: once, so it is only read."""
    base = tmp_path_factory.mktemp("matrix")

    @functools.cache
    def compiled(name: str) -> Path:
        return matrix.compiled(name, base / str(list(matrix.CELLS).index(name)))

    return compiled
