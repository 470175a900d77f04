"""What every test may use."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from hypothesis import HealthCheck, settings

from tests.tracking import tables, tracking

__all__ = ["tables", "tracking"]

ROOT = Path(__file__).resolve().parent.parent

# A property holds or it does not, however slow the machine: no deadlines. Under CI the examples are the same each time,
# so that a red run can be repeated; HYPOTHESIS_PROFILE=search looks for new ones, and longer.
# How many inputs a strategy throws away says something about the test's speed, and nothing about the product.
FILTERS = [HealthCheck.filter_too_much]
settings.register_profile("default", deadline=None, max_examples=40, suppress_health_check=FILTERS)
settings.register_profile(
    "ci", deadline=None, max_examples=40, derandomize=True, print_blob=True, suppress_health_check=FILTERS
)
settings.register_profile(
    "search", deadline=None, max_examples=2_000, suppress_health_check=[*FILTERS, HealthCheck.too_slow], print_blob=True
)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE") or ("ci" if os.environ.get("CI") else "default"))


# What Go has compiled stays where it is: the place follows XDG_CACHE_HOME, which every test is given another one of.
_CACHES = Path(os.environ.get("XDG_CACHE_HOME") or Path(os.environ.get("HOME", "/tmp")) / ".cache")
GO_CACHE = os.environ.get("GOCACHE") or str(_CACHES / "go-build")


@pytest.fixture(scope="session")
def repository() -> Path:
    """The root of this repository."""
    return ROOT


@pytest.fixture
def write(tmp_path: Path) -> Writer:
    """Writes files below `tmp_path`: `write("specs/a.yaml", text)` gives the path."""
    return Writer(tmp_path)


class Writer:
    """Writes files below one folder."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def __call__(self, path: str, text: str) -> Path:
        target = self.folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="\n")
        return target


@pytest.fixture(autouse=True)
def plain_surroundings(monkeypatch: pytest.MonkeyPatch, tmp_path_factory: pytest.TempPathFactory) -> None:
    """Nothing of the developer's machine reaches a test: no colour, no width of a terminal, no language of messages.

    And nothing of a test reaches the developer: the key that signs the cache is another one.
    """
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path_factory.getbasetemp() / "cache-home"))
    monkeypatch.setenv("GOCACHE", GO_CACHE)
    for name in ("NO_COLOR", "FORCE_COLOR", "CLICOLOR", "CLICOLOR_FORCE", "COLUMNS", "LINES", "GITHUB_ACTIONS"):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("LC_ALL", "C.UTF-8")
