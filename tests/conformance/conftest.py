"""Real validators and servers judge the output; each test says which it needs."""

from __future__ import annotations

import os
from collections.abc import Callable, Generator
from pathlib import Path

import pytest

from tests.conformance import matrix, tools


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport() -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Where nothing may be missing, a skip is a failure, whoever asks for it."""
    report = yield
    if tools.forbidden(report):
        report.outcome = "failed"
        report.longrepr = f"{report.nodeid} was skipped, and {tools.STRICT} is 1: {report.longrepr}"
    return report


@pytest.fixture
def tool() -> Callable[[str], Path]:
    """`tool("promtool")` is the path of that program; the test skips, and says why, where there is none."""
    return tools.find


@pytest.fixture
def crds() -> Path:
    """A folder of CustomResourceDefinitions, as FAIRLEAD_CRDS names it."""
    return tools.data("FAIRLEAD_CRDS")


@pytest.fixture(scope="session")
def cells(tmp_path_factory: pytest.TempPathFactory) -> list[Path]:
    """The roots of all cells of the matrix: where FAIRLEAD_CELLS says that they have been written, else compiled once.

    They are only read.
    """
    there = os.environ.get("FAIRLEAD_CELLS")
    return matrix.written(Path(there) if there else tmp_path_factory.mktemp("matrix"))


@pytest.fixture(scope="session")
def cell(cells: list[Path]) -> Callable[[str], Path]:
    """`cell("as committed")` is the root of that cell of the matrix, compiled; it is only read."""
    return dict(zip(matrix.CELLS, cells, strict=True)).__getitem__
