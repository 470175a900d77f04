"""What an engine gives a step, in a folder of a test."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from fairlead.plan import contract
from fairlead.steps.context import Context

RUN_ID = "run-0001"


def context_of(
    folder: Path,
    parameters: Mapping[str, Any],
    *,
    inputs: Mapping[str, Path | str] | None = None,
    outputs: tuple[str, ...] = (),
    results: tuple[str, ...] = (),
    environ: Mapping[str, str] | None = None,
    step: str = "step",
) -> Context:
    """The context of a step that reads these inputs, and writes below `folder/out` and `folder/results`."""
    found = contract.surroundings(
        step=step, pipeline="churn", run_id=RUN_ID, seed=0, parameters=str(folder / "parameters.json")
    )
    found[contract.ARTIFACTS] = (folder / "artifacts").as_uri()
    found |= {contract.input_variable(name): str(path) for name, path in (inputs or {}).items()}
    found |= {contract.output_variable(name): str(folder / "out" / name) for name in outputs}
    found |= {contract.result_variable(name): str(folder / "results" / name) for name in results}
    folder.mkdir(parents=True, exist_ok=True)
    (folder / "parameters.json").write_text(json.dumps(parameters))
    return Context.from_environment({**found, **(environ or {})})


def result(folder: Path, name: str) -> str:
    """A result that a step wrote."""
    return (folder / "results" / name).read_text()


def output(folder: Path, name: str) -> Any:
    """An output that a step wrote as JSON."""
    return json.loads((folder / "out" / name).read_text())
