"""Real validators and servers judge the output; each test says which it needs."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from tests.conformance import tools


@pytest.fixture
def tool() -> Callable[[str], Path]:
    """`tool("promtool")` is the path of that program; the test skips, and says why, where there is none."""
    return tools.find


@pytest.fixture
def crds() -> Path:
    """A folder of CustomResourceDefinitions, as FAIRLEAD_CRDS names it."""
    return tools.data("FAIRLEAD_CRDS")
