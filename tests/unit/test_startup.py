"""A command loads only what it needs: most of the time that a short command takes is spent importing."""

from __future__ import annotations

import subprocess
import sys

import pytest

HEAVY = {"hera", "jinja2", "jsonschema", "mlflow", "networkx", "promql_parser", "rich"}

REPORT = "; import sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"


def loaded_by(statement: str) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after `statement`."""
    output = subprocess.run(
        [sys.executable, "-c", statement + REPORT], check=True, capture_output=True, text=True
    ).stdout
    return set(output.splitlines()[-1].split())


@pytest.mark.parametrize("module", ["fairlead.cli.main", "fairlead.target", "fairlead.source.diagnostics"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    assert loaded_by(f"import {module}") & HEAVY == set()


def test_the_entry_point_needs_no_pydantic() -> None:
    assert "pydantic" not in loaded_by("import fairlead.cli.main")


def test_listing_the_targets_imports_none() -> None:
    assert "fairlead_targets" not in loaded_by("import fairlead.target; fairlead.target.available()")


def test_what_is_loaded_is_seen() -> None:
    assert {"fairlead", "networkx"} <= loaded_by("import fairlead, networkx")
