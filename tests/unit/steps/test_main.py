"""`python -m fairlead.steps NAME`, as the compiled workflows call it."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from fairlead.steps.__main__ import STEPS, main
from fairlead.steps.context import Context
from fairlead.steps.failures import StepFailure


def called(*arguments: str, **environ: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "fairlead.steps", *arguments],
        env={**os.environ, **environ},
        capture_output=True,
        text=True,
        check=False,
    )


def gate_of(folder: Path, accuracy: float) -> dict[str, str]:
    (folder / "parameters.json").write_text(json.dumps({"gates": ["accuracy >= 0.9"], "min_support": 30}))
    (folder / "evaluation").write_text(json.dumps({"metrics": {"accuracy": accuracy}, "rows": 80}))
    return {
        "FAIRLEAD_PARAMS": str(folder / "parameters.json"),
        "FAIRLEAD_INPUT_EVALUATION": str(folder / "evaluation"),
        "FAIRLEAD_OUTPUT_VERDICT": str(folder / "verdict"),
    }


def test_a_gate_that_refuses_leaves_with_10_and_one_that_holds_with_0(tmp_path: Path) -> None:
    refused = called("gate", **gate_of(tmp_path, 0.8))
    assert refused.returncode == 10
    assert refused.stderr.startswith("refused: the gate does not let this model pass, because a clause does not hold")
    passed = called("gate", **gate_of(tmp_path, 0.95))
    assert (passed.returncode, passed.stderr) == (0, "")
    assert passed.stdout == "holds    accuracy >= 0.9: 0.95 is 0.05 above 0.9, on 80 rows\n"


def test_what_is_missing_is_one_clear_error(tmp_path: Path) -> None:
    failed = called("gate", **gate_of(tmp_path, 0.95) | {"FAIRLEAD_INPUT_EVALUATION": str(tmp_path / "nowhere")})
    assert failed.returncode == 1
    assert (
        failed.stderr.splitlines()[0] == f"error: the input `evaluation` is missing: nothing is at {tmp_path}/nowhere"
    )
    assert "Traceback" not in failed.stderr


def test_a_store_that_can_not_be_reached_is_one_clear_error_too(tmp_path: Path) -> None:
    told = {"uri": "carrier-pigeon://loft", "format": "csv"}
    (tmp_path / "parameters.json").write_text(json.dumps(told))
    failed = called("snapshot", FAIRLEAD_PARAMS=str(tmp_path / "parameters.json"), FAIRLEAD_STEP="data/rows")
    assert failed.returncode == 1
    assert failed.stderr.startswith("error: carrier-pigeon://loft is no address that can be reached: ")
    assert failed.stderr.splitlines()[1] == "  = help: use s3, gs, abfs, https, hf or file"


@pytest.mark.parametrize("arguments", [[], ["no-such-step"], ["gate", "gate"]])
def test_a_step_that_does_not_exist_is_named(arguments: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(arguments) == 2
    assert capsys.readouterr().err.endswith(f"; there are {', '.join(sorted(STEPS))}\n")


@pytest.mark.parametrize("content", ["", "[1]", "{", '"text"'])
def test_parameters_that_are_none_are_an_error(content: str, tmp_path: Path) -> None:
    (tmp_path / "parameters.json").write_text(content)
    with pytest.raises(StepFailure, match=r"parameters\.json"):
        Context.from_environment({"FAIRLEAD_PARAMS": str(tmp_path / "parameters.json")})


def test_a_seed_that_is_no_number_is_an_error() -> None:
    assert Context({}).seed == 0
    with pytest.raises(StepFailure, match="FAIRLEAD_SEED is 'x'"):
        _ = Context({"FAIRLEAD_SEED": "x"}).seed
