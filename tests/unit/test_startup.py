"""A command loads only what it needs: most of the time that a short command takes is spent importing."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from tests.projects import ASSISTANT, CHURN, write_project
from tests.unit.workspace.test_cache_run import PROJECT

HEAVY = {"hera", "jinja2", "jsonschema", "mlflow", "networkx", "promql_parser", "rich"}

REPORT = "; import sys; print(*sorted({name.partition('.')[0] for name in sys.modules}))"


LANGUAGE = {"fairlead_targets", "pydantic", "ruamel"}
"""What it takes to understand a specification, and to compile it."""


def loaded_by(statement: str) -> set[str]:
    """The top-level packages that a fresh interpreter has loaded after `statement`."""
    ended = subprocess.run([sys.executable, "-c", statement + REPORT], check=False, capture_output=True, text=True)
    assert ended.returncode == 0, ended.stderr
    output = ended.stdout
    return set(output.splitlines()[-1].split())


@pytest.mark.parametrize("module", ["fairlead.cli.main", "fairlead.target", "fairlead.source.diagnostics"])
def test_importing_loads_nothing_heavy(module: str) -> None:
    assert loaded_by(f"import {module}") & HEAVY == set()


def test_the_entry_point_needs_no_pydantic() -> None:
    assert "pydantic" not in loaded_by("import fairlead.cli.main")


def test_listing_the_targets_imports_none() -> None:
    assert "fairlead_targets" not in loaded_by("import fairlead.target; fairlead.target.available()")


def command(folder: Path, *arguments: str) -> str:
    """A statement that runs a command in a folder, as a shell would, and goes on."""
    return (
        f"import os, sys; os.chdir({str(folder)!r}); sys.argv = {['fairlead', *arguments]!r}\n"
        "from fairlead.cli.main import main\n"
        "try: main()\n"
        "except SystemExit as left: assert not left.code, left.code\n"
        "0"
    )


@pytest.mark.parametrize("name", ["validate", "compile", "check"])
def test_a_command_that_was_run_before_understands_nothing_again(tmp_path: Path, name: str) -> None:
    write_project(tmp_path, {"specs/assistant.yaml": ASSISTANT}, PROJECT)
    loaded_by(command(tmp_path, "compile", "--no-cache"))
    assert "pydantic" in loaded_by(command(tmp_path, name))
    assert loaded_by(command(tmp_path, name)) & (LANGUAGE | HEAVY) == set()


def test_validating_loads_no_target_and_nothing_heavy(tmp_path: Path) -> None:
    write_project(tmp_path, {"specs/assistant.yaml": ASSISTANT}, PROJECT)
    assert loaded_by(command(tmp_path, "validate")) & ({"fairlead_targets"} | HEAVY) == set()


@pytest.mark.parametrize("specification", [ASSISTANT, CHURN])
def test_what_no_patch_has_touched_is_compiled_without_hera(tmp_path: Path, specification: str) -> None:
    write_project(tmp_path, {"specs/it.yaml": specification})
    assert loaded_by(command(tmp_path, "compile")) & {"hera", "mlflow", "networkx", "rich"} == set()


def test_what_is_loaded_is_seen() -> None:
    assert {"fairlead", "networkx"} <= loaded_by("import fairlead, networkx")
